// AlarmManager and Alarm: alarms are made, changed, acknowledged, switched off and on, cleared and removed.
// What sets them off is in react.ts.
import { fault, isSubtype, type AlarmFilterSpec, type AlarmInfo, type AlarmSpec, type AlarmState, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { checkAction } from '../method-actions.ts';
import { actFor, triggeringOf } from './actions.ts';
import { checkExpression, concerns, eventsOf, leavesOf, typesOf } from './expression.ts';
import { evaluateAll } from './react.ts';
import { alarmsFor, argumentsOf, declare, infoOf, stateKey, stateOf, triggered, writeState } from './states.ts';

type Ref = ManagedObjectReference;

const MANAGER: Ref = { type: 'AlarmManager', value: 'AlarmManager' };

/** Throws InvalidName, DuplicateName, InvalidArgument, of the expression and of actions that cannot be taken. */
function checkSpec(tx: Transaction, spec: AlarmSpec, self?: Ref): void {
  if (spec.name.trim() === '' || spec.name.length > 80) throw fault('InvalidName', { name: spec.name, entity: self }, `The name '${spec.name}' is not valid: an alarm's has 1 to 80 characters.`);
  const twin = [...tx.all('Alarm')].find((alarm) => alarm.value !== self?.value && infoOf(tx, alarm).name === spec.name);
  if (twin) throw fault('DuplicateName', { name: spec.name, object: twin }, `The name '${spec.name}' already exists.`);
  checkExpression(spec.expression);
  for (const { action } of spec.action ? triggeringOf(spec.action) : []) {
    // What it is called on is what sets the alarm off, so every kind of entity that can must have the method.
    for (const type of new Set(typesOf(spec.expression))) checkAction(action, type, 'spec.action.action');
  }
}

/** Adds an alarm, with no look at the entities yet. */
export function addAlarm(tx: Transaction, entity: Ref, spec: AlarmSpec, by: { readonly user: string; readonly time: Date; readonly event: number }): Ref {
  const number = ((tx.get(MANAGER, '_last') as number | undefined) ?? 0) + 1;
  tx.set(MANAGER, '_last', number);
  const alarm: Ref = { type: 'Alarm', value: `alarm-${number}` };
  const info: AlarmInfo = { ...spec, _type: 'AlarmInfo', key: alarm.value, alarm, entity, lastModifiedTime: by.time, lastModifiedUser: by.user, creationEventId: by.event };
  return tx.create('Alarm', alarm.value, { info, value: [], availableField: [] });
}

const say = ({ sim, tx }: TransactionContext, events: ReturnType<typeof evaluateAll>): void => {
  for (const event of events) sim.events.post(tx, event);
};

/** Takes every state of an alarm away, wherever it is shown. */
function silence(tx: Transaction, alarm: Ref, test: (state: AlarmState) => boolean = () => true): AlarmState[] {
  const root = infoOf(tx, alarm).entity;
  const states = triggered(tx.find(root)).filter((state) => state.alarm.value === alarm.value && test(state));
  for (const state of states) writeState(tx, { ...state, overallStatus: 'green' });
  return states;
}

const exists = (tx: Transaction, ref: Ref): void => {
  if (!tx.has(ref)) throw fault('ManagedObjectNotFound', { obj: ref }, `The object '${ref.type}:${ref.value}' has already been deleted or has not been completely created`);
};

/** Throws InvalidArgument when the alarm is not one for that entity. */
function mustBeFor(tx: Transaction, alarm: Ref, entity: Ref): void {
  exists(tx, alarm);
  if (alarmsFor(tx, entity).some(({ value }) => value === alarm.value)) return;
  throw fault('InvalidArgument', { invalidProperty: 'entity' }, `A specified parameter was not correct: entity. The alarm '${infoOf(tx, alarm).name}' is not for ${entity.type} ${entity.value}.`);
}

/** What the tables say of alarms that are kept, and not yet all that they are. */
const NOT_YET = 'metric expressions never go off, and actions are not repeated';

export const alarmManager = define('AlarmManager', {
  CreateAlarm(ctx, { entity, spec }) {
    const { sim, tx, session } = ctx;
    checkSpec(tx, spec);
    const now = sim.clock.now();
    const event = sim.events.reserveKey(tx);
    const alarm = addAlarm(tx, entity, spec, { user: session.userName, time: now, event });
    const { source: _source, ...common } = argumentsOf(tx, alarm, infoOf(tx, alarm), entity);
    sim.events.post(tx, { ...common, _type: 'AlarmCreatedEvent', key: event });
    declare(tx, entity, now);
    say(ctx, evaluateAll(tx, alarm, now, actFor(() => sim)));
    return alarm;
  },
  GetAlarm({ tx }, { entity }) {
    return [...tx.all('Alarm')].filter((alarm) => entity === undefined || infoOf(tx, alarm).entity.value === entity.value);
  },
  GetAlarmState: ({ sim, tx }, { entity }) => alarmsFor(tx, entity).map((alarm) => stateOf(tx, alarm, entity, sim.clock.now())),
  AreAlarmActionsEnabled: ({ tx }, { entity }) => tx.get(entity, 'alarmActionsEnabled') !== false,
  EnableAlarmActions({ tx }, { entity, enabled }) {
    tx.set(entity, 'alarmActionsEnabled', enabled);
  },
  AcknowledgeAlarm({ sim, tx, session }, { alarm, entity }) {
    exists(tx, alarm);
    const state = triggered(tx.find(entity)).find(({ key }) => key === stateKey(alarm, entity));
    if (state === undefined) throw fault('InvalidArgument', { invalidProperty: 'entity' }, `A specified parameter was not correct: entity. ${entity.value} has not set off the alarm '${infoOf(tx, alarm).name}'.`);
    if (state.acknowledged === true) return;
    writeState(tx, { ...state, acknowledged: true, acknowledgedByUser: session.userName, acknowledgedTime: sim.clock.now() });
    sim.events.post(tx, { ...argumentsOf(tx, alarm, infoOf(tx, alarm), entity), _type: 'AlarmAcknowledgedEvent' });
  },
  DisableAlarm({ sim, tx }, { alarm, entity }) {
    mustBeFor(tx, alarm, entity);
    const list = (tx.get(alarm, '_disabledOn') ?? []) as readonly string[];
    if (list.includes(entity.value)) return;
    silence(tx, alarm, (state) => state.entity.value === entity.value);
    tx.set(alarm, '_disabledOn', [...list, entity.value]);
    if (infoOf(tx, alarm).entity.value === entity.value) declare(tx, entity, sim.clock.now());
  },
  EnableAlarm(ctx, { alarm, entity }) {
    const { sim, tx } = ctx;
    mustBeFor(tx, alarm, entity);
    tx.set(alarm, '_disabledOn', ((tx.get(alarm, '_disabledOn') ?? []) as readonly string[]).filter((id) => id !== entity.value));
    if (infoOf(tx, alarm).entity.value === entity.value) declare(tx, entity, sim.clock.now());
    say(ctx, evaluateAll(tx, alarm, sim.clock.now(), actFor(() => sim)));
  },
  ClearTriggeredAlarms({ sim, tx }, { filter }) {
    for (const alarm of [...tx.all('Alarm')]) {
      const info = infoOf(tx, alarm);
      if (!isAsked(filter, info)) continue;
      const cleared = silence(tx, alarm, ({ overallStatus }) => (filter.status ?? []).length === 0 || filter.status!.includes(overallStatus));
      for (const { entity, overallStatus } of cleared) {
        sim.events.post(tx, { ...argumentsOf(tx, alarm, info, entity), _type: 'AlarmClearedEvent', from: overallStatus });
      }
    }
  },
}, { partly: { CreateAlarm: NOT_YET } });

/** AlarmFilterSpec speaks of kinds of entities and of triggers; what it leaves out is any. */
function isAsked({ typeEntity, typeTrigger }: AlarmFilterSpec, { expression }: AlarmInfo): boolean {
  const type = typeEntity === 'entityTypeHost' ? 'HostSystem' : typeEntity === 'entityTypeVm' ? 'VirtualMachine' : undefined;
  if (type !== undefined && !typesOf(expression).some((known) => isSubtype(known, type)) && !concerns(expression, type)) return false;
  const isEvent = eventsOf(expression).length > 0;
  if (typeTrigger === 'triggerTypeEvent') return isEvent;
  return typeTrigger === 'triggerTypeMetric' ? !isEvent && leavesOf(expression).length > 0 : true;
}

export const alarm = define('Alarm', {
  RemoveAlarm({ sim, tx, self }) {
    const { entity } = infoOf(tx, self.ref);
    silence(tx, self.ref);
    tx.remove(self.ref);
    if (tx.has(entity)) declare(tx, entity, sim.clock.now());
  },
  ReconfigureAlarm(ctx, { spec }) {
    const { sim, tx, self, session } = ctx;
    checkSpec(tx, spec, self.ref);
    const { key, alarm: ref, entity, creationEventId } = infoOf(tx, self.ref);
    const now = sim.clock.now();
    silence(tx, self.ref);
    tx.set(self.ref, 'info', { ...spec, _type: 'AlarmInfo', key, alarm: ref, entity, creationEventId, lastModifiedTime: now, lastModifiedUser: session.userName });
    declare(tx, entity, now);
    say(ctx, evaluateAll(tx, self.ref, now, actFor(() => sim)));
  },
}, { partly: { ReconfigureAlarm: NOT_YET } });
