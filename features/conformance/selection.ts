// Which scenarios a run is about: those that show a statement, and of them what the flags leave. Pure.
import parseTags from '@cucumber/tag-expressions';
import { nearest } from '../../core/engine/index.ts';
import { isOwn, UsageError, type Options } from './options.ts';
import type { Scenario } from './scenarios.ts';
import { STATEMENT, type Statement } from './statements.ts';

/** The IDs of statements that a scenario shows. */
export const shows = ({ tags }: Pick<Scenario, 'tags'>): readonly string[] => tags.filter((tag) => STATEMENT.test(tag));

/**
 * The scenarios to run, in their order. Throws a UsageError when a flag means none. What only our vic-machine documents
 * (@own) is not asked of another.
 */
export function select(scenarios: readonly Scenario[], statements: readonly Statement[], { only, tags, paths, subject }: Pick<Options, 'only' | 'tags' | 'paths' | 'subject'>): readonly Scenario[] {
  const wanted = new Set(only.flatMap((id) => idsOf(id, statements)));
  const places = paths.map((path) => placeOf(path, scenarios));
  const fits = tagFilter(tags);
  const foreign = !isOwn(subject);
  const chosen = scenarios.filter((scenario) =>
    shows(scenario).length > 0
    && (only.length === 0 || shows(scenario).some((id) => wanted.has(id)))
    && (places.length === 0 || places.some(({ uri, lines }) => uri === scenario.uri && (lines.length === 0 || lines.includes(scenario.line))))
    && fits(scenario)
    && !(foreign && scenario.tags.includes('own')));
  if (chosen.length === 0) throw new UsageError(nothing({ only, tags, paths }, statements, foreign));
  return chosen;
}

function idsOf(word: string, statements: readonly Statement[]): readonly string[] {
  const id = word.replace(/^@/, '').toUpperCase();
  const found = statements.filter((statement) => statement.id === id || statement.id.startsWith(`${id}-`)).map((statement) => statement.id);
  if (found.length > 0) return found;
  const number = (known: string): number => Number(known.split('-')[1]);
  const family = statements.map((statement) => statement.id).filter((known) => known.startsWith(`${id.split('-')[0]!}-`)).sort((a, b) => number(a) - number(b));
  const meant = nearest(id, statements.map((statement) => statement.id));
  throw new UsageError(`--only: there is no statement "${word}"; ${family.length > 0 ? `there are ${family[0]} to ${family.at(-1)}` : `there are the families ${[...new Set(statements.map((statement) => statement.id.split('-')[0]))].join(', ')}`}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`);
}

function placeOf(path: string, scenarios: readonly Scenario[]): { readonly uri: string; readonly lines: readonly number[] } {
  const [file = '', ...lines] = path.split(':');
  const uris = [...new Set(scenarios.map(({ uri }) => uri))];
  const uri = uris.find((known) => known === file.replace(/^\.\//, '') || known.endsWith(`/${file}`));
  if (uri === undefined) throw new UsageError(`there is no feature "${file}"; there are ${uris.join(', ')}`);
  const here = scenarios.filter((scenario) => scenario.uri === uri).map(({ line }) => line);
  const strange = lines.find((line) => !here.includes(Number(line)));
  if (strange !== undefined) throw new UsageError(`${uri} has no scenario in line ${strange}; it has them in ${here.join(', ')}`);
  return { uri, lines: lines.map(Number) };
}

function tagFilter(tags: string | undefined): (scenario: Scenario) => boolean {
  if (tags === undefined) return () => true;
  try {
    const expression = parseTags(tags);
    return (scenario) => expression.evaluate(scenario.tags.map((tag) => `@${tag}`));
  } catch (error) {
    throw new UsageError(`--tags "${tags}" makes no sense: ${(error as Error).message.replaceAll('\n', ' ')}; an example: "@esxi and not @error-path"`, { cause: error });
  }
}

function nothing({ only, tags, paths }: Pick<Options, 'only' | 'tags' | 'paths'>, statements: readonly Statement[], foreign: boolean): string {
  const untested = only.map((id) => statements.find((statement) => statement.id === id.toUpperCase())).find((statement) => statement?.untested);
  if (untested) return `--only: no scenario shows ${untested.id}: ${untested.untested!.reason}`;
  const given = [...only.map((id) => `--only ${id}`), ...(tags === undefined ? [] : [`--tags "${tags}"`]), ...paths];
  return `no scenario that shows a statement is left by ${given.join(' ')}${foreign ? '; scenarios with @own are for our vic-machine alone' : ''}`;
}
