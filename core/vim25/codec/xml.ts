// The XML parser of the wire: bytes or text in, a small element tree out, every refusal a Fault('InvalidRequest').
// Owns encodings, namespaces and limits; knows nothing of vim25 types.
import { isUtf8 } from 'node:buffer';
import { SaxesParser } from 'saxes';
import type { Fault } from '../fault.ts';
import { fault } from '../fault.ts';

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';

/** Namespace declarations in scope, innermost first. */
interface Scope {
  readonly prefix: string;
  readonly uri: string;
  readonly outer: Scope | undefined;
  /** How many declarations are in scope, this one included. */
  readonly count: number;
}

export interface XmlElement {
  /** Local name, without prefix. */
  readonly name: string;
  readonly prefix: string;
  readonly parent: XmlElement | undefined;
  /** Text of a leaf; '' for an element that has child elements. */
  text: string;
  children: XmlElement[];
  /** Local part of xsi:type: 'string' for "xsd:string". */
  readonly xsiType: string | undefined;
  /** The plain `type` attribute of managed object references. */
  readonly refType: string | undefined;
  /** xsi:nil="true". */
  readonly nil: boolean;
  readonly scope: Scope | undefined;
}

export interface XmlLimits {
  /** Deepest nesting of elements. */
  readonly depth: number;
  /** Longest document, in bytes (Uint8Array) or characters (string). */
  readonly size: number;
  /** Most elements in a document: each costs far more memory than its text. */
  readonly elements: number;
}

/** Generous for requests; a spec of thousands of devices stays far below. */
export const defaultLimits: XmlLimits = { depth: 200, size: 32 * 1024 * 1024, elements: 500_000 };

/** Every xsi:type looks its prefix up, so declarations in scope are few. */
const MOST_DECLARATIONS = 100;

const NONE: XmlElement[] = [];

const refuse = (message: string): Fault => fault('InvalidRequest', {}, message);

/** The root element of a document. Throws Fault('InvalidRequest') that says what is wrong and where. */
export function parseXml(body: Uint8Array | string, limits: XmlLimits = defaultLimits): XmlElement {
  if (body.length > limits.size) {
    throw refuse(`The request is too long: ${body.length} bytes, at most ${limits.size} are read.`);
  }
  const text = typeof body === 'string' ? checkedText(body) : decodeBytes(body);
  const builder = new TreeBuilder(limits);
  return builder.run(text);
}

/** Namespace URI of an element; '' when it has none, undefined when its prefix is not declared. */
export function namespaceOf(element: XmlElement): string | undefined {
  return lookup(element.scope, element.prefix) ?? (element.prefix === '' ? '' : undefined);
}

/** The first child of that local name. */
export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

/** Where an element is, for messages: 'spec.deviceChange[2].device' below the method's element. */
export function pathOf(element: XmlElement): string {
  const steps: string[] = [];
  let current: XmlElement | undefined = element;
  while (current?.parent && current.parent.name !== 'Body') {
    const { parent, name }: XmlElement = current;
    const like: XmlElement[] = parent.children.filter((sibling) => sibling.name === name);
    steps.push(like.length > 1 ? `${name}[${like.indexOf(current)}]` : name);
    current = parent;
  }
  return steps.reverse().join('.') || element.name;
}

function lookup(scope: Scope | undefined, prefix: string): string | undefined {
  for (let at = scope; at; at = at.outer) if (at.prefix === prefix) return at.uri;
  return undefined;
}

function declare(prefix: string, uri: string, outer: Scope | undefined): Scope {
  const count = (outer?.count ?? 0) + 1;
  if (count > MOST_DECLARATIONS) throw refuse(`The request has more than ${MOST_DECLARATIONS} namespace declarations in one place.`);
  return { prefix, uri, outer, count };
}

const ENCODING = /^<\?xml[^>]{0,200}?\sencoding\s*=\s*["']([^"'>]{1,40})["']/;

function decodeBytes(body: Uint8Array): string {
  const [a, b, c] = body;
  if ((a === 0xfe && b === 0xff) || (a === 0xff && b === 0xfe) || (a === 0 && b === 0x3c) || (a === 0x3c && b === 0)) {
    throw refuse('The request is encoded in UTF-16 or UTF-32; send it as UTF-8.');
  }
  const start = a === 0xef && b === 0xbb && c === 0xbf ? 3 : 0;
  const bytes = Buffer.from(body.buffer, body.byteOffset + start, body.byteLength - start);
  const declared = declaredEncoding(bytes.toString('latin1', 0, 256));
  if (declared === 'iso-8859-1') return bytes.toString('latin1');
  if (!isUtf8(bytes)) throw refuse(`The request is not valid UTF-8${invalidAt(bytes)}.`);
  return bytes.toString('utf8');
}

function invalidAt(bytes: Buffer): string {
  let low = 0;
  let high = bytes.length;
  // The longest prefix that is valid, up to a cut-off character at its end.
  while (high - low > 8) {
    const middle = (low + high) >> 1;
    const head = [0, 1, 2, 3].some((back) => isUtf8(bytes.subarray(0, middle - back)));
    if (head) low = middle - 3;
    else high = middle;
  }
  return ` (near byte ${low})`;
}

function checkedText(body: string): string {
  declaredEncoding(body.slice(0, 256));
  return body.charCodeAt(0) === 0xfeff ? body.slice(1) : body;
}

function declaredEncoding(head: string): string {
  const name = (ENCODING.exec(head)?.[1] ?? 'utf-8').toLowerCase();
  switch (name) {
    case 'utf-8':
    case 'utf8':
    case 'us-ascii':
    case 'ascii':
      return 'utf-8';
    case 'iso-8859-1':
    case 'latin1':
      return 'iso-8859-1';
    default:
      throw refuse(`The request declares encoding "${name}"; send UTF-8 (us-ascii and iso-8859-1 are read too).`);
  }
}

class TreeBuilder {
  private readonly limits: XmlLimits;
  private depth = 0;
  private elements = 0;
  private root: XmlElement | undefined;
  private current: XmlElement | undefined;

  constructor(limits: XmlLimits) {
    this.limits = limits;
  }

  run(text: string): XmlElement {
    const parser = new SaxesParser({ xmlns: false });
    const where = (): string => `line ${parser.line}, column ${parser.column}`;
    parser.on('error', (error) => {
      throw refuse(`The request is not well-formed XML: ${error.message.slice(0, 300)}`);
    });
    parser.on('doctype', () => {
      throw refuse(`The request has a DOCTYPE (${where()}); document types and entities are not read.`);
    });
    parser.on('opentag', (tag) => {
      if (++this.depth > this.limits.depth) {
        throw refuse(`The request is nested deeper than ${this.limits.depth} elements (${where()}).`);
      }
      if (++this.elements > this.limits.elements) {
        throw refuse(`The request has more than ${this.limits.elements} elements (${where()}).`);
      }
      this.open(tag.name, tag.attributes);
    });
    parser.on('closetag', () => this.close());
    const addText = (piece: string): void => {
      const at = this.current;
      if (at && at.children === NONE) at.text = at.text === '' ? piece : at.text + piece;
    };
    parser.on('text', addText);
    parser.on('cdata', addText);
    parser.write(text).close();
    if (!this.root) throw refuse('The request is empty: a SOAP envelope is needed.');
    return this.root;
  }

  private open(tagName: string, attributes: Record<string, string>): void {
    const parent = this.current;
    let scope = parent?.scope;
    let xsiType: string | undefined;
    let refType: string | undefined;
    let nil = false;
    let prefixed: string[] | undefined;
    for (const key in attributes) {
      if (key === 'type') refType = attributes[key];
      else if (key === 'xmlns') scope = declare('', attributes[key]!, scope);
      else if (key.startsWith('xmlns:')) scope = declare(key.slice(6), attributes[key]!, scope);
      else if (key.endsWith(':type') || key.endsWith(':nil')) (prefixed ??= []).push(key);
    }
    if (prefixed) {
      for (const key of prefixed) {
        const colon = key.indexOf(':');
        // Go's encoder writes "XMLSchema-instance:type" without declaring it below the first use.
        if ((lookup(scope, key.slice(0, colon)) ?? XSI) !== XSI) continue;
        const value = attributes[key]!.trim();
        if (key.endsWith('type')) xsiType = value.slice(value.lastIndexOf(':') + 1);
        else nil = value === 'true' || value === '1';
      }
    }
    const colon = tagName.indexOf(':');
    const element: XmlElement = {
      name: colon < 0 ? tagName : tagName.slice(colon + 1),
      prefix: colon < 0 ? '' : tagName.slice(0, colon),
      parent,
      text: '',
      children: NONE,
      xsiType,
      refType,
      nil,
      scope,
    };
    if (!parent) this.root = element;
    else if (parent.children === NONE) {
      parent.children = [element];
      parent.text = '';
    } else parent.children.push(element);
    this.current = element;
  }

  private close(): void {
    this.depth--;
    this.current = this.current!.parent;
  }
}
