// The subject that a run of the suite is about, by its name.
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { engine } from './engine.ts';
import { programSubject } from './program.ts';
import type { Subject } from './subject.ts';

const RUN_LIMIT = 60_000;

const ownCommand = fileURLToPath(new URL('../../../core/cli/bin.js', import.meta.url));

/** 'engine', 'command', or the path of a program. Throws when there is no such program. */
export function subjectOf(name: string): Subject {
  if (name === 'engine') return engine;
  if (name === 'command') return programSubject({ name, own: true, command: [process.execPath, ownCommand], limit: RUN_LIMIT });
  const problem = programProblem(name);
  if (problem !== undefined) throw new Error(problem);
  // The original keeps its log in the directory that it runs in.
  return programSubject({ name, own: false, command: [name], litter: ['vic-machine.log'], limit: RUN_LIMIT });
}

/** Why this is no program that could be run; undefined when it is one. */
export function programProblem(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return `there is no file "${path}"`;
  if (!stats.isFile()) return `"${path}" is no file`;
  return process.platform !== 'win32' && (stats.mode & 0o111) === 0 ? `"${path}" is not executable` : undefined;
}
