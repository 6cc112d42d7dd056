// The counted inventory of vcsim: how many of each thing, and the names they get. Data only.

/** vcsim's model flags, by the flag's name. */
export interface Model {
  /** Datacenters (-dc). */
  readonly datacenter: number;
  /** Clusters per datacenter (-cluster). */
  readonly cluster: number;
  /** Hosts per cluster (-host). */
  readonly host: number;
  /** Standalone hosts per datacenter (-standalone-host). */
  readonly standaloneHost: number;
  /** Datastores per datacenter (-ds). */
  readonly datastore: number;
  /** Virtual machines per resource pool (-vm). */
  readonly machine: number;
  /** Resource pools per cluster beside its root pool (-pool). */
  readonly pool: number;
  /** vApps per cluster (-app). */
  readonly app: number;
  /** Datastore clusters per datacenter (-pod). */
  readonly pod: number;
  /** Distributed port groups per datacenter (-pg). */
  readonly portgroup: number;
  /** Port groups of an NSX switch per datacenter (-pg-nsx). */
  readonly portgroupNsx: number;
  /** Opaque networks per datacenter (-nsx), each with an NSX port group of the same segment. */
  readonly opaqueNetwork: number;
  /** How many of the datacenters, counted from the last, are put into folders, with everything in them (-folder). */
  readonly folder: number;
  /** Power the machines on (-autostart). */
  readonly autostart: boolean;
}

/** What vcsim makes without flags. */
export const DEFAULT_MODEL: Model = {
  datacenter: 1, cluster: 1, host: 3, standaloneHost: 1, datastore: 1, machine: 2, pool: 0, app: 0, pod: 0, portgroup: 1, portgroupNsx: 0,
  opaqueNetwork: 0, folder: 0,
  autostart: true,
};

/** The names of the model: index in, vcsim's name out. */
export const modelNames = {
  datacenter: (n: number) => `DC${n}`,
  folder: (n: number) => `F${n}`,
  cluster: (dc: string, n: number) => `${dc}_C${n}`,
  host: (parent: string, n: number) => `${parent}_H${n}`,
  pool: (cluster: string, n: number) => `${cluster}_RP${n}`,
  app: (cluster: string, n: number) => `${cluster}_APP${n}`,
  pod: (dc: string, n: number) => `${dc}_POD${n}`,
  portgroup: (dc: string, n: number) => `${dc}_DVPG${n}`,
  portgroupNsx: (dc: string, n: number) => `${dc}_NSXPG${n}`,
  opaqueNetwork: (dc: string, n: number) => `${dc}_NSX${n}`,
  datastore: (n: number) => `LocalDS_${n}`,
  machine: (pool: string, n: number) => `${pool}_VM${n}`,
  dvs: 'DVS0',
  network: 'VM Network',
} as const;

/** The first count that makes no sense, as a sentence; undefined for a model that can be built. */
export function modelProblem(model: Model, product: 'vcenter' | 'esxi'): string | undefined {
  for (const [field, value] of Object.entries(model)) {
    if (typeof value === 'number' && (!Number.isInteger(value) || value < 0)) return `${field} is ${value}: give a whole number, 0 or more`;
  }
  if (model.folder > model.datacenter) return `folder is ${model.folder}: there are ${model.datacenter} datacenters to put into folders`;
  const hasHosts = product === 'esxi' || model.standaloneHost > 0 || (model.cluster > 0 && model.host > 0);
  if (hasHosts && model.machine > 0 && model.datastore === 0) return 'datastore is 0: virtual machines need one (or set vm to 0)';
  return undefined;
}
