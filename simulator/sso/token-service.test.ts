import assert from 'node:assert/strict';
import { createHash, createSign, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { addAccount, removeAccount } from '../objects/authorization/accounts.ts';
import { bare } from './signature.ts';
import { makeSigningPair } from './keys.ts';
import { envelope, keyType, lifetime, password, SignOn } from './sso.testing.ts';

const STRICT = { credentials: { userName: 'Administrator@vsphere.local', password: 'right' } };
const ADMIN = password('Administrator@vsphere.local', 'right');
const RENEWABLE = '<Renewing Allow="true" OK="false"/><Delegatable>true</Delegatable>';
const now = () => new Date('2026-01-01T00:00:00Z');

test('a password gives a token, and the token a session of that user', async () => {
  const world = new SignOn(STRICT);
  const token = await world.token({ header: ADMIN });
  assert.match(token, /<saml2:NameID[^>]*>Administrator@VSPHERE\.LOCAL</);
  assert.match(token, />vsphere\.local\\Administrators</);
  assert.equal(await world.logIn(token), 'VSPHERE.LOCAL\\Administrator');
  assert.equal(await world.logIn(token), 'VSPHERE.LOCAL\\Administrator', 'a token is good more than once');
  assert.equal(world.simulator.sim.sessions.list().length, 2);
});

test('a wrong password is FailedAuthentication and an event, and no session', async () => {
  const world = new SignOn(STRICT);
  await world.refuses('FailedAuthentication', { header: password('Administrator@vsphere.local', 'wrong') });
  await world.refuses('InvalidSecurity', {});
  assert.equal(world.simulator.sim.sessions.list().length, 0);
  assert.equal(await world.logIn(''), 'InvalidLogin');
});

test('a token that was changed, signed by another, or wrapped around a signed one logs nobody in', async () => {
  const world = new SignOn(STRICT);
  const token = await world.token({ header: ADMIN });
  assert.equal(await world.logIn(token.replace('Administrator@', 'Somebody@')), 'InvalidLogin');
  const other = new SignOn({ signing: () => stranger });
  const stranger = makeSigningPair(now());
  assert.equal(await world.logIn(await other.token({ header: password('Administrator@vsphere.local', 'x') })), 'InvalidLogin');
  const [head, signature, tail] = token.split(/(<ds:Signature .*<\/ds:Signature>)/s);
  const forged = `${head!.replace(/ ID="[^"]*"/, ' ID="_other"')}${signature}<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#">${head}${tail}</ds:Object>${tail!.replaceAll('Administrator', 'Root')}`;
  assert.equal(await world.logIn(forged), 'InvalidLogin');
  assert.equal(await world.logIn(token.replace(signature!, '')), 'InvalidLogin');
  assert.equal(world.simulator.sim.sessions.list().length, 0);
});

test('a token is good for its lifetime by the simulator\'s clock, at most five minutes for whoever bears it', async () => {
  const world = new SignOn(STRICT);
  const token = await world.token({ header: ADMIN, rst: lifetime(2) });
  const long = await world.token({ header: ADMIN, rst: lifetime(60) });
  world.clock.advance(2 * 60_000 - 1);
  assert.equal(await world.logIn(token), 'VSPHERE.LOCAL\\Administrator');
  world.clock.advance(1);
  assert.equal(await world.logIn(token), 'InvalidLogin');
  assert.equal(await world.logIn(long), 'VSPHERE.LOCAL\\Administrator');
  world.clock.advance(3 * 60_000);
  assert.equal(await world.logIn(long), 'InvalidLogin');
  await world.refuses('InvalidTimeRange', { header: ADMIN, rst: lifetime(0) });
});

test('a token for the holder of a key needs that key', async () => {
  const world = new SignOn(STRICT);
  const [mine, theirs] = await Promise.all([makeSigningPair(now()), makeSigningPair(now())]);
  await world.refuses('InvalidSecurity', { header: ADMIN, rst: keyType('PublicKey') });
  const token = await world.token({ header: ADMIN, signer: mine, rst: `${keyType('PublicKey')}${lifetime(60)}` });
  assert.match(token, /cm:holder-of-key/);
  world.clock.advance(50 * 60_000);
  assert.equal(await world.logIn(token, mine), 'VSPHERE.LOCAL\\Administrator');
  assert.equal(await world.logIn(token, theirs), 'InvalidLogin');
  assert.equal(await world.logIn(token), 'InvalidLogin');
});

test('a signed message that was changed is refused, and so is a certificate that nobody has', async () => {
  const world = new SignOn(STRICT);
  const mine = await makeSigningPair(now());
  const asked = { header: ADMIN, signer: mine, rst: keyType('PublicKey') };
  assert.match(await world.refuses('FailedAuthentication', { ...asked, header: '' }), /solution user/);
  const { simulator } = world;
  const sent = envelope('<a/>', ADMIN, mine).replace('<a/>', '<b/>');
  const { body } = await simulator.handleSso('/sts/STSService', sent, {}, { ipAddress: '192.0.2.7', tls: true });
  assert.match(body, /InvalidSecurity.*does not hold/s);
});

test('a token is renewed by the holder of its key, as often as it says', async () => {
  const world = new SignOn(STRICT);
  const [mine, theirs] = await Promise.all([makeSigningPair(now()), makeSigningPair(now())]);
  const bearer = await world.token({ header: ADMIN });
  await world.refuses('UnableToRenew', { type: 'Renew', signer: mine, header: ADMIN, rst: `<RenewTarget>${bearer}</RenewTarget>` });
  const token = await world.token({ header: ADMIN, signer: mine, rst: `${keyType('PublicKey')}${RENEWABLE}${lifetime(10)}` });
  const renew = (text: string, signer = mine) => ({ type: 'Renew', signer, header: ADMIN, rst: `${lifetime(120)}<RenewTarget>${text}</RenewTarget>` }) as const;
  await world.refuses('UnableToRenew', renew(token, theirs));
  const renewed = await world.token(renew(token));
  world.clock.advance(60 * 60_000);
  await world.refuses('ExpiredData', renew(token));
  assert.equal(await world.logIn(renewed, mine), 'VSPHERE.LOCAL\\Administrator');
  const stiff = await world.token({ header: ADMIN, signer: mine, rst: `${keyType('PublicKey')}${lifetime(10)}` });
  await world.refuses('UnableToRenew', renew(stiff));
});

test('Validate says whether a token is good', async () => {
  const world = new SignOn(STRICT);
  const token = await world.token({ header: ADMIN });
  const status = async (text: string) => /status\/(\w+)/.exec((await world.ask({ type: 'Validate', header: ADMIN, rst: `<ValidateTarget>${text}</ValidateTarget>` })).body)?.[1];
  assert.equal(await status(token), 'valid');
  assert.equal(await status(token.replace('Administrator@', 'Somebody@')), 'invalid');
  world.clock.advance(5 * 60_000);
  assert.equal(await status(token), 'invalid');
});

test('acting for a user takes a token that may be delegated', async () => {
  const world = new SignOn();
  const solution = await makeSigningPair(now());
  const { subject } = new X509Certificate(solution.cert);
  assert.equal(subject, 'CN=ssoserverSign');
  const actAs = (token: string) => ({ signer: solution, rst: `<ActAs xmlns="http://docs.oasis-open.org/ws-sx/ws-trust/200802">${token}</ActAs>${keyType('PublicKey')}` });
  await world.refuses('InvalidRequest', actAs(await world.token({ header: password('ann', 'x') })));
  const token = await world.token(actAs(await world.token({ header: password('ann', 'x'), rst: RENEWABLE })));
  assert.match(token, /<del:Delegate [^>]*><saml2:NameID[^>]*>ssoserverSign@VSPHERE\.LOCAL</);
  assert.equal(await world.logIn(token, solution), 'VSPHERE.LOCAL\\ann');
});

test('what is no message of WS-Trust is refused', async () => {
  const { simulator } = new SignOn();
  const send = async (text: string) => /w:(\w+)</.exec((await simulator.handleSso('/sts/STSService', text, {}, { ipAddress: '192.0.2.7', tls: true })).body)?.[1];
  assert.equal(await send('no XML'), 'BadRequest');
  assert.equal(await send('<a/>'), 'BadRequest');
  assert.equal(await send('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), 'BadRequest');
  assert.equal(await send(envelope('<a/>', password('ann', 'x'))), 'InvalidRequest');
});

test('tokens stay good in a fork, and another vCenter does not know them', async () => {
  const world = new SignOn(STRICT);
  const token = await world.token({ header: ADMIN });
  const claims = async (simulator: typeof world.simulator) => (await simulator.handleSoap(envelope('<LoginByToken xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this></LoginByToken>', token), {}, { ipAddress: '192.0.2.7', tls: true })).status;
  assert.equal(await claims(world.simulator.fork()), 200);
  const stranger = makeSigningPair(now());
  assert.equal(await claims(new SignOn({ ...STRICT, signing: () => stranger }).simulator), 500);
});

test('the REST side takes a token in a SIGN header, and the key of its holder by a signature', async () => {
  const world = new SignOn(STRICT);
  const mine = await makeSigningPair(now());
  const post = async (authorization: string, body = '') => {
    async function* bytes(): AsyncIterable<Uint8Array> {
      yield Buffer.from(body);
    }
    return (await world.simulator.handleRest({ method: 'POST', url: '/api/session', headers: { authorization, host: 'vc.example' }, body: bytes() }, { ipAddress: '192.0.2.7', tls: true })).status;
  };
  const packed = (token: string) => `SIGN token="${gzipSync(token).toString('base64')}"`;
  const bearer = await world.token({ header: ADMIN });
  assert.equal(await post(packed(bearer)), 201);
  assert.equal(await post(packed(bearer.replace('Administrator@', 'Somebody@'))), 401);
  assert.equal(await post('SIGN token="abc"'), 401);
  const held = await world.token({ header: ADMIN, signer: mine, rst: keyType('PublicKey') });
  assert.equal(await post(packed(held)), 401);
  const signature = createSign('sha256').update('1:2\nPOST\n/api/session\nvc.example\n80\n').update(createHash('sha256').update('{}').digest()).update('\n').sign(mine.key, 'base64');
  const signed = `${packed(held)}, signature_alg="RSA-SHA256", signature="${signature}", nonce="1:2"`;
  assert.equal(await post(signed, '{}'), 201);
  assert.equal(await post(signed, '{ }'), 401);
});

test('vslm takes a token as an argument and gives a session', async () => {
  const world = new SignOn(STRICT);
  const login = (token: string) => world.simulator.handleSoap(
    envelope(`<VslmLoginByToken xmlns="urn:vslm"><_this type="VslmSessionManager">VslmSessionManager</_this><delegatedTokenXml>${token.replace(/[<&]/g, (sign) => (sign === '<' ? '&lt;' : '&amp;'))}</delegatedTokenXml></VslmLoginByToken>`, ''), {}, { ipAddress: '192.0.2.7', tls: true });
  const reply = await login(await world.token({ header: ADMIN }));
  assert.match(reply.headers['Set-Cookie'] ?? reply.body, /^vmware_soap_session="[^"]+"/);
  assert.match((await login(`<a>${bare('x')}</a>`)).body, /InvalidLoginFault/);
  assert.equal(world.simulator.sim.sessions.list().length, 1);
});

test('a user that is removed can no longer use a token, and permissions bind who comes with one', async () => {
  const world = new SignOn(STRICT);
  const { store, sim } = world.simulator;
  store.transaction((tx) => addAccount(sim, tx, { name: 'ann', password: 'secret' }));
  const ann = await world.token({ header: password('ann', 'secret') });
  assert.equal(await world.logIn(ann), 'NoPermission');
  store.transaction((tx) => removeAccount(sim, tx, 'user:ann@vsphere.local'));
  assert.equal(await world.logIn(ann), 'InvalidLogin');
});
