// HostVsanSystem and its internal twin: a host's part in vSAN. Its disks are in vsan-disks.ts.
import { fault, type HostHardwareInfo, type HostVirtualNicManagerInfo, type ManagedObjectReference, type VsanHostConfigInfo } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Rule } from '../../store/derive.ts';
import type { Transaction } from '../../store/transaction.ts';
import { selectNic } from './host-virtual-nic-manager.ts';
import { disksOf } from './host-disks.ts';
import type { Ctx } from './storage/shared.ts';
import { hostsFor, providers, vsanDiskMethods } from './vsan-disks.ts';

type Ref = ManagedObjectReference;

const portDevices = (config: VsanHostConfigInfo | undefined): string[] => (config?.networkInfo?.port ?? []).map(({ device }) => device);

/** The ports of vSAN are the kernel NICs selected for it. */
const portsFollowNics: Rule = {
  type: 'HostVsanSystem',
  inputs: ['config'],
  watch: [{ type: 'HostSystem', path: 'configManager.vsanSystem', inputs: ['config'] }],
  derive(props, read) {
    const info = (read(props['_host'] as Ref)?.['config'] as { virtualNicManagerInfo?: HostVirtualNicManagerInfo } | undefined)?.virtualNicManagerInfo;
    const selected = info?.netConfig?.find(({ nicType }) => nicType === 'vsan')?.selectedVnic ?? [];
    const devices = selected.map((key) => key.slice(key.lastIndexOf('-') + 1));
    const config = props['config'] as VsanHostConfigInfo;
    if (devices.join() === portDevices(config).join()) return undefined;
    return { config: { ...config, networkInfo: { ...config.networkInfo, port: devices.map((device) => ({ device })) } } };
  },
};

/** Selects exactly the kernel NICs of the wished ports for vSAN. */
function selectPorts(tx: Transaction, host: Ref, wished: readonly string[]): void {
  const manager = tx.get(host, 'configManager.virtualNicManager') as Ref;
  const old = (tx.get(manager, '_selected') as Readonly<Record<string, readonly string[]>>)['vsan'] ?? [];
  for (const device of wished) selectNic(tx, manager, 'vsan', device, true);
  for (const device of old) if (!wished.includes(device)) selectNic(tx, manager, 'vsan', device, false);
}

const health = (enabled: boolean): 'healthy' | 'unknown' => (enabled ? 'healthy' : 'unknown');

export const hostVsanSystem = define('HostVsanSystem', {
  ...vsanDiskMethods,
  QueryHostStatus: {
    query({ sim, self }) {
      const config = self.props['config'] as { enabled?: boolean; clusterInfo?: { uuid?: string; nodeUuid?: string } };
      const { hardware } = sim.store.get(self.props['_host'] as Ref)!.props as { hardware: HostHardwareInfo };
      const nodeUuid = config.clusterInfo?.nodeUuid ?? hardware.systemInfo.uuid;
      return {
        ...(config.clusterInfo?.uuid ? { uuid: config.clusterInfo.uuid } : {}), nodeUuid, health: health(config.enabled === true),
        nodeState: { state: !config.enabled ? 'error' : self.props['_emptied'] === true ? 'decommissioning' : 'master' }, memberUuid: config.enabled ? [nodeUuid] : [],
      };
    },
  },
  UpdateVsan_Task: {
    entity: ({ self }) => self.props['_host'] as Ref,
    task({ sim, tx, self }, { config }) {
      const old = tx.get(self.ref, 'config') as VsanHostConfigInfo;
      const enabled = config.enabled ?? old.enabled;
      const { hardware } = tx.props(tx.get(self.ref, '_host') as Ref) as { hardware: HostHardwareInfo };
      const clusterInfo = enabled ? { uuid: sim.random.uuid(), nodeUuid: hardware.systemInfo.uuid, ...old.clusterInfo, ...config.clusterInfo } : {};
      const host = tx.get(self.ref, '_host') as Ref;
      tx.set(self.ref, 'config', { ...old, ...config, hostSystem: host, enabled, clusterInfo, networkInfo: old.networkInfo });
      if (config.networkInfo) selectPorts(tx, host, portDevices(config));
    },
  },
  EvacuateVsanNode_Task: {
    entity: ({ self }) => self.props['_host'] as Ref,
    task({ tx, self }) {
      mustTakePart(tx, self.ref);
      if (tx.get(self.ref, '_emptied') === true) throw fault('InvalidState', {}, 'The operation is not allowed in the current state: the node is emptied already.');
      tx.set(self.ref, '_emptied', true);
    },
  },
  RecommissionVsanNode_Task: {
    entity: ({ self }) => self.props['_host'] as Ref,
    task({ tx, self }) {
      mustTakePart(tx, self.ref);
      if (tx.get(self.ref, '_emptied') !== true) throw fault('InvalidState', {}, 'The operation is not allowed in the current state: the node takes part.');
      tx.set(self.ref, '_emptied', false);
    },
  },
}, { rules: [portsFollowNics] });

function mustTakePart(tx: Transaction, vsan: Ref): void {
  if (tx.get(vsan, 'config.enabled') !== true) throw fault('InvalidState', {}, 'The operation is not allowed in the current state: vSAN is not enabled on this host.');
}

/** Whether enough hosts give disks for what a policy wants. */
function satisfiability(ctx: Ctx, policy: string | undefined, ignored = false): { isSatisfiable: boolean; reason?: { key: string; message: string } } {
  const [needed, there] = [hostsFor(policy), providers(ctx)];
  if (ignored || there >= needed) return { isSatisfiable: true };
  return { isSatisfiable: false, reason: { key: 'com.vmware.vsan.notEnoughHosts', message: `The policy needs ${needed} hosts with disk groups; there are ${there}.` } };
}

export const hostVsanInternalSystem = define('HostVsanInternalSystem', {
  QueryCmmds: { query: () => '{"result": []}' },
  QueryPhysicalVsanDisks: ({ tx, self }) => JSON.stringify(Object.fromEntries(disksOf(tx, tx.get(self.ref, '_host') as Ref).flatMap((disk) => (disk.vsanDiskInfo
    ? [[disk.vsanDiskInfo.vsanUuid, { devName: disk.canonicalName, isSsd: disk.ssd ? 1 : 0, capacity: Number(disk.capacity.block) * disk.capacity.blockSize, formatVersion: disk.vsanDiskInfo.formatVersion }]]
    : [])))),
  QueryVsanObjects: { query: () => '{"lsom_objects": {}, "disk_objects": {}, "dom_objects": {}}' },
  QueryObjectsOnPhysicalVsanDisk: { query: () => '{}' },
  AbdicateDomOwnership: { query: () => [] },
  QueryVsanStatistics: { query: () => '{}' },
  QuerySyncingVsanObjects: { query: () => '{}' },
  QueryVsanObjectUuidsByFilter: { query: () => [] },
  CanProvisionObjects: (ctx, { npbs, ignoreSatisfiability }) => npbs.map(({ policy }) => satisfiability(ctx, policy, ignoreSatisfiability)),
  ReconfigurationSatisfiable: (ctx, { pcbs, ignoreSatisfiability }) =>
    pcbs.flatMap(({ uuid = [], policy }) => uuid.map((one) => ({ uuid: one, ...satisfiability(ctx, policy, ignoreSatisfiability) }))),
  RunVsanPhysicalDiskDiagnostics: { query: () => [] },
});
