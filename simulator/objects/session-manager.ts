// SessionManager: logging in and out. Sessions themselves live in dispatch/sessions.ts; sessionList follows them.
import { createHash } from 'node:crypto';
import { fault, type UserSession } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import type { Session, SessionObject } from '../dispatch/sessions.ts';
import type { NewEvent, Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';

export const sessionManager = define('SessionManager', {
  Login: {
    query({ sim, session }, { userName, password, locale }) {
      // vCenter refuses a second login on a session instead of replacing the first.
      if (session.authenticated) throw fault('InvalidLogin', {}, `Cannot complete login: this session is logged in as "${session.userName}" already. Log out first.`);
      const language = knownLocale(locale ?? 'en');
      return shown(sim, sim.sessions.login(userName, password, session, language));
    },
  },
  LoginByToken: {
    async query({ sim, session, message }, { locale }) {
      if (session.authenticated) throw fault('InvalidLogin', {}, `Cannot complete login: this session is logged in as "${session.userName}" already. Log out first.`);
      if (sim.product === 'esxi') throw fault('InvalidLogin', {}, 'Cannot complete login: a host has no token service; log in with a user name and password.');
      const language = knownLocale(locale ?? 'en');
      const { userOfMessage } = await import('../sso/login.ts');
      return shown(sim, sim.sessions.enter(await userOfMessage(sim, message, session), session, language));
    },
  },
  // What proves a user by Windows or a client certificate is not there to be checked. The answer is that of a server which
  // got no valid proof.
  LoginBySSPI: {
    query() {
      throw fault('InvalidLogin', {}, 'Cannot complete login: this server is in no Windows domain; log in with a user name and password.');
    },
  },
  LoginExtensionByCertificate: { query: ({ sim }, { extensionKey }) => refuseExtension(sim, extensionKey) },
  LoginExtensionBySubjectName: { query: ({ sim }, { extensionKey }) => refuseExtension(sim, extensionKey) },
  AcquireLocalTicket: {
    query(_ctx, { userName }) {
      throw fault('InvalidLogin', {}, `Cannot complete login as "${userName}": a local ticket is a file on the machine of the server, and you are not on it.`);
    },
  },
  AcquireCloneTicket: { query: ({ sim, session }) => sim.tickets.issueClone(session) },
  CloneSession: {
    query({ sim, session }, { cloneTicket }) {
      if (session.authenticated) throw fault('InvalidLogin', {}, `Cannot complete login: this session is logged in as "${session.userName}" already. Log out first.`);
      const source = sim.tickets.redeemClone(cloneTicket);
      if (!source) throw fault('InvalidLogin', {}, 'Cannot complete login: the clone ticket is unknown, was used or is too old.');
      return shown(sim, sim.sessions.enter(source.userName, session, source.locale));
    },
  },
  ImpersonateUser: {
    query({ sim, session }, { userName, locale }) {
      const language = knownLocale(locale ?? session.locale);
      if (userName === '' || !sim.sessions.knows(userName)) throw fault('InvalidLogin', {}, `Cannot complete login: there is no user "${userName}".`);
      sim.sessions.impersonate(session, userName);
      session.locale = language;
      return userSession(session);
    },
  },
  AcquireGenericServiceTicket: {
    query({ sim, session }, { spec }) {
      if (!session.authenticated) throw fault('NotAuthenticated', { object: sim.wellKnown['sessionManager'], privilegeId: 'System.View' }, 'The session is not authenticated.');
      const { url, method } = spec as { url?: string; method?: string };
      if (url === undefined) throw fault('InvalidArgument', { invalidProperty: 'spec' }, 'A specified parameter was not correct: spec. Tickets are for HTTP requests: give a SessionManagerHttpServiceRequestSpec.');
      return { _type: 'SessionManagerGenericServiceTicket', id: sim.tickets.issue({ method, url }, session), ticketType: 'HttpServiceTicket' };
    },
  },
  Logout: { query: ({ sim, session }) => sim.sessions.end(session) },
  SessionIsActive: {
    query: ({ sim }, { sessionID, userName }) => sim.sessions.list().some((s) => s.key === sessionID && s.userName === userName),
  },
  TerminateSession: {
    query({ sim, session }, { sessionId }) {
      for (const key of sessionId) {
        if (key === session.key) throw fault('InvalidArgument', { invalidProperty: 'sessionId' }, 'A session cannot terminate itself: use Logout.');
        const other = sim.sessions.list().find((candidate) => candidate.key === key);
        if (!other) throw fault('NotFound', {}, `There is no session "${key}".`);
        sim.sessions.end(other);
      }
    },
  },
  SetLocale: {
    query({ session }, { locale }) {
      session.locale = knownLocale(locale);
    },
  },
  UpdateServiceMessage: ({ tx, self }, { message }) => tx.set(self.ref, 'message', message),
}, {
  partly: {
    LoginBySSPI: 'refused: the server is in no Windows domain',
    LoginExtensionByCertificate: 'refused: client certificates are not asked for',
    LoginExtensionBySubjectName: 'refused: client certificates are not asked for',
  },
});

/** Extensions log in with the certificate of their connection, which this server does not ask for. */
function refuseExtension(sim: Simulation, extensionKey: string): never {
  const manager = sim.wellKnown['extensionManager'];
  const known = ((manager && sim.store.get(manager)?.props['extensionList']) ?? []) as readonly { key: string }[];
  if (!known.some(({ key }) => key === extensionKey)) throw fault('InvalidLogin', {}, `Cannot complete login: no extension "${extensionKey}" is registered.`);
  throw fault('NoClientCertificate', {}, 'The connection has no client certificate: this server does not ask for one.');
}

/** Gives a new session its own view of the SessionManager. */
function shown(sim: Simulation, session: Session): UserSession {
  overlay(sim, session);
  return userSession(session);
}

/** A session as the API shows it. */
export const userSession = (session: Session): UserSession => ({
  _type: 'UserSession',
  key: session.key,
  userName: session.userName,
  fullName: session.userName,
  loginTime: session.loginTime,
  lastActiveTime: session.lastActive,
  locale: session.locale,
  messageLocale: 'en',
  extensionSession: false,
  ipAddress: session.ipAddress,
  userAgent: session.userAgent,
  callCount: session.calls,
});

/** Keeps SessionManager.sessionList of the store equal to the live sessions. Call once per simulation. */
export function followSessions(sim: Simulation): void {
  sim.sessions.onChange((session, what) => writeSessionList(sim, (tx) => sim.events.post(tx, what === 'login' ? loggedIn(session) : loggedOut(session))));
  sim.sessions.onRefusal((userName, { ipAddress }) => sim.store.transaction((tx) => sim.events.post(tx, { _type: 'BadUsernameSessionEvent', userName, ipAddress })));
}

/** Writes the list anew: after a restore, whose list is that of another time. `also` happens in the same commit. */
export function writeSessionList(sim: Simulation, also: (tx: Transaction) => void = () => undefined): void {
  const manager = sim.wellKnown['sessionManager']!;
  if (!sim.store.get(manager)) return;
  const sessionList = sim.sessions.open().map(userSession);
  sim.store.transaction((tx) => {
    tx.set(manager, 'sessionList', sessionList);
    also(tx);
  });
}

/** What names a session in events: whoever may read them must not be able to go on with it. */
const shownKey = (key: string): string => createHash('sha256').update(key).digest('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');

const loggedIn = ({ key, userName, ipAddress, userAgent, locale }: Session): NewEvent => ({ _type: 'UserLoginSessionEvent', userName, ipAddress, userAgent, locale, sessionId: shownKey(key) });

const loggedOut = ({ key, userName, ipAddress, userAgent, calls, loginTime }: Session): NewEvent => ({
  _type: 'UserLogoutSessionEvent', userName, ipAddress, userAgent, callCount: calls, sessionId: shownKey(key), loginTime,
});

/** The SessionManager as this session sees it: with its own session, whose counters move with every call. */
function overlay(sim: Simulation, session: Session): void {
  const ref = sim.wellKnown['sessionManager']!;
  const view: SessionObject = {
    ref,
    get props() {
      return { ...sim.store.get(ref)?.props, currentSession: userSession(session) };
    },
  };
  session.objects.set(ref.value, view);
}

/** Any well-formed locale is taken, as vCenter does: messages are English whatever it is. */
function knownLocale(locale: string): string {
  if (/^[a-z]{2,3}([-_.@][\w.@-]*)?$/i.test(locale) || locale === '' || locale === 'C') return locale === '' ? 'en' : locale;
  throw fault('InvalidLocale', {}, `"${locale}" is not a locale. A locale looks like en, de or zh_CN.`);
}
