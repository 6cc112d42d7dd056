// /sim/delays: how long calls and the work of tasks take, listed, set and taken away.
import type { Delay } from '../dispatch/delay-rules.ts';
import { ok, refuse, type Action, type World } from './admin-action.ts';

const NUMBERS = ['milliseconds', 'upTo', 'jitter', 'steps'] as const;
const USAGE = 'Give method (CloneVM: the work of its task; CloneVM_Task: the call; *: the work of every task) and milliseconds; if you like upTo, jitter, steps.';

export function delaysAction(world: World): Action {
  return {
    verbs: ['GET', 'POST', 'DELETE'],
    help: 'lists how long calls and tasks take; sets one (?method=CloneVM&milliseconds=2000&upTo=5000&steps=20), takes one (?method=) or all away',
    run({ method: verb, query, body }) {
      const { delays } = world.sim;
      const given: Readonly<Record<string, unknown>> = { ...(typeof body === 'object' ? body : {}), ...query };
      const { method: name, ...rest } = given;
      const shown = () => ok({ delays: delays.list(), all: delays.all });
      if (verb === 'GET') return shown();
      if (verb === 'DELETE') {
        if (name === undefined) delays.clear();
        else if (!delays.remove(String(name))) return refuse(404, `There is no delay of "${String(name)}". Delays: ${delays.list().map(({ method }) => method).join(', ') || 'none'}`);
        return shown();
      }
      if (typeof name !== 'string' || rest['milliseconds'] === undefined) return refuse(400, USAGE);
      const delay: Record<string, unknown> = { ...rest };
      for (const key of NUMBERS) if (delay[key] !== undefined) delay[key] = delay[key] === '' ? NaN : Number(delay[key]);
      try {
        delays.set(name, delay as unknown as Delay);
      } catch (error) {
        if (!(error instanceof TypeError)) throw error;
        return refuse(400, `${error.message}. ${USAGE}`);
      }
      return shown();
    },
  };
}
