// Inventory paths with wildcards, as govc understands them. Works on an Inventory that has been read; makes no calls.
//
//   /DC0/vm/web         from the root folder           *  any run of characters within a name
//   ./web, folder/web   from the folder of the type    ?  one character      [a-c] [^a-c]  one of (not of) these
//   web*                at any depth below that        \  takes the next character as it is
//   /DC0/vm/...         everything below, at any depth (the place itself is not in it)
//
// The folder of the type is vm, host, datastore or network of the only datacenter, or of the one that is named.
// Names are compared with %2f, %5c and %25 in place of / \ and %, as they stand in paths.
import { isSubtype } from '../vim25/schema.ts';
import type { Inventory, Node } from './finder.ts';
import { compare, escapeName } from './finder.ts';
import type { TypeName } from './properties.ts';

export interface FindOptions {
  /** Only objects of this type or a subtype; it also decides where a relative path begins. */
  readonly type?: TypeName;
  /** Name or path of the datacenter that relative paths mean. Needed only when there are several. */
  readonly datacenter?: string;
}

/** Nothing, or not exactly one thing, is where a path leads. The message names what there is. */
export class NotFoundError extends Error {
  override name = 'NotFoundError';
  readonly pattern: string;
  /** Paths that would have been right. */
  readonly valid: readonly string[];
  constructor(pattern: string, problem: string, valid: readonly string[]) {
    const shown = valid.slice(0, 20);
    const more = valid.length > shown.length ? ` … and ${valid.length - shown.length} more` : '';
    super(`${problem}${shown.length === 0 ? '' : `; there ${shown.length === 1 ? 'is' : 'are'}: ${shown.join(', ')}${more}`}`);
    this.pattern = pattern;
    this.valid = valid;
  }
}

const FOLDERS: readonly (readonly [string, string])[] = [
  ['VirtualMachine', 'vm'], ['VirtualApp', 'host'], ['ResourcePool', 'host'], ['ComputeResource', 'host'], ['HostSystem', 'host'],
  ['StoragePod', 'datastore'], ['Datastore', 'datastore'], ['Network', 'network'], ['DistributedVirtualSwitch', 'network'],
];

/** Every object that the pattern means, sorted by path; none when it means nothing. */
export function find(inventory: Inventory, pattern: string, options: FindOptions = {}): Node[] {
  const { type } = options;
  const absolute = pattern.startsWith('/');
  const from = absolute ? inventory.root : startOf(inventory, options);
  const found = new Set<Node>();
  if (!absolute && !pattern.includes('/') && !/^\.{1,3}$/.test(pattern)) {
    const name = matcher(pattern);
    for (const node of below(from)) if (name(node)) found.add(node);
  } else walk([from], pattern.split('/').filter((part) => part !== '' && part !== '.'), found);
  return [...found].filter((node) => type === undefined || isSubtype(node.ref.type, type)).sort((a, b) => compare(a.path, b.path));
}

/** The one object that the pattern means. Throws a NotFoundError when there is none, or more than one. */
export function findOne(inventory: Inventory, pattern: string, options: FindOptions = {}): Node {
  const found = find(inventory, pattern, options);
  if (found.length === 1) return found[0]!;
  const what = options.type ?? 'object';
  if (found.length > 1) throw new NotFoundError(pattern, `"${pattern}" means ${found.length} ${what} objects, and one is needed`, found.map((node) => node.path));
  const others = options.type === undefined ? inventory.root.children : inventory.all(options.type);
  throw new NotFoundError(pattern, `there is no ${what} "${pattern}"`, others.map((node) => node.path));
}

function startOf(inventory: Inventory, { type, datacenter }: FindOptions): Node {
  const folder = FOLDERS.find(([name]) => type !== undefined && isSubtype(type, name))?.[1];
  if (folder === undefined && datacenter === undefined) return inventory.root;
  const all = inventory.all('Datacenter');
  const fitting = datacenter === undefined ? all : all.filter((node) => node.name === datacenter || node.path === datacenter);
  const paths = all.map((node) => node.path);
  if (fitting.length === 0) throw new NotFoundError(datacenter ?? '', datacenter === undefined ? 'there is no datacenter' : `there is no datacenter "${datacenter}"`, paths);
  if (fitting.length > 1) throw new NotFoundError(datacenter ?? '', 'a relative path needs a datacenter (option "datacenter"), because there is more than one', paths);
  const start = fitting[0]!;
  return start.children.find((node) => node.name === folder) ?? start;
}

function walk(from: readonly Node[], parts: readonly string[], found: Set<Node>): void {
  const [part, ...rest] = parts;
  if (part === undefined) {
    for (const node of from) found.add(node);
  } else if (part === '...') {
    for (const node of from) for (const deeper of below(node)) found.add(deeper);
  } else if (part === '..') {
    walk(from.flatMap((node) => node.parent ?? []), rest, found);
  } else {
    const name = matcher(part);
    for (const node of from) walk(node.children.filter(name), rest, found);
  }
}

function* below(node: Node): Iterable<Node> {
  for (const child of node.children) {
    yield child;
    yield* below(child);
  }
}

const canonical = (text: string): string => text.replace(/%(2f|5c|25)/gi, (code) => code.toLowerCase());

/** Whether a node's name is what one element of a pattern means. Throws a TypeError for a pattern that is none. */
function matcher(pattern: string): (node: Node) => boolean {
  const expression = toExpression(canonical(pattern));
  return (node) => expression.test(escapeName(node.name)) || expression.test(node.name);
}

function toExpression(pattern: string): RegExp {
  let out = '';
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '*') out += '.*';
    else if (c === '?') out += '.';
    else if (c === '\\' && i + 1 < pattern.length) out += literal(pattern[++i]!);
    else if (c === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0) throw new TypeError(`"${pattern}" is no pattern: the bracket is not closed`);
      const [negated, set] = pattern[i + 1] === '^' ? ['^', pattern.slice(i + 2, end)] : ['', pattern.slice(i + 1, end)];
      out += `[${negated}${set.replace(/[\\\]^]/g, '\\$&')}]`;
      i = end;
    } else out += literal(c);
  }
  return new RegExp(`^${out}$`, 'su');
}

const literal = (c: string): string => c.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
