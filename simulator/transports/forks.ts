// Serves copies of a world beside it: each has its own port, clock, sessions and admin plane, and the certificate of the first.
import type { ForkEntry, Forks } from '../endpoints/admin-action.ts';
import type { Listening, ListenOptions, Served } from './http.ts';

/** What can be copied. */
export interface Forkable extends Served {
  fork(): Served & { close(): Promise<void> };
}

interface Open {
  readonly served: Served & { close(): Promise<void> };
  readonly server: Listening;
}

export class ServedForks implements Forks {
  private readonly world: Forkable;
  private readonly options: ListenOptions;
  private readonly serve: (served: Served, options: ListenOptions) => Promise<Listening>;
  private readonly opened = new Map<string, Open>();

  /** `options` are those of the world itself, but for the port. */
  constructor(world: Forkable, options: ListenOptions, serve: (served: Served, options: ListenOptions) => Promise<Listening>) {
    this.world = world;
    this.options = options;
    this.serve = serve;
  }

  async open(name: string, port: number): Promise<ForkEntry> {
    const served = this.world.fork();
    try {
      const server = await this.serve(served, { ...this.options, port });
      this.opened.set(name, { served, server });
      return entry(name, { served, server });
    } catch (error) {
      await served.close();
      throw error;
    }
  }

  list(): readonly ForkEntry[] {
    return [...this.opened].map(([name, open]) => entry(name, open));
  }

  async close(name: string): Promise<boolean> {
    const open = this.opened.get(name);
    if (!open) return false;
    this.opened.delete(name);
    await open.server.close();
    await open.served.close();
    return true;
  }

  /** Closes all of them. */
  async closeAll(): Promise<void> {
    await Promise.all([...this.opened.keys()].map((name) => this.close(name)));
  }
}

const entry = (name: string, { served, server }: Open): ForkEntry => ({ name, url: server.url, port: server.port, objects: served.sim.store.size, version: served.sim.store.version });
