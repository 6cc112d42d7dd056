// Networks of one host: virtual switches, port groups, network adapters.
import { equal, excludes, includes, match, ok, topic } from '../check.mjs';

const HOST = '/DC0/host/DC0_H0/DC0_H0';
const network = async (g, host = HOST) => (await g.properties(host, 'config.network'))['config.network'];

export default topic('govc.host-network', {
  'vswitch-info: the first switch with its port groups': async (g) => {
    const text = await g.text('host.vswitch.info -host DC0_H0');
    match(text, /Name:\s+vSwitch0/);
    match(text, /Portgroup:\s+.*VM Network/);
    match(text, /MTU:\s+1500/);
  },
  'vswitch-add: is on that host only': async (g) => {
    await g.run('host.vswitch.add -host DC0_H0 -ports 64 -mtu 9000 vSwitch9');
    const added = (await network(g)).vswitch.find(({ name }) => name === 'vSwitch9');
    equal([added.mtu, added.spec.numPorts], [9000, 64]);
    excludes((await network(g, '/DC0/host/DC0_C0/DC0_C0_H0')).vswitch.map(({ name }) => name), 'vSwitch9');
    await g.run('host.vswitch.remove -host DC0_H0 vSwitch9');
    excludes((await network(g)).vswitch.map(({ name }) => name), 'vSwitch9');
  },
  'vswitch-twice: a name that is taken is refused': async (g) => match(await g.fails('host.vswitch.add -host DC0_H0 vSwitch0'), /already exists/),
  'vswitch-in-use: a switch with machines stays': async (g) => {
    await g.run('host.vswitch.add -host DC0_H0 vSwitch9');
    await g.run('host.portgroup.add -host DC0_H0 -vswitch vSwitch9 lab');
    await g.run('vm.network.change -vm DC0_H0_VM0 -net lab ethernet-0');
    match(await g.fails('host.vswitch.remove -host DC0_H0 vSwitch9'), /in use/i);
  },
  'portgroup-add: becomes a network of the inventory': async (g) => {
    await g.run('host.portgroup.add -host DC0_H0 -vswitch vSwitch0 -vlan 3201 lab');
    const added = (await network(g)).portgroup.find(({ spec }) => spec.name === 'lab');
    equal([added.spec.vlanId, added.spec.vswitchName, added.vswitch], [3201, 'vSwitch0', 'key-vim.host.VirtualSwitch-vSwitch0']);
    equal(await g.text('ls /DC0/network/lab'), '/DC0/network/lab');
    equal(await g.value('/DC0/network/lab', 'host'), await g.reference(HOST));
    match(await g.text('host.portgroup.info -host DC0_H0'), /Name:\s+lab\n\s*Virtual switch:\s+vSwitch0\n\s*VLAN ID:\s+3201/);
  },
  'portgroup-two-hosts: one network for the same name on two hosts': async (g) => {
    for (const host of ['DC0_C0_H0', 'DC0_C0_H1']) await g.run(`host.portgroup.add -host ${host} -vswitch vSwitch0 lab`);
    equal((await g.lines('find / -type n -name lab')).length, 1);
    equal((await g.value('/DC0/network/lab', 'host')).split(',').length, 2);
  },
  'portgroup-twice: a name that is taken on the host is refused': async (g) => {
    await g.run('host.portgroup.add -host DC0_H0 -vswitch vSwitch0 lab');
    match(await g.fails('host.portgroup.add -host DC0_H0 -vswitch vSwitch0 lab'), /already exists/);
  },
  'portgroup-no-switch: a switch that is not there is refused': async (g) => {
    match(await g.fails('host.portgroup.add -host DC0_H0 -vswitch none lab'), /not found|could not be found|none/i);
    equal(await g.text('ls /DC0/network/lab'), '');
  },
  'portgroup-change: VLAN and security': async (g) => {
    await g.run('host.portgroup.add -host DC0_H0 -vswitch vSwitch0 lab');
    await g.run('host.portgroup.change -host DC0_H0 -vlan-id 7 -allow-promiscuous -mac-changes=false lab');
    const { spec } = (await network(g)).portgroup.find((group) => group.spec.name === 'lab');
    equal([spec.vlanId, spec.policy.security.allowPromiscuous, spec.policy.security.macChanges], [7, true, false]);
  },
  'portgroup-remove: the network goes with its last port group': async (g) => {
    await g.run('host.portgroup.add -host DC0_H0 -vswitch vSwitch0 lab');
    await g.run('host.portgroup.remove -host DC0_H0 lab');
    equal(await g.text('ls /DC0/network/lab'), '');
  },
  'vnic-info: the management adapter': async (g) => {
    const text = await g.text('host.vnic.info -host DC0_H0');
    match(text, /Device:\s+vmk0/);
    match(text, /Portgroup:\s+Management Network|Network label:\s+Management Network/);
    match(text, /IP address:\s+\d+\.\d+\.\d+\.\d+/);
  },
  'vnic-addresses: every host has an address of its own': async (g) => {
    const addresses = await Promise.all(['/DC0/host/DC0_H0/DC0_H0', '/DC0/host/DC0_C0/DC0_C0_H0', '/DC0/host/DC0_C0/DC0_C0_H1'].map(async (host) => (await network(g, host)).vnic[0].spec.ip.ipAddress));
    equal(new Set(addresses).size, 3);
  },
  'vnic-service: a service is switched on and off': async (g) => {
    await g.run('host.vnic.service -host DC0_H0 -enable vmotion vmk0');
    match(await g.text('host.vnic.info -host DC0_H0'), /Enabled services:.*vmotion/);
    await g.run('host.vnic.service -host DC0_H0 -enable=false vmotion vmk0');
    ok(!/Enabled services:.*vmotion/.test(await g.text('host.vnic.info -host DC0_H0')), 'off again');
  },
  'vnic-change: another MTU': async (g) => {
    await g.run('host.vnic.change -host DC0_H0 -mtu 1400 vmk0');
    equal((await network(g)).vnic.find(({ device }) => device === 'vmk0').spec.mtu, 1400);
  },
  'vnic-hint: what a card hears': async (g) => {
    const hints = await g.json('host.vnic.hint -host DC0_H0');
    includes(JSON.stringify(hints), 'vmnic0', 'hints');
  },
  'dns: each host has its own name': async (g) => {
    const names = await Promise.all([0, 1, 2].map(async (n) => (await network(g, `/DC0/host/DC0_C0/DC0_C0_H${n}`)).dnsConfig.hostName));
    equal(new Set(names).size, 3);
  },
});
