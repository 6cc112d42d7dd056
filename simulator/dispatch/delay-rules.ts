// How long calls and the work of tasks take: rules that may be changed while it runs (-delay, -method-delay, /sim/delays).
import { ownersOf } from '../../core/vim25/index.ts';
import type { Random } from '../runtime/random.ts';

/** How long something takes. */
export interface Delay {
  /** Milliseconds of the simulator's clock. */
  readonly milliseconds: number;
  /** Anything from `milliseconds` to this, evenly. */
  readonly upTo?: number;
  /** Coefficient of variation of a normal distribution; 0: exact. */
  readonly jitter?: number;
  /** In how many steps the task's progress goes to 100; by itself about every 100 ms, in 10 steps at most. */
  readonly steps?: number;
}

export interface DelayOptions {
  /** Before every call, in milliseconds. */
  readonly all?: number;
  /** By wire name of the call ('PowerOnVM_Task'); the name without _Task ('PowerOnVM') is the duration of the task's work. `*` is the work of every task. */
  readonly byMethod?: Readonly<Record<string, number | Delay>>;
  /** Of every delay that has none of its own. */
  readonly jitter?: number;
}

/** True for a name that a delay can be given for. */
export const isDelayName = (name: string): boolean => name === '*' || ownersOf(name).length > 0 || ownersOf(`${name}_Task`).length > 0 || name === 'Fetch';

/** Says why a delay makes no sense; undefined when it does. */
export function delayProblem(name: string, delay: Delay): string | undefined {
  if (!isDelayName(name)) return `vim25 has no method "${name}"; use the wire name, such as PowerOnVM_Task, or PowerOnVM for the work of its task, or * for the work of every task`;
  const { milliseconds, upTo, jitter, steps } = delay;
  if (!(milliseconds >= 0 && Number.isFinite(milliseconds))) return `${name}: milliseconds ${String(milliseconds)} is not a number from 0 on`;
  if (upTo !== undefined && !(upTo >= milliseconds && Number.isFinite(upTo))) return `${name}: upTo ${String(upTo)} is not a number from ${milliseconds} on`;
  if (jitter !== undefined && !(jitter >= 0 && jitter <= 10)) return `${name}: jitter ${String(jitter)} is not a number from 0 to 10`;
  if (steps !== undefined && !(Number.isInteger(steps) && steps >= 0 && steps <= 100)) return `${name}: steps ${String(steps)} is not a whole number from 0 to 100`;
  const unknown = Object.keys(delay).find((key) => !['milliseconds', 'upTo', 'jitter', 'steps'].includes(key));
  return unknown === undefined ? undefined : `${name}: a delay has no "${unknown}": milliseconds, upTo, jitter, steps`;
}

/** The delays of one simulator, as they are now. */
export class DelayRules {
  all: number;
  private readonly jitter: number;
  private readonly byMethod = new Map<string, Delay>();

  /** Throws a TypeError for a delay that makes no sense. */
  constructor({ all = 0, byMethod = {}, jitter = 0 }: DelayOptions = {}) {
    this.all = all;
    this.jitter = jitter;
    for (const [name, delay] of Object.entries(byMethod)) this.set(name, typeof delay === 'number' ? { milliseconds: delay } : delay);
  }

  /** Throws a TypeError that says what makes no sense. */
  set(name: string, delay: Delay): void {
    const problem = delayProblem(name, delay);
    if (problem !== undefined) throw new TypeError(problem);
    this.byMethod.set(name, delay);
  }

  /** False when there is none for that name. */
  remove(name: string): boolean {
    return this.byMethod.delete(name);
  }

  clear(): void {
    this.byMethod.clear();
    this.all = 0;
  }

  list(): readonly ({ readonly method: string } & Delay)[] {
    return [...this.byMethod].map(([method, delay]) => ({ method, ...delay }));
  }

  get(name: string): Delay | undefined {
    return this.byMethod.get(name);
  }

  /** What a delay comes to this time. */
  draw({ milliseconds, upTo, jitter = this.jitter }: Delay, random: Random): number {
    const mean = upTo === undefined ? milliseconds : milliseconds + ((upTo - milliseconds) * random.next()) / 2 ** 32;
    return mean <= 0 || jitter <= 0 ? mean : Math.max(0, mean * (1 + jitter * normal(random)));
  }
}

/** A draw of the standard normal distribution (Box-Muller). */
function normal(random: Random): number {
  const u = (random.next() + 1) / 2 ** 32;
  const v = random.next() / 2 ** 32;
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}
