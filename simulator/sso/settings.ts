// What administrators set for single sign-on: state of the UserDirectory (`_signOn`).
import type { Simulation } from '../dispatch/simulation.ts';

export interface SignOnSettings {
  readonly policy?: object;
  readonly defaultDomains?: readonly string[];
  readonly ldaps?: readonly object[];
  /** Of tokens, in milliseconds and times. */
  readonly longestBearer?: number;
  readonly longestHolder?: number;
  readonly renewals?: number;
  readonly delegations?: number;
}

const MINUTE = 60_000;

/** vCenter's longest lifetimes: of a token that whoever has it may use, and of one that needs a key; and how often those may be handed on. */
export const TOKENS = { longestBearer: 5 * MINUTE, longestHolder: 30 * 24 * 60 * MINUTE, renewals: 10, delegations: 10 } as const;

export const signOnSettings = (sim: Simulation): SignOnSettings => (sim.store.get(sim.wellKnown['userDirectory']!)?.props['_signOn'] ?? {}) as SignOnSettings;

/** What holds for new tokens now. */
export const tokenSettings = (sim: Simulation): typeof TOKENS | Required<Pick<SignOnSettings, keyof typeof TOKENS>> => ({ ...TOKENS, ...signOnSettings(sim) }) as Required<Pick<SignOnSettings, keyof typeof TOKENS>>;
