// The text form in which a VCH keeps its configuration in a VM's extraConfig (guestinfo keys, layout of 0.5).
// Only the rules of keys and values; what a VCH holds is said in vch-layout.ts. Never throws on foreign values.

/** Keys and values as they stand in the VM. */
export type ExtraConfig = ReadonlyMap<string, string>;

/** A value that could not be understood; what it stands for keeps its empty value. */
export interface DecodeIssue {
  readonly key: string;
  readonly value: string;
  readonly problem: string;
}

/** Who may write a key: the tool alone, the guest too, or nobody inside the guest sees it. 'inherit' follows the prefix. */
export type Scope = 'read-only' | 'read-write' | 'hidden' | 'inherit';

/** How a kind of value is read from and written to keys that begin at `key`. */
export interface Shape<T> {
  decode(source: ExtraConfig, key: string, issues: DecodeIssue[]): T;
  encode(value: T | undefined, key: string, target: Map<string, string>): void;
}
export type ValueOf<S> = S extends Shape<infer T> ? T : never;

const GUEST = 'guestinfo.';
/** vSphere drops a key that is set to '', so an empty text travels as this. */
const EMPTY = '<nil>';

/** The key of `segment` below `prefix`. Visible keys are all slashes (read-only) or all dots (read-write). */
export function keyOf(prefix: string, scope: Scope, segment: string): string {
  const visible = prefix.startsWith(GUEST);
  const effective = scope !== 'inherit' ? scope : !visible ? 'hidden' : prefix.includes('/') ? 'read-only' : 'read-write';
  if (effective === 'hidden') {
    const key = prefix === '' ? segment : `${prefix}/${segment}`;
    return visible ? key.slice(GUEST.length + 1) : key;
  }
  const [separator, other] = effective === 'read-only' ? ['/', '.'] : ['.', '/'];
  const joined = (prefix === '' ? segment : `${prefix}${separator}${segment}`).replaceAll(other!, separator!);
  return visible ? GUEST + joined.slice(GUEST.length) : `${GUEST}${separator}${joined}`;
}

const raw = (source: ExtraConfig, key: string): string | undefined => {
  const value = source.get(key);
  return value === EMPTY ? '' : value;
};

/** Text; a missing key is ''. */
export const text: Shape<string> = {
  decode: (source, key) => raw(source, key) ?? '',
  encode: (value, key, target) => void target.set(key, value ?? ''),
};

/** A whole decimal number; durations are nanoseconds. */
export const integer: Shape<number> = {
  decode(source, key, issues) {
    const value = raw(source, key);
    if (value === undefined || value === '') return 0;
    if (/^[+-]?\d+$/.test(value)) return Number(value);
    issues.push({ key, value, problem: 'not a whole number' });
    return 0;
  },
  encode: (value, key, target) => void target.set(key, String(value ?? 0)),
};

const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False', '']);

export const flag: Shape<boolean> = {
  decode(source, key, issues) {
    const value = raw(source, key);
    if (value === undefined || FALSE.has(value)) return false;
    if (TRUE.has(value)) return true;
    issues.push({ key, value, problem: 'not true or false' });
    return false;
  },
  encode: (value, key, target) => void target.set(key, String(value ?? false)),
};

/** Bytes as base64; no key when empty. */
export const bytes: Shape<Uint8Array> = {
  decode(source, key, issues) {
    const value = raw(source, key) ?? '';
    const packed = value.replace(/[\r\n]/g, '');
    if (packed.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return new Uint8Array(Buffer.from(packed, 'base64'));
    issues.push({ key, value, problem: 'not base64' });
    return new Uint8Array();
  },
  encode(value, key, target) {
    if (value && value.length > 0) target.set(key, Buffer.from(value).toString('base64'));
  },
};

/** An IP address or mask: 4 or 16 bytes. Written as 16 bytes, the form of addresses that were given as text. */
export const address: Shape<Uint8Array> = {
  decode(source, key, issues) {
    const value = bytes.decode(source, key, issues);
    if (value.length === 0 || value.length === 4 || value.length === 16) return value;
    issues.push({ key, value: source.get(key) ?? '', problem: `an IP address has 4 or 16 bytes, this has ${value.length}` });
    return new Uint8Array();
  },
  encode: bytes.encode,
};

/** 'YYYY-MM-DD hh:mm:ss.fff +hhmm ZONE', kept as text because the zone's name cannot be restored; '' when unset or strange. */
export const moment: Shape<string> = {
  decode(source, key, issues) {
    const value = raw(source, key) ?? '';
    if (value === '' || /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [+-]\d{4} \S+$/.test(value)) return value;
    issues.push({ key, value, problem: 'not a time in the form 2016-08-12 10:11:12 +0000 UTC' });
    return '';
  },
  encode: (value, key, target) => void target.set(key, value === undefined || value === '' ? '0001-01-01 00:00:00 +0000 UTC' : value),
};

const MAX_ELEMENTS = 10_000;

/** Elements that a length key announces: it holds the LAST INDEX. */
function lengthAt(source: ExtraConfig, key: string, issues: DecodeIssue[]): number {
  const value = raw(source, key);
  if (value === undefined || value === '') return 0;
  const last = /^-?\d+$/.test(value) ? Number(value) : NaN;
  if (last >= -1 && last < MAX_ELEMENTS) return last + 1;
  issues.push({ key, value, problem: 'not the index of a last element' });
  return 0;
}

/** Texts joined by '|' at `key~`; they cannot hold that character. */
export const texts: Shape<readonly string[]> = {
  decode(source, key, issues) {
    const length = lengthAt(source, key, issues);
    if (length === 0) return [];
    const parts = (raw(source, `${key}~`) ?? '').split('|');
    if (source.has(`${key}~`) && parts.length < length) {
      issues.push({ key: `${key}~`, value: source.get(`${key}~`)!, problem: `${length} parts are announced, ${parts.length} are there` });
    }
    // What is one too many belongs to the last part: `sh -c 'a|b'` is written without a mark. The original drops it.
    return Array.from({ length }, (_, i) => (i === length - 1 ? parts.slice(i).join('|') : (parts[i] ?? '')));
  },
  encode(value, key, target) {
    if (!value || value.length === 0) return;
    target.set(key, String(value.length - 1));
    target.set(`${key}~`, value.join('|'));
  },
};

/** Elements at `key|0`, `key|1` … */
export const list = <T>(element: Shape<T>): Shape<readonly T[]> => ({
  decode: (source, key, issues) =>
    Array.from({ length: lengthAt(source, key, issues) }, (_, i) => element.decode(source, `${key}|${i}`, issues)),
  encode(value, key, target) {
    if (!value || value.length === 0) return;
    target.set(key, String(value.length - 1));
    value.forEach((entry, i) => element.encode(entry, `${key}|${i}`, target));
  },
});

/** Entries at `key|name`; `key` lists the names. An undefined value is listed and has no keys of its own. */
export const table = <T>(element: Shape<T>): Shape<Readonly<Record<string, T>>> => ({
  decode(source, key, issues) {
    const names = raw(source, key);
    if (names === undefined || names === '') return {};
    return Object.fromEntries(names.split('|').map((name) => [name, element.decode(source, `${key}|${name}`, issues)]));
  },
  encode(value, key, target) {
    const names = Object.keys(value ?? {}).sort();
    if (names.length === 0) return;
    target.set(key, names.join('|'));
    for (const name of names) if (value![name] !== undefined) element.encode(value![name], `${key}|${name}`, target);
  },
});

export interface FieldOf<T> {
  readonly scope: Scope;
  readonly segment: string;
  readonly shape: Shape<T>;
}

export const at = <T>(scope: Scope, segment: string, shape: Shape<T>): FieldOf<T> => ({ scope, segment, shape });
/** A field whose scope follows its parent's. */
export const inner = <T>(segment: string, shape: Shape<T>): FieldOf<T> => at('inherit', segment, shape);

type Fields = Readonly<Record<string, FieldOf<never>>>;
type RecordOf<F> = { readonly [K in keyof F]: F[K] extends FieldOf<infer T> ? T : never };

/** Named members below one key; the record has no key of its own. Not written at all when undefined. */
export const record = <F extends { readonly [K in keyof F]: FieldOf<ValueOf<F[K]['shape']>> }>(fields: F): Shape<RecordOf<F>> => {
  const entries = Object.entries(fields as unknown as Fields) as unknown as [string, FieldOf<unknown>][];
  return {
    decode: (source, key, issues) =>
      Object.fromEntries(entries.map(([name, { scope, segment, shape }]) => [name, shape.decode(source, keyOf(key, scope, segment), issues)])) as RecordOf<F>,
    encode(value, key, target) {
      if (value === undefined) return;
      for (const [name, { scope, segment, shape }] of entries) {
        shape.encode((value as Record<string, unknown>)[name], keyOf(key, scope, segment), target);
      }
    },
  };
};

/** Reads a whole configuration. */
export function decode<T>(shape: Shape<T>, source: ExtraConfig): { readonly value: T; readonly issues: readonly DecodeIssue[] } {
  const issues: DecodeIssue[] = [];
  return { value: shape.decode(source, '', issues), issues };
}

/** Writes a whole configuration, '' already replaced by what vSphere keeps. */
export function encode<T>(shape: Shape<T>, value: T): Map<string, string> {
  const target = new Map<string, string>();
  shape.encode(value, '', target);
  for (const [key, entry] of target) if (entry === '') target.set(key, EMPTY);
  return target;
}

/** The extraConfig of a VM as a map; values that are not text are left out. */
export function extraConfigOf(options: readonly { readonly key: string; readonly value?: unknown }[] | undefined): ExtraConfig {
  const found = new Map<string, string>();
  for (const { key, value } of options ?? []) if (typeof value === 'string') found.set(key, value);
  return found;
}
