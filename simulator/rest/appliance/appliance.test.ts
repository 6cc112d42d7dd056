// Settings of the appliance stay, are part of the world, and are refused by name when they make no sense; tasks are told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rest } from '../rest.testing.ts';

test('a shutdown is told until it is cancelled, and nothing else changes', async () => {
  const rest = await new Rest().login();
  const before = rest.simulator.snapshot();
  await rest.ok('POST', '/api/appliance/shutdown?action=reboot', { delay: 10, reason: 'updates' });
  assert.deepEqual((await rest.ok<{ action: string; reason: string }>('GET', '/rest/appliance/shutdown')).reason, 'updates');
  await rest.ok('POST', '/api/appliance/shutdown?action=cancel');
  assert.deepEqual(await rest.ok('GET', '/api/appliance/shutdown'), { action: '', reason: '' });
  assert.equal(await rest.ok('GET', '/api/appliance/access/ssh'), true);
  await rest.ok('PUT', '/api/appliance/access/ssh', { enabled: false });
  rest.simulator.restore(before);
  assert.equal(await rest.ok('GET', '/api/appliance/access/ssh'), true);
});

test('wrong settings are refused', async () => {
  const rest = await new Rest().login();
  assert.match(await rest.refuses('INVALID_ARGUMENT', 'PUT', '/api/appliance/access/ssh', { enabled: 'no' }), /enabled is "no"; it must be true or false/);
  await rest.refuses('INVALID_ARGUMENT', 'PUT', '/api/appliance/access/shell', { enabled: true, timeout: -1 });
  await rest.refuses('NOT_FOUND', 'GET', '/api/appliance/networking/proxy/gopher');
});

test('a task is told with its state, target and error', async () => {
  const rest = await new Rest().login();
  const vm = rest.id('VirtualMachine', 'DC0_H0_VM0');
  await rest.ok('POST', `/api/vcenter/vm/${vm}/power?action=suspend`);
  await rest.send('POST', `/api/vcenter/vm/${vm}/power?action=suspend`);
  const tasks = Object.values(await rest.ok<Record<string, { operation: string; status: string; target?: { id: string }; error?: { error_type: string } }>>('GET', '/api/cis/tasks')).filter(({ operation }) => operation === 'SuspendVM_Task');
  assert.deepEqual(tasks.map(({ status, target, error }) => [status, target?.id, error?.error_type]), [['SUCCEEDED', vm, undefined], ['FAILED', vm, 'ALREADY_IN_DESIRED_STATE']]);
  await rest.refuses('NOT_FOUND', 'GET', '/api/cis/tasks/task-0');
});

test('a cluster module takes machines of its cluster only, and forgets those that go', async () => {
  const rest = await new Rest().login();
  const module = await rest.ok<string>('POST', '/api/vcenter/cluster/modules', { cluster: rest.id('ClusterComputeResource', 'DC0_C0') });
  const members = `/api/vcenter/cluster/modules/vm/${module}/members`;
  const [inside, outside] = [rest.id('VirtualMachine', 'DC0_C0_RP0_VM0'), rest.id('VirtualMachine', 'DC0_H0_VM0')];
  assert.deepEqual(await rest.ok('POST', `${members}?action=add`, { vms: [inside, outside] }), { success: false });
  assert.deepEqual(await rest.ok('GET', members), { vms: [] });
  assert.deepEqual(await rest.ok('POST', `${members}?action=add`, { vms: [inside] }), { success: true });
  await rest.ok('POST', `/api/vcenter/vm/${inside}/power?action=stop`);
  await rest.ok('DELETE', `/api/vcenter/vm/${inside}`);
  assert.deepEqual(await rest.ok('GET', members), { vms: [] });
});
