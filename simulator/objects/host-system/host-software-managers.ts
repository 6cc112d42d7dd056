// The managers of a host's software: kernel modules, installed packages, SNMP agent, health and the rest.
import { fault, type HostSnmpConfigSpec, type KernelModuleInfo, type ManagedObjectReference, type SoftwarePackage } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { hash } from '../../runtime/random.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { esxAbout } from './defaults.ts';

type Ref = ManagedObjectReference;

const refused = (why: string) => fault('HostConfigFault', {}, `An error occurred during host configuration: ${why}`);

// Kernel modules

const MODULES = ['vmkernel', 'chardevs', 'user', 'procfs', 'lfHelper', 'vsanapi', 'vsanbase', 'vprobe', 'vmkapi_mgmt', 'procMisc', 'dm', 'nmp',
  'vmkata', 'scsi', 'etherswitch', 'portcfg', 'vmkibft', 'vmkfs', 'random', 'iodm', 'ipmi', 'nvmxnet3', 'pvscsi', 'vmci', 'vmfs3', 'nfsclient', 'nfs41client', 'migrate', 'vfat', 'hbr_filter', 'tcpip4', 'dvfilter', 'esxfw', 'lsi_mr3', 'iscsi_vmk', 'vsan'];

const section = (address: number, length: number) => ({ address, length });

function moduleInfo(name: string, id: number, optionString: string): KernelModuleInfo {
  const base = 0x4180_0000_0000 + id * 0x10_0000;
  const size = 4096 * (1 + (hash(name) % 200));
  return {
    id, name, version: '1.0', filename: name === 'vmkernel' ? '/bin/vmkernel' : `/usr/lib/vmware/vmkmod/${name}`, optionString, loaded: true, enabled: true,
    useCount: 1 + (hash(name) % 7), readOnlySection: section(base, size), writableSection: section(base + size, 4096), textSection: section(base, size),
    dataSection: section(base + size, 4096), bssSection: section(base + size + 4096, 4096),
  };
}

const optionsOf = (props: Props): Readonly<Record<string, string>> => (props['_options'] as Readonly<Record<string, string>> | undefined) ?? {};

function mustBeModule(name: string): void {
  if (!MODULES.includes(name)) throw fault('NotFound', {}, `There is no kernel module '${name}' on this host.`);
}

export const hostKernelModuleSystem = define('HostKernelModuleSystem', {
  // A module reads its options when it is loaded: what is configured now counts after the next boot.
  QueryModules: { query: ({ self }) => MODULES.map((name, id) => moduleInfo(name, id, ((self.props['_loaded'] ?? {}) as Record<string, string>)[name] ?? '')) },
  UpdateModuleOptionString({ tx, self }, { name, options }) {
    mustBeModule(name);
    tx.set(self.ref, '_options', { ...optionsOf(self.props), [name]: options });
  },
  QueryConfiguredModuleOptionString: {
    query({ self }, { name }) {
      mustBeModule(name);
      return optionsOf(self.props)[name] ?? '';
    },
  },
});

// Packages

const ACCEPTANCE = ['vmware_certified', 'vmware_accepted', 'partner', 'community'];
const PACKAGES = ['esx-base', 'esx-ui', 'esx-update', 'esxio-base', 'cpu-microcode', 'bmcal', 'crx', 'esx-dvfilter-generic-fastpath', 'esx-xserver', 'gc', 'loadesx',
  'native-misc-drivers', 'nvmxnet3', 'pvscsi', 'lsi-mr3', 'lsi-msgpt3', 'ne1000', 'igbn', 'ixgben', 'i40en', 'nvme-pcie', 'nvmetcp', 'vmkata', 'vmkusb', 'vmw-ahci', 'tools-light', 'trx', 'vdfs', 'vsan', 'vsanhealth', 'qlnativefc', 'elxnet', 'lpfc', 'brcmfcoe', 'bnxtnet', 'ntg3'];
const OF_THE_SYSTEM = new Set(['esx-base', 'esx-update', 'esx-ui', 'esxio-base', 'bmcal', 'crx', 'gc', 'loadesx', 'native-misc-drivers', 'trx', 'vdfs', 'vsan', 'vsanhealth', 'esx-dvfilter-generic-fastpath', 'esx-xserver', 'cpu-microcode']);
const RELEASED = new Date(Date.UTC(2024, 5, 11));

/** What is installed on a host with that image manager: packages of the system have its version, drivers their own. */
export function softwarePackages(sim: Simulation, image: Props): readonly SoftwarePackage[] {
  const { version, build } = esxAbout(sim.about);
  const removed = (image['_removed'] ?? []) as readonly string[];
  return PACKAGES.filter((name) => !removed.includes(name)).map((name) => ({
    name, version: OF_THE_SYSTEM.has(name) ? `${version}-0.0.${build}` : `${1 + (hash(name) % 5)}.${hash(name) % 20}.${hash(name) % 9}-1vmw.${version.replaceAll('.', '')}.0.0.${build}`,
    type: 'bootbank', vendor: name === 'tools-light' || OF_THE_SYSTEM.has(name) ? 'VMware' : 'VMW', acceptanceLevel: 'vmware_certified', summary: `${name} for ESXi`,
    description: `${name} for ESXi`, creationDate: RELEASED, maintenanceModeRequired: true, capability: { liveInstallAllowed: false, liveRemoveAllowed: false, statelessReady: true, overlay: false },
    tag: OF_THE_SYSTEM.has(name) ? [] : ['driver'], payload: [name.slice(0, 8)],
  }));
}

export const acceptanceOf = (props: Props): string => (props['_acceptance'] as string | undefined) ?? 'partner';
export const installedOn = (props: Props): Date => props['_installed'] as Date;

/** Name of the image a host was installed from. */
export const imageProfile = (sim: Simulation): string => {
  const { version, build } = esxAbout(sim.about);
  return `ESXi-${version}-${build}-standard`;
};

export const hostImageConfigManager = define('HostImageConfigManager', {
  HostImageConfigGetAcceptance: { query: ({ self }) => acceptanceOf(self.props) },
  HostImageConfigGetProfile: { query: ({ sim }) => ({ name: imageProfile(sim), vendor: 'VMware, Inc.' }) },
  UpdateHostImageAcceptanceLevel({ tx, self }, { newAcceptanceLevel }) {
    if (!ACCEPTANCE.includes(newAcceptanceLevel)) throw refused(`the acceptance level '${newAcceptanceLevel}' is not known; use one of ${ACCEPTANCE.join(', ')}.`);
    tx.set(self.ref, '_acceptance', newAcceptanceLevel);
  },
  fetchSoftwarePackages: { query: ({ sim, self }) => softwarePackages(sim, self.props) },
  installDate: { query: ({ self }) => installedOn(self.props) },
});

const imageOf = (tx: Transaction, patches: Ref): Props => tx.find(tx.get(tx.get(patches, '_host') as Ref, 'configManager.imageConfigManager') as Ref) ?? {};

const noDepot = () => fault('PlatformConfigFault', { text: 'No depot can be reached.' }, 'A simulated host cannot reach a depot of patches.');

export const hostPatchManager = define('HostPatchManager', {
  CheckHostPatch_Task: { task() { throw noDepot(); } },
  ScanHostPatch_Task: { task() { throw noDepot(); } },
  ScanHostPatchV2_Task: { task() { throw noDepot(); } },
  StageHostPatch_Task: { task() { throw noDepot(); } },
  InstallHostPatchV2_Task: { task() { throw noDepot(); } },
  InstallHostPatch_Task: { task() { throw fault('PatchMetadataInvalid', { patchID: '' }, 'A simulated host cannot reach a depot of patches.'); } },
  QueryHostPatch_Task: {
    entity: ({ self }) => self.props['_host'] as Ref,
    task: ({ sim, tx, self }) => ({
      version: esxAbout(sim.about).version,
      status: softwarePackages(sim, imageOf(tx, self.ref)).map(({ name, version }) => ({
        id: `${name}_${version}`, applicable: true, installed: true, installState: ['hostRestarted', 'imageActive'], restartRequired: false, reconnectRequired: false, vmOffRequired: false,
      })),
    }),
  },
  UninstallHostPatch_Task: {
    entity: ({ self }) => self.props['_host'] as Ref,
    task({ sim, tx, self }, { bulletinIds = [] }) {
      const host = tx.get(self.ref, '_host') as Ref;
      if (tx.get(host, 'runtime.inMaintenanceMode') !== true) throw fault('InvalidState', {}, 'The operation is not allowed in the current state: the host is not in maintenance mode.');
      const installed = softwarePackages(sim, imageOf(tx, self.ref));
      const gone = bulletinIds.map((id) => {
        const found = installed.find(({ name, version }) => name === id || `${name}_${version}` === id);
        if (!found) throw fault('PlatformConfigFault', { text: `${id} is not installed.` }, `${id} is not installed on this host.`);
        if (OF_THE_SYSTEM.has(found.name)) throw fault('PlatformConfigFault', { text: `${id} is part of the system.` }, `${id} is part of the system and cannot be removed.`);
        return found;
      });
      const image = tx.get(host, 'configManager.imageConfigManager') as Ref;
      tx.set(image, '_removed', [...((tx.get(image, '_removed') ?? []) as readonly string[]), ...gone.map(({ name }) => name)]);
      tx.set(host, 'summary', { ...(tx.get(host, 'summary') as object), rebootRequired: gone.length > 0 });
      return {
        version: esxAbout(sim.about).version,
        status: gone.map(({ name, version }) => ({ id: `${name}_${version}`, applicable: true, installed: false, restartRequired: true, reconnectRequired: false, vmOffRequired: false })),
      };
    },
  },
});

// Agents and health

export const hostSnmpSystem = define('HostSnmpSystem', {
  ReconfigureSnmpAgent({ tx, self }, { spec }) {
    const old = tx.get(self.ref, 'configuration') as HostSnmpConfigSpec;
    const wrong = (field: string, why: string) => fault('InvalidArgument', { invalidProperty: `spec.${field}` }, why);
    if (spec.port !== undefined && (spec.port < 0 || spec.port > 65535)) throw wrong('port', `The port is ${spec.port}; it goes from 0 to 65535.`);
    if ((spec.readOnlyCommunities?.length ?? 0) > 10) throw fault('InsufficientResourcesFault', {}, `There are ${spec.readOnlyCommunities!.length} communities; 10 are allowed.`);
    if ((spec.trapTargets?.length ?? 0) > 3) throw fault('InsufficientResourcesFault', {}, `There are ${spec.trapTargets!.length} trap targets; 3 are allowed.`);
    const enabled = spec.enabled ?? old.enabled;
    if (enabled && !(spec.readOnlyCommunities ?? old.readOnlyCommunities)?.length) throw wrong('readOnlyCommunities', 'The agent needs a community before it can be enabled.');
    tx.set(self.ref, 'configuration', { ...old, ...spec });
  },
  SendTestNotification({ self }) {
    const { enabled, trapTargets } = self.props['configuration'] as HostSnmpConfigSpec;
    if (!enabled || !trapTargets?.length) throw fault('NotFound', {}, 'The SNMP agent is not enabled, or has no trap targets.');
  },
});

export const hostHealthStatusSystem = define('HostHealthStatusSystem', {
  RefreshHealthStatusSystem() {},
  ResetSystemHealthInfo() {},
  ClearSystemEventLog({ sim, tx, self }) {
    tx.set(self.ref, '_cleared', sim.clock.now());
  },
  FetchSystemEventLog: {
    query({ sim, self }) {
      const bootTime = (sim.store.get(self.props['_host'] as Ref)!.props['runtime'] as { bootTime?: Date }).bootTime!;
      const cleared = self.props['_cleared'] as Date | undefined;
      const entries = [{ at: bootTime, message: 'Assert + System Event Timestamp Clock Sync' }, { at: bootTime, message: 'Assert + OEM System Boot Event' }]
        .filter(({ at }) => cleared === undefined || at > cleared);
      return entries.map(({ at, message }, i) => ({ recordId: i + 1, when: at.toISOString(), selType: 2, message, sensorNumber: 0 }));
    },
  },
});

export const hostEsxAgentHostManager = define('HostEsxAgentHostManager', {
  EsxAgentHostManagerUpdateConfig({ tx, self }, { configInfo }) {
    const host = tx.get(self.ref, '_host') as Ref;
    for (const [field, wanted, path] of [['agentVmDatastore', configInfo.agentVmDatastore, 'datastore'], ['agentVmNetwork', configInfo.agentVmNetwork, 'network']] as const) {
      if (wanted && !(tx.get(host, path) as readonly Ref[]).some((ref) => ref.value === wanted.value)) throw refused(`${field}: '${String(tx.get(wanted, 'name'))}' is not connected to this host.`);
    }
    tx.set(self.ref, 'configInfo', configInfo);
    const { agentVmDatastore, agentVmNetwork } = configInfo;
    tx.set(host, 'summary.config', { ...(tx.get(host, 'summary.config') as object), agentVmDatastore, agentVmNetwork });
  },
});
