// SessionManager: logging in and out. Sessions themselves live in dispatch/sessions.ts; sessionList follows them.
import { fault, type ManagedObjectReference, type UserSession } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import type { Session, SessionObject } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';

export const sessionManager = define('SessionManager', {
  Login: {
    query({ sim, session }, { userName, password, locale }) {
      // vCenter refuses a second login on a session instead of replacing the first.
      if (session.authenticated) throw fault('InvalidLogin', {}, `Cannot complete login: this session is logged in as "${session.userName}" already. Log out first.`);
      const language = knownLocale(locale ?? 'en');
      const opened = sim.sessions.login(userName, password, session, language);
      overlay(sim, opened);
      return userSession(opened);
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
});

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
  const manager = sim.wellKnown['sessionManager']!;
  sim.sessions.onChange(() => writeSessionList(sim, manager));
}

/** Writes the list anew: after a restore, whose list is that of another time. */
export function writeSessionList(sim: Simulation, manager: ManagedObjectReference = sim.wellKnown['sessionManager']!): void {
  if (!sim.store.get(manager)) return;
  const sessionList = sim.sessions.open().map(userSession);
  sim.store.transaction((tx) => tx.set(manager, 'sessionList', sessionList));
}

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
