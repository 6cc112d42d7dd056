// What vicsim serves: one world after another under one address. A new world ends the sessions of the old one.
import type { World } from './endpoints/admin.ts';
import type { HandleFiles, HandleSoap, Simulator } from './index.ts';
import type { Simulation } from './dispatch/simulation.ts';
import type { Snapshot } from './store/store.ts';

export class Stage implements World {
  private simulator: Simulator;
  private readonly make: (lab: string) => Promise<Simulator>;

  /** `make` builds a simulator from the text of a lab. */
  constructor(first: Simulator, make: (lab: string) => Promise<Simulator>) {
    this.simulator = first;
    this.make = make;
  }

  get sim(): Simulation {
    return this.simulator.sim;
  }

  readonly handleSoap: HandleSoap = (body, headers, caller) => this.simulator.handleSoap(body, headers, caller);

  readonly handleFiles: HandleFiles = (request, caller) => this.simulator.handleFiles(request, caller);

  snapshot(): Snapshot {
    return this.simulator.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.simulator.restore(snapshot);
  }

  reset(): void {
    this.simulator.reset();
  }

  /** Shows the world of a lab. Throws a DocumentError, and keeps the world that is shown, when the lab makes no sense. */
  async load(lab: string): Promise<void> {
    const next = await this.make(lab);
    const last = this.simulator;
    this.simulator = next;
    await last.close();
  }

  close(): Promise<void> {
    return this.simulator.close();
  }
}
