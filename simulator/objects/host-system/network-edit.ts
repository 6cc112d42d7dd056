// Changes to a host's switches and port groups as pure functions: what it was and a wish give what it is, or the fault that says why not.
// network-nics.ts does kernel NICs and routes.
// Knows nothing of transactions, machines or Network objects; who uses a port group is told by `Users`.
import {
  fault, type HostNetworkInfo, type HostPortGroup, type HostPortGroupSpec, type HostVirtualSwitch, type HostVirtualSwitchSpec,
} from '../../../core/vim25/index.ts';
import { portGroup, virtualSwitch } from './network-config.ts';

type Info = HostNetworkInfo;

/** The name of a machine that is connected to a port group of this host, if there is one. */
export type Users = (portGroup: string) => string | undefined;

export const invalid = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, why);
export const exists = (name: string, what: string) => fault('AlreadyExists', { name }, `The ${what} '${name}' already exists on this host.`);
export const refused = (why: string) => fault('HostConfigFault', {}, `An error occurred during host configuration: ${why}`);
export const known = (names: readonly string[] | undefined): string => names?.join(', ') || 'none';

export const missing = (what: string, name: string, names: readonly string[] | undefined) =>
  fault('NotFound', {}, `There is no ${what} '${name}' on this host. Known: ${known(names)}.`);

// Switches

function findSwitch(info: Info, name: string): HostVirtualSwitch {
  const found = info.vswitch?.find((s) => s.name === name);
  if (found) return found;
  throw missing('virtual switch', name, info.vswitch?.map((s) => s.name));
}

const uplinksOf = (spec: HostVirtualSwitchSpec | undefined): readonly string[] =>
  ((spec?.bridge as { nicDevice?: readonly string[] } | undefined)?.nicDevice ?? []);

function checkSwitch(info: Info, name: string, spec: HostVirtualSwitchSpec | undefined): void {
  for (const device of uplinksOf(spec)) {
    const nic = info.pnic?.find((p) => p.device === device);
    if (!nic) throw missing('physical NIC', device, info.pnic?.map((p) => p.device));
    const other = info.vswitch?.find((s) => s.name !== name && s.pnic?.includes(nic.key!))?.name
      ?? info.proxySwitch?.find((s) => s.pnic?.includes(nic.key!))?.dvsName;
    if (other !== undefined) throw fault('ResourceInUse', { type: 'PhysicalNic', name: device }, `The physical NIC '${device}' is an uplink of '${other}'.`);
  }
  if (spec?.mtu !== undefined && (spec.mtu < 1280 || spec.mtu > 9000)) throw invalid('spec.mtu', `The MTU of a switch is 1280 to 9000, not ${spec.mtu}.`);
  if (spec?.numPorts !== undefined && (spec.numPorts < 0 || spec.numPorts > 4096)) throw invalid('spec.numPorts', `A switch has 1 to 4096 ports, not ${spec.numPorts}.`);
}

/** Throws AlreadyExists, ResourceInUse, NotFound, InvalidArgument. */
export function addSwitch(info: Info, name: string, spec: HostVirtualSwitchSpec | undefined): Info {
  if (name.trim() === '' || name.length > 31) throw invalid('vswitchName', `'${name}' cannot name a switch: 1 to 31 characters.`);
  if (info.vswitch?.some((s) => s.name === name)) throw exists(name, 'virtual switch');
  checkSwitch(info, name, spec);
  return { ...info, vswitch: [...(info.vswitch ?? []), virtualSwitch(name, spec)] };
}

/** Throws NotFound, ResourceInUse, InvalidArgument. A switch that is given no bridge has no uplinks any more. */
export function updateSwitch(info: Info, name: string, spec: HostVirtualSwitchSpec): Info {
  const old = findSwitch(info, name);
  checkSwitch(info, name, spec);
  const { bridge: _bridge, ...kept } = old.spec;
  const merged = { ...kept, ...spec, numPorts: spec.numPorts > 0 ? spec.numPorts : old.spec.numPorts, policy: { ...old.spec.policy, ...spec.policy } };
  const fresh = { ...virtualSwitch(name, merged), portgroup: old.portgroup };
  const groups = info.portgroup?.map((group) => (group.vswitch === old.key ? { ...portGroup(group.spec, fresh), port: group.port } : group));
  return { ...info, vswitch: info.vswitch!.map((s) => (s === old ? fresh : s)), portgroup: groups };
}

/** Removes a switch with its port groups. Throws NotFound, ResourceInUse. */
export function removeSwitch(info: Info, name: string, users: Users): Info {
  const gone = findSwitch(info, name);
  const groups = info.portgroup?.filter((group) => group.spec.vswitchName === name) ?? [];
  for (const { spec } of groups) mustBeUnused(info, spec.name, users);
  return {
    ...info, vswitch: info.vswitch!.filter((s) => s !== gone), portgroup: info.portgroup?.filter((group) => group.spec.vswitchName !== name),
  };
}

// Port groups

function findGroup(info: Info, name: string): HostPortGroup {
  const found = info.portgroup?.find((group) => group.spec.name === name);
  if (found) return found;
  throw missing('port group', name, info.portgroup?.map((group) => group.spec.name));
}

function checkGroup(spec: HostPortGroupSpec): void {
  if (spec.name.trim() === '') throw invalid('portgrp.name', 'The port group needs a name.');
  if (spec.name.length > 256) throw invalid('portgrp.name', `The name of the port group has ${spec.name.length} characters; 256 are allowed.`);
  if (spec.vlanId < 0 || spec.vlanId > 4095) throw invalid('portgrp.vlanId', `The VLAN is ${spec.vlanId}; it goes from 0 to 4095.`);
}

function mustBeUnused(info: Info, name: string, users: Users): void {
  const inUse = (by: string) => fault('ResourceInUse', { type: 'PortGroup', name }, `The port group '${name}' is in use by ${by}.`);
  const vnic = info.vnic?.find((v) => v.portgroup === name);
  if (vnic) throw inUse(vnic.device);
  const machine = users(name);
  if (machine !== undefined) throw inUse(`virtual machine '${machine}'`);
}

/** With each switch listing the keys of its port groups. */
const withGroups = (info: Info, portgroup: readonly HostPortGroup[]): Info => ({
  ...info,
  portgroup,
  vswitch: info.vswitch?.map((s) => {
    const keys = portgroup.filter((g) => g.spec.vswitchName === s.name).map((g) => g.key!);
    const same = keys.length === s.portgroup?.length && keys.every((key, i) => key === s.portgroup![i]);
    return same ? s : { ...s, portgroup: keys };
  }),
});

/** Throws AlreadyExists, NotFound, InvalidArgument. */
export function addPortGroup(info: Info, spec: HostPortGroupSpec): Info {
  checkGroup(spec);
  const parent = findSwitch(info, spec.vswitchName);
  if (info.portgroup?.some((group) => group.spec.name === spec.name)) throw exists(spec.name, 'port group');
  return withGroups(info, [...(info.portgroup ?? []), portGroup(spec, parent)]);
}

/** Throws AlreadyExists, NotFound, InvalidArgument; ResourceInUse for another name of one that machines use. */
export function updatePortGroup(info: Info, name: string, spec: HostPortGroupSpec, users: Users): Info {
  checkGroup(spec);
  const old = findGroup(info, name);
  const parent = findSwitch(info, spec.vswitchName);
  if (spec.name === name) return withGroups(info, info.portgroup!.map((group) => (group === old ? { ...portGroup(spec, parent), port: old.port } : group)));
  if (info.portgroup!.some((group) => group.spec.name === spec.name)) throw exists(spec.name, 'port group');
  mustBeUnused(info, name, users);
  return withGroups(info, info.portgroup!.map((group) => (group === old ? portGroup(spec, parent) : group)));
}

/** Throws NotFound, ResourceInUse. */
export function removePortGroup(info: Info, name: string, users: Users): Info {
  const gone = findGroup(info, name);
  mustBeUnused(info, name, users);
  return withGroups(info, info.portgroup!.filter((group) => group !== gone));
}
