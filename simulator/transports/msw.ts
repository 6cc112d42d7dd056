// Mounts a simulator in msw 2, so that a program under test meets it without a socket.
import { http, HttpResponse, type RequestHandler } from 'msw';
import { serviceVersions } from '../endpoints/about.ts';
import type { Simulator } from '../index.ts';

export interface MswOptions {
  /** Address of the SDK as msw writes it; any host's by default. */
  readonly url?: string;
}

/** Handlers for `setupServer(...vicsimHandlers(simulator))`. */
export function vicsimHandlers(simulator: Pick<Simulator, 'handleSoap' | 'handleFiles' | 'sim'>, { url = 'https://*/sdk' }: MswOptions = {}): RequestHandler[] {
  const soap = async ({ request }: { request: Request }) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const reply = await simulator.handleSoap(body, Object.fromEntries(request.headers), {
      ipAddress: '127.0.0.1',
      tls: request.url.startsWith('https:'),
      signal: request.signal,
    });
    return new HttpResponse(reply.body, { status: reply.status, headers: reply.headers });
  };
  const files = async ({ request }: { request: Request }) => {
    const { pathname, search, host, protocol } = new URL(request.url);
    const reply = await simulator.handleFiles(
      { method: request.method, url: `${pathname}${search}`, headers: { ...Object.fromEntries(request.headers), host }, body: request.body ?? undefined },
      { ipAddress: '127.0.0.1', tls: protocol === 'https:' },
    );
    const { body } = reply;
    return new HttpResponse(typeof body === 'object' ? ReadableStream.from(body) : body ?? null, { status: reply.status, headers: reply.headers });
  };
  const origin = url.replace(/\/sdk$/, '');
  return [
    http.all(`${origin}/folder`, files),
    http.all(`${origin}/folder/*`, files),
    http.post(url, soap),
    http.post(`${url}/vimService`, soap),
    http.get(`${url}/vimServiceVersions.xml`, () => HttpResponse.xml(serviceVersions(simulator.sim))),
  ];
}
