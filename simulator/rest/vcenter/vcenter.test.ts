// Inventory and machines over REST: the same world, privileges, events and tasks as over SOAP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rest } from '../rest.testing.ts';

const placement = (rest: Rest) => ({ resource_pool: [...rest.simulator.store.ofType('ResourcePool')].find(({ props }) => (props['parent'] as { type: string }).type === 'ClusterComputeResource')!.ref.value, folder: rest.id('Folder', 'vm'), datastore: rest.id('Datastore', 'LocalDS_0') });

test('lists with filters, in both dialects', async () => {
  const rest = await new Rest().login();
  const names = async (url: string) => (await rest.ok<{ name: string }[]>('GET', url)).map(({ name }) => name).sort();
  assert.deepEqual(await names('/api/vcenter/datacenter'), ['DC0']);
  assert.deepEqual(await names('/api/vcenter/host?standalone=true'), ['DC0_H0']);
  assert.deepEqual(await names('/rest/vcenter/vm?filter.names.1=DC0_H0_VM0&filter.names.2=DC0_H0_VM1'), ['DC0_H0_VM0', 'DC0_H0_VM1']);
  assert.deepEqual(await names('/api/vcenter/vm?names=DC0_H0_VM0&power_states=POWERED_OFF'), []);
  assert.deepEqual(await names(`/api/vcenter/vm?clusters=${rest.id('ClusterComputeResource', 'DC0_C0')}`), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1']);
  assert.deepEqual(await names(`/api/vcenter/vm?hosts=${rest.id('HostSystem', 'DC0_H0')}`), ['DC0_H0_VM0', 'DC0_H0_VM1']);
  assert.deepEqual(await rest.ok('GET', '/api/vcenter/network?types=DISTRIBUTED_PORTGROUP&names=DC0_DVPG0'), [{ network: rest.id('DistributedVirtualPortgroup', 'DC0_DVPG0'), name: 'DC0_DVPG0', type: 'DISTRIBUTED_PORTGROUP' }]);
  assert.deepEqual((await rest.ok<{ type: string }[]>('GET', '/api/vcenter/folder?type=HOST')).map(({ type }) => type), ['HOST']);
});

test('a machine is created, changed, powered and deleted', async () => {
  const rest = await new Rest().login();
  const network = rest.id('DistributedVirtualPortgroup', 'DC0_DVPG0');
  const vm = await rest.ok<string>('POST', '/api/vcenter/vm', {
    name: 'made', guest_OS: 'UBUNTU_64', placement: placement(rest), cpu: { count: 2 }, memory: { size_MiB: 512 },
    disks: [{ new_vmdk: { capacity: 1024 ** 3 } }, { new_vmdk: { capacity: 2 * 1024 ** 3, name: 'data' } }], nics: [{ backing: { type: 'DISTRIBUTED_PORTGROUP', network } }],
  });
  interface View { guest_OS: string; cpu: { count: number }; disks: Record<string, { capacity: number; backing: { vmdk_file: string } }>; nics: Record<string, { type: string; backing: { network: string } }> }
  const view = await rest.ok<View>('GET', `/api/vcenter/vm/${vm}`);
  assert.deepEqual([view.guest_OS, view.cpu.count, Object.values(view.disks).map(({ capacity }) => capacity)], ['UBUNTU_64', 2, [1024 ** 3, 2 * 1024 ** 3]]);
  assert.deepEqual(Object.values(view.nics).map(({ type, backing }) => [type, backing.network]), [['VMXNET3', network]]);
  const old = await rest.ok<{ disks: { key: string; value: { capacity: number } }[] }>('GET', `/rest/vcenter/vm/${vm}`);
  assert.deepEqual(old.disks.map(({ key }) => key), Object.keys(view.disks));
  await rest.ok('PATCH', `/api/vcenter/vm/${vm}/hardware/memory`, { size_MiB: 1024 });
  assert.equal((await rest.ok<{ size_MiB: number }>('GET', `/rest/vcenter/vm/${vm}/hardware/memory`)).size_MiB, 1024);
  const disk = await rest.ok<string>('POST', `/rest/vcenter/vm/${vm}/hardware/disk`, { spec: { new_vmdk: { capacity: 1024 ** 2 } } });
  assert.equal((await rest.ok<unknown[]>('GET', `/api/vcenter/vm/${vm}/hardware/disk`)).length, 3);
  await rest.ok('DELETE', `/api/vcenter/vm/${vm}/hardware/disk/${disk}`);
  assert.deepEqual(await rest.ok('GET', `/api/vcenter/vm/${vm}/hardware/disk`), Object.keys(view.disks).map((key) => ({ disk: key })));
  await rest.ok('POST', `/rest/vcenter/vm/${vm}/power/start`);
  const error = await rest.send('POST', `/api/vcenter/vm/${vm}/power?action=start`);
  assert.equal(error.error, 'ALREADY_IN_DESIRED_STATE');
  assert.equal((await rest.send('DELETE', `/api/vcenter/vm/${vm}`)).error, 'NOT_ALLOWED_IN_CURRENT_STATE');
  await rest.ok('POST', `/api/vcenter/vm/${vm}/power?action=stop`);
  await rest.ok('DELETE', `/api/vcenter/vm/${vm}`);
  assert.match(await rest.refuses('NOT_FOUND', 'GET', `/api/vcenter/vm/${vm}`), new RegExp(vm));
  const events = [...rest.simulator.store.ofType('Task')].map(({ props }) => (props['info'] as { name: string }).name);
  assert.ok(events.includes('PowerOnVM_Task') && events.includes('Destroy_Task'), events.join());
});

test('wrong input is named, and nothing is made', async () => {
  const rest = await new Rest().login();
  const spec = { name: 'made', guest_OS: 'UBUNTU_64', placement: placement(rest) };
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', '/api/vcenter/vm', { ...spec, guest_OS: 'AMIGA' }), /guest_OS is "AMIGA"/);
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', '/api/vcenter/vm', { ...spec, placement: { folder: rest.id('Folder', 'vm') } }), /placement says too little/);
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', '/api/vcenter/vm', { ...spec, placement: { ...spec.placement, datastore: 'datastore-0' } }), /datastore is "datastore-0"/);
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'POST', '/rest/vcenter/vm', { spec: { ...spec, memory: { size_MiB: 'much' } } }), /spec\.memory\.size_MiB is "much"; it must be a whole number/);
});

test('a copy, a move, a resource pool', async () => {
  const rest = await new Rest().login();
  const source = rest.id('VirtualMachine', 'DC0_C0_RP0_VM0');
  const copy = await rest.ok<string>('POST', '/api/vcenter/vm?action=clone', { source, name: 'copy', power_on: true });
  assert.deepEqual(await rest.ok('GET', `/api/vcenter/vm/${copy}/power`), { state: 'POWERED_ON' });
  const parent = placement(rest).resource_pool;
  const pool = await rest.ok<string>('POST', '/api/vcenter/resource-pool', { name: 'small', parent, cpu_allocation: { limit: 1000 } });
  await rest.ok('POST', `/api/vcenter/vm/${copy}?action=relocate`, { placement: { resource_pool: pool } });
  assert.deepEqual((await rest.ok<{ vm: string }[]>('GET', `/api/vcenter/vm?resource_pools=${pool}`)).map(({ vm }) => vm), [copy]);
  const view = await rest.ok<{ cpu_allocation: { limit: number; shares: { level: string } } }>('GET', `/api/vcenter/resource-pool/${pool}`);
  assert.deepEqual([view.cpu_allocation.limit, view.cpu_allocation.shares.level], [1000, 'NORMAL']);
  await rest.ok('DELETE', `/api/vcenter/resource-pool/${pool}`);
});
