// Turns a lab into a plan: decides everything left open and finds what cannot be (names twice, references to nothing).
import { ruleProblems, type FaultRule } from '../dispatch/fault-rules.ts';
import { enumType, versionOf, versions } from '../../core/vim25/index.ts';
import type { BootRule } from '../appliance/boot-rules.ts';
import { DEFAULT_RANGE, freeAddress, parseDhcp } from '../appliance/dhcp.ts';
import { grantableRoles } from '../objects/authorization/roles.ts';
import { Random } from '../runtime/random.ts';
import type { EsxiLab, Lab, LabContents, LabDatacenter, LabNetwork, LabPool, LabVm, VcenterLab } from './lab.ts';
import type { Names } from './names.ts';
import type { ComputePlan, ContentsPlan, DatacenterPlan, DatastorePlan, Plan, PoolPlan, VmPlan, UserPlan } from './plan.ts';
import { planVch, type Site } from './plan-vch.ts';

const GIB = 2 ** 30;
const VM_NETWORK = 'VM Network';

type Report = (path: string, message: string) => void;

interface Shared {
  readonly lab: Lab;
  readonly names: Names;
  readonly report: Report;
  readonly random: Random;
  /** Given somewhere in the lab or handed out. */
  readonly reserved: Set<string>;
  /** Given to a VCH seen so far. */
  readonly addresses: Set<string>;
}

/** Every value of a key, however deep. */
function* valuesOf(value: unknown, key: string): Iterable<string> {
  if (typeof value !== 'object' || value === null) return;
  for (const [name, child] of Object.entries(value)) {
    if (name === key && typeof child === 'string') yield child;
    else yield* valuesOf(child, key);
  }
}

/** An address that the network's DHCP server would give. Where nobody gives any, a VCH that needs one has to say so. */
function nextAddress(shared: Shared, dhcp: string | undefined, network: string): string {
  const range = parseDhcp(dhcp === undefined || dhcp === 'none' ? DEFAULT_RANGE : dhcp);
  const address = freeAddress(range, shared.random.integer(0, 0x7fffffff), (one) => shared.reserved.has(one));
  if (address === undefined) shared.report('', `network "${network}" has no address left in ${dhcp}`);
  else shared.reserved.add(address);
  return address ?? '0.0.0.0';
}

/** What the DHCP servers of a datacenter's networks hand out. */
function planDhcp(given: LabDatacenter, at: (rest: string) => string, report: Report): Map<string, string> {
  const found = new Map<string, string>();
  const note = ({ name, dhcp }: LabNetwork, path: string) => {
    if (dhcp === undefined) return;
    try {
      if (dhcp !== 'none') parseDhcp(dhcp);
      found.set(name, dhcp);
    } catch (error) {
      report(`${path}.dhcp`, (error as Error).message);
    }
  };
  given.networks?.forEach((network, i) => note(network, at(`networks[${i}]`)));
  given.switches?.forEach((dvs, i) => dvs.portgroups?.forEach((group, j) => note(group, at(`switches[${i}].portgroups[${j}]`))));
  return found;
}

/** Reports the second use of a name in one namespace. */
class Namespace {
  private readonly seen = new Map<string, string>();
  private readonly report: Report;

  constructor(report: Report) {
    this.report = report;
  }

  /** Takes the name without asking: somebody else has reported it if it is taken. */
  note(name: string, what: string): void {
    if (!this.seen.has(name)) this.seen.set(name, what);
  }

  add(name: string, what: string, path: string): void {
    const before = this.seen.get(name);
    if (before === undefined) this.seen.set(name, what);
    else this.report(path, `the name "${name}" is taken by ${before} already`);
  }
}

/** What is in force while the contents of one datacenter are planned. */
interface Scope extends Site {
  /** What shows in the VM folder: machines outside vApps, and vApps. */
  readonly folder: Namespace;
  /** Every machine, because each has a directory of its name. */
  readonly machines: Namespace;
}

function planVms(scope: Scope, given: LabVm[] | number | undefined, path: string, inVApp = false): VmPlan[] {
  const list: readonly LabVm[] = typeof given === 'number' ? Array.from({ length: given }, () => ({})) : given ?? [];
  return list.map((vm, i) => {
    const at = `${path}[${i}]`;
    const name = vm.name ?? scope.names.machine();
    (inVApp ? scope.machines : scope.folder).add(name, inVApp ? 'a virtual machine' : 'a virtual machine or vApp', at);
    if (!inVApp) scope.machines.note(name, 'a virtual machine');
    const datastore = vm.datastore ?? scope.datastores[0] ?? '';
    if (!scope.datastores.includes(datastore)) {
      scope.report(vm.datastore === undefined ? at : `${at}.datastore`, `datastore "${datastore}" is not one of ${scope.datastores.join(', ')}`);
    }
    if (vm.guest !== undefined && !enumType('VirtualMachineGuestOsIdentifier')!.values.has(vm.guest)) {
      scope.report(`${at}.guest`, `"${vm.guest}" is not a guest id such as otherGuest64, ubuntu64Guest, windows9Server64Guest`);
    }
    return { name, state: vm.state ?? 'on', cpus: vm.cpus ?? 1, memory: vm.memory ?? GIB, datastore, guest: vm.guest ?? 'otherGuest64' };
  });
}

function planContents(scope: Scope, given: LabContents, path: string, holdsPools = true): ContentsPlan {
  const siblings = new Namespace(scope.report);
  const at = (rest: string) => (path === '' ? rest : `${path}.${rest}`);
  if (!holdsPools) {
    for (const key of ['pools', 'vapps', 'vchs'] as const) {
      if ((given[key] ?? []).length > 0) scope.report(at(key), 'a cluster with DRS off cannot hold pools, vApps or VCHs');
    }
  }
  if (scope.product === 'esxi' && (given.vapps ?? []).length > 0) scope.report(at('vapps'), 'an ESXi host has no vApps');
  const pools: PoolPlan[] = (given.pools ?? []).map((pool: LabPool, i) => {
    siblings.add(pool.name, 'a pool', at(`pools[${i}]`));
    return { name: pool.name, ...planContents(scope, pool, at(`pools[${i}]`)) };
  });
  const vapps = (given.vapps ?? []).map((vapp, i) => {
    siblings.add(vapp.name, 'a vApp', at(`vapps[${i}]`));
    scope.folder.add(vapp.name, 'a virtual machine or vApp', at(`vapps[${i}]`));
    return { name: vapp.name, vms: planVms(scope, vapp.vms, at(`vapps[${i}].vms`), true) };
  });
  const vchs = (given.vchs ?? []).map((vch, i) => {
    const plan = planVch(scope, vch, at(`vchs[${i}]`));
    siblings.add(plan.name, 'a pool, vApp or VCH', at(`vchs[${i}]`));
    scope.folder.add(plan.name, 'a virtual machine or vApp', at(`vchs[${i}]`));
    scope.machines.note(plan.name, 'the appliance of a VCH');
    return plan;
  });
  return { pools, vapps, vms: planVms(scope, given.vms, at('vms')), vchs };
}

function planDatastores(given: LabDatacenter['datastores'], hosts: readonly string[], path: string, report: Report): DatastorePlan[] {
  const names = new Namespace(report);
  return (given ?? [{ name: 'datastore1' }]).map((datastore, i) => {
    names.add(datastore.name, 'a datastore', `${path}[${i}]`);
    (datastore.hosts ?? []).forEach((host, j) => {
      if (!hosts.includes(host)) report(`${path}[${i}].hosts[${j}]`, `host "${host}" is not one of ${hosts.join(', ')}`);
    });
    return { name: datastore.name, type: datastore.type ?? 'vmfs', capacity: datastore.capacity ?? 1024 * GIB, hosts: datastore.hosts ?? hosts };
  });
}

function planDatacenter(shared: Shared, given: LabDatacenter, path: string): DatacenterPlan {
  const { names, report, lab } = shared;
  const at = (rest: string) => (path === '' ? rest : `${path}.${rest}`);
  // Every host comes with "VM Network".
  const extra = (given.networks ?? []).map((network) => network.name);
  const networks = extra.includes(VM_NETWORK) ? extra : [VM_NETWORK, ...extra];
  const switches = (given.switches ?? []).map((dvs) => ({
    name: dvs.name,
    portgroups: (dvs.portgroups ?? []).map((group) => ({ name: group.name, vlan: group.vlan ?? 0 })),
  }));
  const dhcp = planDhcp(given, at, report);
  const networkNames = new Namespace(report);
  if (networks !== extra) networkNames.add(VM_NETWORK, 'a network', at('networks'));
  extra.forEach((name, i) => networkNames.add(name, 'a network', at(`networks[${i}]`)));
  switches.forEach((dvs, i) => {
    networkNames.add(dvs.name, 'a switch', at(`switches[${i}]`));
    dvs.portgroups.forEach((group, j) => networkNames.add(group.name, 'a port group', at(`switches[${i}].portgroups[${j}]`)));
  });
  const hostNames = new Namespace(report);
  const computeNames = new Namespace(report);
  const hostsOf = (count: number | string[] | undefined, i: number): string[] => {
    if (Array.isArray(count)) count.forEach((name, j) => hostNames.add(name, 'a host', at(`clusters[${i}].hosts[${j}]`)));
    return Array.isArray(count) ? count : Array.from({ length: count ?? 3 }, () => names.host());
  };
  const frames = [
    ...(given.clusters ?? []).map((cluster, i) => ({
      kind: 'cluster' as const, name: cluster.name, hosts: hostsOf(cluster.hosts, i), drs: cluster.drs ?? true, contents: cluster, path: at(`clusters[${i}]`),
    })),
    ...(given.hosts ?? []).map((host, i) => {
      const name = host.name ?? names.host();
      hostNames.add(name, 'a host', at(`hosts[${i}]`));
      return { kind: 'host' as const, name, hosts: [name], drs: true, contents: host, path: lab.product === 'esxi' ? '' : at(`hosts[${i}]`) };
    }),
  ];
  for (const frame of frames) computeNames.add(frame.name, 'a cluster or host', frame.path);
  const datastores = planDatastores(given.datastores, frames.flatMap((frame) => frame.hosts), at('datastores'), report);
  const portgroups = switches.flatMap((dvs) => dvs.portgroups.map((group) => group.name));
  const scope: Scope = {
    product: lab.product,
    datastores: datastores.map((datastore) => datastore.name),
    networks,
    portgroups,
    names,
    addresses: shared.addresses,
    folder: new Namespace(report),
    machines: new Namespace(report),
    address: (network) => nextAddress(shared, dhcp.get(network), network),
    addBridge(name) {
      if (switches.length === 0) switches.push({ name: 'dvSwitch', portgroups: [] });
      networkNames.add(name, 'a network or switch', path);
      switches[0]!.portgroups.push({ name, vlan: 0 });
      portgroups.push(name);
    },
    report,
  };
  const computes: ComputePlan[] = frames.map(({ kind, name, hosts, drs, contents, path: below }) => {
    if (hosts.length === 0 && typeof contents === 'object' && ((contents.vchs ?? []).length > 0 || contents.vms)) report(below, 'a cluster without hosts cannot hold virtual machines');
    const mounted = datastores.filter((datastore) => datastore.hosts.some((host) => hosts.includes(host))).map((datastore) => datastore.name);
    return { kind, name, hosts, drs, ...planContents({ ...scope, datastores: mounted }, contents, below, drs) };
  });
  return { name: given.name, folder: (given.folder ?? '').split('/').filter((part) => part !== ''), datastores, networks, switches, dhcp, computes };
}

const esxiDatacenter = (lab: EsxiLab): LabDatacenter => ({
  name: 'ha-datacenter',
  datastores: lab.datastores,
  networks: lab.networks,
  hosts: [{ name: lab.host ?? 'localhost.localdomain', pools: lab.pools, vapps: lab.vapps, vms: lab.vms, vchs: lab.vchs }],
});

const vcenterDatacenters = (lab: VcenterLab, report: Report): LabDatacenter[] => {
  const names = new Namespace(report);
  lab.datacenters.forEach((datacenter, i) => names.add(`${datacenter.folder ?? ''}/${datacenter.name}`, 'a datacenter', `datacenters[${i}]`));
  return lab.datacenters;
};

function planUsers(lab: Lab, report: Report): UserPlan[] {
  const names = new Namespace(report);
  const roles = grantableRoles(lab.product);
  return (lab.users ?? []).map(({ role, ...user }, i) => {
    names.add(user.name.toLowerCase(), 'a user', `users[${i}]`);
    if (role !== undefined && !roles.has(role)) report(`users[${i}].role`, `"${role}" is not a role: ${[...roles.keys()].join(', ')}`);
    return { ...user, ...(role === undefined ? {} : { role: roles.get(role)! }) };
  });
}

function planAppliances(lab: Lab, report: Report): BootRule[] {
  const names = new Namespace(report);
  return (lab.appliances ?? []).map((rule, i) => {
    names.add(rule.name ?? '(all)', 'a rule', `appliances[${i}]`);
    return rule;
  });
}

function planFaults({ faults = [] }: Lab, report: Report): readonly FaultRule[] {
  faults.forEach((rule, i) => ruleProblems([rule]).forEach((problem) => report(`faults[${i}]`, problem)));
  return faults;
}

/** Seed of a lab that names none. */
export const DEFAULT_SEED = 1;

/** The plan of a checked lab. Problems go to `report`; the plan is usable only when there was none. */
export function planLab(lab: Lab, names: Names, report: Report): Plan {
  const seed = lab.seed ?? DEFAULT_SEED;
  const shared: Shared = {
    lab, names, report, random: new Random(seed).split(), addresses: new Set(), reserved: new Set(valuesOf(lab, 'address')),
  };
  if (lab.version !== undefined && !versionOf(lab.version)) {
    report('version', `"${lab.version}" is not a version of the API: ${versions().map(({ api }) => api).filter((api) => /^[5-9]/.test(api)).join(', ')}`);
  }
  const datacenters = lab.product === 'esxi'
    ? [planDatacenter(shared, esxiDatacenter(lab), '')]
    : vcenterDatacenters(lab, report).map((datacenter, i) => planDatacenter(shared, datacenter, `datacenters[${i}]`));
  return { product: lab.product, version: lab.version, seed, credentials: lab.credentials, users: planUsers(lab, report), appliances: planAppliances(lab, report), registry: lab.registry ?? [], faults: planFaults(lab, report), datacenters };
}
