// Long work: makes the Task object, moves it queued → running → success or error, and keeps one queue per entity.
import { Fault, fault, type ManagedObjectReference, type TaskInfo } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Store } from '../store/store.ts';
import type { Cause, Transaction } from '../store/transaction.ts';

/** What a task is and does. */
export interface Job {
  /** Wire name: 'PowerOnVM_Task'. */
  readonly name: string;
  /** 'VirtualMachine.powerOn' */
  readonly descriptionId: string;
  readonly entity: ManagedObjectReference | undefined;
  readonly userName: string;
  /** Why it is begun; because that user wants it, unless given. */
  readonly reason?: TaskInfo['reason'] | undefined;
  readonly args?: Readonly<Record<string, unknown>>;
  /** Type name for an anyType result; the value is encoded by its own type when absent. */
  run(tx: Transaction): unknown;
  /** What the task waits for before it does its work; while it waits it is running, and others go past it. */
  readonly wait?: Wait;
  /** What the caller is to blame for among the errors that are not faults; the error itself otherwise. */
  explain?(error: unknown): unknown;
}

/** Looked at after every commit, until it is so or the time has passed. */
export interface Wait {
  ready(): boolean;
  /** How long; without end when 0 or less. */
  readonly milliseconds: number;
  /** The error of a task that has waited for too long. */
  expired(): unknown;
}

export interface TaskOptions {
  /** Simulated duration of a method in milliseconds, by wire name or its name without `_Task`. */
  latency(name: string): number;
  /** In how many steps the progress of such a task is told; none unless given. */
  steps?(name: string, latency: number): number;
  /** How many finished tasks stay readable. */
  readonly keep: number;
  /** 'task' on vCenter, 'haTask' on ESXi */
  readonly prefix: string;
  /** The TaskManager whose recentTask lists them. */
  readonly manager?: ManagedObjectReference;
  /** A new TaskInfo.eventChainId; the count of tasks when absent. */
  chain?(tx: Transaction): number;
}

/** vCenter's rule for recentTask: what is not finished, and of the last 200 finished those of the last ten minutes. */
const RECENT_MILLISECONDS = 10 * 60_000;
const RECENT_TASKS = 200;

function leaveRecent(tx: Transaction, ref: ManagedObjectReference): void {
  if (tx.has(ref)) tx.update(ref, { _manager: undefined, _entity: undefined });
}

export class Tasks {
  private readonly store: Store;
  private readonly clock: Clock;
  private readonly log: Log;
  private readonly options: TaskOptions;
  private readonly queues = new Map<string, (() => void)[]>();
  private readonly cancels = new Map<string, () => void>();
  /** Finished tasks that are still there, oldest first; undefined until somebody asks what the store has. */
  private finished: ManagedObjectReference[] | undefined;
  /** Those of them that still count as recent, with the time when they no longer do. */
  private recent: { readonly ref: ManagedObjectReference; readonly until: number }[] = [];
  private expiry: (() => void) | undefined;
  private chain = 0;
  private era = 0;

  constructor(store: Store, clock: Clock, log: Log, options: TaskOptions) {
    this.store = store;
    this.clock = clock;
    this.log = log;
    this.options = options;
  }

  /** How many are queued or running. */
  get active(): number {
    return this.cancels.size;
  }

  /** Forgets all work that is not done: it belongs to a world that is no longer there (restore). */
  abandon(): void {
    this.era += 1;
    this.cancels.clear();
    this.queues.clear();
    this.finished = undefined;
    this.recent = [];
    this.expiry?.();
    this.expiry = undefined;
  }

  /** Makes the Task in the caller's transaction; the work begins after its commit. */
  start(tx: Transaction, job: Job): ManagedObjectReference {
    const id = tx.nextId(this.options.prefix);
    const ref = { type: 'Task', value: id };
    const eventChainId = this.options.chain?.(tx) ?? (this.chain += 1);
    const info: TaskInfo = {
      _type: 'TaskInfo',
      key: id,
      task: ref,
      name: job.name,
      descriptionId: job.descriptionId,
      entity: job.entity,
      entityName: job.entity === undefined ? undefined : (tx.get(job.entity, 'name') as string | undefined),
      state: 'queued',
      cancelled: false,
      cancelable: true,
      reason: job.reason ?? ({ _type: 'TaskReasonUser', userName: job.userName } as TaskInfo['reason']),
      queueTime: this.clock.now(),
      eventChainId,
    };
    tx.create('Task', id, { info, _manager: this.options.manager, _entity: job.entity });
    tx.afterCommit(() => this.enqueue(ref, job));
    return ref;
  }

  /** Ends a task that has not done its work yet. Throws InvalidState otherwise. */
  cancel(tx: Transaction, ref: ManagedObjectReference): void {
    if (!this.cancels.has(ref.value)) throw fault('InvalidState', {}, `Task ${ref.value} is finished and cannot be cancelled.`);
    const info = tx.props<'Task'>(ref).info!;
    if (!info.cancelable) throw fault('NotSupported', {}, `Task ${ref.value} cannot be cancelled.`);
    tx.set(ref, 'info', { ...info, cancelled: true });
    tx.afterCommit(() => this.cancels.get(ref.value)?.());
  }

  private enqueue(ref: ManagedObjectReference, job: Job): void {
    const key = job.entity?.value ?? ref.value;
    const queue = this.queues.get(key);
    const { era } = this;
    const begin = () => {
      if (era === this.era) this.begin(ref, job, () => this.proceed(key));
    };
    this.cancels.set(ref.value, () => this.fail(ref, job, fault('RequestCanceled', {}, 'The task was canceled by a user.')));
    if (queue) {
      queue.push(begin);
      return;
    }
    this.queues.set(key, []);
    this.clock.after(0, begin);
  }

  private proceed(key: string): void {
    const next = this.queues.get(key)?.shift();
    if (next) this.clock.after(0, next);
    else this.queues.delete(key);
  }

  private begin(ref: ManagedObjectReference, job: Job, done: () => void): void {
    if (!this.cancels.has(ref.value)) {
      done();
      return;
    }
    const latency = this.options.latency(job.name);
    this.amend(ref, { state: 'running', startTime: this.clock.now(), cancelable: latency > 0 || job.wait !== undefined, progress: 0 });
    const { era } = this;
    const finish = () => {
      if (era !== this.era) return;
      if (job.wait?.ready() === false) this.await(ref, job, job.wait);
      else this.finish(ref, job);
      done();
    };
    if (latency <= 0) {
      finish();
      return;
    }
    const stop = this.advance(ref, latency, this.options.steps?.(job.name, latency) ?? 0, finish);
    this.cancels.set(ref.value, () => {
      stop();
      this.fail(ref, job, fault('RequestCanceled', {}, 'The task was canceled by a user.'));
      done();
    });
  }

  /** Tells the progress in even steps while the time of the work passes, then finishes. Returns its cancellation. */
  private advance(ref: ManagedObjectReference, latency: number, steps: number, finish: () => void): () => void {
    const { era } = this;
    if (steps < 2) return this.clock.after(latency, finish);
    let step = 0;
    let stop = (): void => undefined;
    const next = (): void => {
      stop = this.clock.after(latency / steps, () => {
        step += 1;
        if (step === steps || era !== this.era) return finish();
        this.amend(ref, { progress: Math.round((100 * step) / steps) });
        next();
      });
    };
    next();
    return () => stop();
  }

  /** Looks after each commit whether the time has come; its queue goes on meanwhile. */
  private await(ref: ManagedObjectReference, job: Job, wait: Wait): void {
    const { era, store } = this;
    const over = new AbortController();
    const end = (how: () => void) => {
      over.abort();
      stop?.();
      if (era === this.era) how();
    };
    const stop = wait.milliseconds > 0 ? this.clock.after(wait.milliseconds, () => end(() => this.fail(ref, job, wait.expired()))) : undefined;
    this.cancels.set(ref.value, () => end(() => this.fail(ref, job, fault('RequestCanceled', {}, 'The task was canceled by a user.'))));
    const look = (version: number): void => {
      void store.watch.after(version, over.signal).then((changed) => {
        if (!changed || over.signal.aborted) return;
        if (era !== this.era || wait.ready()) end(() => this.finish(ref, job));
        else look(store.version);
      });
    };
    look(store.version);
  }

  private finish(ref: ManagedObjectReference, job: Job): void {
    try {
      this.store.transaction((tx) => {
        const result = job.run(tx);
        this.close(tx, ref, { state: 'success', result, progress: undefined });
      }, this.causeOf(ref, job));
      this.cancels.delete(ref.value);
    } catch (error) {
      this.fail(ref, job, job.explain?.(error) ?? error);
    }
  }

  private causeOf(ref: ManagedObjectReference, job: Job): Cause {
    const info = this.store.get(ref)?.props['info'] as TaskInfo | undefined;
    return { userName: job.userName, method: job.name, args: job.args, chain: info?.eventChainId };
  }

  private fail(ref: ManagedObjectReference, job: Job, error: unknown): void {
    this.cancels.delete(ref.value);
    const cause = error instanceof Fault ? error : this.bug(ref, error);
    this.store.transaction((tx) => this.close(tx, ref, { state: 'error', error: cause.localized(), progress: undefined }), this.causeOf(ref, job));
  }

  private bug(ref: ManagedObjectReference, error: unknown): Fault {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.log.write('error', `bug in vicsim, task ${ref.value}: ${text}`);
    return fault('SystemError', { reason: text.split('\n')[0]! }, 'A general system error occurred in the simulator.');
  }

  private close(tx: Transaction, ref: ManagedObjectReference, change: Partial<TaskInfo>): void {
    const info = tx.find(ref)?.['info'] as TaskInfo | undefined;
    if (!info) return;
    tx.set(ref, 'info', { ...info, ...change, cancelable: false, completeTime: this.clock.now() });
    this.ended(tx, ref);
  }

  /** Notes that a task has ended: it stays recent for a while, and readable until there are too many. */
  ended(tx: Transaction, ref: ManagedObjectReference): void {
    const finished = (this.finished ??= this.found(ref));
    finished.push(ref);
    while (finished.length > this.options.keep) tx.remove(finished.shift()!);
    this.recent.push({ ref, until: this.clock.now().getTime() + RECENT_MILLISECONDS });
    while (this.recent.length > RECENT_TASKS) leaveRecent(tx, this.recent.shift()!.ref);
    tx.afterCommit(() => this.expire());
  }

  /** Finished tasks of a world that was not made here (restored, forked), other than `ref`; the recent ones will expire too. */
  private found(ref: ManagedObjectReference): ManagedObjectReference[] {
    const refs: ManagedObjectReference[] = [];
    for (const task of this.store.ofType('Task')) {
      const { state, completeTime } = task.props['info'] as TaskInfo;
      if (task.ref.value === ref.value || (state !== 'success' && state !== 'error')) continue;
      refs.push(task.ref);
      if (task.props['_manager'] !== undefined) this.recent.push({ ref: task.ref, until: (completeTime?.getTime() ?? 0) + RECENT_MILLISECONDS });
    }
    return refs;
  }

  /** Takes out of the lists of recent tasks what is too old for them, now and whenever the next one is. */
  private expire(): void {
    if (this.expiry || this.recent.length === 0) return;
    this.expiry = this.clock.after(Math.max(1, this.recent[0]!.until - this.clock.now().getTime()), () => {
      this.expiry = undefined;
      const now = this.clock.now().getTime();
      this.store.transaction((tx) => {
        while (this.recent.length > 0 && this.recent[0]!.until <= now) leaveRecent(tx, this.recent.shift()!.ref);
      });
      this.expire();
    });
  }

  private amend(ref: ManagedObjectReference, change: Partial<TaskInfo>): void {
    this.store.transaction((tx) => {
      const info = tx.find(ref)?.['info'] as TaskInfo | undefined;
      if (info) tx.set(ref, 'info', { ...info, ...change });
    });
  }
}
