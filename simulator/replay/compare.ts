// What two answers to the same call differ in, apart from values, and which ids of the one are which of the other.
import { childOf, parseXml, type XmlElement } from '../../core/vim25/codec/xml.ts';

/** Names of the recorded server and what they are now. */
export interface Names {
  /** Managed objects, sessions and keys. */
  readonly ids: Map<string, string>;
  /** Versions of collectors, tokens of paged reads. */
  readonly versions: Map<string, string>;
}

/** Answers that depend on when they are asked for. */
const TIMED = /^(WaitForUpdates|WaitForUpdatesEx|CheckForUpdates|ReadNext|ReadPrevious|ReadNextTasks|ReadNextEvents|QueryPerf|CurrentTime)/;

const bodyOf = (text: string): XmlElement | undefined => {
  const body = childOf(parseXml(text), 'Body');
  return body?.children[0];
};

/** The type of the fault in an answer; undefined when it is none. */
export function faultIn(text: string): string | undefined {
  const fault = tryBody(text);
  if (fault?.name !== 'Fault') return undefined;
  const detail = childOf(fault, 'detail')?.children[0];
  return detail?.xsiType ?? detail?.name.replace(/Fault$/, '') ?? 'a fault without detail';
}

const tryBody = (text: string): XmlElement | undefined => {
  try {
    return bodyOf(text);
  } catch {
    return undefined;
  }
};

/** What differs, at most a few lines; fills `names` from values that stand at the same place. */
export function compare(method: string, recorded: { status: number; reply: string }, now: { status: number; reply: string }, names: Names): readonly string[] {
  const [was, is] = [faultIn(recorded.reply), faultIn(now.reply)];
  if (was !== is) return [`${was ?? 'no fault'} was recorded, now it is ${is ?? 'no fault'}`];
  if (recorded.status !== now.status) return [`HTTP ${recorded.status} was recorded, now it is ${now.status}`];
  const [one, other] = [tryBody(recorded.reply), tryBody(now.reply)];
  if (!one || !other) return one === other ? [] : [`${one ? 'a SOAP answer' : 'no SOAP answer'} was recorded, now there is ${other ? 'one' : 'none'}`];
  const found: string[] = [];
  walk(one, other, '', names, found);
  return (TIMED.test(method) ? otherErrors(one, other) : found).slice(0, 5);
}

/** Errors of tasks and the like, which an answer that depends on time tells as well. */
function otherErrors(one: XmlElement, other: XmlElement): readonly string[] {
  const [were, are] = [errorsIn(one), errorsIn(other)];
  return [...were].filter((type) => !are.has(type)).map((type) => `an error ${type} was recorded, now there is none`)
    .concat([...are].filter((type) => !were.has(type)).map((type) => `no error ${type} was recorded, now there is one`));
}

function errorsIn(element: XmlElement, found = new Set<string>()): Set<string> {
  if (element.name === 'fault' && element.xsiType !== undefined) found.add(element.xsiType);
  for (const child of element.children) errorsIn(child, found);
  return found;
}

/** Properties come in any order. */
const inOrder = (list: readonly XmlElement[]): readonly XmlElement[] =>
  list.length > 1 && list[0]!.name === 'propSet' ? list.toSorted((a, b) => ((childOf(a, 'name')?.text ?? '') < (childOf(b, 'name')?.text ?? '') ? -1 : 1)) : list;

function walk(one: XmlElement, other: XmlElement, path: string, names: Names, found: string[]): void {
  if (one.xsiType !== other.xsiType) found.push(`${path}: a ${one.xsiType ?? 'value without type'} was recorded, now it is ${other.xsiType ?? 'one without type'}`);
  if (one.children.length === 0 && other.children.length === 0) return learn(one, other, names);
  const kinds = new Set([...one.children, ...other.children].map(({ name }) => name));
  for (const name of kinds) {
    const [were, are] = [inOrder(one.children.filter((child) => child.name === name)), inOrder(other.children.filter((child) => child.name === name))];
    const here = path === '' ? name : `${path}.${name}`;
    if (were.length !== are.length) found.push(`${here}: ${were.length} recorded, now ${are.length}`);
    were.forEach((child, i) => are[i] && walk(child, are[i], here, names, found));
  }
}

function learn(one: XmlElement, other: XmlElement, { ids, versions }: Names): void {
  if (one.text === other.text) return;
  if (one.name === 'version' || one.name === 'token') versions.set(one.text, other.text);
  else if (one.refType !== undefined || (one.name === 'key' && /[^\d]/.test(one.text))) ids.set(one.text, other.text);
}

/** The recorded request in the names of now. */
export function translated(request: string, { ids, versions }: Names): string {
  return request.replace(/<((?:\w+:)?(\w+))([^<>]*)>([^<>]+)</g, (whole, tag: string, name: string, attributes: string, text: string) => {
    const now = name === 'version' || name === 'token' ? versions.get(text) : /[^\d]/.test(text) || / type=/.test(attributes) ? ids.get(text) : undefined;
    return now === undefined ? whole : `<${tag}${attributes}>${now}<`;
  });
}
