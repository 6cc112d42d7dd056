// The VCH's own vApp or resource pool.
import { runTask } from '../../client/index.ts';
import type { Undo } from '../step.ts';
import type { CreateRun } from './create.ts';
import { undoSignal } from './create.ts';

const PRODUCT = { name: 'vSphere Integrated Containers', vendor: 'VMware', version: '0.5', vendorUrl: 'http://www.vmware.com/' };

export async function createPool(run: CreateRun, onFailure: (undo: Undo) => void): Promise<void> {
  const { plan, session } = run;
  const { name, facts, resources, kind } = plan;
  if (plan.existingPool) {
    run.pool = plan.existingPool;
    return;
  }
  const parent = facts.parent.ref;
  run.pool = kind === 'vApp'
    ? await session.call(parent, 'CreateVApp', {
        name, resSpec: resources, vmFolder: facts.vmFolder,
        configSpec: { annotation: 'vSphere Integrated Containers', product: [{ operation: 'add', info: { key: 0, ...PRODUCT } }] },
      })
    : await session.call(parent, 'CreateResourcePool', { name, spec: resources });
  onFailure(async () => {
    await runTask(session, run.pool!, 'Destroy_Task', {}, { signal: undoSignal() });
  });
}
