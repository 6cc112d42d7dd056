// What an action of the admin plane is: what it is given, what it answers, and what it works on.
import type { Simulation } from '../dispatch/simulation.ts';
import type { Snapshot } from '../store/store.ts';

/** A copy of the world that is served at a port of its own. */
export interface ForkEntry {
  readonly name: string;
  readonly url: string;
  readonly port: number;
  readonly objects: number;
  readonly version: number;
}

/** Those that serve copies of a world: transports do. */
export interface Forks {
  /** Serves a copy of the world as it is now. Rejects when the port cannot be used. */
  open(name: string, port: number): Promise<ForkEntry>;
  list(): readonly ForkEntry[];
  /** False when there is none of that name. */
  close(name: string): Promise<boolean>;
}

/** What the admin plane needs of a simulator. */
export interface World {
  readonly sim: Simulation;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  reset(): void;
  /** Puts the world of a lab, given as text, in the place of this one. Absent where one simulator is served for good. */
  load?(lab: string): Promise<void>;
}

export interface AdminRequest {
  readonly method: string;
  /** What follows /sim/; '' lists the actions. */
  readonly action: string;
  readonly query: Readonly<Record<string, string>>;
  /** A JSON value, or text. */
  readonly body?: unknown;
  /** Aborts when the client hangs up: it ends what is streamed. */
  readonly signal?: AbortSignal;
}

export interface AdminReply {
  readonly status: number;
  readonly body: unknown;
  /** Sent as lines of JSON, in the place of the body, until it ends. */
  readonly lines?: AsyncIterable<object>;
}

export interface Action {
  /** The HTTP methods it takes. */
  readonly verbs: readonly string[];
  /** For the list of actions. */
  readonly help: string;
  run(request: AdminRequest): AdminReply | Promise<AdminReply>;
}

export type Actions = Readonly<Record<string, Action>>;

export const ok = (body: unknown): AdminReply => ({ status: 200, body });
export const refuse = (status: number, error: string): AdminReply => ({ status, body: { error } });
