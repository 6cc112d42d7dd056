// Uploads to a host by its name: hosts that are named by the port that is served, and tickets for them.
import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import { createSimulator, type Simulator } from '../index.ts';
import { labOptions } from '../inventory/lab-options.ts';
import { parseLab } from '../inventory/load-lab.ts';

const LABS = {
  vcenter: 'product: vcenter\ndatacenters:\n  - name: DC0\n    clusters: [{ name: C0, hosts: ["127.0.0.1:{port}"], vms: [a] }]\n    hosts: ["localhost:{port}"]\n',
  esxi: 'product: esxi\nhost: "127.0.0.1:{port}"\nvms: [a]\n',
};

const hostNames = (simulator: Simulator) => [...simulator.store.ofType('HostSystem')].map(({ props }) => String(props['name']));
const put = (url: string, cookie: string) => new Promise<number>((resolve, reject) => {
  const call = request(url, { method: 'PUT', headers: { cookie, 'content-type': 'application/octet-stream' }, rejectUnauthorized: false }, (reply) => {
    reply.resume();
    reply.on('end', () => resolve(reply.statusCode!));
  });
  call.on('error', reject);
  call.end(Buffer.alloc(1000));
});

for (const product of ['vcenter', 'esxi'] as const) {
  test(`a file goes to a host of ${product} by its name with a ticket`, async () => {
    const simulator = createSimulator({ ...labOptions(await parseLab(LABS[product], 'lab.yaml')), freeze: true });
    const { port } = await simulator.listen();
    const names = hostNames(simulator);
    assert.deepEqual(names, product === 'esxi' ? [`127.0.0.1:${port}`] : [`127.0.0.1:${port}`, `localhost:${port}`]);
    // Nowhere is the mark left.
    for (const { ref, props } of simulator.store.all()) assert.ok(!JSON.stringify(props).includes('{port}'), `${ref.type}:${ref.value}`);

    const soap = async (body: string, cookie = '') => {
      const headers = { 'content-type': 'text/xml', ...(cookie === '' ? {} : { cookie }) };
      return simulator.handleSoap(`<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body>${body}</Body></Envelope>`, headers, { ipAddress: '127.0.0.1', tls: true });
    };
    const self = `<_this type="SessionManager">${product === 'esxi' ? 'ha-sessionmgr' : 'SessionManager'}</_this>`;
    const login = await soap(`<Login xmlns="urn:vim25">${self}<userName>user</userName><password>pass</password></Login>`);
    const cookie = Object.entries(login.headers).find(([key]) => key.toLowerCase() === 'set-cookie')![1].split(';')[0]!;
    for (const name of names) {
      const url = `https://${name}/folder/a/x-${names.indexOf(name)}.iso?dsName=datastore1`;
      const ticket = await soap(
        `<AcquireGenericServiceTicket xmlns="urn:vim25">${self}<spec xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="SessionManagerHttpServiceRequestSpec"><method>httpPut</method><url>${url}</url></spec></AcquireGenericServiceTicket>`, cookie);
      const id = /<id>([^<]+)<\/id>/.exec(ticket.body)![1]!;
      assert.equal(await put(url, `vmware_cgi_ticket=${id}`), 201);
      assert.notEqual(await put(url, `vmware_cgi_ticket=${id}x`), 201);
    }
    simulator.reset();
    assert.deepEqual(hostNames(simulator), names);
    const fork = simulator.fork();
    fork.reset();
    assert.deepEqual(hostNames(fork), names);
    await Promise.all([fork.close(), simulator.close()]);
  });
}
