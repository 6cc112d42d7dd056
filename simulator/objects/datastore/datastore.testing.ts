// Calls methods of a whole simulator as its dispatcher does, and waits for their tasks. For tests of this room.
import { Fault, plain, type LocalizedMethodFault, type ManagedObjectReference, type TaskInfo } from '../../../core/vim25/index.ts';
import { dispatch } from '../../dispatch/pipeline.ts';
import type { Session } from '../../dispatch/sessions.ts';
import { createSimulator, ManualClock, type Simulator, type SimulatorOptions } from '../../index.ts';
import { sendable } from '../world.testing.ts';
import { stat, type FileEntry } from './files.ts';

type Ref = ManagedObjectReference;

export class Caller {
  readonly simulator: Simulator;
  readonly session: Session;
  private readonly clock = new ManualClock();

  constructor(options: SimulatorOptions = {}) {
    this.simulator = createSimulator({ freeze: true, clock: this.clock, ...options });
    this.session = this.simulator.sim.sessions.login('root', 'vmware', { ipAddress: '127.0.0.1', userAgent: 'test' });
  }

  /** The result of a method, or of its task. Throws its Fault. */
  async call(self: Ref, method: string, args: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    const { sim, store } = this.simulator;
    const { result } = await dispatch(sim, { method, self, args, session: this.session, signal: new AbortController().signal }, () => undefined);
    const task = result as Ref | undefined;
    return task?.type === 'Task' && store.get(task) ? this.wait(task) : result;
  }

  async wait(task: Ref): Promise<unknown> {
    for (;;) {
      const info = this.get(task, 'info') as TaskInfo;
      if (info.state === 'success') {
        sendable(info);
        return plain(info.result);
      }
      if (info.state === 'error') throw asFault(info.error!);
      await new Promise<void>((resolve) => void this.clock.after(0, resolve));
    }
  }

  get(ref: Ref, path: string): unknown {
    return this.simulator.store.transaction((tx) => tx.get(ref, path));
  }

  service(name: string): Ref {
    return this.simulator.sim.wellKnown[name]!;
  }

  /** The first object of a type, or the one of that name. */
  named(type: string, name?: string): Ref {
    const found = [...this.simulator.store.ofType(type)].find(({ props }) => name === undefined || props['name'] === name);
    if (!found) throw new Error(`no ${type} ${name ?? ''}`);
    return found.ref;
  }

  file(datastore: Ref, path: string): FileEntry | undefined {
    return this.simulator.store.transaction((tx) => stat(tx, datastore, path));
  }
}

const asFault = ({ fault, localizedMessage }: LocalizedMethodFault): Fault => new Fault(fault as Fault['detail'], localizedMessage ?? '');
