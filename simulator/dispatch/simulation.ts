// The parts of a running simulator that methods may use. simulator/index.ts puts one together.
import type { AboutInfo, Event, ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import type { Store } from '../store/store.ts';
import type { Transaction } from '../store/transaction.ts';
import type { CallLog } from './call-log.ts';
import type { Registry } from './define.ts';
import type { DelayRules } from './delay-rules.ts';
import type { FaultRules } from './fault-rules.ts';
import type { Sessions } from './sessions.ts';
import type { Tasks } from './tasks.ts';
import type { Tickets } from './tickets.ts';

/** Which product is simulated: decides fixed ids, folders, and what methods refuse. */
export type Product = 'vcenter' | 'esxi';

/** An event as somebody hands it in: what every event has is filled in when it is missing. */
export type NewEvent = Partial<Omit<Event, '_type'>> & { readonly _type: string; readonly [field: string]: unknown };

/** How clients reach the simulator; empty while nobody listens. */
export interface ServedAddress {
  port?: number | undefined;
  host?: string | undefined;
  tls?: boolean | undefined;
  /** SHA-1 fingerprint of the certificate. */
  thumbprint?: string | undefined;
  /** PEM */
  certificate?: string | undefined;
}

/** The key by which tokens of the token service are signed, and its certificate; PEM. */
export interface SigningPair {
  readonly key: string;
  readonly cert: string;
}

/** Where events go that do not follow from a change of state. */
export interface EventSink {
  /** Records an event with this transaction: it is there when, and only when, the transaction is committed. */
  post(tx: Transaction, event: NewEvent): void;
  /** The key of an event to come, for work that all its events refer to. */
  reserveKey(tx: Transaction): number;
}

export interface Simulation {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly registry: Registry;
  readonly sessions: Sessions;
  readonly tickets: Tickets;
  readonly tasks: Tasks;
  readonly events: EventSink;
  /** Trouble by rule. */
  readonly faults: FaultRules;
  /** What clients have called. */
  readonly calls: CallLog;
  /** How long calls and tasks take. */
  readonly delays: DelayRules;
  readonly product: Product;
  readonly about: AboutInfo;
  /** Makes the token service's key when it is first asked for: making one costs more than a start. */
  readonly signing: () => Promise<SigningPair>;
  /** For the URLs that methods give out. */
  readonly served: ServedAddress;
  /** Well-known objects of this product ('group-d1' or 'ha-folder-root' …), by ServiceContent field name. */
  readonly wellKnown: Readonly<Record<string, ManagedObjectReference>>;
}
