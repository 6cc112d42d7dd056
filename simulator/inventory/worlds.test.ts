// The worlds that come with the product are true: they build, nothing in them dangles, VCHs are what create makes.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { isReference, type ManagedObjectReference, type VirtualMachineConfigInfo } from '../../core/vim25/index.ts';
import { fromOptions, readAddress, type Keys } from '../appliance/keys.ts';
import { createSimulator, ManualClock, type Simulator } from '../index.ts';
import { findDatastore, list, parseDatastorePath, stat } from '../objects/datastore/files.ts';
import type { StoredObject } from '../store/object.ts';
import { labOptions } from './lab-options.ts';
import { loadLab } from './load-lab.ts';

const DIRECTORY = 'fixtures/worlds';
const worlds = readdirSync(DIRECTORY).filter((name) => name.endsWith('.yaml'));

const open = async (name: string, seed?: number): Promise<Simulator> =>
  createSimulator({ ...labOptions(await loadLab(`${DIRECTORY}/${name}`, seed === undefined ? {} : { seed })), clock: new ManualClock(), freeze: true });

const keysOf = (vm: StoredObject): Keys => fromOptions((vm.props['config'] as VirtualMachineConfigInfo).extraConfig);

const machines = (simulator: Simulator): StoredObject[] => [...simulator.store.ofType('VirtualMachine')];

const appliances = (simulator: Simulator): StoredObject[] =>
  machines(simulator).filter((vm) => keysOf(vm)['guestinfo./init/common/id'] === `VirtualMachine:${vm.ref.value}`);

const named = (simulator: Simulator, name: string): StoredObject => machines(simulator).find((vm) => vm.props['name'] === name)!;

const dump = (simulator: Simulator): string =>
  JSON.stringify([...simulator.store.all()].map(({ ref, props }) => [ref, props]), (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

/** Every reference inside a value, with where it stands. */
function* references(value: unknown, path: string): Iterable<[string, ManagedObjectReference]> {
  if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value)) return;
  if (isReference(value)) yield [path, value];
  else for (const [key, child] of Object.entries(value)) yield* references(child, `${path}.${key}`);
}

for (const name of worlds) {
  test(`${name} builds, and no reference in it dangles`, async () => {
    const simulator = await open(name);
    for (const { ref, props } of simulator.store.all()) {
      for (const [path, target] of references(props, `${ref.type}:${ref.value}`)) {
        assert.ok(simulator.store.get(target), `${path} → ${target.type}:${target.value}`);
      }
    }
    await simulator.close();
  });

  test(`${name} is the same world for the same seed, byte for byte`, async () => {
    const [one, again, other] = [await open(name), await open(name), await open(name, 999)];
    assert.equal(dump(one), dump(again));
    assert.notEqual(dump(one), dump(other));
  });

  test(`in ${name} everything that a VCH's keys name is there`, async () => {
    const simulator = await open(name);
    const { store } = simulator;
    for (const vm of appliances(simulator)) {
      const keys = keysOf(vm);
      const vchName = vm.props['name'] as string;
      const config = vm.props['config'] as VirtualMachineConfigInfo;
      const pool = { type: keys['guestinfo./ComputeResources|0/Type']!, value: keys['guestinfo./ComputeResources|0/Value']! };
      assert.deepEqual(vm.props['resourcePool'], pool);
      assert.equal(store.get(pool)!.props['name'], vchName);
      assert.equal(keys['guestinfo./init/common/name'], vchName);
      assert.equal(keys['guestinfo./extension_name'], `com.vmware.vic.${config.uuid}`);
      for (const role of keys['guestinfo./init/networks']!.split('|')) {
        const [type, ...id] = keys[`guestinfo./init/networks|${role}/network/Common/id`]!.split(':');
        assert.ok((vm.props['network'] as ManagedObjectReference[]).some((net) => net.type === type && net.value === id.join(':')), role);
      }
      store.transaction((tx) => {
        const host = (vm.props['runtime'] as { host: ManagedObjectReference }).host;
        const ds = findDatastore(tx, keys['guestinfo./image_stores|0/Host']!, { host })!;
        const root = `${keys['guestinfo./image_stores|0/Path']}/VIC/${config.uuid}`;
        const parents = JSON.parse(String(stat(tx, ds, `${root}/parentMap`)!.content)) as Record<string, string>;
        const images = list(tx, ds, `${root}/images`).map((entry) => entry.name);
        assert.deepEqual(images, [...Object.keys(parents), 'scratch'].sort());
        for (const id of images) assert.equal(stat(tx, ds, `${root}/images/${id}/${id}.vmdk`)!.disk!.capacityKb, 8_388_608);
        for (const parent of Object.values(parents)) assert.ok(images.includes(parent));
        for (const key of ['bootstrap_image_path']) assert.equal(stat(tx, ds, parseDatastorePath(keys[`guestinfo./${key}`]!).path)!.kind, 'file');
        for (const label of keys['guestinfo./VolumeLocations']?.split('|') ?? []) {
          const { datastore, path } = parseDatastorePath(keys[`guestinfo./VolumeLocations|${label}/Path`]!);
          assert.equal(stat(tx, findDatastore(tx, datastore, { host })!, path)!.kind, 'directory');
        }
        for (const child of machines(simulator)) {
          if ((child.props['resourcePool'] as ManagedObjectReference).value !== pool.value || child === vm) continue;
          const layer = keysOf(child)['guestinfo./layerid']!;
          assert.ok(images.includes(layer), `${child.props['name'] as string} runs an image of its VCH`);
        }
      });
    }
    await simulator.close();
  });
}

test('one-cluster is what its head says', async () => {
  const simulator = await open('one-cluster.yaml');
  const main = named(simulator, 'virtual-container-host');
  assert.equal((main.props['guest'] as { ipAddress: string }).ipAddress, '127.17.109.23');
  const keys = keysOf(main);
  assert.equal(readAddress(keys['guestinfo..init.networks|client.ip.IP']), '127.17.109.23');
  for (const component of ['vicadmin', 'docker-personality', 'port-layer']) assert.equal(keys[`guestinfo..init.sessions|${component}.started`], 'true');
  assert.match(Buffer.from(keys['guestinfo./HostCertificate/Cert']!, 'base64').toString(), /BEGIN CERTIFICATE/);
  assert.equal((main.props['parentVApp'] as ManagedObjectReference).type, 'VirtualApp');
  assert.equal('parent' in main.props, false);
  const states = machines(simulator)
    .filter((vm) => (vm.props['resourcePool'] as ManagedObjectReference).value === (main.props['resourcePool'] as ManagedObjectReference).value && vm !== main)
    .map((vm) => [keysOf(vm)['guestinfo./common/name'], (vm.props['runtime'] as { powerState: string }).powerState]);
  assert.deepEqual(states, [['web', 'poweredOn'], ['cache', 'poweredOn'], ['batch', 'poweredOff']]);
  const extensions = simulator.store.get(simulator.sim.wellKnown['extensionManager']!)!.props['extensionList'] as { key: string }[];
  assert.equal(extensions.filter(({ key }) => key.startsWith('com.vmware.vic.')).length, 2);
  const blue = named(simulator, 'team-blue');
  assert.equal((blue.props['resourcePool'] as ManagedObjectReference).type, 'ResourcePool');
  assert.equal(keysOf(blue)['guestinfo./HostCertificate/Cert'], undefined);
});

test('in many, two VCHs share an image store and each has its own part of it', async () => {
  const simulator = await open('many.yaml');
  const [alpha, web] = [named(simulator, 'vch-alpha'), named(simulator, 'vch-web')];
  for (const key of ['Host', 'Path']) {
    assert.equal(keysOf(alpha)[`guestinfo./image_stores|0/${key}`], keysOf(web)[`guestinfo./image_stores|0/${key}`]);
  }
  simulator.store.transaction((tx) => {
    const ds = findDatastore(tx, 'shared-1')!;
    assert.deepEqual(
      list(tx, ds, 'registry/VIC').map((entry) => entry.name),
      [alpha, web].map((vm) => (vm.props['config'] as VirtualMachineConfigInfo).uuid).sort(),
    );
    assert.deepEqual(list(tx, ds, 'common/VIC/volumes').map((entry) => entry.name), ['alpha-data', 'web-data']);
  });
  assert.equal((named(simulator, 'vch-lab').props['runtime'] as { powerState: string }).powerState, 'poweredOff');
  assert.equal(appliances(simulator).length, 5);
});

test('on ESXi the bridge that create made is a switch and a port group of the host', async () => {
  const simulator = await open('esxi.yaml');
  const main = named(simulator, 'virtual-container-host');
  assert.match(main.ref.value, /^\d+$/);
  assert.equal(keysOf(main)['guestinfo./create_bridge_network'], 'true');
  assert.equal(keysOf(main)['guestinfo./target/Path'], '/sdk');
  assert.equal(keysOf(main)['guestinfo./userpw'], 'root:VMware1!');
  const info = simulator.store.find('networkSystem')!.props['networkInfo'] as {
    vswitch: { name: string; portgroup: string[] }[]; portgroup: { key: string; spec: { name: string; vswitchName: string } }[];
  };
  const group = info.portgroup.find(({ spec }) => spec.name === 'virtual-container-host')!;
  assert.equal(group.spec.vswitchName, 'virtual-container-host');
  assert.deepEqual(info.vswitch.find(({ name }) => name === 'virtual-container-host')!.portgroup, [group.key]);
  assert.equal(keysOf(named(simulator, 'vch-dev'))['guestinfo./create_bridge_network'], 'false');
});
