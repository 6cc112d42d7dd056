// Logins: who is there, when they were last heard of, and the objects that belong to a session and vanish with it.
import { createHash, timingSafeEqual } from 'node:crypto';
import { fault, type Fault, type ManagedObjectReference, type TaskInfo } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Readable } from '../store/object.ts';
import { passwordDigest } from './principals.ts';

/** A property collector, filter or view: lives in one session, is read like any object. */
export interface SessionObject extends Readable {
  /** Called when the object or its session ends. */
  dispose?(): void;
}

/** What a user that permissions bind may do. */
export interface Rights {
  /** True when some permission lets the user see anything at all. */
  readonly any: boolean;
  /** True when the user holds the privilege on the object. */
  has(object: ManagedObjectReference, privilege: string): boolean;
  effectiveRoles(entity: ManagedObjectReference): readonly number[];
  privilegesOn(entity: ManagedObjectReference): readonly string[];
}

/** Who the accounts are and what they may do: rights.ts answers from the store. */
export interface Gate {
  rights(session: Session): Rights | undefined;
  of(userName: string): Rights | undefined;
  /** The account of that name, with the digest of its password if it has one; undefined when there is none. */
  passwordOf(userName: string): { readonly key: string; readonly digest: string | undefined; readonly disabled: boolean } | undefined;
}

export interface Session {
  /** UserSession.key; the cookie value. */
  readonly key: string;
  /** Changes when the session impersonates somebody. */
  userName: string;
  readonly loginTime: Date;
  lastActive: Date;
  locale: string;
  readonly ipAddress: string;
  readonly userAgent: string;
  calls: number;
  /** Calls that have not been answered yet: a session with one is not idle, however long the wait. */
  pending: number;
  /** False until Login: an anonymous session may only do what the schema allows to System.Anonymous. */
  readonly authenticated: boolean;
  /** What permissions allow, as they are now; undefined: everything. */
  readonly rights: Rights | undefined;
  /** Why its tasks are begun, when no client asks for them. */
  readonly reason?: TaskInfo['reason'] | undefined;
  readonly objects: Map<string, SessionObject>;
  /** Aborts when the session ends. */
  readonly ended: AbortController;
}

export interface Caller {
  readonly ipAddress: string;
  readonly userAgent: string;
}

export interface Credentials {
  /** Accepted pair; any non-empty pair is accepted when undefined (as vcsim without -username). */
  readonly userName: string | undefined;
  readonly password: string | undefined;
}

export interface SessionOptions {
  readonly credentials: Credentials;
  /** Idle time after which a session is over; vCenter's default is 30 minutes. */
  readonly idleMilliseconds: number;
  /** Makes the key of a new session: whoever can guess it is logged in, so it does not follow from the world's seed. */
  readonly newKey: () => string;
  /** Without one nobody is bound by permissions. */
  readonly gate?: Gate;
  /** The root folder, which a refused login names. */
  readonly root?: ManagedObjectReference;
}

export class Sessions {
  private readonly clock: Clock;
  private readonly options: SessionOptions;
  private readonly byKey = new Map<string, Session>();
  /** Shared by all sessions of nobody: they are not kept, so they never end. */
  private readonly unending = new AbortController();
  private readonly listeners = new Set<(session: Session, what: 'login' | 'logout') => void>();
  private readonly refusals = new Set<(userName: string, caller: Caller) => void>();

  constructor(clock: Clock, options: SessionOptions) {
    this.clock = clock;
    this.options = options;
  }

  /** The live session of a cookie value, with its idle time started anew; undefined when unknown or expired. */
  find(key: string | undefined): Session | undefined {
    const session = key === undefined ? undefined : this.byKey.get(key);
    if (!session) return undefined;
    if (this.isOver(session)) {
      this.end(session);
      return undefined;
    }
    session.lastActive = this.clock.now();
    session.calls += 1;
    return session;
  }

  /** Sessions that have not ended, oldest first; one that is idle too long stays until it is looked for. */
  open(): readonly Session[] {
    return [...this.byKey.values()];
  }

  /** Live sessions, oldest first. */
  list(): readonly Session[] {
    for (const session of this.byKey.values()) {
      if (this.isOver(session)) this.end(session);
    }
    return [...this.byKey.values()];
  }

  /** A session of nobody, for calls without a login; it is not kept. */
  anonymous(caller: Caller): Session {
    return this.make('', '', caller, this.unending);
  }

  /** A session in which the server itself does something for a user, with no more than that user may do; it is not kept. */
  actingFor(userName: string, reason: TaskInfo['reason']): Session {
    return Object.assign(this.make('acting', userName, { ipAddress: '', userAgent: '' }, this.unending), { reason });
  }

  /** True when any name may log in: the world has no accepted pair. */
  get isOpen(): boolean {
    return this.options.credentials.userName === undefined;
  }

  /** The user name of the accepted pair. */
  get worldUser(): string | undefined {
    return this.options.credentials.userName;
  }

  /** Who may do what; undefined when nobody is bound. */
  get gate(): Gate | undefined {
    return this.options.gate;
  }

  /** Opens a session. Throws InvalidLogin when the pair is not an accepted one, NoPermission for a user without any permission. */
  login(userName: string, password: string, caller: Caller, locale = 'en'): Session {
    this.check(userName, password, caller);
    return this.enter(userName, caller, locale);
  }

  /** Throws InvalidLogin, and tells who listens, when the pair is not an accepted one. */
  check(userName: string, password: string, caller: Caller): void {
    if (userName !== '' && password !== '' && this.accepts(userName, password)) return;
    for (const listener of this.refusals) listener(userName, caller);
    throw fault('InvalidLogin', {}, 'Cannot complete login due to an incorrect user name or password.');
  }

  /** The world's own pair, or an account with its own password. A known account is not let in with another password. */
  private accepts(userName: string, password: string): boolean {
    const { credentials, gate } = this.options;
    const account = gate?.passwordOf(userName);
    if (account?.disabled) return false;
    if (account?.digest !== undefined && same(account.digest, passwordDigest(account.key, password))) return true;
    const isWorlds =
      (credentials.userName === undefined || same(credentials.userName, userName)) &&
      (credentials.password === undefined || same(credentials.password, password));
    return isWorlds && (account?.digest === undefined || credentials.userName !== undefined);
  }

  /** Opens a session for a user who has proved to be that user. Throws NoPermission when it has no permission at all. */
  enter(userName: string, caller: Caller, locale = 'en'): Session {
    const session = this.make(this.options.newKey(), userName, caller, new AbortController());
    session.locale = locale;
    if (session.rights?.any === false) {
      throw this.powerless();
    }
    this.byKey.set(session.key, session);
    for (const listener of this.listeners) listener(session, 'login');
    return session;
  }

  /** True when somebody of that name could log in. */
  knows(userName: string): boolean {
    return this.isOpen || this.worldUser === userName || this.gate?.passwordOf(userName) !== undefined;
  }

  /** Lets the session go on as another user. Throws NoPermission when that user has no permission at all. */
  impersonate(session: Session, userName: string): void {
    if (this.gate?.of(userName)?.any === false) throw this.powerless();
    session.userName = userName;
  }

  private powerless(): Fault {
    return fault('NoPermission', { object: this.options.root, privilegeId: 'System.View' }, 'Permission to perform this operation was denied. You do not hold privilege System.View on any object.');
  }

  /** Counts a call as under way; the returned function ends it and starts the idle time anew. */
  begin(session: Session): () => void {
    session.pending += 1;
    return () => {
      session.pending -= 1;
      session.lastActive = this.clock.now();
    };
  }

  private isOver(session: Session): boolean {
    return session.pending === 0 && this.clock.now().getTime() - session.lastActive.getTime() > this.options.idleMilliseconds;
  }

  /** Ends a session: its collectors and views are gone and its waits are over. */
  end(session: Session): void {
    if (!this.byKey.delete(session.key)) return;
    session.ended.abort();
    for (const object of session.objects.values()) object.dispose?.();
    session.objects.clear();
    for (const listener of this.listeners) listener(session, 'logout');
  }

  /** Calls `listener` for every login that is refused for its name or password. */
  onRefusal(listener: (userName: string, caller: Caller) => void): void {
    this.refusals.add(listener);
  }

  onChange(listener: (session: Session, what: 'login' | 'logout') => void): void {
    this.listeners.add(listener);
  }

  private make(key: string, userName: string, caller: Caller, ended: AbortController): Session {
    const now = this.clock.now();
    const { gate } = this.options;
    return {
      key,
      userName,
      loginTime: now,
      lastActive: now,
      locale: 'en',
      ipAddress: caller.ipAddress,
      userAgent: caller.userAgent,
      calls: 1,
      pending: 0,
      authenticated: key !== '',
      get rights() {
        return gate?.rights(this);
      },
      objects: new Map(),
      ended,
    };
  }
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Comparison whose time does not tell how much of the secret was right. */
const same = (expected: string, given: string): boolean => timingSafeEqual(digest(expected), digest(given));

/** Looks an object up as this session sees it: its own collectors and views first, then the world. */
export function lookUp(
  session: Session,
  store: { find(id: string): Readable | undefined },
  ref: ManagedObjectReference,
): Readable | undefined {
  return session.objects.get(ref.value) ?? store.find(ref.value);
}
