// What the port layer does in vSphere it does as any client: calls that are dispatched like those from outside, with a
// session of its own, so that tasks, events, faults and delays are those of the API.
import { Fault, fault, isFault, type LocalizedMethodFault, type ManagedObjectReference, type TaskInfo } from '../../../core/vim25/index.ts';
import { dispatch } from '../../dispatch/pipeline.ts';
import type { Session } from '../../dispatch/sessions.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';

/** Who the port layer of a VCH is for vSphere. */
export interface Identity {
  readonly userName: string;
  readonly ipAddress: string;
}

export class VSphere {
  readonly sim: Simulation;
  private readonly identity: Identity;
  private key: string | undefined;

  constructor(sim: Simulation, identity: Identity) {
    this.sim = sim;
    this.identity = identity;
  }

  /** Looks at the world without changing it. */
  read<T>(look: (tx: Transaction) => T): T {
    return this.sim.store.transaction(look);
  }

  /** Writes what a guest writes by itself: the contents of disks and files. */
  write<T>(work: (tx: Transaction) => T): T {
    return this.sim.store.transaction(work, { userName: this.identity.userName });
  }

  /** Calls a method. Throws the fault of the API. */
  async call(self: ManagedObjectReference, method: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const session = this.session();
    const done = this.sim.sessions.begin(session);
    try {
      const { result } = await dispatch(this.sim, { method, self, args, session, signal: session.ended.signal }, () => undefined);
      return result;
    } finally {
      done();
    }
  }

  /** Calls a method that makes a task, and waits for its end. Throws the task's fault. */
  async task(self: ManagedObjectReference, method: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const task = (await this.call(self, method, args)) as ManagedObjectReference;
    const ended = await this.until(() => {
      const info = this.sim.store.get(task)?.props['info'] as TaskInfo | undefined;
      return info === undefined || info.state === 'success' || info.state === 'error' ? { info } : undefined;
    });
    if (ended?.info?.state === 'success') return ended.info.result;
    throw asFault(ended?.info?.error);
  }

  /** Resolves with what `look` finds, looking again after each commit; undefined when the time is over first. */
  async until<T>(look: () => T | undefined, milliseconds = 0): Promise<T | undefined> {
    const { store, clock } = this.sim;
    const over = new AbortController();
    const cancel = milliseconds > 0 ? clock.after(milliseconds, () => over.abort()) : undefined;
    try {
      for (;;) {
        const { version } = store;
        const found = look();
        if (found !== undefined) return found;
        if (!(await store.watch.after(version, over.signal))) return undefined;
      }
    } finally {
      cancel?.();
    }
  }

  private session(): Session {
    const { sessions } = this.sim;
    const open = sessions.find(this.key);
    if (open) return open;
    const { userName, ipAddress } = this.identity;
    const session = sessions.enter(userName, { ipAddress, userAgent: 'VIC port layer' });
    this.key = session.key;
    return session;
  }
}

const asFault = (error: LocalizedMethodFault | undefined): Fault =>
  error ? new Fault(error.fault as Fault['detail'], error.localizedMessage ?? '') : fault('SystemError', { reason: 'the task is gone' }, 'The task is no longer there.');

/** What a failure of vSphere is called towards those who know no vSphere. */
export const reasonOf = (error: unknown): string => (isFault(error) ? `${error.type}: ${error.message}` : String(error));
