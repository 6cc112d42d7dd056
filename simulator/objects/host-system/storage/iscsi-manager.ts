// IscsiManager: the kernel NICs that a software iSCSI adapter is bound to.
import { fault, type HostNetworkInfo, type HostVirtualNic, type IscsiPortInfo, type PhysicalNic } from '../../../../core/vim25/index.ts';
import { define } from '../../../dispatch/define.ts';
import { ISCSI_DEVICE, targetDisk } from './device-info.ts';
import { hostOf, set, settingsOf, type Ctx } from './shared.ts';
import { partitionsOn } from '../host-disks.ts';

const networkOf = (ctx: Ctx): HostNetworkInfo => ctx.tx.get(hostOf(ctx), 'config.network') as HostNetworkInfo;

/** The adapter does not exist before software iSCSI is enabled. */
function mustBeAdapter(ctx: Ctx, name: string): void {
  if (name !== ISCSI_DEVICE || !settingsOf(ctx).softwareIscsi) throw fault('NotFound', {}, `There is no iSCSI adapter '${name}' on this host.`);
}

function nicOf(ctx: Ctx, device: string): HostVirtualNic {
  const found = networkOf(ctx).vnic?.find((nic) => nic.device === device);
  if (!found) throw fault('IscsiFaultVnicNotFound', { vnicDevice: device }, `There is no kernel NIC '${device}' on this host.`);
  return found;
}

const boundTo = (ctx: Ctx): readonly string[] => settingsOf(ctx).boundVnics ?? [];

interface Uplinks {
  readonly switchName?: string;
  readonly pnics: readonly PhysicalNic[];
}

/** The switch that a kernel NIC is on, and the physical NICs that carry it. */
function uplinksOf(ctx: Ctx, nic: HostVirtualNic): Uplinks {
  const { vswitch = [], portgroup = [], proxySwitch = [], pnic = [] } = networkOf(ctx);
  const name = portgroup.find(({ spec }) => spec.name === nic.portgroup)?.spec.vswitchName;
  const dvsUuid = nic.spec.distributedVirtualPort?.switchUuid;
  const found = dvsUuid === undefined ? vswitch.find((one) => one.name === name) : proxySwitch.find((one) => one.dvsUuid === dvsUuid);
  const switchName = name ?? proxySwitch.find((one) => one.dvsUuid === dvsUuid)?.dvsName;
  return { ...(switchName === undefined ? {} : { switchName }), pnics: pnic.filter(({ key }) => found?.pnic?.includes(key!)) };
}

/** Targets that are reached and whose disks have volumes. */
const isInUse = (ctx: Ctx): boolean => (settingsOf(ctx).reached ?? []).some((name) => partitionsOn(ctx.tx, hostOf(ctx), targetDisk(name).canonicalName!).length > 0);

function portInfo(ctx: Ctx, nic: HostVirtualNic): IscsiPortInfo {
  const { switchName, pnics } = uplinksOf(ctx, nic);
  const bound = boundTo(ctx);
  const isBound = bound.includes(nic.device);
  const reached = (settingsOf(ctx).reached ?? []).length > 0;
  return {
    vnicDevice: nic.device, vnic: nic, ...(pnics[0] ? { pnicDevice: pnics[0].device, pnic: pnics[0] } : {}), ...(switchName === undefined ? {} : { switchName }),
    ...(nic.portgroup ? { portgroupName: nic.portgroup } : {}), complianceStatus: {}, pathStatus: isBound && reached ? (bound.length === 1 ? 'lastActive' : 'active') : 'notUsed',
  };
}

function mustHaveUplink(ctx: Ctx, nic: HostVirtualNic): void {
  const { pnics } = uplinksOf(ctx, nic);
  if (pnics.length === 0) throw fault('IscsiFaultVnicHasNoUplinks', { vnicDevice: nic.device }, `The kernel NIC ${nic.device} has no physical NIC.`);
  if (pnics.length > 1) throw fault('IscsiFaultVnicHasMultipleUplinks', { vnicDevice: nic.device }, `The kernel NIC ${nic.device} has ${pnics.length} physical NICs; iSCSI is bound to those with one.`);
}

export const iscsiManager = define('IscsiManager', {
  QueryVnicStatus: (ctx, { vnicDevice }) => {
    nicOf(ctx, vnicDevice);
    return {};
  },
  QueryPnicStatus: (ctx, { pnicDevice }) => {
    const { pnic = [] } = networkOf(ctx);
    if (!pnic.some(({ device }) => device === pnicDevice)) throw fault('IscsiFault', {}, `There is no physical NIC '${pnicDevice}' on this host. Known: ${pnic.map(({ device }) => device).join(', ')}.`);
    return {};
  },
  QueryBoundVnics: (ctx, { iScsiHbaName }) => {
    mustBeAdapter(ctx, iScsiHbaName);
    return (networkOf(ctx).vnic ?? []).filter(({ device }) => boundTo(ctx).includes(device)).map((nic) => portInfo(ctx, nic));
  },
  QueryCandidateNics: (ctx, { iScsiHbaName }) => {
    mustBeAdapter(ctx, iScsiHbaName);
    return (networkOf(ctx).vnic ?? []).filter((nic) => !boundTo(ctx).includes(nic.device) && uplinksOf(ctx, nic).pnics.length === 1).map((nic) => portInfo(ctx, nic));
  },
  BindVnic: (ctx, { iScsiHbaName, vnicDevice }) => {
    mustBeAdapter(ctx, iScsiHbaName);
    const nic = nicOf(ctx, vnicDevice);
    if (boundTo(ctx).includes(vnicDevice)) throw fault('IscsiFaultVnicAlreadyBound', { vnicDevice }, `The kernel NIC ${vnicDevice} is bound to ${iScsiHbaName} already.`);
    mustHaveUplink(ctx, nic);
    set(ctx, { boundVnics: [...boundTo(ctx), vnicDevice] });
  },
  UnbindVnic: (ctx, { iScsiHbaName, vnicDevice, force }) => {
    mustBeAdapter(ctx, iScsiHbaName);
    const bound = boundTo(ctx);
    if (!bound.includes(vnicDevice)) throw fault('IscsiFaultVnicNotBound', { vnicDevice }, `The kernel NIC ${vnicDevice} is not bound to ${iScsiHbaName}.`);
    if (!force && isInUse(ctx)) {
      throw bound.length === 1
        ? fault('IscsiFaultVnicIsLastPath', { vnicDevice }, `${vnicDevice} is the last way to disks that are in use.`)
        : fault('IscsiFaultVnicHasActivePaths', { vnicDevice }, `${vnicDevice} leads to disks that are in use.`);
    }
    set(ctx, { boundVnics: bound.filter((device) => device !== vnicDevice) });
  },
  // A physical NIC that carries a bound kernel NIC is not to be moved to another switch.
  QueryMigrationDependencies: (ctx, { pnicDevice }) => {
    const dependency = (networkOf(ctx).vnic ?? []).filter(({ device }) => boundTo(ctx).includes(device)).flatMap((nic) =>
      uplinksOf(ctx, nic).pnics.filter(({ device }) => pnicDevice.includes(device)).map(({ device }) => ({ pnicDevice: device, vnicDevice: nic.device, vmhbaName: ISCSI_DEVICE })));
    return { migrationAllowed: dependency.length === 0, dependency };
  },
});
