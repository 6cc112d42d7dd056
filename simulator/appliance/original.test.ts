// The calls of the original vic-machine 0.5, as they were captured, against worlds of both products.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { main } from '../../core/cli/main.ts';
import { createSimulator, type Simulator } from '../index.ts';
import { labOptions } from '../inventory/lab-options.ts';
import { parseLab } from '../inventory/load-lab.ts';
import { createVirtualMachine } from '../objects/virtual-machine/create.ts';
import { setPower } from '../objects/virtual-machine/power.ts';
import { CERTIFICATE } from './certificate.ts';
import { NIL, readAddress, type Keys } from './keys.ts';
import { original, type Original, type Step } from './original-client.testing.ts';

const WORLDS = {
  vcenter: `product: vcenter
datacenters:
  - name: DC0
    datastores: [LocalDS_0]
    switches: [{ name: DVS0, portgroups: [DC0_DVPG0] }]
    clusters: [{ name: DC0_C0, hosts: [DC0_C0_H0, DC0_C0_H1, DC0_C0_H2] }]
    hosts: [DC0_H0]
`,
  esxi: 'product: esxi\ndatastores: [LocalDS_0]\n',
} as const;
type Product = keyof typeof WORLDS;

const read = <T>(file: string): T => JSON.parse(readFileSync(`fixtures/wire/${file}.json`, 'utf8')) as T;
const steps = (verb: string, product: Product): Step[] => read(`original/${verb}-${product}`);

/** What create sent: without what the guest wrote later. */
function configuration(product: Product): Keys {
  const keys = read<Keys>(`vch-extraconfig-${product}`);
  for (const key of Object.keys(keys)) {
    if (/^guestinfo\.\.init\.networks\|/.test(key)) delete keys[key];
    else if (key.endsWith('.started')) keys[key] = NIL;
  }
  // The configuration of the ESXi run was kept from another one than its calls.
  if (product === 'esxi') Object.assign(keys, { 'guestinfo./init/common/id': 'VirtualMachine:vm-22', 'guestinfo./ComputeResources|0/Value': 'resgroup-17' });
  return keys;
}

async function play(client: Original, verb: string, product: Product): Promise<void> {
  for (const [i, step] of steps(verb, product).entries()) {
    try {
      await client.play(step);
    } catch (error) {
      throw new Error(`${verb}-${product}.json:${i + 2}: ${JSON.stringify(step).slice(0, 200)}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/** The captured world had a running container machine beside the appliance by the time of delete. */
function addContainer({ sim, store }: Simulator, client: Original, product: Product): void {
  const vcenter = product === 'vcenter';
  const pool = client.bound(vcenter ? 'VirtualApp:virtualapp-74' : 'ResourcePool:resgroup-17');
  const ref = store.transaction((tx) => {
    const host = [...tx.all('HostSystem')].find((one) => !vcenter || tx.get(one, 'name') === 'DC0_C0_H1')!;
    const place = vcenter ? { pool, vApp: pool } : { pool, folder: client.bound('Folder:ha-folder-vm') };
    const vm = createVirtualMachine(sim, tx, { name: 'c0ffee', ...place, host, spec: { name: 'c0ffee', guestId: 'otherGuest', files: { vmPathName: '[LocalDS_0]' } } });
    setPower(sim, tx, vm, 'poweredOn');
    return vm;
  });
  client.bind(vcenter ? 'VirtualMachine:vm-95' : 'VirtualMachine:vm-33', ref);
}

/** What clients can see and what outlasts a visit, with the files of every datastore. */
function lasting({ store }: Simulator): Record<string, unknown> {
  const transient = new Set(['Task', 'TaskManager', 'EventManager', 'SessionManager', 'ServiceInstance', '_EventLog', '_DvPort']);
  const found: Record<string, unknown> = {};
  for (const { ref, props } of store.all()) {
    if (transient.has(ref.type)) continue;
    for (const [name, value] of Object.entries(props)) {
      if (name === 'recentTask' || (name.startsWith('_') && ref.type !== '_Directory')) continue;
      found[`${ref.type}:${ref.value} ${name}`] = ref.type === '_Directory' ? Object.keys(value as object).sort() : value;
    }
  }
  return found;
}

/** Our own command, over the network. */
async function run(simulator: Simulator, ...argv: string[]): Promise<{ code: number; out: unknown }> {
  const server = await simulator.listen();
  let stdout = '';
  let stderr = '';
  const code = await main([...argv, '--target', `127.0.0.1:${server.port}`, '--user', 'user', '--password', 'pass', '--json'], {
    stdout: (text: string) => void (stdout += text), stderr: (text: string) => void (stderr += text), isTTY: false, env: {},
    local: { directory: '.', program: '.', now: () => new Date() },
  });
  await server.close();
  return { code, out: stdout === '' ? stderr : JSON.parse(stdout) };
}

for (const product of ['vcenter', 'esxi'] as const) {
  test(`the original creates, lists, inspects and deletes a VCH on ${product}`, async () => {
    const simulator = createSimulator({ ...labOptions(await parseLab(WORLDS[product], 'lab.yaml')), freeze: true });
    const none = (await run(simulator, 'ls', '--all')).out;
    // Once it is served: options of a vCenter name its address then.
    const before = lasting(simulator);
    const creator = original(simulator, { extraConfig: configuration(product), certificate: CERTIFICATE });
    await play(creator, 'create', product);

    const appliance = creator.bound(product === 'vcenter' ? 'VirtualMachine:vm-78' : 'VirtualMachine:vm-22');
    const { config, guest } = simulator.store.get(appliance)!.props as { config: { extraConfig: { key: string; value: string }[]; files: { vmPathName: string } }; guest: { ipAddress: string } };
    const keys = Object.fromEntries(config.extraConfig.map(({ key, value }) => [key, value]));
    assert.equal(keys['guestinfo./init/common/id'], `VirtualMachine:${appliance.value}`);
    assert.equal(config.files.vmPathName, '[LocalDS_0] vch1/vch1.vmx');
    assert.match(guest.ipAddress, /^127\./);
    assert.equal(readAddress(keys['guestinfo..init.networks|client.ip.IP']), guest.ipAddress);
    assert.equal(keys['guestinfo./userpw'] === NIL, product === 'vcenter');


    const [listed, ...others] = (await run(simulator, 'ls', '--all')).out as { id: string; name: string }[];
    assert.deepEqual([listed!.id, listed!.name, others], [appliance.value, 'vch1', []]);
    const inspected = await run(simulator, 'inspect', '--name', 'vch1', '--compute-resource', product === 'vcenter' ? 'DC0_C0' : 'localhost.localdomain');
    assert.equal(inspected.code, 0);
    assert.match(JSON.stringify(inspected.out), new RegExp(guest.ipAddress.replaceAll('.', '\\.')));

    addContainer(simulator, creator, product);
    for (const verb of ['ls', 'inspect', 'delete']) {
      const client = original(simulator);
      client.bind(product === 'vcenter' ? 'VirtualMachine:vm-95' : 'VirtualMachine:vm-33', creator.bound(product === 'vcenter' ? 'VirtualMachine:vm-95' : 'VirtualMachine:vm-33'));
      await play(client, verb, product);
    }
    const after = lasting(simulator);
    // The directory above a volume store is the one thing that it leaves.
    const datastore = [...simulator.store.ofType('Datastore')][0]!.ref.value;
    assert.deepEqual(after[`_Directory:dir:${datastore}:/ entries`], ['vols']);
    assert.deepEqual(after[`_Directory:dir:${datastore}:/vols entries`], []);
    delete after[`_Directory:dir:${datastore}:/vols entries`];
    assert.deepEqual({ ...after, [`_Directory:dir:${datastore}:/ entries`]: [] }, before);
    assert.deepEqual((await run(simulator, 'ls', '--all')).out, none);
    await simulator.close();
  });
}
