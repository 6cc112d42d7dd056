// Whether every statement has a scenario or a reason, and every scenario's statements are known. Pure.
import type { Scenario } from './scenarios.ts';
import { STATEMENT, type Statement } from './statements.ts';

export interface Traceability {
  /** What must be mended, one line each. */
  readonly problems: readonly string[];
  readonly counts: { readonly statements: number; readonly shown: number; readonly untested: number; readonly scenarios: number };
}

/** Compares the statements with the tags of the scenarios. */
export function trace(all: readonly Statement[], scenarios: readonly Scenario[]): Traceability {
  const byStatement = new Map<string, Scenario[]>();
  for (const scenario of scenarios) {
    for (const tag of scenario.tags.filter((name) => STATEMENT.test(name))) byStatement.set(tag, [...(byStatement.get(tag) ?? []), scenario]);
  }
  const known = new Set(all.map(({ id }) => id));
  const shown = (id: string): readonly Scenario[] => byStatement.get(id) ?? [];
  const unknown = [...byStatement].filter(([id]) => !known.has(id));
  const problems = [
    ...unknown.map(([id, [first]]) => `${first!.uri}:${first!.line} has the tag @${id}, and there is no such statement`),
    ...all.filter(({ id, untested }) => untested === undefined && shown(id).length === 0).map(({ id, text }) => `${id} has no scenario: ${text}`),
    ...all.filter(({ id, untested }) => untested !== undefined && shown(id).length > 0).map(({ id }) => `${id} is said to be untested, but ${shown(id)[0]!.uri}:${shown(id)[0]!.line} shows it`),
  ];
  return {
    problems,
    counts: {
      statements: all.length,
      shown: all.filter(({ id }) => shown(id).length > 0).length,
      untested: all.filter(({ untested }) => untested !== undefined).length,
      scenarios: scenarios.filter(({ tags }) => tags.some((tag) => STATEMENT.test(tag))).length,
    },
  };
}
