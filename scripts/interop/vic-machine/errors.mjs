// What goes wrong before anything is done: the message says what and what would be right, the exit code is 1, 2 for flags.
import { createServer } from 'node:net';
import { connect } from 'node:tls';
import { equal, includes, match, topic } from '../check.mjs';
import { on } from './worlds.mjs';

/** Every command that needs a server fails alike. */
async function each(v, flags, pattern, code = 1) {
  for (const command of ['ls', 'inspect', 'delete', 'create --image-store LocalDS_0']) {
    const { code: got, stdout, stderr } = await v.end([...command.split(' '), ...flags]);
    match(stderr, pattern, command);
    equal([got, stdout], [code, ''], command);
  }
}

async function fingerprint(v) {
  const { hostname, port } = v.url;
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const { fingerprint: sha1, fingerprint256: sha256 } = socket.getPeerCertificate();
  socket.destroy();
  return { sha1, sha256 };
}

async function closedPort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export default [
  ...on(['vcenter', 'esxi'], 'error', {
    'datacenter: an unknown one, and those there are': (v) => each(v, ['--target', `${v.target}/nosuch`], new RegExp(`there is no datacenter "nosuch"\\n  Suggested values for --target:\\n    "${v.place.datacenter.slice(1)}"`)),
    'compute-unknown: those there are': (v) => each(v, ['--compute-resource', 'nosuch'], new RegExp(`there is no compute resource "nosuch" in datacenter ${v.place.datacenter.slice(1)}[^]*Suggested values for --compute-resource`)),
    'thumbprint: the right one gets in, another does not': async (v) => {
      const { sha1, sha256 } = await fingerprint(v);
      for (const right of [sha1, sha256, sha1.replaceAll(':', '').toLowerCase()]) equal((await v.table(['ls', '--all', '--thumbprint', right])).rows, []);
      const wrong = `00${sha1.slice(2)}`;
      await each(v, ['--thumbprint', wrong], new RegExp(`certificate has the thumbprint ${sha1}, not ${wrong}`));
    },
    'flag: an unknown flag is a usage error': (v) => each(v, ['--nosuch'], /flag provided but not defined: --nosuch/, 2),
  }),

  ...topic('vic-machine.error', {
    'compute-ambiguous: a pattern that fits two': (v) => each(v, ['--compute-resource', '*'], /--compute-resource "\*" is ambiguous: it fits \/DC0\/host\/DC0_C0\/Resources, \/DC0\/host\/DC0_H0\/Resources[^]*"DC0_C0"\n\s+"DC0_H0"/),
    'unreachable: nothing listens there': async (v) => {
      const port = await closedPort();
      await each(v, ['--target', `user:pass@127.0.0.1:${port}`], new RegExp(`cannot reach 127\\.0\\.0\\.1:${port}: connection refused`));
    },
    'plain: no TLS where there must be': (v) => each(v, ['--target', `http://${v.target}`], /cannot reach 127\.0\.0\.1:\d+: (the connection was closed by the other side|it does not answer like vSphere)/),
  }, { world: 'vcenter' }),

  ...topic('vic-machine.error', {
    'password: a wrong password, and nothing said of it': async (v) => {
      await each(v, ['--target', v.url.host, '--user', 'user', '--password', 'wr0ng'], new RegExp(`${v.url.host} refused the user name or password of "user"[^]*Check --user and --password`));
      const { stderr } = await v.end(['ls', '--target', v.url.host, '--user', 'user', '--password', 'wr0ng', '--debug', '3']);
      equal(stderr.includes('wr0ng'), false, 'the password in the trace');
    },
    'user: a user that there is not': (v) => each(v, ['--target', v.url.host, '--user', 'nobody', '--password', 'pass'], /refused the user name or password of "nobody"/),
    'right: the right ones get in, in the target and as flags': async (v) => {
      equal((await v.table('ls --all')).rows, []);
      includes(await v.run(['ls', '--all', '--target', v.url.host, '--user', 'user', '--password', 'pass']), 'NAME', 'table');
    },
  }, { world: 'strict' }),
];
