// About, version, sessions, env: who am I talking to.
import { equal, includes, match, ok, topic } from '../check.mjs';

export default topic('govc.service', {
  'about: prints the product with version, build and instance id': async (g) => {
    const text = await g.text('about');
    for (const line of [/^Name:\s+VMware vCenter Server$/m, /^Vendor:\s+VMware, Inc\.$/m, /^Version:\s+\d+\.\d+\.\d+$/m, /^Build:\s+\d+$/m, /^API type:\s+VirtualCenter$/m, /^Product ID:\s+vpx$/m, /^UUID:\s+[0-9a-f-]{36}$/m]) match(text, line);
  },
  'about-json: gives the same facts as the content of the service': async (g) => {
    const { about } = await g.json('about');
    const { content } = await g.properties('-', 'content');
    equal(about, content.about);
    equal(about.apiType, 'VirtualCenter');
  },
  'about-service-content: names every manager with a reference that can be read': async (g) => {
    const content = (await g.json('about -l')).content ?? (await g.json('about -l'));
    const service = content.content ?? content;
    for (const name of ['propertyCollector', 'viewManager', 'eventManager', 'taskManager', 'fileManager', 'virtualDiskManager', 'licenseManager', 'authorizationManager', 'customFieldsManager', 'extensionManager']) {
      ok(service[name]?.value !== undefined, `content has ${name}`, Object.keys(service));
    }
  },
  'about-cert: shows the certificate that the server presents, with its thumbprint': async (g) => {
    const text = await g.text('about.cert -k');
    const [host, thumbprint] = (await g.text('about.cert -k -thumbprint')).split(' ');
    equal(host, g.url.host);
    match(thumbprint, /^([0-9A-F]{2}:){19}([0-9A-F]{2}:){0,12}[0-9A-F]{2}$/);
    includes(text, thumbprint, 'certificate');
  },
  'known-hosts: a client that trusts only the thumbprint connects': async (g) => {
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const { join } = await import('node:path');
    const folder = mkdtempSync(join(tmpdir(), 'vic-testbed-hosts-'));
    try {
      writeFileSync(join(folder, 'known_hosts'), `${await g.text('about.cert -k -thumbprint')}\n`);
      const env = { GOVC_INSECURE: 'false', GOVC_TLS_KNOWN_HOSTS: join(folder, 'known_hosts') };
      match(await g.text('about', { env }), /VMware vCenter/);
      match(await g.fails('about', { env: { GOVC_INSECURE: 'false' } }), /certificate|x509/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  'version: satisfies its own requirement': async (g) => {
    match(await g.text('version'), /^govc v?\d+\.\d+\.\d+/);
  },
  'env: splits the address of the server': async (g) => {
    const text = await g.text('env -x');
    match(text, new RegExp(`GOVC_URL_PORT=${g.url.port}`));
    match(text, /GOVC_USERNAME=user/);
  },
  'wrong-password: refuses a wrong password with the words of vCenter': {
    world: 'strict',
    async run(g) {
      const output = await g.fails('about', { env: { GOVC_URL: `https://user:wrong@${g.url.host}/sdk`, GOVC_PERSIST_SESSION: 'false' } });
      match(output, /incorrect user name or password/i);
    },
  },
  'session-ls: lists the session of this client as the current one': async (g) => {
    const { currentSession, sessionList } = await g.json('session.ls');
    equal(currentSession.userName.replace(/^.*\\/, '').replace(/@.*/, ''), 'user');
    includes(sessionList.map(({ key }) => key), currentSession.key, 'keys');
    match(currentSession.userAgent, /govc/i);
    match(currentSession.ipAddress, /^(127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/);
  },
  'session-logout: a session that logged out is gone from the list': async (g) => {
    const { currentSession: { key } } = await g.json('session.ls');
    await g.run('session.logout');
    const { currentSession, sessionList } = await g.json('session.ls');
    ok(currentSession.key !== key, 'another session', currentSession.key);
    ok(!sessionList.some((session) => session.key === key), 'the old session is not listed', sessionList.map((session) => session.key));
  },
  'session-rm: another session can be terminated, and its owner is told so': async (g) => {
    const cookie = await g.text('session.login -l');
    match(cookie, /\w/);
    const other = { GOVMOMI_HOME: `${g.env.GOVMOMI_HOME}-other` };
    const { currentSession } = await g.json('session.ls', { env: other });
    await g.run(`session.rm ${currentSession.key}`);
    const { sessionList } = await g.json('session.ls');
    ok(!sessionList.some(({ key }) => key === currentSession.key), 'terminated session is not listed');
  },
  'session-clone: a ticket of one session logs another one in': async (g) => {
    const ticket = await g.text('session.login -clone');
    match(ticket, /\S{8,}/);
    const env = { GOVC_URL: `https://${g.url.host}/sdk`, GOVMOMI_HOME: `${g.env.GOVMOMI_HOME}-clone-${process.pid}-${Math.random()}` };
    await g.run(['session.login', '-u', `https://user@${g.url.host}/sdk`, '-ticket', ticket], { env });
    const { currentSession } = await g.json(`session.ls -u https://user@${g.url.host}/sdk`, { env });
    match(currentSession.userName, /user/);
  },
  'session-cookie: a session begun elsewhere can be used by its cookie': async (g) => {
    const cookie = await g.text('session.login -l');
    const env = { GOVC_URL: `https://${g.url.host}/sdk`, GOVC_PERSIST_SESSION: 'false', GOVMOMI_HOME: `${g.env.GOVMOMI_HOME}-none` };
    const answer = await g.text(['session.login', '-cookie', cookie, '-l'], { env });
    match(answer, /\w/);
  },
}, {});
