// The Security Token Service: WS-Trust 1.3 with the bindings Issue, Renew and Validate (sections 4, 5 and 7), as vCenter
// serves it at /sts/STSService. Knows no HTTP.
import type { Caller } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { readToken, sameKey, writeToken, type Claims } from './assertion.ts';
import { groupNames, accountNamed, principalOf } from './principals.ts';
import { readMessage, type Message } from './proof.ts';
import { tokenSettings } from './settings.ts';
import { SAML, TrustFault, WST } from './trust-fault.ts';
import { at, child, escape, type Element } from './xml.ts';

/** Without a wish, as WS-Trust leaves to the issuer. */
const USUAL = 5 * 60_000;

interface Ask {
  readonly sim: Simulation;
  readonly message: Message;
  readonly rst: Element;
  readonly issuer: string;
}

/** Answers a RequestSecurityToken message; `origin` is where the client reached us. Throws a TrustFault. */
export async function answerTrust(sim: Simulation, text: string, caller: Caller, origin: string): Promise<string> {
  const message = await readMessage(sim, text, caller);
  const rst = message.content;
  if (!rst || rst.name !== 'RequestSecurityToken' || rst.space !== WST) throw new TrustFault('InvalidRequest', `A RequestSecurityToken of ${WST} is needed.`);
  const ask = { sim, message, rst, issuer: `${origin}/websso/SAML2/Metadata/vsphere.local` };
  const kind = child(rst, 'RequestType')?.text.trim() ?? '';
  switch (kind) {
    case `${WST}/Issue`:
      return `<wst:RequestSecurityTokenResponseCollection xmlns:wst="${WST}">${await issue(ask)}</wst:RequestSecurityTokenResponseCollection>`;
    case `${WST}/Renew`:
      return renew(ask);
    case `${WST}/Validate`:
      return validate(ask);
    default:
      throw new TrustFault('InvalidRequest', `The request type "${kind}" is not served: Issue, Renew and Validate are.`);
  }
}

async function issue({ sim, message, rst, issuer }: Ask): Promise<string> {
  checkType(rst);
  const { user } = message;
  if (user === undefined) throw new TrustFault('InvalidSecurity', 'Nobody asks: the Security header needs a user name and password, a signature with a certificate, or a token.');
  const now = sim.clock.now();
  const holder = holderOf(rst, message);
  const { longestBearer, longestHolder, renewals, delegations } = tokenSettings(sim);
  const onBehalf = child(rst, 'ActAs')?.children[0] ?? child(rst, 'OnBehalfOf')?.children[0];
  // What the asker has only as a token gives no more than that token.
  const source = onBehalf ? delegated(await readToken(message.text, onBehalf, now, await sim.signing()), sim, user) : message.token;
  const subject = source?.subject ?? user;
  stillThere(sim, subject);
  const longest = new Date(Math.min(now.getTime() + (holder === undefined ? longestBearer : longestHolder), holder === undefined || onBehalf ? (source?.notOnOrAfter.getTime() ?? Infinity) : Infinity));
  const renewing = child(rst, 'Renewing')?.attributes['Allow'];
  const delegatable = isTrue(child(rst, 'Delegatable')?.text);
  return response(await token({ sim, issuer }, {
    subject, holder, notBefore: now, notOnOrAfter: earlier(new Date(now.getTime() + wanted(rst)), longest),
    renewals: isTrue(renewing) && holder !== undefined ? renewals : 0,
    delegations: delegatable ? Math.min(delegations, source?.delegations ?? delegations) : 0,
    delegates: onBehalf ? [...source!.delegates, user] : (source?.delegates ?? []),
    groups: groupNames(sim, subject),
  }));
}

/** The token in whose name somebody acts, with one delegation used up. Throws when it or the asker may not. */
function delegated(claims: Claims, sim: Simulation, user: string): Claims {
  if (claims.delegations < 1) throw new TrustFault('InvalidRequest', 'The token to act with cannot be delegated: it was issued without Delegatable.');
  const isKnown = accountNamed(sim, user) !== undefined;
  const may = groupNames(sim, user).some((group) => /\\(ActAsUsers|Administrators)$/.test(group));
  if (isKnown && !may) throw new TrustFault('RequestFailed', `"${user}" may not act for others: it is not in the group ActAsUsers.`);
  return { ...claims, delegations: claims.delegations - 1 };
}

/** The certificate that the new token is bound to; undefined for one that whoever has it may use. */
function holderOf(rst: Element, { certificate }: Message): string | undefined {
  const keyType = child(rst, 'KeyType')?.text.trim() ?? `${WST}/Bearer`;
  if (keyType === `${WST}/Bearer`) return undefined;
  if (keyType !== `${WST}/PublicKey`) throw new TrustFault('InvalidRequest', `The key type "${keyType}" is not served: ${WST}/Bearer and ${WST}/PublicKey are.`);
  if (certificate === undefined) throw new TrustFault('InvalidSecurity', 'A token for the holder of a key needs a message that is signed with the key.');
  return certificate;
}

async function renew({ sim, message, rst, issuer }: Ask): Promise<string> {
  const now = sim.clock.now();
  const target = child(rst, 'RenewTarget')?.children[0];
  if (!target) throw new TrustFault('InvalidRequest', 'RenewTarget with the token to renew is missing.');
  const claims = readToken(message.text, target, now, await sim.signing());
  if (claims.holder === undefined || claims.renewals < 1) throw new TrustFault('UnableToRenew', 'The token cannot be renewed: it must be one for the holder of a key, issued with Renewing and not renewed too often.');
  if (!sameKey(claims.holder, message.certificate)) throw new TrustFault('UnableToRenew', 'Only the holder of the token\'s key may renew it: sign the message with that key.');
  const until = new Date(now.getTime() + Math.min(wanted(rst), tokenSettings(sim).longestHolder));
  stillThere(sim, claims.subject);
  return response(await token({ sim, issuer }, { ...claims, notBefore: now, notOnOrAfter: until, renewals: claims.renewals - 1, groups: groupNames(sim, claims.subject) }));
}

async function validate({ sim, message, rst }: Ask): Promise<string> {
  const target = child(rst, 'ValidateTarget')?.children[0];
  if (!target) throw new TrustFault('InvalidRequest', 'ValidateTarget with the token to look at is missing.');
  let reason: string | undefined;
  try {
    stillThere(sim, readToken(message.text, target, sim.clock.now(), await sim.signing()).subject);
  } catch (error) {
    if (!(error instanceof TrustFault)) throw error;
    reason = error.message;
  }
  const status = `<wst:Code>${WST}/status/${reason === undefined ? 'valid' : 'invalid'}</wst:Code>${reason === undefined ? '' : `<wst:Reason>${escape(reason)}</wst:Reason>`}`;
  return `<wst:RequestSecurityTokenResponse xmlns:wst="${WST}"><wst:TokenType>${WST}/RSTR/Status</wst:TokenType><wst:Status>${status}</wst:Status></wst:RequestSecurityTokenResponse>`;
}

/** Throws FailedAuthentication when the user of a token can no longer log in. */
export function stillThere(sim: Simulation, subject: string): void {
  const account = accountNamed(sim, subject);
  if (account?.disabled) throw new TrustFault('FailedAuthentication', `The user "${subject}" is disabled.`);
  if (subject === '' || !(sim.sessions.isOpen || account)) throw new TrustFault('FailedAuthentication', `There is no user "${subject}" any more.`);
}

function checkType(rst: Element): void {
  const type = child(rst, 'TokenType')?.text.trim() ?? SAML;
  if (type !== SAML) throw new TrustFault('InvalidRequest', `Tokens of the type "${type}" are not issued: ${SAML} are.`);
}

/** How long the client wants the token, by its own clock. */
function wanted(rst: Element): number {
  const from = at(rst, 'Lifetime', 'Created')?.text.trim();
  const to = at(rst, 'Lifetime', 'Expires')?.text.trim();
  if (from === undefined || to === undefined) return USUAL;
  const time = Date.parse(to) - Date.parse(from);
  if (!(time > 0)) throw new TrustFault('InvalidTimeRange', `The lifetime from ${from} to ${to} is none.`);
  return time;
}

interface Token {
  readonly text: string;
  readonly claims: Claims;
}

async function token({ sim, issuer }: { readonly sim: Simulation; readonly issuer: string }, claims: Claims): Promise<Token> {
  const subject = principalOf(sim, claims.subject);
  return { text: writeToken({ ...claims, subject }, issuer, sim.clock.now(), await sim.signing()), claims };
}

const response = ({ text, claims }: Token): string =>
  `<wst:RequestSecurityTokenResponse xmlns:wst="${WST}" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"><wst:TokenType>${SAML}</wst:TokenType>` +
  `<wst:RequestedSecurityToken>${text}</wst:RequestedSecurityToken><wst:Lifetime><wsu:Created>${claims.notBefore.toISOString()}</wsu:Created><wsu:Expires>${claims.notOnOrAfter.toISOString()}</wsu:Expires></wst:Lifetime>` +
  `<wst:Renewing Allow="${claims.renewals > 0}" OK="false"/><wst:Delegatable>${claims.delegations > 0}</wst:Delegatable><wst:KeyType>${WST}/${claims.holder === undefined ? 'Bearer' : 'PublicKey'}</wst:KeyType></wst:RequestSecurityTokenResponse>`;

const isTrue = (text: string | undefined): boolean => text !== undefined && /^(true|1)$/.test(text.trim());
const earlier = (one: Date, other: Date): Date => (one < other ? one : other);
