// Reads a lab file: text in, plan out, or one error with every problem in it. Touches no store.
import { readFile } from 'node:fs/promises';
import { labShape, type Lab } from './lab.ts';
import { createNames, type Names } from './names.ts';
import { DEFAULT_SEED, planLab } from './plan-lab.ts';
import type { Plan } from './plan.ts';
import { checkDocument, DocumentError, type Problem } from './shape.ts';

/** Every text in the document: made-up names keep clear of them. */
function* given(value: unknown): Iterable<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const child of Object.values(value)) yield* given(child);
}

/** Thrown by a plan that needs a made-up name. */
const NEEDED = Symbol('names are needed');
const need = (): never => {
  throw NEEDED;
};
const NO_NAMES: Names = { host: need, machine: need, container: need, vch: need };

/** Plans with made-up names; the word lists are loaded only for a lab that leaves a name open. */
async function plan(lab: Lab, found: Problem[], lineOf: (path: string) => number): Promise<Plan> {
  const attempt = (names: Names) => {
    found.length = 0;
    return planLab(lab, names, (path, message) => found.push({ path, line: lineOf(path), message }));
  };
  try {
    return attempt(NO_NAMES);
  } catch (error) {
    if (error !== NEEDED) throw error;
    return attempt(await createNames(lab.seed ?? DEFAULT_SEED, given(lab)));
  }
}

/** Checks the text of a lab and decides everything it leaves open. `seed` wins over the file's. Throws a DocumentError. */
export async function parseLab(source: string, file: string, options: { seed?: number } = {}): Promise<Plan> {
  const { value, problems, lineOf } = checkDocument(source, file, (peek) => labShape(peek('product')));
  if (problems.length > 0) throw new DocumentError(file, problems);
  const lab = (options.seed === undefined ? value : { ...(value as Lab), seed: options.seed }) as Lab;
  const found: Problem[] = [];
  const planned = await plan(lab, found, lineOf);
  if (found.length > 0) throw new DocumentError(file, found);
  return planned;
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
