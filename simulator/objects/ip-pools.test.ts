// IP pools: ranges, allocations that are stable and unique, and what a pool in use refuses.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IpPool } from '../../core/vim25/index.ts';
import { World } from './world.testing.ts';

test('addresses are taken from the range, kept per id, and given back', async () => {
  const world = new World();
  const manager = { type: 'IpPoolManager', value: 'IpPoolManager' };
  const dc = world.named('DC0');
  const call = (method: string, args: Record<string, unknown>) => world.call(manager, method, { dc, ...args });
  const pool = { name: 'p', ipv4Config: { subnetAddress: '10.0.0.0', netmask: '255.255.255.0', gateway: '10.0.0.11', range: '10.0.0.10#3', ipPoolEnabled: true }, ipv6Config: { range: '2001:db8::ff#2', ipPoolEnabled: true } };
  const poolId = await call('CreateIpPool', { pool });
  await world.refuses('InvalidArgument', manager, 'CreateIpPool', { dc, pool });
  await world.refuses('InvalidArgument', manager, 'CreateIpPool', { dc, pool: { name: 'q', ipv4Config: { range: '10.0.0.300#3' } } });
  const take = (allocationId: string, version = 4) => call(`AllocateIpv${version}Address`, { poolId, allocationId });
  assert.deepEqual([await take('a'), await take('b'), await take('a')], ['10.0.0.10', '10.0.0.12', '10.0.0.10'], 'the gateway is nobody\'s');
  assert.deepEqual([await take('a', 6), await take('b', 6)], ['2001:db8:0:0:0:0:0:ff', '2001:db8:0:0:0:0:0:100']);
  await world.refuses('InvalidArgument', manager, 'AllocateIpv4Address', { dc, poolId, allocationId: 'c' });
  const [shown] = (await call('QueryIpPools', {})) as IpPool[];
  assert.deepEqual([shown!.allocatedIpv4Addresses, shown!.availableIpv4Addresses, shown!.allocatedIpv6Addresses], [2, 1, 2]);
  await world.refuses('InvalidState', manager, 'DestroyIpPool', { dc, id: poolId, force: false });
  await call('ReleaseIpAllocation', { poolId, allocationId: 'a' });
  assert.equal(await take('c'), '10.0.0.10');
  assert.deepEqual(await call('QueryIPAllocations', { poolId, extensionKey: 'b' }), [{ allocationId: 'b', ipAddress: '10.0.0.12' }, { allocationId: 'b', ipAddress: '2001:db8:0:0:0:0:0:100' }]);
  await call('UpdateIpPool', { pool: { id: poolId, name: 'renamed' } });
  assert.equal(((await call('QueryIpPools', {})) as IpPool[])[0]!.name, 'renamed');
  await call('DestroyIpPool', { id: poolId, force: true });
  assert.deepEqual(await call('QueryIpPools', {}), []);
});
