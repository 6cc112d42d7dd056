// What the small SOAP services of single sign-on have in common: a table of types and methods, requests read by it, answers
// and faults written by it. A service lives in one namespace of its own. They are no part of the type tables of vim25: their
// objects, sessions and method names (Login, Get, List) are others, and who only uses vim25 need not load them.
import { isFault } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { child, escape, type Element } from './xml.ts';

export type Value = unknown;
export type Values = Readonly<Record<string, Value>>;

export interface Reference {
  readonly type: string;
  readonly value: string;
}

/** What a method is given besides its arguments. */
export interface ServiceCall {
  readonly sim: Simulation;
  /** Where the client reached us: 'https://host:port'. */
  readonly origin: string;
  /** Who is logged in, 'name@DOMAIN'. */
  readonly user: string | undefined;
  /** Looks who the message itself proves to be from. */
  prove(): Promise<string | undefined>;
}

/** Fields are written 'name:type', with '[]' after the type of lists and '?' after what may be absent. */
export interface ServiceMethod {
  /** Type of the object that has it. */
  readonly on: string;
  readonly params?: string;
  /** A type with its marks; nothing when absent. */
  readonly result?: string;
  run(call: ServiceCall, args: Values): Value;
}

export interface Service {
  /** 'urn:lookup' */
  readonly namespace: string;
  /** Data objects: [base, fields]. */
  readonly types: Readonly<Record<string, readonly [string | undefined, string]>>;
  /** Its objects, by id. */
  readonly objects: Readonly<Record<string, string>>;
  readonly methods: Readonly<Record<string, ServiceMethod>>;
}

/** A refusal in the service's own words: a type, a message, and fields as text. */
export class ServiceFault extends Error {
  readonly type: string;
  readonly fields: Readonly<Record<string, string>>;

  constructor(type: string, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.type = type;
    this.fields = fields;
  }
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly list: boolean;
  readonly optional: boolean;
}

const parseType = (text: string) => ({ type: text.replace(/\[\]|\?/g, ''), list: text.includes('[]'), optional: text.includes('?') });

const parseFields = (text: string): Field[] =>
  text.split(' ').filter(Boolean).map((word) => {
    const [name = '', type = ''] = word.split(':');
    return { name, ...parseType(type) };
  });

function fieldsOf(service: Service, type: string): Field[] {
  const [base, fields] = service.types[type] ?? [undefined, ''];
  return [...(base === undefined ? [] : fieldsOf(service, base)), ...parseFields(fields)];
}

/** Runs the method that an element of a Body asks for; gives the content of the answer's Body. Throws a ServiceFault. */
export async function answerService(service: Service, call: ServiceCall, content: Element | undefined): Promise<string> {
  const method = content && Object.hasOwn(service.methods, content.name) ? service.methods[content.name] : undefined;
  if (!content || !method || (content.space !== service.namespace && content.space !== '')) {
    throw new ServiceFault('InvalidRequest', `Unable to resolve WSDL method name "${content?.name ?? ''}" (namespace "${content?.space ?? ''}").`);
  }
  const self = child(content, '_this')?.text.trim() ?? '';
  const type = Object.hasOwn(service.objects, self) ? service.objects[self] : undefined;
  if (type === undefined) throw new ServiceFault('ManagedObjectNotFound', `The object '${self}' has already been deleted or has not been completely created`);
  if (type !== method.on) throw new ServiceFault('MethodNotFound', `${type} has no method ${content.name} (it belongs to ${method.on}).`);
  const fields = parseFields(method.params ?? '');
  const result = await method.run(call, read(service, content, fields, content.name));
  const returned = method.result === undefined ? '' : write(service, 'returnval', parseType(method.result), result);
  return `<${content.name}Response xmlns="${service.namespace}">${returned}</${content.name}Response>`;
}

function read(service: Service, element: Element, fields: readonly Field[], path: string): Record<string, Value> {
  const values: Record<string, Value> = {};
  const unknown = element.children.find(({ name }) => name !== '_this' && !fields.some((field) => field.name === name));
  if (unknown) throw new ServiceFault('InvalidRequest', `${path} has no "${unknown.name}"; it has: ${fields.map(({ name }) => name).join(', ') || 'nothing'}.`);
  for (const { name, type, list, optional } of fields) {
    const found = element.children.filter((candidate) => candidate.name === name);
    if (found.length > 1 && !list) throw new ServiceFault('InvalidRequest', `${path}.${name} is no list, and came ${found.length} times.`);
    const all = found.map((each) => readOne(service, each, type, `${path}.${name}`));
    if (list) values[name] = all;
    else if (found.length > 0) values[name] = all[0];
    else if (!optional) throw new ServiceFault('InvalidArgument', `A specified parameter was not correct: ${path}.${name} is missing.`, { invalidProperty: name });
  }
  return values;
}

function readOne(service: Service, element: Element, type: string, path: string): Value {
  const text = element.text.trim();
  switch (type) {
    case 'string':
      return element.text;
    case 'boolean':
      if (!/^(true|false|0|1)$/.test(text)) throw new ServiceFault('InvalidRequest', `${path} is "${text}": true or false is needed.`);
      return text === 'true' || text === '1';
    case 'int':
    case 'long':
      if (!/^-?\d{1,15}$/.test(text)) throw new ServiceFault('InvalidRequest', `${path} is "${text}": a whole number is needed.`);
      return Number(text);
    default:
      return read(service, element, fieldsOf(service, type), path);
  }
}

function write(service: Service, name: string, { type, list }: Omit<Field, 'name'>, value: Value): string {
  if (value === undefined) return '';
  if (list) return (value as readonly Value[]).map((each) => write(service, name, { type, list: false, optional: false }, each)).join('');
  if (type === 'ref') {
    const { type: of, value: id } = value as Reference;
    return `<${name} type="${of}">${escape(id)}</${name}>`;
  }
  if (!Object.hasOwn(service.types, type)) return `<${name}>${escape(String(value))}</${name}>`;
  return `<${name}>${fieldsOf(service, type).map((field) => write(service, field.name, field, (value as Values)[field.name])).join('')}</${name}>`;
}

/** The content of a Body that tells a fault. What is no fault is told as a mistake of the simulator. */
export function serviceFault(service: Service, error: ServiceFault): string {
  const fields = Object.entries(error.fields).map(([name, value]) => `<${name}>${escape(value)}</${name}>`).join('');
  return `<soapenv:Fault><faultcode>ServerFaultCode</faultcode><faultstring>${escape(error.message)}</faultstring><detail>` +
    `<${error.type}Fault xmlns="${service.namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${error.type}">${fields}</${error.type}Fault></detail></soapenv:Fault>`;
}

/** A fault of vim25 as one of the service. */
export function translated(error: unknown, types: Readonly<Record<string, string>>, fields: (message: string) => Readonly<Record<string, string>> = () => ({})): unknown {
  const known = Object.keys(types).find((type) => isFault(error, type));
  return known === undefined ? error : new ServiceFault(types[known]!, (error as Error).message, fields((error as Error).message));
}
