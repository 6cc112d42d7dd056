import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Connection } from '../../client/index.ts';
import { fault } from '../../vim25/fault.ts';
import { parseReference } from '../../vim25/reference.ts';
import type { Issue } from '../issue.ts';
import type { Vch } from '../vch-config.ts';
import { datastore, factsOf, firewall, host, network, node, optionsOf, portGroup } from './create.testing.ts';
import type { CreateFacts } from './facts.ts';
import { firewallStates, type FirewallStates } from './firewall-state.ts';
import { Issues, type CreateOptions } from './options.ts';
import { checkDrs, checkFirewall, checkLicences, checkManaged } from './validate-hosts.ts';
import { checkAttached, checkExisting, checkImageStore, checkNetworks, checkVolumeStores } from './validate.ts';

const firewalls = ({ off = [], untold = [] }: { readonly off?: readonly string[]; readonly untold?: readonly string[] } = {}): FirewallStates => ({ off: new Set(off), untold: new Set(untold) });

/** Everything that the facts forbid. */
function issuesOf(options: CreateOptions, facts: CreateFacts): readonly Issue[] {
  const issues = new Issues();
  checkAttached(checkImageStore(options, facts, issues), facts, issues);
  checkVolumeStores(options, facts, issues);
  checkNetworks(options, facts, issues);
  checkManaged(facts, issues);
  checkFirewall(facts, firewalls(), issues);
  checkDrs(facts, issues);
  checkLicences(facts, issues);
  return issues.all;
}

/** What is expected of one issue: texts in it, its flag, and the values it offers. */
interface Wanted {
  readonly what: readonly string[];
  readonly flag?: string;
  readonly valid?: readonly string[];
}

function check(title: string, options: Partial<CreateOptions>, facts: Partial<CreateFacts>, wanted: readonly Wanted[]): void {
  test(title, () => {
    const found = issuesOf(optionsOf(options), factsOf(facts));
    assert.equal(found.length, wanted.length, found.map(({ what }) => what).join('\n'));
    wanted.forEach(({ what, flag, valid }, i) => {
      const issue = found[i]!;
      for (const text of what) assert.ok([issue.what, ...(issue.details ?? [])].some((line) => line.includes(text)), `${text} in: ${issue.what}`);
      assert.equal(issue.flag, flag, issue.what);
      if (valid) assert.deepEqual(issue.valid, valid, issue.what);
    });
  });
}

const BLOCKED = { firewall: firewall({ enabled: false }) };
const nets = [network('VM Network'), portGroup('bridge'), portGroup('apps')];
const esxi: Partial<CreateFacts> = { vCenter: false, isCluster: false, drsEnabled: undefined, hosts: [host('h1')], networks: [network('VM Network'), network('isolated')], datastores: [datastore('ds1', ['h1'])] };

check('all is well', { volumeStores: ['ds2/volumes:default'], clientNetwork: 'apps' }, {}, []);

// Stores
check('no image store: those that there are', { imageStore: '' }, {}, [{ what: ['--image-store'], flag: '--image-store', valid: ['ds1', 'ds2'] }]);
check('an unknown image store', { imageStore: 'sd1/x' }, {}, [{ what: ['"sd1"', 'DC0'], flag: '--image-store', valid: ['ds1', 'ds2'] }]);
check('an unknown volume store keeps its label in what is offered', { volumeStores: ['nosuch/x:fast'] }, {}, [{ what: ['"nosuch"'], flag: '--volume-store', valid: ['ds1:fast', 'ds2:fast'] }]);
check('two datastores of one name', {}, { datastores: [datastore('ds1'), datastore('ds1')] }, [{ what: ['several', '"ds1"'], flag: '--image-store' }]);
check('an image store that one host lacks: that host, and stores that all have', {}, { datastores: [datastore('ds1', ['h1']), datastore('ds2')] }, [{ what: ['"ds1"', 'every host', 'h2'], flag: '--image-store', valid: ['ds2'] }]);
check('an image store that no host has', {}, { datastores: [datastore('ds1', []), datastore('ds2')] }, [{ what: ['"ds1"', 'not attached'], flag: '--image-store', valid: ['ds2'] }]);
check('no host that works', {}, { hosts: [host('h1', { connected: false })] }, [{ what: ['C0', 'no host'], flag: '--compute-resource' }]);
check('a host that does not work need not have the store', {}, { datastores: [datastore('ds1', ['h1'])], hosts: [host('h1'), host('h2', { connected: false })] }, []);

// Networks of the appliance
for (const [option, flag] of [['externalNetwork', '--external-network'], ['clientNetwork', '--client-network'], ['managementNetwork', '--management-network']] as const) {
  check(`an unknown network for ${flag}`, { [option]: 'nosuch' }, { networks: [...nets, portGroup('DVS0-DVUplinks', { uplink: true })] }, [{ what: ['"nosuch"'], flag, valid: ['VM Network', 'apps'] }]);
  check(`uplinks for ${flag}`, { [option]: 'up' }, { networks: [...nets, portGroup('up', { uplink: true })] }, [{ what: ['"up"', 'uplinks'], flag, valid: ['VM Network', 'apps'] }]);
  check(`an ambiguous network for ${flag}`, { [option]: 'twice' }, { networks: [...nets, network('twice'), portGroup('twice')] }, [{ what: ['several', '"twice"'], flag }]);
  check(`the bridge for ${flag}`, { [option]: 'bridge' }, {}, [{ what: ['"bridge"', option.replace('Network', ' network')], flag: '--bridge-network' }]);
}
check('the default external network is missing', {}, { networks: [portGroup('bridge')] }, [{ what: ['"VM Network"'], flag: '--external-network' }]);

// Bridge
check('no bridge on vCenter: port groups are offered, standard networks are not', { bridgeNetwork: '' }, {}, [{ what: ['"vch1"', 'vCenter'], flag: '--bridge-network', valid: ['apps'] }]);
check('a standard network as bridge on vCenter', { bridgeNetwork: 'VM Network', externalNetwork: 'apps' }, {}, [{ what: ['"VM Network"', 'not a distributed'], flag: '--bridge-network', valid: ['apps'] }]);
check('a bridge that one host lacks', {}, { networks: [network('VM Network'), portGroup('bridge', { hosts: new Set(['h2']) })] }, [{ what: ['"bridge"', 'h1'], flag: '--bridge-network' }]);
check('ESXi: the bridge is made', { bridgeNetwork: '' }, esxi, []);
check('ESXi: any network will do as bridge', { bridgeNetwork: 'isolated' }, esxi, []);
check('ESXi: a switch of the name stands in the way', { bridgeNetwork: '' }, { ...esxi, hosts: [host('h1', { switches: ['vSwitch0', 'vch1'] })] }, [{ what: ['virtual switch "vch1"'], flag: '--bridge-network' }]);
check('ESXi: bridge and external network are one', { bridgeNetwork: 'VM Network' }, esxi, [{ what: ['"VM Network"', 'external network'], flag: '--bridge-network' }]);

// Container networks
const apps = { containerNetworks: ['apps:web'] };
check('a container network with everything', { ...apps, containerNetworkGateways: ['apps:10.10.10.1/24'], containerNetworkRanges: ['apps:10.10.10.32/27', 'apps:10.10.10.100-120'], containerNetworkDns: ['apps:8.8.8.8'] }, {}, []);
check('an unknown container network', { containerNetworks: ['nosuch'] }, {}, [{ what: ['"nosuch"'], flag: '--container-network', valid: ['VM Network', 'apps'] }]);
check('a standard network for containers on vCenter', { containerNetworks: ['VM Network'] }, {}, [{ what: ['"VM Network"', 'not a distributed'], flag: '--container-network', valid: ['apps'] }]);
check('a standard network for containers on ESXi', { bridgeNetwork: '', containerNetworks: ['isolated'] }, esxi, []);
check('a container network that one host lacks', apps, { networks: [...nets.slice(0, 2), portGroup('apps', { hosts: new Set(['h1']) })] }, [{ what: ['"apps"', 'h2'], flag: '--container-network' }]);
check('the bridge for containers', { containerNetworks: ['bridge:x'] }, {}, [{ what: ['"bridge"', 'is the bridge network'], flag: '--container-network' }]);
check('a range without a gateway', { ...apps, containerNetworkRanges: ['apps:10.10.10.1-9'] }, {}, [{ what: ['"apps"', 'no gateway'], flag: '--container-network-gateway' }]);
check('a gateway that is the network address', { ...apps, containerNetworkGateways: ['apps:10.10.10.0/24'] }, {}, [{ what: ['"apps"', 'network or broadcast'], flag: '--container-network-gateway' }]);
check('a gateway that is the broadcast address', { ...apps, containerNetworkGateways: ['apps:10.10.10.255/24'] }, {}, [{ what: ['"apps"', 'network or broadcast'], flag: '--container-network-gateway' }]);
check('a gateway alone in its subnet', { ...apps, containerNetworkGateways: ['apps:10.10.10.1/32'] }, {}, [{ what: ['"apps"', 'alone'], flag: '--container-network-gateway' }]);
check('a range outside the subnet', { ...apps, containerNetworkGateways: ['apps:10.10.10.1/24'], containerNetworkRanges: ['apps:10.10.11.1-9'] }, {}, [{ what: ['10.10.11.1-9', 'not inside'], flag: '--container-network-ip-range' }]);
check('ranges that overlap', { ...apps, containerNetworkGateways: ['apps:10.10.10.1/24'], containerNetworkRanges: ['apps:10.10.10.1-9', 'apps:10.10.10.9-20'] }, {}, [{ what: ['10.10.10.1-9', '10.10.10.9-20', 'overlap'], flag: '--container-network-ip-range' }]);
check('a subnet among the addresses of bridge networks', { ...apps, containerNetworkGateways: ['apps:172.20.0.1/24'] }, {}, [{ what: ['"apps"', '172.16.0.0/12'], flag: '--bridge-network-range' }]);

// Hosts and licences
check('a firewall that is closed names the hosts', {}, { hosts: [host('h1', BLOCKED), host('h2'), host('h3', { ...BLOCKED, connected: false })], networks: [network('VM Network'), portGroup('bridge', { hosts: new Set(['h1', 'h2', 'h3']) })] }, [{ what: ['h1', '8080', '(vic)', '--ruleset-id vic'] }]);
for (const [what, set] of [['inbound', { direction: 'inbound' }], ['udp', { protocol: 'udp' }], ['port 80', { port: 80 }], ['ports 1-100', { port: 1, endPort: 100 }]] as const) {
  check(`a rule for ${what} does not open it`, {}, { hosts: [host('h1', { firewall: firewall(set) })] }, [{ what: ['h1', '8080'] }]);
}
check('a rule for a range of ports opens it', {}, { hosts: [host('h1', { firewall: firewall({ port: 8000, endPort: 9000 }) })] }, []);
check('a firewall that blocks nothing', {}, { hosts: [host('h1', { firewall: firewall({ enabled: false }, false) })] }, []);
check('a cluster without DRS', {}, { drsEnabled: false }, [{ what: ['DRS', '"C0"'], flag: '--compute-resource' }]);
check('a standalone host has no DRS', {}, { drsEnabled: undefined, isCluster: false }, []);
check('a licence without the features', {}, { licences: [{ entity: 'h1', features: ['serialuri:2'], evaluation: false }] }, [{ what: ['h1', '"dvs"'] }]);
check('ESXi needs no distributed switches', {}, { ...esxi, licences: [{ entity: 'h1', features: ['serialuri:2'], evaluation: false }] }, []);
check('a host behind its vCenter Server', {}, { ...esxi, hosts: [host('h1', { managedBy: '10.0.0.9' })] }, [{ what: ['10.0.0.9'], flag: '--target', valid: ['10.0.0.9'] }]);

check('a host that shows an address of its own as its manager', {}, { ...esxi, hosts: [host('h1', { managedBy: '127.0.0.1' })] }, []);

test('a firewall that is off, or cannot be asked, is a warning; one that is on an issue', () => {
  const issues = new Issues();
  const facts = factsOf({ hosts: [host('h1', BLOCKED), host('h2', BLOCKED), host('h3'), host('h4', BLOCKED)] });
  const warnings = checkFirewall(facts, firewalls({ off: ['h1'], untold: ['h4'] }), issues);
  assert.equal(warnings.length, 2);
  assert.match(warnings[0]!, /firewall of h1 is off/);
  assert.match(warnings[1]!, /rules of h4 block .* RetrieveManagedMethodExecuter/);
  assert.match(issues.all.map(({ what }) => what).join(), /firewall of h2 blocks/);
});

test('whether a firewall is off the host itself tells; one that refuses is taken to be on, a server that knows no such question is named', async () => {
  const answers: Readonly<Record<string, string | undefined>> = { h1: '<obj><Enabled>false</Enabled></obj>', h2: '<obj><Enabled>true</Enabled></obj>' };
  const refusals: Readonly<Record<string, Parameters<typeof fault>[0] | undefined>> = { h3: 'NotSupported', h5: 'NoPermission', h6: 'MethodNotFound' };
  const call = (self: { value: string }, method: string): Promise<unknown> => {
    const refused = refusals[self.value];
    if (method === 'RetrieveManagedMethodExecuter' && refused !== undefined) return Promise.reject(fault(refused, {}, 'no'));
    return Promise.resolve(method === 'ExecuteSoap' ? { response: answers[self.value] } : self);
  };
  const { off, untold } = await firewallStates({ call } as unknown as Connection, ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((name) => host(name)));
  assert.deepEqual([[...off], [...untold]], [['h1'], ['h6']]);
});

test('an evaluation has every feature, and a warning', () => {
  const issues = new Issues();
  assert.match(checkLicences(factsOf({ licences: [{ entity: 'h1', features: [], evaluation: true }] }), issues).join(), /h1/);
  assert.deepEqual(issues.all, []);
});

test('everything that is wrong is told at once', () => {
  const found = issuesOf(optionsOf({ imageStore: 'x', volumeStores: ['y:z'], externalNetwork: 'n1', clientNetwork: 'n2', managementNetwork: 'n3', bridgeNetwork: 'n4', containerNetworks: ['n5'] }), factsOf({ drsEnabled: false }));
  assert.deepEqual(found.map(({ flag }) => flag), ['--image-store', '--volume-store', '--external-network', '--client-network', '--management-network', '--bridge-network', '--container-network', '--compute-resource']);
});

test('what the roles default to: external, client, management', () => {
  const issues = new Issues();
  const found = checkNetworks(optionsOf({ clientNetwork: 'apps' }), factsOf(), issues)!;
  assert.deepEqual([found.external.name, found.client.name, found.management.name, found.bridge!.name], ['VM Network', 'apps', 'apps', 'bridge']);
});

test('the image store is a directory of its own when only a datastore is given', () => {
  const path = (imageStore: string) => checkImageStore(optionsOf({ imageStore }), factsOf(), new Issues())!.path;
  assert.deepEqual(path('ds1'), { datastore: 'ds1', path: 'vch1/images' });
  assert.deepEqual(path('ds1/images'), { datastore: 'ds1', path: 'images' });
});

test('what is there under the name: a VCH, machines, vApps and pools with something in them stand in the way, an empty pool is used', () => {
  const cases: readonly [string, string, 'VCH' | 'VM' | 'nothing', Partial<CreateOptions>, RegExp | 'used'][] = [
    ['a VCH', 'VirtualApp:p', 'VCH', {}, /"vch1" \(vm-1\) exists already .*Delete it first/],
    ['a pool with a VM', 'ResourcePool:p', 'VM', { useRp: true }, /holds "vch1"/],
    ['an empty vApp', 'VirtualApp:p', 'nothing', { useRp: true }, /not a virtual container host/],
    ['an empty pool', 'ResourcePool:p', 'nothing', { useRp: true }, 'used'],
    ['an empty pool where a vApp is wanted', 'ResourcePool:p', 'nothing', {}, /--use-rp/],
  ];
  for (const [what, ref, inside, more, wanted] of cases) {
    const facts = factsOf();
    const pool = node(ref, 'vch1', facts.parent);
    const vm = node('VirtualMachine:vm-1', 'vch1', undefined, pool);
    const vchs = inside === 'VCH' ? [{ vm, id: 'vm-1', name: 'vch1', pool } as unknown as Vch] : [];
    const issues = new Issues();
    const found = checkExisting(optionsOf(more), facts, vchs, inside === 'nothing' ? [] : [vm], issues);
    if (wanted === 'used') assert.deepEqual([found, issues.all], [pool, []], what);
    else assert.match(issues.all.map((issue) => `${issue.what} ${issue.details?.join(' ')} ${issue.flag}`).join(), wanted, what);
  }
  const facts = factsOf({ vmFolder: parseReference('Folder:vm') });
  const elsewhere = node('VirtualMachine:vm-2', 'vch1', node('Folder:vm', 'vm'));
  const issues = new Issues();
  assert.equal(checkExisting(optionsOf(), facts, [], [elsewhere], issues), undefined);
  assert.match(issues.all[0]!.what, /VM "vch1" \(vm-2\) exists already/);
});
