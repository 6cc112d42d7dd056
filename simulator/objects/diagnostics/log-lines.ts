// What vCenter and hosts write to their logs about an event, in the forms of their log files. Pure: the same history
// gives the same lines, so nothing has to be kept but the history.
import type { Event, ManagedObjectReference, TaskInfo } from '../../../core/vim25/index.ts';
import { categoryOfEvent } from '../../events/catalogue.ts';
import type { Entry } from '../../events/log.ts';
import { hash } from '../../runtime/random.ts';

/** Names and versions that stand in the first lines of a log. */
export interface Writer {
  /** 'VMware ESXi 8.0.3 build-24022510' */
  readonly product: string;
  readonly version: string;
  readonly build: string;
  readonly name: string;
  readonly since: Date;
}

/** One log file: its first lines, and what each event adds. */
export interface LogForm {
  begin(writer: Writer): readonly string[];
  lines(entry: Entry): readonly string[];
}

type Told = Event & { readonly _type?: string; readonly vm?: { readonly name: string; readonly vm: ManagedObjectReference }; readonly info?: TaskInfo };

const iso = (time: Date): string => time.toISOString();
const opId = (event: Event): string => hash(`op${event.chainId}`).toString(16).padStart(8, '0');
const oneLine = (text: string | undefined): string => (text ?? '').replace(/\s*\n\s*/g, ' ');

const originator = (time: Date, level: string, program: string, sub: string, text: string, more = ''): string =>
  `${iso(time)} ${level} ${program} [Originator@6876 sub=${sub}${more}] ${text}`;

/** Every log begins with who writes it. */
const section = (program: string) => ({ since, product, version, build }: Writer): string =>
  `${iso(since)} Section for ${product.replace(/ \d.*$/, '')}, pid=${program.replace(/\D/g, '')}, version=${version}, build=${build}, option=Release`;

const VPXD = 'vpxd[04521]';
const VPXD_PARTS = [
  'vpxdVdb', 'vpxdMoCluster', 'vpxdMoHost', 'vpxdMoVm', 'vpxdMoDatastore', 'vpxdMoNetwork', 'vpxdMoDvs', 'vpxdMoResourcePool', 'vpxdMoVApp',
  'vpxdMoFolder', 'vpxdMoDatacenter', 'vpxdMoEventManager', 'vpxdMoTaskManager', 'vpxdMoSessionManager', 'vpxdMoAuthorizationManager',
  'vpxdMoLicenseManager', 'vpxdMoExtensionManager', 'vpxdMoPerfManager', 'vpxdMoAlarmManager', 'vpxdMoScheduledTaskManager', 'vpxdMoOptionManager',
  'vpxdMoDiagnosticManager', 'vpxdMoCustomFieldsManager', 'vpxdMoCustomizationSpecManager', 'vpxdMoFileManager', 'vpxdMoVirtualDiskManager',
  'vpxdMoSearchIndex', 'vpxdMoViewManager', 'vpxdMoPropertyCollector', 'vpxdHeartbeat', 'vpxdDrmLogger', 'vpxdCertificate',
];

export const vpxdLog: LogForm = {
  begin: (writer) => [
    section(VPXD)(writer),
    originator(writer.since, 'info', VPXD, 'vpxdMain', `[Main] Starting ${writer.product}`),
    ...VPXD_PARTS.map((part) => originator(writer.since, 'info', VPXD, part, `[${part}] Initialized`)),
    originator(writer.since, 'info', VPXD, 'vpxdMain', '[Main] Service is ready'),
  ],
  lines({ event }) {
    const { _type = 'Event', key, createdTime, userName, datacenter, chainId, fullFormattedMessage, info } = event as Told;
    const op = ` opID=${opId(event)}`;
    const line = `Event [${key}] [1-1] [${iso(createdTime)}] [vim.event.${_type}] [${categoryOfEvent(event)}] [${userName}] [${datacenter?.name ?? ''}] [${chainId}] [${oneLine(fullFormattedMessage)}]`;
    const told = originator(createdTime, 'info', VPXD, 'vpxdMoEvent', line, op);
    if (_type !== 'TaskEvent' || info === undefined) return [told];
    return [originator(createdTime, 'info', VPXD, 'vpxLro', `[VpxLRO] -- BEGIN ${info.key} -- ${info.entity?.value ?? ''} -- vim.${info.descriptionId} -- ${userName}`, op), told];
  },
};

/** What somebody should look at. */
export const vpxdAlertLog: LogForm = {
  begin: (writer) => [section(VPXD)(writer), ...VPXD_PARTS.map((part) => originator(writer.since, 'info', VPXD, part, `[${part}] Alerts are written here`))],
  lines: (entry) => (/^(error|warning)$/.test(categoryOfEvent(entry.event)) ? vpxdLog.lines(entry).slice(-1) : []),
};

const HOSTD = 'hostd[2099152]';
const HOSTD_PLUGINS = [
  'hostsvc', 'vimsvc', 'vmsvc', 'solo', 'nfcsvc', 'ovfmgrsvc', 'partitionsvc', 'proxysvc', 'statssvc', 'supportsvc', 'vdisksvc', 'vsansvc', 'dvssvc', 'guestsvc',
  'healthsystem', 'hbrsvc', 'httpnfcsvc', 'iofiltersvc', 'licensesvc', 'lockdownsvc', 'netsvc', 'storagesvc', 'snmpsvc', 'ha', 'cimsvc', 'directorysvc',
  'diagsvc', 'firewallsvc', 'autostartsvc', 'certmgrsvc', 'dmssvc', 'swapsvc',
];
const POWER: Readonly<Record<string, string>> = {
  VmStartingEvent: 'VM_STATE_OFF -> VM_STATE_POWERING_ON', VmPoweredOnEvent: 'VM_STATE_POWERING_ON -> VM_STATE_ON', VmStoppingEvent: 'VM_STATE_ON -> VM_STATE_POWERING_OFF',
  VmPoweredOffEvent: 'VM_STATE_POWERING_OFF -> VM_STATE_OFF', VmSuspendingEvent: 'VM_STATE_ON -> VM_STATE_SUSPENDING', VmSuspendedEvent: 'VM_STATE_SUSPENDING -> VM_STATE_SUSPENDED',
  VmResumingEvent: 'VM_STATE_SUSPENDED -> VM_STATE_RESUMING', VmResettingEvent: 'VM_STATE_ON -> VM_STATE_RESETTING',
};

export const hostdLog: LogForm = {
  begin: (writer) => [
    section(HOSTD)(writer),
    originator(writer.since, 'info', HOSTD, 'Default', `Host name: ${writer.name}`),
    ...HOSTD_PLUGINS.map((plugin) => originator(writer.since, 'info', HOSTD, 'Default', `Plugin ${plugin} started`)),
    originator(writer.since, 'info', HOSTD, 'Default', 'BEGIN SERVICES'),
  ],
  lines({ event }) {
    const { _type = '', key, createdTime, userName, fullFormattedMessage, vm } = event as Told;
    const who = ` opID=${opId(event)}${userName === '' ? '' : ` user=${userName}`}`;
    const told = originator(createdTime, 'info', HOSTD, 'Vimsvc.ha-eventmgr', `Event ${key} : ${oneLine(fullFormattedMessage)}`, who);
    const power = POWER[_type];
    return power === undefined || vm === undefined ? [told] : [originator(createdTime, 'info', HOSTD, `Vmsvc.vm:${vm.name}`, `State Transition (${power})`, who), told];
  },
};

const MODULES = [
  'vmkapi_v2_8_0_0', 'procfs', 'vmkplexer', 'chardevs', 'user', 'vmkibft', 'iodm', 'dma_mapper_iommu', 'vmkeventd', 'vmci', 'hid', 'usb', 'pciPassthru', 'pvscsi', 'vmw_ahci', 'nmp',
  'vmw_satp_local', 'vmw_psp_fixed', 'vmw_psp_rr', 'vmw_satp_alua', 'vmxnet3', 'nvmxnet3', 'etherswitch', 'netsched_fifo', 'tcpip4', 'dvfilter', 'vmfs3', 'vmfs6', 'nfsclient', 'nfs41client',
  'vmkfbft', 'lvmdriver', 'deltadisk', 'vdfm', 'vprobe', 'migrate', 'cbt', 'svmmirror',
];

const vmkernel = (time: Date, world: number, text: string): string => `${iso(time)} cpu${world % 32}:${world})${text}`;

export const vmkernelLog: LogForm = {
  begin: (writer) => [
    vmkernel(writer.since, 2_097_152, `BIN: vmkernel build ${writer.build}, ${writer.product}`),
    ...MODULES.map((module, i) => vmkernel(writer.since, 2_097_153 + i, `Initialization of ${module} succeeded with module ID ${i + 1}.`)),
    vmkernel(writer.since, 2_097_200, 'VMKernel loaded successfully.'),
  ],
  lines({ event }) {
    const { _type, createdTime, vm } = event as Told;
    if (vm === undefined) return [];
    const world = 2_100_000 + (hash(vm.vm.value) % 90_000);
    if (_type === 'VmPoweredOnEvent') return [vmkernel(createdTime, world, `World: vm ${world}: 7077: Starting world vmm0:${vm.name} of type 8`), vmkernel(createdTime, world, `Sched: vm ${world}: 6377: Adding world 'vmm0:${vm.name}', group 'host/user', cpu: shares=-3 min=0 minLimit=-1 max=-1`)];
    if (_type === 'VmPoweredOffEvent' || _type === 'VmSuspendedEvent') return [vmkernel(createdTime, world, `World: vm ${world}: 7077: Stopping world vmm0:${vm.name}`)];
    return [];
  },
};

const VPXA = 'vpxa[2100123]';

export const vpxaLog: LogForm = {
  begin: (writer) => [
    section(VPXA)(writer),
    ...['vpxaVmomi', 'vpxaInvtHost', 'vpxaInvtVm', 'vpxaHalEventHostagent', 'vpxaHalVmHostagent', 'vpxaDatastoreContext', 'vpxaHalCnxHostagent', 'vpxaDvs', 'vpxaLro', 'vpxaStats']
      .flatMap((part) => ['Creating', 'Starting', 'Started'].map((step) => originator(writer.since, 'info', VPXA, part, `[${part}] ${step}`))),
  ],
  lines: ({ event }) => [originator(event.createdTime, 'verbose', VPXA, 'vpxaInvtHost', `Increment master gen. no to (${event.key}): Event:VpxaEventHostd::CheckQueuedEvents`, ` opID=${opId(event)}`)],
};
