// Words that both sides of the SOAP 1.1 envelope share: prefixes, the method tables, finding body and header.
import { fault } from '../fault.ts';
import type { Field, Method } from '../schema.ts';
import { managedType, ownersOf } from '../schema.ts';
import type { XmlElement, XmlLimits } from './xml.ts';
import { childOf, parseXml } from './xml.ts';

const OPEN =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<soapenv:Envelope xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/"' +
  ' xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
  ' xmlns:xsd="http://www.w3.org/2001/XMLSchema"' +
  ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n';
const CLOSE = '\n</soapenv:Body>\n</soapenv:Envelope>';

/** An envelope around ready XML. Prefixes are fixed: clients that do not resolve them look for exactly these. */
export const envelope = (body: string, header = ''): string =>
  `${OPEN}${header === '' ? '' : `<soapenv:Header>${header}</soapenv:Header>\n`}<soapenv:Body>\n${body}${CLOSE}`;

export interface OpenedEnvelope {
  readonly header: XmlElement | undefined;
  /** First element of the body. */
  readonly content: XmlElement | undefined;
}

/** Parses an envelope of any prefix; Fault('InvalidRequest') when the document is none. */
export function openEnvelope(body: Uint8Array | string, limits?: XmlLimits): OpenedEnvelope {
  const root = parseXml(body, limits);
  if (root.name !== 'Envelope') {
    throw fault('InvalidRequest', {}, `The document is not a SOAP envelope: its root element is "${root.name.slice(0, 80)}".`);
  }
  const soapBody = childOf(root, 'Body');
  if (!soapBody) throw fault('InvalidRequest', {}, 'The SOAP envelope has no Body.');
  return { header: childOf(root, 'Header'), content: soapBody.children[0] };
}

/** A method of the type, or of any type that has one of this name; undefined when vim25 has none. */
export function findMethod(name: string, typeName: string): Method | undefined {
  const own = managedType(typeName)?.methods.get(name);
  if (own) return own;
  const owner = ownersOf(name)[0];
  return owner === undefined ? undefined : managedType(owner)!.methods.get(name);
}

const anyField = (name: string, type: string, optional: boolean): Field => ({
  name, type, kind: 'primitive', array: false, optional, secret: false, since: 0, privilege: '',
});

/** The undocumented call by which pyVmomi reads one property of any object. */
export const FETCH: Method = {
  name: 'Fetch',
  owner: 'ManagedObject',
  since: 0,
  params: [anyField('prop', 'string', false)],
  result: anyField('returnval', 'anyType', true),
  privilege: 'System.View',
  faults: ['InvalidProperty'],
  isTask: false,
  taskName: '',
  taskResult: '',
};

/** findMethod, with Fetch known on every type. */
export const methodOf = (name: string, typeName: string): Method | undefined =>
  findMethod(name, typeName) ?? (name === 'Fetch' ? FETCH : undefined);
