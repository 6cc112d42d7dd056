// Power, guest state and addresses of machines.
import { equal, match, noMatch, ok, topic } from '../check.mjs';
import { pause } from '../command.mjs';

const VM = '/DC0/vm/DC0_H0_VM0';
/** A guest whose tools answer. */
const TOOLS = 'vm.change -vm DC0_H0_VM0 -e SET.guest.toolsRunningStatus=guestToolsRunning';
const state = (g, path = VM) => g.value(path, 'runtime.powerState');

export default topic('govc.power', {
  'off: says what it does and turns the machine off': async (g) => {
    match(await g.text('vm.power -off DC0_H0_VM0'), /Powering off VirtualMachine:vm-\d+\.\.\. OK/);
    equal(await state(g), 'poweredOff');
    equal(await g.value(VM, 'summary.runtime.powerState'), 'poweredOff');
  },
  'on: turns it on, with boot time and connection state': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.power -on DC0_H0_VM0');
    equal(await state(g), 'poweredOn');
    const { runtime } = await g.properties(VM, 'runtime');
    match(runtime.bootTime, /^\d{4}-\d\d-\d\dT/);
    equal(runtime.connectionState, 'connected');
  },
  'on-twice: refuses what is on already, with the name of the state': async (g) => {
    match(await g.fails('vm.power -on DC0_H0_VM0'), /The attempted operation cannot be performed in the current state \(Powered on\)/i);
    equal(await state(g), 'poweredOn');
  },
  'off-force: -force overlooks a machine that is off': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    await g.run('vm.power -off -force DC0_H0_VM0');
    equal(await state(g), 'poweredOff');
  },
  'suspend: suspends and resumes': async (g) => {
    await g.run('vm.power -suspend DC0_H0_VM0');
    equal(await state(g), 'suspended');
    await g.run('vm.power -on DC0_H0_VM0');
    equal(await state(g), 'poweredOn');
  },
  'reset: a reset leaves it on and starts it anew': async (g) => {
    match(await g.text('vm.power -reset DC0_H0_VM0'), /OK/);
    equal(await state(g), 'poweredOn');
  },
  'reset-off: a machine that is off cannot be reset': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    match(await g.fails('vm.power -reset DC0_H0_VM0'), /current state \(Powered off\)/i);
  },
  'shutdown: a guest shuts down': async (g) => {
    await g.run(TOOLS);
    await g.run('vm.power -s DC0_H0_VM0');
    for (let round = 0; round < 50 && (await state(g)) !== 'poweredOff'; round++) await pause(50);
    equal(await state(g), 'poweredOff');
  },
  'reboot: a guest reboots and stays on': async (g) => {
    await g.run(TOOLS);
    await g.run('vm.power -r DC0_H0_VM0');
    equal(await state(g), 'poweredOn');
  },
  'standby: a guest goes to sleep': async (g) => {
    await g.run(TOOLS);
    await g.run('vm.power -standby DC0_H0_VM0');
    for (let round = 0; round < 50 && (await state(g)) === 'poweredOn'; round++) await pause(50);
    equal(await state(g), 'suspended');
  },
  'shutdown-no-tools: a guest without tools cannot be asked': async (g) => {
    match(await g.fails('vm.power -s DC0_H0_VM0'), /VMware Tools is not running/);
    equal(await state(g), 'poweredOn');
  },
  'several: one command for several machines': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0 DC0_H0_VM1');
    equal(await g.lines('find / -type m -runtime.powerState poweredOff'), [VM, '/DC0/vm/DC0_H0_VM1']);
  },
  'on-multi: the datacenter turns several on with one call': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0 DC0_C0_RP0_VM0');
    match(await g.text('vm.power -on -M DC0_H0_VM0 DC0_C0_RP0_VM0'), /OK|Powering on/);
    equal(await state(g), 'poweredOn');
    equal(await state(g, '/DC0/vm/DC0_C0_RP0_VM0'), 'poweredOn');
  },
  'unknown: a machine that is not there is named': async (g) => match(await g.fails('vm.power -on nobody'), /vm 'nobody' not found/),
  'uptime: quick stats of a machine that is off are empty': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0');
    equal(Number(await g.value(VM, 'summary.quickStats.overallCpuUsage') || 0), 0);
    equal(await g.value(VM, 'guest.guestState'), 'notRunning');
  },
  'guest-tools: tools that are said to run are seen in guest and summary': async (g) => {
    await g.run(TOOLS);
    equal(await g.value(VM, 'guest.toolsRunningStatus'), 'guestToolsRunning');
    equal(await g.value(VM, 'summary.guest.toolsRunningStatus'), 'guestToolsRunning');
  },
  'ip-set: an address given through SET.guest.ipAddress is what vm.ip prints': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -e SET.guest.ipAddress=10.20.30.40');
    equal(await g.text('vm.ip DC0_H0_VM0'), '10.20.30.40');
    match(await g.text('vm.info DC0_H0_VM0'), /IP address:\s+10\.20\.30\.40/);
  },
  'ip-wait: vm.ip waits for the address': async (g) => {
    await g.run('vm.create -on=false -host DC0_H0 fresh');
    const wait = g.start('vm.ip -wait 20s fresh');
    await pause(250);
    ok(wait.running(), 'still waiting', wait.stdout);
    await g.run('vm.power -on fresh');
    await g.run('vm.change -vm fresh -e SET.guest.ipAddress=10.20.30.41');
    equal((await wait.done).stdout.trim(), '10.20.30.41');
  },
  'ip-none: a wait that ends without an address prints none': async (g) => {
    await g.run('vm.create -on=false -host DC0_H0 fresh');
    equal((await g.start('vm.ip -wait 300ms fresh').done).stdout.trim(), '');
  },
  'ip-by-address: a machine is found by its address': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -e SET.guest.ipAddress=10.20.30.42');
    match(await g.text('vm.info -vm.ip 10.20.30.42'), /Name:\s+DC0_H0_VM0/);
    noMatch(await g.start('vm.info -vm.ip 10.20.30.99').done.then(({ stdout }) => stdout), /DC0_/);
  },
  'hostname: a host name given through SET.guest.hostName is found by DNS name': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -e SET.guest.hostName=box.example');
    match(await g.text('vm.info -vm.dns box.example'), /Name:\s+DC0_H0_VM0/);
  },
  'tools: tools can be asked for and mounted': async (g) => {
    match(await g.text('vm.info -t DC0_H0_VM0'), /Name:\s+DC0_H0_VM0/);
    ok((await g.value(VM, 'guest.toolsStatus')).startsWith('tools'), 'a tools status');
  },
});
