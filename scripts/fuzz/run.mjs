// `npm run fuzz`: damaged inputs for everything that reads what comes from outside. Bounded and seeded: the same seed, the
// same inputs. No crash, no unhandled rejection, no answer but the ones that are meant, no growth of memory. `npm test`
// runs a short one.
//   --inputs N       how many in all (default 1,000,000)
//   --seed N         which (default 1)
//   --target NAME    only this target
//   --lot N          only this lot of inputs of the target, to see a problem again
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { hash, Random } from '../../dist/simulator/runtime/random.js';
import files from './targets/files.mjs';
import soap from './targets/soap.mjs';
import words from './targets/words.mjs';

const TARGETS = [soap, files, ...words];
const LOT = 500;
/** Heap that a target may have more at its end than after its first quarter: a journal may fill itself, to its bound. */
const GROWTH_MB = 64;

const { values: flags } = parseArgs({ options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' }, target: { type: 'string' }, lot: { type: 'string' } } });
const inputs = Number(flags.inputs);
const seed = Number(flags.seed);
if (!Number.isInteger(inputs) || inputs < 1) throw new TypeError(`--inputs ${flags.inputs}: give a whole number from 1`);
const chosen = TARGETS.filter(({ name }) => flags.target === undefined || name === flags.target);
if (chosen.length === 0) throw new TypeError(`--target ${flags.target}: there are ${TARGETS.map(({ name }) => name).join(', ')}`);

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
const heap = () => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};
const rejections = [];
process.on('unhandledRejection', (error) => rejections.push(error?.stack ?? String(error)));

const brief = (value) => JSON.stringify(value, (_key, item) => (typeof item === 'string' && item.length > 600 ? `${item.slice(0, 600)}… (${item.length})` : item));

async function fuzz(target, count) {
  const { name } = target;
  const started = performance.now();
  const outcomes = new Map();
  const problems = new Map();
  const session = await target.open();
  const lots = flags.lot === undefined ? Array.from({ length: Math.ceil(count / LOT) }, (_, lot) => lot) : [Number(flags.lot)];
  let early;
  let done = 0;
  for (const lot of lots) {
    await session.begin();
    for (let i = 0; i < Math.min(LOT, count - lot * LOT) || (flags.lot !== undefined && i < LOT); i += 1) {
      const input = target.make(new Random(hash(`${seed} ${name} ${lot} ${i}`)));
      const { outcome, problems: found } = await session.run(input);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      for (const text of [...found, ...rejections.splice(0)]) {
        // Ids differ from run to run of one mistake; one example of each is enough.
        const key = text.split('\n').slice(0, 3).join(' ').replace(/\d+/g, '#');
        if (!problems.has(key)) problems.set(key, `${text}\n    input: ${brief(input)}\n    again: npm run fuzz -- --target '${name}' --seed ${seed} --lot ${lot}`);
      }
      done += 1;
      // What was put off has its turn, as between requests.
      if (done % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    if (early === undefined && done >= count / 4) early = heap();
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name}: ${done.toLocaleString('en')} of ${count.toLocaleString('en')}`);
  }
  const growth = heap() - (early ?? 0);
  if (lots.length >= 8 && growth > GROWTH_MB) problems.set('heap', `the heap grew by ${growth.toFixed(1)} MB`);
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
  const seen = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, times]) => `${outcome} ${times.toLocaleString('en')}`).join(', ');
  console.log(`${name.padEnd(16)} ${done.toLocaleString('en').padStart(9)} inputs  ${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  heap ${growth >= 0 ? '+' : ''}${growth.toFixed(1)} MB  ${seen}`);
  for (const text of problems.values()) console.log(`  PROBLEM ${text}`);
  return { done, problems: problems.size };
}

const shares = chosen.reduce((sum, { share }) => sum + share, 0);
let total = 0;
let failed = 0;
for (const target of chosen) {
  const { done, problems } = await fuzz(target, Math.ceil((inputs * target.share) / shares));
  total += done;
  failed += problems;
}
console.log(`${total.toLocaleString('en')} inputs (seed ${seed}), ${failed} problems`);
process.exitCode = failed === 0 ? 0 : 1;
