// Notes plain HTTP requests among the calls: for files of datastores as `PUT /folder`, for the REST side as `GET /api`.
import type { Simulation } from '../dispatch/simulation.ts';
import { stopwatch } from '../runtime/stopwatch.ts';
import type { HandleFiles } from './datastore-files.ts';

/** The same handler, with each request noted when it is answered. */
export const notedFiles = (sim: Simulation, handle: HandleFiles): HandleFiles => async (request, caller) => {
  const taken = stopwatch();
  const reply = await handle(request, caller);
  const [, service = 'folder', object = request.url.replace(/\?.*/s, '')] = /^\/(folder|nfc|guestFile|screen|rest|api|cls)(?=[/?]|$)([^?]*)/.exec(request.url) ?? [];
  sim.calls.note({ time: sim.clock.now(), method: `${request.method} /${service}`, object: object || '/', user: '', ms: taken(), status: reply.status, ...(reply.cut ? { fault: `(${reply.cut.kind})` } : {}) });
  return reply;
};
