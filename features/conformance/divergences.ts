// Known divergences of a subject: scenarios that may fail, each with the reason. Pure.
import { parse } from 'yaml';
import { nearest } from '../../core/engine/index.ts';
import { UsageError } from './options.ts';
import type { Scenario } from './scenarios.ts';
import { STATEMENT } from './statements.ts';

export interface Divergence {
  /** The ID of a statement, or the name of a scenario. */
  readonly key: string;
  readonly reason: string;
}

/** Reads a file of divergences: `statement or scenario: reason`. Throws a UsageError with all that is wrong in it. */
export function parseDivergences(text: string, file: string, scenarios: readonly Scenario[]): readonly Divergence[] {
  const refuse = (problems: readonly string[]): never => {
    throw new UsageError(problems.map((problem) => `--divergences ${file}: ${problem}`).join('\n'));
  };
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (error) {
    return refuse([(error as Error).message.split('\n')[0]!]);
  }
  if (typeof value !== 'object' || Array.isArray(value)) return refuse(['it must be a map, "DEL-48: reason"']);
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  const names = scenarios.map(({ name }) => name);
  const problems = entries.flatMap(([key, reason]) => [
    ...(typeof reason === 'string' && reason.trim() !== '' ? [] : [`"${key}" needs a reason: a text`]),
    ...(scenarios.some((scenario) => covers({ key }, scenario)) ? [] : [unknownKey(key, names)]),
  ]);
  if (problems.length > 0) refuse(problems);
  return entries.map(([key, reason]) => ({ key, reason: String(reason).trim() }));
}

function unknownKey(key: string, names: readonly string[]): string {
  if (STATEMENT.test(key)) return `no scenario shows a statement ${key}`;
  const meant = nearest(key, names);
  return `"${key}" is neither a statement nor the name of a scenario${meant === undefined ? '' : ` (did you mean "${meant}"?)`}`;
}

/** Whether a divergence is about a scenario. */
export const covers = ({ key }: Pick<Divergence, 'key'>, { name, tags }: Pick<Scenario, 'name' | 'tags'>): boolean => name === key || (STATEMENT.test(key) && tags.includes(key));
