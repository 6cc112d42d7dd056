// Makes the networks of a lab's datacenter: standard ones on every host, distributed switches with their port groups.
import type { HostNetworkInfo, ManagedObjectReference } from '../../core/vim25/index.ts';
import { setDhcp } from '../appliance/dhcp.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { createDvs, createPortgroup } from '../objects/dvs/dvs-create.ts';
import { portGroup, virtualSwitch } from '../objects/host-system/network-config.ts';
import { attachNetwork, createNetwork, findNetwork } from '../objects/network-create.ts';
import type { Transaction } from '../store/transaction.ts';
import type { DatacenterPlan } from './plan.ts';

type Ref = ManagedObjectReference;

export interface Networks {
  readonly byName: Map<string, Ref>;
  /** Where ordinary machines are plugged in. */
  readonly first: Ref;
}

/** Every host has this one from the start. */
const DEFAULT_SWITCH = 'vSwitch0';

/** Adds a port group to a standard switch of a host. */
function addPortGroup(tx: Transaction, host: Ref, name: string, vlanId: number, vswitchName: string): void {
  const system = tx.get(host, 'configManager.networkSystem') as Ref;
  const info = tx.get(system, 'networkInfo') as HostNetworkInfo;
  if (info.portgroup?.some((group) => group.spec.name === name)) return;
  const parent = info.vswitch!.find((vswitch) => vswitch.name === vswitchName)!;
  const group = portGroup({ name, vlanId, vswitchName, policy: {} }, parent);
  tx.set(system, 'networkInfo', {
    ...info,
    vswitch: info.vswitch!.map((vswitch) => (vswitch === parent ? { ...vswitch, portgroup: [...(vswitch.portgroup ?? []), group.key!] } : vswitch)),
    portgroup: [...(info.portgroup ?? []), group],
  });
}

/** The networks of the plan, seen by all hosts. */
export function buildNetworks(sim: Simulation, tx: Transaction, datacenter: Ref, plan: DatacenterPlan, hosts: readonly Ref[]): Networks {
  const byName = new Map<string, Ref>();
  for (const name of plan.networks) {
    const network = findNetwork(tx, datacenter, name) ?? createNetwork(sim, tx, datacenter, name, []);
    byName.set(name, network);
    for (const host of hosts) {
      attachNetwork(tx, host, network);
      addPortGroup(tx, host, name, 0, DEFAULT_SWITCH);
    }
  }
  for (const { name, portgroups } of plan.switches) {
    const dvs = createDvs(sim, tx, tx.get(datacenter, 'networkFolder') as Ref, name, hosts);
    for (const { name: group, vlan } of portgroups) {
      const defaultPortConfig = vlan === 0 ? undefined : {
        _type: 'VMwareDVSPortSetting', vlan: { _type: 'VmwareDistributedVirtualSwitchVlanIdSpec', inherited: false, vlanId: vlan },
      };
      byName.set(group, createPortgroup(sim, tx, dvs, { name: group, type: 'earlyBinding', ...(defaultPortConfig ? { defaultPortConfig } : {}) }));
    }
  }
  for (const [name, range] of plan.dhcp) setDhcp(tx, byName.get(name)!, range);
  return { byName, first: byName.get(plan.networks[0]!)! };
}

/** The bridge that `vic-machine create` makes on an ESXi host: a switch without uplinks and a port group, both of that name. */
export function addBridgeSwitch(sim: Simulation, tx: Transaction, datacenter: Ref, host: Ref, name: string, networks: Networks): void {
  const system = tx.get(host, 'configManager.networkSystem') as Ref;
  const info = tx.get(system, 'networkInfo') as HostNetworkInfo;
  tx.set(system, 'networkInfo', { ...info, vswitch: [...(info.vswitch ?? []), virtualSwitch(name, { numPorts: 1024 })] });
  addPortGroup(tx, host, name, 1, name);
  networks.byName.set(name, createNetwork(sim, tx, datacenter, name, [host]));
}
