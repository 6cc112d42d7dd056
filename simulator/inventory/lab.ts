// A lab: a named world written down in YAML or JSON. What may stand in the file, as types and as a shape.
import type { FaultRule } from '../dispatch/fault-rules.ts';
import { COMPONENTS } from '../appliance/vch-keys.ts';
import type { Shape } from './shape.ts';

export type PowerWord = 'on' | 'off' | 'suspended';
export type DatastoreType = 'vmfs' | 'nfs' | 'vsan' | 'local';

export interface LabDatastore {
  name: string;
  type?: DatastoreType;
  /** Bytes. */
  capacity?: number;
  /** Names of the hosts that mount it; all of its datacenter when absent. */
  hosts?: string[];
}

export interface LabNetwork {
  name: string;
  /** What its DHCP server hands out: a range, or 'none' when there is no server. */
  dhcp?: string;
}

export interface LabPortgroup extends LabNetwork {
  vlan?: number;
}

/** How appliances boot; see BootRule. */
export interface LabAppliance {
  name?: string;
  delay?: number;
  dhcp?: boolean;
  failures?: { 'docker-personality'?: string; 'port-layer'?: string; vicadmin?: string };
  hangs?: ('docker-personality' | 'port-layer' | 'vicadmin')[];
}

export interface LabSwitch {
  name: string;
  portgroups?: LabPortgroup[];
}

export interface LabVm {
  name?: string;
  state?: PowerWord;
  cpus?: number;
  memory?: number;
  datastore?: string;
  guest?: string;
}

export interface LabVolumeStore {
  label: string;
  /** 'datastore/directory' */
  path: string;
  volumes?: string[];
}

export interface LabContainer {
  name?: string;
  image?: string;
  state?: PowerWord;
  /** 'volume:/path' */
  volumes?: string[];
  command?: string[];
}

export interface LabContainerNetwork {
  network: string;
  alias?: string;
  gateway?: string;
  dns?: string[];
  ranges?: string[];
}

export interface LabVch {
  name?: string;
  /** What holds it: a vApp (vCenter) or a resource pool. */
  pool?: 'vapp' | 'pool';
  state?: 'on' | 'off';
  tls?: boolean;
  address?: string;
  /** 'datastore' or 'datastore/directory' */
  imageStore?: string;
  volumeStores?: LabVolumeStore[];
  networks?: { external?: string; client?: string; management?: string; bridge?: string; containers?: LabContainerNetwork[] };
  bridgeRange?: string;
  images?: string[];
  containers?: LabContainer[] | number;
  debug?: number;
}

/** What may live in a pool, a cluster or a host. */
export interface LabContents {
  pools?: LabPool[];
  vapps?: LabVapp[];
  vms?: LabVm[] | number;
  vchs?: LabVch[];
}

export interface LabPool extends LabContents {
  name: string;
}

export interface LabVapp {
  name: string;
  vms?: LabVm[] | number;
}

export interface LabCluster extends LabContents {
  name: string;
  hosts?: number | string[];
  drs?: boolean;
}

export interface LabHost extends LabContents {
  name?: string;
}

export interface LabDatacenter {
  name: string;
  /** Path of inventory folders above it. */
  folder?: string;
  datastores?: LabDatastore[];
  networks?: LabNetwork[];
  switches?: LabSwitch[];
  clusters?: LabCluster[];
  hosts?: LabHost[];
}

export interface LabUser {
  name: string;
  /** Any password is accepted without one. */
  password?: string;
  /** Made when they do not exist. */
  groups?: string[];
  /** Name of the role on everything; without one the user has only what permissions of the groups give. */
  role?: string;
}

interface LabBase {
  version?: string;
  seed?: number;
  credentials?: { user: string; password: string };
  users?: LabUser[];
  appliances?: LabAppliance[];
  /** Images that can be pulled beside those of Docker Hub: 'registry.example.com/team/app:1.0'. */
  registry?: string[];
  /** Fault rules from the start. */
  faults?: FaultRule[];
}

export interface VcenterLab extends LabBase {
  product: 'vcenter';
  datacenters: LabDatacenter[];
}

export interface EsxiLab extends LabBase, LabContents {
  product: 'esxi';
  host?: string;
  datastores?: LabDatastore[];
  networks?: LabNetwork[];
}

export type Lab = VcenterLab | EsxiLab;

const text: Shape = { kind: 'text' };
const name: Shape = { kind: 'text', what: 'a name of 1 to 80 characters', pattern: /^.{1,80}$/u };
const power: Shape = { kind: 'one-of', values: ['on', 'off', 'suspended'] };
const ADDRESS = String.raw`(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)`;
const PREFIX_LENGTH = String.raw`(?:3[0-2]|[12]?\d)`;
const address: Shape = { kind: 'text', what: 'an IPv4 address', pattern: new RegExp(`^${ADDRESS}$`) };
const cidr: Shape = { kind: 'text', what: 'a network such as 172.16.0.0/12', pattern: new RegExp(`^${ADDRESS}/${PREFIX_LENGTH}$`) };
const range = {
  kind: 'text', what: 'a range such as 10.0.0.0/24, 10.0.0.1-20 or 10.0.0.1-10.0.0.20',
  pattern: new RegExp(`^${ADDRESS}(?:/${PREFIX_LENGTH}|-${ADDRESS}|-(?:25[0-5]|2[0-4]\\d|1?\\d?\\d))$`),
} as const satisfies Shape;
const texts: Shape = { kind: 'list', item: () => text };
const dhcp: Shape = {
  kind: 'text', what: 'none or a range such as 127.0.20.0/24, 10.0.0.10-20 or 10.0.0.10-10.0.1.20',
  pattern: new RegExp(`^none$|${range.pattern!.source}`),
};
const networks: Shape = { kind: 'list', item: () => ({ kind: 'map', keys: { name, dhcp }, required: ['name'], brief: 'name' }) };
const component: Shape = { kind: 'one-of', values: COMPONENTS };
const failure: Shape = { kind: 'text', what: 'what the component says when it does not start', pattern: /./ };
const images: Shape = {
  kind: 'list',
  item: () => ({ kind: 'text', what: 'an image such as busybox, nginx:1.11 or registry.example.com/team/app:1.0', pattern: /^[a-z0-9][\w./:-]*$/ }),
};
const appliances: Shape = {
  kind: 'list',
  item: () => ({
    kind: 'map', brief: 'name',
    keys: {
      name, delay: { kind: 'whole', min: 0, max: 86_400 }, dhcp: { kind: 'switch' },
      failures: { kind: 'map', keys: Object.fromEntries(COMPONENTS.map((one) => [one, failure])) },
      hangs: { kind: 'list', item: () => component },
    },
  }),
};

const datastores: Shape = {
  kind: 'list',
  item: () => ({
    kind: 'map', brief: 'name', required: ['name'],
    keys: { name, type: { kind: 'one-of', values: ['vmfs', 'nfs', 'vsan', 'local'] }, capacity: { kind: 'size' }, hosts: texts },
  }),
};

const vm: Shape = {
  kind: 'map', brief: 'name',
  keys: { name, state: power, cpus: { kind: 'whole', min: 1, max: 128 }, memory: { kind: 'size' }, datastore: name, guest: text },
};
const vms: Shape = { kind: 'count-or-list', item: () => vm };

const container: Shape = {
  kind: 'map', brief: 'name',
  keys: {
    name: { kind: 'text', what: 'a container name (letters, digits, _ . -)', pattern: /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/ },
    image: text, state: power, command: texts,
    volumes: { kind: 'list', item: () => ({ kind: 'text', what: 'a mount such as data:/var/lib/data', pattern: /^[^:/]+:\/.*$/ }) },
  },
};

const containerNetwork: Shape = {
  kind: 'map', brief: 'network', required: ['network'],
  keys: { network: name, alias: name, gateway: cidr, dns: { kind: 'list', item: () => address }, ranges: { kind: 'list', item: () => range } },
};

const storePath: Shape = { kind: 'text', what: 'a place such as datastore/directory', pattern: /^[^/[\]]+(\/[^/[\]]+)*$/ };

const vch: Shape = {
  kind: 'map', brief: 'name',
  keys: {
    name: { kind: 'text', what: 'a VCH name of 1 to 31 characters', pattern: /^[^/\\%]{1,31}$/u },
    pool: { kind: 'one-of', values: ['vapp', 'pool'] },
    state: { kind: 'one-of', values: ['on', 'off'] },
    tls: { kind: 'switch' },
    address,
    imageStore: storePath,
    volumeStores: {
      kind: 'list',
      item: () => ({
        kind: 'map', required: ['label', 'path'],
        keys: { label: { kind: 'text', what: 'a label (no | and no /)', pattern: /^[^|/]+$/ }, path: storePath, volumes: texts },
      }),
    },
    networks: {
      kind: 'map',
      keys: { external: name, client: name, management: name, bridge: name, containers: { kind: 'list', item: () => containerNetwork } },
    },
    bridgeRange: cidr,
    images: texts,
    containers: { kind: 'count-or-list', item: () => container },
    debug: { kind: 'whole', min: 0, max: 9 },
  },
};

const pool: Shape = { kind: 'map', brief: 'name', required: ['name'], get keys() { return { name, ...contents }; } };
const contents: Record<string, Shape> = {
  pools: { kind: 'list', item: () => pool },
  vapps: { kind: 'list', item: () => ({ kind: 'map', brief: 'name', required: ['name'], keys: { name, vms } }) },
  vms,
  vchs: { kind: 'list', item: () => vch },
};

const base: Record<string, Shape> = {
  product: { kind: 'one-of', values: ['vcenter', 'esxi'] },
  version: { kind: 'text', what: 'a version such as 6.5 or 6.7.0', pattern: /^\d+\.\d+(\.\d+)*$/ },
  seed: { kind: 'whole', min: 0, max: 0xffffffff },
  credentials: { kind: 'map', required: ['user', 'password'], keys: { user: text, password: text } },
  users: {
    kind: 'list',
    item: () => ({ kind: 'map', brief: 'name', required: ['name'], keys: { name, password: text, groups: texts, role: name } }),
  },
  appliances,
  registry: images,
  faults: { kind: 'list', item: () => ({ kind: 'any' }) },
};

const datacenter: Shape = {
  kind: 'map', required: ['name'],
  keys: {
    name, folder: text, datastores, networks,
    switches: {
      kind: 'list',
      item: () => ({
        kind: 'map', brief: 'name', required: ['name'],
        keys: {
          name,
          portgroups: {
            kind: 'list',
            item: () => ({ kind: 'map', brief: 'name', required: ['name'], keys: { name, vlan: { kind: 'whole', min: 0, max: 4094 }, dhcp } }),
          },
        },
      }),
    },
    clusters: {
      kind: 'list',
      item: () => ({
        kind: 'map', required: ['name'],
        keys: { name, hosts: { kind: 'count-or-list', item: () => name }, drs: { kind: 'switch' }, ...contents },
      }),
    },
    hosts: { kind: 'list', item: () => ({ kind: 'map', brief: 'name', keys: { name, ...contents } }) },
  },
};

/** What may stand in the file, by product. */
const LAB_SHAPES: Readonly<Record<Lab['product'], Shape>> = {
  vcenter: { kind: 'map', required: ['product', 'datacenters'], keys: { ...base, datacenters: { kind: 'list', item: () => datacenter } } },
  esxi: { kind: 'map', required: ['product'], keys: { ...base, host: name, datastores, networks, ...contents } },
};

/** The shape for a document whose `product` has this value; the one of vCenter when it is missing or wrong. */
export const labShape = (product: unknown): Shape => LAB_SHAPES[product === 'esxi' ? 'esxi' : 'vcenter'];
