// Mounts a simulator in msw 2, so that a program under test meets it without a socket. Knows nothing of what a call means.
import { http, HttpResponse, type RequestHandler } from 'msw';
import type { Cut } from '../dispatch/fault-rules.ts';
import { about, serviceVersions, vsanServiceVersions } from '../endpoints/about.ts';
import { fetchBundle } from '../endpoints/diagnostics.ts';
import { serviceDescription } from '../endpoints/wsdl.ts';
import type { Simulator } from '../index.ts';

export interface MswOptions {
  /** Where the simulator is: 'https://vcenter.example'. Any host's /sdk, /folder, /nfc, /guestFile, /screen and /about over HTTPS by default. */
  readonly origin?: string;
}

/**
 * Handlers for `setupServer(...vicsimHandlers(simulator))`: SOAP at /sdk, the API versions, datastore files at /folder,
 * files of leases at /nfc, the REST side at /rest and /api, VI/JSON at /sdk/vim25, and /about. With `origin`, every other path of that origin is answered with 404, as vicsim does; without, requests
 * that are not the simulator's pass on to the next handler. Give each simulator its own origin to have several.
 */
export function vicsimHandlers(simulator: Pick<Simulator, 'handleSoap' | 'handleSso' | 'handleFiles' | 'handleRest' | 'sim'>, { origin }: MswOptions = {}): RequestHandler[] {
  const base = origin === undefined ? 'https://*' : originOf(origin);
  const soap = async ({ request }: { request: Request }) => {
    const body = new Uint8Array(await request.arrayBuffer());
    const reply = await simulator.handleSoap(body, headersOf(request), { ...callerOf(request), signal: request.signal });
    return spoilt(reply) ?? new HttpResponse(reply.body, { status: reply.status, headers: reply.headers });
  };
  const sso = async ({ request }: { request: Request }) => {
    const { pathname, host } = new URL(request.url);
    const reply = await simulator.handleSso(pathname, new Uint8Array(await request.arrayBuffer()), { host, ...headersOf(request) }, callerOf(request));
    return new HttpResponse(reply.body, { status: reply.status, headers: reply.headers });
  };
  const plain = (handle: Simulator['handleFiles']) => async ({ request }: { request: Request }) => {
    const { pathname, search, host } = new URL(request.url);
    const reply = await handle(
      { method: request.method, url: `${pathname}${search}`, headers: { host, ...headersOf(request) }, ...(request.body ? { body: piecesOf(request.body) } : {}) },
      callerOf(request),
    );
    return spoilt(reply) ?? new HttpResponse(bodyOf(reply.body, reply.status), { status: reply.status, headers: reply.headers });
  };
  const files = plain(simulator.handleFiles);
  const rest = plain(simulator.handleRest);
  const bundles = ({ request }: { request: Request }) => {
    const { pathname, search } = new URL(request.url);
    const reply = fetchBundle(simulator.sim, request.method, `${pathname}${search}`, headersOf(request), callerOf(request).ipAddress);
    return new HttpResponse(bodyOf(reply.body, reply.status), { status: reply.status, headers: reply.headers });
  };
  const wrongMethod = ({ request }: { request: Request }) =>
    new HttpResponse(`${request.method} is not for SOAP: POST an envelope.\n`, { status: 405, headers: { Allow: 'POST', 'Content-Type': 'text/plain; charset=utf-8' } });
  const handlers: RequestHandler[] = [
    ...['/sdk', '/sdk/', '/sdk/vimService', '/vslm/sdk', '/pbm', '/pbm/sdk', '/vsanHealth'].map((path) => http.post(`${base}${path}`, soap)),
    ...(simulator.sim.product === 'vcenter' ? ['/sts/STSService', '/sts/STSService/:tenant', '/lookupservice/sdk', '/sso-adminserver/sdk', '/sso-adminserver/sdk/:tenant'].map((path) => http.post(`${base}${path}`, sso)) : []),
    // Before the files: `*` of any host also takes a path, so that /folder/* would match …/Folder/group-d1.
    http.all(`${base}/sdk/vim25/*`, rest),
    http.get(`${base}/sdk/:document`, ({ request }) => {
      const url = new URL(request.url);
      const text = serviceDescription(simulator.sim, `${url.pathname}${url.search}`, url.origin);
      return text === undefined ? undefined : HttpResponse.xml(text);
    }),
    http.get(`${base}/sdk/vimServiceVersions.xml`, () => HttpResponse.xml(serviceVersions(simulator.sim))),
    http.get(`${base}/sdk/vsanServiceVersions.xml`, () => HttpResponse.xml(vsanServiceVersions(simulator.sim))),
    ...['/sdk', '/sdk/vimService'].map((path) => http.all(`${base}${path}`, wrongMethod)),
    http.get(`${base}/about`, () => HttpResponse.json(about(simulator.sim))),
    http.all(`${base}/folder`, files),
    http.all(`${base}/folder/*`, files),
    ...['/nfc/*', '/guestFile', '/screen'].map((path) => http.all(`${base}${path}`, files)),
    http.all(`${base}/diagnostics/*`, bundles),
    ...['/rest', '/rest/*', '/api', '/api/*', '/cls/data/*'].map((path) => http.all(`${base}${path}`, rest)),
  ];
  if (origin !== undefined) {
    handlers.push(http.all(`${base}/*`, ({ request }) => HttpResponse.text(`vicsim has nothing at ${request.method} ${new URL(request.url).pathname}.\n`, { status: 404 })));
  }
  return handlers;
}

/** Without a socket, an answer that breaks off is a network error. */
const spoilt = ({ cut }: { readonly cut?: Cut }): Response | undefined =>
  cut === undefined ? undefined : cut.kind === 'status' ? new HttpResponse(null, { status: cut.status }) : HttpResponse.error();

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.pathname !== '/' || url.search !== '') {
    throw new TypeError(`origin "${text}" is no origin: it looks like https://vcenter.example or http://127.0.0.1:8989, without a path`);
  }
  return url.origin;
}

const headersOf = (request: Request): Record<string, string> => Object.fromEntries(request.headers);

const callerOf = (request: Request) => ({ ipAddress: '127.0.0.1', tls: request.url.startsWith('https:') });

async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

/** Statuses that have no body refuse to be given an empty one. */
function bodyOf(body: string | Iterable<Uint8Array> | undefined, status: number): string | ReadableStream<Uint8Array> | null {
  if (body === undefined || status === 204 || status === 304) return null;
  if (typeof body === 'string') return body;
  const pieces = body[Symbol.iterator]();
  return new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = pieces.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
