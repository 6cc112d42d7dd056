// The caller's side of the SOAP envelope: a request written, a response read or its fault thrown. No HTTP.
import { Fault, isFault } from '../fault.ts';
import type { MethodFault } from '../types.d.ts';
import type { ManagedObjectReference } from '../reference.ts';
import type { Field } from '../schema.ts';
import { isSubtype, kindOf, latestVersion, versionOf } from '../schema.ts';
import type { DecodeOptions } from './decode.ts';
import { decodeData, decodeField } from './decode.ts';
import { Encoder } from './encode.ts';
import { escapeText } from './scalar.ts';
import type { OpenedEnvelope } from './soap.ts';
import { envelope, methodOf, openEnvelope } from './soap.ts';
import type { XmlElement, XmlLimits } from './xml.ts';
import { childOf, defaultLimits } from './xml.ts';

export interface RequestOptions {
  /** API version to speak: '6.0', '8.0.3.0'. Fields newer than it are not sent. */
  readonly version: string;
  readonly operationId?: string;
}

export interface WrittenRequest {
  readonly body: string;
  /** Value of the SOAPAction header. */
  readonly soapAction: string;
}

const LENIENT: DecodeOptions = { lenient: true };

/** Replies may be far larger than requests. */
const REPLY_LIMITS: XmlLimits = { ...defaultLimits, size: 512 * 1024 * 1024, elements: 20_000_000 };

const encoders = new Map<number, Encoder>();

// A caller may go on changing what it sent, so nothing is kept by identity here.
function encoderOf(api: string): Encoder {
  const version = versionOf(api) ?? latestVersion();
  let encoder = encoders.get(version.index);
  if (!encoder) encoders.set(version.index, (encoder = new Encoder(version, { cache: false })));
  return encoder;
}

/** The body and SOAPAction of a call. A TypeError for a method or argument that vim25 does not have. */
export function writeRequest(
  methodName: string,
  self: ManagedObjectReference,
  args: Readonly<Record<string, unknown>>,
  options: RequestOptions,
): WrittenRequest {
  const method = methodOf(methodName, self.type);
  if (!method) throw new TypeError(`vim25 has no method ${methodName}`);
  for (const name of Object.keys(args)) {
    if (method.params.some((param) => param.name === name)) continue;
    const valid = method.params.map((param) => param.name).join(', ') || 'none';
    throw new TypeError(`${methodName} has no parameter ${name}; its parameters: ${valid}`);
  }
  const encoder = encoderOf(options.version);
  let inner = encoder.field('_this', SELF, self);
  for (const field of method.params) inner += encoder.field(field.name, field, args[field.name]);
  const header = options.operationId === undefined ? '' : `<operationID>${escapeText(options.operationId)}</operationID>`;
  return {
    body: envelope(`<${methodName} xmlns="urn:vim25">${inner}</${methodName}>`, header),
    soapAction: `urn:vim25/${options.version}`,
  };
}

const SELF: Field = {
  name: '_this', type: 'ManagedObjectReference', kind: 'managed', array: false, optional: false, secret: false, since: 0, privilege: '',
};

/** The result of a call; throws the Fault that the server answered, or an Error when the body is no SOAP reply. */
export function readResponse(body: Uint8Array | string, methodName: string, selfType: string): unknown {
  const content = openReply(body).content;
  if (content?.name === 'Fault') throw readFault(content);
  if (content?.name !== `${methodName}Response`) {
    throw new Error(`The server did not answer ${methodName}: the reply holds ${content ? `"${content.name}"` : 'nothing'}.`);
  }
  const field = methodOf(methodName, selfType)?.result;
  if (!field) return undefined;
  const found = content.children.filter((child) => child.name === 'returnval');
  try {
    if (field.array) {
      if (found.length === 0 && field.optional) return undefined;
      return found.map((child) => decodeField(child, field, LENIENT)).filter((item) => item !== undefined);
    }
    return found[0] && decodeField(found[0], field, LENIENT);
  } catch (error) {
    throw isFault(error) ? new Error(`The server's reply to ${methodName} cannot be read: ${error.message}`, { cause: error }) : error;
  }
}

function openReply(body: Uint8Array | string): OpenedEnvelope {
  try {
    return openEnvelope(body, REPLY_LIMITS);
  } catch (error) {
    if (!isFault(error)) throw error;
    const start = (typeof body === 'string' ? body : Buffer.from(body.slice(0, 400)).toString('latin1')).slice(0, 100);
    const seen = start.replace(/[^\x20-\x7e]+/g, ' ').trim();
    const reason = error.message.replace(/^The request/, 'it');
    throw new Error(`The server's answer is not SOAP (${reason}); it begins: ${seen === '' ? '(nothing)' : seen}`, { cause: error });
  }
}

/** A SOAP fault as an error. A detail that these tables do not know becomes a MethodFault, with the message kept. */
function readFault(element: XmlElement): Fault {
  const message = childOf(element, 'faultstring')?.text ?? '';
  const detail = childOf(element, 'detail')?.children[0];
  const type = detail && faultType(detail);
  let value: Record<string, unknown> = { _type: type ?? (detail ? 'MethodFault' : 'RuntimeFault') };
  try {
    if (detail && type) value = decodeData(detail, type, LENIENT);
  } catch (error) {
    if (!isFault(error)) throw error;
  }
  return new Fault(value as unknown as MethodFault & { _type: string }, message === '' ? String(value['_type']) : message);
}

function faultType(detail: XmlElement): string | undefined {
  const names = [detail.xsiType ?? '', detail.name.replace(/Fault$/, ''), detail.name];
  return names.find((name) => kindOf(name) === 'data' && isSubtype(name, 'MethodFault'));
}
