// Where the worlds of scenarios run, whatever it is: the World asks nothing else of it.
import type { Names } from '../names.ts';

/** One world, ready for one scenario. */
export interface Place {
  /** With /sdk where the endpoint has SOAP there. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly names: Names;
  /** Objects of others there, 'Type:value'. */
  readonly theirs?: ReadonlySet<string>;
  /** What --target needs behind the address where others have datacenters, too: '/vt-1f-DC0'. */
  readonly datacenter?: string;
  /** True when it is no simulator of ours: what it lacks is no mistake of ours. */
  readonly shared?: boolean;
  /** Told of every call of a scenario: what it changes may not show in the next look. */
  readonly touch?: () => void;
  /** Why a command line cannot be run here; undefined when it can. */
  readonly unable?: (argv: readonly string[]) => string | undefined;
  /** The SOAP calls of this scenario so far, for people; undefined where nobody records them. */
  trace(): string | undefined;
  /** Ends it, so that nothing of it is left. */
  close(): Promise<void>;
}

/** What a scenario needs of its world beside its API. */
export interface Needs {
  /** Appliances whose addresses are of this machine have ports there. */
  readonly appliances?: boolean;
}

export interface Endpoint {
  /** 'in-process', 'vicsim', or an address. */
  readonly name: string;
  /** Why a world of fixtures/worlds cannot be had here. */
  obstacle(world: string): Promise<string | undefined>;
  prepare(world: string, needs?: Needs): Promise<Place>;
  /** Ends what serves all scenarios. Throws when that did not end well. */
  close(): Promise<void>;
}

/** operationID of the calls by which the suite looks at a world: they are not part of a scenario's trace. */
export const LOOKING = 'vic-testbed-looks';
