// HostNetworkSystem: single behaviours, and any sequence of changes against a naive model of a host's network.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { HostNetworkInfo, ManagedObjectReference } from '../../../core/vim25/index.ts';
import { isFault } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const host = (world: World, name = 'DC0_H0'): Ref => world.named(name, 'HostSystem');
const system = (world: World, name = 'DC0_H0'): Ref => world.get(host(world, name), 'configManager.networkSystem');
const info = (world: World, name = 'DC0_H0'): HostNetworkInfo => world.get(system(world, name), 'networkInfo');
const standard = (world: World, name = 'DC0_H0'): string[] =>
  world.get<readonly Ref[]>(host(world, name), 'network').filter((ref) => ref.type === 'Network').map((ref) => world.get<string>(ref, 'name')).sort();
const group = (name: string, vswitchName = 'vSwitch0', vlanId = 0) => ({ portgrp: { name, vswitchName, vlanId, policy: {} } });
const STATIC = { dhcp: false, ipAddress: '10.20.0.5', subnetMask: '255.255.255.0' };

test('a kernel NIC takes its port group out of the networks that machines see, and gives it back', async () => {
  const world = new World();
  await world.call(system(world), 'AddPortGroup', group('storage'));
  assert.deepEqual(standard(world), ['VM Network', 'storage']);
  const device = await world.call(system(world), 'AddVirtualNic', { portgroup: 'storage', nic: { ip: STATIC } });
  assert.equal(device, 'vmk1');
  assert.deepEqual(standard(world), ['VM Network']);
  assert.ok(info(world).routeTableInfo!.ipRoute!.some((r) => r.network === '10.20.0.0' && r.prefixLength === 24 && r.deviceName === 'vmk1'));
  await world.refuses('AlreadyExists', system(world), 'AddVirtualNic', { portgroup: 'storage', nic: { ip: { ...STATIC, ipAddress: '10.20.0.6' } } });
  await world.call(system(world), 'UpdateVirtualNic', { device: 'vmk1', nic: { mtu: 9000 } });
  assert.deepEqual(info(world).vnic!.map((v) => [v.device, v.spec.mtu, v.spec.ip!.ipAddress]).at(-1), ['vmk1', 9000, '10.20.0.5']);
  await world.call(system(world), 'RemoveVirtualNic', { device: 'vmk1' });
  assert.deepEqual(standard(world), ['VM Network', 'storage']);
  assert.equal(info(world).routeTableInfo!.ipRoute!.some((r) => r.deviceName === 'vmk1'), false);
  await world.refuses('HostConfigFault', system(world), 'RemoveVirtualNic', { device: 'vmk0' });
  await world.refuses('ResourceInUse', system(world), 'RemoveVirtualSwitch', { vswitchName: 'vSwitch0' });
  await world.refuses('ResourceInUse', system(world), 'RemovePortGroup', { pgName: 'Management Network' });
  await world.refuses('NotFound', system(world), 'RemoveVirtualNic', { device: 'vmk7' });
});

test('addresses of kernel NICs are checked; DHCP leases one', async () => {
  const world = new World();
  await world.call(system(world), 'AddPortGroup', group('storage'));
  const add = (ip: object) => ({ portgroup: 'storage', nic: { ip } });
  assert.equal((await world.refuses('InvalidArgument', system(world), 'AddVirtualNic', add({ ...STATIC, ipAddress: '10.20.0.300' })))['invalidProperty'], 'nic.ip.ipAddress');
  assert.equal((await world.refuses('InvalidArgument', system(world), 'AddVirtualNic', add({ ...STATIC, subnetMask: '255.0.255.0' })))['invalidProperty'], 'nic.ip.subnetMask');
  await world.refuses('HostConfigFault', system(world), 'AddVirtualNic', add({ ...STATIC, ipAddress: info(world).vnic![0]!.spec.ip!.ipAddress }));
  await world.refuses('HostConfigFault', system(world), 'AddVirtualNic', { portgroup: 'nope', nic: { ip: STATIC } });
  await world.call(system(world), 'AddVirtualNic', add({ dhcp: true }));
  assert.match(info(world).vnic![1]!.spec.ip!.ipAddress!, /^10\.\d+\.\d+\.\d+$/);
});

test('a network is shared by name in a datacenter and goes with its last host', async () => {
  const world = new World();
  for (const name of ['DC0_C0_H0', 'DC0_C0_H1']) await world.call(system(world, name), 'AddPortGroup', group('shared'));
  const network = world.named('shared', 'Network');
  assert.deepEqual(world.names(network, 'host'), ['DC0_C0_H0', 'DC0_C0_H1']);
  await world.call(system(world, 'DC0_C0_H0'), 'RemovePortGroup', { pgName: 'shared' });
  assert.deepEqual(world.names(network, 'host'), ['DC0_C0_H1']);
  await world.call(system(world, 'DC0_C0_H1'), 'RemovePortGroup', { pgName: 'shared' });
  assert.equal(world.store.get(network), undefined);
});

test('a physical NIC is an uplink of one switch only', async () => {
  const world = new World();
  const bridged = (vswitchName: string, nicDevice: string) => ({ vswitchName, spec: { numPorts: 8, bridge: { _type: 'HostVirtualSwitchBondBridge', nicDevice: [nicDevice] } } });
  await world.refuses('ResourceInUse', system(world), 'AddVirtualSwitch', bridged('two', 'vmnic0'));
  await world.refuses('NotFound', system(world), 'AddVirtualSwitch', bridged('two', 'vmnic9'));
  await world.call(system(world), 'AddVirtualSwitch', bridged('two', 'vmnic1'));
  assert.deepEqual(info(world).vswitch!.find((s) => s.name === 'two')!.pnic, ['key-vim.host.PhysicalNic-vmnic1']);
  await world.call(system(world), 'UpdateVirtualSwitch', { vswitchName: 'two', spec: { numPorts: 8, mtu: 9000 } });
  const two = info(world).vswitch!.find((s) => s.name === 'two')!;
  assert.deepEqual([two.pnic, two.mtu], [[], 9000], 'a switch that is given no bridge loses its uplinks');
});

test('names, gateways, routes and links', async () => {
  const world = new World();
  await world.call(system(world), 'UpdateDnsConfig', { config: { dhcp: false, hostName: 'esx7', domainName: 'example.com', address: ['10.0.0.1'] } });
  assert.equal(world.get(host(world), 'config.network.dnsConfig.hostName'), 'esx7');
  assert.equal(info(world).netStackInstance!.find((s) => s.key === 'defaultTcpipStack')!.dnsConfig!.domainName, 'example.com');
  await world.refuses('InvalidArgument', system(world), 'UpdateDnsConfig', { config: { dhcp: false, hostName: 'esx 7', domainName: '' } });
  await world.refuses('NotFound', system(world), 'UpdateDnsConfig', { config: { dhcp: true, virtualNicDevice: 'vmk5', hostName: '', domainName: '' } });
  await world.call(system(world), 'UpdateIpRouteConfig', { config: { defaultGateway: '10.10.0.9' } });
  assert.equal(info(world).routeTableInfo!.ipRoute![0]!.gateway, '10.10.0.9');
  const route = { network: '192.168.5.0', prefixLength: 24, gateway: '10.10.0.7' };
  const change = (changeOperation: string) => ({ config: { ipRoute: [{ changeOperation, route }] } });
  await world.call(system(world), 'UpdateIpRouteTableConfig', change('add'));
  assert.equal(info(world).routeTableInfo!.ipRoute!.at(-1)!.deviceName, 'vmk0');
  await world.refuses('HostConfigFault', system(world), 'UpdateIpRouteTableConfig', change('add'));
  await world.call(system(world), 'UpdateIpRouteTableConfig', change('remove'));
  assert.equal(info(world).routeTableInfo!.ipRoute!.length, 2);
  await world.call(system(world), 'UpdatePhysicalNicLinkSpeed', { device: 'vmnic1', linkSpeed: { speedMb: 1000, duplex: true } });
  assert.equal(info(world).pnic![1]!.linkSpeed!.speedMb, 1000);
  await world.refuses('HostConfigFault', system(world), 'UpdatePhysicalNicLinkSpeed', { device: 'vmnic1', linkSpeed: { speedMb: 10, duplex: false } });
  await world.refuses('HostConfigFault', system(world), 'AddServiceConsoleVirtualNic', { portgroup: 'VM Network', nic: {} });
});

test('a whole configuration is applied: what replace does not list goes', async () => {
  const world = new World();
  const policy = {};
  const result = await world.call(system(world), 'UpdateNetworkConfig', {
    changeMode: 'modify', config: {
      vswitch: [{ changeOperation: 'add', name: 'two', spec: { numPorts: 16 } }],
      portgroup: [{ changeOperation: 'add', spec: { name: 'a', vswitchName: 'two', vlanId: 3, policy } }, { changeOperation: 'add', spec: { name: 'b', vswitchName: 'two', vlanId: 4, policy } }],
      vnic: [{ changeOperation: 'add', portgroup: 'b', spec: { ip: STATIC } }],
    },
  }) as { vnicDevice: string[] };
  assert.deepEqual(result.vnicDevice, ['vmk1']);
  assert.deepEqual(standard(world), ['VM Network', 'a']);
  const keep = info(world).portgroup!.filter((g) => g.spec.name !== 'a').map(({ spec }) => ({ spec }));
  await world.call(system(world), 'UpdateNetworkConfig', { changeMode: 'replace', config: { portgroup: keep } });
  assert.deepEqual(standard(world), ['VM Network']);
  await world.refuses('ResourceInUse', system(world), 'UpdateNetworkConfig', { changeMode: 'replace', config: { portgroup: [] } });
  await world.refuses('InvalidArgument', system(world), 'UpdateNetworkConfig', { changeMode: 'merge', config: {} });
});

type Step = readonly [what: 'addSwitch' | 'removeSwitch' | 'addGroup' | 'removeGroup' | 'rename' | 'addNic' | 'removeNic', a: number, b: number];
const steps = fc.array(fc.tuple(fc.constantFrom<Step[0]>('addSwitch', 'removeSwitch', 'addGroup', 'removeGroup', 'rename', 'addNic', 'removeNic'), fc.nat(2), fc.nat(1)), { maxLength: 25 });

/** What a host's network is, said as plainly as possible: port groups by switch, kernel NICs by port group. */
class Naive {
  readonly groups = new Map<string, string>([['VM Network', 'vSwitch0'], ['Management Network', 'vSwitch0']]);
  readonly switches = new Set(['vSwitch0']);
  readonly nics = new Map<string, string>([['vmk0', 'Management Network']]);

  /** The call, whether it must succeed, and what it does. */
  plan([what, a, b]: Step): { readonly method: string; readonly args: Record<string, unknown>; readonly fits: boolean; readonly apply: () => void } {
    const [name, vswitch, device] = [`pg${a}`, `sw${b}`, `vmk${a}`];
    const used = (pg: string) => [...this.nics.values()].includes(pg);
    const free = Array.from({ length: 9 }, (_, n) => `vmk${n}`).find((vmk) => !this.nics.has(vmk))!;
    switch (what) {
      case 'addSwitch': return { method: 'AddVirtualSwitch', args: { vswitchName: vswitch }, fits: !this.switches.has(vswitch), apply: () => this.switches.add(vswitch) };
      case 'removeSwitch': {
        const own = [...this.groups].filter(([, s]) => s === vswitch).map(([pg]) => pg);
        return { method: 'RemoveVirtualSwitch', args: { vswitchName: vswitch }, fits: this.switches.has(vswitch) && !own.some(used), apply: () => { this.switches.delete(vswitch); for (const pg of own) this.groups.delete(pg); } };
      }
      case 'addGroup': return { method: 'AddPortGroup', args: group(name, vswitch), fits: this.switches.has(vswitch) && !this.groups.has(name), apply: () => this.groups.set(name, vswitch) };
      case 'removeGroup': return { method: 'RemovePortGroup', args: { pgName: name }, fits: this.groups.has(name) && !used(name), apply: () => this.groups.delete(name) };
      case 'rename': return {
        method: 'UpdatePortGroup', args: { pgName: name, ...group(`pg${b}`, this.groups.get(name) ?? 'vSwitch0') }, fits: this.groups.has(name) && (a === b || (!this.groups.has(`pg${b}`) && !used(name))),
        apply: () => { const s = this.groups.get(name)!; this.groups.delete(name); this.groups.set(`pg${b}`, s); },
      };
      case 'addNic': return { method: 'AddVirtualNic', args: { portgroup: name, nic: {} }, fits: this.groups.has(name) && !used(name), apply: () => this.nics.set(free, name) };
      case 'removeNic': return { method: 'RemoveVirtualNic', args: { device }, fits: this.nics.has(device) && device !== 'vmk0', apply: () => this.nics.delete(device) };
    }
  }

  get machineGroups(): string[] {
    return [...this.groups.keys()].filter((pg) => ![...this.nics.values()].includes(pg)).sort();
  }
}

test('any sequence of changes leaves what a naive model says, everywhere it shows', async () => {
  await fc.assert(fc.asyncProperty(steps, async (sequence) => {
    const world = new World({ machine: 0 });
    const naive = new Naive();
    for (const step of sequence) {
      const { method, args, fits, apply } = naive.plan(step);
      let done = true;
      try {
        await world.call(system(world), method, args);
      } catch (error) {
        assert.ok(isFault(error), String(error));
        done = false;
      }
      assert.equal(done, fits, `${method} ${JSON.stringify(args)}`);
      if (done) apply();
    }
    const shown = info(world);
    assert.deepEqual(new Map(shown.portgroup!.map((g) => [g.spec.name, g.spec.vswitchName])), new Map([...naive.groups].sort(() => 0)));
    assert.deepEqual(shown.vswitch!.map((s) => s.name).sort(), [...naive.switches].sort());
    for (const s of shown.vswitch!) assert.deepEqual(s.portgroup, shown.portgroup!.filter((g) => g.vswitch === s.key).map((g) => g.key));
    assert.deepEqual(new Map(shown.vnic!.map((v) => [v.device, v.portgroup])), naive.nics);
    assert.deepEqual(standard(world), naive.machineGroups);
    for (const ref of world.store.ofType('Network')) {
      const hosts = world.names(ref.ref, 'host');
      assert.equal(hosts.includes('DC0_H0'), naive.machineGroups.includes(world.get(ref.ref, 'name')));
    }
    assert.deepEqual(world.get(host(world), 'config.network'), shown);
    const nicManager = world.get<{ netConfig: { nicType: string; candidateVnic: { device: string }[] }[] }>(world.get(host(world), 'configManager.virtualNicManager'), 'info');
    assert.deepEqual(nicManager.netConfig.find((c) => c.nicType === 'vsan')!.candidateVnic.map((v) => v.device), shown.vnic!.map((v) => v.device));
  }), { numRuns: 40 });
});
