// `npm run conformance:mutants`: runs the suite once for every deliberate defect, and says which scenario noticed it. A
// defect that nobody notices is a hole in the suite: then the exit code is 1.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from './mutants.ts';
import { mutated, root, type Mutant } from './mutant.ts';
import { firstFailure, summary, type Verdict } from './verdict.ts';

const top = fileURLToPath(root);

/** One run of the suite, over until the first failure. */
async function suite(mutant: Mutant, paths: readonly string[]): Promise<Verdict | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'vic-testbed-mutant-'));
  const messages = join(folder, 'messages.ndjson');
  try {
    const args = ['--import', new URL('dist/features/mutants/register.js', root).href, join(top, 'node_modules/@cucumber/cucumber/bin/cucumber.js'), '-p', 'mutants', '--fail-fast', '--format', `message:${messages}`, ...paths];
    const child = spawn(process.execPath, args, { cwd: top, env: { ...process.env, VIC_TESTBED_MUTANT: mutant.id }, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += String(chunk)));
    child.stderr.on('data', (chunk: Buffer) => (said += String(chunk)));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    if (code === 0) return undefined;
    const failure = existsSync(messages) ? firstFailure(readFileSync(messages, 'utf8')) : undefined;
    // A defect that keeps the program from starting is noticed by everybody, and proves nothing.
    if (!failure || /SyntaxError|ERR_MODULE|is not defined/.test(failure.message)) return { mutant, caughtBy: undefined, problem: `the suite did not run: ${(failure?.message ?? said).trim().split('\n').slice(-3).join(' | ')}` };
    return { mutant, caughtBy: failure };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const EVERYTHING = ['features/**/*.feature'];

async function judge(mutant: Mutant): Promise<Verdict> {
  return (await suite(mutant, mutant.try)) ?? (await suite(mutant, EVERYTHING)) ?? { mutant, caughtBy: undefined };
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((id) => !MUTANTS.some((mutant) => mutant.id === id));
if (unknown.length > 0) {
  console.error(`There is no mutant ${unknown.map((id) => `"${id}"`).join(', ')}. There are:\n${MUTANTS.map(({ id, defect }) => `  ${id}  ${defect}`).join('\n')}`);
  process.exit(2);
}
const mutants = MUTANTS.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
for (const mutant of mutants) mutated(mutant);

const verdicts: Verdict[] = [];
const queue = [...mutants];
async function work(): Promise<void> {
  for (let mutant = queue.shift(); mutant; mutant = queue.shift()) {
    const verdict = await judge(mutant);
    verdicts.push(verdict);
    const outcome = verdict.caughtBy ? `caught   ${mutant.id}: ${verdict.caughtBy.scenario}` : `SURVIVED ${mutant.id}: ${verdict.problem ?? mutant.defect}`;
    console.log(`${String(verdicts.length).padStart(3)}/${mutants.length} ${outcome}`);
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));

mkdirSync(join(top, 'reports'), { recursive: true });
const { text, json, survived } = summary(verdicts);
writeFileSync(join(top, 'reports/mutants.json'), `${JSON.stringify(json, null, 2)}\n`);
writeFileSync(join(top, 'reports/mutants.md'), text);
console.log(`\n${verdicts.length - survived} of ${verdicts.length} defects were caught; reports/mutants.md says by which scenario`);
process.exitCode = survived === 0 ? 0 : 1;
