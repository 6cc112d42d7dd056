// RegisterVM_Task: a machine from a .vmx that is there already.
import { fault, type ManagedObjectReference, type VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { contentOf } from '../datastore/content.ts';
import { describePath, fileNotFound, locate, removePath, splitPath, stat, writeFile } from '../datastore/files.ts';
import { datacenterOf } from '../entity.ts';
import { createVirtualMachine } from './create.ts';
import { markAsTemplate } from './template.ts';
import { specFromVmx } from './vmx.ts';

export interface Registration {
  /** '[ds] dir/name.vmx' */
  readonly path: string;
  /** The name in the .vmx when absent. */
  readonly name?: string;
  readonly asTemplate?: boolean;
  readonly folder?: ManagedObjectReference;
  readonly pool?: ManagedObjectReference;
  readonly host?: ManagedObjectReference;
}

/** Adds the machine that a .vmx describes. Throws FileNotFound, AlreadyExists, InvalidDatastore, DuplicateName … */
export function registerVirtualMachine(sim: Simulation, tx: Transaction, given: Registration): ManagedObjectReference {
  const pool = given.pool ?? rootPool(tx, given.host);
  const { datastore, path } = locate(tx, given.path, { datacenter: datacenterOf(tx, pool) });
  const text = describePath(tx, datastore, path);
  const entry = stat(tx, datastore, path);
  if (entry?.kind !== 'file') throw fileNotFound(text);
  if (entry.vm !== undefined && tx.has({ type: 'VirtualMachine', value: entry.vm })) {
    throw fault('AlreadyExists', { name: text }, `The specified key, name, or identifier '${text}' already exists.`);
  }
  const [directory, file] = splitPath(path);
  const content = contentOf(tx, file, entry);
  const read = typeof content === 'string' ? content : content === undefined ? '' : Buffer.from(content).toString('utf8');
  const spec = specFromVmx(read, describePath(tx, datastore, directory === '' ? '' : `${directory}/`));
  const name = given.name || spec.name || file.replace(/\.vmx$/, '');
  // Creation writes the .vmx and its companions anew; the companions that exist keep what they hold.
  const kept = ['.nvram', 'vmware.log'].map((end) => (end.startsWith('.') ? path.replace(/\.vmx$/, end) : `${directory === '' ? '' : `${directory}/`}${end}`));
  const before = kept.map((p) => stat(tx, datastore, p));
  removePath(tx, datastore, path);
  const vm = createVirtualMachine(sim, tx, {
    name, folder: given.folder, pool, host: given.host, registering: true, spec: { ...spec, name, files: { vmPathName: text } } satisfies VirtualMachineConfigSpec,
  });
  kept.forEach((p, i) => {
    const old = before[i];
    if (old) writeFile(sim, tx, datastore, p, { size: old.size, content: old.content, modified: old.modified });
  });
  if (given.asTemplate) markAsTemplate(tx, vm);
  return vm;
}

/** The root pool of a host: where a template is registered that names no pool. */
function rootPool(tx: Transaction, host: ManagedObjectReference | undefined): ManagedObjectReference {
  const owner = host && (tx.get(host, 'parent') as ManagedObjectReference | undefined);
  const pool = owner && (tx.get(owner, 'resourcePool') as ManagedObjectReference | undefined);
  if (!pool) throw fault('InvalidArgument', { invalidProperty: 'pool' }, 'A specified parameter was not correct: pool');
  return pool;
}
