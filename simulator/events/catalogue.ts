// Every event type with its category and formats (EventManager.description.eventInfo), and the message of one event.
import { dataType, isSubtype, typeNames, type Event, type EventArgDesc, type EventDescriptionEventDetail } from '../../core/vim25/index.ts';
import { readPath } from '../store/object.ts';
import { textOf, type Category } from './messages.ts';
import { taskLabel } from './task-labels.ts';

/** 'VmPoweredOnEvent' → 'VM powered on', for people. */
function descriptionOf(type: string): string {
  const words = type.replace(/(?<!^)Event$/, '').replace(/([a-z\d])([A-Z])/g, '$1 $2').replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2').split(' ');
  const plain = words.map((word) => (word === 'Vm' ? 'VM' : word === 'Dvs' ? 'DVS' : word === 'Das' ? 'HA' : word === 'Drs' ? 'DRS' : /^[A-Z\d]{2,}$/.test(word) ? word : word.toLowerCase()));
  return plain.join(' ').replace(/^./, (first) => first.toUpperCase());
}

const BAD = /Failed|Failure|Error|Bad|Invalid|Lost|Unable|Cannot|NotEnough|Insufficient|Violat|Disabled|Incompatible|AccessDenied|TimedOut|NoMaintenance/;

function categoryOf(type: string): Category {
  const written = textOf(type);
  if (written) return written.category;
  return /Warning|Duplicate|Conflict|Missing|Expired|Deprecated/.test(type) ? 'warning' : BAD.test(type) ? 'error' : 'info';
}

/** The format that is complete by itself. */
export function formatOf(type: string): string {
  const written = textOf(type);
  if (written) return written.format;
  const text = descriptionOf(type);
  if (isSubtype(type, 'VmEvent')) return `${text}: {vm.name} on {host.name} in {datacenter.name}`;
  if (isSubtype(type, 'HostEvent')) return `${text}: {host.name} in {datacenter.name}`;
  if (isSubtype(type, 'ClusterEvent')) return `${text}: {computeResource.name} in {datacenter.name}`;
  return text;
}

const names: { all?: readonly string[] } = {};

/** Every event type of the API. */
export const eventTypes = (): readonly string[] => (names.all ??= typeNames('data').filter((name) => isSubtype(name, 'Event')));

/** EventDescription.eventInfo: what a client may know of each type. */
export function eventInfo(): readonly EventDescriptionEventDetail[] {
  return eventTypes().map((key) => {
    const fullFormat = formatOf(key);
    const inDatacenter = fullFormat.replace(/ (in|from|to) (datacenter )?\{datacenter\.name\}/, '');
    const onHost = inDatacenter.replace(/ (on|from|off host) (host )?\{host\.name\}/, '');
    const onVm = isSubtype(key, 'VmEvent') ? inDatacenter.replace(/^Virtual machine \{vm\.name\}/, 'Virtual machine').replace(/ (of|for) \{vm\.name\}/, '').replace(' {vm.name}', '') : inDatacenter;
    return {
      _type: 'EventDescriptionEventDetail', key, description: descriptionOf(key), category: categoryOf(key),
      formatOnDatacenter: inDatacenter, formatOnComputeResource: inDatacenter, formatOnHost: onHost, formatOnVm: onVm, fullFormat,
    };
  });
}

/** Category of an event: that of its type, or the severity that the event brings. */
export function categoryOfEvent(event: Event): string {
  const { severity } = event as Event & { severity?: string };
  return event._type === 'EventEx' ? (severity ?? 'info') : categoryOf(event._type ?? 'Event');
}

/** The event in words, complete by themselves. */
export function messageOf(event: Event): string {
  if (event._type === 'TaskEvent') return `Task: ${taskLabel((event as Event & { info: { descriptionId: string } }).info.descriptionId)}`;
  // Text and paths take turns.
  return partsOf(event._type ?? 'Event').map((part, i) => (i % 2 === 0 ? part : textOfValue(readPath(event, part)))).join('');
}

const parts = new Map<string, readonly string[]>();

function partsOf(type: string): readonly string[] {
  let found = parts.get(type);
  if (!found) parts.set(type, (found = formatOf(type).split(/\{([\w.]+)\}/)));
  return found;
}

function textOfValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(textOfValue).join(', ');
  return String(value);
}

/** The fields of an event type that its formats may name; undefined for what is no event type. */
export function argumentsOf(type: string): readonly EventArgDesc[] | undefined {
  const declared = isSubtype(type, 'Event') ? dataType(type) : undefined;
  return declared?.fields.map(({ name, type: kind, array }) => ({
    _type: 'EventArgDesc', name, type: array ? `${kind}[]` : kind, description: { _type: 'ElementDescription', key: name, label: name, summary: `${name} of ${type}` },
  }));
}
