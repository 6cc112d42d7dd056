// Starts *_Task methods and waits for their outcome; one filter serves many tasks.
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import { Fault } from '../vim25/fault.ts';
import type { LocalizedMethodFault, TaskInfo } from '../vim25/types.d.ts';
import { plain } from '../vim25/values.ts';
import type { Connection, MethodArgs, MethodName, TaskResult } from './connection.ts';
import type { WaitSettings } from './wait.ts';
import { waitFor } from './wait.ts';

export interface TaskSettings extends WaitSettings {
  /** Called with each state of a task that the server reports. */
  readonly onProgress?: (info: TaskInfo) => void;
}

/** The Fault that a task, or a missing property, carries. */
export const faultOf = (error: LocalizedMethodFault | undefined): Fault => {
  const detail = { ...error?.fault, _type: error?.fault._type ?? 'RuntimeFault' };
  return new Fault(detail, error?.localizedMessage ?? detail._type);
};

/** Waits until every task has ended; returns their final TaskInfo, in the order given, failed ones included. */
export async function waitForTasks(connection: Connection, tasks: readonly ManagedObjectReference[], settings: TaskSettings = {}): Promise<TaskInfo[]> {
  if (tasks.length === 0) return [];
  return waitFor(
    connection,
    { refs: tasks, type: 'Task', paths: ['info'] },
    (seen) => {
      const infos = tasks.map((task) => seen.get(formatReference(task))?.['info'] as TaskInfo | undefined);
      for (const info of infos) if (info) settings.onProgress?.(info);
      return infos.every((info) => info?.state === 'success' || info?.state === 'error') ? (infos as TaskInfo[]) : undefined;
    },
    settings,
  );
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
