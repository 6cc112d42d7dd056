// What a mutant is: one deliberate defect in the sources, switched on by itself to see whether a scenario notices.
import { readFileSync } from 'node:fs';

export interface Mutant {
  /** Short and unique: 'delete-forgets-images'. */
  readonly id: string;
  /** What is wrong then, in one sentence. */
  readonly defect: string;
  /** Source file, from the top of the project. */
  readonly file: string;
  /** Text of the source that must occur exactly once in the file. */
  readonly find: string;
  readonly replace: string;
  /** Features that are likely to notice, tried first; all others follow when they do not. */
  readonly try: readonly string[];
}

/** The top of the project; compiled files lie in dist/features/mutants/. */
export const root = new URL('../../../', import.meta.url);

/** The source with the defect in it. Throws when the text it replaces is not there exactly once: then the mutant is out of date. */
export function mutated(mutant: Mutant): string {
  const source = readFileSync(new URL(mutant.file, root), 'utf8');
  const parts = source.split(mutant.find);
  if (parts.length !== 2) throw new Error(`mutant "${mutant.id}": ${mutant.file} has ${parts.length - 1} times what it replaces, once is needed: ${mutant.find}`);
  return parts.join(mutant.replace);
}
