// Reads a directory of `govc object.save`: a file with an ObjectContent for each managed object. Keeps what the schema
// knows and says what it left out. Knows nothing of the store.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { addField, decodeField, itemTypeOf } from '../../../core/vim25/codec/decode.ts';
import { childOf, parseXml, type XmlElement } from '../../../core/vim25/codec/xml.ts';
import { isFault, managedType, type AboutInfo, type Field, type ManagedObjectReference, type ServiceContent } from '../../../core/vim25/index.ts';

export interface SavedObject {
  readonly ref: ManagedObjectReference;
  readonly props: Readonly<Record<string, unknown>>;
}

/** What was read, and how often each thing was left out. */
export interface SavedInventory {
  readonly objects: readonly SavedObject[];
  readonly about: AboutInfo | undefined;
  readonly skipped: Map<string, number>;
}

/** Why a saved inventory cannot be loaded, for a person. */
export class LoadError extends Error {
  override name = 'LoadError';
}

/** Real inventories have objects of some megabytes, a host with its profiles for example. */
const LIMITS = { depth: 200, size: 512 * 1024 * 1024, elements: 20_000_000 };

export const noteSkipped = (skipped: Map<string, number>, what: string): void => void skipped.set(what, (skipped.get(what) ?? 0) + 1);

/** Throws a LoadError for a directory that is none, or a file in it that cannot be read. */
export async function readSaved(dir: string): Promise<SavedInventory> {
  let names: string[];
  try {
    names = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isFile() && entry.name.endsWith('.xml')).map(({ name }) => name).sort();
  } catch (error) {
    throw new LoadError(`${dir} is no directory of a saved inventory: ${(error as Error).message}`);
  }
  if (names.length === 0) throw new LoadError(`there are no objects (*.xml) in ${dir}: save some with govc object.save -d ${dir}, or vicsim ctl save ${dir}`);
  const skipped = new Map<string, number>();
  const objects: SavedObject[] = [];
  for (const name of names) {
    try {
      const object = readObject(await readFile(join(dir, name)), skipped);
      if (object) objects.push(object);
    } catch (error) {
      if (error instanceof LoadError || isFault(error)) throw new LoadError(`${join(dir, name)}: ${error.message}`);
      throw error;
    }
  }
  const instance = objects.find(({ ref }) => ref.type === 'ServiceInstance');
  return { objects, skipped, about: (instance?.props['content'] as ServiceContent | undefined)?.about };
}

function readObject(bytes: Uint8Array, skipped: Map<string, number>): SavedObject | undefined {
  const root = parseXml(bytes, LIMITS);
  const obj = childOf(root, 'obj');
  if (root.name !== 'ObjectContent' || !obj?.refType) throw new LoadError(`it is no saved object: an ObjectContent with an obj is needed, not <${root.name}>`);
  const type = managedType(obj.refType);
  if (!type) return noteSkipped(skipped, `objects of type ${obj.refType}`), undefined;
  const props: Record<string, unknown> = {};
  for (const set of root.children) {
    if (set.name !== 'propSet') continue;
    const name = childOf(set, 'name')?.text ?? '';
    const value = childOf(set, 'val');
    const field = type.byName.get(name);
    if (!field || !value) noteSkipped(skipped, `${type.name}.${name}`);
    else readValue(props, value, field, skipped);
  }
  return { ref: { type: type.name, value: obj.text }, props };
}

function readValue(props: Record<string, unknown>, element: XmlElement, field: Field, skipped: Map<string, number>): void {
  const options = { lenient: true, onSkipped: (what: string) => noteSkipped(skipped, what) };
  if (!field.array) return addField(props, element, field, options);
  const item = itemTypeOf(element.xsiType ?? '') ?? field;
  props[field.name] = element.children.map((child) => decodeField(child, { ...item, array: false }, options)).filter((value) => value !== undefined);
}
