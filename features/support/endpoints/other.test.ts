// Worlds at an endpoint that is not the suite's alone: built there, changed, built anew, and taken away without a trace.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, readInventory } from '../../../core/client/index.ts';
import { deleteVch, listVchs } from '../../../core/engine/index.ts';
import { createSimulator, type Simulator } from '../../../simulator/index.ts';
import { Api } from '../api.ts';
import { differences, observe } from '../observe.ts';
import { endpointOf } from './index.ts';

const LOGIN = { user: 'root', password: 'Sh4red!' };
const ADDRESS = (port: number, password = LOGIN.password): string => `https://${LOGIN.user}:${encodeURIComponent(password)}@127.0.0.1:${port}/sdk`;

async function serving(options: Parameters<typeof createSimulator>[0], work: (simulator: Simulator, port: number) => Promise<void>): Promise<void> {
  const simulator = createSimulator({ ...options, credentials: { userName: LOGIN.user, password: LOGIN.password } });
  try {
    await work(simulator, (await simulator.listen()).port);
  } finally {
    await simulator.close();
  }
}

/** Everything that anybody can see there. */
async function seen(port: number): Promise<Awaited<ReturnType<typeof observe>>> {
  const api = new Api(new URL(`https://127.0.0.1:${port}/sdk`));
  await api.login(LOGIN.user, LOGIN.password);
  try {
    return await observe(api);
  } finally {
    api.close();
  }
}

test('a vCenter Server with datacenters of others: the world stands beside them, and goes without a trace', async () => {
  await serving({}, async (_simulator, port) => {
    const before = await seen(port);
    const endpoint = endpointOf(ADDRESS(port));
    assert.equal(await endpoint.obstacle('one-cluster'), undefined);
    const place = await endpoint.prepare('one-cluster');
    assert.match(place.datacenter!, /^\/vt-[0-9a-f]+-\w+-DC0$/);
    const session = await connect(place.url, { ...LOGIN, insecure: true });
    const listed = await listVchs(session, { datacenter: place.datacenter!.slice(1) });
    assert.deepEqual(listed.map(({ name, path, state, address }) => [name, place.names.here(path), state, address]), [
      ['virtual-container-host', '/DC0/host/DC0_C0/Resources', 'poweredOn', '127.17.109.23'], ['team-blue', '/DC0/host/DC0_C0/Resources/Teams', 'poweredOn', '127.17.109.40'],
    ]);
    // Left as it was, it serves the next scenario; changed, it is built anew.
    await place.close();
    const same = await endpoint.prepare('one-cluster');
    assert.equal(same.datacenter, place.datacenter);
    await deleteVch(session, { datacenter: place.datacenter!.slice(1), force: true });
    await same.close();
    const anew = await endpoint.prepare('one-cluster');
    assert.notEqual(anew.datacenter, place.datacenter);
    assert.equal((await readInventory(session)).all('Datacenter').length, 2, 'the old one is gone');
    await anew.close();
    await session.close();
    await endpoint.close();
    assert.deepEqual(differences(before, await seen(port)), []);
  });
});

test('an ESXi host: the world is within it, and goes without a trace', async () => {
  await serving({ product: 'esxi', model: { machines: 0 } as object }, async (_simulator, port) => {
    const before = await seen(port);
    const endpoint = endpointOf(ADDRESS(port));
    assert.equal(await endpoint.obstacle('esxi'), undefined);
    const place = await endpoint.prepare('esxi');
    const api = new Api(new URL(place.url), place);
    await api.login(LOGIN.user, LOGIN.password);
    const { things } = await observe(api);
    api.close();
    for (const label of ['/ha-datacenter/host/esx.example.com/Resources/Development/vch-dev', '/ha-datacenter/network/Isolated', '[nfs-1] volumes/VIC/volumes/data/data.vmdk']) assert.ok(things.has(label), label);
    await place.close();
    await endpoint.close();
    assert.deepEqual(differences(before, await seen(port)), []);
  });
});

test('what cannot be had there is told: another product, datacenters that could not be told apart, accounts, a wrong password', async () => {
  await serving({}, async (_simulator, port) => {
    const endpoint = endpointOf(ADDRESS(port));
    assert.equal(endpoint.name, `127.0.0.1:${port}`);
    assert.match((await endpoint.obstacle('esxi'))!, /"esxi" is an ESXi host, .* is a vCenter Server/);
    assert.match((await endpoint.obstacle('many'))!, /has several datacenters, and .* has others \(DC0\)/);
    assert.equal(await endpoint.obstacle('accounts'), undefined);
    const place = await endpoint.prepare('accounts');
    assert.match(place.unable!(['ls', '-t', 'signs:a:b@host'])!, /the account "signs" of the world "accounts" is not made/);
    assert.equal(place.unable!(['ls', '-t', 'root:x@host']), undefined);
    await place.close();
    await endpoint.close();
    await assert.rejects(endpointOf(ADDRESS(port, 'wrong')).obstacle('one-cluster'), /cannot be used: .*incorrect user name or password/);
  });
});
