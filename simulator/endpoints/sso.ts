// The single sign-on services beside /sdk: the token service at /sts/STSService. One SOAP message to one reply; knows
// nothing of sockets. Loaded with the first such request: signatures cost more to load than a start may take.
import { TrustFault } from '../sso/trust-fault.ts';
import { answerTrust } from '../sso/token-service.ts';
import { escape } from '../sso/xml.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { stopwatch } from '../runtime/stopwatch.ts';
import { one } from './caller.ts';
import type { Headers, SoapCaller, SoapReply } from './soap.ts';

export type HandleSso = (path: string, body: Uint8Array | string, headers: Headers, caller: SoapCaller) => Promise<SoapReply>;

const XML = 'text/xml; charset=utf-8';
const ENVELOPE = '<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>';

/** Makes the handler of one simulation. It answers whatever it is given; it never throws. */
export function ssoEndpoint(sim: Simulation): HandleSso {
  return async (_path, body, headers, caller) => {
    const taken = stopwatch();
    const text = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
    const method = /\/RST\/(\w+)/.exec(one(headers['soapaction']) ?? '')?.[1] ?? 'RequestSecurityToken';
    const who = { ipAddress: caller.ipAddress, userAgent: one(headers['user-agent']) ?? '' };
    const origin = `${caller.tls ? 'https' : 'http'}://${one(headers['host']) ?? 'localhost'}`;
    let reply: SoapReply;
    let failure: string | undefined;
    try {
      reply = answer(200, await answerTrust(sim, text, who, origin));
    } catch (error) {
      const told = error instanceof TrustFault ? error : bug(sim, error);
      failure = told.code;
      reply = answer(500, `<soapenv:Fault><faultcode xmlns:w="${told.namespace}">w:${told.code}</faultcode><faultstring>${escape(told.message)}</faultstring></soapenv:Fault>`);
    }
    sim.calls.note({ time: sim.clock.now(), method, object: 'STSService', user: '', ms: taken(), status: reply.status, ...(failure === undefined ? {} : { fault: failure }) });
    return reply;
  };
}

const answer = (status: number, content: string): SoapReply => ({ status, headers: { 'Content-Type': XML }, body: `${ENVELOPE}${content}</soapenv:Body></soapenv:Envelope>` });

function bug(sim: Simulation, error: unknown): TrustFault {
  sim.log.write('error', `bug in vicsim, token service: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return new TrustFault('RequestFailed', 'The simulator has a bug; its log says more.');
}
