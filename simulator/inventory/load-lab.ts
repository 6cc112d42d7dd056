// Reads a lab file: text in, plan out, or one error with every problem in it. Touches no store.
import { readFile } from 'node:fs/promises';
import { labShape, type Lab } from './lab.ts';
import { createNames, type Names } from './names.ts';
import { DEFAULT_SEED, planLab } from './plan-lab.ts';
import type { Plan } from './plan.ts';
import { checkDocument, DocumentError, type Problem } from './shape.ts';

/** Every 'name' in the document: made-up names keep clear of them. */
function* given(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) yield* given(child);
}

/** True when the lab leaves a name open, so that the word lists are loaded only then. */
function needsNames(value: unknown, key = ''): boolean {
  if (Array.isArray(value)) return value.some((child) => needsNames(child, key));
  if ((key === 'hosts' || key === 'vms' || key === 'containers') && typeof value === 'number') return value > 0;
  if (typeof value !== 'object' || value === null) return false;
  const fields = value as Record<string, unknown>;
  if (['hosts', 'vms', 'vchs', 'containers'].includes(key) && !('name' in fields) && !('network' in fields)) return true;
  if (key === 'clusters' && !('hosts' in fields)) return true;
  return Object.entries(fields).some(([name, child]) => needsNames(child, name));
}

const NO_NAMES: Names = new Proxy({} as Names, {
  get: () => () => {
    throw new TypeError('a name was needed that nobody expected');
  },
});

/** Checks the text of a lab and decides everything it leaves open. `seed` wins over the file's. Throws a DocumentError. */
export async function parseLab(source: string, file: string, options: { seed?: number } = {}): Promise<Plan> {
  const { value, problems, lineOf } = checkDocument(source, file, (peek) => labShape(peek('product')));
  if (problems.length > 0) throw new DocumentError(file, problems);
  const lab = (options.seed === undefined ? value : { ...(value as Lab), seed: options.seed }) as Lab;
  const names = needsNames(lab) ? await createNames(lab.seed ?? DEFAULT_SEED, given(lab)) : NO_NAMES;
  const found: Problem[] = [];
  const plan = planLab(lab, names, (path, message) => found.push({ path, line: lineOf(path), message }));
  if (found.length > 0) throw new DocumentError(file, found);
  return plan;
}

/** Reads and checks a lab file. Throws a DocumentError for what is in it and an Error when it cannot be read. */
export async function loadLab(file: string, options: { seed?: number } = {}): Promise<Plan> {
  let source: string;
  try {
    source = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : message;
    throw new Error(`cannot read lab ${file}: ${why}`, { cause: error });
  }
  return parseLab(source, file, options);
}
