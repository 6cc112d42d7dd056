// A lab with nothing left open: what build-lab.ts builds. Types only.
import type { FaultRule } from '../dispatch/fault-rules.ts';
import type { BootRule } from '../appliance/boot-rules.ts';
import type { AddressRange } from '../appliance/vch-keys.ts';
import type { DatastoreType, PowerWord } from './lab.ts';

export interface VmPlan {
  readonly name: string;
  readonly state: PowerWord;
  readonly cpus: number;
  readonly memory: number;
  readonly datastore: string;
  readonly guest: string;
}

export interface PlacePlan {
  readonly datastore: string;
  /** Directory without a leading slash; empty for the root. */
  readonly path: string;
}

export interface ContainerPlan {
  readonly name: string;
  readonly image: string;
  readonly state: PowerWord;
  readonly command: readonly string[];
  readonly mounts: readonly { readonly volume: string; readonly path: string }[];
}

export interface VchPlan {
  readonly name: string;
  readonly pool: 'vapp' | 'pool';
  readonly state: 'on' | 'off';
  readonly tls: boolean;
  readonly address: string;
  readonly debug: number;
  readonly imageStore: PlacePlan;
  readonly volumeStores: readonly (PlacePlan & { readonly label: string; readonly volumes: readonly string[] })[];
  readonly networks: { readonly external: string; readonly client: string; readonly management: string; readonly bridge: string };
  /** Its bridge was made by create (ESXi only). */
  readonly createBridge: boolean;
  readonly bridgeRange: string;
  readonly containerNetworks: readonly {
    readonly network: string; readonly alias: string; readonly gateway?: string; readonly dns?: readonly string[];
    readonly ranges?: readonly AddressRange[];
  }[];
  readonly images: readonly string[];
  readonly containers: readonly ContainerPlan[];
}

export interface ContentsPlan {
  readonly pools: readonly PoolPlan[];
  readonly vapps: readonly { readonly name: string; readonly vms: readonly VmPlan[] }[];
  readonly vms: readonly VmPlan[];
  readonly vchs: readonly VchPlan[];
}

export interface PoolPlan extends ContentsPlan {
  readonly name: string;
}

export interface ComputePlan extends ContentsPlan {
  readonly kind: 'cluster' | 'host';
  readonly name: string;
  readonly hosts: readonly string[];
  readonly drs: boolean;
}

export interface DatastorePlan {
  readonly name: string;
  readonly type: DatastoreType;
  readonly capacity: number;
  readonly hosts: readonly string[];
}

export interface DatacenterPlan {
  readonly name: string;
  readonly folder: readonly string[];
  readonly datastores: readonly DatastorePlan[];
  readonly networks: readonly string[];
  readonly switches: readonly { readonly name: string; readonly portgroups: readonly { readonly name: string; readonly vlan: number }[] }[];
  /** What the DHCP servers hand out, by network; those with the default are not in it. */
  readonly dhcp: ReadonlyMap<string, string>;
  readonly computes: readonly ComputePlan[];
}

export interface Plan {
  readonly product: 'vcenter' | 'esxi';
  readonly version: string | undefined;
  readonly seed: number;
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
  readonly users: readonly UserPlan[];
  readonly appliances: readonly BootRule[];
  /** Images that can be pulled beside those of Docker Hub. */
  readonly registry: readonly string[];
  readonly faults: readonly FaultRule[];
  readonly datacenters: readonly DatacenterPlan[];
}

export interface UserPlan {
  readonly name: string;
  readonly password?: string;
  readonly groups?: readonly string[];
  readonly role?: number;
}
