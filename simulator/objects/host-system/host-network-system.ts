// HostNetworkSystem: standard switches and port groups. A port group is seen as a Network of the datacenter.
import {
  fault, type HostNetworkInfo, type HostPortGroup, type HostPortGroupSpec, type HostVirtualSwitch, type ManagedObjectReference,
} from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { datacenterOf } from '../entity.ts';
import { attachNetwork, createNetwork, detachNetwork, findNetwork } from '../network-create.ts';
import { dropUnusedNetwork } from '../removal.ts';
import { portGroup, portGroupKey, virtualSwitch } from './network-config.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const infoOf = ({ tx, self }: TransactionContext): HostNetworkInfo => tx.get(self.ref, 'networkInfo') as HostNetworkInfo;
const hostOf = ({ tx, self }: TransactionContext): Ref => tx.get(self.ref, '_host') as Ref;

function save(ctx: TransactionContext, change: Partial<HostNetworkInfo>): void {
  ctx.tx.set(ctx.self.ref, 'networkInfo', { ...infoOf(ctx), ...change });
}

function findSwitch(ctx: TransactionContext, name: string): HostVirtualSwitch {
  const found = infoOf(ctx).vswitch?.find((s) => s.name === name);
  if (found) return found;
  const known = infoOf(ctx).vswitch?.map((s) => s.name).join(', ') || 'none';
  throw fault('NotFound', {}, `There is no virtual switch '${name}' on this host. Known: ${known}.`);
}

function findGroup(ctx: TransactionContext, name: string): HostPortGroup {
  const found = infoOf(ctx).portgroup?.find((group) => group.spec.name === name);
  if (found) return found;
  const known = infoOf(ctx).portgroup?.map((group) => group.spec.name).join(', ') || 'none';
  throw fault('NotFound', {}, `There is no port group '${name}' on this host. Known: ${known}.`);
}

function checkGroup(spec: HostPortGroupSpec): void {
  if (spec.name.trim() === '') throw fault('InvalidArgument', { invalidProperty: 'portgrp.name' }, 'The port group needs a name.');
  if (spec.vlanId < 0 || spec.vlanId > 4095) throw fault('InvalidArgument', { invalidProperty: 'portgrp.vlanId' }, `The VLAN is ${spec.vlanId}; it goes from 0 to 4095.`);
}

/** Puts the keys of its port groups into each switch. */
const withGroups = (switches: readonly HostVirtualSwitch[], groups: readonly HostPortGroup[]): readonly HostVirtualSwitch[] =>
  switches.map((s) => ({
    ...s, portgroup: groups.filter((g) => g.spec.vswitchName === s.name).map((g) => g.key!),
  }));

/** Kernel NICs need no Network, and the management network of a host is none that machines see. */
const isForMachines = (info: HostNetworkInfo, name: string): boolean => !info.vnic?.some((vnic) => vnic.portgroup === name);

function networkOf(ctx: TransactionContext, name: string): Ref | undefined {
  return ((ctx.tx.get(hostOf(ctx), 'network') ?? []) as Refs).find((ref) => ref.type === 'Network' && ctx.tx.get(ref, 'name') === name);
}

function mustBeUnused(ctx: TransactionContext, name: string): void {
  const { tx } = ctx;
  const vnic = infoOf(ctx).vnic?.find((v) => v.portgroup === name);
  if (vnic) throw fault('ResourceInUse', { type: 'PortGroup', name }, `The port group '${name}' is in use by ${vnic.device}.`);
  const network = networkOf(ctx, name);
  const here = new Set(((tx.get(hostOf(ctx), 'vm') ?? []) as Refs).map((vm) => vm.value));
  const user = network && ((tx.get(network, 'vm') ?? []) as Refs).find((vm) => here.has(vm.value));
  if (user) throw fault('ResourceInUse', { type: 'PortGroup', name }, `The port group '${name}' is in use by virtual machine '${String(tx.get(user, 'name'))}'.`);
}

function dropNetwork(ctx: TransactionContext, name: string): void {
  const network = networkOf(ctx, name);
  if (!network) return;
  detachNetwork(ctx.tx, hostOf(ctx), network);
  dropUnusedNetwork(ctx.tx, network, hostOf(ctx));
}

function showNetwork(ctx: TransactionContext, name: string): void {
  const { sim, tx } = ctx;
  const datacenter = datacenterOf(tx, hostOf(ctx))!;
  attachNetwork(tx, hostOf(ctx), findNetwork(tx, datacenter, name) ?? createNetwork(sim, tx, datacenter, name, []));
}

export const hostNetworkSystem = define('HostNetworkSystem', {
  AddVirtualSwitch(ctx, { vswitchName, spec }) {
    const info = infoOf(ctx);
    if (vswitchName.trim() === '' || vswitchName.length > 31) {
      throw fault('InvalidArgument', { invalidProperty: 'vswitchName' }, `'${vswitchName}' cannot name a switch: 1 to 31 characters.`);
    }
    if (info.vswitch?.some((s) => s.name === vswitchName)) throw fault('AlreadyExists', { name: vswitchName }, `The virtual switch '${vswitchName}' already exists.`);
    const made = virtualSwitch(vswitchName, spec);
    for (const device of (spec?.bridge as { nicDevice?: readonly string[] } | undefined)?.nicDevice ?? []) {
      if (!info.pnic?.some((nic) => nic.device === device)) throw fault('NotFound', {}, `There is no physical NIC '${device}' on this host.`);
    }
    save(ctx, { vswitch: [...(info.vswitch ?? []), made] });
  },
  RemoveVirtualSwitch(ctx, { vswitchName }) {
    const info = infoOf(ctx);
    findSwitch(ctx, vswitchName);
    const groups = info.portgroup?.filter((group) => group.spec.vswitchName === vswitchName) ?? [];
    for (const { spec } of groups) mustBeUnused(ctx, spec.name);
    for (const { spec } of groups) dropNetwork(ctx, spec.name);
    save(ctx, {
      vswitch: info.vswitch?.filter((s) => s.name !== vswitchName),
      portgroup: info.portgroup?.filter((group) => group.spec.vswitchName !== vswitchName),
    });
  },
  UpdateVirtualSwitch(ctx, { vswitchName, spec }) {
    const old = findSwitch(ctx, vswitchName);
    const fresh = virtualSwitch(vswitchName, { ...old.spec, ...spec });
    save(ctx, { vswitch: infoOf(ctx).vswitch?.map((s) => (s === old ? { ...fresh, mtu: spec.mtu ?? old.mtu, portgroup: old.portgroup } : s)) });
  },
  AddPortGroup(ctx, { portgrp }) {
    checkGroup(portgrp);
    const info = infoOf(ctx);
    const parent = findSwitch(ctx, portgrp.vswitchName);
    if (info.portgroup?.some((group) => group.spec.name === portgrp.name)) {
      throw fault('AlreadyExists', { name: portgrp.name }, `The port group '${portgrp.name}' already exists on this host.`);
    }
    const portgroup = [...(info.portgroup ?? []), portGroup(portgrp, parent)];
    save(ctx, { portgroup, vswitch: withGroups(info.vswitch ?? [], portgroup) });
    showNetwork(ctx, portgrp.name);
  },
  RemovePortGroup(ctx, { pgName }) {
    const info = infoOf(ctx);
    const gone = findGroup(ctx, pgName);
    mustBeUnused(ctx, pgName);
    const portgroup = info.portgroup!.filter((group) => group !== gone);
    save(ctx, { portgroup, vswitch: withGroups(info.vswitch ?? [], portgroup) });
    dropNetwork(ctx, pgName);
  },
  UpdatePortGroup(ctx, { pgName, portgrp }) {
    checkGroup(portgrp);
    const info = infoOf(ctx);
    const old = findGroup(ctx, pgName);
    const parent = findSwitch(ctx, portgrp.vswitchName);
    if (portgrp.name !== pgName) {
      if (info.portgroup!.some((group) => group.spec.name === portgrp.name)) {
        throw fault('AlreadyExists', { name: portgrp.name }, `The port group '${portgrp.name}' already exists on this host.`);
      }
      mustBeUnused(ctx, pgName);
    }
    const portgroup = info.portgroup!.map((group) => (group === old ? { ...portGroup(portgrp, parent), key: portGroupKey(portgrp.name) } : group));
    save(ctx, { portgroup, vswitch: withGroups(info.vswitch ?? [], portgroup) });
    if (portgrp.name !== pgName) {
      dropNetwork(ctx, pgName);
      if (isForMachines(info, pgName)) showNetwork(ctx, portgrp.name);
    }
  },
  UpdateDnsConfig(ctx, { config }) {
    save(ctx, { dnsConfig: config });
    ctx.tx.set(ctx.self.ref, 'dnsConfig', config);
  },
  UpdateIpRouteConfig(ctx, { config }) {
    save(ctx, { ipRouteConfig: config });
    ctx.tx.set(ctx.self.ref, 'ipRouteConfig', config);
  },
  QueryNetworkHint: { query: () => [] },
  RefreshNetworkSystem() {},
});
