// The VCH's own vApp or resource pool.
import { retrieve, runTask, want, type Connection } from '../../client/index.ts';
import { isFault } from '../../vim25/fault.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import type { ResourceAllocationInfo, ResourceConfigSpec } from '../../vim25/types.d.ts';
import { PRODUCT } from '../version.ts';
import { undoable, unlessGone, type CreateRun, type OnFailure } from './run.ts';

export async function createPool(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { plan, context } = run;
  if (plan.existingPool) {
    run.pool = plan.existingPool;
    return;
  }
  try {
    await make(run, onFailure, plan.resources);
  } catch (error) {
    if (!plan.force || !isFault(error) || isFault(error, 'DuplicateName')) throw error;
    const warning = `the ${plan.kind} could not be made with the given reservations and limits (${(error as Error).message}): it is made without them`;
    run.warnings.push(warning);
    context.log.warn(warning);
    await make(run, onFailure, UNLIMITED);
  }
}

const unlimited: ResourceAllocationInfo = { reservation: 1, limit: -1, expandableReservation: true, shares: { level: 'normal', shares: 0 } };
const UNLIMITED: ResourceConfigSpec = { cpuAllocation: unlimited, memoryAllocation: unlimited };

async function make(run: CreateRun, onFailure: OnFailure, resources: ResourceConfigSpec): Promise<void> {
  const { session, plan: { name, facts, kind } } = run;
  const parent = facts.parent.ref;
  const act = (): Promise<ManagedObjectReference> => kind === 'vApp'
    ? session.call(parent, 'CreateVApp', {
        name, resSpec: resources,
        // A vApp within a vApp keeps its VMs where that one does.
        ...(parent.type === 'VirtualApp' ? {} : { vmFolder: facts.vmFolder }),
        configSpec: { annotation: 'vSphere Integrated Containers', product: [{ operation: 'add', info: { key: 0, ...PRODUCT } }] },
      })
    : session.call(parent, 'CreateResourcePool', { name, spec: resources });
  run.pool = await undoable(run, onFailure, act, async (connection) => {
    const made = run.pool ?? (await childOf(connection, parent, name));
    if (made) await unlessGone(() => runTask(connection, made, 'Destroy_Task', {}));
  });
}

/** The pool below `parent` with the name; none was there when the plan was made. */
async function childOf(connection: Connection, parent: ManagedObjectReference, name: string): Promise<ManagedObjectReference | undefined> {
  const [row] = await retrieve(connection, [parent], want('ResourcePool', 'resourcePool'));
  const rows = await retrieve(connection, row?.props.resourcePool ?? [], want('ResourcePool', 'name'));
  return rows.find((child) => child.props.name === name)?.ref;
}
