// An OVF descriptor as a tree whose elements know their namespace and line: what its faults have to name.
import { SaxesParser } from 'saxes';

export interface Node {
  readonly name: string;
  readonly namespace: string;
  readonly line: number;
  /** Attributes by local name; VMware's own as 'vmw:name'. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Node[];
  readonly text: string;
}

/** A text that is no XML, with the line where it stops being so. */
export class XmlError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

export const VMW = 'http://www.vmware.com/schema/ovf';

/** Deepest nesting and most elements of a descriptor that is read. */
const DEEPEST = 100;
const MOST = 100_000;

interface Draft extends Node {
  children: Node[];
  text: string;
}

/** Reads a document. Throws XmlError. Document types and the entities that they define are refused. */
export function parseDocument(text: string): Node {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const stack: Draft[] = [];
  let root: Node | undefined;
  let count = 0;
  const refuse = (why: string): never => {
    throw new XmlError(why, parser.line);
  };
  parser.on('error', (error) => refuse(error.message.replace(/^[^:]*:\d+:\d+: /, '')));
  parser.on('doctype', () => refuse('a descriptor has no document type'));
  parser.on('opentag', ({ local, uri, attributes }) => {
    if (stack.length >= DEEPEST || (count += 1) > MOST) refuse('it has too many elements');
    const named = Object.values(attributes).filter(({ prefix }) => prefix !== 'xmlns').map((a): [string, string] => [a.uri === VMW ? `vmw:${a.local}` : a.local, a.value]);
    const node: Draft = { name: local, namespace: uri, line: parser.line, attributes: new Map(named), children: [], text: '' };
    stack.at(-1)?.children.push(node);
    root ??= node;
    stack.push(node);
  });
  parser.on('text', (piece) => {
    const node = stack.at(-1);
    if (node) node.text += piece;
  });
  parser.on('cdata', (piece) => {
    const node = stack.at(-1);
    if (node) node.text += piece;
  });
  parser.on('closetag', () => void stack.pop());
  parser.write(text).close();
  return root ?? refuse('it has no element');
}

export const childNamed = (node: Node | undefined, name: string): Node | undefined => node?.children.find((child) => child.name === name);
export const childrenNamed = (node: Node | undefined, name: string): readonly Node[] => node?.children.filter((child) => child.name === name) ?? [];

/** The trimmed text of a child; undefined when there is none or it is empty. */
export function textOf(node: Node | undefined, name: string): string | undefined {
  const text = childNamed(node, name)?.text.trim();
  return text === '' ? undefined : text;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as it stands in a document; what XML 1.0 cannot have is left out. */
export const escapeXml = (text: string): string =>
  text.replace(/[^\t\n\r\u0020-\ud7ff\ud800-\udfff\ue000-\ufffd]/g, '').replace(/[&<>"]/g, (mark) => ESCAPES[mark]!);
