// Sends SOAP requests as they are to a server, for replays. Any certificate is taken on this machine.
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Send } from '../replay/replay.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Gives the function that sends one request. It rejects when no answer comes in time, or none at all. */
export function soapSender(url: URL, { insecure, milliseconds }: { readonly insecure: boolean; readonly milliseconds: number }): Send {
  const target = new URL(url.pathname === '/' ? '/sdk' : url.pathname, url.origin);
  return async ({ body, soapAction, cookie }) => {
    const headers = { 'Content-Type': 'text/xml; charset=utf-8', 'Content-Length': Buffer.byteLength(body), ...(soapAction === undefined ? {} : { SOAPAction: soapAction }), ...(cookie === undefined ? {} : { Cookie: cookie }) };
    const signal = AbortSignal.timeout(milliseconds);
    const options = { method: 'POST', headers, signal };
    const call = url.protocol === 'https:' ? httpsRequest(target, { ...options, rejectUnauthorized: !(insecure || LOOPBACK.test(url.hostname)) }) : httpRequest(target, options);
    call.end(body);
    try {
      const [answer] = (await once(call, 'response')) as [IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const setCookie = answer.headers['set-cookie']?.find((line) => line.startsWith('vmware_soap_session='));
      return { status: answer.statusCode ?? 0, reply: Buffer.concat(chunks).toString(), ...(setCookie === undefined ? {} : { setCookie }) };
    } catch (error) {
      throw new Error(signal.aborted ? `no answer within ${milliseconds / 1000} s` : `no answer: ${(error as Error).message}`, { cause: error });
    }
  };
}
