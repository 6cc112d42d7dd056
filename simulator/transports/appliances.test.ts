// The ports of simulated appliances: open at the address of their clients while the appliance is up, and nowhere else.
import assert from 'node:assert/strict';
import { get as getPlain } from 'node:http';
import { get as getTls, type RequestOptions } from 'node:https';
import { createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { writeBack } from '../appliance/boot.ts';
import { base64 } from '../appliance/keys.ts';
import { createSimulator, type Simulator } from '../index.ts';
import { labOptions } from '../inventory/lab-options.ts';
import { parseLab } from '../inventory/load-lab.ts';
import { setPower } from '../objects/virtual-machine/power.ts';
import { createAuthority } from '../../core/engine/create/tls.ts';
import { selfSigned } from './tls.ts';

/** Addresses that no other test process on this machine has; only Linux has all of the loopback network. */
const own = (n: number): string => `127.${64 + ((process.pid >> 14) & 31)}.${(process.pid >> 6) & 255}.${((process.pid & 63) << 2) + n}`;
const skip = process.platform !== 'linux' && 'only 127.0.0.1 can be used here';
const lab = (vch: string): string => `product: vcenter
datacenters:
  - name: DC0
    switches: [{ name: dvs, portgroups: [bridge] }]
    clusters: [{ name: C0, hosts: [h1], vchs: [${vch}] }]
`;

async function open(t: TestContext, vch: string, log: string[] = []): Promise<Simulator> {
  const simulator = createSimulator({ ...labOptions(await parseLab(lab(vch), 'lab.yaml')), freeze: true, log: (level, message) => void log.push(`${level}: ${message}`) });
  t.after(() => simulator.close());
  return simulator;
}

function get(url: string, options: RequestOptions = {}): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const call = (url.startsWith('https') ? getTls : getPlain)(url, { rejectUnauthorized: false, agent: false, ...options }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on('data', (chunk: Buffer) => chunks.push(chunk));
      reply.on('end', () => resolve({ status: reply.statusCode!, body: Buffer.concat(chunks).toString() }));
    });
    call.on('error', reject);
  });
}

const appliance = (simulator: Simulator) => [...simulator.store.ofType('VirtualMachine')].find(({ props }) => props['name'] === 'vch1')!.ref;
const power = (simulator: Simulator, state: 'poweredOn' | 'poweredOff') => simulator.store.transaction((tx) => setPower(simulator.sim, tx, appliance(simulator), state));

/** Tries again, turn by turn, until it is so. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  for (let n = 0; n < 500; n++) {
    if (await holds()) return;
    await turn();
  }
  assert.fail('it does not come about');
}
const refused = (url: string) => get(url).then(() => false, (error: NodeJS.ErrnoException) => error.code === 'ECONNREFUSED');

test('the ports of an appliance are open while it is on', { skip }, async (t) => {
  const simulator = await open(t, `{ name: vch1, tls: false, address: ${own(1)}, networks: { bridge: bridge } }`);
  await simulator.listen();
  assert.deepEqual(await get(`http://${own(1)}:2375/_ping`), { status: 200, body: 'OK' });
  assert.match((await get(`http://${own(1)}:2378/`)).body, /VCH Admin/);
  assert.ok(await refused(`https://${own(1)}:2376/_ping`), 'without TLS there is no port for it');
  power(simulator, 'poweredOff');
  await eventually(() => refused(`http://${own(1)}:2375/_ping`));
  power(simulator, 'poweredOn');
  await eventually(async () => !(await refused(`http://${own(1)}:2375/_ping`)));
  await simulator.close();
  assert.ok(await refused(`http://${own(1)}:2375/_ping`), 'closed with the simulator');
});

test('with TLS it has the certificate of its configuration, and asks for one when an authority is set', { skip }, async (t) => {
  const simulator = await open(t, `{ name: vch1, address: ${own(2)}, networks: { bridge: bridge } }`);
  await simulator.listen();
  assert.equal((await get(`https://${own(2)}:2376/_ping`)).body, 'OK');
  const authority = await createAuthority('authority', new Date());
  const client = await authority.sign('client', 'client');
  simulator.store.transaction((tx) => writeBack(tx, appliance(simulator), { 'guestinfo./CertificateAuthorities': base64(authority.cert) }));
  await eventually(() => get(`https://${own(2)}:2376/_ping`).then(() => false, () => true));
  // The port is closed and opened anew meanwhile.
  await eventually(() => get(`https://${own(2)}:2376/_ping`, { key: client.key, cert: client.cert }).then(({ body }) => body === 'OK', () => false));
  const { key, cert } = selfSigned(['stranger']);
  await assert.rejects(get(`https://${own(2)}:2376/_ping`, { key, cert }));
});

test('a port that somebody else has is said to be taken, and an address that is not ours to be out of reach', { skip }, async (t) => {
  const squatter = createServer().listen(2375, own(3));
  t.after(() => squatter.close());
  await new Promise((resolve) => squatter.once('listening', resolve));
  const log: string[] = [];
  const simulator = await open(t, `{ name: vch1, tls: false, address: ${own(3)}, networks: { bridge: bridge } }`, log);
  const { url } = await simulator.listen();
  assert.ok(log.some((line) => line.startsWith(`warn: the docker endpoint of vch1 cannot be opened at ${own(3)}:2375`)), log.join('\n'));
  assert.equal((await get(`${url}/sim/vch/${own(3)}/docker/_ping`)).body, 'OK');
});

test('every appliance is beside the API too, by address or name', async (t) => {
  const log: string[] = [];
  const simulator = await open(t, '{ name: vch1, address: 10.17.109.23, networks: { bridge: bridge } }', log);
  const { url } = await simulator.listen();
  assert.ok(log.some((line) => line.includes('/sim/vch/10.17.109.23/docker/')), log.join('\n'));
  for (const where of ['10.17.109.23', 'vch1']) assert.equal((await get(`${url}/sim/vch/${where}/docker/v1.22/_ping`)).body, 'OK');
  assert.match((await get(`${url}/sim/vch/vch1/vicadmin/`)).body, /Vch1 Admin/);
  assert.equal((await get(`${url}/sim/vch/nosuch/docker/_ping`)).status, 404);
  assert.equal((await get(`${url}/sim/vch/vch1/nosuch/`)).status, 404);
});

test('nothing is opened when that is asked for', { skip }, async (t) => {
  const simulator = await open(t, `{ name: vch1, tls: false, address: ${own(0)}, networks: { bridge: bridge } }`);
  await simulator.listen({ appliances: false });
  assert.ok(await refused(`http://${own(0)}:2375/_ping`));
});
