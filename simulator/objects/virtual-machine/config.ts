// A machine's configuration: what a new one has by default, and what a spec makes of it. Devices are in devices.ts,
// extraConfig in extra-config.ts. Pure: no files, no other objects.
import {
  enumType, fault, toNumber, type ResourceAllocationInfo, type VirtualMachineConfigInfo, type VirtualMachineConfigSpec, type VmConfigInfo, type VmConfigSpec,
} from '../../../core/vim25/index.ts';
import { DEFAULT_DEVICES } from './device-types.ts';
import { guestFullName, isGuestId } from './guest-os.ts';

const frozen = <T extends object>(value: T): T => Object.freeze(value);

const FLAGS = frozen({
  disableAcceleration: false, enableLogging: true, useToe: false, runWithDebugInfo: false, monitorType: 'release', htSharing: 'any',
  snapshotDisabled: false, snapshotLocked: false, diskUuidEnabled: false, virtualMmuUsage: 'automatic', virtualExecUsage: 'hvAuto',
  snapshotPowerOffBehavior: 'powerOff', recordReplayEnabled: false, faultToleranceType: 'unset', cbrcCacheEnabled: false, vvtdEnabled: false, vbsEnabled: false,
});
const TOOLS = frozen({
  toolsVersion: 0, afterPowerOn: true, afterResume: true, beforeGuestStandby: true, beforeGuestShutdown: true,
  toolsUpgradePolicy: 'manual', syncTimeWithHostAllowed: true, syncTimeWithHost: false, lastInstallInfo: frozen({ counter: 0 }),
});
const POWER_OPS = frozen({
  powerOffType: 'soft', suspendType: 'hard', resetType: 'soft', defaultPowerOffType: 'soft', defaultSuspendType: 'hard', defaultResetType: 'soft', standbyAction: 'checkpoint',
});
const BOOT = frozen({ bootDelay: 0, enterBIOSSetup: false, efiSecureBootEnabled: false, bootRetryEnabled: false, bootRetryDelay: 10000, networkBootProtocol: 'ipv4' });
const LATENCY = frozen({ level: 'normal' as const });

const allocations = new Map<string, ResourceAllocationInfo>();

/** An unlimited allocation with normal shares; one object for each amount of shares. */
function normalAllocation(shares: number): ResourceAllocationInfo {
  const key = String(shares);
  let found = allocations.get(key);
  if (!found) {
    if (allocations.size > 500) allocations.clear();
    allocations.set(key, (found = frozen({ reservation: 0, expandableReservation: false, limit: -1, shares: frozen({ shares, level: 'normal' as const }) })));
  }
  return found;
}

const SHARE_FACTOR: Readonly<Record<string, number>> = { low: 0.5, normal: 1, high: 2 };

/** An allocation as asked for, over what there was; shares follow from level and size. */
function allocation(old: ResourceAllocationInfo | undefined, asked: ResourceAllocationInfo | undefined, normal: number, property: string): ResourceAllocationInfo {
  const merged = { ...(old ?? normalAllocation(normal)), ...asked };
  const reservation = toNumber(merged.reservation);
  const limit = merged.limit === undefined ? -1 : toNumber(merged.limit);
  if (reservation < 0) throw wrong(`${property}.reservation`);
  if (limit < -1 || (limit >= 0 && reservation > limit)) throw wrong(`${property}.limit`);
  const level = merged.shares?.level ?? 'normal';
  const shares = level === 'custom' ? (merged.shares?.shares ?? normal) : normal * (SHARE_FACTOR[level] ?? 1);
  if (level === 'normal' && reservation === 0 && limit === -1 && !merged.expandableReservation) return normalAllocation(shares);
  return { ...merged, shares: { shares, level } };
}

export const wrong = (property: string) =>
  fault('InvalidArgument', { invalidProperty: `configSpec.${property}` }, `A specified parameter was not correct: configSpec.${property}`);

/** The moment of a change as a version: never the same twice for one machine, even when the clock stands still. */
export function nextChangeVersion(now: Date, previous?: string): string {
  const micros = previous === undefined ? 0 : (Number(previous.slice(-4, -1)) + 1) % 1000;
  return `${now.toISOString().slice(0, -1)}${String(micros).padStart(3, '0')}Z`;
}

export interface Birth {
  readonly name: string;
  readonly version: string;
  readonly uuid: string;
  readonly instanceUuid: string;
  readonly now: Date;
}

/** The configuration of a new machine before its spec is applied. */
export function initialConfig({ name, version, uuid, instanceUuid, now }: Birth): VirtualMachineConfigInfo {
  return {
    changeVersion: nextChangeVersion(now), modified: now, name, guestFullName: guestFullName('otherGuest'), version, uuid, createDate: now, instanceUuid,
    npivTemporaryDisabled: true, template: false, guestId: 'otherGuest', alternateGuestName: '',
    files: {}, tools: TOOLS, flags: FLAGS, defaultPowerOps: POWER_OPS, rebootPowerOff: false,
    hardware: { numCPU: 1, numCoresPerSocket: 1, memoryMB: 32, virtualICH7MPresent: false, virtualSMCPresent: false, device: DEFAULT_DEVICES },
    latencySensitivity: LATENCY,
    memoryHotAddEnabled: false, cpuHotAddEnabled: false, cpuHotRemoveEnabled: false, extraConfig: [], swapPlacement: 'inherit', bootOptions: BOOT,
    vAssertsEnabled: false, changeTrackingEnabled: false, firmware: 'bios', maxMksConnections: -1, guestAutoLockEnabled: true,
    memoryReservationLockedToMax: false, nestedHVEnabled: false, vPMCEnabled: false, messageBusTunnelEnabled: false, migrateEncryption: 'opportunistic',
  };
}

/** Fields that a spec sets by value under the same name. */
const COPIED = [
  'uuid', 'instanceUuid', 'createDate', 'npivNodeWorldWideName', 'npivPortWorldWideName', 'npivWorldWideNameType', 'npivDesiredNodeWwns', 'npivDesiredPortWwns',
  'npivTemporaryDisabled', 'npivOnNonRdmDisks', 'locationId', 'alternateGuestName', 'rebootPowerOff', 'vcpuConfig', 'latencySensitivity',
  'memoryHotAddEnabled', 'cpuHotAddEnabled', 'cpuHotRemoveEnabled', 'cpuAffinity', 'memoryAffinity', 'networkShaper', 'swapPlacement', 'ftInfo', 'repConfig', 'vAssertsEnabled',
  'changeTrackingEnabled', 'firmware', 'maxMksConnections', 'guestAutoLockEnabled', 'managedBy', 'memoryReservationLockedToMax', 'nestedHVEnabled', 'vPMCEnabled',
  'messageBusTunnelEnabled', 'migrateEncryption', 'sgxInfo', 'ftEncryptionMode', 'guestMonitoringModeInfo', 'sevEnabled', 'pmemFailoverEnabled',
  'vmxStatsCollectionEnabled', 'vmOpNotificationToAppEnabled', 'vmOpNotificationTimeout', 'deviceSwap', 'pmem', 'deviceGroups', 'fixedPassthruHotPlugEnabled',
  'metroFtEnabled', 'metroFtHostGroup', 'tdxEnabled', 'sevSnpEnabled',
] as const satisfies readonly (keyof VirtualMachineConfigSpec & keyof VirtualMachineConfigInfo)[];

/** Data objects of which a spec may give single fields. */
const MERGED = ['flags', 'tools', 'consolePreferences', 'bootOptions'] as const;

/** The configuration after a spec; name, files, devices and extraConfig are the caller's. Throws InvalidArgument. */
export function applyConfigSpec(config: VirtualMachineConfigInfo, spec: VirtualMachineConfigSpec): VirtualMachineConfigInfo {
  const made: Record<string, unknown> = { ...config };
  for (const key of COPIED) if (spec[key] !== undefined) made[key] = spec[key];
  for (const key of MERGED) if (spec[key] !== undefined) made[key] = { ...config[key], ...spec[key] };
  if (spec.powerOpInfo) made['defaultPowerOps'] = { ...config.defaultPowerOps, ...spec.powerOpInfo };
  if (spec.annotation !== undefined) made['annotation'] = spec.annotation === '' ? undefined : spec.annotation;
  if (spec.managedBy && spec.managedBy.extensionKey === '') made['managedBy'] = undefined;
  if (spec.guestId !== undefined && spec.guestId !== '') {
    if (!isGuestId(spec.guestId)) throw wrong('guestId');
    made['guestId'] = spec.guestId;
    made['guestFullName'] = guestFullName(spec.guestId);
  }
  if (spec.alternateGuestName) made['guestFullName'] = spec.alternateGuestName;
  if (spec.version !== undefined && spec.version !== '') {
    if (!/^vmx-\d\d$/.test(spec.version)) throw wrong('version');
    made['version'] = spec.version;
  }
  if (spec.firmware !== undefined && !enumType('GuestOsDescriptorFirmwareType')!.values.has(spec.firmware)) throw wrong('firmware');
  for (const key of ['uuid', 'instanceUuid'] as const) {
    const value = spec[key];
    if (value === undefined) continue;
    if (value === '') made[key] = config[key];
    else if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) throw wrong(key);
    else made[key] = value.toLowerCase();
  }
  made['hardware'] = hardware(config, spec);
  const { numCPU, memoryMB } = made['hardware'] as VirtualMachineConfigInfo['hardware'];
  made['cpuAllocation'] = allocation(config.cpuAllocation, spec.cpuAllocation, 1000 * numCPU, 'cpuAllocation');
  made['memoryAllocation'] = allocation(config.memoryAllocation, spec.memoryAllocation, 10 * memoryMB, 'memoryAllocation');
  if (spec.vAppConfigRemoved) delete made['vAppConfig'];
  else if (spec.vAppConfig) made['vAppConfig'] = vAppConfig(config.vAppConfig, spec.vAppConfig);
  return made as unknown as VirtualMachineConfigInfo;
}

function hardware(config: VirtualMachineConfigInfo, spec: VirtualMachineConfigSpec): VirtualMachineConfigInfo['hardware'] {
  const old = config.hardware;
  const numCPU = spec.numCPUs || old.numCPU;
  const memoryMB = spec.memoryMB === undefined || toNumber(spec.memoryMB) === 0 ? old.memoryMB : toNumber(spec.memoryMB);
  const cores = spec.numCoresPerSocket || (numCPU % (old.numCoresPerSocket ?? 1) === 0 ? old.numCoresPerSocket : 1) || 1;
  if (numCPU < 1 || numCPU > 768) throw wrong('numCPUs');
  if (memoryMB < 4 || memoryMB > 25_165_824 || memoryMB % 4 !== 0) throw wrong('memoryMB');
  if (cores < 1 || numCPU % cores !== 0) throw wrong('numCoresPerSocket');
  return {
    ...old, numCPU, numCoresPerSocket: cores, memoryMB,
    virtualICH7MPresent: spec.virtualICH7MPresent ?? old.virtualICH7MPresent, virtualSMCPresent: spec.virtualSMCPresent ?? old.virtualSMCPresent,
  };
}

interface Keyed {
  readonly operation?: string;
  readonly removeKey?: unknown;
  readonly info?: { readonly key: number };
}

/** Applies add, edit and remove to a keyed list. */
function updateList<T extends { readonly key?: number }>(old: readonly T[] | undefined, changes: readonly Keyed[] | undefined): readonly T[] | undefined {
  if (!changes) return old;
  const list = new Map((old ?? []).map((item) => [item.key, item]));
  for (const { operation, removeKey, info } of changes) {
    if (operation === 'remove') list.delete(Number(removeKey ?? info?.key));
    else if (info) list.set(info.key, { ...list.get(info.key), ...info } as unknown as T);
  }
  return [...list.values()];
}

function vAppConfig(old: VmConfigInfo | undefined, spec: VmConfigSpec): VmConfigInfo {
  return {
    _type: 'VmConfigInfo',
    ...old,
    product: updateList(old?.product, spec.product as readonly Keyed[] | undefined),
    property: updateList(old?.property, spec.property as readonly Keyed[] | undefined),
    ipAssignment: spec.ipAssignment ?? old?.ipAssignment ?? {},
    eula: spec.eula ?? old?.eula,
    ovfSection: updateList(old?.ovfSection as readonly { key?: number }[] | undefined, spec.ovfSection as readonly Keyed[] | undefined) as VmConfigInfo['ovfSection'],
    ovfEnvironmentTransport: spec.ovfEnvironmentTransport ?? old?.ovfEnvironmentTransport,
    installBootRequired: spec.installBootRequired ?? old?.installBootRequired ?? false,
    installBootStopDelay: spec.installBootStopDelay ?? old?.installBootStopDelay ?? 0,
  } as VmConfigInfo;
}
