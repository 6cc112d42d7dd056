// CustomFieldsManager: custom attributes. The definitions are its `field`; every entity shows those that are for it as
// `availableField`, and its values as `customValue` and `value`. Nothing else writes any of these.
import { fault, isSubtype, managedType, type CustomFieldDef, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import type { Reader, Rule } from '../store/derive.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';

type Ref = ManagedObjectReference;
type Value = { readonly _type: 'CustomFieldStringValue'; readonly key: number; readonly value: string };

const MANAGER: Ref = { type: 'CustomFieldsManager', value: 'CustomFieldsManager' };
const FIRST_KEY = 101;

const fieldsIn = (tx: Transaction): readonly CustomFieldDef[] => (tx.get(MANAGER, 'field') ?? []) as readonly CustomFieldDef[];

const isFor = (type: string, { managedObjectType }: CustomFieldDef): boolean => managedObjectType === undefined || isSubtype(type, managedObjectType);

/** Every type of entity, each after the one it inherits from. */
const ENTITY_TYPES = [
  'Folder', 'StoragePod', 'Datacenter', 'ComputeResource', 'ClusterComputeResource', 'HostSystem', 'ResourcePool', 'VirtualApp', 'VirtualMachine', 'Datastore',
  'Network', 'OpaqueNetwork', 'DistributedVirtualPortgroup', 'DistributedVirtualSwitch', 'VmwareDistributedVirtualSwitch',
] as const;

/** What is new shows the attributes that there are; what is there already is written when they change. */
const availableWhenNew = (): readonly Rule[] =>
  ENTITY_TYPES.map((type) => ({
    type,
    inputs: [],
    derive(_props: Props, read: Reader) {
      const fields = read(MANAGER)?.['field'] as readonly CustomFieldDef[] | undefined;
      return fields === undefined || fields.length === 0 ? undefined : { availableField: fields.filter((field) => isFor(type, field)) };
    },
  }));

export const customFieldsManager = define('CustomFieldsManager', {
  AddCustomFieldDef({ tx, self }, { name, moType, fieldDefPolicy, fieldPolicy }) {
    const fields = fieldsIn(tx);
    const type = moType === undefined || moType === '' ? undefined : moType;
    if (type !== undefined && managedType(type) === undefined) {
      throw fault('InvalidArgument', { invalidProperty: 'moType' }, `A specified parameter was not correct: moType. "${type}" is not a managed object type; leave it out for an attribute of all entities.`);
    }
    checkName(fields, name, type, self.ref);
    const key = (tx.get(self.ref, '_nextKey') as number | undefined) ?? FIRST_KEY;
    const def: CustomFieldDef = {
      _type: 'CustomFieldDef', key, name, type: 'string', ...(type === undefined ? {} : { managedObjectType: type }),
      ...(fieldDefPolicy ? { fieldDefPrivileges: fieldDefPolicy } : {}), ...(fieldPolicy ? { fieldInstancePrivileges: fieldPolicy } : {}),
    };
    tx.set(self.ref, '_nextKey', key + 1);
    writeFields(tx, [...fields, def], def);
    return def;
  },
  RemoveCustomFieldDef({ tx }, { key }) {
    const fields = fieldsIn(tx);
    const gone = fieldOf(fields, key);
    for (const ref of entities(tx, gone)) {
      const values = valuesOf(tx, ref);
      if (values.some((value) => value.key === key)) writeValues(tx, ref, values.filter((value) => value.key !== key));
    }
    writeFields(tx, fields.filter((field) => field.key !== key), gone);
  },
  RenameCustomFieldDef({ tx, self }, { key, name }) {
    const fields = fieldsIn(tx);
    const old = fieldOf(fields, key);
    if (old.name === name) return;
    checkName(fields, name, old.managedObjectType, self.ref);
    writeFields(tx, fields.map((field) => (field.key === key ? { ...field, name } : field)), old);
  },
  SetField: ({ tx }, { entity, key, value }) => {
    const field = fieldsIn(tx).find((known) => known.key === key && isFor(entity.type, known));
    if (field === undefined) throw fault('InvalidArgument', { invalidProperty: 'key' }, `A specified parameter was not correct: key. There is no custom attribute ${key} for a ${entity.type}.`);
    setCustomValue(tx, entity, key, value);
  },
}, { rules: availableWhenNew() });

function fieldOf(fields: readonly CustomFieldDef[], key: number): CustomFieldDef {
  const found = fields.find((field) => field.key === key);
  if (!found) throw fault('InvalidArgument', { invalidProperty: 'key' }, `A specified parameter was not correct: key. There is no custom attribute ${key}.`);
  return found;
}

/** A name may be used once for all entities, or once per type. */
function checkName(fields: readonly CustomFieldDef[], name: string, type: string | undefined, object: Ref): void {
  if (name.trim() === '') throw fault('InvalidArgument', { invalidProperty: 'name' }, 'A specified parameter was not correct: name is empty.');
  const clash = fields.some((field) => field.name === name && (field.managedObjectType === type || field.managedObjectType === undefined || type === undefined));
  if (clash) throw fault('DuplicateName', { name, object }, `The name '${name}' already exists.`);
}

function* entities(tx: Transaction, field: CustomFieldDef): Iterable<Ref> {
  for (const type of ENTITY_TYPES) if (isFor(type, field)) yield* tx.all(type);
}

/** Writes the definitions, and what the entities that the changed one is for show of them. */
function writeFields(tx: Transaction, fields: readonly CustomFieldDef[], changed: CustomFieldDef): void {
  tx.set(MANAGER, 'field', fields);
  for (const type of ENTITY_TYPES) {
    if (!isFor(type, changed)) continue;
    const availableField = fields.filter((field) => isFor(type, field));
    for (const ref of [...tx.all(type)]) tx.set(ref, 'availableField', availableField);
  }
}

const valuesOf = (tx: Transaction, ref: Ref): readonly Value[] => (tx.get(ref, 'customValue') ?? []) as readonly Value[];

function writeValues(tx: Transaction, ref: Ref, customValue: readonly Value[]): void {
  tx.update(ref, { customValue, value: customValue });
  // A machine's summary follows by a rule of its own.
  if (ref.type === 'HostSystem') tx.set(ref, 'summary.customValue', customValue);
}

/** Sets the value of a field of an entity; an empty text takes it away. */
export function setCustomValue(tx: Transaction, ref: Ref, key: number, value: string): void {
  const others = valuesOf(tx, ref).filter((known) => known.key !== key);
  writeValues(tx, ref, value === '' ? others : [...others, { _type: 'CustomFieldStringValue', key, value }]);
}
