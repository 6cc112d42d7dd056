// Appliances and containers follow the power state of their machines, as whoever waits for them sees it.
import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import { test } from 'node:test';
import type { GuestInfo, ManagedObjectReference, VirtualMachineConfigInfo, VirtualMachinePowerState } from '../../core/vim25/index.ts';
import { createSimulator, type Simulator } from '../index.ts';
import { labOptions } from '../inventory/lab-options.ts';
import { parseLab } from '../inventory/load-lab.ts';
import { setPower } from '../objects/virtual-machine/power.ts';
import { kindOf } from './boot.ts';
import { fromOptions, NIL, readAddress, toOptions, type Keys } from './keys.ts';

const LAB = `product: vcenter
datacenters:
  - name: DC0
    clusters:
      - name: C0
        hosts: [h1]
        vms: [{ name: plain, state: off }]
        vchs:
          - { name: vch1, state: off, address: 10.17.109.23, containers: [{ name: c1, state: off }] }
          - { name: vch2, address: 10.17.109.24 }
`;

const KEY = 'guestinfo..init.networks|client.ip.IP';
const STARTED = ['vicadmin', 'docker-personality', 'port-layer'].map((name) => `guestinfo..init.sessions|${name}.started`);

async function open(): Promise<{ simulator: Simulator; vm: (name: string) => ManagedObjectReference }> {
  const simulator = createSimulator({ ...labOptions(await parseLab(LAB, 'lab.yaml')), freeze: true });
  const vm = (name: string) => [...simulator.store.ofType('VirtualMachine')].find(({ props }) => String(props['name']).startsWith(name))!.ref;
  return { simulator, vm };
}

const keysOf = (simulator: Simulator, vm: ManagedObjectReference): Keys =>
  fromOptions((simulator.store.get(vm)!.props['config'] as VirtualMachineConfigInfo).extraConfig);
const guestOf = (simulator: Simulator, vm: ManagedObjectReference): GuestInfo => simulator.store.get(vm)!.props['guest'] as GuestInfo;
const power = (simulator: Simulator, vm: ManagedObjectReference, state: VirtualMachinePowerState): void =>
  simulator.store.transaction((tx) => setPower(simulator.sim, tx, vm, state));

async function settle(simulator: Simulator): Promise<void> {
  for (let idle = 0, version = -1; idle < 10; idle++) {
    await turn();
    if (simulator.store.version !== version) idle = 0;
    version = simulator.store.version;
  }
}

test('an appliance that is off remembers its address but reports none; powered on it does, then starts its components', async () => {
  const { simulator, vm } = await open();
  const vch = vm('vch1');
  assert.equal(guestOf(simulator, vch).ipAddress, undefined);
  assert.equal(readAddress(keysOf(simulator, vch)[KEY]), '10.17.109.23');

  const from = simulator.store.version;
  const seen: string[] = [];
  const watching = (async () => {
    for (let version = from; seen.length < 5;) {
      await simulator.store.watch.after(version);
      version = simulator.store.version;
      const keys = keysOf(simulator, vch);
      const state = `${guestOf(simulator, vch).ipAddress ?? 'none'} ${STARTED.filter((key) => keys[key] === 'true').length}`;
      if (seen.at(-1) !== state) seen.push(state);
    }
  })();
  power(simulator, vch, 'poweredOn');
  await Promise.all([settle(simulator), watching]);
  assert.deepEqual(seen, ['none 3', '10.17.109.23 0', '10.17.109.23 1', '10.17.109.23 2', '10.17.109.23 3']);
  const guest = guestOf(simulator, vch);
  assert.equal(guest.toolsRunningStatus, 'guestToolsRunning');
  assert.deepEqual(guest.net!.map((nic) => nic.ipAddress), [['10.17.109.23'], ['172.16.0.1']]);
  await simulator.close();
});

test('powered off, an appliance falls silent and keeps its keys', async () => {
  const { simulator, vm } = await open();
  const vch = vm('vch2');
  assert.equal(guestOf(simulator, vch).ipAddress, '10.17.109.24');
  power(simulator, vch, 'poweredOff');
  await settle(simulator);
  assert.equal(guestOf(simulator, vch).ipAddress, undefined);
  assert.equal(guestOf(simulator, vch).toolsStatus, 'toolsNotRunning');
  assert.equal(readAddress(keysOf(simulator, vch)[KEY]), '10.17.109.24');
  power(simulator, vch, 'poweredOn');
  await settle(simulator);
  assert.equal(guestOf(simulator, vch).ipAddress, '10.17.109.24');
  await simulator.close();
});

test('an appliance that somebody else made gets a free address of its own', async () => {
  const { simulator, vm } = await open();
  const vch = vm('vch1');
  const config = simulator.store.get(vch)!.props['config'] as VirtualMachineConfigInfo;
  // As create leaves it: nothing written back yet.
  const fresh = Object.fromEntries(
    Object.entries(keysOf(simulator, vch)).filter(([key]) => !key.startsWith('guestinfo..init.networks|')).map(([key, value]) => [key, key.endsWith('.started') ? NIL : value]),
  );
  simulator.store.transaction((tx) => tx.set(vch, 'config', { ...config, extraConfig: toOptions(fresh) }));
  power(simulator, vch, 'poweredOn');
  await settle(simulator);
  const address = readAddress(keysOf(simulator, vch)[KEY])!;
  assert.match(address, /^127\.17\.\d+\.\d+$/);
  assert.notEqual(address, '10.17.109.24');
  assert.equal(guestOf(simulator, vch).ipAddress, address);
  for (const key of STARTED) assert.equal(keysOf(simulator, vch)[key], 'true');
  await simulator.close();
});

test('a container reports its bridge address while it runs', async () => {
  const { simulator, vm } = await open();
  const container = vm('c1-');
  assert.equal(kindOf(container, simulator.store.get(container)!.props), 'container');
  power(simulator, container, 'poweredOn');
  await settle(simulator);
  assert.equal(guestOf(simulator, container).ipAddress, '172.16.0.2');
  power(simulator, container, 'poweredOff');
  await settle(simulator);
  assert.equal(guestOf(simulator, container).ipAddress, undefined);
  await simulator.close();
});

test('other machines, and a clone that still names another machine, are left alone', async () => {
  const { simulator, vm } = await open();
  const plain = vm('plain');
  const keys = keysOf(simulator, vm('vch1'));
  const config = simulator.store.get(plain)!.props['config'] as VirtualMachineConfigInfo;
  simulator.store.transaction((tx) => tx.set(plain, 'config', { ...config, extraConfig: toOptions(keys) }));
  power(simulator, plain, 'poweredOn');
  await settle(simulator);
  assert.equal(kindOf(plain, simulator.store.get(plain)!.props), undefined);
  assert.equal(guestOf(simulator, plain).ipAddress, undefined);
  await simulator.close();
});

test('a power-off in the middle of booting leaves nothing running', async () => {
  const { simulator, vm } = await open();
  const vch = vm('vch1');
  power(simulator, vch, 'poweredOn');
  await turn();
  power(simulator, vch, 'poweredOff');
  await settle(simulator);
  assert.equal(guestOf(simulator, vch).ipAddress, undefined);
  simulator.store.transaction((tx) => tx.remove(vch));
  await settle(simulator);
  await simulator.close();
});

test('after a fork both worlds live on their own', async () => {
  const { simulator, vm } = await open();
  const twin = simulator.fork();
  const vch = vm('vch1');
  power(twin, vch, 'poweredOn');
  await settle(twin);
  assert.equal(guestOf(twin, vch).ipAddress, '10.17.109.23');
  assert.equal(guestOf(simulator, vch).ipAddress, undefined);
  await simulator.close();
  await twin.close();
});
