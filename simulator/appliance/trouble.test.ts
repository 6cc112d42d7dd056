// Appliances that boot as somebody asked for: without addresses, slowly, with components that fail; and anew.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import type { GuestInfo, ManagedObjectReference, OptionValue, VirtualMachineConfigInfo } from '../../core/vim25/index.ts';
import { createSimulator, ManualClock, type BootRule, type Simulator } from '../index.ts';
import { adminEndpoint } from '../endpoints/admin.ts';
import { labOptions } from '../inventory/lab-options.ts';
import { parseLab } from '../inventory/load-lab.ts';
import { reset, setPower } from '../objects/virtual-machine/power.ts';
import { setDhcp } from './dhcp.ts';
import { fromOptions, longAddress, NIL, readAddress, toOptions, type Keys } from './keys.ts';

const LAB = (more = '', network = '', vch = '') => `product: vcenter
${more}
datacenters:
  - name: DC0
    networks: [{ name: VM Network }, { name: clients${network} }]
    clusters:
      - name: C0
        hosts: [h1]
        vchs:
          - { name: vch1, networks: { client: clients }${vch} }
          - { name: vch2, state: off, networks: { client: clients } }
`;
const IP = 'guestinfo..init.networks|client.ip.IP';
const started = (name: string) => `guestinfo..init.sessions|${name}.started`;
const ALL = ['vicadmin', 'docker-personality', 'port-layer'].map(started);

interface World {
  readonly simulator: Simulator;
  readonly clock: ManualClock;
  readonly vch: ManagedObjectReference;
  keys(): Keys;
  guest(): GuestInfo;
  /** Off, without what an earlier run wrote, and on again. */
  powerOn(change?: (keys: Keys) => void): Promise<void>;
  settle(): Promise<void>;
}

async function open(lab = LAB(), name = 'vch1'): Promise<World> {
  const clock = new ManualClock();
  const simulator = createSimulator({ ...labOptions(await parseLab(lab, 'lab.yaml')), clock, freeze: true });
  const { store, sim } = simulator;
  const vch = [...store.ofType('VirtualMachine')].find(({ props }) => props['name'] === name)!.ref;
  const props = () => store.get(vch)!.props;
  const world: World = {
    simulator, clock, vch,
    keys: () => fromOptions((props()['config'] as VirtualMachineConfigInfo).extraConfig),
    guest: () => props()['guest'] as GuestInfo,
    async settle() {
      for (let idle = 0, version = -1; idle < 10; idle++) {
        await turn();
        if (store.version !== version) idle = 0;
        version = store.version;
      }
    },
    async powerOn(change) {
      store.transaction((tx) => {
        if (tx.get(vch, 'runtime.powerState') === 'poweredOn') setPower(sim, tx, vch, 'poweredOff');
      });
      await world.settle();
      const keys = Object.fromEntries(Object.entries(world.keys()).filter(([key]) => !/^guestinfo\.\.init\.networks\|/.test(key)).map(([key, value]) => [key, key.endsWith('.started') ? NIL : value]));
      change?.(keys);
      store.transaction((tx) => tx.set(vch, 'config.extraConfig', toOptions(keys)));
      store.transaction((tx) => setPower(sim, tx, vch, 'poweredOn'));
      await world.settle();
    },
  };
  return world;
}

const network = ({ simulator }: World, name: string) => [...simulator.store.ofType('Network')].find(({ props }) => props['name'] === name)!.ref;

test('addresses come from the range of each network, and no two appliances share one', async () => {
  const world = await open(LAB('', ', dhcp: 127.0.30.10-11'));
  const client = readAddress(world.keys()[IP])!;
  assert.match(client, /^127\.0\.30\.1[01]$/);
  assert.match(readAddress(world.keys()['guestinfo..init.networks|external.ip.IP'])!, /^127\.17\./);
  assert.equal(readAddress(world.keys()['guestinfo..init.networks|client.network.gateway.IP']), '127.0.30.254');
  const { store } = world.simulator;
  const other = [...store.ofType('VirtualMachine')].find(({ props }) => props['name'] === 'vch2')!;
  const otherKeys = fromOptions((other.props['config'] as VirtualMachineConfigInfo).extraConfig);
  assert.deepEqual([client, readAddress(otherKeys[IP])].sort(), ['127.0.30.10', '127.0.30.11']);
  await world.simulator.close();
});

test('without a DHCP server an appliance writes nothing and goes on asking until there is one', async () => {
  const world = await open();
  const { store } = world.simulator;
  store.transaction((tx) => setDhcp(tx, network(world, 'clients'), 'none'));
  await world.powerOn();
  assert.equal(world.keys()[IP], undefined);
  assert.equal(world.keys()['guestinfo..init.networks|external.ip.IP'], undefined);
  assert.equal(world.guest().ipAddress, undefined);
  assert.deepEqual(ALL.map((key) => world.keys()[key]), [NIL, NIL, NIL]);
  store.transaction((tx) => setDhcp(tx, network(world, 'clients'), '127.0.40.0/24'));
  await world.settle();
  assert.match(world.guest().ipAddress!, /^127\.0\.40\./);
  assert.deepEqual(ALL.map((key) => world.keys()[key]), ['true', 'true', 'true']);
  await world.simulator.close();
});

test('an unplugged adapter gets no address', async () => {
  const world = await open();
  const { store } = world.simulator;
  const plug = (connected: boolean) => store.transaction((tx) => {
    const config = tx.get(world.vch, 'config') as VirtualMachineConfigInfo;
    const device = config.hardware.device!.map((one) => (one.slotInfo && one.connectable ? { ...one, connectable: { ...one.connectable, startConnected: connected, connected } } : one));
    tx.set(world.vch, 'config.hardware.device', device);
  });
  plug(false);
  await world.powerOn();
  assert.equal(world.keys()[IP], undefined);
  plug(true);
  await world.settle();
  assert.notEqual(world.keys()[IP], undefined);
  await world.simulator.close();
});

test('a world file can say how its appliances boot, also those of its own', async () => {
  const none = await open(LAB('', ', dhcp: none'));
  await none.settle();
  assert.equal(none.keys()[IP], undefined);
  await none.simulator.close();
  const world = await open(LAB(`appliances:
  - { delay: 5 }
  - { name: vch1, failures: { port-layer: no such file }, hangs: [vicadmin] }`));
  assert.deepEqual(ALL.map((key) => world.keys()[key]), [NIL, 'true', 'no such file']);
  assert.equal(world.keys()['guestinfo..init.sessions|port-layer.status'], '-1');
  await world.powerOn();
  assert.equal(world.keys()[IP], undefined);
  world.clock.advance(4999);
  await world.settle();
  assert.equal(world.keys()[IP], undefined);
  world.clock.advance(1);
  await world.settle();
  assert.notEqual(world.keys()[IP], undefined);
  assert.deepEqual(ALL.map((key) => world.keys()[key]), [NIL, 'true', 'no such file']);
  await world.simulator.close();
});

const CASES: readonly { how: string; rule: BootRule; query: string; keys: Keys }[] = [
  { how: 'no DHCP', rule: { dhcp: false }, query: 'dhcp=none', keys: { 'vicsim.boot.dhcp': 'none' } },
  { how: 'slow', rule: { delay: 60 }, query: 'delay=60', keys: { 'vicsim.boot.delay': '60' } },
  { how: 'failing', rule: { failures: { vicadmin: 'exec format error' } }, query: 'fail.vicadmin=exec format error', keys: { 'vicsim.boot.fail.vicadmin': 'exec format error' } },
  { how: 'silent', rule: { hangs: ['vicadmin'] }, query: 'hang.vicadmin=true', keys: { 'vicsim.boot.hang.vicadmin': 'true' } },
];

for (const { how, rule, query, keys } of CASES) {
  test(`a boot can be ${how}: by a rule in process, by an admin call, by a key of the machine`, async () => {
    const outcome = (world: World) => [world.keys()[IP] !== undefined, ...ALL.map((key) => world.keys()[key])];
    const expected = { 'no DHCP': [false, NIL, NIL, NIL], slow: [false, NIL, NIL, NIL], failing: [true, 'exec format error', 'true', 'true'], silent: [true, NIL, 'true', 'true'] }[how]!;
    const world = await open();
    await world.powerOn();
    assert.deepEqual(outcome(world), [true, 'true', 'true', 'true']);
    world.simulator.setBootRule({ name: 'vch1', ...rule });
    await world.powerOn();
    assert.deepEqual(outcome(world), expected);
    world.simulator.setBootRule({ name: 'vch1' });
    await world.powerOn();
    assert.deepEqual(outcome(world), [true, 'true', 'true', 'true']);
    const admin = adminEndpoint(world.simulator);
    const parsed = Object.fromEntries(new URLSearchParams(`name=vch1&${query}`));
    assert.equal((await admin({ method: 'POST', action: 'appliances', query: parsed })).status, 200);
    await world.powerOn();
    assert.deepEqual(outcome(world), expected);
    assert.equal((await admin({ method: 'POST', action: 'appliances', query: { name: 'vch1' } })).status, 200);
    await world.powerOn((all) => Object.assign(all, keys));
    assert.deepEqual(outcome(world), expected);
    await world.simulator.close();
  });
}

test('admin calls that make no sense are refused with what would', async () => {
  const world = await open();
  const admin = adminEndpoint(world.simulator);
  assert.match(JSON.stringify(await admin({ method: 'POST', action: 'appliances', query: { 'fail.vicamin': 'x' } })), /400.*fail\.vicamin=x makes no sense.*docker-personality, port-layer, vicadmin/);
  assert.match(JSON.stringify(await admin({ method: 'POST', action: 'appliances', query: { delay: 'long' } })), /400/);
  assert.match(JSON.stringify(await admin({ method: 'POST', action: 'dhcp', query: { network: 'nope', range: 'none' } })), /404.*VM Network, clients/);
  assert.match(JSON.stringify(await admin({ method: 'POST', action: 'dhcp', query: { network: 'clients', range: '1-2' } })), /400/);
  assert.equal((await admin({ method: 'POST', action: 'dhcp', query: { network: 'clients', range: 'none' } })).status, 200);
  await world.powerOn();
  assert.equal(world.keys()[IP], undefined);
  assert.equal((await admin({ method: 'POST', action: 'dhcp', query: { network: 'clients' } })).status, 200);
  await world.settle();
  assert.match(world.guest().ipAddress!, /^127\.17\./);
  await world.simulator.close();
});

test('a reset boots it anew with the same address; what runs is silent meanwhile', async () => {
  const world = await open();
  const { store, sim } = world.simulator;
  await world.powerOn();
  const address = world.guest().ipAddress;
  world.simulator.setBootRule({ delay: 10, failures: { vicadmin: 'broken' } });
  world.clock.advance(1000);
  store.transaction((tx) => reset(sim, tx, world.vch));
  await world.settle();
  assert.equal(world.guest().ipAddress, undefined);
  world.clock.advance(10_000);
  await world.settle();
  assert.equal(world.guest().ipAddress, address);
  assert.equal(world.keys()[ALL[0]!], 'broken');
  await world.simulator.close();
});

test('suspended and resumed it goes on as before; moved in time or configuration it does not boot again', async () => {
  const world = await open();
  const { store, sim } = world.simulator;
  await world.powerOn();
  world.simulator.setBootRule({ failures: { vicadmin: 'booted again' } });
  store.transaction((tx) => setPower(sim, tx, world.vch, 'suspended'));
  await world.settle();
  world.clock.advance(1000);
  store.transaction((tx) => setPower(sim, tx, world.vch, 'poweredOn'));
  store.transaction((tx) => tx.set(world.vch, 'config.annotation', 'x'));
  await world.settle();
  assert.equal(world.keys()[ALL[0]!], 'true');
  assert.notEqual(world.guest().ipAddress, undefined);
  await world.simulator.close();
});

test('an adapter that is taken out takes its address along', async () => {
  const world = await open();
  const { store } = world.simulator;
  await world.powerOn();
  const before = world.guest();
  store.transaction((tx) => {
    const devices = (tx.get(world.vch, 'config') as VirtualMachineConfigInfo).hardware.device!;
    const gone = before.net!.find(({ ipAddress }) => ipAddress![0] === before.ipAddress)!.deviceConfigId;
    tx.set(world.vch, 'config.hardware.device', devices.filter(({ key }) => key !== gone));
  });
  await world.settle();
  assert.equal(world.guest().net!.length, before.net!.length - 1);
  assert.notEqual(world.guest().ipAddress, before.ipAddress);
  await world.simulator.close();
});

test('a boot under way goes on in a fork and after a restore', async () => {
  const world = await open();
  const { simulator, clock } = world;
  simulator.setBootRule({ delay: 10 });
  await world.powerOn();
  const snapshot = simulator.snapshot();
  const clockOfFork = new ManualClock(clock.now());
  const fork = simulator.fork({ clock: clockOfFork });
  const keysOf = (of: Simulator) => fromOptions((of.store.get(world.vch)!.props['config'] as { extraConfig: OptionValue[] }).extraConfig);
  await world.settle();
  clockOfFork.advance(10_000);
  for (let i = 0; i < 20; i++) await turn();
  assert.notEqual(keysOf(fork)[IP], undefined);
  assert.equal(keysOf(simulator)[IP], undefined);
  clock.advance(10_000);
  await world.settle();
  assert.notEqual(keysOf(simulator)[IP], undefined);
  simulator.restore(snapshot);
  await world.settle();
  assert.equal(keysOf(simulator)[IP], undefined);
  clock.advance(10_000);
  await world.settle();
  assert.notEqual(keysOf(simulator)[IP], undefined);
  await Promise.all([simulator.close(), fork.close()]);
});

test('the components that start are those that the configuration names', async () => {
  const world = await open();
  await world.powerOn((keys) => {
    keys['guestinfo./init/sessions'] = 'port-layer';
    for (const key of Object.keys(keys)) if (/init\.sessions\|(vicadmin|docker)/.test(key)) delete keys[key];
  });
  assert.deepEqual(ALL.map((key) => world.keys()[key]), [undefined, undefined, 'true']);
  await world.simulator.close();
});

test('two appliances that are new never get the same address, and when none is left the second one waits', async () => {
  const world = await open(LAB('', '', ', state: off'));
  const { store, sim } = world.simulator;
  const all = [...store.ofType('VirtualMachine')].map(({ ref }) => ref);
  const keysOf = (vm: ManagedObjectReference) => fromOptions((store.get(vm)!.props['config'] as VirtualMachineConfigInfo).extraConfig);
  const bootBoth = async (range: string) => {
    store.transaction((tx) => {
      for (const vm of all) {
        if (tx.get(vm, 'runtime.powerState') === 'poweredOn') setPower(sim, tx, vm, 'poweredOff');
        tx.set(vm, '_boot', undefined);
        tx.set(vm, 'config.extraConfig', toOptions(Object.fromEntries(Object.entries(keysOf(vm)).filter(([key]) => !/^guestinfo\.\.init\.networks\|/.test(key)))));
        setDhcp(tx, network(world, 'clients'), range);
      }
    });
    for (const vm of all) {
      store.transaction((tx) => setPower(sim, tx, vm, 'poweredOn'));
      await world.settle();
    }
    return all.map((vm) => readAddress(keysOf(vm)[IP]));
  };
  assert.deepEqual((await bootBoth('127.0.50.1-2')).sort(), ['127.0.50.1', '127.0.50.2']);
  assert.deepEqual(await bootBoth('127.0.51.9-9'), ['127.0.51.9', undefined]);
  await world.simulator.close();
});

test('an address in the configuration needs no DHCP server', async () => {
  const world = await open();
  const { store } = world.simulator;
  store.transaction((tx) => setDhcp(tx, network(world, 'clients'), 'none'));
  await world.powerOn((keys) => Object.assign(keys, {
    'guestinfo./init/networks|client/staticip/IP': longAddress('127.0.60.5'), 'guestinfo./init/networks|client/staticip/Mask': longAddress('255.255.255.0'),
  }));
  assert.equal(readAddress(world.keys()[IP]), '127.0.60.5');
  assert.equal(world.guest().ipAddress, '127.0.60.5');
  await world.simulator.close();
});

test('a rule for one name leaves the others alone', async () => {
  const world = await open();
  world.simulator.setBootRule({ name: 'vch2', dhcp: false });
  await world.powerOn();
  assert.notEqual(world.keys()[IP], undefined);
  await world.simulator.close();
});

test('a guest that stumbles does not take the others along', async () => {
  const world = await open();
  const { store, sim } = world.simulator;
  const other = [...store.ofType('VirtualMachine')].find(({ props }) => props['name'] === 'vch2')!.ref;
  const said: string[] = [];
  Object.assign(sim.log, { write: (_level: string, message: string) => said.push(message) });
  store.beforeCommit((tx) => {
    if ([...tx.touched()].includes(world.vch.value) && tx.get(world.vch, '_boot.done') === false) throw new TypeError('stumbled');
  });
  await world.powerOn();
  assert.equal(world.keys()[IP], undefined);
  assert.deepEqual(said, [`the simulated guest of ${world.vch.value} stopped: TypeError: stumbled`]);
  store.transaction((tx) => setPower(sim, tx, other, 'poweredOn'));
  await world.settle();
  assert.equal((store.get(other)!.props['guest'] as GuestInfo).toolsRunningStatus, 'guestToolsRunning');
  await world.simulator.close();
});
