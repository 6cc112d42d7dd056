// Module hooks that give one file of the project with a defect in it. Everything else is loaded as it is.
import ts from 'typescript';
import { MUTANTS } from './mutants.ts';
import { mutated, root, type Mutant } from './mutant.ts';

// Hooks have no other memory between their calls; they run in a thread of their own.
let mutant: Mutant | undefined;
let compiled = '';

/** Called once with the mutant's id. */
export function initialize(id: string): void {
  mutant = MUTANTS.find((candidate) => candidate.id === id);
  if (!mutant) throw new Error(`there is no mutant "${id}"`);
  compiled = new URL(`dist/${mutant.file.replace(/\.ts$/, '.js')}`, root).href;
}

interface Loaded {
  readonly format: string;
  readonly source: string;
  readonly shortCircuit: true;
}

/** Node's load hook. */
export function load<C>(url: string, context: C, next: (url: string, context: C) => Loaded | Promise<Loaded>): Loaded | Promise<Loaded> {
  if (url !== compiled) return next(url, context);
  // A file by itself does not know that the package is made of ES modules.
  const compilerOptions: ts.CompilerOptions = { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true, rewriteRelativeImportExtensions: true };
  const { outputText } = ts.transpileModule(mutated(mutant!), { compilerOptions, fileName: mutant!.file });
  return { format: 'module', source: outputText, shortCircuit: true };
}
