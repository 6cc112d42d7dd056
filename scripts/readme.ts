// Writes the tables and examples of README.md and docs/ that follow from code; with --check it only compares (npm test runs that).
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { command as createCommand } from '../core/cli/commands/create.ts';
import { command as deleteCommand } from '../core/cli/commands/delete.ts';
import { command as inspectCommand } from '../core/cli/commands/inspect.ts';
import { command as lsCommand } from '../core/cli/commands/ls.ts';
import { command as versionCommand } from '../core/cli/commands/version.ts';
import type { Command } from '../core/cli/define-command.ts';
import { EXIT } from '../core/cli/exit-codes.ts';
import { managedType, NAMESPACES, typeNames } from '../core/vim25/index.ts';
import { FLAGS } from '../simulator/cli-flags.ts';
import { coveragePage } from './coverage.ts';
import { VERBS } from '../simulator/ctl/verbs.ts';
import { definitions } from '../simulator/objects/index.ts';
import { routes } from '../simulator/rest/routes.ts';

const row = (...cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(...head), `|${'---|'.repeat(head.length)}`, ...rows.map((cells) => row(...cells))].join('\n');

/** Own methods of every managed object type, and which of them are there. */
function coverage(namespace?: string): { readonly type: string; readonly done: readonly string[]; readonly all: number }[] {
  const byType = new Map(definitions.map(({ type, methods: table }) => [type, [...table.keys()].sort()]));
  return typeNames('managed', namespace).flatMap((type) => {
    const own = [...managedType(type)!.methods.values()].filter((method) => method.owner === type);
    // A definition may give a type its own version of an inherited method.
    const done = (byType.get(type) ?? []).filter((name) => own.some((method) => method.name === name));
    return own.length === 0 ? [] : [{ type, done, all: own.length }];
  });
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

function summary(): string {
  const types = coverage();
  const some = types.filter(({ done }) => done.length > 0);
  const whole = some.filter(({ done, all }) => done.length === all);
  const rest = some.filter(({ done, all }) => done.length < all);
  return [
    `${sum(types.map(({ done }) => done.length))} of the ${sum(types.map(({ all }) => all))} methods of vim25, ${sum(definitions.filter(({ type }) => types.some((one) => one.type === type)).map(({ partly }) => Object.keys(partly).length))} of them partly; the others answer \`NotSupported\`, and say so in the log.`,
    `Beside vim25: ${services().map(({ prefix, types: own }) => `${sum(own.map(({ done }) => done.length))} of the ${sum(own.map(({ all }) => all))} methods of ${prefix}`).join(', ')}.`,
    `All of: ${whole.map(({ type }) => type).join(', ')}.`,
    `Some of: ${rest.map(({ type, done, all }) => `${type} (${done.length} of ${all})`).join(', ')}.`,
    'The whole list: [docs/methods.md](docs/methods.md); who exercises each: [docs/coverage.md](docs/coverage.md).',
  ].join('\n\n');
}

const services = () => Object.entries(NAMESPACES).map(([namespace]) => ({ prefix: namespace.replace('urn:', ''), types: coverage(namespace) }));

const methods = (): string =>
  table(['type', 'implemented', 'methods'], [...coverage(), ...services().flatMap(({ types }) => types)].filter(({ done }) => done.length > 0).map(({ type, done, all }) => [type, `${done.length} of ${all}`, done.join(', ')]));

/** One row per path; the dialects side by side. */
function restRoutes(): string {
  const call = (verb: string, path: string | undefined, action: string | undefined, mark: string) =>
    path === undefined ? '' : `${verb} \`${path}${action === undefined ? '' : `?${mark}=${action}`}\``;
  const rows = routes.map(({ verb, rest, api, action, does }) => [call(verb, api, action, 'action'), call(verb, rest, action, '~action'), does]);
  return table(['below /api', 'below /rest', 'what it does'], rows);
}

function commands(): string {
  const list: readonly Command[] = [versionCommand, lsCommand, inspectCommand, deleteCommand, createCommand];
  // What create alone has fills a page of its own.
  const names = [...new Map(list.filter((command) => command !== createCommand).flatMap((command) => command.flags).map((flag) => [flag.name, flag])).values()];
  return table(
    ['flag', 'default', ...list.map((command) => command.name), 'meaning'],
    names.map((flag) => [
      `\`--${flag.name}\`${flag.short === undefined ? '' : `, \`-${flag.short}\``}`, flag.default ?? (flag.env === undefined ? '' : `$${flag.env}`),
      ...list.map((command) => (command.flags.some(({ name }) => name === flag.name) ? '✓' : '')), flag.summary,
    ]),
  );
}

const createFlags = (): string => {
  const shared = new Set([lsCommand, inspectCommand, deleteCommand].flatMap((command) => command.flags.map(({ name }) => name)));
  const own = createCommand.flags.filter(({ name }) => !shared.has(name));
  return table(['flag', 'default', 'meaning'], own.map((flag) => [`\`--${flag.name}\`${flag.short === undefined ? '' : `, \`${flag.short.length > 1 ? '--' : '-'}${flag.short}\``}`, flag.default ?? '', flag.summary]));
};

const MEANING: Readonly<Record<keyof typeof EXIT, string>> = {
  ok: 'it did what was asked, or showed help',
  failure: 'the server, or what is on it, does not allow what was asked; also a run longer than `--timeout`',
  usage: 'the command line is wrong',
  bug: 'a mistake in vic-machine itself',
  interrupted: 'stopped by Ctrl-C',
};

interface Figures {
  readonly machine: string;
  readonly vcsim: string;
  readonly rows: Readonly<Record<string, { readonly unit: string; readonly vicsim?: number; readonly vcsim?: number }>>;
}

/** What `npm run bench -- --save` measured last. */
function figures(): string {
  const { machine, vcsim: rival, rows } = JSON.parse(readFileSync(new URL('scripts/bench/figures.json', root), 'utf8')) as Figures;
  const shown = (value: number | undefined): string =>
    value === undefined ? '' : Number.isInteger(value) || value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);
  const better = ({ unit, vicsim, vcsim }: Figures['rows'][string]): string =>
    unit === 'requests' || vicsim === undefined || vcsim === undefined ? '' : shown(unit.endsWith('/s') ? vicsim / vcsim : vcsim / vicsim);
  return `On ${machine}; medians.\n\n${table(['measured', 'vicsim', `vcsim ${rival}`, '', 'times better'], Object.entries(rows).map(([title, row]) => [title, shown(row.vicsim), shown(row.vcsim), row.unit, better(row)]))}`;
}

const README_PARTS: Readonly<Record<string, () => string>> = {
  figures,
  methods: summary,
  'vic-machine': commands,
  'exit codes': () => table(['code', 'meaning'], Object.entries(EXIT).map(([name, code]) => [String(code), MEANING[name as keyof typeof EXIT]])),
  vicsim: () => table(['flag', 'default', 'meaning'], FLAGS.map((flag) => [`\`-${flag.name}\``, String(flag.initial), flag.missing === undefined ? flag.help : `refused: ${flag.missing}`])),
};

const ctlVerbs = (): string =>
  table(['vicsim ctl', 'does'], VERBS.map(({ name, takes, options = [], help }) => [`\`${[name, takes ?? '', ...options.map((option) => (option.endsWith('!') ? `--${option.slice(0, -1)}` : `--${option} …`))].filter((word) => word !== '').join(' ')}\``, help]));

const PARTS: Readonly<Record<string, Readonly<Record<string, () => string>>>> = {
  'README.md': README_PARTS, 'docs/client.md': {}, 'docs/engine.md': {}, 'docs/create.md': { 'create flags': createFlags }, 'docs/methods.md': { methods }, 'docs/coverage.md': { coverage: () => coveragePage(fileURLToPath(root)) },
  'docs/rest.md': { routes: restRoutes }, 'docs/admin.md': { 'ctl verbs': ctlVerbs },
};

/** The code of an example, and below it what it prints: its test compares both with what really happens. */
function example(path: string): string {
  const lines = readFileSync(new URL(path, root), 'utf8').trimEnd().split('\n');
  const printed = lines.filter((line) => line.startsWith('//=> ')).map((line) => line.slice(5));
  const code = lines.filter((line) => !line.startsWith('//=> ')).join('\n').trimEnd();
  const output = printed.length === 0 ? '' : `\n\nprints\n\n\`\`\`text\n${printed.join('\n')}\n\`\`\``;
  return `\`\`\`${path.endsWith('.ts') ? 'ts' : 'js'}\n${code}\n\`\`\`${output}`;
}

// Compiled to dist/scripts/, so the source tree is two levels up.
const root = new URL('../../', import.meta.url);
for (const [name, parts] of Object.entries(PARTS)) {
  const target = new URL(name, root);
  const before = readFileSync(target, 'utf8');
  let after = before.replace(/(<!-- example: (\S+) -->\n)[\s\S]*?(<!-- end -->)/g, (_all, open: string, path: string, close: string) => `${open}\n${example(path)}\n\n${close}`);
  for (const [part, make] of Object.entries(parts)) {
    const marks = new RegExp(`(<!-- generated: ${part} -->\n)[\\s\\S]*?(<!-- end -->)`);
    if (!marks.test(after)) throw new Error(`${name} has no part "${part}"`);
    after = after.replace(marks, (_all, open: string, close: string) => `${open}\n${make()}\n\n${close}`);
  }
  if (!process.argv.includes('--check')) writeFileSync(target, after);
  else if (after !== before) {
    console.error(`${name} does not say what the code says: run npm run readme`);
    process.exitCode = 1;
  }
}
