// The server's side of the SOAP envelope: a request read, a response or fault written. No HTTP, no dispatch.
import type { Fault } from '../fault.ts';
import { fault, isFault } from '../fault.ts';
import type { ManagedObjectReference } from '../reference.ts';
import { reference } from '../reference.ts';
import type { Method, Version } from '../schema.ts';
import { NAMESPACES } from '../namespaces.ts';
import { latestVersion, useNamespace, versionOf } from '../schema.ts';
import type { DecodeOptions } from './decode.ts';
import { addField, missing } from './decode.ts';
import type { Encoder } from './encode.ts';
import { encoderFor } from './encode.ts';
import { escapeText } from './scalar.ts';
import { envelope, FETCH, methodOf, openEnvelope } from './soap.ts';
import type { XmlElement, XmlLimits } from './xml.ts';
import { childOf, namespaceOf } from './xml.ts';

export * from './client-envelope.ts';

export interface SoapRequest {
  /** Wire name: 'RetrievePropertiesEx', 'PowerOnVM_Task', 'Fetch'. */
  readonly method: string;
  /** False when vim25 has no method of this name; args are empty then. */
  readonly known: boolean;
  /** The object; type '' when the client did not say it. */
  readonly self: ManagedObjectReference;
  /** Namespace of the method's element: 'urn:vim25', '' for none, 'prefix:' for a prefix that is not declared. */
  readonly namespace: string;
  /** From the SOAPAction; undefined when it names no version that the tables know. */
  readonly version: Version | undefined;
  readonly args: Readonly<Record<string, unknown>>;
  /** Names of the elements inside the method's element, as sent. */
  readonly elements: readonly string[];
  /** `operationID` of the SOAP header. */
  readonly operationId?: string;
  /** `vcSessionCookie` of the SOAP header, as sent. */
  readonly sessionCookieHeader?: string;
}

export interface ReadOptions extends DecodeOptions {
  readonly limits?: XmlLimits;
}

/** Reads a request. Whatever is wrong with it is thrown as a Fault: InvalidRequest or InvalidArgument. */
export function readRequest(body: Uint8Array | string, soapAction?: string, options: ReadOptions = {}): SoapRequest {
  const { header, content } = openEnvelope(body, options.limits);
  if (!content) throw fault('InvalidRequest', {}, 'The SOAP Body is empty: a method element is needed.');
  const namespace = namespaceOf(content) ?? `${content.prefix}:`;
  useNamespace(namespace);
  const self = readSelf(content);
  const method = methodOf(content.name, self.type);
  const operationId = headerText(header, 'operationID');
  const sessionCookieHeader = headerText(header, 'vcSessionCookie');
  return {
    method: content.name,
    known: method !== undefined,
    self,
    namespace,
    version: versionOfAction(soapAction),
    args: method ? readArguments(content, method, options) : {},
    elements: content.children.map((child) => child.name),
    ...(operationId === undefined ? {} : { operationId }),
    ...(sessionCookieHeader === undefined ? {} : { sessionCookieHeader }),
  };
}

/** The version a SOAPAction header names: `urn:vim25/6.0`, with or without quotes. */
export function versionOfAction(soapAction: string | undefined): Version | undefined {
  const api = /^\s*"?\s*urn:(?:internal)?vim25\/([^"\s]+)\s*"?\s*$/.exec(soapAction ?? '')?.[1];
  return api === undefined ? undefined : versionOf(api);
}

/** The reply to a method; nothing but the response element when it is void or the result is unset. */
export function writeResponse(method: Method | 'Fetch', result: unknown, version?: Version): string {
  const { name, result: field } = method === 'Fetch' ? FETCH : method;
  // The result of a method is never newer than the method that the client could call.
  const xml = field ? encoderFor(version).field('returnval', { ...field, since: 0 }, result) : '';
  return envelope(`<${name}Response ${namespacesOf(version)}>${xml}</${name}Response>`);
}

/** Declares the namespace of the service that speaks, and the prefixes of its types. */
function namespacesOf(version: Version | undefined): string {
  const namespace = version?.namespace;
  if (namespace === undefined) return 'xmlns="urn:vim25"';
  const { prefix } = NAMESPACES[namespace]!;
  return prefix === '' ? `xmlns="${namespace}"` : `xmlns="${namespace}" xmlns:${prefix}="${namespace}" xmlns:vim25="urn:vim25"`;
}

/** The SOAP fault of an error; what is not a Fault becomes a SystemError that shows only its message. Never throws. */
export function writeFault(error: Fault | Error, version: Version = latestVersion()): string {
  const thrown = isFault(error) ? error : systemError(error);
  const encoder = encoderFor(version);
  try {
    return faultEnvelope(encoder, thrown);
  } catch (problem) {
    // A detail that is no vim25 value: the client still has to learn what happened.
    return faultEnvelope(encoder, systemError(new Error(`${thrown.message} (${(problem as Error).message})`)));
  }
}

function faultEnvelope(encoder: Encoder, thrown: Fault): string {
  const type = encoder.knownType(thrown.type, 'MethodFault') ?? 'MethodFault';
  const inner = encoder.inner(thrown.detail, type);
  const element = `${type}Fault`;
  return envelope(
    '<soapenv:Fault><faultcode>ServerFaultCode</faultcode>' +
      `<faultstring>${escapeText(thrown.message)}</faultstring>` +
      `<detail><${element} ${namespacesOf(encoder.version)} xsi:type="${encoder.typeName(type)}">${inner}</${element}></detail></soapenv:Fault>`,
  );
}

const systemError = (error: Error): Fault =>
  fault('SystemError', { reason: error.message }, `A general system error occurred: ${error.message}`);

function readSelf(content: XmlElement): ManagedObjectReference {
  const element = childOf(content, '_this');
  if (!element || element.children.length > 0 || element.text.trim() === '') {
    throw fault('InvalidRequest', {}, `${content.name.slice(0, 80)} has no _this: the id of a managed object is needed.`);
  }
  return reference(element.refType ?? '', element.text);
}

function readArguments(content: XmlElement, method: Method, options: DecodeOptions): Record<string, unknown> {
  const args: Record<string, unknown> = {};
  for (const child of content.children) {
    const field = method.params.find((param) => param.name === child.name);
    if (field) addField(args, child, field, options);
    else if (child.name !== '_this' && !options.lenient) {
      const valid = method.params.map((param) => param.name).join(', ') || 'none';
      throw fault('InvalidRequest', {}, `${method.name} has no parameter "${child.name.slice(0, 80)}"; its parameters: ${valid}`);
    }
  }
  for (const field of method.params) {
    if (field.optional || args[field.name] !== undefined) continue;
    if (!field.array) throw missing(content, field.name, method.name);
    args[field.name] = [];
  }
  return args;
}

function headerText(header: XmlElement | undefined, name: string): string | undefined {
  const text = header && childOf(header, name)?.text.trim();
  return text === '' ? undefined : text;
}
