// A host's network in a transaction: what its manager holds, which Network objects follow from it, and whole configurations.
import {
  fault, type HostNetworkConfig, type HostNetworkConfigResult, type HostNetworkInfo, type ManagedObjectReference, type VirtualNicManagerNetConfig,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { plugKernelNics } from '../dvs/dvs-ports.ts';
import type { Transaction } from '../../store/transaction.ts';
import { datacenterOf } from '../entity.ts';
import { attachNetwork, createNetwork, detachNetwork, findNetwork } from '../network-create.ts';
import { dropUnusedNetwork } from '../removal.ts';
import {
  addPortGroup, addSwitch, invalid, removePortGroup, removeSwitch, updatePortGroup, updateSwitch, type Users,
} from './network-edit.ts';
import { addVnic, editRoutes, editStack, removeVnic, setDns, setGateway, setLinkSpeed, updateVnic } from './network-nics.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

/** Port groups that machines can use: those without a kernel NIC. */
export function machineGroups(info: HostNetworkInfo): string[] {
  const kernel = new Set(info.vnic?.map((vnic) => vnic.portgroup));
  return (info.portgroup ?? []).map((group) => group.spec.name).filter((name) => !kernel.has(name));
}

const standardNetwork = (tx: Transaction, host: Ref, name: string): Ref | undefined =>
  ((tx.get(host, 'network') ?? []) as Refs).find((ref) => ref.type === 'Network' && tx.get(ref, 'name') === name);

/** One host's network, read and written through its HostNetworkSystem. */
export class HostNetwork {
  readonly host: Ref;
  private readonly sim: Simulation;
  private readonly tx: Transaction;
  private readonly system: Ref;

  constructor(sim: Simulation, tx: Transaction, system: Ref) {
    this.sim = sim;
    this.tx = tx;
    this.system = system;
    this.host = tx.get(system, '_host') as Ref;
  }

  get info(): HostNetworkInfo {
    return this.tx.get(this.system, 'networkInfo') as HostNetworkInfo;
  }

  /** Who of the host's machines is on a port group. */
  readonly users: Users = (name) => {
    const network = standardNetwork(this.tx, this.host, name);
    const connected = network && ((this.tx.get(network, 'vm') ?? []) as Refs);
    if (!connected?.length) return undefined;
    const user = connected.find((vm) => (this.tx.get(vm, 'runtime.host') as Ref | undefined)?.value === this.host.value);
    return user && String(this.tx.get(user, 'name'));
  };

  /** True for the kernel NICs that carry management traffic. */
  readonly isManagement = (device: string): boolean => {
    const manager = this.tx.get(this.host, 'configManager.virtualNicManager') as Ref;
    const configs = (this.tx.get(manager, 'info.netConfig') ?? []) as readonly VirtualNicManagerNetConfig[];
    return configs.some(({ nicType, selectedVnic }) => nicType === 'management' && selectedVnic?.some((key) => key.endsWith(`-${device}`)));
  };

  /** Writes the new state; Network objects appear and go with the port groups. */
  save(info: HostNetworkInfo): void {
    const { tx, system } = this;
    const before = machineGroups(this.info);
    const after = machineGroups(info);
    tx.set(system, 'networkInfo', plugKernelNics(tx, this.sim.clock.now(), this.host, info, this.info));
    for (const name of before) if (!after.includes(name)) this.hide(name);
    for (const name of after) if (!before.includes(name)) this.show(name);
  }

  private hide(name: string): void {
    const network = standardNetwork(this.tx, this.host, name);
    if (!network) return;
    detachNetwork(this.tx, this.host, network);
    dropUnusedNetwork(this.tx, network, this.host);
  }

  private show(name: string): void {
    const { sim, tx, host } = this;
    const datacenter = datacenterOf(tx, host)!;
    attachNetwork(tx, host, findNetwork(tx, datacenter, name) ?? createNetwork(sim, tx, datacenter, name, []));
  }

  /** Applies a whole configuration: 'modify' follows each changeOperation, 'replace' makes what is listed all there is. */
  apply(wanted: HostNetworkConfig, mode: string): HostNetworkConfigResult {
    if (mode !== 'modify' && mode !== 'replace') throw invalid('changeMode', `The mode '${mode}' is not known; use modify or replace.`);
    const config = mode === 'replace' ? operations(this.info, wanted) : wanted;
    const { users } = this;
    let { info } = this;
    const vnicDevice: string[] = [];
    const step = <T extends { readonly changeOperation?: string }>(items: readonly T[] | undefined, operation: string, run: (item: T) => HostNetworkInfo) => {
      for (const item of items ?? []) if ((item.changeOperation ?? 'ignore') === operation) info = run(item);
    };
    for (const { changeOperation = 'ignore' } of [...(config.vswitch ?? []), ...(config.portgroup ?? []), ...(config.vnic ?? [])]) {
      if (!['add', 'edit', 'remove', 'ignore'].includes(changeOperation)) throw invalid('config.changeOperation', `The operation '${changeOperation}' is not known; use add, edit or remove.`);
    }
    step(config.vnic, 'remove', ({ device = '' }) => removeVnic(info, device, this.isManagement));
    step(config.portgroup, 'remove', ({ spec }) => removePortGroup(info, spec!.name, users));
    step(config.vswitch, 'remove', ({ name }) => removeSwitch(info, name, users));
    step(config.vswitch, 'edit', ({ name, spec }) => (spec ? updateSwitch(info, name, spec) : info));
    step(config.vswitch, 'add', ({ name, spec }) => addSwitch(info, name, spec));
    step(config.portgroup, 'edit', ({ spec }) => updatePortGroup(info, spec!.name, spec!, users));
    step(config.portgroup, 'add', ({ spec }) => addPortGroup(info, spec!));
    for (const { netStackInstance, operation = 'edit' } of config.netStackSpec ?? []) info = editStack(info, netStackInstance, operation);
    step(config.vnic, 'edit', ({ device = '', spec }) => updateVnic(info, device, spec ?? {}, users));
    step(config.vnic, 'add', ({ portgroup, spec }) => {
      const added = addVnic(info, portgroup, spec ?? {}, users);
      vnicDevice.push(added.device);
      return added.info;
    });
    for (const { device, spec } of config.pnic ?? []) info = setLinkSpeed(info, device, spec.linkSpeed);
    if (config.dnsConfig) info = setDns(info, config.dnsConfig);
    if (config.ipRouteConfig) info = setGateway(info, config.ipRouteConfig);
    if (config.routeTableConfig?.ipRoute) info = editRoutes(info, config.routeTableConfig.ipRoute);
    if (config.ipV6Enabled !== undefined) info = { ...info, atBootIpV6Enabled: config.ipV6Enabled };
    if (config.consoleVnic?.length) throw fault('HostConfigFault', {}, 'An ESXi host has no service console network adapters.');
    this.save(info);
    return { vnicDevice, consoleVnicDevice: [] };
  }
}

/** What a replacing configuration means: add what is new, edit what stays, remove what is not listed. */
function operations(info: HostNetworkInfo, wanted: HostNetworkConfig): HostNetworkConfig {
  const plan = <T extends object>(there: readonly string[], items: readonly T[] | undefined, nameOf: (item: T) => string | undefined, gone: (name: string) => T): T[] | undefined => {
    if (!items) return undefined;
    const listed = new Set(items.map(nameOf));
    return [
      ...items.map((item) => ({ ...item, changeOperation: there.includes(nameOf(item) ?? '') ? 'edit' : 'add' })),
      ...there.filter((name) => !listed.has(name)).map((name) => ({ ...gone(name), changeOperation: 'remove' })),
    ];
  };
  return {
    ...wanted,
    vswitch: plan((info.vswitch ?? []).map((s) => s.name), wanted.vswitch, (s) => s.name, (name) => ({ name })),
    portgroup: plan((info.portgroup ?? []).map((g) => g.spec.name), wanted.portgroup, (g) => g.spec?.name, (name) => ({ spec: info.portgroup!.find((g) => g.spec.name === name)!.spec })),
    vnic: plan((info.vnic ?? []).map((v) => v.device), wanted.vnic, (v) => v.device, (device) => ({ device, portgroup: '' })),
  };
}

/** HostNetworkSystem.networkConfig: the same state, spelled as a configuration to apply. */
export function networkConfig(info: HostNetworkInfo): HostNetworkConfig {
  return {
    vswitch: info.vswitch?.map(({ name, spec }) => ({ name, spec })) ?? [],
    proxySwitch: info.proxySwitch?.map(({ dvsUuid, spec }) => ({ uuid: dvsUuid, spec })) ?? [],
    portgroup: info.portgroup?.map(({ spec }) => ({ spec })) ?? [],
    pnic: info.pnic?.map(({ device, spec }) => ({ device, spec })) ?? [],
    vnic: info.vnic?.map(({ device, portgroup, spec }) => ({ device, portgroup, spec })) ?? [],
    consoleVnic: [],
    dnsConfig: info.dnsConfig,
    ipRouteConfig: info.ipRouteConfig,
    ipV6Enabled: info.atBootIpV6Enabled,
    netStackSpec: info.netStackInstance?.map((netStackInstance) => ({ netStackInstance })) ?? [],
  };
}
