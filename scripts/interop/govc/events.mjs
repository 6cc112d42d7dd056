// Events, tasks and logs: what happened, in the words of vCenter.
import { equal, match, ok, topic } from '../check.mjs';
import { pause, until } from '../command.mjs';

export default topic('govc.events', {
  'power: turning a machine off tells who, what and where': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const text = await g.text('events -n 10 vm/DC0_H0_VM0');
    match(text, /DC0_H0_VM0 on\s+DC0_H0 in DC0 is stopping/);
    match(text, /DC0_H0_VM0 on\s+DC0_H0 in DC0 is powered off/);
  },
  'types: only events of a class': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.power -on DC0_H0_VM0');
    const events = await g.lines('events -l -type VmPoweredOffEvent vm/DC0_H0_VM0');
    equal(events.length, 1);
    match(events[0], /VmPoweredOffEvent/);
  },
  'create: a machine that was made has its story': async (g) => {
    await g.run('vm.create -host DC0_H0 new');
    const text = await g.text('events -l -n 50 vm/new');
    for (const name of ['VmBeingCreatedEvent', 'VmCreatedEvent', 'VmPoweredOnEvent']) match(text, new RegExp(name));
  },
  'reconfigure: says what was changed': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -annotation new');
    match(await g.text('events -l vm/DC0_H0_VM0'), /VmReconfiguredEvent.*Reconfigured DC0_H0_VM0 on DC0_H0 in DC0/);
  },
  'rename: old and new name': async (g) => {
    await g.run('object.rename /DC0/vm/DC0_H0_VM0 other');
    match(await g.text('events -l vm/other'), /VmRenamedEvent.*Renamed DC0_H0_VM0 from DC0_H0_VM0 to other|VmRenamedEvent.*DC0_H0_VM0.*other/);
  },
  'destroy: a machine that was destroyed is told of at its datacenter': async (g) => {
    await g.run('vm.destroy DC0_H0_VM0');
    match(await g.text('events -l -n 50 /DC0'), /VmRemovedEvent.*Removed DC0_H0_VM0 on DC0_H0 from DC0/);
  },
  'host: maintenance of a host': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0 DC0_H0_VM1');
    await g.run('host.maintenance.enter DC0_H0');
    match(await g.text('events -l -n 50 host/DC0_H0/DC0_H0'), /EnteredMaintenanceModeEvent.*Host DC0_H0 in DC0 has entered maintenance mode/);
  },
  'login: a session begins': async (g) => {
    await g.run('session.logout');
    match(await g.text('events -l -n 100'), /UserLoginSessionEvent.*User \S+@127\.0\.0\.1 logged in/);
  },
  'limit: the last ones only': async (g) => {
    for (const flag of ['-off', '-on']) await g.run(`vm.power ${flag} DC0_H0_VM0`);
    equal((await g.lines('events -n 2')).length, 2);
  },
  'order: oldest first': async (g) => {
    for (const flag of ['-off', '-on']) await g.run(`vm.power ${flag} DC0_H0_VM0`);
    const text = await g.text('events -json -n 20 vm/DC0_H0_VM0');
    const times = [...text.matchAll(/"createdTime": "([^"]+)"/g)].map(([, time]) => Date.parse(time));
    ok(times.length > 4, 'several events', times.length);
    equal(times, [...times].sort((a, b) => a - b));
    ok(text.indexOf('is powered off') < text.lastIndexOf('is powered on'), 'off before on', text.slice(-600));
  },
  'follow: new events arrive while it waits': async (g) => {
    const follow = g.start('events -f -n 1 vm/DC0_H0_VM0');
    await pause(400);
    await g.run('vm.power -off DC0_H0_VM0');
    ok(await until(() => /is powered off/.test(follow.stdout)), 'the event arrives', follow.stdout);
    follow.stop();
  },
  'follow-many: events of a folder while it waits': async (g) => {
    const follow = g.start('events -f -n 1 /DC0');
    await pause(400);
    await g.run('vm.create -on=false -host DC0_H0 new');
    ok(await until(() => /new/.test(follow.stdout)), 'the event arrives', follow.stdout);
    follow.stop();
  },
  'tasks: what ran, on what, by whom, with what result': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    match(await g.text('tasks'), /PowerOff\s+DC0_H0_VM0\s+\S*user\S*.*success|Power ?Off.*DC0_H0_VM0/i);
  },
  'tasks-error: a task that failed says why': async (g) => {
    await g.fails('vm.power -on DC0_H0_VM0');
    match(await g.text('tasks vm/DC0_H0_VM0'), /current state|InvalidPowerState|Powered on/i);
  },
  'tasks-json: times in order': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    const { info } = await g.properties((await g.value('/DC0/vm/DC0_H0_VM0', 'recentTask')).split(',')[0], 'info');
    equal([info.state, info.descriptionId, info.entityName, info.entity.type], ['success', 'VirtualMachine.powerOff', 'DC0_H0_VM0', 'VirtualMachine']);
    ok(Date.parse(info.queueTime) <= Date.parse(info.startTime) && Date.parse(info.startTime) <= Date.parse(info.completeTime), 'times', info);
    match(info.name, /^PowerOffVM_Task$/);
  },
  'tasks-follow: a task appears while it waits': async (g) => {
    const follow = g.start('tasks -f');
    await pause(400);
    await g.run('vm.power -off DC0_H0_VM0');
    ok(await until(() => /DC0_H0_VM0/.test(follow.stdout)), 'the task arrives', follow.stdout);
    follow.stop();
  },
  'logs: the log of vCenter has lines': async (g) => {
    const lines = await g.lines('logs -n 5');
    ok(lines.length > 0 && lines.length <= 6, 'at most five lines', lines);
    match(lines[0], /\S/);
  },
  'logs-ls: keys of logs': async (g) => {
    match(await g.text('logs.ls'), /vpxd/);
    match(await g.text('logs.ls -host DC0_H0'), /hostd/);
  },
  'logs-host: the log of a host': async (g) => match(await g.text('logs -host DC0_H0 -n 3'), /\S/),
});
