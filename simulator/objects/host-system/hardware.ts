// The hardware and abilities of a simulated host: everything that is equal on all hosts is one shared value.
import type { HostCapability, HostHardwareInfo, HostHardwareSummary, HostLicensableResourceInfo } from '../../../core/vim25/index.ts';
import { typed } from '../../../core/vim25/index.ts';
import { CPU_FEATURES } from './cpu-features.ts';

const MHZ = 2600;
const PACKAGES = 2;
const CORES = 16;
const THREADS = 32;
const MEMORY = 137_338_908_672;
const VENDOR = 'VMware, Inc.';
const MODEL = 'VMware Virtual Platform';
const CPU_MODEL = 'Intel(R) Xeon(R) CPU E5-2640 v3 @ 2.60GHz';
const THREAD_LISTS = [0, 1].map((p) => Array.from({ length: THREADS / PACKAGES }, (_, i) => (p * THREADS) / PACKAGES + i));

const CPU_INFO = { numCpuPackages: PACKAGES, numCpuCores: CORES, numCpuThreads: THREADS, hz: MHZ * 1_000_000 };
const CPU_PACKAGES = THREAD_LISTS.map((threadId, index) => ({
  index, vendor: 'intel', hz: MHZ * 1_000_000, busHz: 100_000_000, description: CPU_MODEL, threadId,
}));
const NUMA = {
  type: 'NUMA',
  numNodes: PACKAGES,
  numaNode: THREAD_LISTS.map((cpuID, typeId) => ({
    typeId, cpuID, memorySize: MEMORY / 2, memoryRangeBegin: (typeId * MEMORY) / 2, memoryRangeLength: MEMORY / 2,
  })),
};
const BIOS = {
  biosVersion: '6.00', releaseDate: new Date(Date.UTC(2020, 10, 12)), vendor: 'Phoenix Technologies LTD', majorRelease: 4,
  minorRelease: 6, firmwareMajorRelease: 0, firmwareMinorRelease: 0, firmwareType: 'BIOS',
};
const POWER_MANAGEMENT = { currentPolicy: 'Balanced', hardwareSupport: 'ACPI P-states' };

/** HostSystem.hardware of the host with that BIOS UUID. */
export const hardwareInfo = (uuid: string): HostHardwareInfo => ({
  systemInfo: { vendor: VENDOR, model: MODEL, uuid, serialNumber: `VMware-${uuid.slice(0, 8)}` },
  cpuPowerManagementInfo: POWER_MANAGEMENT,
  cpuInfo: CPU_INFO,
  cpuPkg: CPU_PACKAGES as HostHardwareInfo['cpuPkg'],
  memorySize: MEMORY,
  numaInfo: NUMA,
  cpuFeature: CPU_FEATURES,
  smcPresent: false,
  biosInfo: BIOS,
});

/** HostSystem.summary.hardware of the same host. */
export const hardwareSummary = (uuid: string): HostHardwareSummary => ({
  vendor: VENDOR, model: MODEL, uuid, memorySize: MEMORY, cpuModel: CPU_MODEL, cpuMhz: MHZ, numCpuPkgs: PACKAGES,
  numCpuCores: CORES, numCpuThreads: THREADS, numNics: 2, numHBAs: 1,
});

export const LICENSABLE: HostLicensableResourceInfo = {
  resource: [
    { key: 'numCpuPackages', value: typed('xsd:long', PACKAGES) },
    { key: 'numCpuCores', value: typed('xsd:long', CORES) },
    { key: 'memorySize', value: typed('xsd:long', MEMORY) },
  ],
};

/** HostSystem.capability: what an ESXi host of this age can do. */
export const CAPABILITY: HostCapability = {
  recursiveResourcePoolsSupported: true, cpuMemoryResourceConfigurationSupported: true, rebootSupported: true,
  shutdownSupported: true, vmotionSupported: true, standbySupported: false, ipmiSupported: true, maxSupportedVMs: 1024,
  maxRunningVMs: 1024, maxSupportedVcpus: 128, maxRegisteredVMs: 4096, datastorePrincipalSupported: true,
  sanSupported: true, nfsSupported: true, iscsiSupported: true, vlanTaggingSupported: true, nicTeamingSupported: true,
  highGuestMemSupported: true, maintenanceModeSupported: true, suspendedRelocateSupported: true,
  restrictedSnapshotRelocateSupported: true, perVmSwapFiles: true, localSwapDatastoreSupported: true,
  unsharedSwapVMotionSupported: true, backgroundSnapshotsSupported: false, preAssignedPCIUnitNumbersSupported: true,
  screenshotSupported: true, scaledScreenshotSupported: true, storageVMotionSupported: true,
  vmotionWithStorageVMotionSupported: true, vmotionAcrossNetworkSupported: true, maxNumDisksSVMotion: 64,
  maxVirtualDiskDescVersionSupported: 3, hbrNicSelectionSupported: true, vrNfcNicSelectionSupported: true,
  recordReplaySupported: false, ftSupported: false, replayUnsupportedReason: 'recordReplayNotSupportedByProduct',
  smpFtSupported: false, maxVcpusPerFtVm: 4, loginBySSLThumbprintSupported: true, cloneFromSnapshotSupported: true,
  deltaDiskBackingsSupported: true, perVMNetworkTrafficShapingSupported: true, tpmSupported: false,
  virtualExecUsageSupported: true, storageIORMSupported: true, vmDirectPathGen2Supported: false,
  supportedVmfsMajorVersion: [5, 6], vStorageCapable: true, snapshotRelayoutSupported: true,
  firewallIpRulesSupported: true, servicePackageInfoSupported: true, maxHostRunningVms: 1024, maxHostSupportedVcpus: 4096,
  vmfsDatastoreMountCapable: true, eightPlusHostVmfsSharedAccessSupported: true, nestedHVSupported: true,
  vPMCSupported: true, interVMCommunicationThroughVMCISupported: false, scheduledHardwareUpgradeSupported: true,
  featureCapabilitiesSupported: true, latencySensitivitySupported: true, storagePolicySupported: true,
  accel3dSupported: true, reliableMemoryAware: true, multipleNetworkStackInstanceSupported: true,
  messageBusProxySupported: false, vsanSupported: true, vFlashSupported: false, hostAccessManagerSupported: true,
  provisioningNicSelectionSupported: true, nfs41Supported: true, virtualVolumeDatastoreSupported: true,
  cpuHwMmuSupported: true, uefiSecureBoot: false,
};
