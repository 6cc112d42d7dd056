// GuestAliasManager: which certificates and subjects stand for which user of a guest. They are kept; logging in with
// the SAML tokens that they are for is not simulated.
import { X509Certificate } from 'node:crypto';
import { fault, type GuestAliases, type GuestAuthSubject, type GuestMappedAliases } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { enter, uidOf, type Visitor } from './access.ts';
import { changeOs, osOf, type GuestAlias } from './state.ts';

type Given = { readonly vm: Parameters<typeof enter>[2]; readonly auth: Parameters<typeof enter>[3] };

/** Only the user himself and the administrator may look at or change a user's aliases. */
function insideFor(ctx: TransactionContext, { vm, auth }: Given, username: string): Visitor {
  const visitor = enter(ctx.sim, ctx.tx, vm, auth);
  if (username === '') throw fault('InvalidArgument', { invalidProperty: 'username' }, 'A specified parameter was not correct: username (it is empty)');
  if (visitor.uid !== 0 && visitor.uid !== uidOf(username, visitor.windows)) {
    throw fault('GuestPermissionDenied', {}, `Permission to perform this operation was denied by the guest operating system: the aliases of '${username}'.`);
  }
  return visitor;
}

/** The certificate in one spelling. Throws InvalidArgument for what is none. */
function certificate(base64: string): string {
  const der = base64.replace(/-----[A-Z ]+-----/g, '').replace(/\s+/g, '');
  try {
    return new X509Certificate(Buffer.from(der, 'base64')).raw.toString('base64');
  } catch {
    throw fault('InvalidArgument', { invalidProperty: 'base64Cert' }, 'A specified parameter was not correct: base64Cert (it is no X.509 certificate in base64)');
  }
}

const nameOf = (subject: GuestAuthSubject | undefined): string | undefined => (subject as { name?: string } | undefined)?.name;
const subjectOf = ({ subject }: GuestAlias): GuestAuthSubject =>
  (subject === undefined ? { _type: 'GuestAuthAnySubject' } : { _type: 'GuestAuthNamedSubject', name: subject }) as unknown as GuestAuthSubject;

const byCertificate = (aliases: readonly GuestAlias[]): Map<string, GuestAlias[]> => {
  const groups = new Map<string, GuestAlias[]>();
  for (const alias of aliases) groups.set(alias.base64Cert, [...(groups.get(alias.base64Cert) ?? []), alias]);
  return groups;
};

const aliasesOf = ({ tx, vm }: Visitor): readonly GuestAlias[] => osOf(tx, vm).aliases ?? [];

export const guestAliasManager = define('GuestAliasManager', {
  AddGuestAlias: (ctx, args) => {
    const visitor = insideFor(ctx, args, args.username);
    const base64Cert = certificate(args.base64Cert);
    const subject = nameOf(args.aliasInfo.subject);
    const others = aliasesOf(visitor).filter((alias) => !(alias.username === args.username && alias.base64Cert === base64Cert && alias.subject === subject));
    if (args.mapCert && others.some((alias) => alias.mapped && alias.base64Cert === base64Cert && alias.subject === subject && alias.username !== args.username)) {
      throw fault('GuestMultipleMappings', {}, 'The certificate and subject are mapped to another user of the guest already.');
    }
    const alias: GuestAlias = { username: args.username, base64Cert, ...(subject === undefined ? {} : { subject }), comment: args.aliasInfo.comment, mapped: args.mapCert };
    changeOs(visitor.tx, visitor.vm, { aliases: [...others, alias] });
  },
  RemoveGuestAlias: (ctx, args) => {
    const visitor = insideFor(ctx, args, args.username);
    const base64Cert = certificate(args.base64Cert);
    const subject = nameOf(args.subject);
    changeOs(visitor.tx, visitor.vm, { aliases: aliasesOf(visitor).filter((alias) => !(alias.username === args.username && alias.base64Cert === base64Cert && alias.subject === subject)) });
  },
  RemoveGuestAliasByCert: (ctx, args) => {
    const visitor = insideFor(ctx, args, args.username);
    const base64Cert = certificate(args.base64Cert);
    changeOs(visitor.tx, visitor.vm, { aliases: aliasesOf(visitor).filter((alias) => !(alias.username === args.username && alias.base64Cert === base64Cert)) });
  },
  ListGuestAliases: (ctx, args) => {
    const visitor = insideFor(ctx, args, args.username);
    const own = aliasesOf(visitor).filter(({ username }) => username === args.username);
    return [...byCertificate(own)].map(([base64Cert, aliases]) => ({
      _type: 'GuestAliases', base64Cert, aliases: aliases.map((alias) => ({ _type: 'GuestAuthAliasInfo', subject: subjectOf(alias), comment: alias.comment })),
    }) as unknown as GuestAliases);
  },
  ListGuestMappedAliases: (ctx, { vm, auth }) => {
    const visitor = enter(ctx.sim, ctx.tx, vm, auth);
    return [...byCertificate(aliasesOf(visitor).filter(({ mapped }) => mapped))].map(([base64Cert, aliases]) => ({
      _type: 'GuestMappedAliases', base64Cert, username: aliases[0]!.username, subjects: aliases.map(subjectOf),
    }) as unknown as GuestMappedAliases);
  },
});
