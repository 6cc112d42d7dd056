// XML as signatures need it: a tree that keeps attributes, namespaces and the places of its elements in the text. Limits
// are those of the wire; what is wrong with a document is thrown as a TrustFault.
import { SaxesParser } from 'saxes';
import { TrustFault } from './trust-fault.ts';

export interface Element {
  /** Local name. */
  readonly name: string;
  /** Namespace; '' for none. */
  readonly space: string;
  /** By local name; of two with the same local name the one without a namespace. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own text, without that of its children. */
  readonly text: string;
  /** The element as it stands in the document, with the namespaces that it takes from around it declared. */
  readonly source: string;
}

const DEEPEST = 60;
const LONGEST = 1024 * 1024;

interface Open {
  readonly name: string;
  readonly space: string;
  readonly attributes: Record<string, string>;
  readonly children: Element[];
  readonly start: number;
  readonly declared: Readonly<Record<string, string>>;
  readonly inherited: Readonly<Record<string, string>>;
  text: string;
}

/** The root element of a document. Throws BadRequest for what is none. */
export function parse(document: string): Element {
  if (document.length > LONGEST) throw new TrustFault('BadRequest', `The document is too long: at most ${LONGEST} characters are read.`);
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: Open[] = [];
  let root: Element | undefined;
  let start = 0;
  // Positions are those of characters as JavaScript counts them, since the parser is given the text in one piece.
  parser.on('opentagstart', ({ name }) => {
    start = document.lastIndexOf(`<${name}`, parser.position);
  });
  parser.on('opentag', ({ local, uri, attributes, ns }) => {
    if (open.length >= DEEPEST) throw new TrustFault('BadRequest', 'The document is nested too deeply.');
    const outer = open.at(-1);
    const own: Record<string, string> = {};
    for (const attribute of Object.values(attributes)) {
      if (attribute.prefix === 'xmlns' || attribute.name === 'xmlns') continue;
      if (attribute.uri === '' || own[attribute.local] === undefined) own[attribute.local] = attribute.value;
    }
    open.push({ name: local, space: uri, attributes: own, children: [], start, declared: { ...ns }, inherited: { ...outer?.inherited, ...outer?.declared }, text: '' });
  });
  const addText = (text: string) => {
    const current = open.at(-1);
    if (current) current.text += text;
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('doctype', () => {
    throw new TrustFault('BadRequest', 'A document type has no place in a message.');
  });
  parser.on('closetag', () => {
    const { declared, inherited, start: begin, ...rest } = open.pop()!;
    const element = { ...rest, source: withNamespaces(document.slice(begin, parser.position), inherited, declared) };
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  });
  parser.on('error', (error) => {
    throw new TrustFault('BadRequest', `The document is no XML: ${error.message}`);
  });
  parser.write(document).close();
  return root!;
}

/** The text of an element that may stand alone: prefixes from around it are declared in its first tag. */
function withNamespaces(text: string, inherited: Readonly<Record<string, string>>, declared: Readonly<Record<string, string>>): string {
  const missing = Object.entries(inherited).filter(([prefix]) => !Object.hasOwn(declared, prefix));
  const tag = /^<[^\s/>]+/.exec(text)?.[0] ?? '';
  return `${tag}${missing.map(([prefix, uri]) => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escape(uri)}"`).join('')}${text.slice(tag.length)}`;
}

/** The first child of that local name. */
export const child = (element: Element | undefined, name: string): Element | undefined => element?.children.find((candidate) => candidate.name === name);

/** What is at the end of a way of local names. */
export const at = (element: Element | undefined, ...names: readonly string[]): Element | undefined => names.reduce(child, element);

/** Text for XML, in attributes too. */
export const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);
