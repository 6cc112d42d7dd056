// GuestAuthManager: whether a user may come into a guest. Tickets of single sign-on are not simulated.
import { fault } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import { enter, requireGuest } from './access.ts';

export const guestAuthManager = define('GuestAuthManager', {
  ValidateCredentialsInGuest: (ctx, { vm, auth }) => {
    enter(ctx.sim, ctx.tx, vm, auth);
  },
  AcquireCredentialsInGuest: (ctx, { vm, requestedAuth }) => {
    requireGuest(ctx.tx, vm);
    throw fault('NotSupported', {}, `Credentials of type ${(requestedAuth as { _type?: string } | undefined)?._type ?? 'GuestAuthentication'} cannot be acquired: guests take user name and password only, tickets (SSPI, SAML) are not simulated.`);
  },
  // Nothing was acquired, so there is nothing to give back but a name and a password, which may be wrong.
  ReleaseCredentialsInGuest: (ctx, { vm, auth }) => {
    enter(ctx.sim, ctx.tx, vm, auth);
  },
});
