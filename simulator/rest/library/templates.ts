// VM template items: templates of the inventory that a library lists; deployed, checked out and checked in.
import type { ManagedObjectReference, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { invalid, notFound, RestError } from '../errors.ts';
import type { Input } from '../input.ts';
import { Entries, type RestCall, type Route, type Verb } from '../route.ts';
import { changeItem, createItem, itemOf, type Item } from './objects.ts';
import { requireLocal } from './items.ts';
import { named, placementOf } from './placement.ts';
import { guestWord } from '../vcenter/look.ts';
import { read } from './views.ts';

type Ref = ManagedObjectReference;

const route = (verb: Verb, path: string, action: string | undefined, does: string, run: Route['run']): Route =>
  ({ verb, rest: `/vcenter/vm-template/library-items${path}`, api: `/vcenter/vm-template/library-items${path}`, does, run, ...(action === undefined ? {} : { action }) });

/** Throws INVALID_ARGUMENT for an item of another type. */
function templateOf(tx: Transaction, id: string): Item & { readonly vm: Ref } {
  const item = itemOf(tx, id);
  if (!item.vm) throw invalid(`Item "${item.name}" is of type "${item.type}", not vm-template.`);
  return { ...item, vm: item.vm };
}

/** Clones a machine to where the request wants it. */
async function clone(call: RestCall, from: Ref, spec: Input, how: { readonly template: boolean; readonly powerOn: boolean }): Promise<Ref> {
  const { folder, location } = read(call, (tx) => {
    const { pool, folder: there, host } = placementOf(tx, spec.optional('placement'), from);
    const datastore = named(tx, spec.optional('vm_home_storage') ?? spec.optional('disk_storage'), 'datastore', 'Datastore');
    return { folder: there, location: { _type: 'VirtualMachineRelocateSpec', pool, ...(host ? { host } : {}), ...(datastore ? { datastore } : {}) } };
  });
  return (await call.vim(from, 'CloneVM_Task', { folder, name: spec.text('name'), spec: { _type: 'VirtualMachineCloneSpec', location, ...how } })) as Ref;
}

async function create(call: RestCall): Promise<string> {
  call.require('ContentLibrary.AddLibraryItem');
  const spec = call.spec('spec');
  const library_id = spec.text('library');
  requireLocal(call, library_id);
  const source = read(call, (tx) => named(tx, spec, 'source_vm', 'VirtualMachine'));
  if (!source) throw invalid('source_vm is missing.');
  const item = { library_id, name: spec.text('name'), description: spec.optionalText('description') ?? '', type: 'vm-template' };
  const vm = await clone(call, source, spec, { template: true, powerOn: false });
  try {
    return call.change((tx) => createItem(call.sim, tx, { ...item, vm }));
  } catch (error) {
    await call.vim(vm, 'Destroy_Task');
    throw error;
  }
}

function info(call: RestCall): unknown {
  return read(call, (tx) => {
    const { vm } = templateOf(tx, call.path('template'));
    const { hardware, guestId } = tx.get(vm, 'config') as VirtualMachineConfigInfo;
    const devices = hardware.device ?? [];
    const disks = devices.filter(({ _type }) => _type === 'VirtualDisk');
    const storage = { datastore: (tx.get(vm, 'datastore') as readonly Ref[])[0]?.value };
    return {
      vm_template: vm.value, guest_OS: guestWord(guestId), cpu: { count: hardware.numCPU, cores_per_socket: hardware.numCoresPerSocket ?? 1 }, memory: { size_mib: hardware.memoryMB },
      vm_home_storage: storage, disks: new Entries(disks.map((disk) => [String(disk.key), { capacity: (disk as { capacityInBytes?: number }).capacityInBytes ?? 0, disk_storage: storage }] as const)),
      nics: new Entries(devices.filter((device) => 'macAddress' in device).map((nic) => [String(nic.key), { backing_type: 'STANDARD_PORTGROUP', mac_type: 'ASSIGNED' }] as const)),
    };
  });
}

async function deploy(call: RestCall): Promise<string> {
  const spec = call.spec('spec');
  const { vm } = read(call, (tx) => templateOf(tx, call.path('template')));
  return (await clone(call, vm, spec, { template: false, powerOn: spec.flag('powered_on') ?? false })).value;
}

// ---- check-outs --------------------------------------------------------------------------------------------------

const CHECKOUT = '_LibraryCheckOut';

interface CheckOut {
  readonly item: string;
}

/** Machines that are checked out of an item and still there. */
const checkedOut = (tx: Transaction, item: string): readonly string[] =>
  [...tx.all(CHECKOUT)].filter((ref) => (tx.find(ref) as unknown as CheckOut).item === item).map(({ value }) => value.slice('check-out:'.length)).filter((vm) => tx.has({ type: 'VirtualMachine', value: vm }));

async function checkOut(call: RestCall): Promise<string> {
  const item = call.path('template');
  const { vm } = read(call, (tx) => templateOf(tx, item));
  const [other] = read(call, (tx) => checkedOut(tx, item));
  if (other !== undefined) throw new RestError('NOT_ALLOWED_IN_CURRENT_STATE', `The item is checked out as ${other}: check it in first.`);
  const spec = call.spec('spec');
  const made = await clone(call, vm, spec, { template: false, powerOn: spec.flag('powered_on') ?? false });
  call.change((tx) => tx.create(CHECKOUT, `check-out:${made.value}`, { item }));
  return made.value;
}

async function checkIn(call: RestCall): Promise<string> {
  const item = call.path('template');
  const vm = { type: 'VirtualMachine', value: call.path('vm') };
  const { vm: old, name } = read(call, (tx) => {
    if (!checkedOut(tx, item).includes(vm.value)) throw notFound(`A check-out of machine ${vm.value}`);
    return templateOf(tx, item);
  });
  call.require('ContentLibrary.UpdateLibraryItem');
  const { message: _why } = { message: call.spec('spec').text('message') };
  await call.vim(vm, 'MarkAsTemplate');
  call.change((tx) => {
    changeItem(call.sim, tx, item, 'content', { vm });
    tx.remove({ type: CHECKOUT, value: `check-out:${vm.value}` });
  });
  await call.vim(old, 'Destroy_Task');
  await call.vim(vm, 'Rename_Task', { newName: name }).catch(() => undefined);
  return read(call, (tx) => itemOf(tx, item).content_version);
}

export const templateRoutes: readonly Route[] = [
  route('POST', '', undefined, 'makes a VM template item of a machine', create),
  route('GET', '/{template}', undefined, 'one VM template', info),
  route('POST', '/{template}', 'deploy', 'makes a machine of a VM template', deploy),
  route('GET', '/{template}/check-outs', undefined, 'machines that are checked out', (call) => read(call, (tx) => (templateOf(tx, call.path('template')), checkedOut(tx, call.path('template')).map((vm) => ({ vm }))))),
  route('POST', '/{template}/check-outs', 'check-out', 'makes a machine in order to change the template', checkOut),
  route('POST', '/{template}/check-outs/{vm}', 'check-in', 'makes the changed machine the template', checkIn),
];
