// Makes a whole virtual container host as `vic-machine create` 0.5 leaves it: its pool or vApp, the appliance, its
// images and volumes, its containers.
import type { ManagedObjectReference, ResourceConfigSpec, VirtualMachineConfigSpec } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { createPool, createVApp } from '../objects/compute-create.ts';
import { describePath, stat, writeFile } from '../objects/datastore/files.ts';
import { createVirtualMachine } from '../objects/virtual-machine/create.ts';
import { setPower } from '../objects/virtual-machine/power.ts';
import type { Transaction } from '../store/transaction.ts';
import { bootAtOnce, bridgeGateway, leasesOf, rememberBoot } from './boot.ts';
import { CERTIFICATE, PRIVATE_KEY } from './certificate.ts';
import { createContainer, type ContainerOptions } from './container.ts';
import { adapter, cdrom, controllers, slotAt } from './devices.ts';
import { describeImage, volumeDisk, writeImageStore, writeVolumeStore, type Place } from './images.ts';
import { toOptions } from './keys.ts';
import { addToRegistry } from './registry.ts';
import { ROLES, vchKeys, type ContainerNetwork, type Endpoint, type Role, type VchConfig } from './vch-keys.ts';

export interface VchOptions {
  readonly name: string;
  readonly kind: 'vapp' | 'pool';
  readonly state: 'on' | 'off';
  readonly tls: boolean;
  /** Address that its clients use. */
  readonly address: string;
  readonly debug: number;
  readonly imageStore: Place;
  readonly volumeStores: readonly (Place & { readonly label: string; readonly volumes: readonly string[] })[];
  readonly networks: Readonly<Record<Role, ManagedObjectReference>>;
  readonly createBridge: boolean;
  readonly bridgeRange: string;
  readonly containerNetworks: readonly ContainerNetwork[];
  readonly images: readonly string[];
  readonly containers: readonly (Omit<ContainerOptions, 'mounts'> & { readonly mounts: readonly { readonly volume: string; readonly path: string }[] })[];
}

/** Where it is made, and how its appliance will reach the API. */
export interface VchSite {
  /** The pool that its own pool or vApp goes below. */
  readonly pool: ManagedObjectReference;
  /** The VM folder of the datacenter. */
  readonly folder: ManagedObjectReference;
  /** Gives the host for the next machine. */
  nextHost(): ManagedObjectReference;
  /** Inventory paths of the datacenter (its name only), the compute resource and the pool above. */
  readonly paths: { readonly datacenter: string; readonly folder: string; readonly compute: string; readonly pool: string };
  /** host[:port] of the API, and who the appliance logs in as. */
  readonly target: { readonly host: string; readonly user: string; readonly password: string };
}

export interface Vch {
  readonly pool: ManagedObjectReference;
  readonly appliance: ManagedObjectReference;
  readonly containers: readonly ManagedObjectReference[];
}

const ALLOCATION = { reservation: 1, expandableReservation: true, limit: -1, shares: { shares: 0, level: 'normal' as const } };
const RESOURCES: ResourceConfigSpec = { cpuAllocation: ALLOCATION, memoryAllocation: ALLOCATION };
const MIB = 2 ** 20;

function createCompute(sim: Simulation, tx: Transaction, site: VchSite, options: VchOptions): ManagedObjectReference {
  if (options.kind === 'pool') return createPool(sim, tx, site.pool, options.name, RESOURCES);
  return createVApp(sim, tx, site.pool, options.name, RESOURCES, {
    product: [{
      operation: 'add',
      info: { key: 0, name: 'vSphere Integrated Containers', vendor: 'VMware', version: '0.0.1', vendorUrl: 'http://www.vmware.com/' },
    }],
    annotation: 'vSphere Integrated Containers',
  }, site.folder);
}

/** One adapter for each distinct network: external first, bridge last. */
function endpointsOf(networks: VchOptions['networks']): Record<Role, Endpoint> {
  const slots = new Map<string, number>();
  const order: readonly Role[] = ['external', 'client', 'management', 'bridge'];
  for (const role of order) {
    const { value } = networks[role];
    if (!slots.has(value)) slots.set(value, slotAt(slots.size));
  }
  return Object.fromEntries(ROLES.map((role) => [role, { network: networks[role], slot: slots.get(networks[role].value)! }])) as Record<Role, Endpoint>;
}

/** A directory of the appliance's name that is not there yet. */
function freshDirectory(tx: Transaction, options: VchOptions): string {
  for (let n = 0; ; n++) {
    const directory = n === 0 ? options.name : `${options.name}_${n}`;
    if (!stat(tx, options.imageStore.datastore, directory)) return directory;
  }
}

function applianceSpec(
  tx: Transaction, options: VchOptions, uuid: string, endpoints: Record<Role, Endpoint>, directory: string,
): VirtualMachineConfigSpec {
  const path = (file: string) => describePath(tx, options.imageStore.datastore, `${directory}/${file}`);
  const adapters = new Map(Object.values(endpoints).map(({ network, slot }) => [slot, network]));
  return {
    name: options.name,
    uuid,
    guestId: 'other3xLinux64Guest',
    files: { vmPathName: path(`${options.name}.vmx`) },
    numCPUs: 1,
    memoryMB: 2048,
    deviceChange: [
      ...controllers(),
      cdrom(path('appliance.iso')),
      ...[...adapters].sort(([a], [b]) => a - b).map(([slot, network]) => adapter(tx, network, slot)),
    ],
  };
}

/** Address of the n-th container: .1 is the appliance's. */
const containerAddress = (gateway: string, n: number): string => {
  const [a, b] = gateway.split('/')[0]!.split('.');
  return `${a}.${b}.${Math.floor((n + 2) / 256)}.${(n + 2) % 256}`;
};

function configOf(sim: Simulation, tx: Transaction, site: VchSite, options: VchOptions, made: {
  readonly appliance: ManagedObjectReference; readonly compute: ManagedObjectReference; readonly uuid: string; readonly directory: string;
  readonly endpoints: Record<Role, Endpoint>;
}): VchConfig {
  const esxi = sim.product === 'esxi';
  const { target, paths } = site;
  const userpw = `${target.user}:${target.password}`;
  const datastore = (place: Place) => ({ datastore: String(tx.get(place.datastore, 'name')), path: place.path });
  return {
    name: options.name,
    self: made.appliance,
    debug: options.debug,
    target: { host: target.host, path: esxi ? '/sdk' : '' },
    ...(esxi ? { userpw } : {}),
    sdkUser: esxi ? userpw : target.user,
    extension: { name: `com.vmware.vic.${made.uuid}`, cert: CERTIFICATE, key: PRIVATE_KEY },
    ...(options.tls ? { host: { cert: CERTIFICATE, key: PRIVATE_KEY } } : {}),
    imageStore: datastore(options.imageStore),
    volumeStores: options.volumeStores.map((store) => ({ ...datastore(store), label: store.label })),
    endpoints: made.endpoints,
    createBridge: options.createBridge,
    bridgeRange: options.bridgeRange,
    containerNetworks: options.containerNetworks,
    computeResource: made.compute,
    bootstrapImage: describePath(tx, options.imageStore.datastore, `${made.directory}/bootstrap.iso`),
    paths: { datacenter: paths.datacenter, compute: paths.compute, pool: paths.pool, vm: `${paths.folder}/${options.name}` },
  };
}

/** The appliance's entry among vCenter's extensions. */
function registerExtension(sim: Simulation, tx: Transaction, uuid: string): void {
  const manager = sim.wellKnown['extensionManager'];
  if (sim.product !== 'vcenter' || manager === undefined) return;
  const key = `com.vmware.vic.${uuid}`;
  tx.set(manager, 'extensionList', [...((tx.get(manager, 'extensionList') ?? []) as readonly object[]), {
    _type: 'Extension', key, company: 'VMware, Inc.', version: '0.0', subjectName: key, lastHeartbeatTime: sim.clock.now(),
    description: { _type: 'Description', label: 'VIC', summary: 'vSphere Integrated Containers Virtual Container Host' },
  }]);
}

/** Makes a VCH with all that belongs to it. */
export function createVch(sim: Simulation, tx: Transaction, site: VchSite, options: VchOptions): Vch {
  const { datastore } = options.imageStore;
  const compute = createCompute(sim, tx, site, options);
  const home = compute.type === 'VirtualApp' ? { pool: compute, vApp: compute } : { pool: compute, folder: site.folder };
  const uuid = sim.random.uuid();
  const endpoints = endpointsOf(options.networks);
  const directory = freshDirectory(tx, options);
  const spec = applianceSpec(tx, options, uuid, endpoints, directory);
  const appliance = createVirtualMachine(sim, tx, { name: options.name, ...home, host: site.nextHost(), spec, nameIsFree: true });
  for (const [file, size] of [['appliance.iso', 128 * MIB], ['bootstrap.iso', 64 * MIB]] as const) {
    writeFile(sim, tx, datastore, `${directory}/${file}`, { size }, { parents: true });
  }
  const config = configOf(sim, tx, site, options, { appliance, compute, uuid, directory, endpoints });
  tx.set(appliance, 'config.extraConfig', toOptions(vchKeys(config)));
  registerExtension(sim, tx, uuid);

  for (const store of options.volumeStores) writeVolumeStore(sim, tx, store, store.volumes);
  writeImageStore(sim, tx, options.imageStore, uuid, options.images.map(describeImage));
  addToRegistry(tx, options.images);
  if (options.state === 'on') {
    setPower(sim, tx, appliance, 'poweredOn');
    bootAtOnce(tx, appliance, options.address);
  } else rememberBoot(tx, appliance, options.address);
  const containers = createContainers(sim, tx, site, options, { ...home, uuid, appliance, config });
  return { pool: compute, appliance, containers };
}

function createContainers(sim: Simulation, tx: Transaction, site: VchSite, options: VchOptions, vch: {
  readonly pool: ManagedObjectReference; readonly uuid: string; readonly appliance: ManagedObjectReference; readonly config: VchConfig;
}): ManagedObjectReference[] {
  const volumes = new Map(options.volumeStores.flatMap((store) => store.volumes.map((name) => [name, volumeDisk(store, name)] as const)));
  const gateway = bridgeGateway(options.bridgeRange);
  const management = leasesOf(tx, vch.appliance)?.management?.address ?? options.address;
  return options.containers.map((container, i) => {
    const vm = createContainer(sim, tx, {
      pool: vch.pool, folder: site.folder, host: site.nextHost(), imageStore: options.imageStore, vchUuid: vch.uuid,
      bridge: options.networks.bridge, gateway, address: containerAddress(gateway, i), bootstrapImage: vch.config.bootstrapImage, appliance: management,
    }, { ...container, mounts: container.mounts.map((mount) => ({ ...mount, disk: volumes.get(mount.volume)! })) });
    if (container.state !== 'off') bootAtOnce(tx, vm);
    return vm;
  });
}
