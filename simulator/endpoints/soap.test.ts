import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulator, ManualClock, type Simulator, type SimulatorOptions } from '../index.ts';
import { sessionKey, type SoapReply } from './soap.ts';

const envelope = (content: string, header = ''): string =>
  `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${header && `<soapenv:Header>${header}</soapenv:Header>`}<soapenv:Body>${content}</soapenv:Body></soapenv:Envelope>`;
const method = (name: string, type: string, id: string, args = '') => `<${name} xmlns="urn:vim25"><_this type="${type}">${id}</_this>${args}</${name}>`;
const LOGIN = method('Login', 'SessionManager', 'SessionManager', '<userName>root</userName><password>secret</password>');
const CURRENT_TIME = method('CurrentTime', 'ServiceInstance', 'ServiceInstance');

function setUp(options: SimulatorOptions = {}) {
  const lines: string[] = [];
  const clock = new ManualClock();
  const simulator = createSimulator({ clock, freeze: true, log: (_level, message) => lines.push(message), ...options });
  const post = (content: string, headers: Record<string, string> = {}, header = ''): Promise<SoapReply> =>
    simulator.handleSoap(envelope(content, header), headers, { ipAddress: '10.1.1.1', tls: true });
  return { simulator, clock, lines, post };
}

const faultOf = (reply: SoapReply): string | undefined => /<(\w+)Fault xmlns="urn:vim25"/.exec(reply.body)?.[1];

async function logIn(post: ReturnType<typeof setUp>['post']): Promise<string> {
  const reply = await post(LOGIN);
  assert.equal(reply.status, 200, reply.body);
  return sessionKey(reply.headers['Set-Cookie'])!;
}

test('Login gives a quoted, secure cookie whose value is the key of the session', async () => {
  const { post } = setUp();
  const reply = await post(LOGIN);
  const key = /<key>([^<]+)<\/key>/.exec(reply.body)![1]!;
  assert.equal(reply.headers['Set-Cookie'], `vmware_soap_session="${key}"; Path=/; HttpOnly; Secure;`);
  assert.equal(reply.headers['Content-Type'], 'text/xml; charset=utf-8');
  assert.equal((await post(CURRENT_TIME)).headers['Set-Cookie'], undefined);
});

test('the session is found by a quoted cookie, an unquoted one, one among others, and the SOAP header', async () => {
  const { post } = setUp();
  const key = await logIn(post);
  for (const cookie of [`vmware_soap_session="${key}"`, `vmware_soap_session=${key}`, `a=b; vmware_soap_session="${key}"; c=d`, `vmware_soap_session="${key}"; Path=/; HttpOnly; Secure;`]) {
    assert.equal((await post(CURRENT_TIME, { cookie })).status, 200, cookie);
  }
  assert.equal((await post(CURRENT_TIME, {}, `<vcSessionCookie>"${key}"</vcSessionCookie>`)).status, 200);
  assert.equal(faultOf(await post(CURRENT_TIME, { cookie: `xvmware_soap_session=${key}` })), 'NotAuthenticated');
  assert.equal(faultOf(await post(CURRENT_TIME, { cookie: 'vmware_soap_session="other"' })), 'NotAuthenticated');
});

test('a second login on a live session is refused, after a logout or the idle time a new one is not', async () => {
  const { post, clock } = setUp();
  const cookie = `vmware_soap_session="${await logIn(post)}"`;
  assert.equal(faultOf(await post(LOGIN, { cookie })), 'InvalidLogin');
  assert.equal((await post(method('Logout', 'SessionManager', 'SessionManager'), { cookie })).status, 200);
  assert.equal(faultOf(await post(CURRENT_TIME, { cookie })), 'NotAuthenticated');
  const again = `vmware_soap_session="${sessionKey((await post(LOGIN, { cookie })).headers['Set-Cookie'])!}"`;
  assert.equal((await post(CURRENT_TIME, { cookie: again })).status, 200);
  clock.advance(31 * 60_000);
  assert.equal(faultOf(await post(CURRENT_TIME, { cookie: again })), 'NotAuthenticated');
});

test('the order of the faults: unknown method, login, object, method of the object, implementation', async () => {
  const { post, lines } = setUp();
  assert.equal(faultOf(await post(method('PaintItBlack', 'Folder', 'nowhere'))), 'InvalidRequest');
  assert.equal(faultOf(await post(method('PowerOnVM_Task', 'VirtualMachine', 'nowhere'))), 'NotAuthenticated');
  const cookie = `vmware_soap_session="${await logIn(post)}"`;
  const missing = await post(method('PowerOnVM_Task', 'VirtualMachine', 'nowhere'), { cookie });
  assert.equal(faultOf(missing), 'ManagedObjectNotFound');
  assert.match(missing.body, /<obj type="VirtualMachine">nowhere<\/obj>/);
  assert.equal(faultOf(await post(method('CurrentTime', 'Folder', 'ServiceInstance'), { cookie })), 'ManagedObjectNotFound');
  assert.equal(faultOf(await post(method('PowerOnVM_Task', '', 'ServiceInstance').replace(' type=""', ''), { cookie })), 'MethodNotFound');
  const validate = method('ValidateMigration', 'ServiceInstance', 'ServiceInstance', '<vm type="VirtualMachine">vm-1</vm>');
  for (let i = 0; i < 2; i++) assert.equal(faultOf(await post(validate, { cookie })), 'NotSupported');
  assert.equal(lines.filter((line) => line.includes('ServiceInstance.ValidateMigration is not implemented')).length, 1);
});

test('_this without a type, and a body element without a namespace, are understood', async () => {
  const { post } = setUp();
  const reply = await post('<RetrieveServiceContent><_this>ServiceInstance</_this></RetrieveServiceContent>');
  assert.equal(reply.status, 200);
  assert.match(reply.body, /<rootFolder type="Folder">group-d1<\/rootFolder>/);
});

test('a client of an older version is not sent what came later; an unknown or newer version is the server\'s', async () => {
  const { post } = setUp({ apiVersion: '8.0.3.0' });
  const content = async (action?: string) =>
    (await post(method('RetrieveServiceContent', 'ServiceInstance', 'ServiceInstance'), action === undefined ? {} : { soapaction: action })).body;
  const [old, newest] = [await content('urn:vim25/4.1'), await content('urn:vim25/8.0.3.0')];
  assert.doesNotMatch(old, /<guestOperationsManager/);
  assert.match(newest, /<guestOperationsManager/);
  for (const action of ['urn:vim25/99.0', 'urn:vim25/9.0.0.0', '"urn:vim25"', undefined]) assert.equal(await content(action), newest, action);
});

test('a server of an older version does not speak the newer ones', async () => {
  const { post } = setUp({ apiVersion: '6.0' });
  const reply = await post(method('RetrieveServiceContent', 'ServiceInstance', 'ServiceInstance'), { soapaction: 'urn:vim25/8.0.3.0' });
  assert.match(reply.body, /<apiVersion>6\.0<\/apiVersion>/);
  assert.match(reply.body, /<version>6\.0\.0<\/version>/);
  assert.throws(() => createSimulator({ apiVersion: '6.1' }), /"6\.1" is not known.*6\.0.*8\.0\.3\.0/);
});

test('what is no SOAP is an InvalidRequest', async () => {
  const { simulator } = setUp();
  for (const body of ['', 'hello', '<a', '<a/>', envelope(''), new Uint8Array([0xff, 0xfe, 0x00]), '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>']) {
    const reply = await simulator.handleSoap(body, {}, { ipAddress: '', tls: false });
    assert.deepEqual([reply.status, faultOf(reply)], [500, 'InvalidRequest'], String(body));
  }
});

test('a bug is a SystemError for the client and a stack in the log', async () => {
  const { simulator, post, lines } = setUp();
  const { store } = simulator;
  const original = store.find.bind(store);
  store.find = () => {
    store.find = original;
    throw new RangeError('out of luck');
  };
  const reply = await post(method('CurrentTime', 'ServiceInstance', 'ServiceInstance'));
  assert.deepEqual([reply.status, faultOf(reply)], [500, 'SystemError']);
  assert.doesNotMatch(reply.body, /soap\.ts|soap\.js/);
  assert.match(lines.join('\n'), /bug in vicsim, CurrentTime: RangeError: out of luck\n\s+at /);
});

test('every session sees itself in currentSession, and all of them in sessionList', async () => {
  const { post, simulator } = setUp();
  const keys = [await logIn(post), await logIn(post)];
  const list = () => (simulator.store.find('SessionManager')!.props['sessionList'] as { key: string }[]).map(({ key }) => key);
  assert.deepEqual(list(), keys);
  const fetch = '<Fetch xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><prop>currentSession</prop></Fetch>';
  for (const key of keys) {
    const reply = await post(fetch, { cookie: `vmware_soap_session="${key}"` });
    assert.match(reply.body, new RegExp(`<key>${key}</key>`));
  }
  const terminate = (key: string) => post(method('TerminateSession', 'SessionManager', 'SessionManager', `<sessionId>${key}</sessionId>`), { cookie: `vmware_soap_session="${keys[0]!}"` });
  assert.equal(faultOf(await terminate('nobody')), 'NotFound');
  assert.equal(faultOf(await terminate(keys[0]!)), 'InvalidArgument');
  assert.equal((await terminate(keys[1]!)).status, 200);
  assert.deepEqual(list(), [keys[0]]);
});

test('a delay holds the call back by simulated time, and a client that hangs up does not wait for it', async () => {
  const { simulator, post, clock } = setUp({ delays: { byMethod: { RetrieveServiceContent: 500 } } });
  let answered = false;
  const pending = post(method('RetrieveServiceContent', 'ServiceInstance', 'ServiceInstance')).then((reply) => {
    answered = true;
    return reply;
  });
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(499);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(answered, false);
  clock.advance(1);
  assert.equal((await pending).status, 200);
  const hangUp = new AbortController();
  const left = simulator.handleSoap(envelope(method('RetrieveServiceContent', 'ServiceInstance', 'ServiceInstance')), {}, { ipAddress: '', tls: false, signal: hangUp.signal });
  hangUp.abort();
  await left;
});

const worldOf = (simulator: Simulator) => JSON.stringify([...simulator.store.snapshot().objects].filter(([id]) => id !== 'ServiceInstance' && id !== 'SessionManager'));

test('a fork lives its own life, and reset goes back to the beginning', async () => {
  const { simulator, post } = setUp();
  // The login is an event, and events belong to the world.
  const beginning = worldOf(simulator);
  const cookie = `vmware_soap_session="${await logIn(post)}"`;
  const fork = simulator.fork();
  assert.equal(worldOf(fork), worldOf(simulator));
  assert.deepEqual(fork.store.find('SessionManager')!.props['sessionList'], []);
  const reply = await fork.handleSoap(envelope(CURRENT_TIME), { cookie }, { ipAddress: '', tls: false });
  assert.equal(faultOf(reply), 'NotAuthenticated');
  const before = worldOf(simulator);
  fork.store.transaction((tx) => tx.set({ type: 'OptionManager', value: 'VpxSettings' }, 'setting', []));
  assert.equal(worldOf(simulator), before);
  assert.notEqual(worldOf(fork), before);
  fork.reset();
  assert.equal(worldOf(fork), beginning);
});

test('a restore drops work that is not done, and keeps logins', async () => {
  const { simulator, clock, post } = setUp({ delays: { byMethod: { Rename: 1000 } } });
  const cookie = `vmware_soap_session="${await logIn(post)}"`;
  const { sim, store } = simulator;
  let ran = false;
  store.transaction((tx) => sim.tasks.start(tx, { name: 'Rename_Task', descriptionId: 'ManagedEntity.rename', entity: undefined, userName: 'root', run: () => void (ran = true) }));
  await new Promise((resolve) => setImmediate(resolve));
  const running = simulator.snapshot();
  simulator.restore(running);
  clock.advance(5000);
  assert.equal(ran, false);
  assert.equal([...store.ofType('Task')].length, 0);
  assert.equal((await post(CURRENT_TIME, { cookie })).status, 200);
  assert.equal((store.find('SessionManager')!.props['sessionList'] as unknown[]).length, 1);
});

test('without a login the properties that anybody may see can be read, and no others', async () => {
  const { post } = setUp();
  const read = (type: string, id: string, name: string) => post(`<Fetch xmlns="urn:vim25"><_this type="${type}">${id}</_this><prop>${name}</prop></Fetch>`);
  const unset = await read('SessionManager', 'SessionManager', 'currentSession');
  assert.match(String(unset.body), /<FetchResponse xmlns="urn:vim25"\s*(\/>|><\/FetchResponse>)/);
  assert.match(String((await read('SessionManager', 'SessionManager', 'defaultLocale')).body), />en</);
  for (const [type, id, name] of [['SessionManager', 'SessionManager', 'sessionList'], ['Folder', 'group-d1', 'name'], ['Folder', 'nowhere', 'name']] as const) assert.equal(faultOf(await read(type, id, name)), 'NotAuthenticated');
});
