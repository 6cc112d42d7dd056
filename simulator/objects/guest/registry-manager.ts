// GuestWindowsRegistryManager: the registry of Windows guests; other guests have none.
import { fault, type GuestRegKeyNameSpec, type GuestRegKeyRecordSpec, type GuestRegValueSpec } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { enter, type Visitor } from './access.ts';
import { changeOs, osOf, type RegistryKey } from './state.ts';

type Given = { readonly vm: Parameters<typeof enter>[2]; readonly auth: Parameters<typeof enter>[3] };
type Keys = Readonly<Record<string, RegistryKey>>;

const ROOTS: Readonly<Record<string, string>> = {
  hkey_local_machine: 'HKEY_LOCAL_MACHINE', hklm: 'HKEY_LOCAL_MACHINE', hkey_current_user: 'HKEY_CURRENT_USER', hkcu: 'HKEY_CURRENT_USER',
  hkey_classes_root: 'HKEY_CLASSES_ROOT', hkcr: 'HKEY_CLASSES_ROOT', hkey_users: 'HKEY_USERS', hku: 'HKEY_USERS', hkey_current_config: 'HKEY_CURRENT_CONFIG',
};

/** Keys that a new Windows has. */
const FIRST = [...new Set(Object.values(ROOTS)), 'HKEY_LOCAL_MACHINE\\SOFTWARE', 'HKEY_LOCAL_MACHINE\\SYSTEM', 'HKEY_CURRENT_USER\\Software', 'HKEY_CURRENT_USER\\Environment'];

// Error codes of Windows, which the faults carry.
const FILE_NOT_FOUND = 2;
const ACCESS_DENIED = 5;
const ALREADY_EXISTS = 183;
const KEY_HAS_CHILDREN = 1020;
const CHILD_MUST_BE_VOLATILE = 1021;

interface Registry {
  readonly visitor: Visitor;
  readonly keys: Keys;
}

/** The registry of a Windows guest. Throws OperationNotSupportedByGuest for others, as the tools in them do. */
function open(ctx: TransactionContext, { vm, auth }: Given): Registry {
  const visitor = enter(ctx.sim, ctx.tx, vm, auth);
  if (!visitor.windows) throw fault('OperationNotSupportedByGuest', {}, 'The operation is not supported by the guest operating system: only Windows has a registry.');
  const { tx } = visitor;
  const written = (tx.get(vm, 'config.createDate') ?? tx.get(vm, 'config.modified')) as Date;
  return { visitor, keys: osOf(tx, vm).registry ?? Object.fromEntries(FIRST.map((path) => [path, { written, values: {} }])) };
}

const keep = ({ tx, vm }: Visitor, registry: Keys): void => changeOs(tx, vm, { registry });

/** The path as it is written here: the root in full, other names as the registry has them. Throws GuestRegistryKeyInvalid. */
function pathOf({ registryPath }: GuestRegKeyNameSpec, keys: Keys): string {
  const [root = '', ...rest] = registryPath.replace(/\\+$/, '').split(/\\+/);
  const known = Object.hasOwn(ROOTS, root.toLowerCase()) ? ROOTS[root.toLowerCase()] : undefined;
  if (known === undefined) throw invalid(registryPath);
  const spelt = new Map(Object.keys(keys).map((path) => [path.toLowerCase(), path]));
  return rest.reduce((above, step) => spelt.get(`${above}\\${step}`.toLowerCase()) ?? `${above}\\${step}`, known);
}

const invalid = (keyName: string, code = FILE_NOT_FOUND) =>
  fault('GuestRegistryKeyInvalid', { keyName, windowsSystemErrorCode: code }, `The registry key '${keyName}' is not valid or does not exist in the guest.`);

function existing(keys: Keys, name: GuestRegKeyNameSpec): string {
  const path = pathOf(name, keys);
  if (!Object.hasOwn(keys, path)) throw invalid(name.registryPath);
  return path;
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('\\')));
const below = (keys: Keys, path: string): string[] => Object.keys(keys).filter((other) => other.startsWith(`${path}\\`));

/** Ordinary users may change what is theirs. */
function requireWrite({ uid }: Visitor, path: string): void {
  if (uid !== 0 && !path.startsWith('HKEY_CURRENT_USER')) throw fault('GuestPermissionDenied', {}, `Permission to perform this operation was denied by the guest operating system: registry key '${path}' (error ${ACCESS_DENIED}).`);
}

function patternOf(pattern: string | undefined): (text: string) => boolean {
  if (pattern === undefined || pattern === '') return () => true;
  try {
    const expression = new RegExp(pattern.slice(0, 200), 'i');
    return (text) => expression.test(text);
  } catch {
    throw fault('InvalidArgument', { invalidProperty: 'matchPattern' }, `A specified parameter was not correct: matchPattern ('${pattern}' is no regular expression)`);
  }
}

const valueName = (values: Readonly<Record<string, object>>, name: string): string | undefined => Object.keys(values).find((known) => known.toLowerCase() === name.toLowerCase());

export const guestWindowsRegistryManager = define('GuestWindowsRegistryManager', {
  CreateRegistryKeyInGuest: (ctx, args) => {
    const { visitor, keys } = open(ctx, args);
    const path = pathOf(args.keyName, keys);
    if (Object.hasOwn(keys, path)) throw fault('GuestRegistryKeyAlreadyExists', { keyName: args.keyName.registryPath, windowsSystemErrorCode: ALREADY_EXISTS }, `The registry key '${args.keyName.registryPath}' exists already.`);
    const parent = keys[parentOf(path)];
    if (!parent) throw invalid(parentOf(args.keyName.registryPath) || args.keyName.registryPath);
    if (parent.volatile && !args.isVolatile) throw fault('GuestRegistryKeyParentVolatile', { keyName: args.keyName.registryPath, windowsSystemErrorCode: CHILD_MUST_BE_VOLATILE }, `The parent of '${args.keyName.registryPath}' is volatile: a key in it must be, too.`);
    requireWrite(visitor, path);
    keep(visitor, { ...keys, [path]: { written: visitor.now, values: {}, ...(args.isVolatile ? { volatile: true } : {}), ...(args.classType === undefined ? {} : { classType: args.classType }) } });
  },
  ListRegistryKeysInGuest: (ctx, args) => {
    const { keys } = open(ctx, args);
    const path = existing(keys, args.keyName);
    const matches = patternOf(args.matchPattern);
    return below(keys, path).filter((key) => (args.recursive || parentOf(key) === path) && matches(key.slice(key.lastIndexOf('\\') + 1))).sort().map((key) => ({
      _type: 'GuestRegKeyRecordSpec',
      key: { _type: 'GuestRegKeySpec', keyName: { _type: 'GuestRegKeyNameSpec', registryPath: key, wowBitness: args.keyName.wowBitness }, classType: keys[key]!.classType ?? '', lastWritten: keys[key]!.written },
    }) as unknown as GuestRegKeyRecordSpec);
  },
  DeleteRegistryKeyInGuest: (ctx, args) => {
    const { visitor, keys } = open(ctx, args);
    const path = existing(keys, args.keyName);
    if (!path.includes('\\')) throw invalid(args.keyName.registryPath, ACCESS_DENIED);
    requireWrite(visitor, path);
    const children = below(keys, path);
    if (children.length > 0 && !args.recursive) throw fault('GuestRegistryKeyHasSubkeys', { keyName: args.keyName.registryPath, windowsSystemErrorCode: KEY_HAS_CHILDREN }, `The registry key '${args.keyName.registryPath}' has subkeys.`);
    const gone = new Set([path, ...children]);
    keep(visitor, Object.fromEntries(Object.entries(keys).filter(([key]) => !gone.has(key))));
  },
  SetRegistryValueInGuest: (ctx, args) => {
    const { visitor, keys } = open(ctx, args);
    const path = existing(keys, args.value.name.keyName);
    requireWrite(visitor, path);
    const key = keys[path]!;
    const name = valueName(key.values, args.value.name.name) ?? args.value.name.name;
    keep(visitor, { ...keys, [path]: { ...key, written: visitor.now, values: { ...key.values, [name]: args.value.data } } });
  },
  ListRegistryValuesInGuest: (ctx, args) => {
    const { keys } = open(ctx, args);
    const path = existing(keys, args.keyName);
    const matches = patternOf(args.matchPattern);
    return Object.entries(keys[path]!.values).filter(([name]) => matches(name)).map(([name, data]) => ({
      _type: 'GuestRegValueSpec', name: { _type: 'GuestRegValueNameSpec', keyName: { _type: 'GuestRegKeyNameSpec', registryPath: path, wowBitness: args.keyName.wowBitness }, name },
      data: args.expandStrings ? expanded(data) : data,
    }) as unknown as GuestRegValueSpec);
  },
  DeleteRegistryValueInGuest: (ctx, args) => {
    const { visitor, keys } = open(ctx, args);
    const path = existing(keys, args.valueName.keyName);
    requireWrite(visitor, path);
    const key = keys[path]!;
    const name = valueName(key.values, args.valueName.name);
    if (name === undefined) throw fault('GuestRegistryValueNotFound', { keyName: args.valueName.keyName.registryPath, valueName: args.valueName.name, windowsSystemErrorCode: FILE_NOT_FOUND }, `The registry key '${path}' has no value '${args.valueName.name}'.`);
    const { [name]: _gone, ...values } = key.values;
    keep(visitor, { ...keys, [path]: { ...key, written: visitor.now, values } });
  },
});

/** Variables of an expandable string by their values. */
function expanded(data: object): object {
  const { _type, value } = data as { _type?: string; value?: string };
  if (_type !== 'GuestRegValueExpandStringSpec' || value === undefined) return data;
  return { ...data, value: value.replace(/%SystemRoot%|%windir%/gi, 'C:\\Windows').replace(/%SystemDrive%/gi, 'C:') };
}
