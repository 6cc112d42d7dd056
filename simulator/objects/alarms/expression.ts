// What an alarm's expression says: checks of its form, the status that a state gives, and whether an event answers it.
// Pure: reads properties and events, changes nothing.
import { fault, isSubtype, managedType, type AlarmExpression, type DataTypes, type Event, type ManagedEntityStatus, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { readPath, type Props } from '../../store/object.ts';

type Ref = ManagedObjectReference;
type Status = ManagedEntityStatus;
type StateExpression = DataTypes['StateAlarmExpression'];
type MetricExpression = DataTypes['MetricAlarmExpression'];
export type EventExpression = DataTypes['EventAlarmExpression'];

const SEVERITY: readonly Status[] = ['gray', 'green', 'yellow', 'red'];

/** The more serious of two; unknown is less than well. */
export const worse = (a: Status, b: Status): Status => (SEVERITY.indexOf(a) >= SEVERITY.indexOf(b) ? a : b);
const better = (a: Status, b: Status): Status => (SEVERITY.indexOf(a) < SEVERITY.indexOf(b) ? a : b);

const partsOf = (expression: AlarmExpression): readonly AlarmExpression[] | undefined =>
  expression._type === 'AndAlarmExpression' || expression._type === 'OrAlarmExpression' ? (expression as DataTypes['OrAlarmExpression']).expression : undefined;

/** The expressions that are not made of others, depth first. */
export function leavesOf(expression: AlarmExpression): readonly AlarmExpression[] {
  return partsOf(expression)?.flatMap(leavesOf) ?? [expression];
}

/** Types of the entities that can set such an alarm off; an event alarm without a type looks at any entity. */
export const typesOf = (expression: AlarmExpression): readonly string[] =>
  leavesOf(expression).map((leaf) => (leaf._type === 'EventAlarmExpression' ? (leaf as EventExpression).objectType ?? 'ManagedEntity' : (leaf as StateExpression | MetricExpression).type));

export const eventsOf = (expression: AlarmExpression): readonly EventExpression[] =>
  leavesOf(expression).filter((leaf): leaf is EventExpression => leaf._type === 'EventAlarmExpression');

/** Whether an entity of that type can set it off. */
export const concerns = (expression: AlarmExpression, type: string): boolean => typesOf(expression).some((wanted) => isSubtype(type, wanted));

/** Top-level properties that the states of the expression are read from. */
export const inputsOf = (expression: AlarmExpression): readonly string[] =>
  leavesOf(expression).flatMap((leaf) => (leaf._type === 'StateAlarmExpression' ? [(leaf as StateExpression).statePath.split('.')[0]!] : []));

/** Throws InvalidArgument for an expression that no server could evaluate. */
export function checkExpression(expression: AlarmExpression): void {
  const leaves = leavesOf(expression);
  const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: `spec.expression.${property}` }, `A specified parameter was not correct: spec.expression.${property} (${why})`);
  if (leaves.length === 0) throw wrong('expression', 'there is no condition in it');
  for (const leaf of leaves) {
    if (leaf._type === 'EventAlarmExpression') {
      const { eventType } = leaf as EventExpression;
      if (!isSubtype(eventName(eventType), 'Event')) throw wrong('eventType', `"${eventType}" is not a type of event`);
    } else if (leaf._type === 'StateAlarmExpression' || leaf._type === 'MetricAlarmExpression') {
      const { type, yellow, red } = leaf as StateExpression | MetricExpression;
      if (managedType(type) === undefined || !isSubtype(type, 'ManagedEntity')) throw wrong('type', `"${type}" is not a type of managed entity`);
      if (yellow === undefined && red === undefined) throw wrong('yellow', 'neither yellow nor red is given, so nothing can set it off');
      if (leaf._type === 'StateAlarmExpression') {
        const { statePath } = leaf as StateExpression;
        if (!managedType(type)!.byName.has(statePath.split('.')[0]!)) throw wrong('statePath', `a ${type} has no property "${statePath}"`);
      }
    } else throw wrong('expression', `${leaf._type ?? 'an AlarmExpression'} has no condition; valid: StateAlarmExpression, MetricAlarmExpression, EventAlarmExpression, and AndAlarmExpression and OrAlarmExpression of them`);
  }
  const events = leaves.filter((leaf) => leaf._type === 'EventAlarmExpression').length;
  if (events > 0 && events < leaves.length) throw wrong('expression', 'events are not combined with states and metrics');
  if (events > 0 && hasAnd(expression)) throw wrong('expression', 'events happen one at a time: combine them with OrAlarmExpression');
}

const hasAnd = (expression: AlarmExpression): boolean => expression._type === 'AndAlarmExpression' || (partsOf(expression)?.some(hasAnd) ?? false);

/** What the states of an entity say. Gray: not known, as metrics are and states without a value. */
export function statusOf(expression: AlarmExpression, type: string, props: Props): Status {
  const parts = partsOf(expression);
  if (parts) return parts.map((part) => statusOf(part, type, props)).reduce(expression._type === 'AndAlarmExpression' ? better : worse);
  if (expression._type !== 'StateAlarmExpression') return 'gray';
  const { statePath, operator, red, yellow, type: wanted } = expression as StateExpression;
  const value = isSubtype(type, wanted) ? readPath(props, statePath) : undefined;
  if (value === undefined) return 'gray';
  const answers = (threshold: string | undefined) => threshold !== undefined && (String(value) === threshold) === (operator === 'isEqual');
  return answers(red) ? 'red' : answers(yellow) ? 'yellow' : 'green';
}

/** Both spellings of an event's type are in use: 'VmPoweredOnEvent' and 'vim.event.VmPoweredOnEvent'. */
const eventName = (type: string): string => type.replace(/^vim\.event\./, '');

/** Whether the event is one that the expression waits for. */
export function answersTo(expression: EventExpression, event: Event): boolean {
  const type = event._type!;
  if (!isSubtype(type, eventName(expression.eventType))) return false;
  const id = expression.eventTypeId;
  if (id !== undefined && id !== '' && eventName(id) !== type && id !== (event as { eventTypeId?: string }).eventTypeId) return false;
  return (expression.comparisons ?? []).every(({ attributeName, operator, value }) => compare(operator, String(readPath(event as unknown as Props, attributeName) ?? ''), value));
}

function compare(operator: string, actual: string, value: string): boolean {
  switch (operator) {
    case 'equals': return actual === value;
    case 'notEqualTo': return actual !== value;
    case 'startsWith': return actual.startsWith(value);
    case 'doesNotStartWith': return !actual.startsWith(value);
    case 'endsWith': return actual.endsWith(value);
    case 'doesNotEndWith': return !actual.endsWith(value);
    default: return false;
  }
}

const ARGUMENTS = [['vm', 'vm'], ['host', 'host'], ['ds', 'datastore'], ['net', 'network'], ['dvs', 'dvs'], ['computeResource', 'computeResource'], ['datacenter', 'datacenter']] as const;

/** The entity that an event is about, of the type that the expression looks at. */
export function subjectOf({ objectType }: EventExpression, event: Event): Ref | undefined {
  for (const [argument, field] of ARGUMENTS) {
    const ref = readPath(event as unknown as Props, `${argument}.${field}`) as Ref | undefined;
    if (ref !== undefined && (objectType === undefined || objectType === '' || isSubtype(ref.type, objectType))) return ref;
  }
  return undefined;
}
