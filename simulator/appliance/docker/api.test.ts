// The Docker API of a simulated VCH: what is in vSphere is what it says, and what it does is in vSphere.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../index.ts';
import { removePath } from '../../objects/datastore/files.ts';
import { setPower, reset } from '../../objects/virtual-machine/power.ts';
import { readVch } from '../port-layer/vch.ts';
import { dockerWorld, LAB } from './docker.testing.ts';

interface Inspected {
  readonly Id: string;
  readonly State: { Status: string; ExitCode: number; Error: string };
  readonly NetworkSettings: { Networks: Record<string, { IPAddress: string; Gateway: string }> };
  readonly Config: { Env: string[]; Cmd: string[]; Tty: boolean; WorkingDir: string };
  readonly Mounts: readonly { Name: string; Destination: string }[];
}

test('a container goes from create to rm, each state as vSphere has it', async () => {
  const { ask, vm, powerOf, simulator } = await dockerWorld();
  const made = await ask('POST /v1.22/containers/create?name=one', { Image: 'busybox', Cmd: ['top', '-b'], Env: ['A=1', 'PATH=/x'], WorkingDir: '/srv', Tty: true });
  assert.equal(made.status, 201);
  assert.equal(powerOf('one-'), 'poweredOff');
  const inspect = async () => (await ask('GET /containers/one/json')).json<Inspected>();
  assert.equal((await inspect()).State.Status, 'created');
  assert.equal((await ask('POST /containers/one/start')).status, 204);
  const { State, Config, NetworkSettings, Id } = await inspect();
  assert.deepEqual([State.Status, Config.Cmd, Config.WorkingDir, Config.Tty, NetworkSettings.Networks['bridge']!.IPAddress], ['running', ['top', '-b'], '/srv', true, '172.16.0.2']);
  assert.deepEqual(Config.Env, ['PATH=/x', 'TERM=xterm', 'A=1']);
  assert.equal((await ask(`GET /containers/${Id.slice(0, 12)}/json`)).status, 200);
  assert.equal((await ask('POST /containers/one/start')).status, 204, 'starting a running container is fine');
  assert.equal((await ask('POST /containers/one/restart')).status, 204);
  assert.equal((await inspect()).NetworkSettings.Networks['bridge']!.IPAddress, '172.16.0.2');
  assert.equal((await ask('POST /containers/one/stop?t=1')).status, 204);
  assert.equal((await ask('POST /containers/one/stop')).status, 204, 'stopping a stopped container is fine');
  assert.deepEqual([(await inspect()).State.Status, (await inspect()).State.ExitCode], ['exited', -1]);
  assert.equal((await ask('DELETE /containers/one')).status, 204);
  assert.equal(vm('one-'), undefined);
  assert.equal((await ask('GET /containers/one/json')).status, 404);
  await simulator.close();
});

test('the work is done by tasks of the API, under the name of the VCH', async () => {
  const { ask, simulator, appliance } = await dockerWorld();
  await ask('POST /containers/create?name=one', { Image: 'busybox', Cmd: ['top'] });
  await ask('POST /containers/one/start');
  const tasks = [...simulator.store.ofType('Task')].map(({ props }) => props['info'] as { descriptionId: string; reason: { userName?: string } });
  assert.deepEqual(tasks.map(({ descriptionId }) => descriptionId), ['ResourcePool.createVm', 'VirtualMachine.reconfigure', 'VirtualMachine.powerOn']);
  const { uuid } = simulator.store.transaction((tx) => readVch(tx, appliance)!);
  assert.deepEqual(new Set(tasks.map(({ reason }) => reason.userName)), new Set([`com.vmware.vic.${uuid}`]));
  await simulator.close();
});

test('a fault of vSphere is what the client hears', async () => {
  const { ask, simulator, vm } = await dockerWorld();
  simulator.store.transaction((tx) => tx.set([...tx.all('HostSystem')][0]!, 'runtime.inMaintenanceMode', true));
  const made = await ask('POST /containers/create?name=one', { Image: 'busybox', Cmd: ['top'] });
  assert.equal(made.status, 500);
  assert.match(made.body, /Server error from portlayer: \w+: /);
  assert.equal(vm('one-'), undefined);
  await simulator.close();
});

test('the memory of the port layer goes with the appliance, containers stay', async () => {
  const { ask, simulator, appliance, settle } = await dockerWorld();
  const names = async () => (await ask('GET /networks')).json<{ Name: string }[]>().map(({ Name }) => Name);
  assert.equal((await ask('POST /networks/create', { Name: 'backend' })).status, 201);
  assert.deepEqual(await names(), ['bridge', 'backend', 'apps', 'lan']);
  await ask('POST /containers/create?name=one', { Image: 'busybox', Cmd: ['top'] });
  await ask('POST /containers/one/start');
  simulator.store.transaction((tx) => setPower(simulator.sim, tx, appliance, 'poweredOff'));
  assert.equal((await ask('GET /networks')).status, 503);
  simulator.store.transaction((tx) => setPower(simulator.sim, tx, appliance, 'poweredOn'));
  assert.equal((await ask('GET /networks')).status, 503, 'what an earlier run wrote does not count');
  await settle();
  assert.deepEqual(await names(), ['bridge', 'apps', 'lan']);
  assert.equal((await ask('GET /containers/json')).json<unknown[]>().length, 1);
  await simulator.close();
});

test('a VCH whose port layer does not run says so', async () => {
  const { ask, simulator, appliance, settle } = await dockerWorld();
  simulator.setBootRule({ name: 'vch1', failures: { 'port-layer': 'exec format error' } });
  simulator.store.transaction((tx) => reset(simulator.sim, tx, appliance));
  await settle();
  const { status, body } = await ask('GET /info');
  assert.deepEqual([status, body], [500, 'Server error from portlayer: connection refused\n']);
  await simulator.close();
});

test('addresses: one each, given back by those that are off, of the ranges that the network has', async () => {
  const { ask, simulator } = await dockerWorld();
  const start = async (name: string, network: string) => {
    await ask(`POST /containers/create?name=${name}`, { Image: 'busybox', Cmd: ['top'], HostConfig: { NetworkMode: network } });
    const { status, body } = await ask(`POST /containers/${name}/start`);
    if (status !== 204) return body.trim();
    return (await ask(`GET /containers/${name}/json`)).json<Inspected>().NetworkSettings.Networks[network]!.IPAddress;
  };
  assert.deepEqual([await start('c-a', 'apps'), await start('c-b', 'apps')], ['10.9.0.10', '10.9.0.11']);
  assert.match(await start('c-c', 'apps'), /no address is left on network apps/);
  await ask('DELETE /containers/c-a?force=1');
  assert.equal(await start('c-d', 'apps'), '10.9.0.10');
  assert.match(await start('c-e', 'lan'), /^127\.17\./, 'from the DHCP server of the network');
  assert.deepEqual([await start('c-f', 'bridge'), await start('c-g', 'bridge')], ['172.16.0.2', '172.16.0.3']);
  await simulator.close();
});

test('output comes in frames, or bare from a terminal', async () => {
  const { ask, simulator, settle } = await dockerWorld();
  for (const [name, Tty] of [['bare', true], ['framed', false]] as const) {
    await ask(`POST /containers/create?name=${name}`, { Image: 'busybox', Cmd: ['echo', 'hé'], Tty });
    await ask(`POST /containers/${name}/start`);
  }
  await settle();
  assert.equal((await ask('GET /containers/bare/logs?stdout=1')).body, 'hé\n');
  const { bytes } = await ask('GET /containers/framed/logs?stdout=1&stderr=1&tail=all');
  assert.deepEqual([...bytes.subarray(0, 8)], [1, 0, 0, 0, 0, 0, 0, 4]);
  assert.equal(Buffer.from(bytes.subarray(8)).toString(), 'hé\n');
  assert.equal((await ask('GET /containers/bare/logs')).status, 400);
  for (const more of ['tail=5', 'since=12', 'timestamps=1', 'follow=1']) assert.match((await ask(`GET /containers/bare/logs?stdout=1&${more}`)).body, /does not yet support '--/);
  await simulator.close();
});

test('a process that sleeps ends when its time has come, in a forked world too', async () => {
  const clock = new ManualClock();
  const { ask, simulator, settle, powerOf } = await dockerWorld({ clock });
  await ask('POST /containers/create?name=nap', { Image: 'busybox', Cmd: ['sh', '-c', 'sleep 60; exit 7'] });
  await ask('POST /containers/nap/start');
  await settle();
  clock.advance(59_000);
  await settle();
  assert.equal(powerOf('nap-'), 'poweredOn');
  const twin = await dockerWorld({ from: simulator });
  await twin.settle();
  clock.advance(1_000);
  await settle();
  await twin.settle();
  for (const world of [{ powerOf, ask }, twin]) {
    assert.equal(world.powerOf('nap-'), 'poweredOff');
    assert.equal((await world.ask('GET /containers/nap/json')).json<Inspected>().State.ExitCode, 7);
  }
  await twin.simulator.close();
  await simulator.close();
});

test('images come from the registry of the world, with its own tags', async () => {
  const { ask, simulator } = await dockerWorld();
  const pull = async (name: string, tag: string) => (await ask(`POST /images/create?fromImage=${encodeURIComponent(name)}&tag=${tag}`)).body;
  assert.match(await pull('registry.example.com:5000/team/app', '2'), /Status: Downloaded newer image for registry\.example\.com:5000\/team\/app:2/);
  assert.match(await pull('registry.example.com:5000/team/app', '3'), /team\/app:3 not found/);
  assert.match(await pull('docker.io/library/redis', 'latest'), /Pulling from library\/redis/);
  const tags = (await ask('GET /images/json')).json<{ RepoTags: string[]; Size: number }[]>();
  assert.deepEqual(tags.map(({ RepoTags }) => RepoTags[0]), ['busybox:latest', 'redis:latest', 'registry.example.com:5000/team/app:2']);
  assert.ok(tags.every(({ Size }) => Size > 0));
  await simulator.close();
});

test('an image whose store was thrown away is pulled whole again', async () => {
  const { ask, simulator, appliance } = await dockerWorld();
  simulator.store.transaction((tx) => {
    const { imageStore } = readVch(tx, appliance)!;
    removePath(tx, imageStore.datastore, imageStore.path);
  });
  assert.deepEqual((await ask('GET /images/json')).json(), []);
  assert.match((await ask('POST /images/create?fromImage=busybox&tag=latest')).body, /Downloaded newer image/);
  assert.equal((await ask('POST /containers/create?name=one', { Image: 'busybox' })).status, 201);
  await simulator.close();
});

test('volumes without a name, and a store of their own', async () => {
  const { ask, simulator } = await dockerWorld();
  await ask('POST /containers/create?name=one', { Image: 'busybox', Cmd: ['top'], Volumes: { '/data': {} }, HostConfig: { Binds: ['named:/named'] } });
  const mounts = (await ask('GET /containers/one/json')).json<Inspected>().Mounts;
  assert.deepEqual(mounts.map(({ Destination }) => Destination).sort(), ['/data', '/named']);
  const names = (await ask('GET /volumes')).json<{ Volumes: { Name: string }[] }>().Volumes.map(({ Name }) => Name);
  assert.deepEqual(names.sort(), mounts.map(({ Name }) => Name).sort());
  assert.equal((await ask('DELETE /volumes/named')).status, 500);
  assert.equal((await ask('DELETE /volumes/nosuch')).status, 404);
  await simulator.close();
});

test('what nobody understands is refused, and paths that are no Docker', async () => {
  const { ask, simulator } = await dockerWorld({ lab: LAB });
  const cases: readonly (readonly [string, unknown, number])[] = [
    ['GET /nosuch', undefined, 404], ['GET /v1.22/nosuch', undefined, 404], ['PUT /info', undefined, 404], ['GET /v1.30/info', undefined, 400],
    ['POST /containers/create', undefined, 400], ['POST /containers/create', [1], 400], ['GET /containers/json?filters={', undefined, 400],
    ['GET /containers/json?filters={"label":["x"]}', undefined, 400], ['GET /containers/%ZZ/json', undefined, 400], ['POST /containers/create?name=-x', { Image: 'busybox' }, 500],
    ['POST /containers/x/exec', {}, 500], ['POST /auth', {}, 500], ['GET /images/busybox/history', undefined, 500], ['POST /images/create?fromSrc=-', undefined, 500],
  ];
  for (const [line, body, status] of cases) assert.equal((await ask(line, body)).status, status, line);
  await simulator.close();
});
