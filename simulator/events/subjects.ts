// Which objects an event is about, and what held them when it happened: what filters by entity ask for.
import { isReference, type Event, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Scene } from './scene.ts';

type Ref = ManagedObjectReference;

/** Fields of an event that hold an argument, by the field of the argument that is the reference. */
const ARGUMENTS: readonly (readonly [field: string, reference: string])[] = [
  ['vm', 'vm'], ['sourceVm', 'vm'], ['srcTemplate', 'vm'], ['ds', 'datastore'], ['datastore', 'datastore'], ['net', 'network'], ['dvs', 'dvs'], ['resourcePool', 'resourcePool'],
  ['entity', 'entity'], ['source', 'entity'], ['hostJoined', 'host'], ['hostLeft', 'host'], ['sourceHost', 'host'], ['destHost', 'host'], ['alarm', 'alarm'], ['tgw', 'tgw'],
];
/** Of these only the first that there is: a machine's event is not its host's, though it names it. */
const PLACES: readonly (readonly [field: string, reference: string])[] = [['host', 'host'], ['computeResource', 'computeResource'], ['datacenter', 'datacenter']];

/** The objects that an event is about. */
export function subjectsOf(event: Event): readonly Ref[] {
  const found: Ref[] = [];
  for (const [field, reference] of ARGUMENTS) add(found, argument(event, field, reference));
  const { info, objectId, objectType, managedObject } = event as Event & { info?: { entity?: Ref }; objectId?: string; objectType?: string; managedObject?: Ref };
  add(found, info?.entity);
  add(found, managedObject);
  if (objectId && objectType) add(found, { type: objectType, value: objectId });
  if (argument(event, 'vm', 'vm') === undefined && !('resourcePool' in event) && !('entity' in event)) {
    for (const [field, reference] of PLACES) {
      const place = argument(event, field, reference);
      if (place === undefined) continue;
      if (field === 'host' || found.length === 0) add(found, place);
      break;
    }
  }
  return found;
}

/** Ids of everything above the subjects, and of the places that the event names. */
export function withinOf(scene: Scene, event: Event, subjects: readonly Ref[]): readonly string[] {
  const found = new Set<string>();
  const climb = (start: Ref | undefined) => {
    for (let ref = start; ref !== undefined && !found.has(ref.value); ref = scene.parent(ref)) found.add(ref.value);
  };
  for (const [field, reference] of [...ARGUMENTS, ...PLACES]) climb(argument(event, field, reference));
  for (const subject of subjects) {
    climb(subject);
    if (subject.type === 'VirtualMachine') {
      climb(scene.get<Ref>(subject, 'resourcePool'));
      climb(scene.get<Ref>(subject, 'runtime.host'));
    }
  }
  return [...found];
}

function argument(event: Event, field: string, reference: string): Ref | undefined {
  const value = ((event as unknown as Record<string, unknown>)[field] as Record<string, unknown> | undefined)?.[reference];
  return isReference(value) ? value : undefined;
}

function add(list: Ref[], ref: Ref | undefined): void {
  if (ref && !list.some((other) => other.value === ref.value)) list.push(ref);
}
