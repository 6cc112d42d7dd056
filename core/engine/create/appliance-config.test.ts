import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseReference } from '../../vim25/reference.ts';
import { applianceExtraConfig, type ApplianceFacts } from './appliance-config.ts';
import type { NetworkFacts } from './facts.ts';
import { parseIp, parseRange, parseSubnet } from './ip.ts';
import type { Store } from './validate.ts';

const fixture = (name: string): Record<string, string> =>
  JSON.parse(readFileSync(new URL(`../../../../fixtures/wire/vch-extraconfig-${name}.json`, import.meta.url), 'utf8')) as Record<string, string>;

const network = (ref: string, name: string): NetworkFacts => ({ ref: parseReference(ref), name, hosts: new Set(), uplink: false });
const store = (path: string, datastore = 'LocalDS_0'): Store => ({
  datastore: { ref: parseReference('Datastore:ds'), name: datastore, type: 'VMFS', browser: undefined, writers: new Set() }, path: { datastore, path },
});
const pem = (what: string): string => `-----BEGIN ${what}-----\nAAAA\n-----END ${what}-----\n`;
const pair = { key: pem('RSA PRIVATE KEY'), cert: pem('CERTIFICATE') };

/** What the guest writes: addresses and how its programs do. */
const WRITTEN_BACK = /^guestinfo\.\.init\.networks\|\w+\.ip\.(IP|Mask)$/;
const SECRETS = /(key_pem|cert_pem|extension_cert|extension_key|HostCertificate\/(Key|Cert))$/;

function check(name: string, facts: ApplianceFacts): void {
  const wanted = Object.fromEntries(
    Object.entries(fixture(name)).filter(([key]) => !WRITTEN_BACK.test(key)).map(([key, value]) => [key, key.endsWith('.started') ? '<nil>' : value]),
  );
  const actual: Record<string, string> = {};
  for (const { key, value } of applianceExtraConfig(facts)) {
    assert.ok(!(key in actual), `${key} is written twice`);
    const secret = SECRETS.test(key) && value !== '<nil>';
    if (secret) {
      const text = key.includes('HostCertificate') ? Buffer.from(value, 'base64').toString() : value;
      assert.match(text, /^-----BEGIN (RSA PRIVATE KEY|CERTIFICATE)-----\n/, key);
      assert.equal(/key(_pem)?$/i.test(key), text.includes('PRIVATE KEY'), `${key} holds the other half of the pair`);
    }
    actual[key] = secret ? '(trimmed)' : value;
  }
  assert.deepEqual(actual, wanted);
}

const vCenterFacts = (): ApplianceFacts => {
  const outside = network('Network:network-7', 'VM Network');
  return {
    name: 'vch1', vm: parseReference('VirtualMachine:vm-0'), uuid: '', directory: 'vch1', pool: parseReference('VirtualApp:virtualapp-0'), debug: 0,
    server: undefined, extension: pair, image: store('vch1/images'), volumes: [],
    networks: { external: outside, client: outside, management: outside, bridge: undefined, bridgeName: 'bridge', containers: [], bridgeRange: parseSubnet('172.16.0.0/12')! },
    bridge: parseReference('DistributedVirtualPortgroup:dvportgroup-13'), createdBridge: false, slots: { external: 192, client: 192, management: 192, bridge: 224 },
    target: { url: new URL('https://127.0.0.1:27201/sdk'), user: 'user', password: 'pass' }, vCenter: true,
    paths: { datacenter: 'DC0', compute: '/DC0/host/DC0_C0', pool: '/DC0/host/DC0_C0/Resources', vm: '/DC0/vm/vch1' },
  };
};

/** Taken over from a fixture: what differs from run to run. */
const identity = (name: string): Pick<ApplianceFacts, 'vm' | 'uuid' | 'pool' | 'bridge'> => {
  const { [`guestinfo./init/common/id`]: vm, 'guestinfo./extension_name': extension, 'guestinfo./ComputeResources|0/Type': type, 'guestinfo./ComputeResources|0/Value': value, 'guestinfo./container_networks|bridge/Common/id': bridge } = fixture(name);
  return { vm: parseReference(vm!), uuid: extension!.replace('com.vmware.vic.', ''), pool: { type: type!, value: value! }, bridge: parseReference(bridge!) };
};

test('vCenter: the configuration has the keys and values of the original, key for key', () => {
  check('vcenter', { ...vCenterFacts(), ...identity('vcenter'), volumes: [{ label: 'default', store: store('vols/v1') }] });
});

test('vCenter with all options: container networks, stores, ranges, own networks, TLS', () => {
  const facts = vCenterFacts();
  const dmz = network('DistributedVirtualPortgroup:dvportgroup-15', 'DC0_DVPG1');
  check('vcenter-all-options', {
    ...facts, ...identity('vcenter-all-options'), name: 'vchfull', directory: 'vchfull', debug: 1, server: pair, image: store('store'),
    volumes: [{ label: 'default', store: store('vols/v1') }, { label: 'fast', store: store('vols/v2') }],
    networks: {
      ...facts.networks, client: dmz, management: dmz, bridgeRange: parseSubnet('192.168.0.0/16')!,
      containers: [{
        network: 'DC0_DVPG2', alias: 'vlan.10', facts: network('DistributedVirtualPortgroup:dvportgroup-17', 'DC0_DVPG2'), gateway: parseSubnet('10.10.10.1/24')!,
        ranges: [parseRange('10.10.10.32/27')!, parseRange('10.10.10.100-120')!], dns: [parseIp('10.10.10.2')!, parseIp('8.8.8.8')!],
      }],
    },
    slots: { external: 192, client: 224, management: 224, bridge: 256 }, paths: { ...facts.paths, vm: '/DC0/vm/vchfull' },
  });
});

test('ESXi: credentials, the path of the SDK and the bridge that was made', () => {
  const facts = vCenterFacts();
  const outside = network('Network:HaNetwork-VM Network', 'VM Network');
  const compute = '/ha-datacenter/host/localhost.localdomain';
  check('esxi', {
    ...facts, ...identity('esxi'), server: pair, volumes: [{ label: 'default', store: store('vols') }], networks: { ...facts.networks, external: outside, client: outside, management: outside },
    createdBridge: true, vCenter: false, target: { url: new URL('https://127.0.0.1:27202/sdk'), user: 'root', password: 'pass' },
    paths: { datacenter: 'ha-datacenter', compute, pool: `${compute}/Resources`, vm: '/ha-datacenter/vm/vch1' },
  });
});

test('an authority makes the appliance ask clients for a certificate', () => {
  const config = new Map(applianceExtraConfig({ ...vCenterFacts(), authority: 'PEM' }).map(({ key, value }) => [key, value]));
  assert.equal(config.get('guestinfo./CertificateAuthorities'), Buffer.from('PEM').toString('base64'));
});

test('before the VM exists nothing names it, and a volume store at the top of a datastore keeps the blank that readers split at', () => {
  const facts = { ...vCenterFacts(), vm: undefined, uuid: undefined, volumes: [{ label: 'default', store: store('') }] };
  const config = new Map(applianceExtraConfig(facts).map(({ key, value }) => [key, value]));
  assert.equal(config.get('guestinfo./init/common/id'), '<nil>');
  assert.equal(config.get('guestinfo./extension_name'), '<nil>');
  assert.equal(config.get('guestinfo./VolumeLocations|default/Path'), '[LocalDS_0] ');
});
