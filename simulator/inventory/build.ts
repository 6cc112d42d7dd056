// Builds the counted inventory in one transaction, through the helpers that the methods use. Linear in its size.
import type { ManagedObjectReference, VirtualDeviceConfigSpec, VirtualMachineConfigSpec } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import {
  addHost, createCluster, createDatacenter, createFolder, createPool, createStandaloneHost, createVApp, DEFAULT_ALLOCATION,
  DEFAULT_MEMORY_ALLOCATION,
} from '../objects/compute-create.ts';
import { createDatastore } from '../objects/datastore-create.ts';
import { createDvs, createPortgroup } from '../objects/dvs/dvs-create.ts';
import { joinDvs } from '../objects/dvs/dvs-members.ts';
import { attachNetwork, createNetwork, createOpaqueNetwork, findNetwork } from '../objects/network-create.ts';
import { createVirtualMachine } from '../objects/virtual-machine/create.ts';
import { setPower } from '../objects/virtual-machine/power.ts';
import type { Transaction } from '../store/transaction.ts';
import { modelNames as names, modelProblem, type Model } from './model.ts';
import { createRoot } from './root.ts';

type Ref = ManagedObjectReference;

const CAPACITY = 16 * 1024 ** 4;
const POOL_SPEC = { cpuAllocation: DEFAULT_ALLOCATION, memoryAllocation: DEFAULT_MEMORY_ALLOCATION };

const range = (count: number, from = 0): number[] => Array.from({ length: count }, (_, i) => i + from);

/** Where machines go: a pool or vApp, the hosts below it, and the beginning of their names. */
interface Slot {
  readonly prefix: string;
  readonly pool: Ref;
  readonly hosts: readonly Ref[];
}

/** Fills the store with the root and everything the model counts. Throws a RangeError for a model that cannot be built. */
export function buildInventory(sim: Simulation, tx: Transaction, model: Model): void {
  const problem = modelProblem(model, sim.product);
  if (problem !== undefined) throw new RangeError(problem);
  const root = createRoot(sim, tx);
  if (sim.product === 'esxi') {
    buildEsxi(sim, tx, model);
    return;
  }
  for (const n of range(model.datacenter)) buildDatacenter(sim, tx, model, root, n);
}

function buildEsxi(sim: Simulation, tx: Transaction, model: Model): void {
  const datacenter = { type: 'Datacenter', value: 'ha-datacenter' };
  const host = { type: 'HostSystem', value: 'ha-host' };
  const pool = { type: 'ResourcePool', value: 'ha-root-pool' };
  const folder = tx.get(datacenter, 'vmFolder') as Ref;
  const datastores = range(model.datastore).map((n) =>
    createDatastore(sim, tx, { name: names.datastore(n), datacenter, hosts: [host], capacity: CAPACITY, type: 'VMFS' }));
  const network = findNetwork(tx, datacenter, names.network)!;
  addMachines(sim, tx, model, [{ prefix: host.value, pool, hosts: [host] }], folder, datastores, network);
}

function buildDatacenter(sim: Simulation, tx: Transaction, model: Model, root: Ref, n: number): void {
  const foldered = n >= model.datacenter - model.folder;
  const folderName = names.folder(n);
  const parent = foldered ? createFolder(tx, root, folderName) : root;
  const dc = names.datacenter(n);
  const datacenter = createDatacenter(sim, tx, parent, dc);
  const inside = (field: string): Ref => {
    const fixed = tx.get(datacenter, field) as Ref;
    return foldered ? createFolder(tx, fixed, folderName) : fixed;
  };
  const [vmFolder, hostFolder, datastoreFolder, networkFolder] =
    ['vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder'].map(inside) as [Ref, Ref, Ref, Ref];
  const network = createNetwork(sim, tx, datacenter, names.network, []);
  const dvs = model.portgroup + model.portgroupNsx + model.opaqueNetwork > 0 ? createDvs(sim, tx, networkFolder, names.dvs, []) : undefined;
  const portgroups = dvs === undefined ? []
    : range(model.portgroup).map((i) => createPortgroup(sim, tx, dvs, { name: names.portgroup(dc, i), numPorts: 1, type: 'earlyBinding' }));
  const opaque = dvs === undefined ? [] : buildNsx(sim, tx, model, dvs, datacenter, networkFolder, dc);
  for (const i of range(model.pod)) createFolder(tx, tx.get(datacenter, 'datastoreFolder') as Ref, names.pod(dc, i), 'StoragePod');

  const slots = [...standaloneHosts(sim, tx, model, hostFolder, dc), ...clusters(sim, tx, model, hostFolder, vmFolder, dc)];
  const hosts = [...new Map(slots.flatMap((slot) => slot.hosts).map((host) => [host.value, host])).values()];
  if (dvs) for (const host of hosts) joinDvs(tx, dvs, host);
  for (const each of opaque) for (const host of hosts) attachNetwork(tx, host, each);
  const datastores = range(model.datastore).map((i) =>
    createDatastore(sim, tx, { name: names.datastore(i), datacenter, hosts, capacity: CAPACITY, type: 'VMFS', folder: datastoreFolder }));
  addMachines(sim, tx, model, slots, vmFolder, datastores, portgroups[0] ?? network);
}

/** NSX port groups, and an opaque network for the segment of each of the last ones; gives the opaque networks. */
function buildNsx(sim: Simulation, tx: Transaction, model: Model, dvs: Ref, datacenter: Ref, folder: Ref, dc: string): Ref[] {
  return range(model.portgroupNsx + model.opaqueNetwork).flatMap((i) => {
    const group = createPortgroup(sim, tx, dvs, { name: names.portgroupNsx(dc, i), type: 'earlyBinding', backingType: 'nsx' });
    const segment = String(tx.get(group, 'config.logicalSwitchUuid'));
    return i < model.portgroupNsx ? [] : [createOpaqueNetwork(tx, datacenter, folder, names.opaqueNetwork(dc, i - model.portgroupNsx), segment)];
  });
}

function standaloneHosts(sim: Simulation, tx: Transaction, model: Model, folder: Ref, dc: string): Slot[] {
  return range(model.standaloneHost).map((n) => {
    const name = names.host(dc, n);
    const computeResource = createStandaloneHost(sim, tx, folder, name);
    const hosts = [...tx.all('HostSystem')].filter((host) => (tx.get(host, 'parent') as Ref).value === computeResource.value);
    return { prefix: name, pool: tx.get(computeResource, 'resourcePool') as Ref, hosts };
  });
}

function clusters(sim: Simulation, tx: Transaction, model: Model, folder: Ref, vmFolder: Ref, dc: string): Slot[] {
  return range(model.cluster).flatMap((n) => {
    const name = names.cluster(dc, n);
    const cluster = createCluster(sim, tx, folder, name);
    const hosts = range(model.host).map((h) => addHost(sim, tx, cluster, names.host(name, h)));
    const rootPool = tx.get(cluster, 'resourcePool') as Ref;
    const pools = range(model.pool, 1).map((p) => ({ prefix: names.pool(name, p), pool: createPool(sim, tx, rootPool, names.pool(name, p), POOL_SPEC), hosts }));
    const apps = range(model.app).map((a) => ({ prefix: names.app(name, a), pool: createVApp(sim, tx, rootPool, names.app(name, a), POOL_SPEC, {}, vmFolder), hosts }));
    // Without pools of its own the cluster's machines are in the root pool, named as if that were RP0.
    return [...(model.pool === 0 ? [{ prefix: names.pool(name, 0), pool: rootPool, hosts }] : pools), ...apps];
  });
}

const DISK_KB = 10 * 1024 * 1024;

/** What every machine of the model has; the network card is the only thing that differs between datacenters. */
function machineDevices(tx: Transaction, network: Ref): readonly VirtualDeviceConfigSpec[] {
  const add = { operation: 'add' as const };
  const backing = network.type === 'DistributedVirtualPortgroup'
    ? {
        _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo',
        port: { switchUuid: tx.get(tx.get(network, 'config.distributedVirtualSwitch') as Ref, 'uuid'), portgroupKey: network.value },
      }
    : { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: names.network, network };
  const device = (fields: object) => ({ ...add, device: fields }) as unknown as VirtualDeviceConfigSpec;
  return [
    device({ _type: 'ParaVirtualSCSIController', key: -1, busNumber: 0, sharedBus: 'noSharing' }),
    {
      ...device({
        _type: 'VirtualDisk', key: -2, controllerKey: -1, unitNumber: 0, capacityInKB: DISK_KB,
        backing: { _type: 'VirtualDiskFlatVer2BackingInfo', diskMode: 'persistent', thinProvisioned: true, fileName: '' },
      }),
      fileOperation: 'create',
    } as VirtualDeviceConfigSpec,
    device({ _type: 'VirtualE1000', key: -3, backing, addressType: 'generated' }),
    device({ _type: 'VirtualCdrom', key: -4, controllerKey: 200, unitNumber: 0, backing: { _type: 'VirtualCdromAtapiBackingInfo', deviceName: '' } }),
  ];
}

function addMachines(
  sim: Simulation, tx: Transaction, model: Model, slots: readonly Slot[], folder: Ref, datastores: readonly Ref[], network: Ref,
): void {
  if (datastores.length === 0) return;
  const deviceChange = machineDevices(tx, network);
  let turn = 0;
  for (const { prefix, pool, hosts } of slots) {
    if (hosts.length === 0) continue;
    for (const n of range(model.machine)) {
      const name = names.machine(prefix, n);
      const datastore = String(tx.get(datastores[turn % datastores.length]!, 'name'));
      const spec: VirtualMachineConfigSpec = {
        name, numCPUs: 1, memoryMB: 32, guestId: 'otherGuest', files: { vmPathName: `[${datastore}]` }, deviceChange,
      };
      const vApp = pool.type === 'VirtualApp' ? pool : undefined;
      const vm = createVirtualMachine(sim, tx, { name, folder, vApp, pool, host: hosts[n % hosts.length]!, spec, nameIsFree: true });
      if (model.autostart) setPower(sim, tx, vm, 'poweredOn');
      turn += 1;
    }
  }
}
