// What every way of calling a method needs around the call: a signal for its end, and a fault for our own mistakes.
import { fault, isFault, type Fault } from '../../core/vim25/index.ts';
import type { Session } from '../dispatch/sessions.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { SoapCaller } from './soap.ts';

/** One signal for "the client hung up" and "the session ended", made when asked for; leaves no listeners on a long session. */
export class CallOver {
  private readonly caller: SoapCaller;
  private readonly session: Session;
  private controller: AbortController | undefined;
  private sources: readonly AbortSignal[] = [];
  private readonly abort = (): void => this.controller!.abort();

  constructor(caller: SoapCaller, session: Session) {
    this.caller = caller;
    this.session = session;
  }

  get signal(): AbortSignal {
    if (this.controller) return this.controller.signal;
    this.controller = new AbortController();
    const hangUp = this.caller.signal;
    this.sources = hangUp ? [hangUp, this.session.ended.signal] : [this.session.ended.signal];
    for (const source of this.sources) {
      if (source.aborted) this.abort();
      else source.addEventListener('abort', this.abort, { once: true });
    }
    return this.controller.signal;
  }

  release(): void {
    for (const source of this.sources) source.removeEventListener('abort', this.abort);
  }
}

/** What is not a Fault is our own mistake: the client gets a SystemError, the log the stack. */
export function bug(sim: Simulation, method: string, error: unknown): Fault {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  sim.log.write('error', `bug in vicsim, ${method}: ${text}`);
  return isFault(error) ? error : fault('SystemError', { reason: text.split('\n')[0]! }, 'A general system error occurred in the simulator.');
}
