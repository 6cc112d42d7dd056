// /sim/clock: what time it is in the simulated world, how fast it passes, and steps.
import { readDuration, readMoment, readRate } from '../runtime/duration.ts';
import { SimClock } from '../runtime/sim-clock.ts';
import { ok, refuse, type Action, type World } from './admin-action.ts';

const WISHES = ['rate', 'step', 'to'] as const;
const USAGE = 'Give one of: rate (60x, 0.5x; 0 or frozen stands still), step (a duration such as 90s or 1h30m), to (a moment such as 2026-01-01T00:00:00Z that has not passed).';

export function clockAction(world: World): Action {
  return {
    verbs: ['GET', 'POST'],
    help: 'tells the time; POST ?rate=60x, ?rate=frozen, ?step=90s, ?to=2026-01-01T00:00:00Z',
    async run({ method, query, body }) {
      const { clock } = world.sim;
      if (!(clock instanceof SimClock)) return method === 'GET' ? ok({ now: clock.now() }) : refuse(501, 'The clock was given by who made this simulator, and is steered there.');
      if (method === 'GET') return ok(clock.state);
      const wishes: Readonly<Record<string, unknown>> = { ...(typeof body === 'object' ? body : {}), ...query };
      const unknown = Object.keys(wishes).find((key) => !(WISHES as readonly string[]).includes(key));
      if (unknown !== undefined || Object.keys(wishes).length !== 1) return refuse(400, `${unknown === undefined ? 'One thing at a time' : `"${unknown}" is nothing a clock knows`}. ${USAGE}`);
      const [[wish = '', value] = []] = Object.entries(wishes);
      const problem = await steer(clock, wish, String(value));
      return problem === undefined ? ok(clock.state) : refuse(400, problem);
    },
  };
}

/** Does it, or says what makes no sense. */
async function steer(clock: SimClock, wish: string, value: string): Promise<string | undefined> {
  const rate = value === 'frozen' ? 0 : readRate(value);
  const step = readDuration(value);
  const moment = readMoment(value);
  try {
    if (wish === 'rate' && rate !== undefined) clock.setRate(rate);
    else if (wish === 'step' && step !== undefined) await clock.step(step);
    else if (wish === 'to' && moment) await clock.advanceTo(moment);
    else return `${wish} "${value}" makes no sense. ${USAGE}`;
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return `${wish}: ${error.message}.`;
    throw error;
  }
}
