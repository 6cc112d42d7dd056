// Starts *_Task methods, follows their progress, waits for their outcome, cancels them; one filter serves many tasks.
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import { Fault, fault } from '../vim25/fault.ts';
import type { LocalizedMethodFault, TaskInfo } from '../vim25/types.d.ts';
import { plain } from '../vim25/values.ts';
import type { Connection, MethodArgs, MethodName, TaskResult } from './connection.ts';
import type { WatchSettings } from './watch.ts';
import { watch } from './watch.ts';

export interface TaskSettings extends WatchSettings {
  /** Called with each state of a task that the server reports. */
  readonly onProgress?: (info: TaskInfo) => void;
}

/** The Fault that a task, or a missing property, carries. */
export const faultOf = (error: LocalizedMethodFault | undefined): Fault => {
  const detail = { ...error?.fault, _type: error?.fault._type ?? 'RuntimeFault' };
  return new Fault(detail, error?.localizedMessage ?? detail._type);
};

const isOver = (info: TaskInfo | undefined): boolean => info?.state === 'success' || info?.state === 'error';

/**
 * Yields the TaskInfo of every task each time the server reports a change of it, until all have ended. When
 * `settings.signal` fires, the tasks that have not ended are cancelled (CancelTask), and the signal's reason is thrown.
 */
export async function* followTasks(connection: Connection, tasks: readonly ManagedObjectReference[], settings: WatchSettings = {}): AsyncGenerator<TaskInfo, void, undefined> {
  for await (const [, info] of follow(connection, tasks, settings)) yield info;
}

async function* follow(connection: Connection, tasks: readonly ManagedObjectReference[], settings: WatchSettings): AsyncGenerator<readonly [ManagedObjectReference, TaskInfo], void, undefined> {
  const left = new Map(tasks.map((task) => [formatReference(task), task]));
  if (left.size === 0) return;
  try {
    for await (const batch of watch(connection, { type: 'Task', paths: ['info'] }, { refs: [...left.values()] }, settings)) {
      for (const { ref, kind, props } of batch) {
        const key = formatReference(ref);
        if (!left.has(key)) continue;
        if (kind === 'leave') throw fault('ManagedObjectNotFound', { obj: ref }, `The server has forgotten ${key} before it told how it ended.`);
        const info = props.info as TaskInfo;
        if (isOver(info)) left.delete(key);
        yield [ref, info];
      }
      if (left.size === 0) return;
    }
  } finally {
    if (settings.signal?.aborted) await Promise.all([...left.values()].map((task) => cancelTask(connection, task)));
  }
}

/** Asks the server to cancel a task; one that has ended or cannot be cancelled stays as it is. */
export async function cancelTask(connection: Connection, task: ManagedObjectReference): Promise<void> {
  await connection.call(task, 'CancelTask', {}, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
}

/** Waits until every task has ended; returns their final TaskInfo, in the order given, failed ones included. */
export async function waitForTasks(connection: Connection, tasks: readonly ManagedObjectReference[], settings: TaskSettings = {}): Promise<TaskInfo[]> {
  const ended = new Map<string, TaskInfo>();
  for await (const [task, info] of follow(connection, tasks, settings)) {
    settings.onProgress?.(info);
    if (isOver(info)) ended.set(formatReference(task), info);
  }
  return tasks.map((task) => ended.get(formatReference(task))!);
}

/** Starts a *_Task method, waits for it, and returns its result; throws the Fault that the call or the task ended with. */
export async function runTask<M extends MethodName & `${string}_Task`>(
  connection: Connection,
  self: ManagedObjectReference,
  method: M,
  args: MethodArgs<M>,
  settings: TaskSettings = {},
): Promise<TaskResult<M>> {
  const task = (await connection.call(self, method, args, settings.signal ? { signal: settings.signal } : {})) as ManagedObjectReference;
  const [info] = await waitForTasks(connection, [task], settings);
  if (info!.state === 'error') throw faultOf(info!.error);
  return plain(info!.result) as TaskResult<M>;
}

export interface Outcome {
  readonly self: ManagedObjectReference;
  /** undefined when it went well. */
  readonly error: Fault | undefined;
}

/** Starts the same kind of task on many objects, then waits for all at once; failures are returned, not thrown. */
export async function runTasks<M extends MethodName & `${string}_Task`>(
  connection: Connection,
  work: readonly { readonly self: ManagedObjectReference; readonly method: M; readonly args: MethodArgs<M> }[],
  settings: TaskSettings = {},
): Promise<Outcome[]> {
  const started = await Promise.all(
    work.map(async ({ self, method, args }) => {
      try {
        return { self, task: (await connection.call(self, method, args)) as ManagedObjectReference };
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        return { self, error };
      }
    }),
  );
  const running = started.flatMap((entry) => (entry.task ? [entry.task] : []));
  const infos = await waitForTasks(connection, running, settings);
  const byTask = new Map(running.map((task, i) => [task, infos[i]!]));
  return started.map(({ self, task, error }) => {
    const info = task && byTask.get(task);
    return { self, error: error ?? (info?.state === 'error' ? faultOf(info.error) : undefined) };
  });
}
