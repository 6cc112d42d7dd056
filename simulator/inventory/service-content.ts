// The way in: AboutInfo, ServiceContent and the ids of the well-known objects of vCenter and of a standalone ESXi.
// Creates the service managers; the root folder and what is below it belong to build.ts.
import type { AboutInfo, ManagedObjectReference, ServiceContent } from '../../core/vim25/index.ts';
import type { Product, Simulation } from '../dispatch/simulation.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';
import type { Transaction } from '../store/transaction.ts';
import { createGuestManagers } from '../objects/guest/operations.ts';
import { createDefaultAlarms } from '../objects/alarms/defaults.ts';
import { createLicenseAssignments } from '../objects/license/license-manager.ts';
import { createCnsObjects } from '../objects/cns/volume-manager.ts';
import { createPbmObjects } from '../objects/storage-policy/pbm.ts';
import { createVslmObjects } from '../objects/vstorage/vslm.ts';
import { serviceProps } from './service-props.ts';

/** Names of ServiceContent fields that are references. */
export type ServiceField = Exclude<keyof ServiceContent, 'about' | '_type'>;

type Row = readonly [field: ServiceField, type: string, vcenter: string, esxi: string];

/** Each service object with its id on both products; '' where that product has none. */
const SERVICES: readonly Row[] = [
  ['rootFolder', 'Folder', 'group-d1', 'ha-folder-root'],
  ['propertyCollector', 'PropertyCollector', 'propertyCollector', 'ha-property-collector'],
  ['viewManager', 'ViewManager', 'ViewManager', 'ViewManager'],
  ['setting', 'OptionManager', 'VpxSettings', 'HostAgentSettings'],
  ['userDirectory', 'UserDirectory', 'UserDirectory', 'ha-user-directory'],
  ['sessionManager', 'SessionManager', 'SessionManager', 'ha-sessionmgr'],
  ['authorizationManager', 'AuthorizationManager', 'AuthorizationManager', 'ha-authmgr'],
  ['serviceManager', 'ServiceManager', 'ServiceMgr', 'ha-servicemanager'],
  ['perfManager', 'PerformanceManager', 'PerfMgr', 'ha-perfmgr'],
  ['eventManager', 'EventManager', 'EventManager', 'ha-eventmgr'],
  ['scheduledTaskManager', 'ScheduledTaskManager', 'ScheduledTaskManager', ''],
  ['alarmManager', 'AlarmManager', 'AlarmManager', ''],
  ['taskManager', 'TaskManager', 'TaskManager', 'ha-taskmgr'],
  ['extensionManager', 'ExtensionManager', 'ExtensionManager', ''],
  ['customizationSpecManager', 'CustomizationSpecManager', 'CustomizationSpecManager', ''],
  ['customFieldsManager', 'CustomFieldsManager', 'CustomFieldsManager', ''],
  ['accountManager', 'HostLocalAccountManager', '', 'ha-localacctmgr'],
  ['diagnosticManager', 'DiagnosticManager', 'DiagMgr', 'ha-diagnosticmgr'],
  ['licenseManager', 'LicenseManager', 'LicenseManager', 'ha-license-manager'],
  ['searchIndex', 'SearchIndex', 'SearchIndex', 'ha-searchindex'],
  ['fileManager', 'FileManager', 'FileManager', 'ha-nfc-file-manager'],
  ['datastoreNamespaceManager', 'DatastoreNamespaceManager', 'DatastoreNamespaceManager', 'ha-datastore-namespace-manager'],
  ['virtualDiskManager', 'VirtualDiskManager', 'virtualDiskManager', 'ha-vdiskmanager'],
  ['vStorageObjectManager', 'VcenterVStorageObjectManager', 'VStorageObjectManager', ''],
  ['vStorageObjectManager', 'HostVStorageObjectManager', '', 'ha-vstorage-object-manager'],
  ['ovfManager', 'OvfManager', 'OvfManager', 'ha-ovf-manager'],
  ['ipPoolManager', 'IpPoolManager', 'IpPoolManager', ''],
  ['dvSwitchManager', 'DistributedVirtualSwitchManager', 'DVSManager', 'ha-dvsmanager'],
  ['localizationManager', 'LocalizationManager', 'LocalizationManager', 'ha-l10n-manager'],
  ['storageResourceManager', 'StorageResourceManager', 'StorageResourceManager', 'ha-storage-resource-manager'],
  ['guestOperationsManager', 'GuestOperationsManager', 'guestOperationsManager', 'ha-guest-operations-manager'],
  ['vmProvisioningChecker', 'VirtualMachineProvisioningChecker', 'ProvChecker', ''],
  ['vmCompatibilityChecker', 'VirtualMachineCompatibilityChecker', 'CompatChecker', ''],
  ['certificateManager', 'CertificateManager', 'certificateManager', ''],
  ['ioFilterManager', 'IoFilterManager', 'IoFilterManager', ''],
  ['hostSpecManager', 'HostSpecificationManager', 'HostSpecManager', ''],
  ['storageQueryManager', 'StorageQueryManager', 'StorageQueryManager', ''],
  ['cryptoManager', 'CryptoManagerKmip', 'CryptoManager', ''],
  ['tenantManager', 'TenantTenantManager', 'TenantManager', ''],
  ['healthUpdateManager', 'HealthUpdateManager', 'HealthUpdateManager', ''],
  ['overheadMemoryManager', 'OverheadMemoryManager', 'OverheadMemoryManager', 'ha-overhead-memory-manager'],
];

/** References of the well-known objects by ServiceContent field. */
export function wellKnownObjects(product: Product): Readonly<Record<ServiceField, ManagedObjectReference>> {
  const entries: [string, ManagedObjectReference][] = [];
  for (const [field, type, vcenter, esxi] of SERVICES) {
    const value = product === 'vcenter' ? vcenter : esxi;
    if (value !== '') entries.push([field, { type, value }]);
  }
  return Object.fromEntries(entries) as Record<ServiceField, ManagedObjectReference>;
}

export interface AboutOptions {
  /** vim25 version that clients may speak, for example '6.0' or '8.0.3.0'. */
  readonly apiVersion: string;
}

/** Builds of the releases we can claim to be; any other version keeps the build of the newest. */
const BUILDS: Readonly<Record<string, string>> = {
  '6.0': '5112527', '6.5': '8307201', '6.7': '14070457', '7.0.3': '21477706', '8.0.3': '24022510',
};

/** What the server says of itself. */
export function aboutInfo(product: Product, random: Random, { apiVersion }: AboutOptions): AboutInfo {
  const version = releaseOf(apiVersion);
  const build = BUILDS[version] ?? BUILDS[version.replace(/\.0$/, '')] ?? BUILDS['8.0.3']!;
  const name = product === 'vcenter' ? 'VMware vCenter Server' : 'VMware ESXi';
  const licenseProductVersion = `${version.split('.')[0]!}.0`;
  const common = { _type: 'AboutInfo', name, fullName: `${name} ${version} build-${build}`, vendor: 'VMware, Inc.', version, build, localeVersion: 'INTL', localeBuild: '000', apiVersion };
  if (product === 'esxi') {
    return { ...common, osType: 'vmnix-x86', productLineId: 'embeddedEsx', apiType: 'HostAgent', licenseProductName: 'VMware ESX Server', licenseProductVersion };
  }
  return { ...common, osType: 'linux-x64', productLineId: 'vpx', apiType: 'VirtualCenter', instanceUuid: random.uuid(), licenseProductName: 'VMware VirtualCenter Server', licenseProductVersion };
}

/** '8.0.3.0' → '8.0.3', '6.0' → '6.0.0': the product release that introduced an API version. */
function releaseOf(apiVersion: string): string {
  const [major = '0', minor = '0', update = '0'] = apiVersion.split('.');
  return `${major}.${minor}.${update}`;
}

/** Creates the ServiceInstance and every service manager; objects that exist already (the root folder) stay. */
export function createServiceObjects(sim: Simulation, tx: Transaction): void {
  const content: ServiceContent = { _type: 'ServiceContent', about: sim.about, ...sim.wellKnown } as ServiceContent;
  for (const [field, ref] of Object.entries(sim.wellKnown)) {
    if (field !== 'rootFolder') tx.create(ref.type, ref.value, serviceProps(sim, ref.type));
  }
  createLicenseAssignments(sim, tx);
  createVslmObjects(sim, tx);
  createPbmObjects(sim, tx);
  createCnsObjects(sim, tx);
  createGuestManagers(tx, sim.product);
  createDefaultAlarms(sim, tx);
  tx.create('ServiceInstance', 'ServiceInstance', serviceInstanceProps(sim.clock, sim.product, content));
}

/** `serverClock` is the time at the moment of reading, so it is an accessor: no stored copy could stay true. */
function serviceInstanceProps(clock: Clock, product: Product, content: ServiceContent) {
  const vcenter = product === 'vcenter';
  const capability = {
    _type: 'Capability', provisioningSupported: vcenter, multiHostSupported: vcenter, userShellAccessSupported: !vcenter,
    networkBackupAndRestoreSupported: vcenter, ftDrsWithoutEvcSupported: vcenter, hciWorkflowSupported: false,
  };
  return {
    get serverClock() {
      return clock.now();
    },
    capability,
    content,
  };
}
