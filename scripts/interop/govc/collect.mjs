// object.collect: properties as text and JSON, many objects at once, and waiting for changes.
import { equal, includes, match, ok, sameMembers, topic } from '../check.mjs';
import { pause } from '../command.mjs';

const VM = '/DC0/vm/DC0_H0_VM0';

/** Starts a waiting command and waits until it really waits. */
async function waiting(g, line) {
  const command = g.start(line);
  await pause(250);
  ok(command.running(), 'the command is still waiting', command.stdout);
  return command;
}

export default topic('govc.collect', {
  'simple: one property as text': async (g) => equal(await g.value(VM, 'name'), 'DC0_H0_VM0'),
  'nested: a property below a data object': async (g) => equal(await g.value(VM, 'summary.config.vmPathName'), '[LocalDS_0] DC0_H0_VM0/DC0_H0_VM0.vmx'),
  'several: several properties with their types': async (g) => {
    const lines = await g.lines(`object.collect ${VM} name runtime.powerState config.hardware.memoryMB`);
    const table = Object.fromEntries(lines.map((line) => line.trim().split(/\s+/)).map(([name, type, value]) => [name, [type, value]]));
    equal(table.name, ['string', 'DC0_H0_VM0']);
    equal(table['runtime.powerState'], ['types.VirtualMachinePowerState', 'poweredOn']);
    ok(Number(table['config.hardware.memoryMB'][1]) > 0, 'memory');
  },
  'indexed: one element of a keyed list': async (g) => {
    const [{ key, label }] = (await g.devices('DC0_H0_VM0', 'disk-*')).map((device) => ({ key: device.key, label: device.deviceInfo.label }));
    equal(label, 'Hard disk 1');
    equal(await g.value(VM, `config.hardware.device[${key}].deviceInfo.label`), 'Hard disk 1');
  },
  'extra-config: one element of a list keyed by text': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -e guestinfo.color=blue');
    equal(await g.value(VM, 'config.extraConfig["guestinfo.color"].value'), 'blue');
  },
  'unknown-property: a property that the type does not have is refused by name': async (g) => match(await g.fails(`object.collect -s ${VM} nonsense`), /nonsense|InvalidProperty/),
  'unknown-object: an object that is not there': async (g) => match(await g.fails('object.collect -s VirtualMachine:vm-99999 name'), /ManagedObjectNotFound|deleted or has not been completely created/),
  'types: properties of many objects through a view': async (g) => {
    const lines = await g.lines('object.collect -type m / name');
    equal(lines.filter((line) => /\bname\b/.test(line)).length, 4);
  },
  'references: a list of references as text': async (g) => match(await g.value(VM, 'network'), /^(Network|DistributedVirtualPortgroup):\S+$/),
  'json: a data object with what is in it': async (g) => {
    const [{ name, op, val }] = JSON.parse(await g.run(`object.collect -json ${VM} config.hardware`));
    equal([name, op], ['config.hardware', 'assign']);
    ok(val.numCPU > 0 && val.device.some(({ capacityInKB }) => capacityInKB > 0), 'processors and a disk', Object.keys(val));
  },
  'wait-filter: waits for a value and ends when it is there': async (g) => {
    const wait = await waiting(g, `object.collect -s ${VM} -runtime.powerState poweredOff`);
    await g.run('vm.power -off DC0_H0_VM0');
    const { code } = await wait.done;
    equal(code, 0);
    equal(await g.value(VM, 'runtime.powerState'), 'poweredOff');
  },
  'wait-there-already: a filter that holds already does not wait': async (g) => equal((await g.start(`object.collect -s ${VM} -runtime.powerState poweredOn`).done).code, 0),
  'wait-updates: sees the value before and after a change': async (g) => {
    const wait = await waiting(g, `object.collect -n 1 -s ${VM} config.annotation`);
    await g.run('vm.change -vm DC0_H0_VM0 -annotation seen');
    const { code, stdout } = await wait.done;
    equal(code, 0);
    match(stdout, /seen/);
  },
  'wait-rename: sees a rename where the name is copied to': async (g) => {
    const wait = await waiting(g, `object.collect -n 1 -s ${VM} summary.config.name`);
    await g.run(`object.rename ${VM} other`);
    match((await wait.done).stdout, /other/);
  },
  'wait-new-machine: a folder that is watched shows its new child': async (g) => {
    const wait = await waiting(g, 'object.collect -n 1 -s /DC0/vm childEntity');
    await g.run('vm.create -on=false -host DC0_H0 new');
    const [reference] = await g.lines('find -i /DC0/vm -type m -name new');
    const { stdout } = await wait.done;
    includes(stdout, reference);
  },
  'wait-task: sees a task of the machine': async (g) => {
    const wait = await waiting(g, `object.collect -n 1 -s ${VM} recentTask`);
    await g.run('vm.power -off DC0_H0_VM0');
    match((await wait.done).stdout, /Task:task-\d+/);
  },
  'wait-event: the latest event changes': async (g) => {
    const manager = await g.value('-', 'content.eventManager');
    const wait = await waiting(g, `object.collect -json -n 1 ${manager} latestEvent`);
    await g.run('vm.power -off DC0_H0_VM0');
    match((await wait.done).stdout, /"fullFormattedMessage": "[^"]*(DC0_H0_VM0|PowerOff|Power Off)/);
  },
  'wait-timeout: waits no longer than it was told': async (g) => {
    const started = performance.now();
    await g.start(`object.collect -wait 1s ${VM} -runtime.powerState suspended`).done;
    const took = performance.now() - started;
    ok(took > 900 && took < 5000, 'between 0.9 and 5 seconds', took);
  },
  'object: the structure of a whole object': async (g) => {
    const text = await g.text(`object.collect -o -json ${VM}`);
    const object = JSON.parse(text);
    equal(object.self.type, 'VirtualMachine');
    equal(object.config.name, 'DC0_H0_VM0');
    equal(object.summary.runtime.powerState, 'poweredOn');
  },
  'all-properties: every property of every type can be read': async (g) => {
    for (const path of [VM, '/DC0', '/DC0/vm', '/DC0/host/DC0_C0', '/DC0/host/DC0_H0/DC0_H0', '/DC0/host/DC0_C0/Resources', '/DC0/datastore/LocalDS_0', '/DC0/network/DVS0', '/DC0/network/DC0_DVPG0', '/DC0/network/VM Network']) {
      const changes = JSON.parse(await g.run(['object.collect', '-json', path]));
      const names = changes.map(({ name }) => name);
      includes(names, 'name', `properties of ${path}`);
      equal(new Set(names).size, names.length, `no property of ${path} twice`);
    }
  },
  'managers: every property of every manager can be read': async (g) => {
    const { content } = await g.properties('-', 'content');
    const managers = Object.values(content).filter((value) => value?.type !== undefined && value.value !== undefined);
    ok(managers.length > 20, 'more than twenty managers', managers.length);
    for (const { type, value } of managers) await g.run(['object.collect', '-json', `${type}:${value}`]);
  },
  'consistency: hosts, datastores and networks agree with their machines': async (g) => {
    const reference = await g.reference(VM);
    const host = await g.value(VM, 'runtime.host');
    match(await g.value(host, 'vm'), new RegExp(`${reference}\\b`));
    match(await g.value('/DC0/datastore/LocalDS_0', 'vm'), new RegExp(`${reference}\\b`));
    sameMembers((await g.value(await g.value(VM, 'network'), 'vm')).split(',').filter((item) => item === reference), [reference]);
  },
});
