// How to reach a VCH, as inspect and create print it.
import type { Inspected } from '../engine/index.ts';

/** The lines between "found it" and "done". */
export const connectionLines = (facts: Inspected): readonly string[] => [
  'vic-admin portal:',
  facts.adminPortal,
  '',
  `DOCKER_HOST=${facts.dockerHost}`,
  '',
  'Connect to docker:',
  facts.dockerCommand,
];
