// Notes requests for files of datastores among the calls, as `PUT /folder`.
import type { Simulation } from '../dispatch/simulation.ts';
import { stopwatch } from '../runtime/stopwatch.ts';
import type { HandleFiles } from './datastore-files.ts';

/** The same handler, with each request noted when it is answered. */
export const notedFiles = (sim: Simulation, handle: HandleFiles): HandleFiles => async (request, caller) => {
  const taken = stopwatch();
  const reply = await handle(request, caller);
  const object = request.url.replace(/^\/folder\/?/, '/').replace(/\?.*/, '');
  sim.calls.note({ time: sim.clock.now(), method: `${request.method} /folder`, object, user: '', ms: taken(), status: reply.status, ...(reply.cut ? { fault: `(${reply.cut.kind})` } : {}) });
  return reply;
};
