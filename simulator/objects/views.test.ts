import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { isFault } from '../../core/vim25/index.ts';
import { addVm, COLLECTOR, makeLab, ref, ROOT, VM_FOLDER, vmsOf, type Lab } from '../collector/lab.testing.ts';
import type { AnyHandler, Definition } from '../dispatch/define.ts';
import { propertyCollector } from './property-collector.ts';
import { propertyFilter } from './property-filter.ts';
import { searchIndex } from './search-index.ts';
import { viewManager } from './view-manager.ts';
import { views } from './views.ts';

const MANAGER = ref('ViewManager', 'ViewManager');
const definitions: readonly Definition[] = [propertyCollector, propertyFilter, viewManager, ...views, searchIndex];

/** Calls a method as the dispatcher would, without the wire. */
function call<T>(lab: Lab, self: ManagedObjectReference, method: string, args: object = {}): T {
  const handler = definitions.map((definition) => definition.methods.get(method)).find((found) => found !== undefined) as AnyHandler;
  assert.ok('query' in handler);
  return handler.query(lab.context(self), args) as T;
}
const listed = (lab: Lab, view: ManagedObjectReference) => (lab.session.objects.get(view.value)!.props['view'] as ManagedObjectReference[]).map(({ value }) => value);
const container = (lab: Lab, at: ManagedObjectReference, type?: string[], recursive = true) =>
  call<ManagedObjectReference>(lab, MANAGER, 'CreateContainerView', { container: at, type, recursive });

test('a container view follows the inventory: subtypes count, each object once, destroyed ones vanish', () => {
  const lab = makeLab(2);
  const vms = container(lab, ROOT, ['VirtualMachine']);
  const compute = container(lab, ROOT, ['ComputeResource', 'ResourcePool', 'HostSystem']);
  assert.deepEqual(listed(lab, vms).toSorted(), ['vm-100', 'vm-101']);
  assert.deepEqual(listed(lab, compute).toSorted(), ['domain-c7', 'host-9', 'resgroup-8']);
  lab.store.transaction((tx) => {
    addVm(tx, 3);
    tx.remove(ref('VirtualMachine', 'vm-100'));
  });
  assert.deepEqual(listed(lab, vms).toSorted(), ['vm-101', 'vm-103']);
  assert.deepEqual(listed(lab, container(lab, ref('HostSystem', 'host-9'))).toSorted(), ['vm-101', 'vm-103']);
  assert.deepEqual(listed(lab, container(lab, ROOT, undefined, false)), ['datacenter-2']);
  assert.deepEqual(listed(lab, container(lab, VM_FOLDER, ['HostSystem'])), []);
});

test('a view keeps its value while other things change', () => {
  const lab = makeLab(2);
  const view = container(lab, ROOT, ['VirtualMachine']);
  const before = lab.session.objects.get(view.value)!.props['view'];
  lab.store.transaction((tx) => tx.set(ref('VirtualMachine', 'vm-100'), 'name', 'other'));
  assert.equal(lab.session.objects.get(view.value)!.props['view'], before);
});

test('what is no container or no type is refused', () => {
  const lab = makeLab(1);
  assert.throws(() => container(lab, ref('VirtualMachine', 'vm-100')), (error) => isFault(error, 'InvalidArgument'));
  assert.throws(() => container(lab, ROOT, ['Unicorn']), (error) => isFault(error, 'InvalidArgument'));
  assert.throws(() => container(lab, ref('Folder', 'group-v77')), (error) => isFault(error, 'ManagedObjectNotFound'));
});

test('list views: modify, reset, copy; they drop what is destroyed; viewList names the living views of the session', () => {
  const lab = makeLab(3);
  const [a, b, c] = ['vm-100', 'vm-101', 'vm-102'].map((id) => ref('VirtualMachine', id)) as [ManagedObjectReference, ManagedObjectReference, ManagedObjectReference];
  const list = call<ManagedObjectReference>(lab, MANAGER, 'CreateListView', { obj: [a] });
  const lost = ref('VirtualMachine', 'vm-1');
  assert.deepEqual(call(lab, list, 'ModifyListView', { add: [b, lost], remove: [a] }), [lost]);
  assert.deepEqual(listed(lab, list), ['vm-101']);
  assert.equal(call(lab, list, 'ResetListView', { obj: [a, c] }), undefined);
  const copy = call<ManagedObjectReference>(lab, MANAGER, 'CreateListViewFromView', { view: list });
  lab.store.transaction((tx) => tx.remove(c));
  assert.deepEqual([listed(lab, list), listed(lab, copy)], [['vm-100'], ['vm-100']]);
  call(lab, list, 'ResetListViewFromView', { view: container(lab, ROOT, ['VirtualMachine']) });
  assert.deepEqual(listed(lab, list).toSorted(), ['vm-100', 'vm-101']);
  call(lab, copy, 'DestroyView');
  const shown = lab.context(MANAGER).self.props['viewList'] as ManagedObjectReference[];
  assert.equal(shown.length, 2);
  assert.ok(!shown.some(({ value }) => value === copy.value));
});

test('an inventory view shows what is below open nodes', () => {
  const lab = makeLab(1);
  const view = call<ManagedObjectReference>(lab, MANAGER, 'CreateInventoryView');
  assert.deepEqual(listed(lab, view), ['group-d1']);
  assert.equal(call(lab, view, 'OpenInventoryViewFolder', { entity: [ROOT, ref('Datacenter', 'datacenter-2')] }), undefined);
  assert.deepEqual(listed(lab, view), ['group-d1', 'datacenter-2', 'group-v3', 'group-h4']);
  assert.deepEqual(call(lab, view, 'OpenInventoryViewFolder', { entity: [ref('VirtualMachine', 'vm-100')] }), [ref('VirtualMachine', 'vm-100')]);
  call(lab, view, 'CloseInventoryViewFolder', { entity: [ROOT] });
  assert.deepEqual(listed(lab, view), ['group-d1']);
});

test('a filter over a view sees what enters it; filters and their collector end together', () => {
  const lab = makeLab(1);
  const list = call<ManagedObjectReference>(lab, MANAGER, 'CreateListView');
  const spec = { ...vmsOf(VM_FOLDER, ['name']), objectSet: [{ obj: list, skip: true, selectSet: [{ _type: 'TraversalSpec', type: 'ListView', path: 'view' }] }] };
  const filter = call<ManagedObjectReference>(lab, COLLECTOR, 'CreateFilter', { spec, partialUpdates: false });
  assert.equal(call(lab, COLLECTOR, 'CheckForUpdates'), undefined);
  call(lab, list, 'ModifyListView', { add: [ref('VirtualMachine', 'vm-100')] });
  const set = call<{ version: string; filterSet: { objectSet: { kind: string }[] }[] }>(lab, COLLECTOR, 'CheckForUpdates');
  assert.equal(set.filterSet[0]!.objectSet[0]!.kind, 'enter');
  call(lab, list, 'DestroyView');
  const left = call<typeof set>(lab, COLLECTOR, 'CheckForUpdates', { version: set.version });
  assert.equal(left.filterSet[0]!.objectSet[0]!.kind, 'leave');
  assert.deepEqual(lab.context(COLLECTOR).self.props['filter'], [filter]);
  call(lab, filter, 'DestroyPropertyFilter');
  assert.deepEqual(lab.context(COLLECTOR).self.props['filter'], []);
  const own = call<ManagedObjectReference>(lab, COLLECTOR, 'CreatePropertyCollector');
  const inner = call<ManagedObjectReference>(lab, own, 'CreateFilter', { spec: vmsOf(VM_FOLDER, ['name']), partialUpdates: false });
  call(lab, own, 'DestroyPropertyCollector');
  assert.ok(!lab.session.objects.has(own.value) && !lab.session.objects.has(inner.value));
});

test('the search index finds by uuid, name, address, path; nothing found is no value', () => {
  const lab = makeLab(3);
  const find = (method: string, args: object) => call<ManagedObjectReference | undefined>(lab, ref('SearchIndex', 'SearchIndex'), method, args)?.value;
  const datacenter = ref('Datacenter', 'datacenter-2');
  assert.equal(find('FindByUuid', { uuid: 'BIOS-1', vmSearch: true }), 'vm-101');
  assert.equal(find('FindByUuid', { uuid: 'instance-2', vmSearch: true, instanceUuid: true, datacenter }), 'vm-102');
  assert.equal(find('FindByUuid', { uuid: 'aaaa-HOST', vmSearch: false }), 'host-9');
  assert.equal(find('FindByUuid', { uuid: 'nobody', vmSearch: true }), undefined);
  assert.equal(find('FindByDnsName', { dnsName: 'Guest-1', vmSearch: true }), 'vm-101');
  assert.equal(find('FindByDnsName', { dnsName: 'h0.example.org', vmSearch: false }), 'host-9');
  assert.equal(find('FindByIp', { ip: '10.0.0.2', vmSearch: true }), 'vm-102');
  assert.equal(find('FindByIp', { ip: '10.0.0.9', vmSearch: false, datacenter }), 'host-9');
  assert.equal(find('FindByInventoryPath', { inventoryPath: '/DC0/vm/vm-2' }), 'vm-102');
  assert.equal(find('FindByInventoryPath', { inventoryPath: 'DC0/host/C0/Resources' }), 'resgroup-8');
  assert.equal(find('FindByInventoryPath', { inventoryPath: 'DC0/vm/none/more' }), undefined);
  assert.equal(find('FindByDatastorePath', { datacenter, path: '[LocalDS_0] vm-1/vm-1.vmx' }), 'vm-101');
  assert.throws(() => find('FindByDatastorePath', { datacenter, path: '[nope] a.vmx' }), (error) => isFault(error, 'InvalidDatastore'));
  assert.throws(() => find('FindByDatastorePath', { datacenter, path: 'a.vmx' }), (error) => isFault(error, 'InvalidDatastorePath'));
  assert.equal(find('FindChild', { entity: ref('ResourcePool', 'resgroup-8'), name: 'vm-0' }), 'vm-100');
  assert.equal(find('FindChild', { entity: ref('ClusterComputeResource', 'domain-c7'), name: 'H0' }), 'host-9');
  assert.equal(find('FindChild', { entity: ROOT, name: 'nope' }), undefined);
  assert.equal(call<unknown[]>(lab, ref('SearchIndex', 'SearchIndex'), 'FindAllByUuid', { uuid: 'bios-0', vmSearch: true }).length, 1);
});
