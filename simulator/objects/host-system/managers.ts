// The manager objects of a host (networkSystem, firewallSystem …). They own the settings; HostSystem.config follows them
// by a rule, so the two cannot differ.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Rule } from '../../store/derive.ts';
import type { Transaction } from '../../store/transaction.ts';
import { ADVANCED_OPTIONS, AUTO_START, DATE_TIME, FIREWALL, OPTION_DEFINITIONS, POWER_POLICIES, SERVICES } from './defaults.ts';
import { storageFollowsDatastores } from './host-disks.ts';
import { freshNetwork, NET_CAPABILITIES, type Addresses } from './network-config.ts';

const DATASTORE_CAPABILITIES = {
  nfsMountCreationRequired: true, nfsMountCreationSupported: true, localDatastoreSupported: true, vmfsExtentExpansionSupported: true,
};

const NIC_TYPES = ['vmotion', 'faultToleranceLogging', 'management', 'vSphereReplication', 'vSphereProvisioning', 'vsan'] as const;

interface Manager {
  /** Field of HostConfigManager. */
  readonly field: string;
  readonly type: string;
  /** Id on ESXi, and the part before '-<host number>' on vCenter. */
  readonly esxi: string;
  readonly vcenter: string;
  props(addresses: Addresses): Props;
}

const MANAGERS: readonly Manager[] = [
  {
    field: 'networkSystem', type: 'HostNetworkSystem', esxi: 'networkSystem', vcenter: 'networkSystem',
    props: (addresses) => {
      const networkInfo = freshNetwork(addresses);
      return {
        capabilities: NET_CAPABILITIES, networkInfo, dnsConfig: networkInfo.dnsConfig, ipRouteConfig: networkInfo.ipRouteConfig,
        offloadCapabilities: { csumOffload: true, tcpSegmentation: true, zeroCopyXmit: true },
      };
    },
  },
  {
    field: 'virtualNicManager', type: 'HostVirtualNicManager', esxi: 'ha-vnic-mgr', vcenter: 'virtualNicManager',
    props: (addresses) => {
      const candidateVnic = freshNetwork(addresses).vnic!;
      return {
        info: {
          netConfig: NIC_TYPES.map((nicType) => ({
            nicType, multiSelectAllowed: true, candidateVnic,
            selectedVnic: nicType === 'management' || nicType === 'vmotion' ? candidateVnic.map((v) => `VirtualNicManager.${nicType}.${v.key}`) : [],
          })),
        },
      };
    },
  },
  { field: 'firewallSystem', type: 'HostFirewallSystem', esxi: 'firewallSystem', vcenter: 'firewallSystem', props: () => ({ firewallInfo: FIREWALL }) },
  {
    field: 'datastoreSystem', type: 'HostDatastoreSystem', esxi: 'ha-datastoresystem', vcenter: 'datastoreSystem',
    props: () => ({ datastore: [], capabilities: DATASTORE_CAPABILITIES }),
  },
  {
    field: 'storageSystem', type: 'HostStorageSystem', esxi: 'storageSystem', vcenter: 'storageSystem',
    // Disks and volumes are filled by storageFollowsDatastores.
    props: () => ({ storageDeviceInfo: { softwareInternetScsiEnabled: false }, fileSystemVolumeInfo: {}, systemFile: [] }),
  },
  {
    field: 'advancedOption', type: 'OptionManager', esxi: 'ha-adv-options', vcenter: 'EsxHostAdvSettings',
    props: () => ({ supportedOption: OPTION_DEFINITIONS, setting: ADVANCED_OPTIONS }),
  },
  { field: 'serviceSystem', type: 'HostServiceSystem', esxi: 'serviceSystem', vcenter: 'serviceSystem', props: () => ({ serviceInfo: { service: SERVICES } }) },
  { field: 'dateTimeSystem', type: 'HostDateTimeSystem', esxi: 'dateTimeSystem', vcenter: 'dateTimeSystem', props: () => ({ dateTimeInfo: DATE_TIME }) },
  {
    field: 'powerSystem', type: 'HostPowerSystem', esxi: 'powerSystem', vcenter: 'powerSystem',
    props: () => ({ capability: { availablePolicy: POWER_POLICIES }, info: { currentPolicy: POWER_POLICIES[1] } }),
  },
  { field: 'autoStartManager', type: 'HostAutoStartManager', esxi: 'ha-autostart-mgr', vcenter: 'autoStartManager', props: () => ({ config: AUTO_START }) },
  { field: 'vmotionSystem', type: 'HostVMotionSystem', esxi: 'ha-vmotion-system', vcenter: 'vmotionSystem', props: ({ ip }) => ({ ipConfig: { dhcp: false, ipAddress: ip, subnetMask: '255.255.0.0' } }) },
  {
    field: 'cpuScheduler', type: 'HostCpuSchedulerSystem', esxi: 'cpuSchedulerSystem', vcenter: 'cpuSchedulerSystem',
    props: () => ({ hyperthreadInfo: { available: true, active: true, config: true } }),
  },
  { field: 'hostAccessManager', type: 'HostAccessManager', esxi: 'hostAccessManager', vcenter: 'hostAccessManager', props: () => ({ lockdownMode: 'lockdownDisabled' }) },
  { field: 'imageConfigManager', type: 'HostImageConfigManager', esxi: 'ha-image-configuration-manager', vcenter: 'imageConfigManager', props: () => ({}) },
];

/** Creates the managers of a host; gives HostSystem.configManager. */
export function createManagers(
  sim: Simulation, tx: Transaction, host: ManagedObjectReference, addresses: Addresses,
): Readonly<Record<string, ManagedObjectReference>> {
  const number = host.value.slice(host.value.lastIndexOf('-') + 1);
  return Object.fromEntries(MANAGERS.map(({ field, type, esxi, vcenter, props }) => {
    const id = sim.product === 'esxi' ? esxi : `${vcenter}-${number}`;
    return [field, tx.create(type, id, { ...props(addresses), _host: host })];
  }));
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
];

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
