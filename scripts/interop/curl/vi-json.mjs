// VI/JSON as it is on the wire: sessions, properties, faults, releases.
import { equal, match, ok, topic } from '../check.mjs';

const BASE = '/sdk/vim25/8.0.3.0';
const post = (body) => ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)];

async function login(c) {
  const { headers, body } = await c.request(`${BASE}/SessionManager/SessionManager/Login`, post({ userName: 'user', password: 'pass' }));
  return { args: ['-H', `vmware-api-session-id: ${headers['vmware-api-session-id']}`], session: JSON.parse(body) };
}

export default topic('curl.vi-json', {
  'login: the header of the answer is the session': async (c) => {
    const { args, session } = await login(c);
    equal(session._typeName, 'UserSession');
    const { status, body, headers } = await c.request(`${BASE}/Folder/group-d1/name`, args);
    equal([status, JSON.parse(body)], [200, 'Datacenters']);
    match(headers['content-type'], /^application\/json/);
  },
  'nobody: without a session a property is NotAuthenticated, the content is not': async (c) => {
    const { status, body } = await c.request(`${BASE}/Folder/group-d1/name`);
    equal([status, JSON.parse(body)._typeName, JSON.parse(body).privilegeId], [500, 'NotAuthenticated', 'System.View']);
    equal(JSON.parse((await c.request(`${BASE}/ServiceInstance/ServiceInstance/content`)).body).about._typeName, 'AboutInfo');
  },
  'folder: is made, once': async (c) => {
    const { args } = await login(c);
    const make = () => c.request(`${BASE}/Folder/group-d1/CreateFolder`, [...args, ...post({ name: 'json' })]);
    const made = await make();
    equal([made.status, JSON.parse(made.body).type], [200, 'Folder']);
    const again = JSON.parse((await make()).body);
    equal([again._typeName, again.name, again.object.value], ['DuplicateName', 'json', JSON.parse(made.body).value]);
  },
  'hello: a release is agreed on, then spoken': async (c) => {
    const { status, body } = await c.request('/api/vcenter/system?action=hello', post({ api_releases: ['99.0.0.0', '8.0.2.0', '8.0.1.0'] }));
    equal([status, JSON.parse(body)], [200, { api_release: '8.0.2.0' }]);
    equal((await c.request(`/sdk/vim25/${JSON.parse(body).api_release}/ServiceInstance/ServiceInstance/content`)).status, 200);
    equal((await c.request('/sdk/vim25/99.0.0.0/ServiceInstance/ServiceInstance/content')).status, 404);
  },
  'wait: a wait for updates ends when something changes': async (c) => {
    const { args } = await login(c);
    const call = async (path, body) => JSON.parse((await c.request(`${BASE}/${path}`, [...args, ...post(body)])).body);
    await call('PropertyCollector/propertyCollector/CreateFilter', { spec: { propSet: [{ type: 'Folder', pathSet: ['name'] }], objectSet: [{ obj: { type: 'Folder', value: 'group-d1' } }] }, partialUpdates: false });
    const first = await call('PropertyCollector/propertyCollector/WaitForUpdatesEx', { version: '' });
    const [{ val }] = first.filterSet[0].objectSet[0].changeSet;
    equal(val, { _typeName: 'string', _value: 'Datacenters' });
    const none = await c.request(`${BASE}/PropertyCollector/propertyCollector/WaitForUpdatesEx`, [...args, ...post({ version: first.version, options: { maxWaitSeconds: 0 } })]);
    ok(none.status === 204 && none.body === '', 'nothing new is 204', none.status);
  },
});
