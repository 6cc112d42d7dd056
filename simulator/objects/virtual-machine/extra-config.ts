// extraConfig: merging, and the keys `SET.<property path>` that set a property of the machine, as vcsim has them.
import { dataType, fault, managedType, plain, type Field, type OptionValue } from '../../../core/vim25/index.ts';

/** Where a `SET.` key writes: a dotted path in the machine's properties, and the value in the type of that property. */
export interface Setting {
  readonly path: string;
  readonly value: unknown;
}

export interface Merged {
  readonly extraConfig: readonly OptionValue[];
  readonly settings: readonly Setting[];
}

const SET = 'SET.';
const NONE: readonly never[] = Object.freeze([]);

/** Merges option values by key; "" deletes the key, every other value (also `<nil>`) replaces or adds. */
export function mergeExtraConfig(old: readonly OptionValue[], changes: readonly OptionValue[]): Merged {
  const settings: Setting[] = [];
  const merged = new Map(old.map((option) => [option.key, option]));
  for (const option of changes) {
    if (option.key === '') throw fault('InvalidArgument', { invalidProperty: 'configSpec.extraConfig.key' }, 'A specified parameter was not correct: configSpec.extraConfig.key (it is empty)');
    if (option.key.startsWith(SET)) settings.push(setting(option.key.slice(SET.length), option.value));
    else if (option.value === undefined || plain(option.value) === '') merged.delete(option.key);
    else merged.set(option.key, { _type: 'OptionValue', key: option.key, value: option.value } as OptionValue);
  }
  return { extraConfig: merged.size === 0 ? NONE : [...merged.values()], settings };
}

/** Internal homes of what is otherwise derived, so that the next derivation keeps it; the first that fits counts. */
const REDIRECTS: readonly (readonly [string, string])[] = [
  ['summary.guest.', '_guest.'], ['guest.', '_guest.'], ['summary.quickStats.', '_stats.'], ['summary.runtime.', 'runtime.'], ['summary.', '_summary.'],
  ['guestHeartbeatStatus', '_heartbeat'], ['snapshot.currentSnapshot', '_currentSnapshot'],
  ['resourceConfig.cpuAllocation.', 'config.cpuAllocation.'], ['resourceConfig.memoryAllocation.', 'config.memoryAllocation.'],
];

function setting(path: string, given: unknown): Setting {
  const field = fieldAt(path);
  if (!field) throw fault('InvalidArgument', { invalidProperty: `configSpec.extraConfig["${SET}${path}"]` }, `There is no property '${path}' of a virtual machine that can be set.`);
  const value = convert(field, plain(given), path);
  const redirect = REDIRECTS.find(([from]) => path.startsWith(from));
  return { path: redirect ? redirect[1] + path.slice(redirect[0].length) : path, value };
}

function fieldAt(path: string): Field | undefined {
  const [first, ...rest] = path.split('.');
  let field = managedType('VirtualMachine')!.byName.get(first ?? '');
  for (const step of rest) field = field?.kind === 'data' && !field.array ? dataType(field.type)?.byName.get(step) : undefined;
  return field?.array || field?.kind === 'data' ? undefined : field;
}

function convert(field: Field, value: unknown, path: string): unknown {
  const text = String(value);
  const wrong = () => fault('InvalidArgument', { invalidProperty: `configSpec.extraConfig["${SET}${path}"]` }, `'${text}' is not a value of type ${field.type} (${path}).`);
  switch (field.type) {
    case 'int': case 'short': case 'long': case 'byte': case 'float': case 'double': {
      if (text.trim() === '' || Number.isNaN(Number(text))) throw wrong();
      return Number(text);
    }
    case 'boolean':
      if (text !== 'true' && text !== 'false') throw wrong();
      return text === 'true';
    case 'dateTime': {
      const date = value instanceof Date ? value : new Date(text);
      if (Number.isNaN(date.getTime())) throw wrong();
      return date;
    }
    default: {
      if (field.kind !== 'managed') return text;
      const colon = text.indexOf(':');
      if (colon < 1) throw wrong();
      return { type: text.slice(0, colon), value: text.slice(colon + 1) };
    }
  }
}
