// From flags to time and trouble: -clock, -faults, -delay, -method-delay, -delay-jitter.
import { readFileSync } from 'node:fs';
import { UsageError, type Parsed } from './cli-flags.ts';
import { delayProblem, type Delay, type DelayOptions } from './dispatch/delay-rules.ts';
import { ruleProblems } from './dispatch/fault-rules.ts';
import { SimClock, type FaultRule } from './index.ts';
import { readClock } from './runtime/duration.ts';

/** Why it could not start, for a person: one line, or one for each line of a lab file that makes no sense. */
export class StartError extends Error {}

/** The value of a flag that is a text. */
export const text = (parsed: Parsed, name: string): string => String(parsed.values.get(name) ?? '');

/** One clock for whatever world is shown. */
export function clockOf(parsed: Parsed): { clock: SimClock } {
  const given = text(parsed, 'clock');
  if (given === '') return { clock: new SimClock() };
  const wish = readClock(given);
  if (!wish) throw new UsageError(`-clock ${given} makes no sense: a rate such as 60x, frozen, a moment such as 2026-01-01T00:00:00Z, or a moment and a rate with a comma between`);
  return { clock: new SimClock(wish) };
}

/** The rules of -faults. Throws a StartError that names what makes no sense in the file. */
export function faultsOf(parsed: Parsed): { faults?: readonly FaultRule[] } {
  const file = text(parsed, 'faults');
  if (file === '') return {};
  let rules: readonly FaultRule[];
  try {
    const read = JSON.parse(readFileSync(file, 'utf8')) as FaultRule | readonly FaultRule[];
    rules = Array.isArray(read) ? (read as readonly FaultRule[]) : [read as FaultRule];
  } catch (error) {
    throw new StartError(`cannot read fault rules from ${file} (-faults): ${(error as Error).message}`);
  }
  const problems = ruleProblems(rules);
  if (problems.length > 0) throw new StartError(`${file} (-faults): ${problems.join('\n')}`);
  return { faults: rules };
}

/** What -delay, -method-delay and -delay-jitter ask for. Throws a UsageError. */
export function delaysOf(parsed: Parsed): DelayOptions {
  const byMethod: Record<string, Delay> = {};
  for (const part of text(parsed, 'method-delay').split(',').filter((item) => item.trim() !== '')) {
    const match = /^\s*(\w+|\*):(\d+)(?:-(\d+))?(?:~(\d+(?:\.\d+)?))?(?:\/(\d+))?\s*$/.exec(part);
    if (!match) throw new UsageError(`-method-delay "${part}" makes no sense: METHOD:MILLISECONDS, several with commas between; also METHOD:MIN-MAX, ~JITTER and /STEPS of a task's progress: CloneVM:2000-5000/20`);
    const [, name = '', milliseconds, upTo, jitter, steps] = match;
    const delay: Delay = { milliseconds: Number(milliseconds), ...(upTo === undefined ? {} : { upTo: Number(upTo) }), ...(jitter === undefined ? {} : { jitter: Number(jitter) }), ...(steps === undefined ? {} : { steps: Number(steps) }) };
    const problem = delayProblem(name, delay);
    if (problem !== undefined) throw new UsageError(`-method-delay: ${problem}`);
    byMethod[name] = delay;
  }
  for (const name of ['delay', 'delay-jitter']) {
    if (Number(parsed.values.get(name)) < 0) throw new UsageError(`-${name} ${text(parsed, name)} makes no sense: a number from 0`);
  }
  return { all: Number(parsed.values.get('delay')), jitter: Number(parsed.values.get('delay-jitter')), byMethod };
}
