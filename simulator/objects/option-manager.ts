// OptionManager: the advanced settings of vCenter, and of a host where a host has one.
import { fault, plain, type OptionValue } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';

export const optionManager = define('OptionManager', {
  QueryOptions: {
    query: ({ self }, { name }) => matching((self.props['setting'] ?? []) as readonly OptionValue[], name ?? ''),
  },
  UpdateOptions({ tx, self }, { changedValue }) {
    const settings = new Map(((tx.get(self.ref, 'setting') ?? []) as readonly OptionValue[]).map((option) => [option.key, option]));
    for (const { key, value } of changedValue) settings.set(checkedKey(key), changed(settings.get(key), key, value));
    tx.set(self.ref, 'setting', [...settings.values()].sort((a, b) => (a.key < b.key ? -1 : 1)));
  },
});

/** The option of that exact name, or every option below a name that ends with a dot; all of them for ''. */
function matching(settings: readonly OptionValue[], name: string): readonly OptionValue[] {
  const found = name === '' ? settings : settings.filter(({ key }) => key === name || (name.endsWith('.') && key.startsWith(name)));
  if (found.length === 0 && name !== '') {
    throw fault('InvalidName', { name }, `There is no option "${name}". A name is a whole key, or the beginning of keys with the dot: "VirtualCenter.".`);
  }
  return found;
}

function checkedKey(key: string): string {
  if (/^[^.\s]+(\.[^.\s]+)*$/.test(key)) return key;
  throw fault('InvalidName', { name: key }, `"${key}" is not an option name: parts without spaces, joined by dots.`);
}

/** An option keeps the type of its value: a text for a number is refused. */
function changed(old: OptionValue | undefined, key: string, value: unknown): OptionValue {
  if (value === undefined) throw fault('InvalidArgument', { invalidProperty: 'changedValue.value' }, `The option "${key}" was given no value.`);
  if (old !== undefined && typeof plain(old.value) !== typeof plain(value)) {
    throw fault('InvalidArgument', { invalidProperty: 'changedValue.value' }, `The option "${key}" is a ${typeof plain(old.value)}; it cannot be set to a ${typeof plain(value)}.`);
  }
  return { _type: 'OptionValue', key, value };
}
