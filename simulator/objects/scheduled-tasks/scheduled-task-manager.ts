// ScheduledTaskManager and ScheduledTask (vim25): tasks that are run later or again and again. When is schedule.ts', how runs.ts'.
import { fault, isSubtype, type ManagedObjectReference, type ScheduledTaskInfo, type ScheduledTaskSpec } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { checkAction } from '../method-actions.ts';
import { begin, infoOf, plan, showAll } from './runs.ts';
import { checkScheduler } from './schedule.ts';

type Ref = ManagedObjectReference;

const LONGEST_NAME = 80;

/** Throws InvalidName, DuplicateName, InvalidArgument. */
function checkSpec(tx: Transaction, spec: ScheduledTaskSpec, object: Ref, self?: Ref): void {
  const { name } = spec;
  if (name.trim() === '' || name.length > LONGEST_NAME) throw fault('InvalidName', { name, entity: self }, `The name '${name}' is not valid: a scheduled task's has 1 to ${LONGEST_NAME} characters.`);
  const twin = [...tx.all('ScheduledTask')].find((other) => other.value !== self?.value && infoOf(tx, other).name === name);
  if (twin) throw fault('DuplicateName', { name, object: twin }, `The name '${name}' already exists.`);
  checkScheduler(spec.scheduler);
  checkAction(spec.action, object.type, 'spec.action');
}

const named = ({ name, description, enabled, scheduler, action, notification }: ScheduledTaskSpec) => ({ name, description, enabled, scheduler, action, notification });

function create({ sim, tx, self, session }: TransactionContext, object: Ref, spec: ScheduledTaskSpec): Ref {
  checkSpec(tx, spec, object);
  const number = ((tx.get(self.ref, '_last') as number | undefined) ?? 0) + 1;
  tx.set(self.ref, '_last', number);
  const ref: Ref = { type: 'ScheduledTask', value: `schedule-${number}` };
  const now = sim.clock.now();
  const info: ScheduledTaskInfo = {
    _type: 'ScheduledTaskInfo', ...named(spec), scheduledTask: ref, entity: isSubtype(object.type, 'ManagedEntity') ? object : sim.wellKnown['rootFolder']!, taskObject: object,
    lastModifiedTime: now, lastModifiedUser: session.userName, state: 'queued',
  };
  tx.create('ScheduledTask', ref.value, { info, value: [], availableField: [] });
  showAll(tx);
  plan(sim, tx, ref, now);
  return ref;
}

/** Throws InvalidState while a run is under way. */
function mustRest(tx: Transaction, ref: Ref, what: string): void {
  if (infoOf(tx, ref).state === 'running') throw fault('InvalidState', {}, `The scheduled task '${infoOf(tx, ref).name}' is running; it cannot be ${what} before that is over.`);
}

const find = ({ tx }: TransactionContext, field: 'entity' | 'taskObject', object: Ref | undefined): Ref[] =>
  [...tx.all('ScheduledTask')].filter((ref) => object === undefined || infoOf(tx, ref)[field].value === object.value);

export const scheduledTaskManager = define('ScheduledTaskManager', {
  CreateScheduledTask: (ctx, { entity, spec }) => create(ctx, entity, spec),
  CreateObjectScheduledTask: (ctx, { obj, spec }) => create(ctx, obj, spec),
  RetrieveEntityScheduledTask: (ctx, { entity }) => find(ctx, 'entity', entity),
  RetrieveObjectScheduledTask: (ctx, { obj }) => find(ctx, 'taskObject', obj),
});

export const scheduledTask = define('ScheduledTask', {
  RunScheduledTask({ sim, tx, self }) {
    mustRest(tx, self.ref, 'run again');
    begin(sim, tx, self.ref);
  },
  ReconfigureScheduledTask({ sim, tx, self, session }, { spec }) {
    mustRest(tx, self.ref, 'changed');
    const info = infoOf(tx, self.ref);
    checkSpec(tx, spec, info.taskObject, self.ref);
    const now = sim.clock.now();
    tx.set(self.ref, 'info', { ...info, ...named(spec), lastModifiedTime: now, lastModifiedUser: session.userName });
    plan(sim, tx, self.ref, now);
  },
  RemoveScheduledTask({ tx, self }) {
    mustRest(tx, self.ref, 'removed');
    tx.remove(self.ref);
    showAll(tx);
  },
});
