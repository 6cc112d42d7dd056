// Everything that is not SOAP, as routes. Loaded on the first such request: express costs a fifth of the start.
import { once } from 'node:events';
import { TLSSocket } from 'node:tls';
import express, { type NextFunction, type Request, type Response } from 'express';
import { applianceAt, type HandleService } from '../appliance/services.ts';
import { about, health, serviceVersions, vsanServiceVersions } from '../endpoints/about.ts';
import { adminEndpoint } from '../endpoints/admin.ts';
import type { AdminReply, Forks, World } from '../endpoints/admin-action.ts';
import { guard, type Reach } from '../endpoints/admin-guard.ts';
import { serviceDescription } from '../endpoints/wsdl.ts';
import { fetchBundle } from '../endpoints/diagnostics.ts';
import { answer } from './appliances.ts';

/** Longest lab that is taken. */
const LAB_LIMIT = '16mb';

/** The routes of what is served; `reach` says who gets to the admin plane. */
export function expressHandler(world: World & { readonly handleService: HandleService }, reach: Reach, forks?: Forks): express.Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/sdk/vimServiceVersions.xml', (_request, response) => {
    response.type('text/xml').send(serviceVersions(world.sim));
  });
  app.get('/sdk/vsanServiceVersions.xml', (_request, response) => {
    response.type('text/xml').send(vsanServiceVersions(world.sim));
  });
  app.get(['/sdk', '/sdk/{*document}'], (request, response, next) => {
    const text = serviceDescription(world.sim, request.originalUrl, `${request.socket instanceof TLSSocket ? 'https' : 'http'}://${request.get('host') ?? 'localhost'}`);
    if (text === undefined) next();
    else response.type('text/xml').send(text);
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
  app.use('/sim', (request, response, next) => {
    const refusal = guard(reach, request.socket.remoteAddress ?? '', (name) => request.get(name));
    if (refusal) response.status(refusal.status).json(refusal.body);
    else next();
  });
  app.all('/sim/vch/:where/:service{/*rest}', (request: Request<{ where: string; service: string }>, response: Response) => {
    const { where, service } = request.params;
    const appliance = applianceAt(world.sim, where);
    if (!appliance || (service !== 'docker' && service !== 'vicadmin')) {
      response.status(404).json({ error: appliance ? `/sim/vch/${where}/ has docker and vicadmin.` : `There is no virtual container host at "${where}": give its client address, or its name.` });
      return;
    }
    const url = request.originalUrl.split('/').slice(5).join('/');
    answer(world.handleService, appliance, service, request, response, `/${url}`).catch((error: Error) => response.destroy(error));
  });
  const admin = adminEndpoint(world, forks);
  app.use('/sim', express.json({ limit: LAB_LIMIT, strict: false }), express.text({ type: () => true, limit: LAB_LIMIT }));
  app.all('/sim{/:action}', async (request: Request<{ action?: string }>, response: Response) => {
    const query = Object.fromEntries(Object.entries(request.query).map(([key, value]) => [key, String(value)]));
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    await send(await admin({ method: request.method, action: request.params.action ?? '', query, body: request.body, signal: gone.signal }), response);
  });
  app.use('/sim', (error: Error & { status?: number }, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) next(error);
    else if (error.status === undefined || error.status >= 500) {
      world.sim.log.write('error', `bug in vicsim, /sim: ${error.stack ?? error.message}`);
      response.status(500).json({ error: `a bug in vicsim: ${error.message}` });
    } else response.status(error.status).json({ error: `The body cannot be read: ${error.message}` });
  });
  app.use((request, response) => {
    response.status(404).type('text/plain').send(
      `vicsim has nothing at ${request.method} ${request.path}.\n` +
      'SOAP is at POST /sdk; GET /about lists what is implemented, /sdk/vimService.wsdl the types, /sdk/vimServiceVersions.xml the API versions, /healthz tells that it is alive.\n',
    );
  });
  return app;
}

async function send({ status, body, lines }: AdminReply, response: Response): Promise<void> {
  if (!lines) {
    response.status(status).json(body);
    return;
  }
  response.status(status).type('application/x-ndjson').flushHeaders();
  for await (const line of lines) {
    if (response.destroyed) return;
    if (!response.write(`${JSON.stringify(line)}\n`)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
  }
  response.end();
}
