// HostVirtualNicManager and HostVMotionSystem: which kernel NICs carry which kind of traffic. What they show follows
// from the NICs of the host and from `_selected` (nic type → devices).
import {
  fault, type HostConfigInfo, type HostIpConfig, type HostVirtualNic, type HostVirtualNicManagerInfo, type HostVMotionNetConfig,
  type ManagedObjectReference, type VirtualNicManagerNetConfig,
} from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;
type Selected = Readonly<Record<string, readonly string[]>>;

/** Kinds of traffic an ESXi 8 host knows; a stack of its own makes a NIC carry exactly one of them. */
const NIC_TYPES = [
  'faultToleranceLogging', 'management', 'nvmeRdma', 'nvmeTcp', 'ptp', 'vSphereBackupNFC', 'vSphereProvisioning', 'vSphereReplication',
  'vSphereReplicationNFC', 'vmotion', 'vsan', 'vsanWitness',
];
const SINGLE = new Set(['ptp']);
const OF_STACK: Readonly<Record<string, string>> = { vmotion: 'vmotion', vSphereProvisioning: 'vSphereProvisioning' };

/** What the NICs of a fresh host do. */
export const SELECTED: Selected = { management: ['vmk0'], vmotion: ['vmk0'] };

const keyOf = (nicType: string, vnic: HostVirtualNic): string => `${nicType}.${vnic.key}`;

function netConfig(nicType: string, vnics: readonly HostVirtualNic[], selected: Selected): VirtualNicManagerNetConfig {
  const stackOf = (vnic: HostVirtualNic) => OF_STACK[vnic.spec.netStackInstanceKey ?? ''];
  const able = vnics.filter((vnic) => stackOf(vnic) === undefined || stackOf(vnic) === nicType);
  const chosen = able.filter((vnic) => stackOf(vnic) === nicType || selected[nicType]?.includes(vnic.device));
  return {
    nicType, multiSelectAllowed: !SINGLE.has(nicType), candidateVnic: able.map((vnic) => ({ ...vnic, key: keyOf(nicType, vnic) })),
    selectedVnic: chosen.map((vnic) => keyOf(nicType, vnic)),
  };
}

/** HostVirtualNicManager.info of a host with those NICs. */
export const nicManagerInfo = (vnics: readonly HostVirtualNic[], selected: Selected): HostVirtualNicManagerInfo =>
  ({ netConfig: NIC_TYPES.map((nicType) => netConfig(nicType, vnics, selected)) });

interface VMotion {
  readonly netConfig: HostVMotionNetConfig;
  readonly ipConfig: HostIpConfig | undefined;
}

/** What HostVMotionSystem shows: the old view of the NICs selected for vMotion. */
export function vmotionOf(info: HostVirtualNicManagerInfo): VMotion & { readonly _vmotion: VMotion } {
  const { candidateVnic = [], selectedVnic = [] } = info.netConfig!.find(({ nicType }) => nicType === 'vmotion')!;
  const plainKey = (vnic: HostVirtualNic): HostVirtualNic => ({ ...vnic, key: vnic.key.replace(/^vmotion\./, 'VMotionConfig.vmotion.') });
  const chosen = candidateVnic.find(({ key }) => key === selectedVnic[0]);
  const shown = {
    netConfig: { candidateVnic: candidateVnic.map(plainKey), ...(chosen ? { selectedVnic: plainKey(chosen).key } : {}) },
    ipConfig: chosen?.spec.ip,
  };
  return { ...shown, _vmotion: shown };
}

const vnicsOf = (host: Props | undefined): readonly HostVirtualNic[] => (host?.['config'] as HostConfigInfo | undefined)?.network?.vnic ?? NONE;
/** One and the same: the rule below looks whether its list is another one. */
const NONE: readonly HostVirtualNic[] = Object.freeze([]);

const infoFollowsNics: Rule = {
  type: 'HostVirtualNicManager',
  inputs: ['_selected'],
  watch: [{ type: 'HostSystem', path: 'configManager.virtualNicManager', inputs: ['config'] }],
  derive(props, read) {
    const vnics = vnicsOf(read(props['_host'] as Ref));
    const selected = props['_selected'] as Selected;
    if (props['_vnics'] === vnics && props['_shown'] === selected) return undefined;
    return { info: nicManagerInfo(vnics, selected), _vnics: vnics, _shown: selected };
  },
};

const vmotionFollowsManager: Rule = {
  type: 'HostVMotionSystem',
  inputs: ['_host'],
  watch: [{ type: 'HostSystem', path: 'configManager.vmotionSystem', inputs: ['config'] }],
  derive(props, read) {
    const info = (read(props['_host'] as Ref)?.['config'] as HostConfigInfo | undefined)?.virtualNicManagerInfo;
    if (info === undefined || props['_info'] === info) return undefined;
    return { ...vmotionOf(info), _info: info };
  },
};

/** Lets a kernel NIC carry a kind of traffic, or no longer. Throws InvalidArgument, HostConfigFault. */
export function selectNic(tx: Transaction, manager: Ref, nicType: string, device: string, on: boolean): void {
  if (!NIC_TYPES.includes(nicType)) throw fault('InvalidArgument', { invalidProperty: 'nicType' }, `The kind of traffic '${nicType}' is not known; use one of ${NIC_TYPES.join(', ')}.`);
  const vnics = vnicsOf(tx.find(tx.get(manager, '_host') as Ref));
  const vnic = vnics.find((v) => v.device === device);
  if (!vnic) throw fault('InvalidArgument', { invalidProperty: 'device' }, `There is no VMkernel network adapter '${device}' on this host. Known: ${vnics.map((v) => v.device).join(', ')}.`);
  const selected = tx.get(manager, '_selected') as Selected;
  const old = selected[nicType] ?? [];
  const own = OF_STACK[vnic.spec.netStackInstanceKey ?? ''];
  const refuse = (why: string) => fault('HostConfigFault', {}, `An error occurred during host configuration: ${why}`);
  if (own !== undefined && (own !== nicType || !on)) throw refuse(`${device} is on the TCP/IP stack '${own}' and carries ${own} traffic only.`);
  if (on && SINGLE.has(nicType) && old.some((d) => d !== device)) throw refuse(`${nicType} traffic is carried by ${old[0]!} already.`);
  if (!on && nicType === 'management' && old.length === 1 && old[0] === device) throw refuse(`${device} is the only VMkernel network adapter for management traffic.`);
  if (old.includes(device) === on) return;
  tx.set(manager, '_selected', { ...selected, [nicType]: on ? [...old, device] : old.filter((d) => d !== device) });
}

const managerOf = (tx: Transaction, self: Ref): Ref => tx.get(tx.get(self, '_host') as Ref, 'configManager.virtualNicManager') as Ref;

export const hostVirtualNicManager = define('HostVirtualNicManager', {
  QueryNetConfig: {
    query({ self }, { nicType }) {
      const found = (self.props['info'] as HostVirtualNicManagerInfo).netConfig!.find((config) => config.nicType === nicType);
      if (!found) throw fault('InvalidArgument', { invalidProperty: 'nicType' }, `The kind of traffic '${nicType}' is not known; use one of ${NIC_TYPES.join(', ')}.`);
      return found;
    },
  },
  SelectVnicForNicType({ tx, self }, { nicType, device }) {
    selectNic(tx, self.ref, nicType, device, true);
  },
  DeselectVnicForNicType({ tx, self }, { nicType, device }) {
    selectNic(tx, self.ref, nicType, device, false);
  },
}, { rules: [infoFollowsNics] });

export const hostVMotionSystem = define('HostVMotionSystem', {
  SelectVnic({ tx, self }, { device }) {
    selectNic(tx, managerOf(tx, self.ref), 'vmotion', device, true);
  },
  DeselectVnic({ tx, self }) {
    const manager = managerOf(tx, self.ref);
    for (const device of (tx.get(manager, '_selected') as Selected)['vmotion'] ?? []) selectNic(tx, manager, 'vmotion', device, false);
  },
  UpdateIpConfig() {
    throw fault('HostConfigFault', {}, 'The address of vMotion is that of its VMkernel network adapter: use HostNetworkSystem.UpdateVirtualNic.');
  },
}, { rules: [vmotionFollowsManager] });
