// HostNetworkSystem: each method is one pure change of network-edit.ts or network-nics.ts, saved by HostNetwork.
import { fault, type HostNetworkInfo, type ManagedObjectReference, type PhysicalNicHintInfo } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import { HostNetwork, networkConfig } from './host-network.ts';
import { addPortGroup, addSwitch, removePortGroup, removeSwitch, updatePortGroup, updateSwitch } from './network-edit.ts';
import { addVnic, editRoutes, removeVnic, setDns, setGateway, setLinkSpeed, updateVnic } from './network-nics.ts';

const networkOf = ({ sim, tx, self }: TransactionContext): HostNetwork => new HostNetwork(sim, tx, self.ref);

/** Applies one change to what is there. */
function edit(ctx: TransactionContext, change: (info: HostNetworkInfo, network: HostNetwork) => HostNetworkInfo): void {
  const network = networkOf(ctx);
  network.save(change(network.info, network));
}

const noConsole = () => fault('HostConfigFault', {}, 'An ESXi host has no service console: use VMkernel network adapters.');
const noConsoleNic = (device: string) => fault('NotFound', {}, `There is no service console network adapter '${device}': an ESXi host has none.`);

/** Who else a NIC hears: the subnets of the host's own kernel NICs, and the physical switch at the other end. */
function hints(info: HostNetworkInfo, wanted: readonly string[] | undefined, cluster: ManagedObjectReference | undefined): PhysicalNicHintInfo[] {
  const devices = info.pnic?.map((nic) => nic.device) ?? [];
  const unknown = wanted?.find((device) => !devices.includes(device));
  if (unknown !== undefined) throw fault('NotFound', {}, `There is no physical NIC '${unknown}' on this host. Known: ${devices.join(', ')}.`);
  const asked = wanted?.length ? wanted : devices;
  return asked.map((device) => {
    const nic = info.pnic!.find((p) => p.device === device)!;
    const own = info.vswitch?.find((s) => s.pnic?.includes(nic.key!));
    const groups = info.portgroup?.filter((g) => g.spec.vswitchName === own?.name) ?? [];
    const vlanOf = new Map(groups.map((g) => [g.spec.name, g.spec.vlanId]));
    const local = new Set(info.vnic?.filter((v) => vlanOf.has(v.portgroup)).map((v) => v.device));
    const subnet = (info.routeTableInfo?.ipRoute ?? []).filter((r) => r.gateway === '0.0.0.0' && local.has(r.deviceName ?? '')).map((r) => ({
      vlanId: vlanOf.get(info.vnic!.find((v) => v.device === r.deviceName)!.portgroup)!, ipSubnet: `${r.network}/${r.prefixLength}`,
    }));
    if (!own || !nic.linkSpeed) return { device, subnet: [], network: [] };
    return {
      device, subnet, network: [],
      connectedSwitchPort: {
        cdpVersion: 0, timeout: 0, ttl: 150, samples: 100, devId: `switch-${cluster?.value ?? '1'}`, address: '10.10.0.254',
        portId: `GigabitEthernet1/0/${devices.indexOf(device) + 1}`, softwareVersion: '15.2', hardwarePlatform: 'Ethernet switch', ipPrefix: '0.0.0.0',
        ipPrefixLen: 0, vlan: 1, fullDuplex: true, mtu: 0, systemName: '', systemOID: '', mgmtAddr: '0.0.0.0', location: '',
      },
    };
  });
}

/** Copies of networkInfo that the manager itself shows; switches that others change (distributed ones) are in it too. */
const configFollowsInfo: Rule = {
  type: 'HostNetworkSystem',
  inputs: ['networkInfo'],
  derive(props) {
    const info = props['networkInfo'] as HostNetworkInfo;
    return { dnsConfig: info.dnsConfig, ipRouteConfig: info.ipRouteConfig, networkConfig: networkConfig(info) };
  },
};

export const hostNetworkSystem = define('HostNetworkSystem', {
  AddVirtualSwitch(ctx, { vswitchName, spec }) {
    edit(ctx, (info) => addSwitch(info, vswitchName, spec));
  },
  RemoveVirtualSwitch(ctx, { vswitchName }) {
    edit(ctx, (info, { users }) => removeSwitch(info, vswitchName, users));
  },
  UpdateVirtualSwitch(ctx, { vswitchName, spec }) {
    edit(ctx, (info) => updateSwitch(info, vswitchName, spec));
  },
  AddPortGroup(ctx, { portgrp }) {
    edit(ctx, (info) => addPortGroup(info, portgrp));
  },
  RemovePortGroup(ctx, { pgName }) {
    edit(ctx, (info, { users }) => removePortGroup(info, pgName, users));
  },
  UpdatePortGroup(ctx, { pgName, portgrp }) {
    edit(ctx, (info, { users }) => updatePortGroup(info, pgName, portgrp, users));
  },
  AddVirtualNic(ctx, { portgroup, nic }) {
    const network = networkOf(ctx);
    const { info, device } = addVnic(network.info, portgroup, nic, network.users);
    network.save(info);
    return device;
  },
  UpdateVirtualNic(ctx, { device, nic }) {
    edit(ctx, (info, { users }) => updateVnic(info, device, nic, users));
  },
  RemoveVirtualNic(ctx, { device }) {
    edit(ctx, (info, { isManagement }) => removeVnic(info, device, isManagement));
  },
  AddServiceConsoleVirtualNic() {
    throw noConsole();
  },
  UpdateServiceConsoleVirtualNic(_ctx, { device }) {
    throw noConsoleNic(device);
  },
  RemoveServiceConsoleVirtualNic(_ctx, { device }) {
    throw noConsoleNic(device);
  },
  RestartServiceConsoleVirtualNic(_ctx, { device }) {
    throw noConsoleNic(device);
  },
  UpdateDnsConfig(ctx, { config }) {
    edit(ctx, (info) => setDns(info, config));
  },
  UpdateIpRouteConfig(ctx, { config }) {
    edit(ctx, (info) => setGateway(info, config));
  },
  UpdateConsoleIpRouteConfig() {
    throw noConsole();
  },
  UpdateIpRouteTableConfig(ctx, { config }) {
    edit(ctx, (info) => editRoutes(info, config.ipRoute ?? []));
  },
  UpdateNetworkConfig: (ctx, { config, changeMode }) => networkOf(ctx).apply(config, changeMode),
  UpdatePhysicalNicLinkSpeed(ctx, { device, linkSpeed }) {
    edit(ctx, (info) => setLinkSpeed(info, device, linkSpeed));
  },
  QueryNetworkHint: {
    query({ sim, self }, { device }) {
      const host = sim.store.get(self.props['_host'] as ManagedObjectReference);
      return hints(self.props['networkInfo'] as HostNetworkInfo, device, host?.props['parent'] as ManagedObjectReference | undefined);
    },
  },
  RefreshNetworkSystem() {},
}, { rules: [configFollowsInfo] });
