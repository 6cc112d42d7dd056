// A small world for the unit tests of virtual machines and datastores: one cluster of two hosts, a datastore, a
// network. Methods are run as the dispatcher would, without sessions and tasks.
import type { AboutInfo, ManagedMethods, ManagedObjectReference, VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import { Registry, type TransactionContext } from '../../dispatch/define.ts';
import type { Product, Simulation } from '../../dispatch/simulation.ts';
import { ManualClock } from '../../runtime/clock.ts';
import { Log } from '../../runtime/log.ts';
import { Random } from '../../runtime/random.ts';
import { Store } from '../../store/store.ts';
import type { Transaction } from '../../store/transaction.ts';
import { addHost, createCluster, createDatacenter, createStandaloneHost } from '../compute-create.ts';
import { createDatastore } from '../datastore-create.ts';
import { hostDatastoreBrowser } from '../datastore/browser.ts';
import { datastore } from '../datastore/datastore.ts';
import { fileManager } from '../datastore/file-manager.ts';
import { entityProps } from '../entity.ts';
import { createNetwork, findNetwork } from '../network-create.ts';
import { createVirtualMachine } from './create.ts';
import { virtualMachineSnapshot } from './snapshot.ts';
import { virtualMachine } from './virtual-machine.ts';

type Ref = ManagedObjectReference;
type Args<K extends keyof ManagedMethods, M extends keyof ManagedMethods[K]> = ManagedMethods[K][M] extends { args: infer A } ? A : never;

const ABOUT: AboutInfo = {
  name: 'VMware vCenter Server', fullName: 'VMware vCenter Server 8.0.3 build-1', vendor: 'VMware, Inc.', version: '8.0.3', build: '1',
  osType: 'linux-x64', productLineId: 'vpx', apiType: 'VirtualCenter', apiVersion: '8.0.3.0',
};
const FOLDER_CHILDREN = { type: 'ManagedEntity', path: 'parent', inverse: 'childEntity', targets: ['Folder'] };
const HOSTS = { type: 'HostSystem', path: 'parent', inverse: 'host', targets: ['ComputeResource'] };

export class World {
  readonly clock = new ManualClock();
  readonly store: Store;
  readonly sim: Simulation;
  readonly datacenter: Ref;
  readonly cluster: Ref;
  readonly hosts: readonly Ref[];
  readonly pool: Ref;
  readonly folder: Ref;
  readonly datastore: Ref;
  readonly network: Ref;

  constructor(product: Product = 'vcenter', capacity = 1024 ** 4) {
    const definitions = [virtualMachine, virtualMachineSnapshot, datastore, hostDatastoreBrowser, fileManager];
    const registry = new Registry(definitions);
    this.store = new Store({
      relations: [...definitions.flatMap((d) => d.relations), FOLDER_CHILDREN, HOSTS], rules: definitions.flatMap((d) => d.rules), freeze: true,
    });
    this.sim = {
      store: this.store, clock: this.clock, random: new Random(7), log: new Log(), registry, product, about: ABOUT, wellKnown: {},
    } as unknown as Simulation;
    const made = this.store.transaction((tx) => {
      const root = tx.create('Folder', 'group-d1', { ...entityProps('Datacenters', undefined), childType: ['Folder', 'Datacenter'], childEntity: [] });
      tx.create('FileManager', 'FileManager', {});
      const datacenter = createDatacenter(this.sim, tx, root, 'DC0');
      const hostFolder = tx.props<'Datacenter'>(datacenter).hostFolder!;
      const esxi = product === 'esxi';
      const cluster = esxi ? createStandaloneHost(this.sim, tx, hostFolder, 'localhost') : createCluster(this.sim, tx, hostFolder, 'C0');
      if (!esxi) for (const name of ['H0', 'H1']) addHost(this.sim, tx, cluster, name);
      return { datacenter, cluster, hosts: [...tx.all('HostSystem')], folder: tx.props<'Datacenter'>(datacenter).vmFolder! };
    });
    this.datacenter = made.datacenter;
    this.cluster = made.cluster;
    this.hosts = made.hosts;
    this.folder = made.folder;
    this.pool = this.store.get(made.cluster)!.props['resourcePool'] as Ref;
    const { hosts, datacenter } = made;
    this.datastore = this.write((tx) => createDatastore(this.sim, tx, { name: 'ds1', datacenter, hosts, capacity, type: 'VMFS' }));
    this.network = this.write((tx) => findNetwork(tx, datacenter, 'VM Network') ?? createNetwork(this.sim, tx, datacenter, 'VM Network', hosts));
  }

  write<T>(work: (tx: Transaction) => T): T {
    return this.store.transaction(work);
  }

  /** The value at a dotted path as last committed. */
  get<T = unknown>(ref: Ref, path: string): T {
    return this.write((tx) => tx.get(ref, path)) as T;
  }

  createVm(name: string, spec: VirtualMachineConfigSpec = {}): Ref {
    return this.write((tx) => createVirtualMachine(this.sim, tx, {
      name, folder: this.folder, pool: this.pool, spec: { name, files: { vmPathName: '[ds1]' }, ...spec },
    }));
  }

  /** Runs a method in one transaction; of a *_Task method the task itself. */
  call<K extends keyof ManagedMethods & string, M extends keyof ManagedMethods[K] & string>(type: K, self: Ref, method: M, args: Args<K, M>): unknown {
    const handler = this.sim.registry.handler(type, method);
    if (!handler || (typeof handler === 'object' && 'query' in handler)) throw new TypeError(`no transaction method ${type}.${method}`);
    return this.write((tx) => {
      const ctx = { sim: this.sim, tx, self: this.store.get(self)!, session: undefined } as unknown as TransactionContext;
      return typeof handler === 'function' ? handler(ctx, args as object) : handler.task(ctx, args as object);
    });
  }
}

/** A pvscsi controller, a new disk on it and an adapter in `VM Network`, as a typical creation spec has them. */
export const hardwareSpec = (network: Ref, capacityInKB = 1024 * 1024): NonNullable<VirtualMachineConfigSpec['deviceChange']> =>
  [
    { operation: 'add', device: { _type: 'ParaVirtualSCSIController', key: -101, busNumber: 0, sharedBus: 'noSharing' } },
    {
      operation: 'add', fileOperation: 'create',
      device: {
        _type: 'VirtualDisk', key: -102, controllerKey: -101, unitNumber: 0, capacityInKB,
        backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: '', diskMode: 'persistent', thinProvisioned: true },
      },
    },
    { operation: 'add', device: { _type: 'VirtualVmxnet3', key: -103, backing: { _type: 'VirtualEthernetCardNetworkBackingInfo', network, deviceName: '' } } },
  ] as unknown as NonNullable<VirtualMachineConfigSpec['deviceChange']>;
