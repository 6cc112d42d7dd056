// /sim/trace and /sim/coverage: what clients have called, and how much of vim25 that is.
import { ownersOf } from '../../core/vim25/index.ts';
import type { CallRecord } from '../dispatch/call-log.ts';
import { about } from './about.ts';
import { ok, refuse, type Actions, type World } from './admin-action.ts';

export function callActions(world: World): Actions {
  return {
    trace: {
      verbs: ['GET', 'DELETE'],
      help: 'the last calls (?last=, ?method=, * for anything); ?follow=true goes on with those to come, as lines of JSON',
      run({ method: verb, query, signal }) {
        const { calls } = world.sim;
        if (verb === 'DELETE') return calls.clear(), ok({ calls: [] });
        const { last = '100', method: pattern = '*', follow = 'false', ...others } = query;
        const unknown = Object.keys(others)[0];
        if (unknown !== undefined) return refuse(400, `"${unknown}" is nothing a trace knows: last, method, follow.`);
        if (!/^\d{1,4}$/.test(last)) return refuse(400, `last "${last}" makes no sense: a number of calls, 1000 at most.`);
        if (follow !== 'true' && follow !== 'false') return refuse(400, `follow "${follow}" makes no sense: true or false.`);
        const wanted = globOf(pattern);
        if (follow === 'false') {
          const found = calls.recent().filter(({ method }) => wanted.test(method));
          return ok({ calls: found.slice(Math.max(0, found.length - Number(last))) });
        }
        const before = query['last'] === undefined ? [] : calls.recent(Number(last));
        return { status: 200, body: undefined, lines: following(before, calls.stream(signal ?? new AbortController().signal), wanted) };
      },
    },
    coverage: {
      verbs: ['GET'],
      help: 'which methods are implemented, and which were called how often with which faults',
      run() {
        const called = world.sim.calls.counts().map((count) => ({ ...count, state: stateOf(world, count.method) }));
        return ok({ ...about(world.sim), called });
      },
    },
  };
}

async function* following(before: readonly CallRecord[], stream: AsyncIterable<CallRecord>, wanted: RegExp): AsyncGenerator<CallRecord> {
  for (const record of before) if (wanted.test(record.method)) yield record;
  for await (const record of stream) if (wanted.test(record.method)) yield record;
}

const globOf = (text: string): RegExp => new RegExp(`^${text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);

/** 'implemented' when some type that has the method does it. */
function stateOf({ sim }: World, method: string): 'implemented' | 'partly' | 'not implemented' | 'not of vim25' {
  const owners = ownersOf(method);
  if (owners.length === 0) return 'not of vim25';
  const isThere = [...sim.registry.definitions].filter(({ methods }) => methods.has(method));
  if (isThere.length === 0) return 'not implemented';
  return isThere.some(({ partly }) => partly[method] !== undefined) ? 'partly' : 'implemented';
}
