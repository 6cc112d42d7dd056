// Mounts a simulator in msw 2, so that a program under test meets it without a socket.
import { http, HttpResponse, type RequestHandler } from 'msw';
import { serviceVersions } from '../endpoints/about.ts';
import type { Simulator } from '../index.ts';

export interface MswOptions {
  /** Address of the SDK as msw writes it; any host's by default. */
  readonly url?: string;
}

/** Handlers for `setupServer(...vicsimHandlers(simulator))`. */
export function vicsimHandlers(simulator: Pick<Simulator, 'handleSoap' | 'sim'>, { url = 'https://*/sdk' }: MswOptions = {}): RequestHandler[] {
  const soap = async ({ request }: { request: Request }) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const reply = await simulator.handleSoap(body, Object.fromEntries(request.headers), {
      ipAddress: '127.0.0.1',
      tls: request.url.startsWith('https:'),
      signal: request.signal,
    });
    return new HttpResponse(reply.body, { status: reply.status, headers: reply.headers });
  };
  return [
    http.post(url, soap),
    http.post(`${url}/vimService`, soap),
    http.get(`${url}/vimServiceVersions.xml`, () => HttpResponse.xml(serviceVersions(simulator.sim))),
  ];
}
