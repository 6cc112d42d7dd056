// Every route of /rest and /api, and the parts of vCenter's API that are known and not there yet.
import { applianceRoutes } from './appliance/routes.ts';
import { taskRoutes } from './cis/tasks.ts';
import { itemRoutes } from './library/items.ts';
import { libraryRoutes } from './library/libraries.ts';
import { ovfRoutes } from './library/ovf.ts';
import { templateRoutes } from './library/templates.ts';
import { transferRoutes } from './library/transfers.ts';
import { trustRoutes } from './library/trust.ts';
import type { Route } from './route.ts';
import { taggingRoutes } from './tagging/routes.ts';
import { hardwareRoutes } from './vcenter/hardware.ts';
import { inventoryRoutes } from './vcenter/inventory.ts';
import { moduleRoutes } from './vcenter/modules.ts';
import { storagePolicyRoutes } from './vcenter/storage-policies.ts';
import { vmRoutes } from './vcenter/vm.ts';

export const routes: readonly Route[] = [
  ...taggingRoutes, ...libraryRoutes, ...itemRoutes, ...transferRoutes, ...ovfRoutes, ...templateRoutes, ...trustRoutes, ...inventoryRoutes, ...vmRoutes, ...hardwareRoutes, ...moduleRoutes, ...storagePolicyRoutes,
  ...applianceRoutes, ...taskRoutes,
];

/** True for a path of an API that vCenter has, below /rest or /api. */
export const missingApi = (path: string): boolean =>
  /^\/(?:com\/vmware\/(?:cis|content|vcenter|vapi)|appliance|cis|content|esx|hvc|lcm|snapservice|stats|vapi|vcenter|vstats)(?:\/|$)/.test(path);
