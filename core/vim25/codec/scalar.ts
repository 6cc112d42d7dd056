// Text of xsd scalars, both directions. Pure; parse functions answer undefined for text that is not of the type.

const INT = /^[+-]?\d{1,20}$/;
const DATE = /^(-?\d{4,6})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,20})?(Z|[+-]\d\d:\d\d)?$/;
const DOUBLE = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  byte: [-128, 127],
  short: [-32768, 32767],
  int: [-2147483648, 2147483647],
};
const LONG_MIN = -(2n ** 63n);
const LONG_MAX = 2n ** 63n - 1n;

/** The ranges of integer types in words, for messages; undefined for other types. */
export function rangeOf(type: string): string | undefined {
  const range = RANGES[type];
  if (range) return `${range[0]} to ${range[1]}`;
  return type === 'long' ? `${LONG_MIN} to ${LONG_MAX}` : undefined;
}

/** The value of an xsd scalar other than anyType, or undefined when the text is not one. */
export function parseScalar(type: string, text: string): unknown {
  switch (type) {
    case 'string':
    case 'anyURI':
      return text;
    case 'boolean':
      return parseBoolean(text.trim());
    case 'byte':
    case 'short':
    case 'int':
      return parseInteger(text.trim(), RANGES[type]!);
    case 'long':
      return parseLong(text.trim());
    case 'float':
    case 'double':
      return parseDouble(text.trim());
    case 'dateTime':
      return parseDate(text.trim());
    case 'base64Binary':
      return parseBase64(text);
    default:
      return undefined;
  }
}

function parseBoolean(text: string): boolean | undefined {
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : undefined;
}

function parseInteger(text: string, [low, high]: readonly [number, number]): number | undefined {
  if (!INT.test(text)) return undefined;
  const value = Number(text) + 0;
  return value < low || value > high ? undefined : value;
}

function parseLong(text: string): number | bigint | undefined {
  if (!INT.test(text)) return undefined;
  const value = Number(text) + 0;
  if (Number.isSafeInteger(value)) return value;
  const exact = BigInt(text.startsWith('+') ? text.slice(1) : text);
  return exact < LONG_MIN || exact > LONG_MAX ? undefined : exact;
}

function parseDouble(text: string): number | undefined {
  if (text === 'INF' || text === '+INF') return Infinity;
  if (text === '-INF') return -Infinity;
  if (text === 'NaN') return NaN;
  return DOUBLE.test(text) ? Number(text) : undefined;
}

function parseDate(text: string): Date | undefined {
  const match = DATE.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const [m, d, h, min, s] = [Number(month), Number(day), Number(hour), Number(minute), Number(second)];
  if (h > 24 || min > 59 || s > 59 || (h === 24 && (min > 0 || s > 0))) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), m - 1, d);
  if (date.getUTCMonth() !== m - 1 || date.getUTCDate() !== d) return undefined;
  // Finer than milliseconds is cut off, as Date has no room for it.
  const millis = fraction ? Number(fraction.slice(1, 4).padEnd(3, '0')) : 0;
  date.setUTCHours(h, min, s, millis);
  if (zone && zone !== 'Z') {
    const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(4, 6))];
    if (hours > 14 || minutes > 59) return undefined;
    const offset = (hours * 60 + minutes) * 60_000;
    date.setTime(date.getTime() - (zone[0] === '-' ? -offset : offset));
  }
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function parseBase64(text: string): Uint8Array | undefined {
  const packed = text.replace(/\s+/g, '');
  if (packed.length % 4 !== 0 || !BASE64.test(packed)) return undefined;
  return new Uint8Array(Buffer.from(packed, 'base64'));
}

/** The text of a double or float as xsd writes it. */
export function doubleText(value: number): string {
  if (value === Infinity) return 'INF';
  if (value === -Infinity) return '-INF';
  return Object.is(value, -0) ? '-0' : String(value);
}

/** ISO 8601 in UTC; years beyond 9999 as xsd spells them. */
export function dateText(value: Date): string {
  const iso = value.toISOString();
  const sign = iso[0];
  if (sign !== '+' && sign !== '-') return iso;
  const year = String(Number(iso.slice(1, 7))).padStart(4, '0');
  return `${sign === '-' ? '-' : ''}${year}${iso.slice(7)}`;
}

export const base64Text = (value: Uint8Array): string =>
  Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');

const UNSAFE = /[&<>\u0000-\u0008\u000b-\u001f\ufffe\uffff\ud800-\udfff]/;
const UNSAFE_ATTRIBUTE = /[&<>"\u0000-\u001f\ufffe\uffff\ud800-\udfff]/;
const ILLEGAL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;', '\n': '&#xA;', '\t': '&#x9;',
};

/** Element text; characters that XML 1.0 cannot carry become U+FFFD. */
export function escapeText(text: string): string {
  if (!UNSAFE.test(text)) return text;
  return text.replace(ILLEGAL, '\ufffd').replace(/[&<>\r]/g, (char) => ENTITIES[char]!);
}

/** The value of an attribute in double quotes. */
export function escapeAttribute(text: string): string {
  if (!UNSAFE_ATTRIBUTE.test(text)) return text;
  return text.replace(ILLEGAL, '\ufffd').replace(/[&<>"\r\n\t]/g, (char) => ENTITIES[char]!);
}
