// Checks a YAML or JSON document against a description of its shape and turns it into plain values. Every problem is
// found in one pass and carries its line and path. Knows nothing of labs.
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';

/** What may stand at one place of a document. */
export type Shape =
  | { readonly kind: 'text'; readonly what?: string; readonly pattern?: RegExp }
  | { readonly kind: 'switch' }
  | { readonly kind: 'whole'; readonly min: number; readonly max?: number }
  | { readonly kind: 'size' }
  | { readonly kind: 'one-of'; readonly values: readonly string[] }
  /** Looked at by whoever it is for. */
  | { readonly kind: 'any' }
  | { readonly kind: 'list'; readonly item: () => Shape }
  | { readonly kind: 'count-or-list'; readonly item: () => Shape }
  | { readonly kind: 'map'; readonly keys: Readonly<Record<string, Shape>>; readonly required?: readonly string[]; readonly brief?: string };

export interface Problem {
  readonly line: number;
  /** 'datacenters[0].name'; empty for the document itself. */
  readonly path: string;
  readonly message: string;
}

/** A document that does not fit; the message lists every problem, one a line. */
export class DocumentError extends Error {
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    const sorted = [...problems].sort((a, b) => a.line - b.line);
    super(sorted.map(({ line, path, message }) => `${file}:${line}: ${path === '' ? '' : `${path}: `}${message}`).join('\n'));
    this.name = 'DocumentError';
    this.file = file;
    this.problems = sorted;
  }
}

/** The checked values, and where each stands. */
export interface Checked {
  readonly value: unknown;
  readonly problems: Problem[];
  lineOf(path: string): number;
}

const SIZE = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB|TB)$/i;
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** Number of single edits between two words: how near a mistyped key is. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The candidate that a mistyped word most likely means; undefined when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const lower = word.toLowerCase();
  const ranked = candidates.map((name) => ({ name, far: distance(lower, name.toLowerCase()) })).sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= Math.max(2, Math.floor(word.length / 3)) ? best.name : undefined;
}

const show = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value) ?? String(value));

class Checker {
  readonly problems: Problem[] = [];
  readonly lines = new Map<string, number>();
  private readonly document: Document;
  private readonly counter: LineCounter;

  constructor(document: Document, counter: LineCounter) {
    this.document = document;
    this.counter = counter;
  }

  check(given: unknown, shape: Shape, path: string, line: number): unknown {
    const node = isAlias(given) ? given.resolve(this.document) : (given as Node | null | undefined);
    const here = node?.range ? this.counter.linePos(node.range[0]).line : line;
    this.lines.set(path, here);
    switch (shape.kind) {
      case 'any':
        return (node as { toJS?(document: Document): unknown } | null | undefined)?.toJS?.(this.document);
      case 'list':
        return this.list(node, shape.item(), path, here);
      case 'count-or-list':
        if (isSeq(node)) return this.list(node, shape.item(), path, here);
        return this.whole(node, 0, 10_000, path, here, 'a number from 0 to 10000 or a list');
      case 'map':
        return this.map(node, shape, path, here);
      case 'whole':
        return this.whole(node, shape.min, shape.max ?? Number.MAX_SAFE_INTEGER, path, here,
          shape.max === undefined ? `a whole number from ${shape.min}` : `a whole number from ${shape.min} to ${shape.max}`);
      default:
        return this.scalar(node, shape, path, here);
    }
  }

  private fail(path: string, line: number, message: string): undefined {
    this.problems.push({ path, line, message });
    return undefined;
  }

  private describe(node: Node | null | undefined): string {
    if (isMap(node)) return 'a map';
    if (isSeq(node)) return 'a list';
    const value = isScalar(node) ? node.value : undefined;
    return value === null || value === undefined ? 'nothing' : show(value);
  }

  private whole(node: Node | null | undefined, min: number, max: number, path: string, line: number, wanted: string): unknown {
    const value = isScalar(node) ? node.value : undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.fail(path, line, `${this.describe(node)} is not ${wanted}`);
  }

  private list(node: Node | null | undefined, item: Shape, path: string, line: number): unknown {
    if (!isSeq(node)) return this.fail(path, line, `${this.describe(node)} is not a list`);
    return node.items.map((child, i) => this.check(child, item, `${path}[${i}]`, line));
  }

  private map(node: Node | null | undefined, shape: Shape & { kind: 'map' }, path: string, line: number): unknown {
    if (shape.brief !== undefined && isScalar(node) && typeof node.value === 'string') {
      return { [shape.brief]: this.check(node, shape.keys[shape.brief]!, path === '' ? shape.brief : `${path}.${shape.brief}`, line) };
    }
    if (!isMap(node)) return this.fail(path, line, `${this.describe(node)} is not a map with ${Object.keys(shape.keys).join(', ')}`);
    const found: Record<string, unknown> = {};
    for (const pair of node.items) {
      const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
      const at = (pair.key as Node).range ? this.counter.linePos((pair.key as Node).range![0]).line : line;
      const below = path === '' ? key : `${path}.${key}`;
      const child = Object.hasOwn(shape.keys, key) ? shape.keys[key] : undefined;
      if (child === undefined) {
        const near = nearest(key, Object.keys(shape.keys));
        this.fail(below, at, `unknown key "${key}"${near === undefined ? '' : `, did you mean "${near}"?`} (known here: ${Object.keys(shape.keys).join(', ')})`);
        continue;
      }
      found[key] = this.check(pair.value, child, below, at);
    }
    for (const key of shape.required ?? []) {
      if (!(key in found)) this.fail(path, line, `"${key}" is missing`);
    }
    return found;
  }

  private scalar(node: Node | null | undefined, shape: Shape, path: string, line: number): unknown {
    const value = isScalar(node) ? node.value : undefined;
    if (shape.kind === 'switch') {
      if (typeof value === 'boolean') return value;
      return this.fail(path, line, `${this.describe(node)} is not one of true, false`);
    }
    if (shape.kind === 'one-of') {
      if (typeof value === 'string' && shape.values.includes(value)) return value;
      return this.fail(path, line, `${this.describe(node)} is not one of ${shape.values.join(', ')}`);
    }
    if (shape.kind === 'size') {
      if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
      const match = typeof value === 'string' ? SIZE.exec(value) : null;
      if (match) return Math.round(Number(match[1]) * 1024 ** UNITS.indexOf(match[2]!.toUpperCase()));
      return this.fail(path, line, `${this.describe(node)} is not a size such as 500 GB or 2 TB`);
    }
    if (shape.kind !== 'text') return undefined;
    // Names and versions may look like numbers: 6.5 is the text "6.5", as it stands in the file.
    const source = isScalar(node) && typeof node.value === 'number' ? node.source ?? String(node.value) : value;
    if (typeof source === 'string' && source !== '' && (shape.pattern?.test(source) ?? true)) return source;
    return this.fail(path, line, `${this.describe(node)} is not ${shape.what ?? 'a text'}`);
  }
}

/** Parses and checks a document; `shapeFor` may choose by a top-level value. Throws a DocumentError at once when it is not YAML or JSON at all. */
export function checkDocument(source: string, file: string, shapeFor: (peek: (key: string) => unknown) => Shape): Checked {
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, prettyErrors: false, logLevel: 'error' });
  const errors = document.errors.map(({ message, pos }) => ({ path: '', line: counter.linePos(pos[0]).line, message }));
  if (errors.length > 0) throw new DocumentError(file, errors);
  try {
    document.toJS({ maxAliasCount: 1000 }); // refuses aliases that unfold without end
  } catch (error) {
    throw new DocumentError(file, [{ path: '', line: 1, message: (error as Error).message }]);
  }
  const checker = new Checker(document, counter);
  const shape = shapeFor((key) => (isMap(document.contents) ? document.get(key) : undefined));
  const value = checker.check(document.contents, shape, '', 1);
  return { value, problems: checker.problems, lineOf: (path) => lineOf(checker.lines, path) };
}

/** The line of a path, or of the nearest part of it that stands in the document. */
function lineOf(lines: ReadonlyMap<string, number>, path: string): number {
  for (let at = path; ; at = at.replace(/(\.[^.[]+|\[\d+\])$|^[^.[]+$/, '')) {
    const line = lines.get(at);
    if (line !== undefined) return line;
    if (at === '') return 1;
  }
}
