// Builds the world of a plan in one transaction, through the same helpers that the methods use.
import { Fault, isFault, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { setBootRule } from '../appliance/boot-rules.ts';
import { createVch, type VchOptions, type VchSite } from '../appliance/vch.ts';
import { addToRegistry } from '../appliance/registry.ts';
import { adapter, controllers, rootDisk, slotAt } from '../appliance/devices.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import {
  addHost, createCluster, createDatacenter, createFolder, createPool, createStandaloneHost, createVApp,
} from '../objects/compute-create.ts';
import { addAccount, changeAccount, findAccount } from '../objects/authorization/accounts.ts';
import { grant } from '../objects/authorization/permissions.ts';
import { createDatastore } from '../objects/datastore-create.ts';
import { createVirtualMachine } from '../objects/virtual-machine/create.ts';
import { setPower } from '../objects/virtual-machine/power.ts';
import type { Transaction } from '../store/transaction.ts';
import { addBridgeSwitch, buildNetworks, type Networks } from './build-networks.ts';
import type { ComputePlan, ContentsPlan, DatacenterPlan, Plan, VchPlan, VmPlan } from './plan.ts';
import { createRoot } from './root.ts';

type Ref = ManagedObjectReference;

const DATASTORE_TYPES = { vmfs: 'VMFS', local: 'VMFS', nfs: 'NFS', vsan: 'vsan' } as const;
const DISK_KB = 16 * 1024 * 1024;
const MIB = 2 ** 20;
/** Who the appliances log in as when the lab names nobody. */
const DEFAULT_CREDENTIALS = { user: 'user', password: 'pass' };

/** Makes everything that the plan names. */
export function buildLab(sim: Simulation, tx: Transaction, plan: Plan): void {
  const esxiHost = plan.product === 'esxi' ? plan.datacenters[0]!.computes[0]!.name : undefined;
  const root = createRoot(sim, tx, esxiHost);
  addUsers(sim, tx, plan.users, root);
  for (const rule of plan.appliances) setBootRule(tx, rule);
  if (plan.registry.length > 0) addToRegistry(tx, plan.registry);
  const folders = new Map<string, Ref>();
  for (const datacenter of plan.datacenters) new DatacenterBuilder(sim, tx, plan, datacenter, root, folders).build();
}

/** Makes the users; a role is a permission on the root folder. */
function addUsers(sim: Simulation, tx: Transaction, users: Plan['users'], root: Ref): void {
  for (const { role, ...user } of users) {
    const key = findAccount(sim, tx, user.name, false);
    if (key === undefined) addAccount(sim, tx, user);
    else changeAccount(sim, tx, key, user);
    if (role !== undefined) grant(sim, tx, root, user.name, role);
  }
}

/** A compute resource that has been made, with what its machines need to know. */
interface Compute {
  readonly path: string;
  readonly hosts: readonly { readonly ref: Ref; readonly name: string }[];
}

class DatacenterBuilder {
  private readonly sim: Simulation;
  private readonly tx: Transaction;
  private readonly plan: Plan;
  private readonly given: DatacenterPlan;
  private readonly ref: Ref;
  private readonly path: string;
  private readonly datastores = new Map<string, { readonly ref: Ref; readonly hosts: ReadonlySet<string> }>();
  private networks!: Networks;
  private turn = 0;

  constructor(sim: Simulation, tx: Transaction, plan: Plan, given: DatacenterPlan, root: Ref, folders: Map<string, Ref>) {
    this.sim = sim;
    this.tx = tx;
    this.plan = plan;
    this.given = given;
    this.path = `/${[...given.folder, given.name].join('/')}`;
    this.ref = sim.product === 'esxi'
      ? { type: 'Datacenter', value: 'ha-datacenter' }
      : createDatacenter(sim, tx, folderAt(tx, root, given.folder, folders), given.name);
  }

  build(): void {
    const computes = this.given.computes.map((compute) => ({ compute, ref: this.compute(compute) }));
    const hosts = computes.map(({ ref }) => this.hostsOf(ref));
    const all = hosts.flat();
    for (const { name, type, capacity, hosts: mounting } of this.given.datastores) {
      const known = new Set(mounting);
      const ref = createDatastore(this.sim, this.tx, {
        name, datacenter: this.ref, capacity, type: DATASTORE_TYPES[type], hosts: all.filter((host) => known.has(host.name)).map((host) => host.ref),
      });
      this.datastores.set(name, { ref, hosts: known });
    }
    this.networks = buildNetworks(this.sim, this.tx, this.ref, this.given, all.map((host) => host.ref));
    computes.forEach(({ compute, ref }, i) => {
      const path = `${this.path}/host/${compute.name}`;
      const pool = this.tx.get(ref, 'resourcePool') as Ref;
      this.contents(compute, pool, `${path}/Resources`, { path, hosts: hosts[i]! });
    });
  }

  private compute({ kind, name, hosts, drs }: ComputePlan): Ref {
    const { sim, tx } = this;
    if (sim.product === 'esxi') return { type: 'ComputeResource', value: 'ha-compute-res' };
    const hostFolder = this.folder('hostFolder');
    if (kind === 'host') return createStandaloneHost(sim, tx, hostFolder, name);
    const cluster = createCluster(sim, tx, hostFolder, name, { drsConfig: { enabled: drs } });
    for (const host of hosts) addHost(sim, tx, cluster, host);
    return cluster;
  }

  private folder(kind: 'hostFolder' | 'vmFolder'): Ref {
    return this.tx.get(this.ref, kind) as Ref;
  }

  private hostsOf(compute: Ref): { ref: Ref; name: string }[] {
    const found = [];
    for (const ref of this.tx.all('HostSystem')) {
      if ((this.tx.get(ref, 'parent') as Ref).value === compute.value) found.push({ ref, name: String(this.tx.get(ref, 'name')) });
    }
    return found;
  }

  private contents(given: ContentsPlan, pool: Ref, path: string, compute: Compute): void {
    const { sim, tx } = this;
    for (const vm of given.vms) this.machine(vm, compute, { pool, folder: this.folder('vmFolder') });
    for (const vapp of given.vapps) {
      const vApp = createVApp(sim, tx, pool, vapp.name, {} as Parameters<typeof createVApp>[4], {}, this.folder('vmFolder'));
      for (const vm of vapp.vms) this.machine(vm, compute, { pool: vApp, vApp });
    }
    for (const vch of given.vchs) this.vch(vch, pool, path, compute);
    for (const child of given.pools) this.contents(child, createPool(sim, tx, pool, child.name), `${path}/${child.name}`, compute);
  }

  /** The hosts take turns; only those that mount the datastore. */
  private nextHost(compute: Compute, datastore: string): Ref {
    const mounting = this.datastores.get(datastore)!.hosts;
    const able = compute.hosts.filter((host) => mounting.has(host.name));
    return able[this.turn++ % able.length]!.ref;
  }

  private machine(vm: VmPlan, compute: Compute, place: { pool: Ref; folder?: Ref; vApp?: Ref }): void {
    const { sim, tx } = this;
    const file = (suffix: string) => `[${vm.datastore}] ${vm.name}/${vm.name}${suffix}`;
    const ref = createVirtualMachine(sim, tx, {
      name: vm.name, ...place, host: this.nextHost(compute, vm.datastore), nameIsFree: true,
      spec: {
        name: vm.name, guestId: vm.guest, numCPUs: vm.cpus, memoryMB: Math.max(4, Math.round(vm.memory / MIB / 4) * 4),
        files: { vmPathName: file('.vmx') },
        deviceChange: [...controllers(), rootDisk(file('.vmdk'), DISK_KB), adapter(tx, this.networks.first, slotAt(0))],
      },
    });
    try {
      if (vm.state !== 'off') setPower(sim, tx, ref, 'poweredOn');
    } catch (error) {
      throw isFault(error) ? new Fault(error.detail, `machine ${vm.name}: ${error.message}`) : error;
    }
    if (vm.state === 'suspended') setPower(sim, tx, ref, 'suspended');
  }

  private vch(given: VchPlan, pool: Ref, path: string, compute: Compute): void {
    const { sim, tx, plan } = this;
    const place = (at: { datastore: string; path: string }) => ({ datastore: this.datastores.get(at.datastore)!.ref, path: at.path });
    if (given.createBridge) addBridgeSwitch(sim, tx, this.ref, compute.hosts[0]!.ref, given.networks.bridge, this.networks);
    const network = (name: string) => this.networks.byName.get(name)!;
    const { external, client, management, bridge } = given.networks;
    const options: VchOptions = {
      ...given,
      kind: given.pool,
      imageStore: place(given.imageStore),
      volumeStores: given.volumeStores.map((store) => ({ ...store, ...place(store) })),
      networks: { external: network(external), client: network(client), management: network(management), bridge: network(bridge) },
      containerNetworks: given.containerNetworks.map((net) => ({ ...net, network: network(net.network) })),
    };
    const site: VchSite = {
      pool,
      folder: this.folder('vmFolder'),
      nextHost: () => this.nextHost(compute, given.imageStore.datastore),
      paths: { datacenter: this.given.name, folder: `${this.path}/vm`, compute: compute.path, pool: path },
      target: { host: sim.product === 'esxi' ? compute.hosts[0]!.name : 'vcenter.example.com', ...(plan.credentials ?? DEFAULT_CREDENTIALS) },
    };
    createVch(sim, tx, site, options);
  }
}

/** The inventory folder at a path, made where it is missing. */
function folderAt(tx: Transaction, root: Ref, path: readonly string[], known: Map<string, Ref>): Ref {
  let folder = root;
  path.forEach((name, i) => {
    const key = path.slice(0, i + 1).join('/');
    let found = known.get(key);
    if (!found) known.set(key, (found = createFolder(tx, folder, name)));
    folder = found;
  });
  return folder;
}
