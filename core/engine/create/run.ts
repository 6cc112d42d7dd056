// What the steps of create share, and how a step does something that can be taken back.
import type { Connection, MethodArgs, MethodName, Session, TaskResult } from '../../client/index.ts';
import { cancelTask, faultOf, waitForTasks } from '../../client/index.ts';
import { isFault } from '../../vim25/fault.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import { plain } from '../../vim25/values.ts';
import type { Context } from '../context.ts';
import type { Inspected } from '../inspect.ts';
import type { Undo } from '../step.ts';
import type { ApplianceFacts, KeyPair } from './appliance-config.ts';
import type { NetworkFacts } from './facts.ts';
import type { CreatePlan } from './plan.ts';
import type { Ports } from './ports.ts';

/** Filled as the steps go. */
export interface CreateRun {
  readonly context: Context;
  readonly session: Session;
  readonly target: ApplianceFacts['target'];
  readonly plan: CreatePlan;
  readonly ports: Ports;
  readonly warnings: string[];
  readonly files: string[];
  server?: KeyPair;
  /** Certificate of the authority whose clients the appliance trusts. */
  authority?: string;
  extension?: KeyPair;
  pool?: ManagedObjectReference;
  bridge?: NetworkFacts;
  createdBridge?: boolean;
  vm?: ManagedObjectReference;
  uuid?: string;
  directory?: string;
  /** How to reach it, once it runs. */
  reached?: Inspected;
}

export type OnFailure = (undo: Undo) => void;

const UNDO_LIMIT_MS = 60_000;

/** The same session for taking things back: it works after the run's own time limit has passed, too. */
function takingBack(session: Session): Connection {
  const signal = AbortSignal.timeout(UNDO_LIMIT_MS);
  return {
    content: session.content, address: session.address, api: session.api, signal,
    call: (self, method, args, options) => session.call(self, method, args, { signal, ...options }),
    close: () => Promise.resolve(),
  };
}

/**
 * Does something that `undo` takes back when a later step fails. The undo is there before the act, because a lost reply may
 * hide that it was done; so it has to find out. A refusal of the server means that nothing was done.
 */
export async function undoable<R>(run: CreateRun, onFailure: OnFailure, act: () => Promise<R>, undo: (connection: Connection) => Promise<void>): Promise<R> {
  let refused = false;
  onFailure(async () => {
    if (!refused) await undo(takingBack(run.session));
  });
  try {
    return await act();
  } catch (error) {
    refused = isFault(error);
    throw error;
  }
}

/** The same for a task. When waiting for it fails, it is cancelled or has ended before `undo` looks. */
export async function undoableTask<M extends MethodName & `${string}_Task`>(
  run: CreateRun, onFailure: OnFailure, self: ManagedObjectReference, method: M, args: MethodArgs<M>, undo: (connection: Connection) => Promise<void>,
): Promise<TaskResult<M>> {
  const { session } = run;
  let ended = false;
  let started: ManagedObjectReference | undefined;
  const start = async (): Promise<ManagedObjectReference> => (started = (await session.call(self, method, args)) as ManagedObjectReference);
  const task = await undoable(run, onFailure, start, async (connection) => {
    if (started && !ended) {
      await cancelTask(connection, started);
      await waitForTasks(connection, [started]).catch(() => undefined);
    }
    await undo(connection);
  });
  const [info] = await waitForTasks(session, [task]);
  ended = true;
  if (info!.state === 'error') throw faultOf(info!.error);
  return plain(info!.result) as TaskResult<M>;
}

/** Runs what takes something back; that it is gone already, or never came to be, is fine. */
export async function unlessGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isFault(error, 'ManagedObjectNotFound') && !isFault(error, 'NotFound') && !isFault(error, 'FileNotFound')) throw error;
  }
}
