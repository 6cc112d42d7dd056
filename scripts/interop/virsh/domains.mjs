// What libvirt's ESX driver shows and does: domains, their states and descriptions, pools, the node.
import { equal, match, topic } from '../check.mjs';

const domains = async (v, ...flags) => (await v.run('list', '--name', ...flags)).split('\n').map((line) => line.trim()).filter((line) => line !== '').sort();

export default topic('virsh', {
  'version: what is there is an ESX host': async (v) => match(await v.run('version'), /Running hypervisor: ESX 8\.0\.3/),
  'node: its processors and memory': async (v) => {
    const text = await v.run('nodeinfo');
    match(text, /CPU socket\(s\): +2/);
    match(text, /CPU frequency: +2600 MHz/);
  },
  'list: every machine, and those that run': async (v) => {
    equal(await domains(v, '--all'), ['ha-host_VM0', 'ha-host_VM1']);
    await v.run('destroy', 'ha-host_VM0');
    equal(await domains(v), ['ha-host_VM1']);
    equal(await domains(v, '--inactive'), ['ha-host_VM0']);
  },
  'power: off and on again': async (v) => {
    await v.run('destroy', 'ha-host_VM0');
    equal(await v.run('domstate', 'ha-host_VM0'), 'shut off');
    equal(await v.run('domstate', 'ha-host_VM1'), 'running');
    await v.run('start', 'ha-host_VM0');
    equal(await v.run('domstate', 'ha-host_VM0'), 'running');
  },
  'refused: a machine that runs is not started': async (v) => match(await v.fails('start', 'ha-host_VM0'), /already active|not in powered off state/i),
  'suspend: suspended and resumed': async (v) => {
    await v.run('suspend', 'ha-host_VM0');
    equal(await v.run('domstate', 'ha-host_VM0'), 'paused');
    await v.run('resume', 'ha-host_VM0');
    equal(await v.run('domstate', 'ha-host_VM0'), 'running');
  },
  'info: memory and processors of a machine': async (v) => {
    const text = await v.run('dominfo', 'ha-host_VM0');
    match(text, /Max memory: +32768 KiB/);
    match(text, /CPU\(s\): +1/);
  },
  'xml: a description from its .vmx': async (v) => {
    const xml = await v.run('dumpxml', 'ha-host_VM0');
    match(xml, /<name>ha-host_VM0<\/name>/);
    match(xml, /<source file='\[LocalDS_0\] ha-host_VM0\/ha-host_VM0\.vmdk'\/>|<source file='.*ha-host_VM0\.vmdk'\/>/);
    match(xml, /<interface type='bridge'>/);
  },
  'snapshot: taken, listed, deleted': async (v) => {
    await v.run('snapshot-create-as', 'ha-host_VM0', 'first', '--description', 'one');
    equal((await v.run('snapshot-list', 'ha-host_VM0', '--name')).trim(), 'first');
    await v.run('snapshot-delete', 'ha-host_VM0', 'first');
    equal((await v.run('snapshot-list', 'ha-host_VM0', '--name')).trim(), '');
  },
  'pools: datastores are storage pools': async (v) => {
    match(await v.run('pool-list', '--all'), /LocalDS_0\s+active/);
    match(await v.run('pool-info', 'LocalDS_0'), /State: +running/);
  },
  'networks: port groups of a switch': async (v) => match(await v.run('net-list', '--all'), /vSwitch0\s+active/),
  'nobody: an unknown machine is an error that names it': async (v) => match(await v.fails('domstate', 'nobody'), /nobody/),
}, { world: 'root' });
