// Every route with bodies, ids and queries that nobody would send: an answer in the protocol, never a bug, and a whole world.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Rest } from './rest.testing.ts';
import { routes } from './routes.ts';

const FIELDS = ['spec', 'create_spec', 'update_spec', 'file_spec', 'name', 'description', 'type', 'cardinality', 'associable_types', 'object_id', 'object_ids', 'tag_ids', 'category_id', 'used_by_entity', 'id', 'placement', 'resource_pool', 'cluster', 'folder',
  'guest_OS', 'disks', 'nics', 'new_vmdk', 'capacity', 'backing', 'network', 'library_id', 'library_item_id', 'storage_backings', 'datastore_id', 'source', 'target', 'deployment_spec', 'resource_pool_id', 'vms', 'enabled', 'subscribed_library', 'file_name', 'source_type', 'source_endpoint', 'uri', 'size', 'subscription_info', 'subscription_url', 'library', 'source_vm'];

/** Values of the right kind now and then: what passes the first check meets the second. */
const leaf = (ids: readonly string[]) => fc.oneof(fc.constantFrom(...ids), fc.constantFrom('SINGLE', 'DATASTORE', 'PUSH', 'PULL', 'CREATE_NEW', 'VirtualMachine', 'UBUNTU_64', 'ds:///x', '../x', '__proto__', ''), fc.string({ maxLength: 8 }), fc.integer(), fc.boolean(), fc.constant(null), fc.double());

const bodyOf = (ids: readonly string[]) => fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, leaf(ids), fc.array(tie('value'), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 6 }),
})).value;

test('no route has a bug that strange input finds', async () => {
  const problems: string[] = [];
  const rest = await new Rest({ log: (level, message) => void (level === 'error' && problems.push(message)) }).login();
  const ids = ['VirtualMachine', 'HostSystem', 'ClusterComputeResource', 'Datastore', 'Network', 'DistributedVirtualPortgroup', 'ResourcePool', 'Folder', 'Datacenter'].flatMap((type) => [...rest.simulator.store.ofType(type)].slice(0, 2).map(({ ref }) => ref.value));
  const datastore_id = rest.id('Datastore', 'LocalDS_0');
  const library = await rest.ok<string>('POST', '/api/content/local-library', { name: 'l', storage_backings: [{ type: 'DATASTORE', datastore_id }] });
  const item = await rest.ok<string>('POST', '/api/content/library/item', { library_id: library, name: 'i', type: 'ovf' });
  const session = await rest.ok<string>('POST', '/api/content/library/item/update-session', { library_item_id: item });
  const category = await rest.ok<string>('POST', '/api/cis/tagging/category', { name: 'c', description: '', cardinality: 'SINGLE', associable_types: [] });
  const tag = await rest.ok<string>('POST', '/api/cis/tagging/tag', { name: 't', description: '', category_id: category });
  const known = [...ids, library, item, session, category, tag, '2000', '4000', 'no-such'];
  const call = fc.record({ route: fc.constantFrom(...routes), dialect: fc.constantFrom('rest', 'api'), body: bodyOf(known), path: fc.array(fc.constantFrom(...known), { minLength: 3, maxLength: 3 }) });
  const property = fc.asyncProperty(call, async ({ route, dialect, body, path }) => {
    const template = route[dialect as 'rest' | 'api'];
    if (template === undefined) return;
    let i = 0;
    const url = template.replace(/\{[^}]+\}/g, () => encodeURIComponent(path[i++] ?? 'x'));
    const query = route.action === undefined ? '' : `?${dialect === 'rest' ? '~' : ''}action=${route.action}`;
    const { status, json } = await rest.send(route.verb, `/${dialect}${url}${query}`, route.verb === 'GET' ? undefined : body);
    assert.ok(status < 500 || status === 503, `${route.verb} ${url}${query}: ${status} ${JSON.stringify(json)} ${problems.join('\n')}`);
  });
  await fc.assert(property, { numRuns: 2000, seed: 7 });
  assert.deepEqual(problems, []);
});

/** A copy with one value, anywhere in it, replaced. */
function spoilt(value: unknown, at: number, by: unknown): unknown {
  let left = at;
  const copy = (one: unknown): unknown => {
    if (left-- === 0) return by;
    if (Array.isArray(one)) return one.map(copy);
    return typeof one === 'object' && one !== null ? Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, copy(inner)])) : one;
  };
  return copy(value);
}

test('a good request with one value spoilt is refused or done, and never a bug', async () => {
  const problems: string[] = [];
  const rest = await new Rest({ log: (level, message) => void (level === 'error' && problems.push(message)) }).login();
  const vm = rest.id('VirtualMachine', 'DC0_C0_RP0_VM0');
  const [datastore, network, folder, cluster] = [rest.id('Datastore', 'LocalDS_0'), rest.id('DistributedVirtualPortgroup', 'DC0_DVPG0'), rest.id('Folder', 'vm'), rest.id('ClusterComputeResource', 'DC0_C0')];
  const library = await rest.ok<string>('POST', '/api/content/local-library', { name: 'l', storage_backings: [{ type: 'DATASTORE', datastore_id: datastore }], publish_info: { published: true } });
  const nic = { type: 'E1000', mac_type: 'MANUAL', mac_address: '00:50:56:01:02:03', backing: { type: 'DISTRIBUTED_PORTGROUP', network }, start_connected: true };
  const requests: readonly (readonly [string, unknown])[] = [
    ['/api/vcenter/vm', { name: 'made', guest_OS: 'UBUNTU_64', placement: { folder, cluster, datastore }, hardware_version: 'VMX_13', cpu: { count: 2, cores_per_socket: 1 }, memory: { size_MiB: 64 }, scsi_adapters: [{ type: 'PVSCSI', scsi: { bus: 0 } }], disks: [{ scsi: { bus: 0, unit: 1 }, new_vmdk: { name: 'd', capacity: 1048576 } }, { backing: { type: 'VMDK_FILE', vmdk_file: '[LocalDS_0] no.vmdk' } }], nics: [nic], cdroms: [{ type: 'IDE', backing: { type: 'ISO_FILE', iso_file: '[LocalDS_0] x.iso' } }] }],
    [`/api/vcenter/vm/${vm}/hardware/disk`, { scsi: { bus: 0, unit: 9 }, new_vmdk: { capacity: 1048576, name: 'e' } }],
    [`/api/vcenter/vm/${vm}/hardware/ethernet`, nic],
    [`/api/vcenter/vm/${vm}/hardware/cdrom`, { type: 'IDE', backing: { type: 'HOST_DEVICE', host_device: 'x' }, start_connected: false }],
    [`/api/vcenter/vm/${vm}/hardware/adapter/scsi`, { type: 'LSILOGIC', scsi: { bus: 2 }, sharing: 'VIRTUAL' }],
    ['/api/vcenter/vm?action=clone', { source: vm, name: 'copy', placement: { folder, cluster, datastore }, power_on: false }],
    ['/api/vcenter/vm?action=register', { datastore, datastore_path: 'x/x.vmx', name: 'r', placement: { folder, cluster } }],
    [`/api/content/library/${library}/subscriptions`, { subscribed_library: { target: 'CREATE_NEW', location: 'LOCAL', new_subscribed_library: { name: 's', description: '', storage_backings: [{ type: 'DATASTORE', datastore_id: datastore }], on_demand: true } } }],
    ['/api/vcenter/vm-template/library-items', { name: 'tt', library, source_vm: vm, placement: { folder, cluster }, disk_storage: { datastore } }],
    ['/api/vcenter/ovf/library-item', { source: { type: 'VirtualMachine', id: vm }, target: { library_id: library }, create_spec: { name: 'o', description: '', flags: [] } }],
    ['/api/cis/tagging/category', { name: 'c', description: '', cardinality: 'SINGLE', associable_types: ['VirtualMachine'], category_id: 'urn:vmomi:InventoryServiceCategory:a:GLOBAL' }],
  ];
  const property = fc.asyncProperty(fc.constantFrom(...requests), fc.nat({ max: 45 }), leaf([vm, network, folder, cluster, datastore]), async ([url, body], at, by) => {
    const { status, json } = await rest.send('POST', url, spoilt(body, at, by));
    assert.ok(status < 500, `${url}: ${status} ${JSON.stringify(json)} ${problems.join('\n')}`);
  });
  await fc.assert(property, { numRuns: 600, seed: 11 });
  assert.deepEqual(problems, []);
});
