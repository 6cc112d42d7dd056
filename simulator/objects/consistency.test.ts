// Walks everything that a client can see of the default inventories and compares it with the schema: types, enum
// values, required fields and properties, and that every reference leads to an object.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dataType, enumType, isSubtype, isTyped, managedType, type Field, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Product } from '../dispatch/simulation.ts';
import { createSimulator } from '../index.ts';
import { buildInventory } from '../inventory/build.ts';
import { DEFAULT_MODEL } from '../inventory/model.ts';
import { ManualClock } from '../runtime/clock.ts';
import { isApiObject, type Store } from '../store/store.ts';

const PRIMITIVES: Readonly<Record<string, (value: unknown) => boolean>> = {
  string: (v) => typeof v === 'string', anyURI: (v) => typeof v === 'string', boolean: (v) => typeof v === 'boolean',
  byte: Number.isInteger, short: Number.isInteger, int: (v) => Number.isInteger(v) && Math.abs(Number(v)) <= 2 ** 31,
  long: (v) => typeof v === 'bigint' || Number.isInteger(v), float: (v) => typeof v === 'number', double: (v) => typeof v === 'number',
  dateTime: (v) => v instanceof Date, base64Binary: (v) => v instanceof Uint8Array, anyType: () => true,
};

class Walk {
  readonly problems = new Set<string>();
  private readonly store: Store;
  constructor(store: Store) {
    this.store = store;
  }

  object(type: string, props: Readonly<Record<string, unknown>>): void {
    const declared = managedType(type)!;
    for (const name of Object.keys(props)) {
      if (!name.startsWith('_') && !declared.byName.has(name)) this.report(`${type}.${name}`, 'is not a property');
    }
    for (const field of declared.properties) this.field(field, props[field.name], `${type}.${field.name}`);
  }

  private report(path: string, what: string): void {
    this.problems.add(`${path} ${what}`);
  }

  private field(field: Field, value: unknown, path: string): void {
    if (value === undefined) {
      if (!field.optional) this.report(path, 'is required');
      return;
    }
    if (!field.array) this.value(field, value, path);
    else if (!Array.isArray(value)) this.report(path, 'must be an array');
    else for (const item of value) this.value(field, item, path);
  }

  private value(field: Field, value: unknown, path: string): void {
    if (field.kind === 'managed') this.reference(field.type, value as ManagedObjectReference, path);
    else if (field.kind === 'enum') {
      if (!enumType(field.type)!.values.has(value as string)) this.report(path, `has a value that ${field.type} does not know: ${String(value)}`);
    } else if (field.kind === 'data') this.data(field.type, value as Record<string, unknown>, path);
    else if (!PRIMITIVES[field.type]!(value)) this.report(path, `is not a ${field.type}: ${String(value)}`);
    else if (field.type === 'anyType') this.any(value, path);
  }

  private any(value: unknown, path: string): void {
    if (typeof value !== 'object' || value === null || isTyped(value) || value instanceof Date || value instanceof Uint8Array) return;
    const type = (value as { _type?: string })._type;
    if (type !== undefined) this.data(type, value as Record<string, unknown>, path);
    else this.reference('ManagedObject', value as ManagedObjectReference, path);
  }

  private reference(type: string, ref: ManagedObjectReference, path: string): void {
    const found = this.store.find(ref.value);
    if (!found) this.report(path, `leads nowhere: ${ref.type}:${ref.value}`);
    else if (found.ref.type !== ref.type) this.report(path, `calls a ${found.ref.type} ${ref.type}`);
    else if (type !== 'ManagedObjectReference' && !isSubtype(ref.type, type)) this.report(path, `must be a ${type}, is a ${ref.type}`);
  }

  private data(declared: string, value: Record<string, unknown>, path: string): void {
    const type = (value['_type'] as string | undefined) ?? declared;
    const known = typeof value === 'object' && value !== null ? dataType(type) : undefined;
    if (!known) {
      this.report(path, `is not a ${type}`);
      return;
    }
    if (!isSubtype(type, declared)) this.report(path, `must be a ${declared}, is a ${type}`);
    for (const name of Object.keys(value)) if (name !== '_type' && !known.byName.has(name)) this.report(`${path}(${type}).${name}`, 'is not a field');
    for (const field of known.fields) this.field(field, value[field.name], `${path}.${field.name}`);
  }
}

const MODEL = { ...DEFAULT_MODEL, pool: 1, app: 1, pod: 1, folder: 1, portgroup: 2, portgroupNsx: 1, opaqueNetwork: 1 };

for (const product of ['vcenter', 'esxi'] as Product[]) {
  test(`everything in the ${product} inventory agrees with the schema`, () => {
    const { store } = createSimulator({
      product, clock: new ManualClock(new Date('2026-01-01T00:00:00Z')), populate: (sim, tx) => buildInventory(sim, tx, MODEL),
    });
    const walk = new Walk(store);
    let count = 0;
    for (const object of store.all()) {
      if (!isApiObject(object)) continue;
      walk.object(object.ref.type, object.props);
      count += 1;
    }
    assert.ok(count > 40, `only ${count} objects`);
    assert.deepEqual([...walk.problems].sort(), []);
  });
}
