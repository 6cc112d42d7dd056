// Every route of /rest and /api, and the parts of vCenter's API that are known and not there yet.
import type { Route } from './route.ts';
import { taggingRoutes } from './tagging/routes.ts';

export const routes: readonly Route[] = [...taggingRoutes];

/** True for a path of an API that vCenter has, below /rest or /api. */
export const missingApi = (path: string): boolean =>
  /^\/(?:com\/vmware\/(?:cis|content|vcenter|vapi)|appliance|cis|content|esx|hvc|lcm|snapservice|stats|vapi|vcenter|vstats)(?:\/|$)/.test(path);
