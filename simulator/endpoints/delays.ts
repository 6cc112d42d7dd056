// Artificial slowness of calls and tasks, as asked for by -delay, -method-delay and -delay-jitter.
import { ownersOf, managedType } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';

export interface DelayOptions {
  /** Before every call, in milliseconds. */
  readonly all?: number;
  /** By wire name of the call ('PowerOnVM_Task'); the name without _Task ('PowerOnVM') is the duration of the task's work. */
  readonly byMethod?: Readonly<Record<string, number>>;
  /** Coefficient of variation of a normal distribution; 0: every delay is exact. */
  readonly jitter?: number;
}

export interface Delays {
  /** Waits before a call is looked at; returns early when the signal aborts. */
  before(method: string, call: { readonly signal: AbortSignal }): Promise<void> | undefined;
  /** How long the work of a task takes. */
  latency(method: string): number;
}

/** True for a name that a delay can be given for. */
export const isDelayName = (name: string): boolean => ownersOf(name).length > 0 || ownersOf(`${name}_Task`).length > 0 || name === 'Fetch';

export function makeDelays(options: DelayOptions, clock: Clock, random: Random): Delays {
  const { all = 0, byMethod = {}, jitter = 0 } = options;
  const varied = (milliseconds: number): number =>
    milliseconds <= 0 || jitter <= 0 ? milliseconds : Math.max(0, milliseconds * (1 + jitter * normal(random)));
  return {
    before(method, call) {
      const delay = varied(all + (byMethod[method] ?? 0));
      return delay > 0 ? pause(clock, delay, call.signal) : undefined;
    },
    latency(method) {
      const short = method.replace(/_Task$/, '');
      return short === method ? 0 : varied(byMethod[short] ?? byMethod[taskWord(method)] ?? 0);
    },
  };
}

/** 'PowerOffVM_Task' → 'PowerOff': the other name that vcsim has for a task's work. */
function taskWord(method: string): string {
  const owner = ownersOf(method)[0];
  const word = (owner === undefined ? '' : managedType(owner)!.methods.get(method)!.taskName.split('.')[1]) ?? '';
  return word === '' ? '' : word[0]!.toUpperCase() + word.slice(1);
}

function pause(clock: Clock, milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      stop();
      signal.removeEventListener('abort', finish);
      resolve();
    };
    const stop = clock.after(milliseconds, finish);
    signal.addEventListener('abort', finish, { once: true });
  });
}

/** A draw of the standard normal distribution (Box-Muller). */
function normal(random: Random): number {
  const u = (random.next() + 1) / 2 ** 32;
  const v = random.next() / 2 ** 32;
  return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
}
