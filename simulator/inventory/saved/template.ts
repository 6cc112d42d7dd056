// One fresh object of each kind, made by the helpers that the methods use: what a loaded object takes the parts from that
// were not saved. They are made in the transaction and taken away again.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { createCluster, createDatacenter, createFolder, createPool, createStandaloneHost, createVApp, DEFAULT_ALLOCATION, DEFAULT_MEMORY_ALLOCATION } from '../../objects/compute-create.ts';
import { createDatastore } from '../../objects/datastore-create.ts';
import { createDvs, createPortgroup } from '../../objects/dvs/dvs-create.ts';
import { createNetwork } from '../../objects/network-create.ts';
import { createVirtualMachine } from '../../objects/virtual-machine/create.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { createRoot } from '../root.ts';

type Ref = ManagedObjectReference;

export interface Template {
  /** The properties of an object of that type. */
  readonly of: ReadonlyMap<string, Props>;
  readonly host: Ref;
  /** What belongs to that host: its managers, its browser, its command line. */
  readonly parts: readonly { readonly ref: Ref; readonly props: Props }[];
}

/** Makes the template; nothing of it is left in the transaction. */
export function makeTemplate(sim: Simulation, tx: Transaction): Template {
  const before = new Set(tx.touched());
  const vcenter = sim.product === 'vcenter';
  const root = createRoot(sim, tx);
  const datacenter = vcenter ? createDatacenter(sim, tx, root, 'template') : { type: 'Datacenter', value: 'ha-datacenter' };
  const inside = (field: string): Ref => tx.get(datacenter, field) as Ref;
  const compute = vcenter ? createStandaloneHost(sim, tx, inside('hostFolder'), 'template') : { type: 'ComputeResource', value: 'ha-compute-res' };
  const host = [...tx.all('HostSystem')].find((one) => (tx.get(one, 'parent') as Ref).value === compute.value)!;
  const parts = [...tx.touched()].map((value) => ({ type: tx.typeOf(value), value })).filter((ref) => ref.type !== 'HostSystem' && (tx.find(ref)?.['_host'] as Ref | undefined)?.value === host.value);
  const pool = createPool(sim, tx, tx.get(compute, 'resourcePool') as Ref, 'template');
  createVApp(sim, tx, pool, 'app', { cpuAllocation: DEFAULT_ALLOCATION, memoryAllocation: DEFAULT_MEMORY_ALLOCATION }, {}, inside('vmFolder'));
  createDatastore(sim, tx, { name: 'template', datacenter, hosts: [host], capacity: 2 ** 40, type: 'VMFS' });
  createNetwork(sim, tx, datacenter, 'template', []);
  if (vcenter) {
    createCluster(sim, tx, inside('hostFolder'), 'cluster');
    createFolder(tx, inside('datastoreFolder'), 'pod', 'StoragePod');
    createPortgroup(sim, tx, createDvs(sim, tx, inside('networkFolder'), 'dvs', []), { name: 'portgroup', numPorts: 1, type: 'earlyBinding' });
  }
  createVirtualMachine(sim, tx, { name: 'machine', folder: inside('vmFolder'), pool, host, spec: { name: 'template', numCPUs: 1, memoryMB: 32, guestId: 'otherGuest', files: { vmPathName: '[template]' } } });
  const made = [...tx.touched()].filter((id) => !before.has(id)).map((value) => ({ type: tx.typeOf(value), value }));
  const template = {
    of: new Map(made.flatMap((ref) => (tx.find(ref) === undefined ? [] : [[ref.type, tx.find(ref)!]] as const))),
    host,
    parts: parts.map((ref) => ({ ref, props: tx.find(ref)! })),
  };
  for (const ref of made) tx.remove(ref);
  return template;
}

/** A value with references put in the place of others; the value itself when it has none of them. */
export function renamed(value: unknown, names: ReadonlyMap<string, Ref>): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => renamed(item, names));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  const { type, value: id } = value as Partial<Ref>;
  if (typeof type === 'string' && typeof id === 'string' && Object.keys(value).length === 2) return names.get(`${type}:${id}`) ?? value;
  let copy: Record<string, unknown> | undefined;
  for (const [key, item] of Object.entries(value)) {
    const now = renamed(item, names);
    if (now !== item) (copy ??= { ...value })[key] = now;
  }
  return copy ?? value;
}

const hasReference = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return false;
  const { type, value: id } = value as Partial<Ref>;
  if (typeof type === 'string' && typeof id === 'string') return true;
  return Object.values(value).some(hasReference);
};

const FILLED = ['config', 'summary', 'runtime', 'info', 'configurationEx', 'capability'];

/** The saved properties, with what they lack from the template: never references, never what is internal. */
export function completed(saved: Readonly<Record<string, unknown>>, template: Props = {}): Record<string, unknown> {
  const props: Record<string, unknown> = { ...saved };
  for (const [key, value] of Object.entries(template)) {
    const own = props[key];
    if (own === undefined) {
      if (!key.startsWith('_') && !hasReference(value)) props[key] = value;
    } else if (FILLED.includes(key) && typeof own === 'object' && own !== null && !Array.isArray(own) && typeof value === 'object' && value !== null) {
      const { _type: _theirs, ...rest } = value as Record<string, unknown>;
      const lacking = Object.entries(rest).filter(([name, part]) => (own as Record<string, unknown>)[name] === undefined && !hasReference(part));
      if (lacking.length > 0) props[key] = { ...Object.fromEntries(lacking), ...own };
    }
  }
  return props;
}
