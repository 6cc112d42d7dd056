// Instant clones: a running copy on shared disks; and the files in a directory that are nobody's.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import type { ManagedObjectReference, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;
interface Backing { readonly fileName: string; readonly parent?: Backing }

let world: World;
let vm: Ref;
beforeEach(() => {
  world = new World();
  vm = world.named('DC0_H0_VM0');
});
const backing = (ref: Ref): Backing => (world.get<VirtualMachineConfigInfo>(ref, 'config').hardware.device ?? []).map((device) => device.backing as unknown as Backing).find((b) => b?.fileName?.endsWith('.vmdk'))!;
const clone = (name: string, more: object = {}) => world.call(vm, 'InstantClone_Task', { spec: { name, location: {}, ...more } }) as Promise<Ref>;

it('runs at once, on the disks that the source had', async () => {
  const had = backing(vm).fileName;
  const copy = await clone('child', { config: [{ _type: 'OptionValue', key: 'guestinfo.a', value: 'b' }], biosUuid: '11111111-2222-3333-4444-555555555555' });
  assert.equal(world.get(copy, 'runtime.powerState'), 'poweredOn');
  assert.equal(world.get(copy, 'config.uuid'), '11111111-2222-3333-4444-555555555555');
  assert.deepEqual([backing(vm).parent?.fileName, backing(copy).parent?.fileName], [had, had]);
  assert.notEqual(backing(vm).fileName, backing(copy).fileName);
  assert.equal(world.get<{ key: string; value: string }[]>(copy, 'config.extraConfig').find(({ key }) => key === 'guestinfo.a')?.value, 'b');
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
});

it('outlives its source', async () => {
  const had = backing(vm).fileName;
  const copy = await clone('child');
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(vm, 'Destroy_Task');
  assert.equal(backing(copy).parent?.fileName, had);
  await world.call(copy, 'ResetVM_Task');
  await world.call(copy, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false });
  await world.call(copy, 'RevertToCurrentSnapshot_Task', {});
});

it('needs a source that runs and a free name', async () => {
  await world.refuses('DuplicateName', vm, 'InstantClone_Task', { spec: { name: 'DC0_H0_VM1', location: {} } });
  await world.refuses('InvalidArgument', vm, 'InstantClone_Task', { spec: { name: 'c', location: { diskMoveType: 'moveChildMostDiskBacking' } } });
  const before = backing(vm).fileName;
  await world.call(vm, 'PowerOffVM_Task');
  await world.refuses('InvalidPowerState', vm, 'InstantClone_Task', { spec: { name: 'c', location: {} } });
  assert.equal(backing(vm).fileName, before);
  const [check] = (await world.call(world.simulator.sim.wellKnown['vmProvisioningChecker']!, 'CheckInstantClone_Task', { vm, spec: { name: 'c', location: {} } })) as { error?: { fault: { _type: string } }[] }[];
  assert.equal(check?.error?.[0]?.fault._type, 'InvalidPowerState');
});

it("tells files that are nobody's, and sends interrupts to running machines only", async () => {
  assert.deepEqual(await world.call(vm, 'QueryUnownedFiles'), []);
  await world.call(vm, 'SendNMI');
  await world.call(vm, 'PowerOffVM_Task');
  await world.refuses('InvalidPowerState', vm, 'SendNMI');
});
