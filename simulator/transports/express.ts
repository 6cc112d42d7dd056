// Everything that is not SOAP, as routes. Loaded on the first such request: express costs a fifth of the start.
import express, { type Request, type Response } from 'express';
import { applianceAt, type HandleService } from '../appliance/services.ts';
import { about, health, serviceVersions } from '../endpoints/about.ts';
import { adminEndpoint, type World } from '../endpoints/admin.ts';
import { fetchBundle } from '../endpoints/diagnostics.ts';
import { answer } from './appliances.ts';

const LOOPBACK = /^(::1$|(::ffff:)?127\.)/;

/** Longest lab that is taken. */
const LAB_LIMIT = '16mb';

/** The routes of what is served. */
export function expressHandler(world: World & { readonly handleService: HandleService }): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/sdk/vimServiceVersions.xml', (_request, response) => {
    response.type('text/xml').send(serviceVersions(world.sim));
  });
  app.get('/about', (_request, response) => {
    response.json(about(world.sim));
  });
  app.get('/healthz', (_request, response) => {
    response.json(health(world.sim));
  });
  app.all('/diagnostics/*name', (request, response) => {
    const { status, headers, body } = fetchBundle(world.sim, request.method, request.originalUrl, request.headers, request.socket.remoteAddress ?? '');
    response.status(status).set(headers);
    response.end(body === undefined ? undefined : typeof body === 'string' ? body : Buffer.concat([...body]));
  });
  app.all('/sim/vch/:where/:service{/*rest}', (request: Request<{ where: string; service: string }>, response: Response) => {
    if (!LOOPBACK.test(request.socket.remoteAddress ?? '')) {
      response.status(403).json({ error: '/sim/ answers to this machine only.' });
      return;
    }
    const { where, service } = request.params;
    const appliance = applianceAt(world.sim, where);
    if (!appliance || (service !== 'docker' && service !== 'vicadmin')) {
      response.status(404).json({ error: appliance ? `/sim/vch/${where}/ has docker and vicadmin.` : `There is no virtual container host at "${where}": give its client address, or its name.` });
      return;
    }
    const url = request.originalUrl.split('/').slice(5).join('/');
    answer(world.handleService, appliance, service, request, response, `/${url}`).catch((error: Error) => response.destroy(error));
  });
  const admin = adminEndpoint(world);
  app.use('/sim', express.json({ limit: '1mb', strict: false }), express.text({ type: () => true, limit: LAB_LIMIT }));
  app.all('/sim/:action', async (request: Request<{ action: string }>, response: Response) => {
    if (!LOOPBACK.test(request.socket.remoteAddress ?? '')) {
      response.status(403).json({ error: '/sim/ answers to this machine only.' });
      return;
    }
    const query = Object.fromEntries(Object.entries(request.query).map(([key, value]) => [key, String(value)]));
    const { status, body } = await admin(request.method, request.params.action, query, request.body);
    response.status(status).json(body);
  });
  app.use((request, response) => {
    response.status(404).type('text/plain').send(
      `vicsim has nothing at ${request.method} ${request.path}.\n` +
      'SOAP is at POST /sdk; GET /about lists what is implemented, /sdk/vimServiceVersions.xml the API versions, /healthz tells that it is alive.\n',
    );
  });
  return app;
}
