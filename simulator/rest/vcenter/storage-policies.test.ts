// Storage policies over REST: the state is that of the pbm service and of vim25.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rest } from '../rest.testing.ts';

const ENCRYPTION = '4d5f673c-536f-11e6-beb8-9e71128cae77';
const VSAN = 'aa6d5a82-1c88-45da-85d3-3d74b91a5bad';

test('policies are listed, and checked against datastores', async () => {
  const rest = await new Rest().login();
  const policies = await rest.ok<{ policy: string; name: string }[]>('GET', '/api/vcenter/storage/policies');
  assert.ok(policies.some(({ policy, name }) => policy === VSAN && name === 'vSAN Default Storage Policy'));
  assert.deepEqual((await rest.ok<{ name: string }[]>('GET', `/rest/vcenter/storage/policies?filter.policies=${ENCRYPTION}`)).map(({ name }) => name), ['VM Encryption Policy']);
  const datastore = rest.id('Datastore', 'LocalDS_0');
  const check = (policy: string) => rest.ok<{ compatible_datastores: unknown[] }>('POST', `/api/vcenter/storage/policies/${policy}?action=check-compatibility`, { datastores: [datastore] });
  assert.deepEqual([(await check(ENCRYPTION)).compatible_datastores, (await check(VSAN)).compatible_datastores], [[{ datastore }], []]);
  assert.equal((await rest.send('POST', '/api/vcenter/storage/policies/none?action=check-compatibility', { datastores: [datastore] })).status, 404);
});

test("a machine's policies are changed and read back", async () => {
  const rest = await new Rest().login();
  const vm = rest.id('VirtualMachine', 'DC0_H0_VM0');
  const path = `/api/vcenter/vm/${vm}/storage/policy`;
  const [{ disk } = { disk: '' }] = await rest.ok<{ disk: string }[]>('GET', `/api/vcenter/vm/${vm}/hardware/disk`);
  assert.deepEqual(await rest.ok('GET', path), { disks: {} });
  const specified = (policy: string) => ({ type: 'USE_SPECIFIED_POLICY', policy });
  await rest.ok('PATCH', path, { vm_home: specified(ENCRYPTION), disks: { [disk]: specified(VSAN) } });
  assert.deepEqual(await rest.ok('GET', path), { vm_home: ENCRYPTION, disks: { [disk]: VSAN } });
  assert.deepEqual(await rest.ok('GET', `/api/vcenter/storage/policies/${VSAN}/vm`), { [vm]: { vm_home: false, disks: [disk] } });
  const compliance = await rest.ok<{ overall_compliance: string; vm_home: { status: string } }>('GET', `${path}/compliance`);
  assert.deepEqual([compliance.overall_compliance, compliance.vm_home.status], ['NON_COMPLIANT', 'NON_COMPLIANT']);
  assert.equal((await rest.send('PATCH', path, { vm_home: specified('none') })).status, 404);
  assert.equal((await rest.send('PATCH', path, { disks: { 1: specified(VSAN) } })).status, 404);
  assert.deepEqual(await rest.ok('GET', path), { vm_home: ENCRYPTION, disks: { [disk]: VSAN } });
  await rest.ok('PATCH', path, { vm_home: { type: 'USE_DEFAULT_POLICY' } });
  assert.deepEqual(await rest.ok('GET', path), { disks: { [disk]: VSAN } });
});
