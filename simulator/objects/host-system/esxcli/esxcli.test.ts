// The command line of a host, as govc and vic-machine talk to it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference, ReflectManagedMethodExecuterSoapResult } from '../../../../core/vim25/index.ts';
import { World } from '../../world.testing.ts';

type Ref = ManagedObjectReference;

const hostOf = (world: World): Ref => world.named('DC0_H0', 'HostSystem');

async function execute(world: World, command: string, args: Record<string, string> = {}): Promise<ReflectManagedMethodExecuterSoapResult> {
  const executer = (await world.call(hostOf(world), 'RetrieveManagedMethodExecuter')) as Ref;
  const words = command.split(' ');
  return (await world.call(executer, 'ExecuteSoap', {
    moid: `ha-cli-handler-${words.slice(0, -1).join('-')}`, version: 'urn:vim25/5.0', method: `vim.EsxCLI.${words.join('.')}`,
    argument: Object.entries(args).map(([name, value]) => ({ name, val: `<${name}>${value}</${name}>` })),
  })) as ReflectManagedMethodExecuterSoapResult;
}

const answer = async (world: World, command: string, args?: Record<string, string>): Promise<string> => {
  const { response, fault } = await execute(world, command, args);
  assert.equal(fault, undefined, fault?.faultDetail);
  return response!;
};
const refused = async (world: World, command: string, args?: Record<string, string>): Promise<string> => (await execute(world, command, args)).fault?.faultDetail ?? 'no fault';
const value = (xml: string, name: string): string | undefined => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];

test('vic-machine finds the command and asks for the firewall', async () => {
  const world = new World();
  const executer = (await world.call(hostOf(world), 'RetrieveManagedMethodExecuter')) as Ref;
  const info = (await world.call(executer, 'ExecuteSoap', {
    moid: 'ha-dynamic-type-manager-local-cli-cliinfo', version: 'urn:vim25/5.0', method: 'vim.CLIInfo.FetchCLIInfo', argument: [{ name: 'typeName', val: '<typeName>vim.EsxCLI.network.firewall</typeName>' }],
  })) as ReflectManagedMethodExecuterSoapResult;
  assert.match(info.response!, /<method><name>get<\/name>/);
  const before = await answer(world, 'network firewall get');
  assert.deepEqual(['Loaded', 'Enabled', 'DefaultAction'].map((name) => value(before, name)), ['true', 'true', 'DROP']);
  await answer(world, 'network firewall set', { enabled: 'false', defaultaction: 'true' });
  const after = await answer(world, 'network firewall get');
  assert.deepEqual([value(after, 'Enabled'), value(after, 'DefaultAction')], ['false', 'PASS']);
  assert.equal(world.get(hostOf(world), 'config.firewall.defaultPolicy.outgoingBlocked'), false);
});

test('set commands change what the API shows', async () => {
  const world = new World();
  await answer(world, 'network firewall ruleset set', { rulesetid: 'sshClient', enabled: 'true' });
  assert.equal(world.get<{ key: string; enabled: boolean }[]>(hostOf(world), 'config.firewall.ruleset').find((r) => r.key === 'sshClient')!.enabled, true);
  await answer(world, 'system hostname set', { fqdn: 'esx9.example.com' });
  assert.equal(world.get(hostOf(world), 'config.network.dnsConfig.domainName'), 'example.com');
  assert.equal(value(await answer(world, 'system hostname get'), 'FullyQualifiedDomainName'), 'esx9.example.com');
  await answer(world, 'system settings advanced set', { option: '/Net/GuestIPHack', intvalue: '1' });
  assert.equal(value(await answer(world, 'system settings advanced list', { option: '/Net/GuestIPHack' }), 'IntValue'), '1');
  await answer(world, 'network vswitch standard add', { vswitchname: 'two' });
  await answer(world, 'network vswitch standard portgroup add', { portgroupname: 'pg', vswitchname: 'two' });
  assert.deepEqual(world.names(world.named('pg', 'Network'), 'host'), ['DC0_H0']);
});

test('a refused command changes nothing and says why in its own words', async () => {
  const world = new World();
  const version = world.store.version;
  assert.match(await refused(world, 'network firewall ruleset set', { rulesetid: 'dhcp', enabled: 'false' }), /'dhcp'.*required/);
  assert.match(await refused(world, 'network firewall ruleset set', { enabled: 'false' }), /-r\|--ruleset-id/);
  assert.match(await refused(world, 'system settings advanced set', { option: '/Net/GuestIPHack', intvalue: '7' }), /from 0 to 1/);
  assert.match(await refused(world, 'network vm port list', { worldid: '1' }), /world with id 1/);
  assert.match(await refused(world, 'network firewall get', { loud: '1' }), /loud/);
  assert.match((await execute(world, 'no such thing')).fault!.faultMsg, /has already been deleted/);
  assert.match((await execute(world, 'network firewall nope')).fault!.faultMsg, /no method/);
  assert.equal(world.store.version, version);
});

test('machines are worlds: listed, looked into, killed', async () => {
  const world = new World();
  const vm = world.named('DC0_H0_VM0', 'VirtualMachine');
  const list = await answer(world, 'vm process list');
  const id = /<DisplayName>DC0_H0_VM0<.*?<WorldID>(\d+)</s.exec(list)![1]!;
  const uuid = /<DisplayName>DC0_H0_VM0<.*?<UUID>([^<]+)</s.exec(list)![1]!;
  assert.equal(uuid.replace(/[ -]/g, ''), world.get<string>(vm, 'config.uuid').replaceAll('-', ''));
  await world.call(vm, 'ReconfigVM_Task', { spec: { extraConfig: [{ key: 'SET.guest.ipAddress', value: '10.0.0.7' }] } });
  assert.equal(value(await answer(world, 'network vm port list', { worldid: id }), 'vSwitch'), 'DVS0');
  await answer(world, 'vm process kill', { type: 'soft', worldid: id });
  assert.equal(world.get(vm, 'runtime.powerState'), 'poweredOff');
  assert.doesNotMatch(await answer(world, 'network vm list'), /DC0_H0_VM0/);
});

test('the type manager knows every command, with its types', async () => {
  const world = new World();
  const types = (await world.call(hostOf(world), 'RetrieveDynamicTypeManager')) as Ref;
  const instances = (await world.call(types, 'DynamicTypeMgrQueryMoInstances')) as { id: string; moType: string }[];
  assert.ok(instances.some(({ id, moType }) => id === 'ha-cli-handler-network-vm' && moType === 'vim.EsxCLI.network.vm'));
  const info = (await world.call(types, 'DynamicTypeMgrQueryTypeInfo', { filterSpec: { _type: 'DynamicTypeMgrTypeFilterSpec', typeSubstr: 'network.vm' } })) as { managedTypeInfo: { name: string; method: { name: string }[] }[] };
  assert.deepEqual(info.managedTypeInfo.map(({ name }) => name), ['vim.EsxCLI.network.vm', 'vim.EsxCLI.network.vm.port']);
});

test('a host that cannot be reached runs nothing', async () => {
  const world = new World();
  await world.call(hostOf(world), 'DisconnectHost_Task');
  assert.match(await refused(world, 'system version get'), /not connected/);
});
