// Artificial slowness of calls and tasks: what the delay rules come to, and the waiting.
import { ownersOf, managedType } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Delay, DelayRules } from '../dispatch/delay-rules.ts';
import type { Random } from '../runtime/random.ts';

export interface Delays {
  /** Waits before a call is looked at; returns early when the signal aborts. */
  before(method: string, call: { readonly signal: AbortSignal }): Promise<void> | undefined;
  /** How long the work of a task takes. */
  latency(method: string): number;
  /** In how many steps the progress of a task of that duration is told. */
  steps(method: string, latency: number): number;
}

export function makeDelays(rules: DelayRules, clock: Clock, random: Random): Delays {
  const work = (method: string): Delay | undefined => {
    const short = method.replace(/_Task$/, '');
    return short === method ? undefined : (rules.get(short) ?? rules.get(taskWord(method)) ?? rules.get('*'));
  };
  return {
    before(method, call) {
      const own = rules.get(method);
      if (own === undefined && rules.all <= 0) return undefined;
      const delay = rules.draw(own === undefined ? { milliseconds: rules.all } : { ...own, milliseconds: own.milliseconds + rules.all, ...(own.upTo === undefined ? {} : { upTo: own.upTo + rules.all }) }, random);
      return delay > 0 ? pause(clock, delay, call.signal) : undefined;
    },
    latency(method) {
      const delay = work(method);
      return delay === undefined ? 0 : rules.draw(delay, random);
    },
    steps: (method, latency) => work(method)?.steps ?? Math.min(10, Math.floor(latency / 100)),
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
