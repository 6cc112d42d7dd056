// docs/coverage.md: every method of vim25, whether it is there, and who exercises it. Scenarios and unit tests are found by
// the names in their text; interop by what its checks called when it was last recorded (npm run interop -- --coverage).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { managedType, NAMESPACES, typeNames } from '../core/vim25/index.ts';
import { definitions } from '../simulator/objects/index.ts';

type Users = ReadonlyMap<string, ReadonlyMap<string, number>>;

interface Row {
  readonly method: string;
  readonly state: string;
  readonly missing: string;
}

const row = (...cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function* filesBelow(dir: string, suffix: string): Iterable<string> {
  for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path, suffix);
    else if (entry.name.endsWith(suffix)) yield path;
  }
}

const WORD = /\b[A-Z]\w+\b/g;
const NAMES = new Set(typeNames('managed').flatMap((type) => [...managedType(type)!.methods.keys()]));
const namesIn = (text: string): Set<string> => new Set((text.match(WORD) ?? []).filter((word) => NAMES.has(word)));

/** By method: the places that name it, and in how many of their pieces. */
function usersOf(files: Iterable<string>, suffix: string, pieces: (text: string) => readonly string[]): Users {
  const users = new Map<string, Map<string, number>>();
  for (const file of files) {
    const place = basename(file, suffix);
    for (const piece of pieces(readFileSync(file, 'utf8'))) for (const name of namesIn(piece)) {
      const places = users.get(name) ?? new Map<string, number>();
      users.set(name, places.set(place, (places.get(place) ?? 0) + 1));
    }
  }
  return users;
}

/** Scenarios of a feature; what stands in its background belongs to each of them. */
function scenariosOf(text: string): readonly string[] {
  const [head = '', ...scenarios] = text.split(/^\s*(?:Scenario|Scenario Outline|Example):/m);
  return scenarios.map((scenario) => `${head}\n${scenario}`);
}

function recorded(root: string): Users {
  const file = join(root, 'scripts/interop/coverage.json');
  const read = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, Readonly<Record<string, number>>>>) : {};
  return new Map(Object.entries(read).map(([method, places]) => [method, new Map(Object.entries(places))]));
}

const shown = (users: Users, method: string): string => [...(users.get(method) ?? [])].map(([place, count]) => (count === 1 ? place : `${place} ${count}`)).join(', ');

/** The page below its head. `root` is the source tree. */
export function coveragePage(root: string): string {
  const scenarios = usersOf(filesBelow(join(root, 'features'), '.feature'), '.feature', scenariosOf);
  const tests = usersOf([...filesBelow(join(root, 'simulator'), '.test.ts')], '.test.ts', (text) => [text]);
  const interop = recorded(root);
  const byType = new Map(definitions.map((definition) => [definition.type, definition]));
  const sections: string[] = [];
  const total = { implemented: 0, partly: 0, not: 0, bare: [] as string[] };
  for (const type of [undefined, ...Object.keys(NAMESPACES)].flatMap((namespace) => typeNames('managed', namespace))) {
    const own = [...managedType(type)!.methods.values()].filter(({ owner }) => owner === type).map(({ name }) => name).sort();
    const definition = byType.get(type);
    const rows: Row[] = own.filter((name) => definition?.methods.has(name)).map((method) => {
      const missing = definition!.partly[method];
      return { method, state: missing === undefined ? 'yes' : 'partly', missing: missing ?? '' };
    });
    const not = own.filter((name) => !definition?.methods.has(name));
    total.not += not.length;
    total.partly += rows.filter(({ state }) => state === 'partly').length;
    total.implemented += rows.length;
    total.bare.push(...rows.filter(({ method }) => !scenarios.has(method) && !tests.has(method) && !interop.has(method)).map(({ method }) => `${type}.${method}`));
    if (rows.length > 0) {
      const table = [row('method', 'there', 'scenarios', 'unit tests', 'interop'), '|---|---|---|---|---|', ...rows.map(({ method, state, missing }) => row(method, missing === '' ? state : `${state}: ${missing}`, shown(scenarios, method), shown(tests, method), shown(interop, method)))];
      sections.push(`### ${type}\n\n${table.join('\n')}${not.length === 0 ? '' : `\n\nNot there: ${not.join(', ')}.`}`);
    } else if (not.length > 0) sections.push(`### ${type}\n\nNot there: ${not.join(', ')}.`);
  }
  const all = total.implemented + total.not;
  return [
    `${total.implemented} of ${all} methods are there (${total.partly} of them partly), ${total.not} are not and answer \`NotSupported\`.`,
    total.bare.length === 0 ? 'Every one of them is named by a scenario, a unit test or a check.' : `Neither a scenario nor a unit test${interop.size > 0 ? ' nor a recorded check' : ''} names ${total.bare.length} of those that are there: ${total.bare.join(', ')}.`,
    ...(interop.size > 0 ? [] : ['What interop calls has not been recorded: `npm run interop -- --coverage`.']),
    ...sections,
  ].join('\n\n');
}
