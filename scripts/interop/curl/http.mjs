// The HTTP surface: what is served where, how sessions travel, how connections behave.
import { equal, includes, match, noMatch, ok, topic } from '../check.mjs';

const retrieve = (type, value, path) => `<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>${type}</type><pathSet>${path}</pathSet></propSet><objectSet><obj type="${type}">${value}</obj></objectSet></specSet><options/></RetrievePropertiesEx>`;
const CURRENT_TIME = '<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>';

export default topic('curl.http', {
  'versions: the list of API versions that pyVmomi reads': async (c) => {
    const { status, headers, body } = await c.request('/sdk/vimServiceVersions.xml');
    equal(status, 200);
    match(headers['content-type'], /xml/);
    match(body, /<namespaces version="1\.0">\s*<namespace>\s*<name>urn:vim25<\/name>\s*<version>8\.0\.\d+\.\d+<\/version>\s*<priorVersions>/);
    match(body, /<version>6\.7\.3<\/version>|<version>6\.7<\/version>/);
  },
  'about: a page for people': async (c) => {
    const { status, body } = await c.request('/about');
    equal(status, 200);
    match(body, /vCenter/);
  },
  'endpoints: /sdk, /sdk/ and /sdk/vimService take calls': async (c) => {
    for (const path of ['/sdk', '/sdk/', '/sdk/vimService']) {
      const { status, body } = await c.soap(CURRENT_TIME.replace('CurrentTime xmlns', 'RetrieveServiceContent xmlns').replace('</CurrentTime>', '</RetrieveServiceContent>'), { path });
      equal(status, 200, path);
      match(body, /<RetrieveServiceContentResponse/);
    }
  },
  'unknown-path: a path that is not there is 404': async (c) => equal((await c.request('/no/such/path')).status, 404),
  'get-sdk: reading the endpoint of calls is no call': async (c) => equal((await c.request('/sdk')).status, 405),
  'content-type: answers are XML in UTF-8': async (c) => {
    const { headers } = await c.login();
    match(headers['content-type'], /^text\/xml;\s*charset="?utf-8"?$/i);
  },
  'cookie: the value is quoted, the path is /, only for HTTPS and not for scripts': async (c) => {
    const { headers } = await c.login();
    match(headers['set-cookie'], /^vmware_soap_session="[0-9a-zA-Z-]{16,}";/);
    for (const attribute of [/;\s*Path=\//i, /;\s*HttpOnly/i, /;\s*Secure/i]) match(headers['set-cookie'], attribute);
  },
  'cookie-unquoted: the value is taken with and without quotes': async (c) => {
    const { cookie } = await c.login();
    for (const sent of [cookie, cookie.replaceAll('"', '')]) match((await c.soap(retrieve('SessionManager', 'SessionManager', 'currentSession'), { cookie: sent })).body, /<userName>\S*user\S*<\/userName>/i);
  },
  'cookie-among-others: is found among other cookies': async (c) => {
    const { cookie } = await c.login();
    match((await c.soap(retrieve('SessionManager', 'SessionManager', 'currentSession'), { cookie: `a=b; ${cookie}; c="d"` })).body, /<userName>/);
  },
  'cookie-unknown: a session that is not there is not authenticated': async (c) => {
    const { status, body } = await c.soap(CURRENT_TIME, { cookie: 'vmware_soap_session="52000000-0000-0000-0000-000000000000"' });
    equal(status, 500);
    match(body, /<NotAuthenticatedFault/);
  },
  'logout: the cookie is worth nothing afterwards': async (c) => {
    const { cookie } = await c.login();
    await c.soap('<Logout xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this></Logout>', { cookie });
    match((await c.soap(retrieve('Folder', 'group-d1', 'childEntity'), { cookie })).body, /NotAuthenticated/);
  },
  'keep-alive: one connection serves several calls': async (c) => {
    const { stderr } = await c.start(['-k', '-v', '-o', '/dev/null', '-o', '/dev/null', `${c.base}/about`, `${c.base}/sdk/vimServiceVersions.xml`]).done;
    match(stderr, /Re-using existing connection/i);
  },
  'http-1.0: an old client is answered': async (c) => equal((await c.request('/about', ['--http1.0', '--no-alpn'])).status, 200),
  'gzip-request: a packed call is unpacked': async (c) => {
    const { gzipSync } = await import('node:zlib');
    const { envelope } = await import('../curl.mjs');
    const { status, body } = await c.request('/sdk', ['-H', 'Content-Type: text/xml', '-H', 'Content-Encoding: gzip', '--data-binary', '@-'], { input: gzipSync(envelope('<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>')) });
    equal(status, 200);
    match(body, /RetrieveServiceContentResponse/);
  },
  'gzip-answer: a client that takes packed answers can read the answer': async (c) => {
    const { body } = await c.soap('<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>', { args: ['--compressed'] });
    match(body, /RetrieveServiceContentResponse/);
  },
  'chunked: a call of unknown length is read': async (c) => {
    const { status } = await c.soap('<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>', { args: ['-H', 'Transfer-Encoding: chunked'] });
    equal(status, 200);
  },
  'expect-continue: a client that asks first is told to go on': async (c) => {
    const { status } = await c.soap('<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>', { args: ['-H', 'Expect: 100-continue'] });
    equal(status, 200);
  },
  'admin: the admin plane lists what it can do': async (c) => {
    const { status, body } = await c.request('/sim/nothing', ['-X', 'POST']);
    equal(status, 404);
    match(body, /\/sim\/snapshot/);
  },
  'powered-by: no framework tells of itself': async (c) => noMatch((await c.request('/about')).headerLines.join('\n'), /x-powered-by/i),
  'method: a method that no page has is refused': async (c) => ok([404, 405, 501].includes((await c.request('/about', ['-X', 'DELETE'])).status), '404, 405 or 501'),
  'tls: the certificate names the address': async (c) => {
    const { stderr } = await c.start(['-k', '-v', '-o', '/dev/null', `${c.base}/about`]).done;
    match(stderr, /SSL connection using TLSv1\.[23]/);
    includes(stderr.toLowerCase(), 'subject', 'certificate');
  },
});
