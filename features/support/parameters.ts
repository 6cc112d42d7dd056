// What a run of the suite is told about the worlds of all its scenarios: cucumber's world parameters.
import { endpointOf } from './endpoints/index.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { subjectOf } from './subjects/index.ts';
import type { Subject } from './subjects/subject.ts';

export interface Parameters {
  /** 'engine' unless given; see subjects/index.ts. */
  readonly subject?: string;
  /** 'in-process' unless given; see endpoints/index.ts. */
  readonly endpoint?: string;
  /** Keep the world of a scenario until Ctrl-C: of one that failed, or of any. */
  readonly keep?: 'failed' | 'any';
}

// Cucumber makes a World for every scenario and gives it nothing but parameters: what scenarios share is remembered here.
const endpoints = new Map<string, Endpoint>();

/** The endpoint of this run; the same for every scenario of a worker. */
export function endpointFor({ endpoint = 'in-process' }: Parameters): Endpoint {
  const opened = endpoints.get(endpoint) ?? endpointOf(endpoint);
  endpoints.set(endpoint, opened);
  return opened;
}

export const subjectFor = ({ subject = 'engine' }: Parameters): Subject => subjectOf(subject);

/** Ends what served the scenarios of this worker. */
export async function closeEndpoints(): Promise<void> {
  for (const endpoint of endpoints.values()) await endpoint.close();
}
