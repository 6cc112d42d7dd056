// The admin plane over HTTP, each check at a fork of its own, so that clocks and rules of others stay as they are.
import { equal, includes, match, ok, topic } from '../check.mjs';

const json = ({ body }) => JSON.parse(body);
const CONTENT = '<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>';
const CURRENT_TIME = '<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>';

/** Runs a check at a fork; `at(path)` is an address there. */
const forked = (run) => async (c) => {
  const made = await c.request('/sim/forks', ['-X', 'POST']);
  equal(made.status, 201, made.body);
  const { name, url } = json(made);
  try {
    await run(c, (path) => `${url}${path}`, url);
  } finally {
    await c.request(`/sim/forks?name=${name}`, ['-X', 'DELETE']);
  }
};
const post = (c, url, ...args) => c.request(url, ['-X', 'POST', ...args]);

export default topic('curl.admin', {
  'index: what there is': async (c) => {
    const { actions } = json(await c.request('/sim/'));
    for (const path of ['/sim/reset', '/sim/snapshot', '/sim/restore', '/sim/clock', '/sim/faults', '/sim/forks', '/sim/delays', '/sim/trace', '/sim/coverage']) ok(actions.some((action) => action.path === path), path);
  },
  'snapshots: made, listed, gone back to, removed': forked(async (c, at) => {
    const { objects, version } = json(await post(c, at('/sim/snapshot?name=a')));
    ok(objects > 100 && version >= 1, `${objects} objects, version ${version}`);
    equal(json(await c.request(at('/sim/snapshot'))).snapshots.map(({ name }) => name).join(), 'a');
    equal(json(await post(c, at('/sim/restore?name=a'))).objects, objects);
    equal(json(await c.request(at('/sim/snapshot?name=a'), ['-X', 'DELETE'])).snapshots.length, 0);
    const { status, body } = await post(c, at('/sim/restore?name=a'));
    equal(status, 404);
    includes(body, 'no snapshot', 'the reason');
  }),
  'clock: frozen, stepped, and told by CurrentTime': forked(async (c, at) => {
    equal(json(await post(c, at('/sim/clock?rate=frozen'))).frozen, true);
    const before = json(await c.request(at('/sim/clock'))).now;
    const { now } = json(await post(c, at('/sim/clock?step=1h')));
    equal(Date.parse(now) - Date.parse(before), 3_600_000);
    const login = await c.soap('<Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>u</userName><password>p</password></Login>', { path: at('/sdk') });
    const { body } = await c.soap(CURRENT_TIME, { path: at('/sdk'), cookie: login.headers['set-cookie'].split(';')[0] });
    equal(Date.parse(/<returnval[^>]*>([^<]+)/.exec(body)[1]), Date.parse(now));
  }),
  'clock-wrong: what makes no sense changes nothing': forked(async (c, at) => {
    await post(c, at('/sim/clock?rate=frozen'));
    const before = (await c.request(at('/sim/clock'))).body;
    for (const query of ['step=soon', 'rate=-1', 'to=2001-01-01T00:00:00Z', 'speed=2', 'rate=1&step=1s', '']) {
      const { status, body } = await post(c, at(`/sim/clock?${query}`));
      equal(status, 400, query);
      ok(json({ body }).error.length > 20, body);
    }
    equal((await c.request(at('/sim/clock'))).body, before);
  }),
  'forks: listed, apart, and gone when closed': async (c) => {
    const { url } = json(await post(c, '/sim/forks?name=apart'));
    await post(c, `${url}/sim/clock?rate=frozen`);
    equal(json(await c.request('/sim/clock')).frozen, false);
    ok(json(await c.request('/sim/forks')).forks.some(({ name }) => name === 'apart'));
    equal((await post(c, '/sim/forks?name=apart')).status, 409);
    await c.request('/sim/forks?name=apart', ['-X', 'DELETE']);
    let reached = true;
    await c.request(`${url}/about`).catch(() => (reached = false));
    equal(reached, false);
  },
  'delays: set, listed, refused, cleared': forked(async (c, at) => {
    equal(json(await post(c, at('/sim/delays?method=CloneVM&milliseconds=20&upTo=50&steps=4'))).delays[0].upTo, 50);
    const { status, body } = await post(c, at('/sim/delays?method=Clown&milliseconds=20'));
    equal(status, 400);
    match(body, /no method \\"Clown\\"/);
    equal(json(await c.request(at('/sim/delays'), ['-X', 'DELETE'])).delays.length, 0);
  }),
  'trace: a call and its fault': forked(async (c, at) => {
    await c.soap(CURRENT_TIME, { path: at('/sdk') });
    const { calls } = json(await c.request(at('/sim/trace?method=CurrentTime')));
    equal(calls.length, 1);
    equal(calls[0].fault, 'NotAuthenticated');
    equal(calls[0].object, 'ServiceInstance:ServiceInstance');
  }),
  'trace-follow: calls as lines while they come': forked(async (c, at) => {
    const following = c.start(['-k', '-s', '-N', '--max-time', '2', at('/sim/trace?follow=true&last=0')]).done;
    for (let i = 0; i < 20; i++) {
      await c.soap(CONTENT, { path: at('/sdk') });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const lines = (await following).bytes.toString().trim().split('\n').map((line) => JSON.parse(line));
    ok(lines.length >= 1 && lines.every(({ method }) => method === 'RetrieveServiceContent'), JSON.stringify(lines));
  }),
  'coverage: what was called, and what there is': forked(async (c, at) => {
    await c.soap(CONTENT, { path: at('/sdk') });
    const { methods, called } = json(await c.request(at('/sim/coverage')));
    ok(methods.VirtualMachine.includes('CloneVM_Task'));
    equal(JSON.stringify(called.map(({ method, calls, state }) => [method, calls, state])), '[["RetrieveServiceContent",1,"implemented"]]');
  }),
  'browser: a page gets nowhere': async (c) => {
    for (const header of ['Origin: https://evil.example', 'Sec-Fetch-Site: cross-site', 'Host: evil.example']) equal((await c.request('/sim/clock', ['-H', header])).status, 403, header);
    const { headers } = await c.request('/sim/clock');
    equal(headers['access-control-allow-origin'], undefined);
  },
  'bad-json: a body that cannot be read is said so': forked(async (c, at) => {
    const { status, body } = await post(c, at('/sim/faults'), '-H', 'Content-Type: application/json', '-d', '{');
    equal(status, 400);
    match(body, /body cannot be read/);
  }),
});
