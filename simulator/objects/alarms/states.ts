// Where the states of alarms are kept: in `triggeredAlarmState` of the entity that set one off and of everything above
// it, which also decides the entity's `overallStatus`. Only alarms that are yellow or red are there.
import { isSubtype, type AlarmInfo, type AlarmState, type ManagedEntityStatus, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { NewEvent } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { concerns, eventsOf, statusOf, worse } from './expression.ts';

type Ref = ManagedObjectReference;
type States = readonly AlarmState[];

const NONE: States = Object.freeze([]);

export const triggered = (props: Props | undefined): States => (props?.['triggeredAlarmState'] as States | undefined) ?? NONE;
export const stateKey = (alarm: Ref, entity: Ref): string => `${alarm.value}.${entity.value}`;
export const infoOf = (tx: Transaction, alarm: Ref): AlarmInfo => tx.get(alarm, 'info') as AlarmInfo;

/** The entities above one, nearest first. A machine of a vApp that is in no folder lies in the vApp. */
export function above(tx: Transaction, ref: Ref): Ref[] {
  const found: Ref[] = [];
  for (let at = parentOf(tx.find(ref)); at !== undefined && tx.has(at); at = parentOf(tx.find(at))) found.push(at);
  return found;
}

export const parentOf = (props: Props | undefined): Ref | undefined => (props?.['parent'] ?? props?.['parentVApp']) as Ref | undefined;

/** Whether an entity is the other one, or below it. */
export const isWithin = (tx: Transaction, ref: Ref, root: Ref): boolean => ref.value === root.value || above(tx, ref).some(({ value }) => value === root.value);

/** Takes states out of one entity's list by key, and puts others in. */
export function replace(tx: Transaction, ref: Ref, gone: ReadonlySet<string>, fresh: States): void {
  const old = triggered(tx.find(ref));
  const kept = old.filter(({ key }) => !gone.has(key));
  if (kept.length === old.length && fresh.length === 0) return;
  const triggeredAlarmState = [...kept, ...fresh];
  tx.set(ref, 'triggeredAlarmState', triggeredAlarmState.length === 0 ? NONE : triggeredAlarmState);
  showStatus(tx, ref);
}

/** An entity is as well as the worst alarm that it set off itself. */
function showStatus(tx: Transaction, ref: Ref): void {
  const props = tx.find(ref)!;
  const own = triggered(props).filter(({ entity, disabled }) => entity.value === ref.value && disabled !== true).map(({ overallStatus }) => overallStatus);
  const overallStatus = own.reduce<ManagedEntityStatus>(worse, 'green');
  if (props['overallStatus'] === overallStatus) return;
  tx.set(ref, 'overallStatus', overallStatus);
  // Rules of the types make these copies when they run; now they have run already.
  for (const [type, paths] of COPIES) if (isSubtype(ref.type, type)) for (const path of paths) if (tx.get(ref, path) !== undefined) tx.set(ref, path, overallStatus);
}

const COPIES = [
  ['VirtualMachine', ['summary.overallStatus']], ['HostSystem', ['summary.overallStatus']], ['ComputeResource', ['summary.overallStatus']],
  ['ResourcePool', ['runtime.overallStatus', 'summary.runtime.overallStatus']],
] as const;

/** Writes the state of an alarm for the entity that set it off, there and above; green and gray take it away. */
export function writeState(tx: Transaction, state: AlarmState): void {
  const fresh = state.overallStatus === 'red' || state.overallStatus === 'yellow' ? [state] : NONE;
  const gone = new Set([state.key]);
  for (const ref of [state.entity, ...above(tx, state.entity)]) replace(tx, ref, gone, fresh);
}

/** The state of an alarm for an entity, as it is now. */
export function stateOf(tx: Transaction, alarm: Ref, entity: Ref, now: Date): AlarmState {
  const key = stateKey(alarm, entity);
  const found = triggered(tx.find(entity)).find((state) => state.key === key);
  if (found) return found;
  const info = infoOf(tx, alarm);
  const disabled = isDisabled(tx, alarm, entity) || !info.enabled;
  const status = disabled || !concerns(info.expression, entity.type) ? 'gray' : eventsOf(info.expression).length > 0 ? 'green' : statusOf(info.expression, entity.type, tx.find(entity)!);
  return { _type: 'AlarmState', key, entity, alarm, overallStatus: status === 'red' || status === 'yellow' ? 'gray' : status, time: info.lastModifiedTime ?? now, acknowledged: false, disabled };
}

/** Whether somebody switched the alarm off for this entity. */
export const isDisabled = (tx: Transaction, alarm: Ref, entity: Ref): boolean => ((tx.get(alarm, '_disabledOn') ?? []) as readonly string[]).includes(entity.value);

/** Alarms that are for an entity: its own, and those of what is above it that it (or something below it) can set off. */
export function alarmsFor(tx: Transaction, entity: Ref): Ref[] {
  const places = new Set([entity, ...above(tx, entity)].map(({ value }) => value));
  return [...tx.all('Alarm')].filter((alarm) => {
    const info = infoOf(tx, alarm);
    return info.entity.value === entity.value || (places.has(info.entity.value) && concerns(info.expression, entity.type));
  });
}

/** Shows on an entity the alarms that are defined on it, with the states they have there. */
export function declare(tx: Transaction, entity: Ref, now: Date): void {
  const own = [...tx.all('Alarm')].filter((alarm) => infoOf(tx, alarm).entity.value === entity.value);
  tx.set(entity, 'declaredAlarmState', own.map((alarm) => stateOf(tx, alarm, entity, now)));
}

/** Forgets the alarms of an entity that is gone. */
export function dropAlarmsOf(tx: Transaction, gone: ReadonlySet<string>): void {
  for (const ref of [...tx.all('Alarm')]) if (gone.has(infoOf(tx, ref).entity.value)) tx.remove(ref);
}

/** What every event of an alarm that was set off has. */
export function argumentsOf(tx: Transaction, alarm: Ref, { name, entity: home }: AlarmInfo, entity: Ref): Omit<NewEvent, '_type'> {
  const argument = (ref: Ref) => ({ _type: 'ManagedEntityEventArgument', name: String(tx.get(ref, 'name') ?? ''), entity: ref });
  return { alarm: { _type: 'AlarmEventArgument', name, alarm }, source: argument(home), entity: argument(entity), ...placeOf(tx, entity) };
}

/** The entity's place, in the arguments that its type has in every event. */
function placeOf(tx: Transaction, ref: Ref): Omit<NewEvent, '_type'> {
  const named = (target: Ref, type: string, field: string) => ({ _type: type, name: String(tx.get(target, 'name') ?? ''), [field]: target });
  const datacenter = [ref, ...above(tx, ref)].find(({ type }) => type === 'Datacenter');
  const place = datacenter ? { datacenter: named(datacenter, 'DatacenterEventArgument', 'datacenter') } : {};
  if (ref.type === 'VirtualMachine') {
    const host = tx.get(ref, 'runtime.host') as Ref | undefined;
    return { ...place, ...(host && tx.has(host) ? { host: named(host, 'HostEventArgument', 'host') } : {}), vm: named(ref, 'VmEventArgument', 'vm') };
  }
  if (ref.type === 'HostSystem') return { ...place, host: named(ref, 'HostEventArgument', 'host') };
  if (ref.type === 'Datastore') return { ...place, ds: named(ref, 'DatastoreEventArgument', 'datastore') };
  return place;
}
