// /rest and /api as they are on the wire: sessions, errors, wrapping.
import { equal, includes, match, ok, topic } from '../check.mjs';

const json = (body) => ['-H', 'Content-Type: application/json', '-d', JSON.stringify(body)];

async function login(c, path = '/api/session') {
  const { status, headers, body } = await c.request(path, ['-X', 'POST', '-u', 'user:pass']);
  const token = path.startsWith('/rest') ? JSON.parse(body).value : JSON.parse(body);
  return { status, headers, token, args: ['-H', `vmware-api-session-id: ${token}`] };
}

export default topic('curl.rest', {
  'unauthenticated: the error of each dialect': async (c) => {
    const api = await c.request('/api/cis/tagging/tag');
    equal([api.status, JSON.parse(api.body).error_type], [401, 'UNAUTHENTICATED']);
    const rest = await c.request('/rest/com/vmware/cis/tagging/tag');
    equal([rest.status, JSON.parse(rest.body).type], [401, 'com.vmware.vapi.std.errors.unauthenticated']);
    match(rest.headers['content-type'], /json/);
  },
  'login: a token, as header and as cookie': async (c) => {
    const { status, headers, token, args } = await login(c);
    equal(status, 201);
    match(headers['set-cookie'], new RegExp(`^vmware-api-session-id=${token};Path=/api;HttpOnly;Secure$`));
    for (const with_ of [args, ['-H', `Cookie: vmware-api-session-id=${token}`]]) {
      const who = await c.request('/api/session', with_);
      equal([who.status, JSON.parse(who.body).user], [200, 'user']);
    }
  },
  'logout: the token is worth nothing afterwards': async (c) => {
    const { args, token } = await login(c, '/rest/com/vmware/cis/session');
    ok(token.length > 20, 'a long token', token);
    equal((await c.request('/rest/com/vmware/cis/session', [...args, '-X', 'DELETE'])).status, 200);
    equal((await c.request('/rest/com/vmware/cis/tagging/tag', args)).status, 401);
  },
  'wrapped: /rest wraps what /api gives as it is': async (c) => {
    const { args } = await login(c);
    const made = await c.request('/api/cis/tagging/category', [...args, ...json({ name: 'a', description: '', cardinality: 'SINGLE', associable_types: [] })]);
    equal(made.status, 201);
    const id = JSON.parse(made.body);
    equal(JSON.parse((await c.request('/rest/com/vmware/cis/tagging/category', args)).body), { value: [id] });
    equal(JSON.parse((await c.request('/api/cis/tagging/category', args)).body), [id]);
    equal((await c.request(`/api/cis/tagging/category/${id}`, [...args, '-X', 'DELETE'])).status, 204);
  },
  'errors: unknown path, unknown action, broken JSON, wrong value': async (c) => {
    const { args } = await login(c);
    const kind = async (path, more = []) => {
      const { status, body } = await c.request(path, [...args, ...more]);
      return [status, JSON.parse(body).error_type];
    };
    equal(await kind('/api/no/such'), [404, 'NOT_FOUND']);
    equal(await kind('/api/cis/tagging/tag?action=explode', ['-X', 'POST']), [404, 'OPERATION_NOT_FOUND']);
    equal(await kind('/api/cis/tagging/tag', ['-d', '{']), [400, 'INVALID_REQUEST']);
    equal(await kind('/api/cis/tagging/tag', json({ name: 1 })), [400, 'INVALID_ARGUMENT']);
    equal(await kind('/api/esx/settings/clusters'), [501, 'UNIMPLEMENTED']);
  },
  'separate: a SOAP session does not open the REST side': async (c) => {
    const { cookie } = await c.login();
    includes(cookie, 'vmware_soap_session');
    equal((await c.request('/api/cis/tagging/tag', ['-H', `Cookie: ${cookie}`])).status, 401);
  },
  'vm: created, shown, powered, changed and deleted': async (c) => {
    const { args } = await login(c);
    const get = async (path) => JSON.parse((await c.request(path, args)).body);
    const [{ folder }] = await get('/api/vcenter/folder?type=VIRTUAL_MACHINE');
    const [{ cluster }] = await get('/rest/vcenter/cluster').then(({ value }) => value);
    const made = await c.request('/api/vcenter/vm', [...args, ...json({ name: 'made', guest_OS: 'UBUNTU_64', placement: { folder, cluster }, cpu: { count: 2 }, memory: { size_MiB: 256 } })]);
    equal(made.status, 201, made.body);
    const id = JSON.parse(made.body);
    equal((await c.request(`/rest/vcenter/vm/${id}/power/start`, [...args, '-X', 'POST'])).status, 200);
    const [{ power_state, cpu_count }] = await get('/api/vcenter/vm?names=made');
    equal([power_state, cpu_count], ['POWERED_ON', 2]);
    const again = await c.request(`/api/vcenter/vm/${id}/power?action=start`, [...args, '-X', 'POST']);
    equal([again.status, JSON.parse(again.body).error_type], [400, 'ALREADY_IN_DESIRED_STATE']);
    equal((await c.request(`/api/vcenter/vm/${id}/power?action=stop`, [...args, '-X', 'POST'])).status, 204);
    equal((await c.request(`/api/vcenter/vm/${id}`, [...args, '-X', 'DELETE'])).status, 204);
    equal(await get('/api/vcenter/vm?names=made'), []);
    const tasks = Object.values(await get('/api/cis/tasks')).map(({ operation, status }) => `${operation} ${status}`);
    for (const task of ['CreateVM_Task SUCCEEDED', 'PowerOnVM_Task SUCCEEDED', 'PowerOnVM_Task FAILED', 'Destroy_Task SUCCEEDED']) includes(tasks, task, 'tasks');
  },
  'esxi: a host has sessions and machines, and no appliance': { world: 'esxi', run: async (c) => {
    const { args, status } = await login(c);
    equal(status, 201);
    equal((await c.request('/api/appliance/system/version', args)).status, 404);
  } },
});
