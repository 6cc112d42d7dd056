// The runs of scheduled tasks: begun by the simulator's clock or by hand, over when the task that does the work is.
// ScheduledTask.info is all the state there is, so a restored or restarted world goes on from it.
import { fault, isFault, type DataTypes, type Fault, type LocalizedMethodFault, type ManagedObjectReference, type ScheduledTaskInfo, type TaskInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { mailTrouble } from '../mail.ts';
import { takeAction, type Done } from '../method-actions.ts';
import { nextRun } from './schedule.ts';

type Ref = ManagedObjectReference;
const MANAGER: Ref = { type: 'ScheduledTaskManager', value: 'ScheduledTaskManager' };

type End = { readonly error: LocalizedMethodFault } | { readonly result: unknown };

export const infoOf = (tx: Pick<Transaction, 'get'>, ref: Ref): ScheduledTaskInfo => tx.get(ref, 'info') as ScheduledTaskInfo;

/** Shows in the manager which scheduled tasks there are. Not a relation: they also go when derived values are settled. */
export function showAll(tx: Transaction): void {
  tx.set(MANAGER, 'scheduledTask', [...tx.all('ScheduledTask')]);
}

/** Writes when the task runs next, at `from` or later, and waits for that. */
export function plan(sim: Simulation, tx: Transaction, ref: Ref, from: Date, startup?: Date): void {
  const info = infoOf(tx, ref);
  const nextRunTime = info.enabled ? nextRun(info.scheduler, { written: info.lastModifiedTime, startup }, from) : undefined;
  tx.set(ref, 'info', { ...info, nextRunTime });
  if (nextRunTime === undefined) return;
  tx.afterCommit(() => void sim.clock.after(Math.max(0, nextRunTime.getTime() - sim.clock.now().getTime()), () => fall(sim, ref, nextRunTime)));
}

/** A time has come; it means nothing when the task is planned otherwise by now. */
function fall(sim: Simulation, ref: Ref, time: Date): void {
  const userName = (sim.store.get(ref)?.props['info'] as ScheduledTaskInfo | undefined)?.lastModifiedUser ?? '';
  sim.store.transaction((tx) => {
    if (!tx.has(ref)) return;
    const { nextRunTime, state } = infoOf(tx, ref);
    if (nextRunTime?.getTime() !== time.getTime()) return;
    plan(sim, tx, ref, new Date(time.getTime() + 1));
    if (state !== 'running') begin(sim, tx, ref);
  }, { userName, method: '' });
}

/** Begins a run; its work is done after the commit. */
export function begin(sim: Simulation, tx: Transaction, ref: Ref): void {
  tx.set(ref, 'info', { ...infoOf(tx, ref), state: 'running', prevRunTime: sim.clock.now(), error: undefined, result: undefined, activeTask: undefined });
  tx.afterCommit(() => void sim.clock.after(0, () => void work(sim, ref)));
}

async function work(sim: Simulation, ref: Ref): Promise<void> {
  const info = sim.store.get(ref)?.props['info'] as ScheduledTaskInfo | undefined;
  if (info?.state !== 'running') return;
  const { action, taskObject, lastModifiedUser: userName, name } = info;
  let done: Done | undefined;
  let failure: Fault | undefined;
  try {
    done = await takeAction(sim, action, taskObject, userName, { _type: 'TaskReasonSchedule', name, scheduledTask: ref } as TaskInfo['reason']);
  } catch (error) {
    if (!isFault(error)) sim.log.write('error', `bug in vicsim, scheduled task ${ref.value}: ${String(error)}`);
    failure = isFault(error) ? error : fault('SystemError', { reason: String(error) }, 'A general system error occurred in the simulator.');
  }
  sim.store.transaction((tx) => {
    if (!tx.has(ref) || infoOf(tx, ref).state !== 'running') return;
    if (done?.task) {
      tx.set(ref, 'info', { ...infoOf(tx, ref), activeTask: done.task });
      // It may have ended already, or be gone.
      const task = tx.find(done.task)?.['info'] as TaskInfo | undefined;
      if (task === undefined || isOver(task)) end(sim, tx, ref, endOf(task));
    } else if (failure) end(sim, tx, ref, { error: failure.localized() });
    else if (action._type === 'SendEmailAction') end(sim, tx, ref, mail(sim, tx, ref, (action as DataTypes['SendEmailAction']).toList));
    else end(sim, tx, ref, { result: done?.result });
  }, { userName, method: '' });
}

const isOver = ({ state }: TaskInfo): boolean => state === 'success' || state === 'error';

const interrupted = (): LocalizedMethodFault =>
  fault('SystemError', { reason: 'The run was interrupted.' }, 'A general system error occurred: the run was interrupted before it was done.').localized();

const endOf = (task: TaskInfo | undefined): End => (task === undefined ? { error: interrupted() } : task.state === 'error' ? { error: task.error ?? interrupted() } : { result: task.result });

function end(sim: Simulation, tx: Transaction, ref: Ref, how: End): void {
  const info = infoOf(tx, ref);
  tx.set(ref, 'info', { ...info, activeTask: undefined, ...('error' in how ? { state: 'error', error: how.error } : { state: 'success', result: how.result }) });
  if (info.notification !== undefined && info.notification !== '') mail(sim, tx, ref, info.notification);
}

/** Sends mail as far as that goes, and says how it went. */
function mail(sim: Simulation, tx: Transaction, ref: Ref, to: string): End {
  const { name, entity } = infoOf(tx, ref);
  const about = {
    scheduledTask: { _type: 'ScheduledTaskEventArgument', name, scheduledTask: ref }, entity: { _type: 'ManagedEntityEventArgument', name: String(tx.get(entity, 'name') ?? ''), entity }, to,
  };
  const error = mailTrouble(tx);
  sim.events.post(tx, error ? { ...about, _type: 'ScheduledTaskEmailFailedEvent', reason: error } : { ...about, _type: 'ScheduledTaskEmailCompletedEvent' });
  return error ? { error } : { result: undefined };
}

/** Before a commit: a run is over when its task is; a scheduled task goes with its object. */
export function followScheduledTasks(sim: Pick<Simulation, 'events'>, tx: Transaction): void {
  const all = [...tx.all('ScheduledTask')];
  if (all.length === 0) return;
  const touched = new Set(tx.touched());
  for (const ref of all) {
    const { entity, taskObject, activeTask, state } = infoOf(tx, ref);
    if (!tx.has(entity) || !tx.has(taskObject)) {
      tx.remove(ref);
      showAll(tx);
    } else if (state === 'running' && activeTask && touched.has(activeTask.value)) {
      const task = tx.find(activeTask)?.['info'] as TaskInfo | undefined;
      if (task === undefined || isOver(task)) end(sim as Simulation, tx, ref, endOf(task));
    }
  }
}

/** Goes on with the scheduled tasks of a world that was restored, forked or started again. What fell due meanwhile is not made up for. */
export function resumeScheduledTasks(sim: Simulation, startup?: Date): void {
  if ([...sim.store.ofType('ScheduledTask')].length === 0) return;
  sim.store.transaction((tx) => {
    for (const ref of [...tx.all('ScheduledTask')]) {
      const { state, activeTask } = infoOf(tx, ref);
      if (state === 'running' && (activeTask === undefined || !tx.has(activeTask))) end(sim, tx, ref, { error: interrupted() });
      plan(sim, tx, ref, sim.clock.now(), startup);
    }
  });
}
