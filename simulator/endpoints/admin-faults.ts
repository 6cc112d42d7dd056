// /sim/faults: the fault rules of a running simulator, listed, added and taken away.
import type { FaultRule, FaultRules } from '../dispatch/fault-rules.ts';
import { refuse, type Action, type AdminReply, type World } from './admin-action.ts';

/** `/sim/faults`. POST takes a rule, or a list of them: all are added or none. DELETE takes away `?id=…`, or all. */
export function faultsAction(world: World): Action {
  return {
    verbs: ['GET', 'POST', 'DELETE'],
    help: 'lists the fault rules, adds one or several (the body), takes one (?id=) or all away',
    run({ method, query, body }) {
      const rules = world.sim.faults;
      if (method === 'GET') return { status: 200, body: { rules: rules.list() } };
      if (method === 'DELETE') return remove(rules, query['id']);
      if (typeof body !== 'object' || body === null) return refuse(400, 'Send a rule as JSON, with Content-Type: application/json: {"method":"PowerOnVM_Task","fault":{"type":"NotSupported"}}');
      return add(rules, Array.isArray(body) ? (body as FaultRule[]) : [body as FaultRule]);
    },
  };
}

function add(rules: FaultRules, given: readonly FaultRule[]): AdminReply {
  const added: string[] = [];
  try {
    for (const rule of given) added.push(rules.add(rule).id);
  } catch (error) {
    for (const id of added) rules.remove(id);
    if (!(error instanceof TypeError)) throw error;
    return { status: 400, body: { error: error.message } };
  }
  return { status: 201, body: { rules: rules.list().filter(({ id }) => added.includes(id)) } };
}

function remove(rules: FaultRules, id: string | undefined): AdminReply {
  if (id === undefined) rules.clear();
  else if (!rules.remove(id)) return { status: 404, body: { error: `There is no rule "${id}". Rules: ${rules.list().map((rule) => rule.id).join(', ') || 'none'}` } };
  return { status: 200, body: { rules: rules.list() } };
}
