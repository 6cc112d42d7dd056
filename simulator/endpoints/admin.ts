// The admin plane beside the API, /sim/*: a table of actions by name. The same can be done in process, on Simulator.
import { ok, refuse, type Actions, type AdminReply, type AdminRequest, type Forks, type World } from './admin-action.ts';
import { applianceActions } from './admin-appliances.ts';
import { callActions } from './admin-calls.ts';
import { clockAction } from './admin-clock.ts';
import { delaysAction } from './admin-delays.ts';
import { faultsAction } from './admin-faults.ts';
import { forksAction } from './admin-forks.ts';
import { inventoryAction } from './admin-inventory.ts';
import { worldActions } from './admin-worlds.ts';

export type Admin = (request: AdminRequest) => Promise<AdminReply>;

/** Handler of `/sim/<action>`; named snapshots live as long as it does. */
export function adminEndpoint(world: World, forks?: Forks): Admin {
  const actions: Actions = {
    ...worldActions(world),
    clock: clockAction(world),
    faults: faultsAction(world),
    delays: delaysAction(world),
    ...callActions(world),
    ...applianceActions(world),
    forks: forksAction(forks),
    inventory: inventoryAction(world),
  };
  const list = (): string => Object.entries(actions).map(([name, { verbs }]) => `${verbs.join('|')} /sim/${name}`).join(', ');
  return async (request) => {
    const { method, action } = request;
    if (action === '' && method === 'GET') return ok({ actions: Object.entries(actions).map(([name, { verbs, help }]) => ({ path: `/sim/${name}`, methods: verbs, does: help })) });
    const found = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (!found) return refuse(404, `/sim/${action} does not exist. There are: ${list()}`);
    if (!found.verbs.includes(method)) return refuse(405, `/sim/${action} wants ${found.verbs.join(' or ')}.`);
    return found.run(request);
  };
}
