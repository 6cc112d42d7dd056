// Hardware of a machine: processors, memory, boot and devices, looked at and changed by ReconfigVM_Task.
import type { VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { notFound } from '../errors.ts';
import type { Input } from '../input.ts';
import type { RestCall, Route } from '../route.ts';
import { addCdrom, addDisk, addNic, addScsi, connected, controllerFor, editCdrom, editNic, removal, type Change } from './device-specs.ts';
import { bootView, cdromView, devicesOf, diskView, nicView, scsiView } from './device-views.ts';
import { get, nameOf, route, type Ref } from './look.ts';
import { configOf, cpuView, hardwareView, memoryView, vmOf } from './vm.ts';

const reconfigure = async (call: RestCall, spec: object): Promise<void> => {
  await call.vim(vmOf(call), 'ReconfigVM_Task', { spec: { _type: 'VirtualMachineConfigSpec', ...spec } });
};

const defined = (fields: Readonly<Record<string, unknown>>): object => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

const patch = (path: string, does: string, specOf: (spec: Input, config: VirtualMachineConfigInfo) => object): Route =>
  route('PATCH', `/vm/{vm}/hardware${path}`, undefined, does, (call) => reconfigure(call, specOf(call.spec('spec'), configOf(call, vmOf(call)))));

const look = (path: string, does: string, view: (config: VirtualMachineConfigInfo) => unknown): Route =>
  route('GET', `/vm/{vm}/hardware${path}`, undefined, does, (call) => view(configOf(call, vmOf(call))));

const plain: readonly Route[] = [
  look('', 'virtual hardware version', hardwareView),
  look('/cpu', 'processors', cpuView),
  patch('/cpu', 'changes processors', (spec) => defined({ numCPUs: spec.optionalNumber('count'), numCoresPerSocket: spec.optionalNumber('cores_per_socket'), cpuHotAddEnabled: spec.flag('hot_add_enabled'), cpuHotRemoveEnabled: spec.flag('hot_remove_enabled') })),
  look('/memory', 'memory', memoryView),
  patch('/memory', 'changes memory', (spec) => defined({ memoryMB: spec.optionalNumber('size_MiB'), memoryHotAddEnabled: spec.flag('hot_add_enabled') })),
  look('/boot', 'how the machine boots', bootView),
  patch('/boot', 'changes how the machine boots', (spec) => ({
    ...defined({ firmware: spec.optionalWord('type', ['BIOS', 'EFI'])?.toLowerCase() }),
    bootOptions: { _type: 'VirtualMachineBootOptions', ...defined({ bootDelay: spec.optionalNumber('delay'), bootRetryEnabled: spec.flag('retry'), bootRetryDelay: spec.optionalNumber('retry_delay'), enterBIOSSetup: spec.flag('enter_setup_mode') }) },
  })),
];

interface Family {
  readonly path: string;
  /** Name of the variable, and of the id in lists. */
  readonly id: string;
  readonly type: string;
  readonly what: string;
  view(call: RestCall, vm: Ref, config: VirtualMachineConfigInfo, device: Device): unknown;
  add(call: RestCall, spec: Input, config: VirtualMachineConfigInfo): Change;
  edit?(call: RestCall, spec: Input, device: Device): Change;
}

type Device = ReturnType<typeof devicesOf>[number];

const homeStore = (call: RestCall): string => {
  const [store] = get<readonly Ref[]>(call, vmOf(call), 'datastore') ?? [];
  return /^\[([^\]]+)\]/.exec(configOf(call, vmOf(call)).files.vmPathName ?? '')?.[1] ?? (store ? nameOf(call, store) : '');
};

const FAMILIES: readonly Family[] = [
  {
    path: '/disk', id: 'disk', type: 'VirtualDisk', what: 'disk', view: (_call, _vm, config, device) => diskView(config, device),
    add: (call, spec, config) => addDisk(spec, controllerFor(config, spec), undefined, -200, homeStore(call)),
    edit: (_call, spec, device) => ({ _type: 'VirtualDeviceConfigSpec', operation: 'edit', device: { ...device, backing: { ...device.backing, fileName: spec.object('backing').text('vmdk_file') } } }),
  },
  { path: '/ethernet', id: 'nic', type: 'VirtualEthernetCard', what: 'network adapter', view: (call, vm, _config, device) => nicView(call, vm, device), add: (call, spec) => addNic(call, spec, -300), edit: (call, spec, device) => editNic(call, device, spec) },
  {
    path: '/cdrom', id: 'cdrom', type: 'VirtualCdrom', what: 'CD-ROM drive', view: (_call, _vm, config, device) => cdromView(config, device),
    add: (_call, spec, config) => addCdrom(spec, devicesOf(config, 'VirtualIDEController')[0]?.key ?? 200, -400), edit: (_call, spec, device) => editCdrom(device, spec),
  },
  { path: '/adapter/scsi', id: 'adapter', type: 'VirtualSCSIController', what: 'SCSI adapter', view: (_call, _vm, _config, device) => scsiView(device), add: (_call, spec, config) => addScsi(withBus(spec, config), -100) },
];

/** An adapter goes on the first bus that is free, as vCenter chooses. */
function withBus(spec: Input, config: VirtualMachineConfigInfo): Input {
  if (spec.has('scsi')) return spec;
  const taken = devicesOf(config, 'VirtualSCSIController').map((device) => (device as Device & { busNumber?: number }).busNumber);
  return spec.with('scsi', { bus: [0, 1, 2, 3].find((bus) => !taken.includes(bus)) ?? 0 });
}

function routesOf(family: Family): readonly Route[] {
  const { path, id, type, what } = family;
  const all = `/vm/{vm}/hardware${path}`;
  const one = `${all}/{${id}}`;
  const device = (call: RestCall): Device => {
    const found = devicesOf(configOf(call, vmOf(call)), type).find(({ key }) => String(key) === call.path(id));
    if (!found) throw notFound(`The ${what} ${call.path(id)} of '${nameOf(call, vmOf(call))}'`);
    return found;
  };
  const changed = (call: RestCall, change: Change): Promise<void> => reconfigure(call, { deviceChange: [change] });
  const { edit } = family;
  return [
    route('GET', all, undefined, `ids of the ${what}s`, (call) => devicesOf(configOf(call, vmOf(call)), type).map(({ key }) => ({ [id]: String(key) }))),
    route('POST', all, undefined, `adds a ${what}`, async (call) => {
      const before = new Set(devicesOf(configOf(call, vmOf(call)), type).map(({ key }) => key));
      await changed(call, family.add(call, call.spec('spec'), configOf(call, vmOf(call))));
      return String(devicesOf(configOf(call, vmOf(call)), type).find(({ key }) => !before.has(key))!.key);
    }, 201),
    route('GET', one, undefined, `one ${what}`, (call) => family.view(call, vmOf(call), configOf(call, vmOf(call)), device(call))),
    ...(edit ? [route('PATCH', one, undefined, `changes a ${what}`, (call) => changed(call, edit(call, call.spec('spec'), device(call))))] : []),
    route('DELETE', one, undefined, `removes a ${what}`, (call) => changed(call, removal(device(call)))),
    ...(id === 'nic' || id === 'cdrom' ? [true, false].flatMap((isConnected) => connection(one, isConnected, what, (call) => changed(call, connected(device(call), isConnected)))) : []),
  ];
}

/** The action is in the query, or in the path: clients of both dialects write both. */
function connection(one: string, isConnected: boolean, what: string, run: Route['run']): readonly Route[] {
  const action = isConnected ? 'connect' : 'disconnect';
  return [route('POST', one, action, `${action}s a ${what}`, run), route('POST', `${one}/${action}`, undefined, `${action}s a ${what}`, run)];
}

export const hardwareRoutes: readonly Route[] = [...plain, ...FAMILIES.flatMap(routesOf)];
