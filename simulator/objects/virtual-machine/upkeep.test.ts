// Consoles, tools and hardware versions: what each needs, and what it leaves behind.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inflateSync } from 'node:zlib';
import { isFault, type ManagedObjectReference, type VirtualMachineTicket } from '../../../core/vim25/index.ts';
import { locate, stat } from '../datastore/files.ts';
import { World } from './machines.testing.ts';

type Ref = ManagedObjectReference;
const option = (key: string, value: string) => ({ _type: 'OptionValue', key, value });

function machine(on: boolean, spec: object = {}): { world: World; vm: Ref } {
  const world = new World();
  const vm = world.createVm('web', spec);
  if (on) world.call('VirtualMachine', vm, 'PowerOnVM_Task', {});
  return { world, vm };
}

test('hardware is upgraded once, up to what the host runs, and only when off', () => {
  const { world, vm } = machine(false, { version: 'vmx-13' });
  assert.throws(() => world.call('VirtualMachine', vm, 'UpgradeVM_Task', { version: 'vmx-99' }), (e) => isFault(e, 'NotSupported'));
  assert.throws(() => world.call('VirtualMachine', vm, 'UpgradeVM_Task', { version: 'vmx-11' }), (e) => isFault(e, 'AlreadyUpgraded'));
  world.call('VirtualMachine', vm, 'UpgradeVM_Task', { version: 'vmx-15' });
  assert.deepEqual([world.get(vm, 'config.version'), world.get(vm, 'summary.config.hwVersion'), world.get(vm, 'guest.hwVersion')], ['vmx-15', 'vmx-15', 'vmx-15']);
  world.call('VirtualMachine', vm, 'UpgradeVM_Task', {});
  assert.equal(world.get(vm, 'config.version'), 'vmx-21');
  assert.throws(() => world.call('VirtualMachine', vm, 'UpgradeVM_Task', {}), (e) => isFault(e, 'AlreadyUpgraded'));
  world.call('VirtualMachine', vm, 'PowerOnVM_Task', {});
  assert.throws(() => world.call('VirtualMachine', vm, 'UpgradeVM_Task', {}), (e) => isFault(e, 'InvalidPowerState'));
});

test('a console needs a running machine; every ticket is new', () => {
  const { world, vm } = machine(false);
  const ticket = (ticketType: string) => world.call('VirtualMachine', vm, 'AcquireTicket', { ticketType }) as VirtualMachineTicket;
  assert.throws(() => ticket('mks'), (e) => isFault(e, 'InvalidPowerState'));
  assert.throws(() => ticket('telepathy'), (e) => isFault(e, 'InvalidArgument'));
  world.call('VirtualMachine', vm, 'PowerOnVM_Task', {});
  const web = ticket('webmks');
  assert.equal(web.url, `wss://${web.host}:443/ticket/${web.ticket}`);
  assert.equal(web.cfgFile, '[ds1] web/web.vmx');
  assert.notEqual(ticket('mks').ticket, ticket('mks').ticket);
});

test('a screenshot is a real picture in the directory of the machine', () => {
  const { world, vm } = machine(true);
  const path = world.call('VirtualMachine', vm, 'CreateScreenshot_Task', {}) as string;
  assert.equal(path, '[ds1] web/web-0.png');
  assert.equal(world.call('VirtualMachine', vm, 'CreateScreenshot_Task', {}), '[ds1] web/web-1.png');
  const bytes = Buffer.from(world.write((tx) => stat(tx, world.datastore, locate(tx, path).path))!.content as Uint8Array);
  assert.equal(bytes.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual([bytes.readUInt32BE(16), bytes.readUInt32BE(20)], [720, 400]);
  const length = bytes.readUInt32BE(33);
  assert.equal(inflateSync(bytes.subarray(41, 41 + length)).length, 91 * 400);
});

test('tools: the installer needs a drive, the upgrade needs tools, and resetting forgets the guest', () => {
  const { world, vm } = machine(true);
  assert.throws(() => world.call('VirtualMachine', vm, 'MountToolsInstaller', {}), (e) => isFault(e, 'VmConfigFault'));
  assert.throws(() => world.call('VirtualMachine', vm, 'UpgradeTools_Task', {}), (e) => isFault(e, 'ToolsUnavailable'));
  world.call('VirtualMachine', vm, 'ReconfigVM_Task', { spec: { extraConfig: [option('SET.guest.ipAddress', '10.0.0.9')] as never } });
  world.call('VirtualMachine', vm, 'UpgradeTools_Task', {});
  assert.equal(world.get(vm, 'guest.toolsVersionStatus2'), 'guestToolsCurrent');
  world.call('VirtualMachine', vm, 'SetScreenResolution', { width: 800, height: 600 });
  assert.deepEqual(world.get(vm, 'guest.screen'), { width: 800, height: 600 });
  assert.throws(() => world.call('VirtualMachine', vm, 'ResetGuestInformation', {}), (e) => isFault(e, 'InvalidPowerState'));
  world.call('VirtualMachine', vm, 'PowerOffVM_Task', {});
  world.call('VirtualMachine', vm, 'ResetGuestInformation', {});
  world.call('VirtualMachine', vm, 'PowerOnVM_Task', {});
  assert.equal(world.get(vm, 'guest.ipAddress'), undefined);
  assert.throws(() => world.call('VirtualMachine', vm, 'AnswerVM', { questionId: '1', answerChoice: 'yes' }), (e) => isFault(e, 'ConcurrentAccess'));
});
