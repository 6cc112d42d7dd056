// The statements that scenarios show, as features/statements.yaml has them. Reads and checks that file; knows no scenarios.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const KINDS = ['utility', 'option', 'default', 'error path', 'output', 'effect', 'architecture', 'storage', 'network', 'port layer', 'interoperability', 'tether'] as const;

export type Kind = (typeof KINDS)[number];

export interface Statement {
  readonly id: string;
  readonly kind: Kind;
  readonly text: string;
  /** True when it says how something fails. */
  readonly errorPath: boolean;
  /** True when it is ours and not the guide's. */
  readonly own: boolean;
  /** Why no scenario shows it: it needs software in a machine, or it is design only. */
  readonly untested?: { readonly because: 'guest' | 'design'; readonly reason: string; readonly later?: string };
}

/** What a tag that names a statement looks like, without its @. */
export const STATEMENT = /^[A-Z]+-\d+$/;

const COMMANDS: Readonly<Record<string, string>> = { INS: 'inspect', LS: 'ls', DEL: 'delete' };
const FIELDS = new Set(['kind', 'text', 'errorPath', 'own', 'untested', 'reason', 'later']);

const top = new URL('../../../', import.meta.url);

/** The statements of this project. Throws when the file makes no sense. */
export const readStatements = (): readonly Statement[] => parseStatements(readFileSync(new URL('features/statements.yaml', top), 'utf8'));

/** Statements from the text of such a file. Throws an Error that lists all that is wrong with it. */
export function parseStatements(text: string): readonly Statement[] {
  const { statements = {}, ...others } = parse(text) as { statements?: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  const all = Object.entries(statements).flatMap(([ids, fields]) => ids.split(/\s+/).map((id) => statement(id, fields)));
  const problems = [
    ...Object.entries(statements).flatMap(([ids, fields]) => shapeProblems(ids, fields)),
    ...all.filter(({ id }, at) => all.findIndex((other) => other.id === id) !== at).map(({ id }) => `${id} is there twice`),
    ...Object.keys(others).map((name) => `unknown key "${name}"; there is statements`),
  ];
  if (problems.length > 0) throw new Error(`features/statements.yaml: ${problems.join('; ')}`);
  return all;
}

function statement(id: string, { kind, text, errorPath, own, untested, reason, later }: Readonly<Record<string, unknown>>): Statement {
  const because = untested === undefined ? undefined : { because: untested as 'guest' | 'design', reason: String(reason), ...(later === undefined ? {} : { later: String(later) }) };
  return {
    id,
    kind: kind as Kind,
    text: String(text).replaceAll('{command}', COMMANDS[id.split('-')[0]!] ?? ''),
    errorPath: errorPath === true,
    own: own === true,
    ...(because === undefined ? {} : { untested: because }),
  };
}

function shapeProblems(ids: string, fields: Readonly<Record<string, unknown>>): readonly string[] {
  const { kind, text, untested, reason, later } = fields;
  const strange = Object.keys(fields).filter((name) => !FIELDS.has(name));
  return [
    ...ids.split(/\s+/).filter((id) => !STATEMENT.test(id)).map((id) => `"${id}" is no ID such as DEL-03`),
    ...strange.map((name) => `${ids}: unknown field "${name}"; there are ${[...FIELDS].join(', ')}`),
    ...(KINDS.some((one) => one === kind) ? [] : [`${ids}: kind "${String(kind)}" is none of ${KINDS.join(', ')}`]),
    ...(typeof text === 'string' && text.trim() !== '' ? [] : [`${ids}: text is missing`]),
    ...(untested === undefined || untested === 'guest' || untested === 'design' ? [] : [`${ids}: untested "${String(untested)}" is neither guest nor design`]),
    ...((untested === undefined) === (reason === undefined) ? [] : [`${ids}: untested and reason go together`]),
    ...(untested === 'guest' && later === undefined ? [`${ids}: later is missing, what a simulated appliance could show`] : []),
  ];
}
