import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openContext } from './context.ts';
import type { FakeVsphere } from './fake-vsphere.testing.ts';
import { addContainer, addVch, smallWorld } from './fake-vsphere.testing.ts';
import { inspectIn } from './inspect.ts';
import { UserError } from './issue.ts';
import { listIn } from './list.ts';

const quiet = { step: () => undefined, warn: () => undefined };
const everywhere = { datacenter: '', compute: '', all: false };
const named = (name: string, more = {}): Parameters<typeof inspectIn>[1] => ({ datacenter: '', compute: '', name, id: '', ...more });

const twoClusters = (): FakeVsphere =>
  addVch(
    addVch(
      smallWorld()
        .add('ComputeResource:H0', { name: 'esx1', parent: 'Folder:host' })
        .add('ResourcePool:root2', { name: 'Resources', parent: 'ComputeResource:H0' })
        .add('ResourcePool:p', { name: 'pool1', parent: 'ResourcePool:root' }),
      'ResourcePool:p', 'vch1', 1,
    ),
    'ResourcePool:root2', 'vch2', 2, { vm: { 'runtime.powerState': 'poweredOff' } },
  );

test('ls lists VCHs at any depth with the path of the pool around their own, powered off ones too', async () => {
  const fake = addVch(addVch(smallWorld(), 'ResourcePool:root', 'b', 2), 'ResourcePool:resgroup-2', 'a', 1, { vm: { 'runtime.powerState': 'poweredOff' } });
  const found = listIn(await openContext(fake, quiet), everywhere);
  assert.deepEqual(found.map(({ id, path, name, state }) => [id, path, name, state]), [
    ['vm-2', '/DC0/host/C0/Resources', 'b', 'poweredOn'],
    ['vm-1', '/DC0/host/C0/Resources/b', 'a', 'poweredOff'],
  ]);
});

test('the number of questions does not depend on the size of the inventory', async () => {
  const small = addVch(smallWorld(), 'ResourcePool:root', 'vch1', 1);
  const large = addVch(smallWorld(), 'ResourcePool:root', 'vch1', 1);
  for (let i = 10; i < 60; i++) addContainer(addVch(large, 'ResourcePool:root', `vch${i}`, i), i, `c${i}`);
  await openContext(small, quiet);
  await openContext(large, quiet);
  assert.equal(large.calls, small.calls);
  assert.equal(small.calls, 4);
});

test('a server that takes no keys in property paths is asked for whole configurations', async () => {
  const of = async (keys: FakeVsphere['keys']): Promise<readonly unknown[]> => {
    const fake = twoClusters();
    fake.keys = keys;
    const listed = listIn(await openContext(fake, quiet), { ...everywhere, all: true });
    return [fake.calls, listed];
  };
  const [calls, listed] = await of('taken');
  assert.equal((listed as readonly unknown[]).length, 2);
  for (const keys of ['refused', 'missing'] as const) assert.deepEqual(await of(keys), [Number(calls) + 1, listed], keys);
});

test('several candidates: ls and inspect fail with values that then work', async () => {
  const context = await openContext(twoClusters(), quiet);
  for (const act of [async () => listIn(context, everywhere), () => inspectIn(context, named('vch1'))]) {
    await assert.rejects(act, (error) => {
      assert.ok(error instanceof UserError);
      assert.deepEqual(error.issues[0]!.valid, ['C0', 'C0/pool1', 'esx1']);
      return true;
    });
  }
  assert.deepEqual(listIn(context, { ...everywhere, compute: 'C0' }).map((vch) => vch.name), ['vch1']);
  assert.deepEqual(listIn(context, { ...everywhere, compute: 'esx1' }).map((vch) => vch.name), ['vch2']);
  assert.deepEqual(listIn(context, { ...everywhere, all: true }).map((vch) => vch.name), ['vch1', 'vch2']);
});

test('every PATH and NAME, and every ID, of ls is accepted by inspect', async () => {
  const context = await openContext(addVch(twoClusters(), 'ResourcePool:resgroup-1', 'nested', 7), quiet);
  for (const vch of listIn(context, { ...everywhere, all: true }).filter((row) => row.state === 'poweredOn')) {
    assert.equal((await inspectIn(context, named(vch.name, { compute: vch.path }))).id, vch.id);
    assert.equal((await inspectIn(context, named('ignored', { id: vch.id }))).name, vch.name);
  }
});

test('inspect gives TLS and plain addresses', async () => {
  const noTls = { config: { 'guestinfo./HostCertificate/Cert': '<nil>', 'guestinfo./HostCertificate/Key': '<nil>' } };
  const context = await openContext(addVch(addVch(smallWorld(), 'ResourcePool:root', 'tls', 1), 'ResourcePool:root', 'plain', 2, noTls), quiet);
  const tls = await inspectIn(context, named('tls'));
  assert.deepEqual([tls.adminPortal, tls.dockerHost, tls.dockerCommand], ['https://10.17.109.23:2378', '10.17.109.23:2376', 'docker -H 10.17.109.23:2376 --tls info']);
  const plain = await inspectIn(context, named('plain'));
  assert.deepEqual([plain.adminPortal, plain.dockerHost, plain.dockerCommand], ['http://10.17.109.23:2378', '10.17.109.23:2375', 'docker -H 10.17.109.23:2375 info']);
});

test('inspect says why it cannot: off, no address, other place, not a VCH, unknown', async () => {
  const fake = twoClusters();
  addVch(fake, 'ResourcePool:root', 'mute', 3, { config: { 'guestinfo..init.networks|client.ip.IP': '<nil>' } });
  addVch(fake, 'ResourcePool:root', 'plain-vm', 4, { vm: { 'config.extraConfig': [] } });
  const context = await openContext(fake, quiet);
  await assert.rejects(inspectIn(context, named('vch2', { compute: 'esx1' })), /not powered on, its state is poweredOff/);
  await assert.rejects(inspectIn(context, named('mute', { compute: 'C0' })), /no client IP address/);
  const details = (name: string, compute: string): Promise<string> =>
    inspectIn(context, named(name, { compute })).then(() => '', (error: UserError) => error.issues.flatMap((issue) => [issue.what, ...(issue.details ?? [])]).join('\n'));
  assert.match(await details('vch1', 'C0'), /use --compute-resource C0\/pool1/);
  assert.match(await details('plain-vm', 'C0'), /is not a virtual container host/);
  assert.match(await details('nobody', 'C0'), /no virtual container host "nobody"/);
  await assert.rejects(inspectIn(context, named('', { id: 'vm-99' })), /no VM with the ID "vm-99"/);
  await assert.rejects(inspectIn(context, named('', { id: 'vm-4' })), /is not a virtual container host/);
});

test('datacenters: one is the default, several must be named, wrong names list the right ones', async () => {
  const fake = addVch(smallWorld(), 'ResourcePool:root', 'vch1', 1).add('Datacenter:dc2', { name: 'DC1', parent: 'Folder:root' });
  const context = await openContext(fake, quiet);
  for (const datacenter of ['', 'nope']) {
    assert.throws(() => listIn(context, { ...everywhere, datacenter }), (error) => {
      assert.deepEqual((error as UserError).issues[0]!.valid, ['DC0', 'DC1']);
      return true;
    });
  }
  assert.equal(listIn(context, { ...everywhere, datacenter: 'DC0' }).length, 1);
  assert.throws(() => listIn(context, { datacenter: 'nope', compute: '', all: true }), /no datacenter "nope"/);
});
