// The managers of a host's processors, memory, power, devices and firmware: what a simulated machine has, it tells;
// what it lacks, it says so.
import {
  fault, type HostHyperThreadScheduleInfo, type HostPowerPolicy, type ManagedObjectReference, type VirtualMachineMemoryReservationInfo,
} from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;

const refused = (why: string) => fault('HostConfigFault', {}, `An error occurred during host configuration: ${why}`);

export const hostPowerSystem = define('HostPowerSystem', {
  ConfigurePowerPolicy({ tx, self }, { key }) {
    const policies = tx.get(self.ref, 'capability.availablePolicy') as readonly HostPowerPolicy[];
    const currentPolicy = policies.find((policy) => policy.key === key);
    if (!currentPolicy) throw refused(`there is no power policy ${key}. Known: ${policies.map((p) => `${p.key} (${p.shortName})`).join(', ')}.`);
    tx.set(self.ref, 'info', { currentPolicy });
    const names: Readonly<Record<string, string>> = { static: 'High Performance', dynamic: 'Balanced', low: 'Low Power', custom: 'Custom' };
    tx.set(tx.get(self.ref, '_host') as Ref, 'hardware.cpuPowerManagementInfo', { currentPolicy: names[currentPolicy.shortName], hardwareSupport: 'ACPI P-states' });
  },
});

/** The choice counts from the next boot on. */
function hyperThreading(tx: Transaction, self: Ref, config: boolean): void {
  tx.set(self, 'hyperthreadInfo', { ...(tx.get(self, 'hyperthreadInfo') as HostHyperThreadScheduleInfo), config });
}

export const hostCpuSchedulerSystem = define('HostCpuSchedulerSystem', {
  EnableHyperThreading({ tx, self }) {
    hyperThreading(tx, self.ref, true);
  },
  DisableHyperThreading({ tx, self }) {
    hyperThreading(tx, self.ref, false);
  },
});

export const hostMemorySystem = define('HostMemorySystem', {
  ReconfigureServiceConsoleReservation() {
    throw fault('NotSupported', {}, 'An ESXi host has no service console.');
  },
  ReconfigureVirtualMachineReservation({ tx, self }, { spec }) {
    const info = tx.get(self.ref, 'virtualMachineReservationInfo') as VirtualMachineMemoryReservationInfo;
    const wanted = spec.virtualMachineReserved ?? info.virtualMachineReserved;
    if (wanted < info.virtualMachineMin || wanted > info.virtualMachineMax) {
      throw fault('InvalidArgument', { invalidProperty: 'spec.virtualMachineReserved' }, `The reservation is ${wanted}; it goes from ${info.virtualMachineMin} to ${info.virtualMachineMax}.`);
    }
    const policies = ['swapNone', 'swapSome', 'swapMost'];
    const allocationPolicy = spec.allocationPolicy ?? info.allocationPolicy;
    if (!policies.includes(allocationPolicy)) throw fault('InvalidArgument', { invalidProperty: 'spec.allocationPolicy' }, `The policy '${allocationPolicy}' is not known; use one of ${policies.join(', ')}.`);
    tx.set(self.ref, 'virtualMachineReservationInfo', { ...info, virtualMachineReserved: wanted, allocationPolicy });
  },
});

export const hostPciPassthruSystem = define('HostPciPassthruSystem', {
  Refresh() {},
  UpdatePassthruConfig(_ctx, { config }) {
    const device = config[0]?.id;
    if (device !== undefined) throw refused(`there is no PCI device '${device}' on this host that can be passed through.`);
  },
});

export const hostGraphicsManager = define('HostGraphicsManager', {
  RefreshGraphicsManager() {},
  IsSharedGraphicsActive: { query: () => false },
  RetrieveVgpuDeviceInfo: { query: () => [] },
  RetrieveVgpuProfileInfo: { query: () => [] },
  UpdateGraphicsConfig({ tx, self }, { config }) {
    const types = ['shared', 'sharedDirect'];
    const policies = ['performance', 'consolidation'];
    if (!types.includes(config.hostDefaultGraphicsType)) throw fault('InvalidArgument', { invalidProperty: 'config.hostDefaultGraphicsType' }, `The graphics type '${config.hostDefaultGraphicsType}' is not known; use ${types.join(' or ')}.`);
    if (!policies.includes(config.sharedPassthruAssignmentPolicy)) throw fault('InvalidArgument', { invalidProperty: 'config.sharedPassthruAssignmentPolicy' }, `The policy '${config.sharedPassthruAssignmentPolicy}' is not known; use ${policies.join(' or ')}.`);
    if (config.deviceType?.length) throw fault('InvalidArgument', { invalidProperty: 'config.deviceType' }, `There is no graphics device '${config.deviceType[0]!.deviceId}' on this host.`);
    tx.set(self.ref, 'graphicsConfig', config);
  },
});

export const hostBootDeviceSystem = define('HostBootDeviceSystem', {
  QueryBootDevices: { query: ({ self }) => ({ bootDevices: BOOT_DEVICES, currentBootDeviceKey: (self.props['_bootDevice'] as string | undefined) ?? 'Hard Drive' }) },
  UpdateBootDevice({ tx, self }, { key }) {
    if (!BOOT_DEVICES.some((device) => device.key === key)) {
      throw fault('InvalidArgument', { invalidProperty: 'key' }, `There is no boot device '${key}'. Known: ${BOOT_DEVICES.map((d) => d.key).join(', ')}.`);
    }
    tx.set(self.ref, '_bootDevice', key);
  },
});

const BOOT_DEVICES = ['Hard Drive', 'CD-ROM Drive', 'Network'].map((key) => ({ key, description: key }));

export const hostFirmwareSystem = define('HostFirmwareSystem', {
  ResetFirmwareToFactoryDefaults() {
    throw fault('InvalidState', {}, 'The firmware configuration of a simulated host cannot be reset.');
  },
  BackupFirmwareConfiguration() {
    throw fault('NotSupported', {}, 'A simulated host has no firmware configuration to back up.');
  },
  QueryFirmwareConfigUploadURL: {
    query() {
      throw fault('NotSupported', {}, 'A simulated host takes no firmware configuration.');
    },
  },
  RestoreFirmwareConfiguration() {
    throw fault('InvalidState', {}, 'No firmware configuration was uploaded to this host.');
  },
});

export const hostAssignableHardwareManager = define('HostAssignableHardwareManager', {
  DownloadDescriptionTree: { query: () => new Uint8Array() },
  RetrieveDynamicPassthroughInfo: { query: () => [] },
  RetrieveVendorDeviceGroupInfo: { query: () => [] },
  UpdateAssignableHardwareConfig({ tx, self }, { config }) {
    const device = config.attributeOverride?.[0]?.instanceId;
    if (device !== undefined) throw refused(`there is no assignable device '${device}' on this host.`);
    tx.set(self.ref, 'config', config);
  },
});
