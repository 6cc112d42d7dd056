// A small world for tests of the collector and the views: a real store and session around hand-made objects.
import type { ManagedObjectReference, ObjectContent, PropertyFilterSpec, UpdateSet } from '../../core/vim25/index.ts';
import type { PropertyValue } from '../../core/vim25/codec/encode.ts';
import { Registry, type QueryContext } from '../dispatch/define.ts';
import { Sessions, type Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { ManualClock } from '../runtime/clock.ts';
import { Log } from '../runtime/log.ts';
import { Random } from '../runtime/random.ts';
import type { Relation } from '../store/derive.ts';
import { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';

export const ref = (type: string, value: string): ManagedObjectReference => ({ type, value });
export const ROOT = ref('Folder', 'group-d1');
export const VM_FOLDER = ref('Folder', 'group-v3');
export const COLLECTOR = ref('PropertyCollector', 'propertyCollector');

const RELATIONS: readonly Relation[] = [
  { type: 'ManagedEntity', path: 'parent', inverse: 'childEntity', targets: ['Folder'] },
  { type: 'VirtualMachine', path: 'runtime.host', inverse: 'vm' },
  { type: 'VirtualMachine', path: 'resourcePool', inverse: 'vm' },
];

export interface Lab {
  readonly sim: Simulation;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly session: Session;
  /** What a handler gets when the session calls a method of that object. */
  context(self: ManagedObjectReference, session?: Session, signal?: AbortSignal): QueryContext;
}

/** Root folder, datacenter, cluster with a host and a pool, and `vms` virtual machines named vm-0 … in its VM folder. */
export function makeLab(vms: number, journalCapacity?: number): Lab {
  const store = new Store({ relations: RELATIONS, freeze: vms < 1000, journalCapacity });
  const clock = new ManualClock();
  const random = new Random(7);
  const sessions = new Sessions(clock, { newKey: () => random.uuid(), credentials: { userName: undefined, password: undefined }, idleMilliseconds: 1e9 });
  const wellKnown = { rootFolder: ROOT, propertyCollector: COLLECTOR, viewManager: ref('ViewManager', 'ViewManager'), searchIndex: ref('SearchIndex', 'SearchIndex') };
  const sim = { store, clock, random, log: new Log(), registry: new Registry([]), sessions, product: 'vcenter', wellKnown } as unknown as Simulation;
  store.transaction((tx) => {
    for (const manager of [COLLECTOR, wellKnown.viewManager, wellKnown.searchIndex]) tx.create(manager.type, manager.value, {});
    tx.create('ServiceInstance', 'ServiceInstance', { content: { _type: 'ServiceContent', rootFolder: ROOT } });
    tx.create('_Secret', 'secret', { name: 'nobody' });
    tx.create('Folder', ROOT.value, { name: 'Datacenters' });
    const datacenter = tx.create('Datacenter', 'datacenter-2', {
      name: 'DC0', parent: ROOT, vmFolder: VM_FOLDER, hostFolder: ref('Folder', 'group-h4'), datastore: [ref('Datastore', 'datastore-9')],
    });
    tx.create('Folder', VM_FOLDER.value, { name: 'vm', parent: datacenter });
    tx.create('Folder', 'group-h4', { name: 'host', parent: datacenter });
    tx.create('Datastore', 'datastore-9', { name: 'LocalDS_0' });
    tx.create('ClusterComputeResource', 'domain-c7', {
      name: 'C0', parent: ref('Folder', 'group-h4'), host: [ref('HostSystem', 'host-9')], resourcePool: ref('ResourcePool', 'resgroup-8'),
    });
    tx.create('ResourcePool', 'resgroup-8', { name: 'Resources', parent: ref('ClusterComputeResource', 'domain-c7') });
    tx.create('HostSystem', 'host-9', {
      name: 'H0', parent: ref('ClusterComputeResource', 'domain-c7'), hardware: { systemInfo: { uuid: 'AAAA-host' } },
      config: { network: { dnsConfig: { hostName: 'h0', domainName: 'example.org' }, vnic: [{ device: 'vmk0', spec: { ip: { ipAddress: '10.0.0.9' } } }] } },
    });
    for (let i = 0; i < vms; i++) addVm(tx, i);
  });
  const session = sessions.login('root', 'secret', { ipAddress: '127.0.0.1', userAgent: 'test' });
  return {
    sim, store, clock, session,
    context(self, as = session, signal = as.ended.signal) {
      return { sim, self: as.objects.get(self.value) ?? store.get(self)!, session: as, signal };
    },
  };
}

const DEVICES = [
  { _type: 'VirtualDisk', key: 2000, capacityInKB: 1024, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: '[LocalDS_0] a.vmdk', diskMode: 'persistent' } },
  { _type: 'VirtualE1000', key: 4000, deviceInfo: { label: 'Network adapter 1', summary: 'VM Network' }, macAddress: '00:0c:29:00:00:01' },
];

export function addVm(tx: Transaction, index: number): ManagedObjectReference {
  return tx.create('VirtualMachine', `vm-${100 + index}`, {
    name: `vm-${index}`,
    parent: VM_FOLDER,
    configStatus: 'green',
    config: {
      name: `vm-${index}`, uuid: `bios-${index}`, instanceUuid: `instance-${index}`, files: { vmPathName: `[LocalDS_0] vm-${index}/vm-${index}.vmx` },
      hardware: { numCPU: 1, memoryMB: 32, device: DEVICES }, extraConfig: [{ _type: 'OptionValue', key: 'guestinfo.a', value: 'one' }],
    },
    runtime: { powerState: 'poweredOff', host: ref('HostSystem', 'host-9') },
    guest: { hostName: `guest-${index}`, ipAddress: `10.0.${index >> 8}.${index & 255}` },
    resourcePool: ref('ResourcePool', 'resgroup-8'),
    layout: { configFile: [], snapshot: [] },
  });
}

/** Properties of every object by id, wrappers taken off. */
export const plainContents = (contents: readonly ObjectContent[] | undefined): Record<string, Record<string, unknown>> =>
  Object.fromEntries((contents ?? []).map(({ obj, propSet }) => [obj.value, Object.fromEntries((propSet ?? []).map(({ name, val }) => [name, (val as PropertyValue).value]))]));

/** A client that keeps its copy of the world by applying update sets. */
export class Mirror {
  readonly objects: Map<string, Record<string, unknown>>;

  constructor(objects: ReadonlyMap<string, Record<string, unknown>> = new Map()) {
    this.objects = new Map([...objects].map(([id, props]) => [id, { ...props }]));
  }

  apply(set: UpdateSet): this {
    for (const { obj, kind, changeSet } of (set.filterSet ?? []).flatMap((filter) => filter.objectSet ?? [])) {
      if (kind === 'leave') {
        this.objects.delete(obj.value);
        continue;
      }
      const props = kind === 'enter' ? {} : { ...this.objects.get(obj.value)! };
      for (const { name, val } of changeSet ?? []) {
        if (val === undefined) delete props[name];
        else props[name] = (val as PropertyValue).value;
      }
      this.objects.set(obj.value, props);
    }
    return this;
  }

  get plain(): Record<string, Record<string, unknown>> {
    return Object.fromEntries([...this.objects].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** A filter over everything a folder's VMs say at these paths. */
export const vmsOf = (folder: ManagedObjectReference, pathSet: readonly string[]): PropertyFilterSpec => ({
  propSet: [{ type: 'VirtualMachine', pathSet }],
  objectSet: [{ obj: folder, skip: true, selectSet: [{ _type: 'TraversalSpec', type: 'Folder', path: 'childEntity' } as never] }],
});
