// Files of datastores over HTTP: who may, ranges, heads, directories, and paths that try to leave.
import { equal, includes, match, noMatch, ok, topic } from '../check.mjs';

const BASIC = ['-u', 'user:pass'];
const at = (path, query = 'dcPath=DC0&dsName=LocalDS_0') => `/folder/${path}?${query}`;
const put = (c, path, text, args = BASIC) => c.request(at(path), [...args, '-X', 'PUT', '--data-binary', '@-'], { input: text });

export default topic('curl.files', {
  'anonymous: nothing without a session': async (c) => {
    for (const args of [[], ['-I'], ['-X', 'PUT', '-d', 'x'], ['-X', 'DELETE']]) equal((await c.request(at('DC0_H0_VM0/DC0_H0_VM0.vmx'), args)).status, 401, args.join(' ') || 'GET');
    match((await c.request(at('a'))).headers['www-authenticate'], /^Basic realm=/);
  },
  'wrong-password: a wrong password is no session': {
    world: 'strict',
    run: async (c) => equal((await c.request(at('DC0_H0_VM0/DC0_H0_VM0.vmx'), ['-u', 'user:wrong'])).status, 401),
  },
  'basic: user and password': async (c) => {
    const { status, body } = await c.request(at('DC0_H0_VM0/DC0_H0_VM0.vmx'), BASIC);
    equal(status, 200);
    match(body, /displayName = "DC0_H0_VM0"/);
  },
  'cookie: the cookie of a session, as it was sent': async (c) => {
    const { cookie } = await c.login();
    equal((await c.request(at('DC0_H0_VM0/DC0_H0_VM0.vmx'), ['-H', `Cookie: ${cookie}`])).status, 200);
    equal((await c.request(at('DC0_H0_VM0/DC0_H0_VM0.vmx'), ['-H', `Cookie: ${cookie.split('"')[1]}`])).status, 401);
  },
  'ticket: a ticket for one request': async (c) => {
    const { cookie } = await c.login();
    const url = `${c.base}${at('DC0_H0_VM0/DC0_H0_VM0.vmx')}`.replaceAll('&', '&amp;');
    const { body } = await c.soap(`<AcquireGenericServiceTicket xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><spec xsi:type="SessionManagerHttpServiceRequestSpec"><method>httpGet</method><url>${url}</url></spec></AcquireGenericServiceTicket>`, { cookie });
    const id = /<id>([^<]+)<\/id>/.exec(body)?.[1];
    ok(id !== undefined, 'a ticket', body);
    const use = () => c.request(at('DC0_H0_VM0/DC0_H0_VM0.vmx'), ['-H', `Cookie: vmware_cgi_ticket=${id}`]);
    equal((await use()).status, 200);
    equal((await use()).status, 401);
  },
  'put-get: what was put is read': async (c) => {
    equal((await put(c, 'a.txt', 'first')).status, 201);
    equal((await put(c, 'a.txt', 'second')).status, 200);
    equal((await c.request(at('a.txt'), BASIC)).body, 'second');
  },
  'put-no-directory: a directory that is not there is not made': async (c) => ok((await put(c, 'none/a.txt', 'x')).status >= 400, 'refused'),
  'put-stream: eight megabytes of unknown length': async (c) => {
    const bytes = Buffer.alloc(8 << 20, 'abcdefghijklmnop');
    const { status } = await c.request(at('big.bin'), [...BASIC, '-H', 'Transfer-Encoding: chunked', '-T', '-'], { input: bytes });
    ok([200, 201].includes(status), '200 or 201', status);
    const { headers } = await c.request(at('big.bin'), [...BASIC, '-I']);
    equal(headers['content-length'], String(8 << 20));
    const { bytes: back } = await c.request(at('big.bin'), BASIC);
    ok(back.equals(bytes), 'the same bytes', back.length);
  },
  'head: length and time, no body': async (c) => {
    await put(c, 'a.txt', '0123456789');
    const { status, headers, body } = await c.request(at('a.txt'), [...BASIC, '-I']);
    equal([status, headers['content-length'], body], [200, '10', '']);
    match(headers['last-modified'], /GMT$/);
  },
  'range: a part in the middle, the rest, and the end': async (c) => {
    await put(c, 'a.txt', '0123456789');
    for (const [range, text, header] of [['2-4', '234', 'bytes 2-4/10'], ['7-', '789', 'bytes 7-9/10'], ['-2', '89', 'bytes 8-9/10']]) {
      const { status, headers, body } = await c.request(at('a.txt'), [...BASIC, '-r', range]);
      equal([status, body, headers['content-range']], [206, text, header], range);
    }
  },
  'range-beyond: a part that is not there': async (c) => {
    await put(c, 'a.txt', '0123456789');
    const { status, headers } = await c.request(at('a.txt'), [...BASIC, '-r', '20-30']);
    equal([status, headers['content-range']], [416, 'bytes */10']);
  },
  'delete: is gone, and gone twice is not found': async (c) => {
    await put(c, 'a.txt', 'x');
    equal((await c.request(at('a.txt'), [...BASIC, '-X', 'DELETE'])).status, 204);
    equal((await c.request(at('a.txt'), [...BASIC, '-X', 'DELETE'])).status, 404);
    equal((await c.request(at('a.txt'), BASIC)).status, 404);
  },
  'missing: a file that is not there': async (c) => equal((await c.request(at('none.txt'), BASIC)).status, 404),
  'listing: datacenters, datastores, directories as pages': async (c) => {
    match((await c.request('/folder', BASIC)).body, /DC0/);
    match((await c.request('/folder?dcPath=DC0', BASIC)).body, /LocalDS_0/);
    match((await c.request(at(''), BASIC)).body, /DC0_H0_VM0/);
    match((await c.request(at('DC0_H0_VM0/'), BASIC)).body, /DC0_H0_VM0\.vmx/);
  },
  'listing-escapes: a name with markup is shown as text': async (c) => {
    await put(c, '%3Cb%3Ebold%3C%2Fb%3E.txt'.replace('%2F', ''), 'x');
    const { body } = await c.request(at(''), BASIC);
    noMatch(body, /<b>bold/);
    includes(body, '&lt;b&gt;', 'page');
  },
  'traversal: no path leaves the datastore': async (c) => {
    for (const path of ['../../../../etc/passwd', '..%2f..%2f..%2fetc%2fpasswd', 'DC0_H0_VM0/../../../etc/passwd', '%2e%2e/%2e%2e/etc/passwd', '..\\..\\etc\\passwd', '/etc/passwd', 'a%00b']) {
      const { status, body } = await c.request(at(path), BASIC);
      ok(status >= 400, `refuses ${path}`, status);
      noMatch(body, /root:/);
      ok((await put(c, path, 'x')).status >= 400 || path === '/etc/passwd' || path.includes('\\'), `does not write ${path}`);
    }
  },
  'unknown-datastore: a datastore or datacenter that is not there': async (c) => {
    for (const query of ['dcPath=DC0&dsName=none', 'dcPath=none&dsName=LocalDS_0']) equal((await c.request(at('a', query), BASIC)).status, 404, query);
  },
  'seen-by-browser: an uploaded file changes free space seen by SOAP': async (c) => {
    const { cookie } = await c.login();
    const free = async () => {
      const folder = (await c.soap('<FindByInventoryPath xmlns="urn:vim25"><_this type="SearchIndex">SearchIndex</_this><inventoryPath>DC0/datastore/LocalDS_0</inventoryPath></FindByInventoryPath>', { cookie })).body;
      const id = /<returnval type="Datastore"[^>]*>([^<]+)</.exec(folder)[1];
      return Number(/>(\d+)<\/val>/.exec((await c.soap(`<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>Datastore</type><pathSet>summary.freeSpace</pathSet></propSet><objectSet><obj type="Datastore">${id}</obj></objectSet></specSet><options/></RetrievePropertiesEx>`, { cookie })).body)[1]);
    };
    const before = await free();
    await put(c, 'a.bin', Buffer.alloc(3 << 20));
    ok(before - (await free()) >= 3 << 20, 'less free space', before);
  },
  'method: a method that files do not have': async (c) => ok([405, 501].includes((await c.request(at('a.txt'), [...BASIC, '-X', 'PATCH'])).status), '405 or 501'),
});
