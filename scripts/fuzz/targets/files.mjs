// Requests to /folder: paths, datacenters, datastores, ranges, methods, bodies. No answer is a 5xx but 507, and nothing is
// made outside the datastore that was named.
import { Mutator } from '../mutate.mjs';
import { Server } from '../server.mjs';

const CORPUS = [
  '/folder/DC0_H0_VM0/DC0_H0_VM0.vmx?dcPath=DC0&dsName=LocalDS_0', '/folder?dcPath=DC0&dsName=LocalDS_0', '/folder', '/folder/a/b/c.txt?dsName=LocalDS_0&dcPath=%2fDC0',
  '/folder/DC0_H0_VM0/DC0_H0_VM0-flat.vmdk?dcPath=DC0&dsName=LocalDS_0', '/folder/%2e%2e/%2e%2e/etc/passwd?dcPath=DC0&dsName=LocalDS_0', '/folder/x%20y+z.iso?dsName=LocalDS_0&dcPath=DC0&x=1#f',
];
const RANGES = [undefined, undefined, 'bytes=0-', 'bytes=0-10', 'bytes=-5', 'bytes=5-1', 'bytes=0-1,3-4', 'bytes=99999999999999999999-', 'lines=1', 'bytes=', ','.repeat(50)];
const WORDS = ['dcPath=', 'dsName=', 'LocalDS_0', 'DC0', '&', '?', '%5c', '%c0%ae', '%ff', '..', '/folder/', '#', '+'];
const HOST = 'Basic ' + Buffer.from('fuzz:fuzz').toString('base64');

export default {
  name: 'files',
  share: 2,
  make(random) {
    const url = new Mutator(random, CORPUS, WORDS).text();
    const ranges = new Mutator(random, ['bytes=0-1, 2-3'], ['bytes=', '-', ',']);
    return {
      method: random.pick(['GET', 'GET', 'HEAD', 'PUT', 'PUT', 'DELETE', 'POST', 'PATCH', '__proto__']),
      url,
      headers: { authorization: random.pick([HOST, HOST, HOST, 'Basic', 'Basic !!!', 'Bearer x', undefined]), range: random.integer(0, 3) === 0 ? ranges.text() : random.pick(RANGES), 'content-length': random.pick([undefined, '4', '-1', 'x', '99999999999999999999']) },
      body: random.pick(['', 'text', '# Disk DescriptorFile\nRW 99999999999999 VMFS "a"', '\0'.repeat(1000)]),
    };
  },
  async open() {
    const server = new Server();
    let names;
    return {
      async begin() {
        await server.reset();
        names = new Set([...server.simulator.store.ofType('Datastore')].map(({ props }) => props.name));
      },
      async run({ body, ...request }) {
        async function* bytes() {
          yield Buffer.from(body);
        }
        const reply = await server.files({ ...request, body: bytes() });
        const problems = server.take();
        if (!reply) return { outcome: 'none', problems };
        if (reply.status >= 500 && reply.status !== 507) problems.push(`status ${reply.status}`);
        let size = 0;
        // What is read on is made while it is read.
        if (typeof reply.body !== 'string') for (const chunk of reply.body ?? []) if ((size += chunk.length) > 1_000_000) break;
        const now = [...server.simulator.store.ofType('Datastore')].map(({ props }) => props.name);
        if (now.length !== names.size || now.some((name) => !names.has(name))) problems.push('a datastore appeared or went');
        for (const { ref, props } of request.method === 'PUT' && reply.status < 300 ? server.simulator.store.ofType('_Directory') : []) {
          for (const name of Object.keys(props.entries ?? {})) if (/[/\0]/.test(name) || name === '..' || name === '.') problems.push(`${ref.value} has a file called ${JSON.stringify(name)}`);
        }
        return { outcome: String(reply.status), problems };
      },
    };
  },
};
