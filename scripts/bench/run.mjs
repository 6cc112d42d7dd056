// `npm run bench`: our figures beside vcsim's, in the same run, as ratios. Never part of the tests: times are a
// property of the machine. Writes reports/bench.json.
//   --slow         let vcsim build the big worlds too (minutes)
//   --alone        measure ours only
//   --only A,B     some of starts, calls, reads, waits, lifecycle, search, files, commands; --commands is the last
//   --save         keep the figures in scripts/bench/figures.json, which the README shows (npm run readme)
//   --runs N       start-ups per world (default 5)
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { GOVMOMI, MissingPeer, vcsimPath } from '../peers.mjs';
import { GROUPS, machine } from './cases.mjs';
import { rival, VICSIM } from './servers.mjs';

const { values: flags } = parseArgs({ options: { slow: { type: 'boolean' }, alone: { type: 'boolean' }, commands: { type: 'boolean' }, only: { type: 'string' }, save: { type: 'boolean' }, runs: { type: 'string', default: '5' } } });
const runs = Number(flags.runs);
if (!Number.isInteger(runs) || runs < 1) throw new TypeError(`--runs ${flags.runs}: give a whole number from 1`);

let peer;
try {
  if (!flags.alone) peer = rival(vcsimPath());
} catch (error) {
  if (!(error instanceof MissingPeer)) throw error;
  console.log(`vcsim is not measured: ${error.message}`);
}

const rows = new Map();
const note = (name) => (title, value, unit) => {
  rows.set(title, { ...(rows.get(title) ?? { unit }), [name]: value });
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name}: ${title} ${format(value)} ${unit}`);
};
const wanted = flags.commands ? ['commands'] : (flags.only?.split(',') ?? Object.keys(GROUPS));
const strange = wanted.filter((name) => !Object.hasOwn(GROUPS, name));
if (strange.length > 0) throw new TypeError(`--only ${strange.join(',')}: there are ${Object.keys(GROUPS).join(', ')}`);
for (const name of wanted) {
  await GROUPS[name](VICSIM, { sizes: { start: flags.slow ? 100_000 : 10_000, updates: 5000, search: flags.slow ? 100_000 : 1000 }, runs, report: note('vicsim') });
  if (peer) await GROUPS[name](peer, { sizes: { start: 1000, updates: flags.slow ? 5000 : 1000, search: 1000 }, runs: Math.min(runs, 3), report: note('vcsim') });
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

/** Above 1: ours is that many times better. */
const advantage = ({ unit, vicsim, vcsim }) => (vcsim === undefined || unit === 'requests' ? undefined : unit.endsWith('/s') ? vicsim / vcsim : vcsim / vicsim);

function format(value) {
  if (value === undefined) return '-';
  if (Number.isInteger(value)) return value.toLocaleString('en');
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(2);
}

const table = [['measured', 'vicsim', 'vcsim', 'unit', 'times better']];
for (const [title, row] of rows) table.push([title, format(row.vicsim), format(row.vcsim), row.unit, format(advantage(row))]);
const widths = table[0].map((_, i) => Math.max(...table.map((line) => line[i].length)));
console.log(`vicsim beside vcsim ${GOVMOMI.newest} (${machine()}); medians`);
for (const line of table) console.log(line.map((cell, i) => (i === 0 || i === 3 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ').trimEnd());

const figures = { machine: machine(), vcsim: GOVMOMI.newest, rows: Object.fromEntries(rows) };
mkdirSync(new URL('../../reports', import.meta.url), { recursive: true });
writeFileSync(new URL('../../reports/bench.json', import.meta.url), `${JSON.stringify(figures, null, 2)}\n`);
if (flags.save) {
  const file = new URL('figures.json', import.meta.url);
  // What was not measured this time stays as it was.
  const before = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).rows : {};
  writeFileSync(file, `${JSON.stringify({ ...figures, rows: { ...before, ...figures.rows } }, null, 2)}\n`);
}
