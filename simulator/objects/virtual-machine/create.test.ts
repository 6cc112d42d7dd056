// Creating machines: where they go, what they have, what is refused.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  dataType, isFault, managedType, type ManagedObjectReference, type VirtualDevice, type VirtualDeviceConfigSpec, type VirtualMachineConfigInfo,
} from '../../../core/vim25/index.ts';
import { list, stat } from '../datastore/files.ts';
import { hardwareSpec, World } from './machines.testing.ts';
import { createVirtualMachine } from './create.ts';

const devices = (world: World, vm: ManagedObjectReference) => world.get<VirtualDevice[]>(vm, 'config.hardware.device');
const add = (device: object, rest: object = {}): VirtualDeviceConfigSpec => ({ operation: 'add', device, ...rest }) as unknown as VirtualDeviceConfigSpec;
const names = (world: World, path: string) => world.write((tx) => list(tx, world.datastore, path).map(({ name }) => name));

/** Every required field of the schema that a value lacks, and every empty enum. */
function gaps(value: unknown, type: string, path: string, out: string[]): string[] {
  const fields = dataType((value as { _type?: string })._type ?? type)?.fields ?? [];
  for (const field of fields) {
    const item = (value as Record<string, unknown>)[field.name];
    const at = `${path}.${field.name}`;
    if (item === undefined) {
      if (!field.optional && !field.array) out.push(`${at} is missing`);
    } else if (field.kind === 'enum' && item === '') out.push(`${at} is empty`);
    else if (field.kind === 'data') (field.array ? (item as unknown[]) : [item]).forEach((one, i) => gaps(one, field.type, field.array ? `${at}[${i}]` : at, out));
  }
  return out;
}

describe('creating a virtual machine', () => {
  it('gives it an object whose required properties are all set, down to the last field', () => {
    const world = new World();
    const vm = world.createVm('web', { deviceChange: hardwareSpec(world.network) });
    const props = world.store.get(vm)!.props;
    const missing: string[] = [];
    for (const property of managedType('VirtualMachine')!.properties) {
      const value = props[property.name];
      if (value === undefined && !property.optional) missing.push(`${property.name} is missing`);
      else if (value !== undefined && property.kind === 'data' && !property.array) gaps(value, property.type, property.name, missing);
    }
    assert.deepEqual(missing, []);
  });

  it('keeps both ends of every reference and one runtime for all who show it', () => {
    const world = new World();
    const vm = world.createVm('web', { deviceChange: hardwareSpec(world.network) });
    const props = world.store.get(vm)!.props as { runtime: { host: ManagedObjectReference }; summary: { runtime: object } };
    assert.equal(props.summary.runtime, props.runtime);
    for (const owner of [props.runtime.host, world.pool, world.datastore, world.network]) assert.deepEqual(world.get(owner, 'vm'), [vm]);
    assert.deepEqual(world.get(world.folder, 'childEntity'), [vm]);
  });

  it('puts its files in a directory of its name, with a suffix when that is taken', () => {
    const world = new World();
    world.createVm('web', { deviceChange: hardwareSpec(world.network) });
    assert.deepEqual(names(world, 'web'), ['vmware.log', 'web-flat.vmdk', 'web.nvram', 'web.vmdk', 'web.vmx']);
    const other = world.write((tx) => createVirtualMachine(world.sim, tx, { name: 'web', folder: world.folder, pool: world.pool, nameIsFree: true, spec: { files: { vmPathName: '[ds1]' } } }));
    assert.equal(world.get(other, 'config.files.vmPathName'), '[ds1] web_1/web.vmx');
  });

  it('spreads machines over the hosts that can take them', () => {
    const world = new World();
    for (const name of ['b', 'd', 'f', 'h', 'j', 'l', 'n', 'p']) world.createVm(name);
    for (const host of world.hosts) assert.equal(world.get<unknown[]>(host, 'vm').length, 4);
    world.write((tx) => tx.set(world.hosts[0]!, 'runtime.inMaintenanceMode', true));
    for (const name of ['q', 'r', 's']) assert.deepEqual(world.get(world.createVm(name), 'runtime.host'), world.hosts[1]);
    world.write((tx) => tx.set(world.hosts[1]!, 'runtime.connectionState', 'disconnected'));
    assert.throws(() => world.createVm('t'), (e) => isFault(e, 'NoCompatibleHost'));
  });

  it('refuses a second machine of the name, and leaves no trace of the attempt', () => {
    const world = new World();
    const vm = world.createVm('web');
    const { version } = world.store;
    assert.throws(() => world.createVm('web'), (e) => isFault(e, 'DuplicateName') && (e.detail as unknown as { object: object }).object !== undefined);
    assert.equal(world.store.version, version);
    assert.deepEqual(world.get(world.datastore, 'vm'), [vm]);
  });

  it('refuses what cannot be', () => {
    const world = new World();
    const cases: [string, () => unknown][] = [
      ['InvalidName', () => world.createVm('')],
      ['InvalidDatastore', () => world.createVm('x', { files: { vmPathName: '[nowhere]' } })],
      ['InvalidDatastorePath', () => world.createVm('x', { files: { vmPathName: '[ds1] ../x/x.vmx' } })],
      ['InvalidDatastorePath', () => world.createVm('x', { files: { vmPathName: 'x/x.vmx' } })],
      ['InvalidArgument', () => world.createVm('x', { guestId: 'atariGuest' })],
      ['InvalidArgument', () => world.createVm('x', { memoryMB: 6 })],
      ['InvalidArgument', () => world.createVm('x', { uuid: 'nonsense' })],
      ['ManagedObjectNotFound', () => world.write((tx) => createVirtualMachine(world.sim, tx, { name: 'x', pool: { type: 'ResourcePool', value: 'gone' }, spec: {} }))],
      ['InvalidArgument', () => world.write((tx) => createVirtualMachine(world.sim, tx, { name: 'x', pool: world.folder, spec: {} }))],
    ];
    for (const [type, attempt] of cases) assert.throws(attempt, (e) => isFault(e, type), type);
  });

  it('builds many in one transaction in time proportional to their number', () => {
    const build = (count: number): number => {
      const world = new World('vcenter', 1024 ** 5);
      const spec = { files: { vmPathName: '[ds1]' }, deviceChange: hardwareSpec(world.network) };
      const start = process.hrtime.bigint();
      world.write((tx) => {
        for (let i = 0; i < count; i++) createVirtualMachine(world.sim, tx, { name: `vm${i}`, folder: world.folder, pool: world.pool, host: world.hosts[i % 2]!, spec, nameIsFree: true });
      });
      return Number(process.hrtime.bigint() - start) / 1e6;
    };
    build(200);
    const small = Math.min(build(300), build(300));
    const large = build(2400);
    assert.ok(large < small * 8 * 4, `8 times as many took ${(large / small).toFixed(1)} times as long`);
  });
});

describe('devices', () => {
  const labels = (list_: readonly VirtualDevice[]) => list_.map((d) => `${d.key} ${d.deviceInfo!.label}`);

  it('are named and numbered as vCenter does', () => {
    const world = new World();
    const vm = world.createVm('web', {
      deviceChange: [
        ...hardwareSpec(world.network),
        add({ _type: 'VirtualCdrom', key: -1, controllerKey: 200, backing: { _type: 'VirtualCdromRemoteAtapiBackingInfo', deviceName: '' } }),
        add({ _type: 'VirtualSerialPort', key: -2, backing: { _type: 'VirtualSerialPortURIBackingInfo', serviceURI: 'tcp://:2377', direction: 'client' } }),
      ],
    });
    assert.deepEqual(labels(devices(world, vm)), [
      '200 IDE 0', '201 IDE 1', '300 PS2 controller 0', '100 PCI controller 0', '400 SIO controller 0', '600 Keyboard', '700 Pointing device', '500 Video card',
      '12000 VMCI device', '1000 SCSI controller 0', '2000 Hard disk 1', '4000 Network adapter 1', '3000 CD/DVD drive 1', '9000 Serial port 1',
    ]);
    const by = new Map(devices(world, vm).map((d) => [d.key, d as VirtualDevice & { device?: number[]; macAddress?: string; diskObjectId?: string }]));
    assert.deepEqual(by.get(1000)!.device, [2000]);
    assert.deepEqual(by.get(200)!.device, [3000]);
    assert.deepEqual([by.get(2000)!.controllerKey, by.get(2000)!.unitNumber], [1000, 0]);
    assert.deepEqual([by.get(4000)!.controllerKey, by.get(4000)!.unitNumber], [100, 7]);
    assert.equal(by.get(4000)!.deviceInfo!.summary, 'VM Network');
    assert.equal(by.get(2000)!.deviceInfo!.summary, '1,048,576 KB');
    assert.match(by.get(4000)!.macAddress!, /^00:50:56:[89ab][0-9a-f](:[0-9a-f]{2}){2}$/);
    assert.equal((by.get(2000)!.backing as { fileName?: string }).fileName, '[ds1] web/web.vmdk');
  });

  it('skips the unit of the SCSI controller itself', () => {
    const world = new World();
    const disk = (key: number) => add({ _type: 'VirtualDisk', key, controllerKey: -101, capacityInKB: 1024, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: '', diskMode: 'persistent' } }, { fileOperation: 'create' });
    const vm = world.createVm('big', { deviceChange: [hardwareSpec(world.network)[0]!, ...[...Array(9).keys()].map((i) => disk(-200 - i))] });
    const disks = devices(world, vm).filter((d) => d.key >= 2000 && d.key < 3000);
    assert.deepEqual(disks.map((d) => d.unitNumber), [0, 1, 2, 3, 4, 5, 6, 8, 9]);
    assert.deepEqual(disks.map((d) => (d.backing as { fileName?: string }).fileName).slice(0, 3), ['[ds1] big/big.vmdk', '[ds1] big/big_1.vmdk', '[ds1] big/big_2.vmdk']);
    assert.equal(world.get<VirtualMachineConfigInfo>(vm, 'config').name, 'big');
    assert.equal(world.get(vm, 'summary.config.numVirtualDisks'), 9);
  });

  it('gives every adapter an address of its own', () => {
    const world = new World();
    const seen = new Set<string>();
    for (let i = 0; i < 50; i++) {
      const vm = world.createVm(`n${i}`, { deviceChange: [hardwareSpec(world.network)[2]!, hardwareSpec(world.network)[2]!] });
      for (const device of devices(world, vm)) if ('macAddress' in device) seen.add(String((device as { macAddress?: string }).macAddress));
    }
    assert.equal(seen.size, 100);
  });

  it('takes a controller of the spec for the one that every machine has', () => {
    const world = new World();
    const vm = world.createVm('vch', { deviceChange: [add({ _type: 'VirtualIDEController', key: -201, busNumber: 0 }), add({ _type: 'VirtualCdrom', key: -1, controllerKey: -201, unitNumber: 0 })] });
    assert.equal(devices(world, vm).filter((d) => (d as { _type?: string })._type === 'VirtualIDEController').length, 2);
    assert.equal(devices(world, vm).find((d) => d.key === 3000)!.controllerKey, 200);
  });

  it('says which device is wrong, and how', () => {
    const world = new World();
    const [controller, disk, nic] = hardwareSpec(world.network) as [VirtualDeviceConfigSpec, VirtualDeviceConfigSpec, VirtualDeviceConfigSpec];
    const onUnit = (unitNumber: number) => ({ ...disk, device: { ...disk.device, unitNumber } });
    const cases: [string, number, VirtualDeviceConfigSpec[]][] = [
      ['InvalidController', 0, [disk]],
      ['MissingController', 1, [controller, { ...disk, device: { ...disk.device, controllerKey: undefined } }]],
      ['InvalidDeviceSpec', 2, [controller, disk, onUnit(0)]],
      ['InvalidDeviceSpec', 1, [controller, onUnit(7)]],
      ['InvalidDeviceSpec', 1, [controller, { ...disk, device: { ...disk.device, capacityInKB: 0 } as VirtualDevice }]],
      ['DeviceUnsupportedForVmPlatform', 0, [add({ _type: 'VirtualEthernetCard', key: -1 })]],
      ['InvalidDeviceBacking', 0, [{ ...nic, device: { ...nic.device, backing: { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: 'no such network' } as object } }]],
    ];
    for (const [type, index, deviceChange] of cases) {
      assert.throws(() => world.createVm('x', { deviceChange }), (e) => isFault(e, type) && (e.detail as unknown as { deviceIndex: number }).deviceIndex === index, type);
    }
    const missing = { operation: 'add' as const, device: { ...disk.device, backing: { ...disk.device.backing, fileName: '[ds1] other/gone.vmdk' } } };
    assert.throws(() => world.createVm('x', { deviceChange: [controller, missing] }), (e) => isFault(e, 'FileNotFound'));
    assert.equal(world.write((tx) => stat(tx, world.datastore, 'x')), undefined);
  });
});
