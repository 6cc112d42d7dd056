// Sets alarms off: looks at what a transaction changed and at the events it made, just before it is committed.
// States follow their entities when these move or go. Gives the events that alarms make themselves.
import { isSubtype, type AlarmInfo, type AlarmState, type Event, type ManagedEntityStatus, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { NewEvent } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { actionsOn, type Act } from './actions.ts';
import { answersTo, concerns, eventsOf, inputsOf, statusOf, subjectOf } from './expression.ts';
import { above, argumentsOf, declare, dropAlarmsOf, infoOf, isDisabled, isWithin, parentOf, replace, stateKey, triggered, writeState } from './states.ts';

type Ref = ManagedObjectReference;
type Status = ManagedEntityStatus;

interface Armed {
  readonly alarm: Ref;
  readonly info: AlarmInfo;
  readonly inputs: readonly string[];
  readonly waits: boolean;
}

const known = new WeakMap<AlarmInfo, Armed>();

function arm(alarm: Ref, info: AlarmInfo): Armed {
  let armed = known.get(info);
  if (!armed) known.set(info, (armed = { alarm, info, inputs: inputsOf(info.expression), waits: eventsOf(info.expression).length > 0 }));
  return armed;
}

/** Brings the alarms up to date with a transaction that made these events; `now` is its time. Gives the events that follow. */
export function reactToChanges(tx: Transaction, events: readonly Event[], now: Date, act: Act): NewEvent[] {
  const alarms = [...tx.all('Alarm')].map((alarm) => arm(alarm, infoOf(tx, alarm)));
  if (alarms.length === 0) return [];
  const made: NewEvent[] = [];
  const gone = new Set<string>();
  const byType = new Map<string, readonly Armed[]>();
  for (const id of [...tx.touched()]) {
    const type = tx.typeOf(id);
    let looking = byType.get(type);
    if (!looking) byType.set(type, (looking = alarms.filter(({ info, inputs }) => inputs.length > 0 && concerns(info.expression, type))));
    const [before, after] = [tx.before(id), tx.after(id)];
    if (before === after || !isSubtype(type, 'ManagedEntity')) continue;
    follow(tx, { type, value: id }, before, after);
    if (after === undefined) {
      gone.add(id);
      continue;
    }
    const ref = { type, value: id };
    if (before === undefined && alarms.some(({ info }) => info.entity.value === id)) declare(tx, ref, now);
    for (const armed of looking) {
      if (!tx.has(armed.alarm)) continue;
      if (!armed.info.enabled || (before !== undefined && !armed.inputs.some((input) => before[input] !== after[input]))) continue;
      if (isDisabled(tx, armed.alarm, ref) || !isWithin(tx, ref, armed.info.entity)) continue;
      enter(tx, armed, ref, statusOf(armed.info.expression, type, after), now, made, act);
    }
  }
  if (gone.size > 0) dropAlarmsOf(tx, gone);
  for (const event of events) for (const armed of alarms) if (armed.waits && armed.info.enabled && tx.has(armed.alarm)) hear(tx, armed, event, now, made, act);
  return made;
}

/** Looks at every entity below the alarm's own: for an alarm that is new, changed or switched on. */
export function evaluateAll(tx: Transaction, alarm: Ref, now: Date, act: Act): NewEvent[] {
  const armed = arm(alarm, infoOf(tx, alarm));
  const made: NewEvent[] = [];
  if (!armed.info.enabled || armed.inputs.length === 0) return made;
  const types = new Set(ENTITY_TYPES.filter((type) => concerns(armed.info.expression, type)));
  for (const type of types) for (const ref of [...tx.all(type)]) {
    if (isDisabled(tx, alarm, ref) || !isWithin(tx, ref, armed.info.entity)) continue;
    enter(tx, armed, ref, statusOf(armed.info.expression, type, tx.find(ref)!), now, made, act);
  }
  return made;
}

const ENTITY_TYPES = [
  'Folder', 'StoragePod', 'Datacenter', 'ComputeResource', 'ClusterComputeResource', 'HostSystem', 'ResourcePool', 'VirtualApp', 'VirtualMachine', 'Datastore',
  'Network', 'OpaqueNetwork', 'DistributedVirtualPortgroup', 'DistributedVirtualSwitch', 'VmwareDistributedVirtualSwitch',
] as const;

function hear(tx: Transaction, armed: Armed, event: Event, now: Date, made: NewEvent[], act: Act): void {
  for (const expression of eventsOf(armed.info.expression)) {
    if (!answersTo(expression, event)) continue;
    const ref = subjectOf(expression, event) ?? (expression.objectType === undefined ? armed.info.entity : undefined);
    if (ref === undefined || !tx.has(ref) || isDisabled(tx, armed.alarm, ref) || !isWithin(tx, ref, armed.info.entity)) continue;
    if (expression.status === undefined) made.push(...actionsOn(tx, armed.alarm, armed.info, ref, 'green', 'red', act));
    else enter(tx, armed, ref, expression.status, now, made, act, event.key);
  }
}

/** Takes an alarm to a status for an entity, when it is not there. */
function enter(tx: Transaction, { alarm, info }: Armed, entity: Ref, to: Status, now: Date, made: NewEvent[], act: Act, eventKey?: number): void {
  const key = stateKey(alarm, entity);
  const old = triggered(tx.find(entity)).find((state) => state.key === key);
  const from = old?.overallStatus ?? 'green';
  if ((to === 'gray' ? 'green' : to) === from) return;
  const state: AlarmState = {
    _type: 'AlarmState', key, entity, alarm, overallStatus: to, time: now, acknowledged: false, disabled: false, ...(eventKey === undefined ? {} : { eventKey }),
  };
  writeState(tx, state);
  made.push({ ...argumentsOf(tx, alarm, info, entity), _type: 'AlarmStatusChangedEvent', from, to });
  made.push(...actionsOn(tx, alarm, info, entity, from, to, act));
}

/** States go where their entity goes: out of what was above it, into what is above it now. */
function follow(tx: Transaction, ref: Ref, before: Props | undefined, after: Props | undefined): void {
  const from = parentOf(before);
  const states = triggered(before);
  if (states.length === 0 || (after !== undefined && from?.value === parentOf(after)?.value)) return;
  const gone = new Set(states.map(({ key }) => key));
  for (let at = from; at !== undefined; at = parentOf(tx.find(at) ?? tx.before(at.value))) if (tx.has(at)) replace(tx, at, gone, []);
  if (after === undefined) return;
  for (const at of above(tx, ref)) replace(tx, at, gone, triggered(after));
}
