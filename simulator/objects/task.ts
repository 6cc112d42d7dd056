// Task: cancelling, and the progress reports of tasks that an extension runs itself (CreateTask).
import { fault, type ManagedMethods, type ManagedObjectReference, type TaskInfo } from '../../core/vim25/index.ts';
import { define, type Change } from '../dispatch/define.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Transaction } from '../store/transaction.ts';
import { vslmTaskInfo } from './vstorage/vslm-task.ts';

const cancel: Change<ManagedMethods['Task']['CancelTask']> = ({ sim, tx, self }) => {
  if (isOwnedByClient(self.props)) {
    const info = openTask(tx, self.ref, self.props);
    if (!info.cancelable) throw fault('NotSupported', {}, `Task ${self.ref.value} cannot be cancelled.`);
    tx.set(self.ref, 'info', { ...info, cancelled: true });
    return;
  }
  sim.tasks.cancel(tx, self.ref);
};

export const task = define('Task', {
  CancelTask: cancel,
  // The same task, asked for by the vslm service's methods.
  VslmCancelTask: cancel,
  VslmQueryInfo: { query: ({ self }) => vslmTaskInfo(self.props['info'] as TaskInfo) },
  VslmQueryTaskResult: { query: ({ self }) => (self.props['info'] as TaskInfo).result },
  UpdateProgress({ tx, self }, { percentDone }) {
    const info = openTask(tx, self.ref, self.props);
    if (info.state !== 'running') throw fault('InvalidState', {}, `Task ${self.ref.value} is ${info.state}; progress can be reported while it is running.`);
    if (percentDone < 0 || percentDone > 100) throw fault('OutOfBounds', { argumentName: 'percentDone' }, `percentDone is ${percentDone}; it goes from 0 to 100.`);
    tx.set(self.ref, 'info', { ...info, progress: percentDone });
  },
  SetTaskState({ sim, tx, self }, { state, result, fault: error }) {
    const info = openTask(tx, self.ref, self.props);
    if (state === 'queued' && info.state === 'running') throw fault('InvalidState', {}, `Task ${self.ref.value} is running and cannot be queued again.`);
    tx.set(self.ref, 'info', { ...info, ...stateChange(state, sim.clock), ...(state === 'success' ? { result } : {}), ...(state === 'error' ? { error } : {}) });
    if (state === 'success' || state === 'error') sim.tasks.ended(tx, self.ref);
  },
  SetTaskDescription({ tx, self }, { description }) {
    tx.set(self.ref, 'info', { ...(self.props['info'] as TaskInfo), description });
  },
}, { relations: [{ type: 'Task', path: '_entity', inverse: 'recentTask', targets: ['ManagedEntity'] }] });

function stateChange(state: TaskInfo['state'], clock: Clock): Partial<TaskInfo> {
  if (state === 'running') return { state, startTime: clock.now(), progress: 0 };
  if (state === 'queued') return { state };
  return { state, completeTime: clock.now(), cancelable: false, progress: undefined };
}

/** Marks a task whose work a client does: the framework's own tasks have no reports from outside. */
export const CLIENT_TASK = '_reportedByClient';

const isOwnedByClient = (props: Readonly<Record<string, unknown>>): boolean => props[CLIENT_TASK] === true;

/** TaskInfo of an unfinished task of a client. Throws InvalidState otherwise. */
function openTask(tx: Transaction, ref: ManagedObjectReference, props: Readonly<Record<string, unknown>>): TaskInfo {
  const info = tx.get(ref, 'info') as TaskInfo;
  if (!isOwnedByClient(props)) throw fault('InvalidState', {}, `Task ${ref.value} is run by the server; only tasks made by CreateTask take reports.`);
  if (info.state === 'success' || info.state === 'error') throw fault('InvalidState', {}, `Task ${ref.value} is finished (${info.state}).`);
  return info;
}
