// What vicsim serves: one world after another under one address. A new world ends the sessions of the old one.
import type { World } from './endpoints/admin-action.ts';
import type { HandleFiles, HandleRest, HandleService, HandleSoap, HandleSso, Simulator } from './index.ts';
import type { Simulation } from './dispatch/simulation.ts';
import type { Snapshot } from './store/store.ts';

export class Stage implements World {
  private simulator: Simulator;
  private readonly make: (lab: string) => Promise<Simulator>;
  private readonly appliances: boolean;

  /** `make` builds a simulator from the text of a lab; `appliances`: their ports are opened. */
  constructor(first: Simulator, make: (lab: string) => Promise<Simulator>, appliances = false) {
    this.simulator = first;
    this.make = make;
    this.appliances = appliances;
  }

  get sim(): Simulation {
    return this.simulator.sim;
  }

  private soap: HandleSoap = (body, headers, caller) => this.simulator.handleSoap(body, headers, caller);

  readonly handleSoap: HandleSoap = (body, headers, caller) => this.soap(body, headers, caller);

  /** Lets calls go through a handler of that kind first; forks are not meant. */
  wrapSoap(wrap: ((handle: HandleSoap) => HandleSoap) | undefined): void {
    if (wrap) this.soap = wrap(this.soap);
  }

  readonly handleFiles: HandleFiles = (request, caller) => this.simulator.handleFiles(request, caller);

  readonly handleRest: HandleRest = (request, caller) => this.simulator.handleRest(request, caller);

  readonly handleService: HandleService = (appliance, kind, request) => this.simulator.handleService(appliance, kind, request);

  readonly handleSso: HandleSso = (path, body, headers, caller) => this.simulator.handleSso(path, body, headers, caller);

  /** Opens the ports of the appliances of the world that is shown, if that is wanted. */
  async open(): Promise<void> {
    if (this.appliances) await this.simulator.serveAppliances();
  }

  snapshot(): Snapshot {
    return this.simulator.snapshot();
  }

  restore(snapshot: Snapshot): void {
    this.simulator.restore(snapshot);
  }

  /** A copy of the world that is shown, with a clock of its own. */
  fork(): Simulator {
    return this.simulator.fork();
  }

  reset(): void {
    this.simulator.reset();
  }

  /** Shows the world of a lab. Throws a DocumentError, and keeps the world that is shown, when the lab makes no sense. */
  async load(lab: string): Promise<void> {
    const next = await this.make(lab);
    const last = this.simulator;
    this.simulator = next;
    // The next world may have appliances of the same addresses.
    await last.close();
    await this.open();
  }

  close(): Promise<void> {
    return this.simulator.close();
  }
}
