// Ports of distributed switches: taken and given back by adapters, moved, resized; members and their uplinks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { DistributedVirtualPort, HostProxySwitch, ManagedObjectReference, VirtualDevice } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const backing = (switchUuid: string, portgroupKey: string, portKey?: string) =>
  ({ _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port: { switchUuid, portgroupKey, ...(portKey === undefined ? {} : { portKey }) } });

class DvsWorld extends World {
  readonly dvs = this.named('DVS0');
  readonly uuid = this.get<string>(this.dvs, 'uuid');

  async group(spec: Record<string, unknown>): Promise<Ref> {
    return (await this.call(this.dvs, 'CreateDVPortgroup_Task', { spec })) as Ref;
  }

  ports(criteria: Record<string, unknown> = {}): Promise<DistributedVirtualPort[]> {
    return this.call(this.dvs, 'FetchDVPorts', { criteria }) as Promise<DistributedVirtualPort[]>;
  }

  nics(vm: Ref): (VirtualDevice & { backing: { port?: { portKey?: string; portgroupKey?: string; connectionCookie?: number } } })[] {
    return this.get<VirtualDevice[]>(vm, 'config.hardware.device').filter((device) => device.key >= 4000 && device.key < 5000) as never;
  }

  addNic(vm: Ref, group: Ref, portKey?: string): Promise<unknown> {
    return this.call(vm, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'add', device: { _type: 'VirtualVmxnet3', key: -1, backing: backing(this.uuid, group.value, portKey) } }] } });
  }

  removeNic(vm: Ref, key: number): Promise<unknown> {
    return this.call(vm, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'remove', device: { _type: 'VirtualVmxnet3', key } }] } });
  }
}

test('an adapter takes a free port of its group, and gives it back when it goes', async () => {
  const world = new DvsWorld();
  const vm = world.named('DC0_H0_VM0');
  const group = await world.group({ name: 'fixed', numPorts: 2, autoExpand: false });
  await world.addNic(vm, group);
  await world.addNic(vm, group);
  const taken = world.nics(vm).slice(1).map((nic) => nic.backing.port!.portKey!);
  assert.deepEqual(taken, world.get(group, 'portKeys'));
  const ports = await world.ports({ portgroupKey: [group.value], inside: true, connected: true });
  assert.deepEqual(ports.map((port) => [port.connectee!.connectedEntity, port.connectee!.nicKey, port.connectee!.type, port.state!.runtimeInfo!.linkUp]), [[vm, '4001', 'vmVnic', true], [vm, '4002', 'vmVnic', true]]);
  assert.equal(ports[0]!.connectionCookie, world.nics(vm)[1]!.backing.port!.connectionCookie);
  await world.refuses('InvalidDeviceBacking', vm, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'add', device: { _type: 'VirtualVmxnet3', key: -1, backing: backing(world.uuid, group.value) } }] } });
  await world.refuses('InvalidDeviceBacking', world.named('DC0_H0_VM1'), 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'add', device: { _type: 'VirtualVmxnet3', key: -1, backing: backing(world.uuid, group.value, taken[0]) } }] } });
  await world.refuses('ResourceInUse', group, 'ReconfigureDVPortgroup_Task', { spec: { numPorts: 1 } });
  await world.removeNic(vm, 4001);
  assert.equal((await world.ports({ portgroupKey: [group.value], connected: false })).length, 1);
  await world.call(vm, 'ReconfigVM_Task', { spec: { deviceChange: [
    { operation: 'remove', device: { _type: 'VirtualVmxnet3', key: 4002 } },
    { operation: 'add', device: { _type: 'VirtualVmxnet3', key: -1, backing: backing(world.uuid, group.value) } },
    { operation: 'add', device: { _type: 'VirtualVmxnet3', key: -2, backing: backing(world.uuid, group.value) } },
  ] } });
  assert.equal((await world.ports({ portgroupKey: [group.value], connected: true })).length, 2, 'a port freed by the same change is free');
  await world.refuses('ResourceInUse', group, 'Destroy_Task');
  await world.call(vm, 'PowerOffVM_Task');
  assert.equal((await world.ports({ portgroupKey: [group.value], active: true })).length, 0);
  assert.equal((await world.ports({ portgroupKey: [group.value], connected: true })).length, 2, 'early binding outlives power');
  await world.call(vm, 'Destroy_Task');
  assert.equal((await world.ports({ portgroupKey: [group.value], connected: true })).length, 0);
  await world.call(group, 'Destroy_Task');
});

test('an edit that stays in its group keeps the port; one that leaves gives it back', async () => {
  const world = new DvsWorld();
  const vm = world.named('DC0_H0_VM0');
  const group = world.named('DC0_DVPG0');
  const [nic] = world.nics(vm);
  const before = nic!.backing.port!.portKey;
  const edit = (change: object) => world.call(vm, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'edit', device: { ...nic, backing: change } }] } });
  await edit(backing(world.uuid, group.value));
  assert.equal(world.nics(vm)[0]!.backing.port!.portKey, before);
  const network = world.named('VM Network');
  await edit({ _type: 'VirtualEthernetCardNetworkBackingInfo', network, deviceName: 'VM Network' });
  assert.equal((await world.ports({ portKey: [before] }))[0]!.connectee, undefined);
  assert.deepEqual(world.names(vm, 'network'), ['VM Network']);
});

test('late binding and ephemeral ports are for running machines', async () => {
  const world = new DvsWorld();
  const vm = world.named('DC0_H0_VM0');
  await world.call(vm, 'PowerOffVM_Task');
  const late = await world.group({ name: 'late', type: 'lateBinding', numPorts: 1 });
  const ephemeral = await world.group({ name: 'eph', type: 'ephemeral', numPorts: 5 });
  assert.equal(world.get(ephemeral, 'config.numPorts'), 0);
  await world.addNic(vm, late);
  await world.addNic(vm, ephemeral);
  assert.deepEqual(world.nics(vm).slice(1).map((nic) => nic.backing.port!.portKey), [undefined, undefined]);
  await world.call(vm, 'PowerOnVM_Task');
  const [, first, second] = world.nics(vm);
  assert.deepEqual([first!.backing.port!.portKey], world.get(late, 'portKeys'));
  assert.deepEqual([second!.backing.port!.portKey], world.get(ephemeral, 'portKeys'));
  assert.equal(world.get(ephemeral, 'config.numPorts'), 1);
  await world.call(vm, 'PowerOffVM_Task');
  assert.deepEqual(world.get(ephemeral, 'portKeys'), []);
  assert.equal(world.nics(vm)[1]!.backing.port!.portKey, undefined);
  assert.equal((await world.ports({ portgroupKey: [late.value], connected: true })).length, 0);
});

test('ports are configured and moved one by one; versions guard against lost updates', async () => {
  const world = new DvsWorld();
  const group = await world.group({ name: 'g', numPorts: 2, policy: { _type: 'VMwareDVSPortgroupPolicy', blockOverrideAllowed: true, shapingOverrideAllowed: false, vendorConfigOverrideAllowed: false, livePortMovingAllowed: true, portConfigResetAtDisconnect: true } });
  const [key, other] = world.get<string[]>(group, 'portKeys') as [string, string];
  await world.call(world.dvs, 'ReconfigureDVPort_Task', { port: [{ operation: 'edit', key, name: 'mirror', configVersion: '0' }] });
  assert.deepEqual((await world.ports({ portKey: [key] })).map((port) => [port.config.name, port.config.configVersion]), [['mirror', '1']]);
  await world.refuses('ConcurrentAccess', world.dvs, 'ReconfigureDVPort_Task', { port: [{ operation: 'edit', key, name: 'x', configVersion: '0' }] });
  await world.refuses('NotFound', world.dvs, 'ReconfigureDVPort_Task', { port: [{ operation: 'edit', key: '9999', name: 'x' }] });
  const vm = world.named('DC0_H0_VM0');
  await world.addNic(vm, world.named('DC0_DVPG0'));
  const moved = world.nics(vm)[1]!.backing.port!.portKey!;
  await world.call(world.dvs, 'MoveDVPort_Task', { portKey: [moved], destinationPortgroupKey: group.value });
  assert.deepEqual(world.get(group, 'portKeys'), [key, other, moved]);
  assert.equal(world.get(group, 'config.numPorts'), 3);
  assert.equal(world.nics(vm)[1]!.backing.port!.portgroupKey, group.value);
  await world.refuses('DvsFault', world.dvs, 'MoveDVPort_Task', { portKey: [moved] });
  await world.call(world.dvs, 'MoveDVPort_Task', { portKey: [other] });
  assert.deepEqual(await world.call(world.dvs, 'FetchDVPortKeys', { criteria: { inside: false } }), [other]);
  await world.refuses('ConcurrentAccess', world.dvs, 'ReconfigureDvs_Task', { spec: { configVersion: '0', description: 'x' } });
  await world.refuses('ConcurrentAccess', group, 'ReconfigureDVPortgroup_Task', { spec: { configVersion: '0', description: 'x' } });
});

test('members bring uplinks; physical NICs are plugged into them and shown on the host', async () => {
  const world = new DvsWorld();
  const folder = world.get<Ref>(world.named('DC0'), 'networkFolder');
  const host = world.named('DC0_C0_H0');
  const pnic = (device: string) => ({ _type: 'DistributedVirtualSwitchHostMemberPnicBacking', pnicSpec: [{ pnicDevice: device }] });
  const dvs = (await world.call(folder, 'CreateDVS_Task', { spec: { configSpec: { _type: 'VMwareDVSConfigSpec', name: 'two', uplinkPortPolicy: { _type: 'DVSNameArrayUplinkPortPolicy', uplinkPortName: ['a', 'b'] } } } })) as Ref;
  await world.refuses('NotFound', dvs, 'ReconfigureDvs_Task', { spec: { host: [{ operation: 'add', host, backing: pnic('vmnic7') }] } });
  await world.refuses('ResourceInUse', dvs, 'ReconfigureDvs_Task', { spec: { host: [{ operation: 'add', host, backing: pnic('vmnic0') }] } });
  await world.call(dvs, 'ReconfigureDvs_Task', { spec: { host: [{ operation: 'add', host, backing: pnic('vmnic1') }] } });
  const uplinks = (await world.call(dvs, 'FetchDVPorts', { criteria: { uplinkPort: true } })) as DistributedVirtualPort[];
  assert.deepEqual(uplinks.map((port) => [port.config.name, port.connectee?.nicKey, port.proxyHost]), [['a', 'vmnic1', host], ['b', undefined, host]]);
  const shown = world.get<HostProxySwitch[]>(host, 'config.network.proxySwitch').find((s) => s.dvsName === 'two')!;
  assert.deepEqual([shown.uplinkPort?.map(({ value }) => value), shown.pnic?.length], [['a', 'b'], 1]);
  await world.refuses('ResourceInUse', world.dvs, 'ReconfigureDvs_Task', { spec: { host: [{ operation: 'edit', host, backing: pnic('vmnic1') }] } });
  await world.call(dvs, 'ReconfigureDvs_Task', { spec: { uplinkPortPolicy: { _type: 'DVSNameArrayUplinkPortPolicy', uplinkPortName: ['a', 'b', 'c'] } } });
  assert.equal(((await world.call(dvs, 'FetchDVPorts', { criteria: { uplinkPort: true } })) as unknown[]).length, 3);
  await world.refuses('ResourceInUse', world.dvs, 'ReconfigureDvs_Task', { spec: { host: [{ operation: 'remove', host }] } });
  await world.call(dvs, 'Rename_Task', { newName: 'three' });
  await world.call(dvs, 'Destroy_Task');
  assert.deepEqual(world.get<HostProxySwitch[]>(host, 'config.network.proxySwitch').map((s) => s.dvsName), ['DVS0']);
  assert.ok([...world.store.all()].every(({ ref }) => ref.type !== '_DvPort' || ref.value.includes(world.uuid)), 'its ports are gone');
});

test('a kernel NIC on a port group holds a port of it', async () => {
  const world = new DvsWorld();
  const host = world.named('DC0_C0_H0');
  const system = world.get<Ref>(host, 'configManager.networkSystem');
  const group = await world.group({ name: 'vmk', numPorts: 1, autoExpand: false });
  const nic = { ip: { dhcp: false, ipAddress: '10.99.0.1', subnetMask: '255.255.255.0' }, distributedVirtualPort: { switchUuid: world.uuid, portgroupKey: group.value } };
  const device = await world.call(system, 'AddVirtualNic', { portgroup: '', nic });
  const [port] = await world.ports({ portgroupKey: [group.value], connected: true });
  assert.deepEqual([port!.connectee!.type, port!.connectee!.nicKey, port!.connectee!.connectedEntity], ['hostVmkVnic', device, host]);
  await world.refuses('ResourceInUse', group, 'Destroy_Task');
  await world.refuses('HostConfigFault', system, 'AddVirtualNic', { portgroup: '', nic: { ...nic, ip: { ...nic.ip, ipAddress: '10.99.0.2' } } });
  await world.call(system, 'RemoveVirtualNic', { device });
  assert.equal((await world.ports({ portgroupKey: [group.value], connected: true })).length, 0);
  await world.call(group, 'Destroy_Task');
});

test('the manager finds switches, versions and hosts', async () => {
  const world = new DvsWorld();
  const manager = { type: 'DistributedVirtualSwitchManager', value: 'DVSManager' };
  assert.deepEqual(await world.call(manager, 'QueryDvsByUuid', { uuid: world.uuid }), world.dvs);
  await world.refuses('NotFound', manager, 'QueryDvsByUuid', { uuid: 'x' });
  const versions = ((await world.call(manager, 'QueryAvailableDvsSpec')) as { version: string }[]).map(({ version }) => version);
  assert.ok(versions.includes('7.0.0') && versions.at(-1) === '8.0.3', versions.join());
  const host = (await world.call(world.named('DC0_C0'), 'AddHost_Task', { spec: { hostName: 'new', force: false }, asConnected: true })) as Ref;
  assert.deepEqual(await world.call(manager, 'QueryCompatibleHostForExistingDvs', { container: world.named('DC0'), recursive: true, dvs: world.dvs }), [host]);
  assert.equal(((await world.call(manager, 'QueryCompatibleHostForNewDvs', { container: world.named('DC0'), recursive: true })) as Refs).length, 5);
  const group = world.named('DC0_DVPG0');
  assert.deepEqual(await world.call(manager, 'DVSManagerLookupDvPortGroup', { switchUuid: world.uuid, portgroupKey: group.value }), group);
});

const step = fc.record({
  kind: fc.constantFrom('add', 'remove', 'resize', 'on', 'off', 'snapshot', 'fork', 'move'),
  vm: fc.nat(3), group: fc.nat(3), n: fc.nat(6),
});

test('after any sequence of connecting, disconnecting, power and resizing, ports are unique and counted right', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
    const world = new DvsWorld();
    const machines = ['DC0_H0_VM0', 'DC0_H0_VM1', 'DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1'].map((name) => world.named(name));
    const groups = [
      await world.group({ name: 'fixed', numPorts: 3, autoExpand: false }), await world.group({ name: 'wide', numPorts: 1 }),
      await world.group({ name: 'late', type: 'lateBinding', numPorts: 2 }), await world.group({ name: 'eph', type: 'ephemeral' }),
    ];
    for (const { kind, vm: v, group: g, n } of steps) {
      const vm = machines[v]!;
      const group = groups[g]!;
      const nics = world.nics(vm);
      try {
        if (kind === 'add') await world.addNic(vm, group);
        else if (kind === 'remove' && nics.length > 0) await world.removeNic(vm, nics[n % nics.length]!.key);
        else if (kind === 'resize') await world.call(group, 'ReconfigureDVPortgroup_Task', { spec: { numPorts: n } });
        else if (kind === 'move' && nics.length > 0) await world.call(vm, 'ReconfigVM_Task', { spec: { deviceChange: [{ operation: 'edit', device: { ...nics[0], backing: backing(world.uuid, group.value) } }] } });
        else if (kind === 'on') await world.call(vm, 'PowerOnVM_Task');
        else if (kind === 'off') await world.call(vm, 'PowerOffVM_Task');
      } catch (error) {
        const type = (error as { detail?: { _type?: string } }).detail?._type;
        assert.ok(type !== undefined && type !== 'SystemError', String((error as Error).stack));
      }
      const held = new Map<string, string>();
      for (const each of machines) for (const nic of world.nics(each)) {
        const port = nic.backing.port!;
        if (port.portKey === undefined) continue;
        assert.ok(!held.has(port.portKey), `port ${port.portKey} is held twice`);
        held.set(port.portKey, `${each.value} ${nic.key} ${port.portgroupKey!}`);
      }
      const shown = new Map((await world.ports({ connected: true, uplinkPort: false })).map((port) => [port.key, `${port.connectee!.connectedEntity!.value} ${port.connectee!.nicKey!} ${port.portgroupKey!}`]));
      assert.deepEqual([...shown].sort(), [...held].sort());
      const all = (await world.call(world.dvs, 'FetchDVPortKeys')) as string[];
      assert.equal(new Set(all).size, all.length);
      assert.equal(world.get(world.dvs, 'summary.numPorts'), all.length);
      for (const each of groups) assert.equal(world.get(each, 'config.numPorts'), world.get<string[]>(each, 'portKeys').length);
    }
  }), { numRuns: 40 });
});

test('the uplink port group says that it is one, others do not', () => {
  const world = new DvsWorld();
  const tags = (name: string) => world.get<readonly { key: string }[]>(world.named(name), 'tag').map(({ key }) => key);
  assert.deepEqual([tags('DVS0-DVUplinks-9'), tags('DC0_DVPG0')], [['SYSTEM/DVS.UPLINKPG'], []]);
});
