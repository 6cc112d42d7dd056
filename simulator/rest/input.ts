// Typed reading of what a request carries. Every refusal names the field, what it holds, and what it may hold.
import { invalid, RestError } from './errors.ts';

type Fields = Readonly<Record<string, unknown>>;

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value)).slice(0, 80);

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A JSON object and where it was found. */
export class Input {
  private readonly fields: Fields;
  private readonly path: string;

  constructor(fields: unknown, path = '') {
    if (!isFields(fields)) throw wrong(path || 'the body', 'a JSON object', fields);
    this.fields = fields;
    this.path = path;
  }

  private at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined && this.fields[name] !== null;
  }

  /** A copy with one field more. */
  with(name: string, value: unknown): Input {
    return new Input({ ...this.fields, [name]: value }, this.path);
  }

  /** The field as it is. */
  raw(name: string): unknown {
    return this.fields[name] ?? undefined;
  }

  names(): readonly string[] {
    return Object.keys(this.fields);
  }

  private read<T>(name: string, kind: string, fits: (value: unknown) => value is T): T | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    if (!fits(value)) throw wrong(this.at(name), kind, value);
    return value;
  }

  private must<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw new RestError('INVALID_ARGUMENT', `A required value is missing: ${this.at(name)}.`, 'com.vmware.vapi.data.structure.field.missing');
    return value;
  }

  optionalText(name: string): string | undefined {
    return this.read(name, 'a text', (value): value is string => typeof value === 'string');
  }

  text(name: string): string {
    return this.must(name, this.optionalText(name));
  }

  /** A text that is one of these. */
  optionalWord<T extends string>(name: string, words: readonly T[]): T | undefined {
    return this.read(name, `one of ${words.join(', ')}`, (value): value is T => words.includes(value as T));
  }

  word<T extends string>(name: string, words: readonly T[]): T {
    return this.must(name, this.optionalWord(name, words));
  }

  optionalNumber(name: string): number | undefined {
    return this.read(name, 'a whole number', (value): value is number => Number.isSafeInteger(value));
  }

  number(name: string): number {
    return this.must(name, this.optionalNumber(name));
  }

  flag(name: string): boolean | undefined {
    return this.read(name, 'true or false', (value): value is boolean => typeof value === 'boolean');
  }

  optionalTexts(name: string): readonly string[] | undefined {
    return this.read(name, 'a list of texts', (value): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string'));
  }

  texts(name: string): readonly string[] {
    return this.must(name, this.optionalTexts(name));
  }

  optional(name: string): Input | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : new Input(value, this.at(name));
  }

  object(name: string): Input {
    return this.must(name, this.optional(name));
  }

  objects(name: string): readonly Input[] {
    const list = this.read(name, 'a list', (value): value is unknown[] => Array.isArray(value)) ?? [];
    return list.map((item, i) => new Input(item, `${this.at(name)}[${i}]`));
  }
}

const wrong = (where: string, kind: string, value: unknown): RestError => invalid(`${where} is ${show(value)}; it must be ${kind}.`);
