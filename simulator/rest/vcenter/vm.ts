// Virtual machines: list, look, create, delete, clone, relocate, register; power, guest and tools.
import type { GuestInfo, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { invalid, RestError } from '../errors.ts';
import { placementOf, datastoreFor, named } from '../library/placement.ts';
import { read } from '../library/views.ts';
import type { Input } from '../input.ts';
import { Entries, type RestCall, type Route } from '../route.ts';
import { bootView, cdromView, devicesOf, diskView, nicView, scsiView } from './device-views.ts';
import { initialDevices } from './device-specs.ts';
import { byDatacenter, byFolder, byId, byName, get, guestId, guestWord, lineage, listOf, nameOf, objectOf, route, upper, type Filter, type Ref } from './look.ts';

export const vmOf = (call: RestCall): Ref => objectOf(call, call.path('vm'), 'Virtual machine', 'VirtualMachine');

const byHost: Filter = (call, ref) => [get<Ref>(call, ref, 'runtime.host')?.value];
const byPool: Filter = (call, ref) => {
  const at = get<Ref>(call, ref, 'resourcePool');
  return at ? [...lineage(call, at)].filter(({ type }) => type === 'ResourcePool' || type === 'VirtualApp').map(({ value }) => value) : [];
};
const byCluster: Filter = (call, ref) => {
  const at = get<Ref>(call, ref, 'runtime.host');
  return at ? [get<Ref>(call, at, 'parent')?.value] : [];
};

function list(call: RestCall): unknown {
  const filters: Record<string, Filter> = { vms: byId, names: byName, folders: byFolder, datacenters: byDatacenter, hosts: byHost, clusters: byCluster, resource_pools: byPool, power_states: (c, ref) => [upper(get(c, ref, 'runtime.powerState'))] };
  return listOf(call, ['VirtualMachine'], filters).filter((ref) => get(call, ref, 'config.template') !== true).map((ref) => ({
    vm: ref.value, name: nameOf(call, ref), power_state: upper(get(call, ref, 'runtime.powerState')), cpu_count: get(call, ref, 'config.hardware.numCPU'), memory_size_MiB: get(call, ref, 'config.hardware.memoryMB'),
  }));
}

export const cpuView = ({ hardware, cpuHotAddEnabled, cpuHotRemoveEnabled }: VirtualMachineConfigInfo): unknown =>
  ({ count: hardware.numCPU, cores_per_socket: hardware.numCoresPerSocket ?? 1, hot_add_enabled: cpuHotAddEnabled ?? false, hot_remove_enabled: cpuHotRemoveEnabled ?? false });

export const memoryView = ({ hardware, memoryHotAddEnabled }: VirtualMachineConfigInfo): unknown => ({ size_MiB: hardware.memoryMB, hot_add_enabled: memoryHotAddEnabled ?? false });

export const hardwareView = ({ version }: VirtualMachineConfigInfo): unknown => ({ version: upper(version).replace('-', '_'), upgrade_policy: 'NEVER', upgrade_status: 'NONE' });

/** The configuration; a machine that is not reachable has none. Throws RESOURCE_INACCESSIBLE. */
export function configOf(call: RestCall, vm: Ref): VirtualMachineConfigInfo {
  const config = get<VirtualMachineConfigInfo>(call, vm, 'config');
  if (!config) throw new RestError('RESOURCE_INACCESSIBLE', `Virtual machine '${nameOf(call, vm)}' has no configuration that can be read.`);
  return config;
}

function view(call: RestCall): unknown {
  const vm = vmOf(call);
  const config = configOf(call, vm);
  return {
    name: config.name, guest_OS: guestWord(config.guestId), power_state: upper(get(call, vm, 'runtime.powerState')), instant_clone_frozen: get(call, vm, 'runtime.instantCloneFrozen') ?? false,
    identity: { name: config.name, bios_uuid: config.uuid, instance_uuid: config.instanceUuid }, hardware: hardwareView(config), boot: bootView(config), boot_devices: [], cpu: cpuView(config), memory: memoryView(config),
    disks: new Entries(devicesOf(config, 'VirtualDisk').map((device) => [String(device.key), diskView(config, device)] as const)),
    nics: new Entries(devicesOf(config, 'VirtualEthernetCard').map((device) => [String(device.key), nicView(call, vm, device)] as const)),
    cdroms: new Entries(devicesOf(config, 'VirtualCdrom').map((device) => [String(device.key), cdromView(config, device)] as const)),
    scsi_adapters: new Entries(devicesOf(config, 'VirtualSCSIController').map((device) => [String(device.key), scsiView(device)] as const)),
    floppies: new Entries([]), parallel_ports: new Entries([]), serial_ports: new Entries([]), sata_adapters: new Entries([]), nvme_adapters: new Entries([]),
  };
}

async function create(call: RestCall): Promise<string> {
  const spec = call.spec('spec');
  const word = spec.text('guest_OS');
  const guest = guestId(word);
  if (guest === undefined) throw invalid(`guest_OS is "${word}"; vim25 knows no such guest. RHEL_8_64, UBUNTU_64 and OTHER_LINUX_64 are some.`);
  const [cpu, memory] = [spec.optional('cpu'), spec.optional('memory')];
  const version = spec.optionalText('hardware_version')?.toLowerCase().replace('_', '-');
  const place = read(call, (tx) => {
    const placement = spec.optional('placement');
    const { pool, folder, host } = placementOf(tx, placement);
    return { pool, folder, host, datastore: named(tx, placement, 'datastore', 'Datastore') ?? datastoreFor(tx, pool, undefined) };
  });
  const folder = place.folder ?? [...lineage(call, place.pool)].filter(({ type }) => type === 'Datacenter').map((dc) => get<Ref>(call, dc, 'vmFolder')!)[0];
  if (!folder) throw invalid('placement.folder is missing.');
  const store = nameOf(call, place.datastore);
  const config = {
    _type: 'VirtualMachineConfigSpec', name: spec.optionalText('name') ?? `vm-${call.sim.random.uuid().slice(0, 8)}`, guestId: guest, files: { _type: 'VirtualMachineFileInfo', vmPathName: `[${store}]` },
    numCPUs: cpu?.optionalNumber('count') ?? 1, numCoresPerSocket: cpu?.optionalNumber('cores_per_socket') ?? 1, memoryMB: memory?.optionalNumber('size_MiB') ?? 1024,
    cpuHotAddEnabled: cpu?.flag('hot_add_enabled') ?? false, memoryHotAddEnabled: memory?.flag('hot_add_enabled') ?? false, ...(version === undefined ? {} : { version }),
    deviceChange: initialDevices(call, spec, store),
  };
  return ((await call.vim(folder, 'CreateVM_Task', { config, pool: place.pool, ...(place.host ? { host: place.host } : {}) })) as Ref).value;
}

function location(call: RestCall, spec: Input, like: Ref): { readonly folder: Ref | undefined; readonly spec: object } {
  return read(call, (tx) => {
    const placement = spec.optional('placement');
    const { pool, folder, host } = placementOf(tx, placement, like);
    const datastore = named(tx, placement, 'datastore', 'Datastore');
    return { folder, spec: { _type: 'VirtualMachineRelocateSpec', pool, ...(host ? { host } : {}), ...(datastore ? { datastore } : {}) } };
  });
}

async function clone(call: RestCall): Promise<string> {
  const spec = call.spec('spec');
  const source = objectOf(call, spec.text('source'), 'Virtual machine', 'VirtualMachine');
  const { folder, spec: where } = location(call, spec, source);
  return ((await call.vim(source, 'CloneVM_Task', { folder, name: spec.text('name'), spec: { _type: 'VirtualMachineCloneSpec', location: where, template: false, powerOn: spec.flag('power_on') ?? false } })) as Ref).value;
}

const instantClone = async (call: RestCall): Promise<string> => {
  const spec = call.spec('spec');
  const source = objectOf(call, spec.text('source'), 'Virtual machine', 'VirtualMachine');
  return ((await call.vim(source, 'InstantClone_Task', { spec: { _type: 'VirtualMachineInstantCloneSpec', name: spec.text('name'), location: location(call, spec, source).spec } })) as Ref).value;
};

async function register(call: RestCall): Promise<string> {
  const spec = call.spec('spec');
  const path = spec.optionalText('path') ?? `[${nameOf(call, objectOf(call, spec.text('datastore'), 'Datastore', 'Datastore'))}] ${spec.text('datastore_path')}`;
  const { pool, folder, host } = read(call, (tx) => placementOf(tx, spec.optional('placement')));
  const home = folder ?? [...lineage(call, pool)].filter(({ type }) => type === 'Datacenter').map((dc) => get<Ref>(call, dc, 'vmFolder')!)[0]!;
  const name = spec.optionalText('name');
  return ((await call.vim(home, 'RegisterVM_Task', { path, asTemplate: false, pool, ...(name === undefined ? {} : { name }), ...(host ? { host } : {}) })) as Ref).value;
}

// ---- power and guest ---------------------------------------------------------------------------------------------

const POWER = { start: 'PowerOnVM_Task', stop: 'PowerOffVM_Task', suspend: 'SuspendVM_Task', reset: 'ResetVM_Task' } as const;

/** The action is in the query, or in the path: clients of both dialects write both. */
const power: readonly Route[] = Object.entries(POWER).flatMap(([action, method]) => {
  const run: Route['run'] = async (call) => {
    await call.vim(vmOf(call), method);
  };
  return [route('POST', '/vm/{vm}/power', action, `${action}s a machine`, run), route('POST', `/vm/{vm}/power/${action}`, undefined, `${action}s a machine`, run)];
});

const guestPower: readonly Route[] = Object.entries({ shutdown: 'ShutdownGuest', reboot: 'RebootGuest', standby: 'StandbyGuest' }).map(([action, method]) =>
  route('POST', '/vm/{vm}/guest/power', action, `asks the guest for ${action}`, async (call) => {
    await call.vim(vmOf(call), method);
  }));

/** Throws SERVICE_UNAVAILABLE when no VMware Tools tell about the guest. */
function guestOf(call: RestCall): GuestInfo {
  const guest = get<GuestInfo>(call, vmOf(call), 'guest');
  if (guest?.toolsRunningStatus !== 'guestToolsRunning') throw new RestError('SERVICE_UNAVAILABLE', `VMware Tools are not running in '${nameOf(call, vmOf(call))}'.`, 'com.vmware.api.vcenter.vm.guest.tools_not_running');
  return guest;
}

const FAMILIES: Readonly<Record<string, string>> = { linuxGuest: 'LINUX', windowsGuest: 'WINDOWS', netwareGuest: 'NETWARE', solarisGuest: 'SOLARIS', darwinGuestFamily: 'DARWIN' };

const guest: readonly Route[] = [
  route('GET', '/vm/{vm}/power', undefined, 'power state of a machine', (call) => ({ state: upper(get(call, vmOf(call), 'runtime.powerState')), ...(get(call, vmOf(call), 'runtime.powerState') === 'poweredOff' ? { clean_power_off: get(call, vmOf(call), 'runtime.cleanPowerOff') ?? true } : {}) })),
  ...power,
  route('GET', '/vm/{vm}/guest/power', undefined, 'power state of the guest', (call) => {
    const info = get<GuestInfo>(call, vmOf(call), 'guest');
    return { state: upper(info?.guestState === 'running' ? 'running' : 'notRunning'), operations_ready: info?.guestOperationsReady ?? false };
  }),
  ...guestPower,
  route('GET', '/vm/{vm}/guest/identity', undefined, 'who the guest is', (call) => {
    const { guestId: id = '', guestFamily = '', guestFullName = '', hostName = '', ipAddress } = guestOf(call);
    return { name: guestWord(id), family: FAMILIES[guestFamily] ?? 'OTHER', full_name: { id: `vmsg.guestos.${id}.label`, default_message: guestFullName, args: [] }, host_name: hostName, ...(ipAddress === undefined ? {} : { ip_address: ipAddress }) };
  }),
  route('GET', '/vm/{vm}/guest/networking/interfaces', undefined, 'network interfaces of the guest', (call) => (guestOf(call).net ?? []).map((nic) => ({
    mac_address: nic.macAddress, nic: String(nic.deviceConfigId), ip: { ip_addresses: (nic.ipConfig?.ipAddress ?? []).map(({ ipAddress, prefixLength }) => ({ ip_address: ipAddress, prefix_length: prefixLength, state: 'PREFERRED' })) },
  }))),
  route('GET', '/vm/{vm}/tools', undefined, 'VMware Tools of a machine', (call) => {
    const info = get<GuestInfo>(call, vmOf(call), 'guest');
    const { tools } = configOf(call, vmOf(call));
    return {
      run_state: upper((info?.toolsRunningStatus ?? 'guestToolsNotRunning').replace(/^guestTools/, '').replace(/^./, (letter) => letter.toLowerCase())), version_status: upper((info?.toolsVersionStatus2 ?? 'guestToolsNotInstalled').replace(/^guestTools/, '').replace(/^./, (letter) => letter.toLowerCase())),
      auto_update_supported: false, install_attempt_count: 0, upgrade_policy: upper(tools?.toolsUpgradePolicy ?? 'manual'), ...(info?.toolsVersion === undefined ? {} : { version_number: Number(info.toolsVersion), version: info.toolsVersion }),
    };
  }),
];

export const vmRoutes: readonly Route[] = [
  route('GET', '/vm', undefined, 'virtual machines, without templates', list),
  route('POST', '/vm', undefined, 'creates a machine', create, 201),
  route('POST', '/vm', 'clone', 'copies a machine', clone),
  route('POST', '/vm', 'instant-clone', 'copies a running machine', instantClone),
  route('POST', '/vm', 'register', 'takes a machine of a datastore into the inventory', register),
  route('GET', '/vm/{vm}', undefined, 'one machine', view),
  route('DELETE', '/vm/{vm}', undefined, 'deletes a machine that is off', async (call) => {
    await call.vim(vmOf(call), 'Destroy_Task');
  }),
  route('POST', '/vm/{vm}', 'relocate', 'moves a machine', async (call) => {
    await call.vim(vmOf(call), 'RelocateVM_Task', { spec: location(call, call.spec('spec'), vmOf(call)).spec });
  }),
  route('POST', '/vm/{vm}', 'unregister', 'takes a machine out of the inventory', async (call) => {
    await call.vim(vmOf(call), 'UnregisterVM');
  }),
  ...guest,
];
