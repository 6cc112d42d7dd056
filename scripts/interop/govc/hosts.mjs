// Hosts: facts, maintenance, connection, adding and removing, services, options, storage, automatic start.
import { equal, excludes, includes, match, ok, topic } from '../check.mjs';

const HOST = '/DC0/host/DC0_H0/DC0_H0';

export default topic('govc.host', {
  'info: prints name, path, maker, processor, memory and times': async (g) => {
    const text = await g.text('host.info -host DC0_H0');
    for (const line of [/^Name:\s+DC0_H0$/m, /Path:\s+\/DC0\/host\/DC0_H0\/DC0_H0$/m, /Manufacturer:\s+\S/m, /Logical CPUs:\s+\d+ CPUs @ \d+MHz$/m, /Processor type:\s+\S/m, /CPU usage:\s+\d+ MHz/m, /Memory:\s+\d+MB$/m, /Memory usage:\s+\d+ MB/m, /Boot time:\s+\d{4}-/m, /State:\s+connected$/m]) match(text, line);
  },
  'info-json: each host has an identity of its own': async (g) => {
    const all = await Promise.all([0, 1, 2].map(async (n) => (await g.json(`host.info -host DC0_C0_H${n}`)).hostSystems[0]));
    equal(new Set(all.map(({ hardware }) => hardware.systemInfo.uuid)).size, 3);
    equal(new Set(all.map(({ summary }) => summary.hardware.uuid)).size, 3);
  },
  'product: the host is as new as its vCenter': async (g) => {
    const { config } = await g.properties(HOST, 'config');
    const { content } = await g.properties('-', 'content');
    equal(config.product.version.split('.')[0], content.about.version.split('.')[0]);
    equal(config.product.productLineId, 'embeddedEsx');
  },
  'maintenance: enters and leaves': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0 DC0_H0_VM1');
    await g.run('host.maintenance.enter DC0_H0');
    equal(await g.value(HOST, 'runtime.inMaintenanceMode'), 'true');
    equal(await g.value(HOST, 'summary.runtime.inMaintenanceMode'), 'true');
    match(await g.text('host.info -host DC0_H0'), /State:\s+\S/);
    await g.fails('vm.power -on DC0_H0_VM0');
    await g.run('host.maintenance.exit DC0_H0');
    equal(await g.value(HOST, 'runtime.inMaintenanceMode'), 'false');
    await g.run('vm.power -on DC0_H0_VM0');
  },
  'maintenance-cluster: DRS moves the running machines away': async (g) => {
    await g.run('cluster.change -drs-enabled -drs-mode fullyAutomated DC0_C0');
    const path = '/DC0/vm/DC0_C0_RP0_VM0';
    const before = await g.value(path, 'runtime.host');
    await g.run(`host.maintenance.enter ${await g.value(before, 'name')}`);
    ok((await g.value(path, 'runtime.host')) !== before, 'on another host');
    equal(await g.value(path, 'runtime.powerState'), 'poweredOn');
  },
  'disconnect: machines of a host that is gone are not there, until it is back': async (g) => {
    await g.run('host.disconnect DC0_H0');
    equal(await g.value(HOST, 'runtime.connectionState'), 'disconnected');
    equal(await g.value('/DC0/vm/DC0_H0_VM0', 'runtime.connectionState'), 'disconnected');
    match(await g.text('host.info -host DC0_H0'), /State:\s+disconnected/);
    await g.fails('vm.power -off DC0_H0_VM0');
    await g.run('host.reconnect DC0_H0');
    equal(await g.value(HOST, 'runtime.connectionState'), 'connected');
    equal(await g.value('/DC0/vm/DC0_H0_VM0', 'runtime.connectionState'), 'connected');
  },
  'add: a standalone host with its compute resource': async (g) => {
    await g.run('host.add -hostname esx9.example -username root -password pass -noverify');
    equal(await g.value('/DC0/host/esx9.example/esx9.example', 'summary.config.name'), 'esx9.example');
    includes(await g.lines('ls /DC0/host'), '/DC0/host/esx9.example');
    equal(await g.value('/DC0/host/esx9.example/esx9.example', 'runtime.connectionState'), 'connected');
  },
  'add-twice: a host that is managed already is refused': async (g) => {
    await g.run('host.add -hostname esx9.example -username root -password pass -noverify');
    match(await g.fails('host.add -hostname esx9.example -username root -password pass -noverify'), /already|duplicate/i);
  },
  'remove: a host goes with its compute resource': async (g) => {
    await g.run('host.add -hostname esx9.example -username root -password pass -noverify');
    await g.run('host.maintenance.enter esx9.example');
    await g.run('host.remove esx9.example');
    excludes(await g.lines('ls /DC0/host'), '/DC0/host/esx9.example');
  },
  'option-ls: advanced options of a host': async (g) => {
    const options = await g.json('host.option.ls -host DC0_H0');
    ok(options.length > 10, 'more than ten options', options.length);
    const [option] = options;
    equal((await g.json(`host.option.ls -host DC0_H0 ${option.key}`))[0].key, option.key);
  },
  'option-set: a value is kept, on this host only': async (g) => {
    await g.run('host.option.set -host DC0_H0 Config.HostAgent.log.level verbose');
    match(await g.text('host.option.ls -host DC0_H0 Config.HostAgent.log.level'), /verbose/);
    ok(!/verbose/.test(await g.text('host.option.ls -host DC0_C0_H0 Config.HostAgent.log.level')), 'not on another host');
  },
  'option-unknown: an option that is not there': async (g) => match(await g.fails('host.option.ls -host DC0_H0 no.such.option'), /no\.such\.option|invalid|not/i),
  'service-ls: services with policy and state': async (g) => {
    const services = await g.json('host.service.ls -host DC0_H0');
    includes(services.map(({ key }) => key), 'TSM-SSH', 'services');
    includes(services.map(({ key }) => key), 'ntpd', 'services');
  },
  'service: is started, stopped, enabled': async (g) => {
    const service = async () => (await g.json('host.service.ls -host DC0_H0')).find(({ key }) => key === 'TSM-SSH');
    await g.run('host.service -host DC0_H0 start TSM-SSH');
    equal((await service()).running, true);
    await g.run('host.service -host DC0_H0 enable TSM-SSH');
    equal((await service()).policy, 'on');
    await g.run('host.service -host DC0_H0 stop TSM-SSH');
    await g.run('host.service -host DC0_H0 disable TSM-SSH');
    equal([(await service()).running, (await service()).policy], [false, 'off']);
  },
  'firewall: rule sets of a port': async (g) => includes((await g.text('firewall.ruleset.find -host DC0_H0 -direction inbound -port 22')).split('\n').map((line) => line.trim()), 'sshServer', 'rule sets'),
  'firewall-disabled: rule sets that are disabled': async (g) => {
    await g.run('host.esxcli -host DC0_H0 network firewall ruleset set -r ntpClient -e false');
    const disabled = await g.lines('firewall.ruleset.find -host DC0_H0 -direction outbound -proto udp -port 123 -enabled=false');
    includes(disabled, 'ntpClient', 'rule sets');
    match(await g.fails('firewall.ruleset.find -host DC0_H0 -direction outbound -proto udp -port 123'), /0 enabled firewall rulesets match/);
  },
  'date: time, zone and servers': async (g) => {
    match(await g.text('host.date.info -host DC0_H0'), /Current date and time:\s+\S/);
    await g.run('host.date.change -host DC0_H0 -server pool.example');
    match(await g.text('host.date.info -host DC0_H0'), /NTP servers:\s+pool\.example/);
  },
  'cert: the certificate of a host': async (g) => {
    const text = await g.text('host.cert.info -host DC0_H0');
    match(text, /Common Name \(CN\):\s+DC0_H0/);
    match(await g.text('host.cert.info -host DC0_H0 -show'), /BEGIN CERTIFICATE/);
  },
  'cert-csr: a signing request names the host': async (g) => match(await g.text('host.cert.csr -host DC0_H0'), /-----BEGIN CERTIFICATE REQUEST-----/),
  'storage: disks and adapters': async (g) => {
    const [lun] = (await g.lines('host.storage.info -host DC0_H0')).slice(1);
    match(lun, /\/vmfs\/devices\/\S+/);
    match(await g.text('host.storage.info -host DC0_H0 -t hba'), /vmhba\d/);
  },
  'storage-partition: the partition table of a disk': async (g) => {
    const [, line] = await g.lines('host.storage.info -host DC0_H0');
    const device = /\/vmfs\/devices\/\S+/.exec(line)[0];
    match(await g.text(['host.storage.partition', '-host', 'DC0_H0', device]), /Table format:\s+\w+/);
  },
  'storage-mark: a disk becomes local flash': async (g) => {
    const lines = await g.lines('host.storage.info -host DC0_H0');
    const device = /\/vmfs\/devices\/\S+/.exec(lines[1])[0];
    await g.run(['host.storage.mark', '-host', 'DC0_H0', '-ssd', device]);
    const [{ val }] = JSON.parse(await g.run(['object.collect', '-json', HOST, 'config.storageDevice.scsiLun']));
    const luns = val._value ?? val.scsiLun ?? val;
    equal(luns.find(({ deviceName }) => deviceName === device)?.ssd, true);
  },
  'autostart: machines start with their host': async (g) => {
    await g.run('host.autostart.configure -host DC0_H0 -enabled -start-delay 30');
    await g.run('host.autostart.add -host DC0_H0 -start-order 1 DC0_H0_VM0');
    match(await g.text('host.autostart.info -host DC0_H0'), /DC0_H0_VM0\s+powerOn/i);
    await g.run('host.autostart.remove -host DC0_H0 DC0_H0_VM0');
    ok(!/DC0_H0_VM0\s+powerOn/i.test(await g.text('host.autostart.info -host DC0_H0')), 'no longer');
  },
  'esxcli-platform: hardware as a table': async (g) => match(await g.text('host.esxcli -host DC0_H0 hardware platform get'), /ProductName|Product Name|UUID/i),
  'esxcli-firewall: rule sets as a table': async (g) => {
    const text = await g.text('host.esxcli -host DC0_H0 network firewall ruleset list');
    match(text, /sshServer\s+(true|false)/);
  },
  'esxcli-json: values as JSON': async (g) => {
    const { values } = await g.json('host.esxcli -host DC0_H0 network firewall get');
    ok(values[0].Enabled?.[0] !== undefined, 'Enabled', values);
  },
  'esxcli-setting: a setting that is set is read back': async (g) => {
    await g.run('host.esxcli -host DC0_H0 system settings advanced set -o /Net/GuestIPHack -i 1');
    const { values } = await g.json('host.esxcli -host DC0_H0 system settings advanced list -o /Net/GuestIPHack');
    equal(values[0].IntValue[0], '1');
  },
  'esxcli-machines: the machines that run': async (g) => {
    const { values } = await g.json('host.esxcli -host DC0_H0 vm process list');
    equal(values.map(({ DisplayName }) => DisplayName[0]).sort(), ['DC0_H0_VM0', 'DC0_H0_VM1']);
  },
  'esxcli-unknown: a command that is not there': async (g) => match(await g.fails('host.esxcli -host DC0_H0 no such command'), /\w/),
  'account: a local account of a host is made, changed, removed': async (g) => {
    await g.run('host.account.create -host DC0_H0 -id someone -password S3cret!x -description test');
    await g.run('host.account.update -host DC0_H0 -id someone -password S3cret!y');
    await g.run('host.account.remove -host DC0_H0 -id someone');
    await g.fails('host.account.remove -host DC0_H0 -id someone');
  },
  'shutdown: a running host is not shut down without force': async (g) => {
    await g.fails('host.shutdown DC0_H0');
    equal(await g.value(HOST, 'runtime.powerState'), 'poweredOn');
  },
  'unknown: a host that is not there': async (g) => match(await g.fails('host.info -host nobody'), /host 'nobody' not found/),
});
