// Whether every reference in the arguments of a call leads to an object of the declared type. Methods can rely on it,
// so none of them has to say what happens otherwise. Knows the schema and how a session sees objects, no method.
import {
  dataType, fault, isReference, isSubtype, isTyped, managedType, type Field, type ManagedObjectReference, type Method,
} from '../../core/vim25/index.ts';
import type { Readable } from '../store/object.ts';

type LookUp = (ref: ManagedObjectReference) => Readable | undefined;
type Slots = Record<string | number, unknown>;

/** Arguments that may name what is gone, or what is not here: `method.parameter`. */
const UNCHECKED = new Set([
  // The lists of a view answer with what they could not resolve.
  'CreateListView.obj', 'ModifyListView.add', 'ModifyListView.remove', 'ResetListView.obj',
  // Records of what happened, often to objects that no longer exist.
  'PostEvent.eventToPost', 'SetTaskState.result', 'SetTaskState.fault',
]);

/**
 * Throws ManagedObjectNotFound for the first reference that leads nowhere, and InvalidArgument for one to an object of
 * another type than declared. A reference that names a base type, or none, is replaced by the object's own.
 */
export function checkReferences(method: Method, args: Readonly<Record<string, unknown>>, find: LookUp): void {
  for (const param of method.params) {
    const value = args[param.name];
    if (value === undefined || !mayHold(param) || UNCHECKED.has(`${method.name}.${param.name}`)) continue;
    visit(args as Slots, param.name, param, '', find);
  }
}

const mayHold = ({ kind, type }: Field): boolean => kind === 'managed' || kind === 'data' || (kind === 'primitive' && type === 'anyType');

function visit(holder: Slots, name: string, field: Field, above: string, find: LookUp): void {
  const value = holder[name];
  const path = above === '' ? name : `${above}.${name}`;
  if (!field.array) one(holder, name, field, path, find);
  else if (Array.isArray(value)) for (let i = 0; i < value.length; i++) one(value as unknown as Slots, i, field, path, find);
}

function one(holder: Slots, key: string | number, field: Field, path: string, find: LookUp): void {
  const value = holder[key];
  if (field.kind === 'managed') resolve(holder, key, field.type, path, find);
  else if (field.kind === 'data') inData(value as Slots, field.type, path, find);
  else inAny(holder, key, path, find);
}

function inAny(holder: Slots, key: string | number, path: string, find: LookUp): void {
  const value = holder[key];
  if (typeof value !== 'object' || value === null) return;
  if (isReference(value)) resolve(holder, key, 'ManagedObjectReference', path, find);
  else if (isTyped(value)) {
    const items = value._value;
    if (Array.isArray(items)) for (let i = 0; i < items.length; i++) inAny(items as unknown as Slots, i, path, find);
  } else if (typeof (value as { _type?: unknown })._type === 'string') inData(value as Slots, '', path, find);
}

function inData(value: Slots, declared: string, path: string, find: LookUp): void {
  const type = (value['_type'] as string | undefined) ?? declared;
  // A target in another vCenter: its objects are not ours.
  if (value['service'] !== undefined && isSubtype(type, 'VirtualMachineRelocateSpec')) return;
  for (const field of heldBy(type)) if (value[field.name] !== undefined) visit(value, field.name, field, path, find);
}

const held = new Map<string, readonly Field[]>();

/** The fields of a data object that can hold references. The collector looks for its objects itself. */
function heldBy(type: string): readonly Field[] {
  let fields = held.get(type);
  if (!fields) {
    const collectors = isSubtype(type, 'ObjectSpec');
    held.set(type, (fields = (dataType(type)?.fields ?? []).filter((field) => mayHold(field) && !(collectors && field.name === 'obj'))));
  }
  return fields;
}

function resolve(holder: Slots, key: string | number, declared: string, path: string, find: LookUp): void {
  const ref = holder[key] as ManagedObjectReference;
  const found = find(ref)?.ref;
  if (found === undefined || managedType(found.type) === undefined || (ref.type !== '' && !isSubtype(found.type, ref.type))) {
    throw fault('ManagedObjectNotFound', { obj: ref }, `The object '${ref.type === '' ? '' : `vim.${ref.type}:`}${ref.value}' has already been deleted or has not been completely created (argument ${path})`);
  }
  if (declared !== 'ManagedObjectReference' && !isSubtype(found.type, declared)) {
    throw fault('InvalidArgument', { invalidProperty: path }, `A specified parameter was not correct: ${path} (${found.type}:${found.value} is not a ${declared})`);
  }
  if (found.type !== ref.type) holder[key] = found;
}
