// The endpoint that a run of the suite uses, by its name.
import type { Endpoint } from './endpoint.ts';
import { inProcess } from './in-process.ts';
import { otherEndpoint } from './other.ts';
import { vicsim } from './vicsim.ts';

/** 'in-process', 'vicsim', or https://user:password@host/sdk. Throws when it is none of these. */
export function endpointOf(name: string): Endpoint {
  if (name === 'in-process') return inProcess();
  if (name === 'vicsim') return vicsim();
  const problem = addressProblem(name);
  if (problem !== undefined) throw new Error(problem);
  return otherEndpoint(new URL(name));
}

/** Why this is no address of an endpoint; undefined when it is one. */
export function addressProblem(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'https:') return `"${text}" is neither in-process, nor vicsim, nor an address such as https://user:password@host/sdk`;
  return url.username === '' || url.password === '' ? `"${url.host}" needs a user and a password: https://user:password@${url.host}/sdk` : undefined;
}
