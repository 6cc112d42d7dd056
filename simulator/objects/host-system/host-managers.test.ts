// The managers of a host, one behaviour each, through the dispatcher.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { managedType, typed, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;
type Rows = readonly Record<string, unknown>[];

const host = (world: World): Ref => world.named('DC0_H0', 'HostSystem');
const manager = (world: World, field: string): Ref => world.get(host(world), `configManager.${field}`);

for (const product of ['vcenter', 'esxi'] as const) {
  test(`every manager of ${product} exists, has what its type requires, and goes with its host`, async () => {
    const world = new World({}, product);
    const [first] = [...world.store.ofType('HostSystem')];
    const managers = Object.entries(first!.props['configManager'] as Record<string, Ref>);
    assert.ok(managers.length >= 34, `${managers.length} managers`);
    for (const [field, ref] of managers) {
      const found = world.store.get(ref);
      assert.ok(found, `${field} is ${ref.value}, which does not exist`);
      for (const property of managedType(ref.type)!.properties) {
        if (!property.optional) assert.notEqual(found.props[property.name], undefined, `${ref.type}.${property.name}`);
      }
    }
    if (product === 'esxi') return;
    const gone = world.named('DC0_H0', 'HostSystem');
    const all = [...Object.values(world.get<Record<string, Ref>>(gone, 'configManager')), world.get<Ref>(gone, '_executer')];
    await world.call(gone, 'Destroy_Task');
    for (const ref of all) assert.equal(world.store.get(ref), undefined, ref.value);
  });
}

test('rule sets open and close; required ones stay open; allowed addresses are checked', async () => {
  const world = new World();
  const firewall = manager(world, 'firewallSystem');
  const ruleset = (key: string) => world.get<Rows>(host(world), 'config.firewall.ruleset').find((r) => r['key'] === key)!;
  await world.call(firewall, 'EnableRuleset', { id: 'sshClient' });
  assert.equal(ruleset('sshClient')['enabled'], true);
  await world.call(firewall, 'DisableRuleset', { id: 'sshClient' });
  assert.equal(ruleset('sshClient')['enabled'], false);
  await world.refuses('HostConfigFault', firewall, 'DisableRuleset', { id: 'dhcp' });
  await world.refuses('NotFound', firewall, 'EnableRuleset', { id: 'nope' });
  await world.call(firewall, 'UpdateRuleset', { id: 'sshServer', spec: { allowedHosts: { allIp: false, ipAddress: ['10.0.0.1'], ipNetwork: [{ network: '10.1.0.0', prefixLength: 16 }] } } });
  assert.deepEqual(ruleset('sshServer')['allowedHosts'], { allIp: false, ipAddress: ['10.0.0.1'], ipNetwork: [{ network: '10.1.0.0', prefixLength: 16 }] });
  await world.refuses('InvalidArgument', firewall, 'UpdateRuleset', { id: 'sshServer', spec: { allowedHosts: { allIp: false, ipAddress: ['10.0.0.999'] } } });
  assert.ok(world.get<Rows>(host(world), 'config.firewall.ruleset').length >= 40);
  assert.equal(world.get<Rows>(world.named('DC0_C0_H0'), 'config.firewall.ruleset').find((r) => r['key'] === 'sshServer')!['allowedHosts'] !== ruleset('sshServer')['allowedHosts'], true, 'other hosts keep theirs');
});

test('services start, stop and get policies; none can be uninstalled', async () => {
  const world = new World();
  const services = manager(world, 'serviceSystem');
  const service = (key: string) => world.get<Rows>(host(world), 'config.service.service').find((s) => s['key'] === key)!;
  await world.call(services, 'StartService', { id: 'ntpd' });
  await world.call(services, 'UpdateServicePolicy', { id: 'ntpd', policy: 'on' });
  assert.deepEqual([service('ntpd')['running'], service('ntpd')['policy']], [true, 'on']);
  await world.call(services, 'StopService', { id: 'ntpd' });
  assert.equal(service('ntpd')['running'], false);
  await world.refuses('HostConfigFault', services, 'UninstallService', { id: 'ntpd' });
  await world.refuses('NotFound', services, 'StartService', { id: 'httpd' });
});

test('advanced options have types and ranges', async () => {
  const world = new World();
  const options = manager(world, 'advancedOption');
  const set = (key: string, value: unknown) => ({ changedValue: [{ key, value }] });
  await world.call(options, 'UpdateOptions', set('Mem.ShareScanTime', typed('xsd:long', 30)));
  assert.deepEqual((await world.call(options, 'QueryOptions', { name: 'Mem.ShareScanTime' }) as Rows)[0]!['value'], typed('xsd:long', 30));
  await world.refuses('InvalidName', options, 'UpdateOptions', set('Mem.Nope', 'x'));
  for (const [key, value] of [['Mem.ShareScanTime', 30], ['Mem.ShareScanTime', 'x'], ['Mem.ShareScanTime', typed('xsd:long', 1)], ['Config.HostAgent.log.level', 'loud']] as const) {
    assert.equal((await world.refuses('InvalidArgument', options, 'UpdateOptions', set(key, value)))['invalidProperty'], key);
  }
});

test('a host has its own clock', async () => {
  const world = new World();
  const clock = manager(world, 'dateTimeSystem');
  const other = world.get<Ref>(world.named('DC0_C0_H0'), 'configManager.dateTimeSystem');
  const before = (await world.call(clock, 'QueryDateTime')) as Date;
  await world.call(clock, 'UpdateDateTime', { dateTime: new Date(before.getTime() + 3_600_000) });
  assert.equal(((await world.call(clock, 'QueryDateTime')) as Date).getTime(), before.getTime() + 3_600_000);
  assert.equal(((await world.call(other, 'QueryDateTime')) as Date).getTime(), before.getTime());
  await world.call(clock, 'UpdateDateTimeConfig', { config: { _type: 'HostDateTimeConfig', timeZone: 'Europe/Berlin', ntpConfig: { server: ['ntp.example.com'] } } });
  const shown = world.get<Record<string, unknown>>(host(world), 'config.dateTimeInfo');
  assert.equal(shown['_type'], undefined, 'it is stored as another type than it came in');
  assert.deepEqual([(shown['timeZone'] as { gmtOffset: number }).gmtOffset, (shown['ntpConfig'] as { server: string[] }).server], [3600, ['ntp.example.com']]);
  await world.refuses('HostConfigFault', clock, 'UpdateDateTimeConfig', { config: { timeZone: 'Mars/Olympus' } });
  assert.equal(((await world.call(clock, 'TestTimeService')) as { workingNormally: boolean }).workingNormally, false);
  await world.call(manager(world, 'serviceSystem'), 'StartService', { id: 'ntpd' });
  assert.equal(((await world.call(clock, 'TestTimeService')) as { workingNormally: boolean }).workingNormally, true);
});

test('the certificate of a host is a real one, its thumbprint is shown, and another one can be installed', async () => {
  const world = new World();
  const certificates = manager(world, 'certificateManager');
  const shown = () => new X509Certificate(Buffer.from(world.get<number[]>(host(world), 'config.certificate')));
  assert.equal(shown().fingerprint, world.get(host(world), 'summary.config.sslThumbprint'));
  assert.match(shown().subject, /CN=DC0_H0/);
  assert.equal(world.get(certificates, 'certificateInfo.status'), 'good');
  assert.match((await world.call(certificates, 'GenerateCertificateSigningRequest', { useIpAddressAsCommonName: false })) as string, /BEGIN CERTIFICATE REQUEST/);
  await world.refuses('HostConfigFault', certificates, 'GenerateCertificateSigningRequestByDn', { distinguishedName: 'esx' });
  await world.refuses('HostConfigFault', certificates, 'InstallServerCertificate', { cert: 'nothing' });
  const [authority] = (await world.call(certificates, 'ListCACertificates')) as string[];
  await world.call(certificates, 'InstallServerCertificate', { cert: authority });
  assert.equal(new X509Certificate(authority!).fingerprint, world.get(host(world), 'summary.config.sslThumbprint'));
  assert.match(world.get(certificates, 'certificateInfo.subject'), /CN=CA/);
});

test('kernel NICs are selected for kinds of traffic', async () => {
  const world = new World();
  const nics = manager(world, 'virtualNicManager');
  const selected = (nicType: string) => world.get<Rows>(host(world), 'config.virtualNicManagerInfo.netConfig').find((c) => c['nicType'] === nicType)!['selectedVnic'];
  await world.call(nics, 'SelectVnicForNicType', { nicType: 'vsan', device: 'vmk0' });
  assert.deepEqual(selected('vsan'), ['vsan.key-vim.host.VirtualNic-vmk0']);
  assert.deepEqual(world.get<Rows>(manager(world, 'vsanSystem'), 'config.networkInfo.port').map((p) => p['device']), ['vmk0']);
  await world.call(nics, 'DeselectVnicForNicType', { nicType: 'vmotion', device: 'vmk0' });
  assert.equal(world.get(host(world), 'config.vmotion.netConfig.selectedVnic'), undefined);
  await world.call(manager(world, 'vmotionSystem'), 'SelectVnic', { device: 'vmk0' });
  assert.equal(world.get(host(world), 'config.vmotion.ipConfig.ipAddress'), world.get(host(world), 'config.network.vnic')![0 as never]['spec']['ip']['ipAddress']);
  await world.refuses('HostConfigFault', nics, 'DeselectVnicForNicType', { nicType: 'management', device: 'vmk0' });
  await world.refuses('InvalidArgument', nics, 'SelectVnicForNicType', { nicType: 'telephone', device: 'vmk0' });
  await world.refuses('InvalidArgument', nics, 'SelectVnicForNicType', { nicType: 'vsan', device: 'vmk9' });
  await world.call(manager(world, 'vsanSystem'), 'UpdateVsan_Task', { config: { enabled: true, networkInfo: { port: [] } } });
  assert.deepEqual([selected('vsan'), world.get(host(world), 'config.vsanHostConfig.enabled')], [[], true]);
});

test('autostart starts and stops machines in order, and forgets those that leave', async () => {
  const world = new World();
  const autostart = manager(world, 'autoStartManager');
  const vm = world.named('DC0_H0_VM0', 'VirtualMachine');
  const entry = { key: vm, startOrder: 1, startDelay: -1, waitForHeartbeat: 'systemDefault', startAction: 'powerOn', stopDelay: -1, stopAction: 'powerOff' };
  await world.call(autostart, 'ReconfigureAutostart', { spec: { powerInfo: [entry] } });
  await world.call(autostart, 'AutoStartPowerOff');
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn', 'nothing happens while it is disabled');
  await world.call(autostart, 'ReconfigureAutostart', { spec: { defaults: { enabled: true } } });
  await world.call(autostart, 'AutoStartPowerOff');
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff');
  await world.call(autostart, 'AutoStartPowerOn');
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOn');
  await world.refuses('InvalidArgument', autostart, 'ReconfigureAutostart', { spec: { powerInfo: [{ ...entry, startOrder: 0 }] } });
  await world.refuses('InvalidArgument', autostart, 'ReconfigureAutostart', { spec: { powerInfo: [{ ...entry, key: world.named('DC0_C0_RP0_VM0', 'VirtualMachine') }] } });
  await world.call(vm, 'PowerOffVM_Task');
  await world.call(vm, 'Destroy_Task');
  assert.deepEqual(world.get(host(world), 'config.autoStart.powerInfo'), []);
});

test('power policy, hyperthreading, lockdown and SNMP show what was set', async () => {
  const world = new World();
  await world.call(manager(world, 'powerSystem'), 'ConfigurePowerPolicy', { key: 1 });
  assert.equal(world.get(host(world), 'config.powerSystemInfo.currentPolicy.shortName'), 'static');
  assert.equal(world.get(host(world), 'hardware.cpuPowerManagementInfo.currentPolicy'), 'High Performance');
  await world.refuses('HostConfigFault', manager(world, 'powerSystem'), 'ConfigurePowerPolicy', { key: 9 });
  await world.call(manager(world, 'cpuScheduler'), 'DisableHyperThreading');
  assert.deepEqual(world.get(host(world), 'config.hyperThread'), { available: true, active: true, config: false });
  const access = manager(world, 'hostAccessManager');
  await world.call(access, 'ChangeLockdownMode', { mode: 'lockdownNormal' });
  assert.deepEqual([world.get(host(world), 'config.lockdownMode'), world.get(host(world), 'config.adminDisabled')], ['lockdownNormal', true]);
  await world.call(access, 'UpdateLockdownExceptions', { users: ['root'] });
  assert.deepEqual(await world.call(access, 'QueryLockdownExceptions'), ['root']);
  await world.refuses('AuthMinimumAdminPermission', access, 'ChangeAccessMode', { principal: 'root', isGroup: false, accessMode: 'accessNone' });
  await world.refuses('NotFound', manager(world, 'snmpSystem'), 'SendTestNotification');
  await world.refuses('NotFound', manager(world, 'kernelModuleSystem'), 'UpdateModuleOptionString', { name: 'nope', options: '' });
  assert.match(((await world.call(manager(world, 'imageConfigManager'), 'HostImageConfigGetProfile')) as { name: string }).name, /^ESXi-/);
});
