// Single sign-on: tokens of the token service, and logging in with them.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { match, topic } from '../check.mjs';

/** Nobody: the token alone must do. */
const alone = (g) => ({ env: { GOVC_URL: `https://${g.url.host}`, GOVC_PERSIST_SESSION: 'false' } });
const asUser = { env: { GOVC_PERSIST_SESSION: 'false' } };
const issued = (g) => g.text('session.login -issue', asUser);

/** A certificate for a client, for the time of `work`. */
async function withKey(work) {
  const folder = mkdtempSync(join(tmpdir(), 'sso-key-'));
  try {
    const [cert, key] = [join(folder, 'user.crt'), join(folder, 'user.key')];
    spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, '-subj', '/CN=solution', '-days', '10']);
    await work(['-cert', cert, '-key', key]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export default topic('govc.sso', {
  'issue: a password gives a token, and the token a session': async (g) => {
    const token = await issued(g);
    match(token, /<saml2:NameID[^>]*>user@VSPHERE\.LOCAL</);
    match(await g.text(['session.login', '-l', '-token', token], alone(g)), /^[0-9a-f-]{36}$/);
    match(await g.text(['session.login', '-r', '-l', '-token', token], alone(g)), /^[0-9a-f]{32}$/);
  },
  'forged: a token that was changed is refused, by SOAP and by REST': async (g) => {
    const token = (await issued(g)).replace('user@', 'root@');
    match(await g.fails(['session.login', '-l', '-token', token], alone(g)), /Cannot complete login/);
    await g.fails(['session.login', '-r', '-l', '-token', token], alone(g));
  },
  'wrong-password: no token for it': {
    world: 'strict',
    async run(g) {
      match(await g.fails('session.login -issue', { env: { GOVC_URL: `https://user:wrong@${g.url.host}`, GOVC_PERSIST_SESSION: 'false' } }), /Invalid credentials/);
    },
  },
  'holder: a token for the holder of a key is exchanged, used and renewed with the key only': {
    versions: ['newest'],
    run: (g) => withKey(async (key) => {
      const token = await g.text(['session.login', ...key, '-issue', '-token', await issued(g)], alone(g));
      match(token, /cm:holder-of-key/);
      await g.run(['session.login', '-l', ...key, '-token', token], alone(g));
      await g.run(['session.login', '-r', '-l', ...key, '-token', token], alone(g));
      match(await g.fails(['session.login', '-l', '-token', token], alone(g)), /holder of a key/);
      const renewed = await g.text(['session.login', ...key, '-renew', '-lifetime', '24h', '-token', token], alone(g));
      await g.run(['session.login', '-l', ...key, '-token', renewed], alone(g));
    }),
  },
});
