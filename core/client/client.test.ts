import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { fault, isFault } from '../vim25/fault.ts';
import type { Connection } from './connection.ts';
import { connect, negotiate } from './connection.ts';
import { datastorePath, formatDatastorePath, isWithin, parentPath, parseDatastorePath } from './datastore-files.ts';
import { Inventory } from './finder.ts';
import { property, retrieve, want } from './properties.ts';
import { redact } from '../vim25/redact.ts';
import { faultOf } from './tasks.ts';
import { ConnectionError } from './connection-error.ts';

const CONTENT = `<returnval><rootFolder type="Folder">group-d1</rootFolder><propertyCollector type="PropertyCollector">pc</propertyCollector>
  <about><name>n</name><fullName>f</fullName><vendor>v</vendor><version>6.7.0</version><build>1</build><osType>o</osType><productLineId>p</productLineId>
  <apiType>VirtualCenter</apiType><apiVersion>6.7</apiVersion></about><sessionManager type="SessionManager">sm</sessionManager></returnval>`;
const envelope = (inner: string): string =>
  `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>${inner}</soapenv:Body></soapenv:Envelope>`;
const answer = (method: string, inner = ''): string => envelope(`<${method}Response xmlns="urn:vim25">${inner}</${method}Response>`);

interface Seen {
  readonly method: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** A server that knows three calls; anything else is answered by `otherwise`. */
async function serve(otherwise: (method: string, response: http.ServerResponse) => void, work: (url: URL, seen: Seen[]) => Promise<void>): Promise<void> {
  const seen: Seen[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (part) => (body += part));
    request.on('end', () => {
      const method = /<(?:\w+:)?Body[^>]*>\s*<(?:\w+:)?(\w+)/.exec(body)?.[1] ?? '';
      seen.push({ method, headers: request.headers });
      if (method === 'RetrieveServiceContent') response.end(answer(method, CONTENT));
      else if (method === 'Login') response.setHeader('Set-Cookie', 'vmware_soap_session="52a b=c"; Path=/; HttpOnly').end(answer(method));
      else if (method === 'Logout') response.end(answer(method));
      else otherwise(method, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await work(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sdk`), seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
const login = { user: 'u', password: 'p' };

test('a reference to nothing is what is unset', async () => {
  const val = (type: string, inner: string): string => `<val xsi:type="${type}">${inner}</val>`;
  const objects = `<returnval><objects><obj type="VirtualApp">v</obj><propSet><name>resourcePool</name>${val('ResourcePool', '<Name>x</Name>')}</propSet><propSet><name>name</name>${val('xsd:string', 'x')}</propSet></objects></returnval>`;
  await serve(
    (method, response) => response.end(answer(method, method === 'RetrievePropertiesEx' ? objects : '')),
    async (url) => {
      const connection = await connect(url, login);
      const [row] = await retrieve(connection, [{ type: 'VirtualApp', value: 'v' }], want('VirtualApp', 'name', 'resourcePool'));
      assert.deepEqual(row!.props, { name: 'x' });
      await connection.close();
    },
  );
});

test('a session: version negotiated, the cookie sent back as it came, logout at the end', async () => {
  await serve(
    (method, response) => response.end(answer(method, '<returnval>2026-01-02T03:04:05Z</returnval>')),
    async (url, seen) => {
      const connection = await connect(url, login);
      const time = await connection.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {});
      assert.equal(time.toISOString(), '2026-01-02T03:04:05.000Z');
      await connection.close();
      assert.deepEqual(seen.map((entry) => entry.method), ['RetrieveServiceContent', 'Login', 'CurrentTime', 'Logout']);
      assert.equal(seen[2]!.headers.cookie, 'vmware_soap_session="52a b=c"');
      assert.equal(String(seen[2]!.headers['soapaction']).replaceAll('"', ''), 'urn:vim25/6.7');
    },
  );
});

test('faults are thrown as faults; what is no SOAP names the address', async () => {
  const notFound = envelope('<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>no such thing</faultstring><detail><NotFoundFault xmlns="urn:vim25" xsi:type="NotFound"/></detail></soapenv:Fault>');
  await serve(
    (method, response) => response.writeHead(500).end(method === 'CurrentTime' ? notFound : '<html>go away</html>'),
    async (url) => {
      const connection = await connect(url, login);
      const self = { type: 'ServiceInstance', value: 'ServiceInstance' };
      await assert.rejects(connection.call(self, 'CurrentTime', {}), (error) => isFault(error, 'NotFound') && error.message === 'no such thing');
      await assert.rejects(connection.call(self, 'RetrieveProductComponents', {}), (error) => {
        assert.ok(error instanceof ConnectionError);
        assert.match(error.message, /127\.0\.0\.1:\d+: it does not answer like vSphere at \/sdk \(HTTP status 500\)/);
        return true;
      });
      await connection.close();
    },
  );
});

test('an abort ends a call that waits', async () => {
  await serve(
    () => undefined,
    async (url) => {
      const controller = new AbortController();
      const connection = await connect(url, { ...login, signal: controller.signal });
      const waiting = connection.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {});
      controller.abort(new Error('enough'));
      await assert.rejects(waiting, /enough/);
      await connection.close();
    },
  );
});

test('a server that closes kept connections is called again', async () => {
  await serve(
    (method, response) => {
      response.end(answer(method, '<returnval>2026-01-02T03:04:05Z</returnval>'));
      setImmediate(() => response.socket?.destroy());
    },
    async (url, seen) => {
      const connection = await connect(url, login);
      for (let i = 0; i < 5; i++) await connection.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {});
      assert.equal(seen.filter((entry) => entry.method === 'CurrentTime').length, 5);
      await connection.close();
    },
  );
});

test('an address where nobody listens is named with the cause', async () => {
  await assert.rejects(connect(new URL('https://127.0.0.1:1/sdk'), login), /cannot reach 127\.0\.0\.1:1: connection refused/);
});

test('API versions: the newest that both sides know', () => {
  assert.equal(negotiate('6.0'), '6.0');
  assert.equal(negotiate('nonsense'), '6.0');
  assert.notEqual(negotiate('99.0'), '99.0');
  assert.match(negotiate('6.7.99'), /^6\.7/);
});

test('traces hold no secrets', () => {
  assert.doesNotMatch(redact('<Login><userName>u</userName><password>hunter2</password></Login>'), /hunter2/);
  assert.doesNotMatch(redact('<LoginResponse xmlns="urn:vim25"><returnval><key>52abc</key></returnval></LoginResponse>'), /52abc/);
  const option = '<extraConfig xsi:type="OptionValue"><key>guestinfo./userpw</key><value xsi:type="xsd:string">root:hunter2</value></extraConfig>';
  assert.doesNotMatch(redact(option), /hunter2/);
  assert.doesNotMatch(redact('<value>-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----</value>'), /abc/);
  assert.equal(redact('<value>port-layer|--sdk=https://root:hunter2%21@esx/sdk|--vch=x</value>'), '<value>port-layer|--sdk=https://root:(removed)@esx/sdk|--vch=x</value>');
  assert.equal(redact('http://schemas.xmlsoap.org/soap/envelope/ a:b@c'), 'http://schemas.xmlsoap.org/soap/envelope/ a:b@c');
  assert.equal(redact('<key>guestinfo./init/common/id</key><value>vm</value>'), '<key>guestinfo./init/common/id</key><value>vm</value>');
});

test('datastore paths', () => {
  assert.deepEqual(parseDatastorePath('[ds 1] a//b/../c/'), { datastore: 'ds 1', path: 'a/c' });
  assert.deepEqual(parseDatastorePath('[ds]'), { datastore: 'ds', path: '' });
  assert.equal(parseDatastorePath('ds/a'), undefined);
  assert.equal(formatDatastorePath(datastorePath('ds', 'a', '/b/')), '[ds] a/b');
  assert.equal(formatDatastorePath(datastorePath('ds', '../..')), '[ds]');
  assert.deepEqual(parentPath(datastorePath('ds', 'a/b')), { datastore: 'ds', path: 'a' });
  assert.ok(isWithin(datastorePath('ds', 'a/b'), datastorePath('ds', 'a')));
  assert.ok(!isWithin(datastorePath('ds', 'ab'), datastorePath('ds', 'a')));
  assert.ok(!isWithin(datastorePath('ds2', 'a/b'), datastorePath('ds', '')));
});

test('inventory paths: escaped names, VMs without a folder', () => {
  const row = (type: string, value: string, props: Record<string, unknown>): ConstructorParameters<typeof Inventory>[0][number] => ({ ref: { type, value }, props, missing: new Map() });
  const inventory = new Inventory([
    row('Folder', 'root', { name: 'Datacenters' }),
    row('Datacenter', 'd', { name: 'a%2fb', parent: { type: 'Folder', value: 'root' } }),
    row('VirtualApp', 'v', { name: 'app', parent: { type: 'Datacenter', value: 'd' } }),
    row('VirtualMachine', 'm', { name: 'vm', parentVApp: { type: 'VirtualApp', value: 'v' }, resourcePool: { type: 'ResourcePool', value: 'gone' } }),
  ]);
  const vm = inventory.get({ type: 'VirtualMachine', value: 'm' })!;
  assert.equal(vm.path, '/a%2fb/app/vm');
  assert.equal(vm.pool?.name, 'app');
  assert.equal(inventory.all('Datacenter')[0]!.name, 'a/b');
  assert.deepEqual(inventory.all('ResourcePool').map((pool) => pool.name), ['app']);
});

test('the error of a task becomes the fault it is', () => {
  const error = faultOf(fault('FileNotFound', { file: 'x' }, 'not there').localized());
  assert.ok(isFault(error, 'FileNotFound'));
  assert.equal(error.message, 'not there');
});

test('wrong method, argument, type and path names do not compile', () => {
  const wrong = (connection: Connection, vm: { type: string; value: string }): unknown[] => [
    // @ts-expect-error no such method
    () => connection.call(vm, 'PowerOfVM_Task', {}),
    // @ts-expect-error no such argument
    () => connection.call(vm, 'PowerOnVM_Task', { hots: vm }),
    // @ts-expect-error the argument is missing
    () => connection.call(vm, 'Rename_Task', {}),
    // @ts-expect-error no such property
    () => want('VirtualMachine', 'runtime.powerStat'),
    // @ts-expect-error a power state is no number
    async () => Number.isNaN(((await property(connection, vm, 'VirtualMachine', 'runtime.powerState')) satisfies number | undefined)),
  ];
  assert.equal(typeof wrong, 'function');
});
