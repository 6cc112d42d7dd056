// What a lab file may say, and how wrong ones are refused.
import { labOptionsOfText } from '../lab.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadLab, parseLab } from './load-lab.ts';
import { DocumentError } from './shape.ts';

const refusal = async (source: string): Promise<string[]> => {
  try {
    await parseLab(source, 'lab.yaml');
  } catch (error) {
    assert.ok(error instanceof DocumentError, String(error));
    return error.message.split('\n');
  }
  return [];
};

const VCENTER = `product: vcenter
datacenters:
  - name: DC0
    datastores: [nfs-1]
    switches:
      - name: dvs
        portgroups: [bridge]
    clusters:
      - name: alpha
      - name: beta
        pools:
          - name: apps
            vchs:
              - name: vch1
                networks: { bridge: bridge }
                containers:
                  - { name: a, image: busybox, state: STATE }
`;

test('a wrong word is refused with its line, its path and the words that are right', async () => {
  assert.deepEqual(await refusal(VCENTER.replace('STATE', 'runing')), [
    'lab.yaml:17: datacenters[0].clusters[1].pools[0].vchs[0].containers[0].state: "runing" is not one of on, off, suspended',
  ]);
  assert.deepEqual(await refusal(VCENTER.replace('STATE', 'on')), []);
});

test('unknown keys name the nearest known one', async () => {
  const [line] = await refusal('product: esxi\ndatastore: [a]\n');
  assert.match(line!, /^lab\.yaml:2: datastore: unknown key "datastore", did you mean "datastores"\? \(known here: product, .*vchs\)$/);
  const [far] = await refusal('product: esxi\nzzzzzzzz: 1\n');
  assert.match(far!, /unknown key "zzzzzzzz" \(known here/);
  assert.match((await refusal('product: esxi\nconstructor: 1\n'))[0]!, /unknown key "constructor"/);
});

test('all problems are reported at once, in order of lines', async () => {
  const found = await refusal('product: esxi\nseed: -1\nversion: new\ndatastores:\n  - {type: floppy}\n  - {name: a, capacity: big}\nvms: many\ncredentials: {user: root}\n');
  assert.deepEqual(found.map((line) => line.split(': ').slice(0, 2).join(': ')), [
    'lab.yaml:2: seed', 'lab.yaml:3: version', 'lab.yaml:5: datastores[0].type', 'lab.yaml:5: datastores[0]',
    'lab.yaml:6: datastores[1].capacity', 'lab.yaml:7: vms', 'lab.yaml:8: credentials',
  ]);
  assert.match(found[3]!, /"name" is missing$/);
  assert.match(found[4]!, /"big" is not a size such as 500 GB or 2 TB$/);
});

test('references to nothing and names twice are refused with what there is', async () => {
  const found = await refusal(`product: vcenter
datacenters:
  - name: DC0
    datastores: [one, one]
    clusters:
      - name: c
        hosts: [h1, h1]
        drs: false
        pools: [p]
        vms:
          - {name: vm, datastore: two}
          - vm
      - name: d
        vchs:
          - name: v
            address: 10.0.0.5
            imageStore: three/images
            networks: {external: Nowhere, bridge: VM Network}
            volumeStores: [{label: default, path: one/vols, volumes: [data]}]
            images: [busybox]
            containers:
              - {name: x, image: nginx}
              - {name: y, volumes: ["log:/log"]}
          - {name: v, address: 10.0.0.5}
`);
  const expected = [
    [4, /datastores\[1\]: the name "one" is taken by a datastore already/],
    [7, /hosts\[1\]: the name "h1" is taken/],
    [9, /pools: a cluster with DRS off cannot hold pools/],
    [11, /vms\[0\]\.datastore: datastore "two" is not one of one/],
    [12, /vms\[1\]: the name "vm" is taken/],
    [17, /imageStore: datastore "three" is not one of one/],
    [18, /networks\.external: network "Nowhere" is not one of VM Network/],
    [18, /networks\.bridge: bridge network "VM Network" is not a distributed port group/],
    [22, /containers\[0\]\.image: "nginx" is not one of the VCH's images busybox/],
    [23, /containers\[1\]\.volumes\[0\]: volume "log" is not one of data/],
    [24, /vchs\[1\]\.address: 10\.0\.0\.5 belongs to another VCH already/],
    [24, /vchs\[1\]: the name "v" is taken/],
  ] as const;
  for (const [line, pattern] of expected) {
    assert.ok(found.some((text) => text.startsWith(`lab.yaml:${line}: `) && pattern.test(text)), `${line} ${pattern} in\n${found.join('\n')}`);
  }
});

test('what is no YAML at all, or unfolds without end, is one clear problem', async () => {
  assert.match((await refusal('product: esxi\nvms: [\n'))[0]!, /^lab\.yaml:\d: /);
  assert.match((await refusal('product: esxi\nproduct: vcenter\n'))[0]!, /^lab\.yaml:2: .*unique/);
  assert.match((await refusal('- a\n'))[0]!, /lab\.yaml:1: a list is not a map with product/);
  assert.match((await refusal(''))[0]!, /lab\.yaml:1: nothing is not a map/);
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x,x]', ...'bcdefgh'.split('').map((key, i) => `${key}: &${key} [${Array(10).fill(`*${'abcdefg'[i]}`).join(',')}]`)].join('\n');
  assert.match((await refusal(bomb))[0]!, /alias/i);
});

test('an unreadable file is one line', async () => {
  await assert.rejects(loadLab('/nowhere/lab.yaml'), { message: 'cannot read lab /nowhere/lab.yaml: there is no such file' });
  await assert.rejects(loadLab('/'), { message: 'cannot read lab /: it is a directory' });
});

test('JSON, aliases and short forms are the same lab', async () => {
  const long = await parseLab('product: esxi\ndatastores:\n  - name: a\npools:\n  - name: p\n    vms: &two\n      - name: x\n', 'a.yaml');
  const short = await parseLab('{"product":"esxi","datastores":["a"],"pools":[{"name":"p","vms":["x"]}]}', 'a.json');
  assert.deepEqual(short, long);
  assert.equal(long.datacenters[0]!.computes[0]!.name, 'localhost.localdomain');
});

test('names left open follow from the seed, and never collide with given ones', async () => {
  const source = 'product: vcenter\ndatacenters: [{name: D, clusters: [{name: c, hosts: 20, vms: 60, vchs: [{containers: 5}]}]}]';
  const [one, again, other] = await Promise.all([
    parseLab(source, 'a'), parseLab(source, 'a', { seed: 1 }), parseLab(source, 'a', { seed: 2 }),
  ]);
  assert.deepEqual(one, again);
  assert.notDeepEqual(one.datacenters, other!.datacenters);
  const cluster = one.datacenters[0]!.computes[0]!;
  const all = [...cluster.hosts, ...cluster.vms.map((vm) => vm.name), ...cluster.vchs[0]!.containers.map((c) => c.name)];
  assert.equal(all.length, 85);
  assert.equal(new Set(all).size, 85);
  for (const name of all) assert.match(name, /^[a-z0-9._-]+$/);
});

test('a VCH that says nothing has the defaults of create', async () => {
  const plan = await parseLab('product: vcenter\ndatacenters: [{name: D, clusters: [{name: c, vchs: [virtual-container-host]}]}]', 'a');
  const datacenter = plan.datacenters[0]!;
  const vch = datacenter.computes[0]!.vchs[0]!;
  assert.equal(vch.pool, 'vapp');
  assert.equal(vch.tls, true);
  assert.deepEqual(vch.imageStore, { datastore: 'datastore1', path: 'virtual-container-host/images' });
  assert.deepEqual(vch.networks, { external: 'VM Network', client: 'VM Network', management: 'VM Network', bridge: 'virtual-container-host' });
  assert.deepEqual(datacenter.switches, [{ name: 'dvSwitch', portgroups: [{ name: 'virtual-container-host', vlan: 0 }] }]);
  const esxi = await parseLab('product: esxi\nvchs: [v]', 'a');
  const host = esxi.datacenters[0]!.computes[0]!;
  assert.equal(host.vchs[0]!.pool, 'pool');
  assert.equal(host.vchs[0]!.createBridge, true);
});

test('container networks take every form of range', async () => {
  const plan = await parseLab(`product: esxi
networks: [VM Network, other]
vchs:
  - name: v
    networks:
      containers:
        - {network: other, alias: vlan.10, gateway: 10.10.10.1/24, dns: [8.8.8.8], ranges: [10.10.10.32/27, 10.10.10.100-120, 10.10.10.130-10.10.10.140]}
`, 'a');
  assert.deepEqual(plan.datacenters[0]!.computes[0]!.vchs[0]!.containerNetworks[0]!.ranges, [
    { first: '10.10.10.32', last: '10.10.10.63', short: true },
    { first: '10.10.10.100', last: '10.10.10.120' },
    { first: '10.10.10.130', last: '10.10.10.140' },
  ]);
});

test('networks say what their DHCP servers hand out, and appliances how they boot', async () => {
  const source = (dhcp: string, rule: string) => `product: esxi\nnetworks:\n  - { name: a, dhcp: ${dhcp} }\nappliances:\n  - ${rule}\nvchs: [{ name: v, networks: { client: a } }]\n`;
  const plan = await parseLab(source('127.0.9.7-7', '{ name: v, delay: 3, failures: { vicadmin: no } }'), 'a');
  assert.equal(plan.datacenters[0]!.computes[0]!.vchs[0]!.address, '127.0.9.7');
  assert.deepEqual(plan.appliances, [{ name: 'v', delay: 3, failures: { vicadmin: 'no' } }]);
  assert.match((await refusal(source('10.0.0.9-8', 'v')))[0]!, /^lab\.yaml:3: networks\[0\]\.dhcp: "10\.0\.0\.9-8" has no address to hand out$/);
  assert.match((await refusal(source('some', 'v')))[0]!, /"some" is not none or a range such as/);
  assert.match((await refusal(source('none', '{ failures: { vicamin: x } }')))[0]!, /unknown key "vicamin", did you mean "vicadmin"\?/);
  assert.match((await refusal(source('none', '{ hangs: [vicamin] }')))[0]!, /"vicamin" is not one of docker-personality, port-layer, vicadmin/);
  assert.match((await refusal(source('none', '{ delay: 1 }').replace('vchs:', '  - { delay: 2 }\nvchs:')))[0]!, /is taken by a rule already/);
});

test('fault rules hold from the start, and one that makes no sense is named with its line', async () => {
  const lab = (rule: string) => `product: esxi\nfaults:\n  - ${rule}\n`;
  const { faults } = await labOptionsOfText(lab('{ method: Login, fault: { type: InvalidLogin, message: no }, count: 2 }'));
  assert.deepEqual(faults, [{ method: 'Login', fault: { type: 'InvalidLogin', message: 'no' }, count: 2 }]);
  await assert.rejects(labOptionsOfText(lab('{ method: Logon, status: 503 }')), /lab:3: faults\[0\]: method: "Logon" is no method/);
  await assert.rejects(labOptionsOfText(lab('oops')), /lab:3: faults\[0\]: "oops" is no rule/);
});
