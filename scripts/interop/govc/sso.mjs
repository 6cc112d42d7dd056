// Single sign-on: tokens of the token service and logging in with them, the lookup service, users and groups.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equal, includes, match, noMatch, ok, topic } from '../check.mjs';

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
  'services: the lookup service names the server by the address that is used': async (g) => {
    const urls = await g.lines('sso.service.ls -U');
    for (const path of ['/sdk', '/sts/STSService/vsphere.local', '/sso-adminserver/sdk/vsphere.local', '/api']) includes(urls, `https://${g.url.host}${path}`, 'URLs');
    equal(await g.lines('sso.service.ls -t cs.identity -P wsTrust -U'), [`https://${g.url.host}/sts/STSService/vsphere.local`]);
  },
  'user: made, changed, logs in with permissions, and goes': {
    world: 'strict',
    async run(g) {
      const as = (password, more) => ({ env: { GOVC_URL: `https://ann:${encodeURIComponent(password)}@${g.url.host}`, GOVC_PERSIST_SESSION: 'false', ...more } });
      match(await g.fails('sso.user.create -p password ann'), /policy/);
      await g.run(['sso.user.create', '-p', 'Passw0rd!', '-f', 'Ann', '-l', 'Able', '-m', 'ann@example.com', 'ann']);
      await g.fails(['sso.user.create', '-p', 'Passw0rd!', 'ann']);
      match(await g.text('sso.user.ls'), /^ann\b/m);
      await g.fails('ls /DC0/vm', as('Passw0rd!'));
      await g.run('permissions.set -principal ann@vsphere.local -role ReadOnly /DC0');
      ok((await g.lines('ls /DC0/vm', as('Passw0rd!'))).length > 0, 'it sees machines');
      await g.fails('vm.power -off /DC0/vm/DC0_H0_VM0', as('Passw0rd!'));
      await g.run(['sso.user.update', '-p', 'Other0ne!', 'ann']);
      await g.fails('ls /DC0/vm', as('Passw0rd!'));
      await g.run('ls /DC0/vm', as('Other0ne!'));
      match(await g.fails(['sso.user.create', '-p', 'Passw0rd!', 'bob'], as('Other0ne!')), /Administrators/);
      await g.run('sso.user.rm ann');
      noMatch(await g.text('sso.user.ls'), /^ann\b/m);
      await g.fails('ls /DC0/vm', as('Other0ne!'));
      match(await g.fails('sso.user.rm ann'), /no user/);
    },
  },
  'group: members come and go, and permissions of the group are theirs': {
    world: 'strict',
    async run(g) {
      const ann = { env: { GOVC_URL: `https://ann:Passw0rd%21@${g.url.host}`, GOVC_PERSIST_SESSION: 'false' } };
      await g.run(['sso.user.create', '-p', 'Passw0rd!', 'ann']);
      await g.run('sso.group.create crew');
      await g.run('permissions.set -principal crew@vsphere.local -group -role ReadOnly /DC0');
      await g.fails('ls /DC0/vm', ann);
      await g.run('sso.group.update -a ann crew');
      match(await g.text('sso.user.id ann'), /groups=.*crew/);
      await g.run('ls /DC0/vm', ann);
      await g.run('sso.group.update -r ann crew');
      await g.fails('ls /DC0/vm', ann);
      await g.run('sso.group.rm crew');
      noMatch(await g.text('sso.group.ls'), /crew/);
      noMatch(await g.text('permissions.ls /DC0'), /crew/i);
    },
  },
  'solution: a solution user proves itself by its certificate': {
    world: 'strict',
    run: (g) => withKey(async (key) => {
      match(await g.fails(['session.login', ...key, '-issue'], alone(g)), /certificate/);
      await g.run(['sso.user.create', '-C', readFileSync(key[1], 'utf8'), '-A', '-R', 'Administrator', 'robot']);
      match(await g.text('sso.user.ls -s'), /robot/);
      const token = await g.text(['session.login', ...key, '-issue'], alone(g));
      match(token, />robot@VSPHERE\.LOCAL</);
      await g.run(['session.login', '-l', ...key, '-token', token], alone(g));
    }),
  },
  'settings: identity sources, default domains and the password policy': {
    versions: ['newest'],
    async run(g) {
      match(await g.text('sso.idp.ls'), /System Domain\s+vsphere\.local/);
      await g.run('sso.idp.ldap.update -ServerType ActiveDirectory -FriendlyName corp -PrimaryUrl ldap://corp.example -DomainAlias CORP corp.example');
      match(await g.text('sso.idp.ls'), /corp\.example\s+ldap:\/\/corp\.example\s+ActiveDirectory/);
      match(await g.text('sso.idp.default.ls'), /vsphere\.local/);
      match(await g.text('sso.lpp.info'), /MinLength: 8/);
      await g.run('sso.lpp.update -MinLength 10');
      match(await g.text('sso.lpp.info'), /MinLength: 10/);
      match(await g.fails(['sso.user.create', '-p', 'Passw0rd!', 'ann']), /at least 10/);
    },
  },
});
