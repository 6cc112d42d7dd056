// OptionManager: the advanced settings of vCenter, and of a host where a host has one. A host's options are declared
// (supportedOption); vCenter's are those that are set, and whatever begins with "config.".
import { fault, isTyped, plain, type OptionDef, type OptionValue } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';

export const optionManager = define('OptionManager', {
  QueryOptions: {
    query: ({ self }, { name }) => matching((self.props['setting'] ?? []) as readonly OptionValue[], name ?? ''),
  },
  UpdateOptions({ tx, self }, { changedValue }) {
    const settings = new Map(((tx.get(self.ref, 'setting') ?? []) as readonly OptionValue[]).map((option) => [option.key, option]));
    const declared = new Map(((tx.get(self.ref, 'supportedOption') ?? []) as readonly OptionDef[]).map((option) => [option.key, option]));
    for (const { key, value } of changedValue) {
      if (!settings.has(key) && !declared.has(key) && !isAddable(key, declared.size > 0)) {
        throw fault('InvalidName', { name: key }, `There is no option "${key}".${declared.size > 0 ? '' : ' Options of your own begin with "config.".'}`);
      }
      settings.set(key, changedOption(settings.get(key), declared.get(key), key, value));
    }
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

/** vCenter takes new keys below "config."; a manager that declares its options takes no others. */
const isAddable = (key: string, isDeclaring: boolean): boolean => !isDeclaring && /^config(\.[^.\s]+)+$/.test(key);

const wrong = (key: string, what: string) =>
  fault('InvalidArgument', { invalidProperty: key }, `A specified parameter was not correct: the option "${key}" ${what}.`);

/** The option with that value: it keeps the type of its value, and stays within what its declaration allows. */
export function changedOption(old: OptionValue | undefined, declared: OptionDef | undefined, key: string, value: unknown): OptionValue {
  if (value === undefined) throw wrong(key, 'was given no value');
  const bare = plain(value);
  if (old !== undefined && typeof plain(old.value) !== typeof bare) throw wrong(key, `is a ${typeof plain(old.value)}; it cannot be set to a ${typeof bare}`);
  const type = declared?.optionType as { _type?: string; valueIsReadonly?: boolean; min?: number; max?: number; choiceInfo?: readonly { key: string }[] } | undefined;
  if (type?.valueIsReadonly) throw wrong(key, 'cannot be changed');
  if (type?._type === 'LongOption' && !(isTyped(value) && value._type === 'xsd:long')) throw wrong(key, 'is an xsd:long, and was given another type');
  const isBounded = type?.min !== undefined && type.max !== undefined && type.max > type.min;
  if (isBounded && (Number(bare) < type.min! || Number(bare) > type.max!)) throw wrong(key, `is ${String(bare)}; it must be from ${type.min} to ${type.max}`);
  if (type?.choiceInfo && !type.choiceInfo.some((choice) => choice.key === bare)) {
    throw wrong(key, `is "${String(bare)}"; it must be one of ${type.choiceInfo.map((choice) => choice.key).join(', ')}`);
  }
  return { _type: 'OptionValue', key, value };
}
