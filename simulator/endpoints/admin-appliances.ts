// /sim/appliances and /sim/dhcp: how simulated appliances boot, and which addresses their networks give.
import { bootRules, setBootRule } from '../appliance/boot-rules.ts';
import { readBootRule } from '../appliance/boot-words.ts';
import { DEFAULT_RANGE, setDhcp } from '../appliance/dhcp.ts';
import { ok, refuse, type Actions, type World } from './admin-action.ts';

const NETWORK_TYPES = ['Network', 'DistributedVirtualPortgroup'] as const;

export function applianceActions(world: World): Actions {
  const rules = () => ok({ rules: bootRules({ find: (ref) => world.sim.store.get(ref)?.props }) });
  return {
    appliances: {
      verbs: ['GET', 'POST'],
      help: 'lists the boot rules of virtual container hosts, or sets one (?name=&delay=&dhcp=none&fail.<component>=…)',
      run({ method, query }) {
        if (method === 'GET') return rules();
        const { rule, error } = readBootRule(query);
        if (error !== undefined) return refuse(400, error);
        world.sim.store.transaction((tx) => setBootRule(tx, rule));
        return rules();
      },
    },
    dhcp: {
      verbs: ['POST'],
      help: 'says which addresses a network gives (?network=&range=; range "none": none; without range: the default)',
      run({ query }) {
        const { store } = world.sim;
        const networks = NETWORK_TYPES.flatMap((type) => [...store.ofType(type)]);
        const found = networks.filter(({ props }) => props['name'] === query['network']);
        if (found.length === 0) return refuse(404, `There is no network "${query['network'] ?? ''}". Networks: ${[...new Set(networks.map(({ props }) => String(props['name'])))].join(', ')}`);
        try {
          store.transaction((tx) => found.forEach(({ ref }) => setDhcp(tx, ref, query['range'])));
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          return refuse(400, `range: ${error.message}. It is "none" or a range such as 127.0.20.0/24 or 10.0.0.10-20; without "range" the network has the default again.`);
        }
        return ok({ network: query['network'], range: query['range'] ?? DEFAULT_RANGE });
      },
    },
  };
}
