// The manager objects of a host (networkSystem, firewallSystem …). They own the settings; HostSystem.config follows them
// by a rule, so the two cannot differ.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Rule } from '../../store/derive.ts';
import type { Transaction } from '../../store/transaction.ts';
import { ADVANCED_OPTIONS, OPTION_DEFINITIONS } from './advanced-options.ts';
import { AUTO_START, DATE_TIME, POWER_POLICIES } from './defaults.ts';
import { FIREWALL } from './firewall-rulesets.ts';
import { AUTHENTICATION } from './host-directory.ts';
import { certificateInfo } from './host-certificate-manager.ts';
import { storageFollowsDatastores } from './host-disks.ts';
import { networkConfig } from './host-network.ts';
import { SERVICES } from './host-service-system.ts';
import { nicManagerInfo, SELECTED, vmotionOf } from './host-virtual-nic-manager.ts';
import { freshNetwork, NET_CAPABILITIES, type Addresses } from './network-config.ts';

const DATASTORE_CAPABILITIES = {
  nfsMountCreationRequired: true, nfsMountCreationSupported: true, localDatastoreSupported: true, vmfsExtentExpansionSupported: true,
};

/** What a new host's managers are made from. */
export interface Fresh extends Addresses {
  readonly certificate: string;
  readonly now: Date;
  readonly memorySize: number;
}

interface Manager {
  /** Field of HostConfigManager. */
  readonly field: string;
  readonly type: string;
  /** Id on ESXi, and the part before '-<host number>' on vCenter. */
  readonly esxi: string;
  readonly vcenter: string;
  props(fresh: Fresh): Props;
}

const plainManager = (field: string, type: string, esxi: string, props: (fresh: Fresh) => Props = () => ({})): Manager =>
  ({ field, type, esxi, vcenter: field, props });

const memoryReservation = (memorySize: number) => ({
  virtualMachineMin: 0, virtualMachineMax: memorySize, virtualMachineReserved: Math.floor(memorySize * 0.96), allocationPolicy: 'swapSome',
});

const NO_DIMMS = { summary: { numDimms: 0, healthStatus: 'normal', totalCapacity: 0, persistentCapacity: 0, blockCapacity: 0, availableCapacity: 0, numInterleavesets: 0, numNamespaces: 0 } };

const MANAGERS: readonly Manager[] = [
  plainManager('networkSystem', 'HostNetworkSystem', 'networkSystem', (fresh) => {
    const networkInfo = freshNetwork(fresh);
    return {
      capabilities: NET_CAPABILITIES, networkInfo, dnsConfig: networkInfo.dnsConfig, ipRouteConfig: networkInfo.ipRouteConfig, networkConfig: networkConfig(networkInfo),
      offloadCapabilities: { csumOffload: true, tcpSegmentation: true, zeroCopyXmit: true },
    };
  }),
  plainManager('virtualNicManager', 'HostVirtualNicManager', 'ha-vnic-mgr', (fresh) => ({ info: nicManagerInfo(freshNetwork(fresh).vnic!, SELECTED), _selected: SELECTED })),
  plainManager('vmotionSystem', 'HostVMotionSystem', 'ha-vmotion-system', (fresh) => vmotionOf(nicManagerInfo(freshNetwork(fresh).vnic!, SELECTED)) as unknown as Props),
  plainManager('firewallSystem', 'HostFirewallSystem', 'firewallSystem', () => ({ firewallInfo: FIREWALL })),
  plainManager('datastoreSystem', 'HostDatastoreSystem', 'ha-datastoresystem', () => ({ datastore: [], capabilities: DATASTORE_CAPABILITIES })),
  // Disks and volumes are filled by storageFollowsDatastores.
  plainManager('storageSystem', 'HostStorageSystem', 'storageSystem', () => ({ storageDeviceInfo: { softwareInternetScsiEnabled: false }, fileSystemVolumeInfo: {}, systemFile: [] })),
  {
    field: 'advancedOption', type: 'OptionManager', esxi: 'ha-adv-options', vcenter: 'EsxHostAdvSettings',
    props: () => ({ supportedOption: OPTION_DEFINITIONS, setting: ADVANCED_OPTIONS }),
  },
  plainManager('serviceSystem', 'HostServiceSystem', 'serviceSystem', () => ({ serviceInfo: { service: SERVICES } })),
  plainManager('dateTimeSystem', 'HostDateTimeSystem', 'dateTimeSystem', () => ({ dateTimeInfo: DATE_TIME })),
  plainManager('powerSystem', 'HostPowerSystem', 'powerSystem', () => ({ capability: { availablePolicy: POWER_POLICIES }, info: { currentPolicy: POWER_POLICIES[1] } })),
  plainManager('autoStartManager', 'HostAutoStartManager', 'ha-autostart-mgr', () => ({ config: AUTO_START })),
  plainManager('cpuScheduler', 'HostCpuSchedulerSystem', 'cpuSchedulerSystem', () => ({
    hyperthreadInfo: { available: true, active: true, config: true }, cpuSchedulerInfo: { policy: 'systemDefault' },
  })),
  plainManager('memoryManager', 'HostMemorySystem', 'memoryManagerSystem', ({ memorySize }) => ({ virtualMachineReservationInfo: memoryReservation(memorySize) })),
  plainManager('hostAccessManager', 'HostAccessManager', 'ha-host-access-manager', () => ({ lockdownMode: 'lockdownDisabled' })),
  plainManager('imageConfigManager', 'HostImageConfigManager', 'ha-image-configuration-manager', ({ now }) => ({ _installed: now })),
  plainManager('patchManager', 'HostPatchManager', 'ha-host-patch-manager'),
  plainManager('certificateManager', 'HostCertificateManager', 'ha-certificate-manager', ({ certificate, now }) => ({ certificateInfo: certificateInfo(certificate, now) })),
  plainManager('diagnosticSystem', 'HostDiagnosticSystem', 'diagnosticsystem'),
  plainManager('snmpSystem', 'HostSnmpSystem', 'ha-snmp-agent', () => ({
    configuration: { enabled: false, port: 161, readOnlyCommunities: [], trapTargets: [], option: [] },
    limits: { maxReadOnlyCommunities: 10, maxTrapDestinations: 3, maxCommunityLength: 64, maxBufferSize: 65_535, capability: 'COMPLETE' },
  })),
  plainManager('bootDeviceSystem', 'HostBootDeviceSystem', 'ha-boot-device-system'),
  plainManager('firmwareSystem', 'HostFirmwareSystem', 'ha-firmwareSystem'),
  plainManager('healthStatusSystem', 'HostHealthStatusSystem', 'healthStatusSystem', () => ({ runtime: { systemHealthInfo: { numericSensorInfo: [] } } })),
  plainManager('pciPassthruSystem', 'HostPciPassthruSystem', 'ha-pcipassthrusystem', () => ({ pciPassthruInfo: [] })),
  plainManager('kernelModuleSystem', 'HostKernelModuleSystem', 'ha-kernelmodulesystem'),
  plainManager('cacheConfigurationManager', 'HostCacheConfigurationManager', 'ha-cache-configuration-manager', () => ({ cacheConfigurationInfo: [] })),
  plainManager('esxAgentHostManager', 'HostEsxAgentHostManager', 'ha-ESXAgentHostManager', () => ({ configInfo: {} })),
  plainManager('iscsiManager', 'IscsiManager', 'iscsiManager'),
  plainManager('vFlashManager', 'HostVFlashManager', 'ha-vflash-manager', () => ({ vFlashConfigInfo: {} })),
  plainManager('vsanSystem', 'HostVsanSystem', 'ha-vsan', () => ({ config: { enabled: false, networkInfo: { port: [] } } })),
  plainManager('vsanInternalSystem', 'HostVsanInternalSystem', 'ha-vsan-internal-system'),
  plainManager('graphicsManager', 'HostGraphicsManager', 'ha-graphics-manager', () => ({
    graphicsInfo: [], graphicsConfig: { hostDefaultGraphicsType: 'shared', sharedPassthruAssignmentPolicy: 'performance', deviceType: [] },
    sharedPassthruGpuTypes: [], sharedGpuCapabilities: [],
  })),
  plainManager('nvdimmSystem', 'HostNvdimmSystem', 'ha-nvdimm-system', () => ({ nvdimmSystemInfo: NO_DIMMS })),
  plainManager('assignableHardwareManager', 'HostAssignableHardwareManager', 'ha-assignable-hardware-manager', () => ({ binding: [], config: { attributeOverride: [] } })),
  plainManager('authenticationManager', 'HostAuthenticationManager', 'ha-auth-manager', () => ({ info: AUTHENTICATION })),
  plainManager('messageBusProxy', 'MessageBusProxy', 'messageBusProxy'),
  plainManager('accountManager', 'HostLocalAccountManager', 'ha-localacctmgr'),
];

/** The way to the host's command line: found through methods of the host, not through its configManager. */
const COMMAND_LINE = [
  ['_executer', 'ReflectManagedMethodExecuter', 'ha-managed-method-executer', 'ManagedMethodExecuter'],
  ['_typeManager', 'InternalDynamicTypeManager', 'ha-dynamic-type-manager', 'DynamicTypeManager'],
] as const;

/** Where a host looks up users: named by its HostAuthenticationManager. */
const AUTHENTICATION_STORES = [
  ['HostActiveDirectoryAuthentication', 'ha-ad-auth', 'activeDirectoryAuthentication', 1], ['HostLocalAuthentication', 'ha-local-auth', 'localAuthentication', 0],
] as const;

type References = Readonly<Record<string, ManagedObjectReference>>;

/** Creates the managers of a host; gives HostSystem.configManager and the internal references beside it. */
export function createManagers(
  sim: Simulation, tx: Transaction, host: ManagedObjectReference, fresh: Fresh,
): { readonly configManager: References; readonly commandLine: References } {
  const esxiHost = sim.product === 'esxi';
  const number = host.value.slice(host.value.lastIndexOf('-') + 1);
  const idOf = (esxi: string, vcenter: string): string => (esxiHost ? esxi : `${vcenter}-${number}`);
  const configManager: Record<string, ManagedObjectReference> = {};
  for (const { field, type, esxi, vcenter, props } of MANAGERS) {
    const ref = { type, value: idOf(esxi, vcenter) };
    // A standalone host shows some of them in its ServiceContent too.
    configManager[field] = tx.has(ref) ? ref : tx.create(type, ref.value, { ...props(fresh), _host: host });
  }
  if (esxiHost) for (const field of ['licenseManager', 'userDirectory'] as const) if (sim.wellKnown[field]) configManager[field] = sim.wellKnown[field];
  const supportedStore = AUTHENTICATION_STORES.map(([type, esxi, vcenter, config]) => tx.create(type, idOf(esxi, vcenter), { _host: host, info: AUTHENTICATION.authConfig[config] }));
  tx.set(configManager['authenticationManager']!, 'supportedStore', supportedStore);
  const commandLine = Object.fromEntries(COMMAND_LINE.map(([field, type, esxi, vcenter]) => [field, tx.create(type, idOf(esxi, vcenter), { _host: host })]));
  return { configManager, commandLine };
}

/** [field of HostConfigInfo, field of HostConfigManager, property of the manager] */
const CONFIG_PARTS: readonly (readonly [config: string, manager: string, property: string])[] = [
  ['network', 'networkSystem', 'networkInfo'],
  ['capabilities', 'networkSystem', 'capabilities'],
  ['offloadCapabilities', 'networkSystem', 'offloadCapabilities'],
  ['virtualNicManagerInfo', 'virtualNicManager', 'info'],
  ['firewall', 'firewallSystem', 'firewallInfo'],
  ['datastoreCapabilities', 'datastoreSystem', 'capabilities'],
  ['storageDevice', 'storageSystem', 'storageDeviceInfo'],
  ['fileSystemVolume', 'storageSystem', 'fileSystemVolumeInfo'],
  ['option', 'advancedOption', 'setting'],
  ['optionDef', 'advancedOption', 'supportedOption'],
  ['service', 'serviceSystem', 'serviceInfo'],
  ['dateTimeInfo', 'dateTimeSystem', 'dateTimeInfo'],
  ['powerSystemCapability', 'powerSystem', 'capability'],
  ['powerSystemInfo', 'powerSystem', 'info'],
  ['autoStart', 'autoStartManager', 'config'],
  ['hyperThread', 'cpuScheduler', 'hyperthreadInfo'],
  ['lockdownMode', 'hostAccessManager', 'lockdownMode'],
  ['vmotion', 'vmotionSystem', '_vmotion'],
  ['cpuScheduler', 'cpuScheduler', 'cpuSchedulerInfo'],
  ['virtualMachineReservation', 'memoryManager', 'virtualMachineReservationInfo'],
  ['activeDiagnosticPartition', 'diagnosticSystem', 'activePartition'],
  ['pciPassthruInfo', 'pciPassthruSystem', 'pciPassthruInfo'],
  ['cacheConfigurationInfo', 'cacheConfigurationManager', 'cacheConfigurationInfo'],
  ['vFlashConfigInfo', 'vFlashManager', 'vFlashConfigInfo'],
  ['vsanHostConfig', 'vsanSystem', 'config'],
  ['graphicsInfo', 'graphicsManager', 'graphicsInfo'],
  ['graphicsConfig', 'graphicsManager', 'graphicsConfig'],
  ['sharedPassthruGpuTypes', 'graphicsManager', 'sharedPassthruGpuTypes'],
  ['sharedGpuCapabilities', 'graphicsManager', 'sharedGpuCapabilities'],
  ['authenticationManagerInfo', 'authenticationManager', 'info'],
  ['assignableHardwareBinding', 'assignableHardwareManager', 'binding'],
  ['assignableHardwareConfig', 'assignableHardwareManager', 'config'],
];

/** What the managers of a host must hold for it to have that config: by field of HostConfigManager. */
export function managerPartsOf(config: Props): Readonly<Record<string, Props>> {
  const parts: Record<string, Record<string, unknown>> = {};
  for (const [part, field, property] of CONFIG_PARTS) if (config[part] !== undefined) (parts[field] ??= {})[property] = config[part];
  return parts;
}

/** HostSystem.config is put together from what the managers hold. */
export const configFollowsManagers: Rule = {
  type: 'HostSystem',
  inputs: ['configManager'],
  watch: [...new Set(MANAGERS.map((m) => m.type))].map((type) => ({
    type,
    path: '_host',
    inputs: CONFIG_PARTS.filter(([, field]) => MANAGERS.find((m) => m.field === field)!.type === type).map(([, , property]) => property),
  })),
  derive(props, read) {
    const old = props['config'] as Props;
    const managers = props['configManager'] as Readonly<Record<string, ManagedObjectReference>>;
    const config: Record<string, unknown> = { ...old };
    for (const [part, field, property] of CONFIG_PARTS) {
      const manager = managers[field] === undefined ? undefined : read(managers[field]);
      if (manager !== undefined) config[part] = manager[property];
    }
    config['adminDisabled'] = config['lockdownMode'] !== 'lockdownDisabled';
    const same = Object.keys(config).every((key) => config[key] === old[key]);
    return same ? undefined : { config };
  },
};

type Refs = readonly ManagedObjectReference[];
const NONE: Refs = [];

const sameItems = (a: Refs, b: Refs): boolean => a.length === b.length && a.every((ref, i) => ref.value === b[i]!.value);

/** A list property that copies HostSystem.datastore. */
const datastoresOfHost = (type: string, path: string): Rule => ({
  type,
  inputs: ['_host'],
  watch: [{ type: 'HostSystem', path, inputs: ['datastore'] }],
  derive(props, read) {
    const host = props['_host'] as ManagedObjectReference | undefined;
    if (host === undefined) return undefined;
    const datastore = (read(host)?.['datastore'] ?? NONE) as Refs;
    return sameItems((props['datastore'] ?? NONE) as Refs, datastore) ? undefined : { datastore };
  },
});

/** What the managers and the browser of a host know of its datastores. */
export const datastoreRules: readonly Rule[] = [
  datastoresOfHost('HostDatastoreSystem', 'configManager.datastoreSystem'),
  datastoresOfHost('HostDatastoreBrowser', 'datastoreBrowser'),
  storageFollowsDatastores,
];
