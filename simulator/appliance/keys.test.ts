// The configurations that we write against those that the original wrote (fixtures/wire; texts of keys and
// certificates are shortened there).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { containerKeys } from './container-keys.ts';
import { launched, networksUp, notLaunched } from './guest-writeback.ts';
import { longAddress, netmask, NIL, parseCidr, readAddress, shortAddress, type Keys } from './keys.ts';
import { vchKeys, type VchConfig } from './vch-keys.ts';

const fixture = (name: string): Keys => JSON.parse(readFileSync(`fixtures/wire/${name}.json`, 'utf8')) as Keys;

/** The captured keys as `create` wrote them: without what the guest added, and before anything started. */
function written(name: string): Keys {
  const keys = fixture(name);
  for (const key of Object.keys(keys)) {
    if (/^guestinfo\.\.init\.networks\|/.test(key)) delete keys[key];
    else if (key.endsWith('.started')) keys[key] = NIL;
  }
  return keys;
}

const SHORTENED = /^guestinfo\.\/(extension_cert|extension_key|cert_pem|key_pem|HostCertificate\/(Cert|Key))$/;

function assertSame(actual: Keys, expected: Keys): void {
  const comparable: Keys = {};
  for (const [key, value] of Object.entries(actual)) {
    comparable[key] = SHORTENED.test(key) && expected[key] === '(trimmed)' && value !== NIL ? '(trimmed)' : value;
  }
  assert.deepEqual(comparable, expected);
}

const pem = { cert: 'CERT', key: 'KEY' };
const vmNetwork = { type: 'Network', value: 'network-7' };
const portgroup = (n: number) => ({ type: 'DistributedVirtualPortgroup', value: `dvportgroup-${n}` });

const vcenter: VchConfig = {
  name: 'vch1',
  self: { type: 'VirtualMachine', value: 'vm-78' },
  target: { host: '127.0.0.1:27201', path: '' },
  sdkUser: 'user',
  extension: { ...pem, name: 'com.vmware.vic.68248f45-d5e7-53ba-b497-e99996be4789' },
  imageStore: { datastore: 'LocalDS_0', path: 'vch1/images' },
  volumeStores: [{ label: 'default', datastore: 'LocalDS_0', path: 'vols/v1' }],
  endpoints: {
    external: { network: vmNetwork, slot: 192 },
    client: { network: vmNetwork, slot: 192 },
    management: { network: vmNetwork, slot: 192 },
    bridge: { network: portgroup(13), slot: 224 },
  },
  createBridge: false,
  computeResource: { type: 'VirtualApp', value: 'virtualapp-74' },
  bootstrapImage: '[LocalDS_0] vch1/bootstrap.iso',
  paths: { datacenter: 'DC0', compute: '/DC0/host/DC0_C0', pool: '/DC0/host/DC0_C0/Resources', vm: '/DC0/vm/vch1' },
};

test('a VCH without TLS on vCenter has the keys and values of the original', () => {
  assertSame(vchKeys(vcenter), written('vch-extraconfig-vcenter'));
});

test('a VCH with TLS on ESXi has the keys and values of the original', () => {
  const network = { type: 'Network', value: 'HaNetwork-VM Network' };
  const compute = '/ha-datacenter/host/localhost.localdomain';
  const config: VchConfig = {
    ...vcenter,
    self: { type: 'VirtualMachine', value: 'vm-21' },
    target: { host: '127.0.0.1:27202', path: '/sdk' },
    userpw: 'root:pass',
    sdkUser: 'root:pass',
    host: pem,
    volumeStores: [{ label: 'default', datastore: 'LocalDS_0', path: 'vols' }],
    endpoints: {
      external: { network, slot: 192 },
      client: { network, slot: 192 },
      management: { network, slot: 192 },
      bridge: { network: { type: 'Network', value: 'network-18' }, slot: 224 },
    },
    createBridge: true,
    computeResource: { type: 'ResourcePool', value: 'resgroup-17' },
    paths: { datacenter: 'ha-datacenter', compute, pool: `${compute}/Resources`, vm: '/ha-datacenter/vm/vch1' },
  };
  assertSame(vchKeys(config), written('vch-extraconfig-esxi'));
});

test('every option of create, container networks included, gives the keys and values of the original', () => {
  const config: VchConfig = {
    ...vcenter,
    name: 'vchfull',
    self: { type: 'VirtualMachine', value: 'vm-84' },
    debug: 1,
    extension: { ...pem, name: 'com.vmware.vic.e622c7fd-7595-5ffe-b4e2-6e8831eaa207' },
    host: pem,
    imageStore: { datastore: 'LocalDS_0', path: 'store' },
    volumeStores: [
      { label: 'fast', datastore: 'LocalDS_0', path: 'vols/v2' },
      { label: 'default', datastore: 'LocalDS_0', path: 'vols/v1' },
    ],
    endpoints: {
      external: { network: vmNetwork, slot: 192 },
      client: { network: portgroup(15), slot: 224 },
      management: { network: portgroup(15), slot: 224 },
      bridge: { network: portgroup(13), slot: 256 },
    },
    bridgeRange: '192.168.0.0/16',
    containerNetworks: [
      {
        alias: 'vlan.10',
        network: portgroup(17),
        gateway: '10.10.10.1/24',
        dns: ['10.10.10.2', '8.8.8.8'],
        ranges: [
          { first: '10.10.10.32', last: '10.10.10.63', short: true },
          { first: '10.10.10.100', last: '10.10.10.120' },
        ],
      },
    ],
    computeResource: { type: 'VirtualApp', value: 'virtualapp-78' },
    bootstrapImage: '[LocalDS_0] vchfull/bootstrap.iso',
    paths: { ...vcenter.paths, vm: '/DC0/vm/vchfull' },
  };
  assertSame(vchKeys(config), written('vch-extraconfig-vcenter-all-options'));
});

test('what a running appliance writes back is what the original guest writes', () => {
  const captured = JSON.parse(readFileSync('fixtures/wire/guest-writeback.json', 'utf8')) as Record<string, Keys>;
  const lease = { address: '10.17.109.23', prefix: 22, mask: '255.255.252.0', gateway: '10.17.111.254', dns: ['10.118.81.1', '10.118.81.2'] };
  assert.deepEqual(networksUp({ client: lease, external: lease, management: lease }), captured['1-after-networks-applied']);
  assert.deepEqual(launched('vicadmin'), captured['2-after-launch-of-vicadmin']);
  assert.deepEqual(notLaunched('port-layer', 'fork/exec /sbin/port-layer-server: no such file or directory'), captured['3-failed-launch-of-port-layer']);
});

test('a container has the keys of the original for the same content', () => {
  const captured = fixture('container-extraconfig');
  const known = (keys: Keys) =>
    Object.keys(keys)
      // A second session: not part of what we create.
      .filter((key) => !/exec1/.test(key))
      .sort();
  const keys = containerKeys({
    id: 'c0ffee', name: 'lonely_ptolemy', created: 1471000001, layer: '9d7057', image: 'busybox',
    command: ['/bin/sh', '-c', 'echo'], env: ['PATH=/bin', 'EMPTY='], key: 'aw==', started: true,
    networks: [{
      name: 'bridge', network: portgroup(13), slot: 224, default: true, ports: ['80/tcp'], aliases: ['bridge:db:database'],
      lease: { address: '172.16.0.2', gateway: '172.16.0.1/16', dns: ['172.16.0.1'] },
    }],
    mounts: [{ volume: 'data', path: '/data' }],
  });
  assert.deepEqual(known(keys), known(captured));
  for (const key of known(keys)) {
    if (/debug|resurrections|stopSignal|tty|User|Group|Args~|source\/Host|sessions$|notes$/.test(key)) continue;
    assert.equal(keys[key], captured[key] === '' ? NIL : captured[key], key);
  }
});

test('addresses read back in both lengths, masks follow from prefixes', () => {
  assert.equal(longAddress('10.17.109.23'), 'AAAAAAAAAAAAAP//ChFtFw==');
  assert.equal(shortAddress('10.17.109.23'), 'ChFtFw==');
  assert.equal(readAddress('AAAAAAAAAAAAAP//ChFtFw=='), '10.17.109.23');
  assert.equal(readAddress('ChFtFw=='), '10.17.109.23');
  assert.equal(readAddress(NIL), undefined);
  assert.equal(netmask(22), '255.255.252.0');
  assert.equal(netmask(0), '0.0.0.0');
  assert.equal(netmask(32), '255.255.255.255');
  assert.throws(() => parseCidr('172.16.0.0'), /not a network/);
  assert.throws(() => parseCidr('172.16.0/12'), /not an IPv4 address/);
});
