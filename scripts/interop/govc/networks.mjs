// Distributed switches and port groups.
import { equal, includes, match, ok, topic } from '../check.mjs';

export default topic('govc.dvs', {
  'create: a switch with its uplinks and uplink port group': async (g) => {
    await g.run('dvs.create -num-uplinks 2 -mtu 9000 DSwitch');
    const { config } = await g.properties('/DC0/network/DSwitch', 'config');
    equal([config.name, config.maxMtu, config.uplinkPortPolicy.uplinkPortName.length], ['DSwitch', 9000, 2]);
    match(config.uuid, /^([0-9a-f]{2} ){7}[0-9a-f]{2}-([0-9a-f]{2} ){7}[0-9a-f]{2}$/);
    ok((await g.lines('ls /DC0/network')).some((path) => /DSwitch-DVUplinks-\d+$/.test(path)), 'an uplink port group');
    equal(config.uplinkPortgroup.length, 1);
  },
  'create-version: a product version': async (g) => {
    await g.run('dvs.create -product-version 7.0.0 DSwitch');
    equal((await g.properties('/DC0/network/DSwitch', 'summary')).summary.productInfo.version, '7.0.0');
  },
  'create-duplicate: a name that is taken is refused': async (g) => match(await g.fails('dvs.create DVS0'), /already exists/),
  'change: MTU and discovery protocol': async (g) => {
    await g.run('dvs.change -mtu 8000 -discovery-protocol lldp DVS0');
    const { config } = await g.properties('/DC0/network/DVS0', 'config');
    equal([config.maxMtu, config.linkDiscoveryProtocolConfig.protocol], [8000, 'lldp']);
  },
  'add: hosts become members': async (g) => {
    await g.run('dvs.create DSwitch');
    await g.run('dvs.add -dvs DSwitch -pnic vmnic1 DC0_C0_H0 DC0_C0_H1');
    const { config, summary } = await g.properties('/DC0/network/DSwitch', 'config', 'summary');
    equal([config.host.length, summary.hostMember.length, summary.numHosts], [2, 2, 2]);
    match(await g.value('/DC0/host/DC0_C0/DC0_C0_H0', 'network'), /DistributedVirtualPortgroup/);
  },
  'add-twice: a host that is a member already is refused': async (g) => {
    await g.run('dvs.create DSwitch');
    await g.run('dvs.add -dvs DSwitch -pnic vmnic1 DC0_C0_H0');
    const { stdout, stderr } = await g.start('dvs.add -dvs DSwitch -pnic vmnic1 DC0_C0_H0').done;
    match(`${stdout}${stderr}`, /is already a member/);
    equal((await g.properties('/DC0/network/DSwitch', 'config')).config.host.length, 1);
  },
  'portgroup-add: binding, ports and VLAN as asked': async (g) => {
    await g.run('dvs.portgroup.add -dvs DVS0 -type earlyBinding -nports 16 -vlan 42 lab');
    const { config, portKeys } = await g.properties('/DC0/network/lab', 'config', 'portKeys');
    equal([config.type, config.numPorts, config.defaultPortConfig.vlan.vlanId, config.distributedVirtualSwitch.value], ['earlyBinding', 16, 42, (await g.reference('/DC0/network/DVS0')).split(':')[1]]);
    equal((portKeys.string ?? portKeys).length, 16);
  },
  'portgroup-trunk: a range of VLANs': async (g) => {
    await g.run('dvs.portgroup.add -dvs DVS0 -vlan-mode trunking -vlan-range 1-10,20-20 lab');
    const { config } = await g.properties('/DC0/network/lab', 'config');
    equal(config.defaultPortConfig.vlan.vlanId.map(({ start, end }) => [start, end]), [[1, 10], [20, 20]]);
  },
  'portgroup-ephemeral: has no ports of its own': async (g) => {
    await g.run('dvs.portgroup.add -dvs DVS0 -type ephemeral lab');
    equal((await g.properties('/DC0/network/lab', 'config')).config.type, 'ephemeral');
  },
  'portgroup-change: ports and VLAN change, the version of the configuration too': async (g) => {
    await g.run('dvs.portgroup.add -dvs DVS0 -nports 16 lab');
    const before = (await g.properties('/DC0/network/lab', 'config')).config.configVersion;
    await g.run('dvs.portgroup.change -nports 26 -vlan 3214 lab');
    const { config } = await g.properties('/DC0/network/lab', 'config');
    equal([config.numPorts, config.defaultPortConfig.vlan.vlanId], [26, 3214]);
    ok(config.configVersion !== before, 'another version', config.configVersion);
  },
  'portgroup-duplicate: a name that is taken is refused': async (g) => match(await g.fails('dvs.portgroup.add -dvs DVS0 DC0_DVPG0'), /already exists/),
  'portgroup-info: the port of a machine': async (g) => {
    await g.run('dvs.portgroup.add -dvs DVS0 -nports 4 lab');
    await g.run('vm.network.change -vm DC0_H0_VM0 -net lab ethernet-0');
    const [card] = await g.devices('DC0_H0_VM0', 'ethernet-0');
    const text = await g.text('dvs.portgroup.info -pg lab -active -connected DVS0');
    match(text, new RegExp(`PortgroupKey:\\s+${card.backing.port.portgroupKey}`));
    match(text, new RegExp(`PortKey:\\s+${card.backing.port.portKey}\\b`));
    const ports = JSON.parse(await g.run('dvs.portgroup.info -json -pg lab -active -connected DVS0')).port;
    equal(ports.length, 1);
    equal(ports[0].connectee.connectedEntity.value, (await g.reference('/DC0/vm/DC0_H0_VM0')).split(':')[1]);
  },
  'portgroup-destroy: one in use stays, an empty one goes': async (g) => {
    await g.run('dvs.portgroup.add -dvs DVS0 -nports 4 lab');
    await g.run('vm.network.change -vm DC0_H0_VM0 -net lab ethernet-0');
    match(await g.fails('object.destroy /DC0/network/lab'), /in use/i);
    await g.run(['vm.network.change', '-vm', 'DC0_H0_VM0', '-net', 'VM Network', 'ethernet-0']);
    await g.run('object.destroy /DC0/network/lab');
    equal(await g.text('ls /DC0/network/lab'), '');
  },
  'destroy: a switch goes with its port groups': async (g) => {
    await g.run('dvs.create DSwitch');
    await g.run('dvs.portgroup.add -dvs DSwitch lab');
    await g.run('object.destroy /DC0/network/DSwitch');
    ok(!(await g.lines('ls /DC0/network')).some((path) => /DSwitch|lab/.test(path)), 'nothing is left');
  },
  'rename: cards show the new name': async (g) => {
    await g.run('object.rename /DC0/network/DC0_DVPG0 blue');
    equal(await g.value('/DC0/network/blue', 'config.name'), 'blue');
    includes((await g.lines('find / -type g')).map((path) => path.split('/').at(-1)), 'blue');
  },
  'machine: a machine on a port group is in its list and its host is too': async (g) => {
    await g.run('dvs.portgroup.add -dvs DVS0 lab');
    await g.run('vm.network.change -vm DC0_H0_VM0 -net lab ethernet-0');
    equal(await g.value('/DC0/network/lab', 'vm'), await g.reference('/DC0/vm/DC0_H0_VM0'));
    equal(await g.value('/DC0/vm/DC0_H0_VM0', 'network'), await g.reference('/DC0/network/lab'));
  },
});
