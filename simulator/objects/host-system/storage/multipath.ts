// HostStorageSystem, paths to disks: which are used, and by what policy.
import type { HostMultipathInfoLogicalUnit, HostMultipathInfoLogicalUnitPolicy, HostScsiDisk } from '../../../../core/vim25/index.ts';
import type { Methods } from '../../../dispatch/define.ts';
import { disksOf } from '../host-disks.ts';
import { hostOf, notFound, partitions, refused, set, settingsOf, wrong, type Ctx } from './shared.ts';

const SELECTION = [['VMW_PSP_MRU', 'Most Recently Used (VMware)'], ['VMW_PSP_RR', 'Round Robin (VMware)'], ['VMW_PSP_FIXED', 'Fixed (VMware)']] as const;
const ARRAY_TYPES = [
  ['VMW_SATP_LOCAL', 'Supports direct attached devices'], ['VMW_SATP_DEFAULT_AA', 'Supports non-specific active/active arrays'],
  ['VMW_SATP_DEFAULT_AP', 'Supports non-specific active/passive arrays'], ['VMW_SATP_ALUA', 'Supports non-specific arrays that use the ALUA protocol'],
] as const;
/** Those of the plug-in that claims NVMe disks. */
const HPP = ['FIXED', 'LB-RR', 'LB-IOPS', 'LB-BYTES', 'LB-Latency'];

const options = (list: readonly (readonly [string, string])[]) => list.map(([key, label]) => ({ policy: { key, label, summary: label } }));

const unitsOf = (ctx: Ctx): readonly HostMultipathInfoLogicalUnit[] => (ctx.tx.get(ctx.self.ref, 'storageDeviceInfo.multipathInfo.lun') ?? []) as readonly HostMultipathInfoLogicalUnit[];

function unitOf(ctx: Ctx, id: string): HostMultipathInfoLogicalUnit {
  const found = unitsOf(ctx).find((unit) => unit.id === id);
  if (!found) throw notFound(`The logical unit ${id}`);
  return found;
}

/** A path and the unit that it leads to. */
function pathOf(ctx: Ctx, name: string): HostMultipathInfoLogicalUnit {
  const found = unitsOf(ctx).find(({ path }) => path.some((one) => one.name === name));
  if (!found) throw notFound(`The path ${name}`);
  return found;
}

function mustLeadTo(unit: HostMultipathInfoLogicalUnit, property: string, name: string): void {
  if (!unit.path.some((path) => path.name === name)) throw wrong(property, `'${name}' is no path of the disk; its paths: ${unit.path.map((path) => path.name).join(', ')}`);
}

const setPolicy = (ctx: Ctx, id: string, policy: HostMultipathInfoLogicalUnitPolicy): void => set(ctx, { policies: { ...settingsOf(ctx).policies, [id]: policy } });

export const multipathMethods: Methods<'HostStorageSystem'> = {
  QueryPathSelectionPolicyOptions: () => options(SELECTION),
  QueryStorageArrayTypePolicyOptions: () => options(ARRAY_TYPES),
  SetMultipathLunPolicy: (ctx, { lunId, policy }) => {
    const unit = unitOf(ctx, lunId);
    if (unit.storageArrayTypePolicy === undefined) throw refused('the disk is not claimed by the native multipathing plug-in: use UpdateHppMultipathLunPolicy.');
    if (!SELECTION.some(([key]) => key === policy.policy)) throw wrong('policy.policy', `'${policy.policy}'; valid: ${SELECTION.map(([key]) => key).join(', ')}`);
    if ('prefer' in policy) mustLeadTo(unit, 'policy.prefer', String(policy.prefer));
    setPolicy(ctx, lunId, policy);
  },
  UpdateHppMultipathLunPolicy: (ctx, { lunId, policy }) => {
    const unit = unitOf(ctx, lunId);
    if (unit.storageArrayTypePolicy !== undefined) throw refused('the disk is claimed by the native multipathing plug-in: use SetMultipathLunPolicy.');
    if (!HPP.includes(policy.policy)) throw wrong('policy.policy', `'${policy.policy}'; valid: ${HPP.join(', ')}`);
    if (policy.policy === 'FIXED' && policy.path === undefined) throw wrong('policy.path', 'the policy FIXED needs a path');
    if (policy.path !== undefined) mustLeadTo(unit, 'policy.path', policy.path);
    setPolicy(ctx, lunId, { _type: 'HostMultipathInfoHppLogicalUnitPolicy', ...policy } as HostMultipathInfoLogicalUnitPolicy);
  },
  DisableMultipathPath: (ctx, { pathName }) => {
    const unit = pathOf(ctx, pathName);
    const disk = disksOf(ctx.tx, hostOf(ctx)).find(({ key }) => key === unit.lun) as HostScsiDisk;
    const left = unit.path.filter(({ name, state }) => name !== pathName && state === 'active');
    if (left.length === 0 && partitions(ctx, disk).length > 0) throw refused(`${pathName} is the last path to ${disk.canonicalName!}, which is in use.`);
    set(ctx, { disabledPaths: [...(settingsOf(ctx).disabledPaths ?? []).filter((name) => name !== pathName), pathName] });
  },
  EnableMultipathPath: (ctx, { pathName }) => {
    pathOf(ctx, pathName);
    set(ctx, { disabledPaths: (settingsOf(ctx).disabledPaths ?? []).filter((name) => name !== pathName) });
  },
};
