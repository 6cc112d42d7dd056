// Builds a world at any endpoint, through its public API alone. Every call that the endpoint refuses ends the building with
// what it was for.
import {
  childPath, enclosing, formatReference, isFault, make, makeDirectory, openDatastore, parentPath, parseDatastorePath, property, readInventory, retrieve, runTask, want,
  type ManagedObjectReference, type Node, type Session,
} from '../../../../core/client/index.ts';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { Machines } from './build-machines.ts';
import type { World, WorldDatastore } from './read-world.ts';

/** What a place calls things, and where its datastores' directories are when it is on this machine. */
export interface Site {
  /** Name of a datacenter there. */
  readonly datacenter: (name: string) => string;
  /** A directory of this machine for datastores; undefined when the endpoint is elsewhere. */
  readonly directory: string | undefined;
}

const UNLIMITED = { reservation: 0, expandableReservation: true, limit: -1, shares: { level: 'normal' as const, shares: 0 } };
const RESOURCES = { cpuAllocation: UNLIMITED, memoryAllocation: UNLIMITED };

/** The objects of a world and what they became: by reference. */
export class Builder {
  readonly session: Session;
  readonly world: World;
  readonly site: Site;
  readonly made = new Map<string, ManagedObjectReference>();

  constructor(session: Session, world: World, site: Site) {
    this.session = session;
    this.world = world;
    this.site = site;
  }

  /** Builds it all. Throws with what could not be made. */
  async build(): Promise<void> {
    const vCenter = this.session.content.about.apiType === 'VirtualCenter';
    if (vCenter) await this.vCenter();
    else await this.host();
    for (const store of this.world.datastores) await this.step(`the datastore "${store.node.name}"`, () => this.datastore(store));
    for (const pool of this.world.pools) await this.step(`the pool "${pool.path}"`, () => this.pool(pool));
    await new Machines(this).build();
    for (const key of vCenter ? this.world.extensions : []) await this.step(`the extension ${key}`, () => this.extension(key));
  }

  /** The object that became of one of the world's. */
  of(node: Node): ManagedObjectReference {
    const ref = this.made.get(formatReference(node.ref));
    if (!ref) throw new Error(`${node.path} was not built`);
    return ref;
  }

  became(node: Pick<Node, 'ref'>, ref: ManagedObjectReference): void {
    this.made.set(formatReference(node.ref), ref);
  }

  async step<R>(what: string, work: () => Promise<R>): Promise<R> {
    try {
      return await work();
    } catch (error) {
      throw new Error(`${what} cannot be made there: ${(error as Error).message}`, { cause: error });
    }
  }

  private async vCenter(): Promise<void> {
    const { session, world } = this;
    for (const datacenter of world.datacenters) {
      await this.step(`the datacenter "${datacenter.name}"`, async () => {
        const parent = await this.folder(datacenter.parent!);
        this.became(datacenter, await session.call(parent, 'CreateDatacenter', { name: this.site.datacenter(datacenter.name) }));
        const [row] = await retrieve(session, [this.of(datacenter)], want('Datacenter', 'vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder'));
        const folders: Readonly<Record<string, ManagedObjectReference | undefined>> = { vm: row!.props.vmFolder, host: row!.props.hostFolder, datastore: row!.props.datastoreFolder, network: row!.props.networkFolder };
        for (const child of datacenter.children) if (folders[child.name]) this.became(child, folders[child.name]!);
      });
    }
    for (const { node, portgroups } of world.switches) await this.step(`the switch "${node.name}"`, () => this.switch(node, portgroups));
    for (const { node, cluster, drs, hosts } of world.computes) {
      await this.step(`"${node.name}"`, async () => {
        const folder = this.of(node.parent!);
        const spec = (hostName: string) => ({ hostName, userName: 'root', password: 'vmware', force: true });
        if (cluster) {
          this.became(node, await session.call(folder, 'CreateClusterEx', { name: node.name, spec: { drsConfig: { enabled: drs } } }));
          // Some servers make the cluster, and leave what was asked for out.
          await runTask(session, this.of(node), 'ReconfigureComputeResource_Task', { spec: make('ClusterConfigSpecEx', { drsConfig: { enabled: drs } }), modify: true });
          for (const host of hosts) this.became(host, (await runTask(session, this.of(node), 'AddHost_Task', { spec: spec(host.name), asConnected: true })) as ManagedObjectReference);
        } else {
          const added = (await runTask(session, folder, 'AddStandaloneHost_Task', { spec: spec(node.name), addConnected: true })) as ManagedObjectReference;
          const compute = added.type === 'HostSystem' ? (await property(session, added, 'HostSystem', 'parent'))! : added;
          this.became(node, compute);
          this.became(hosts[0]!, ((await property(session, compute, 'ComputeResource', 'host')) ?? [])[0]!);
        }
        await this.rootPool(node);
      });
    }
    for (const one of world.switches) await this.members(one.node);
    for (const network of world.networks) await this.step(`the network "${network.name}"`, () => this.network(network));
  }

  private async folder(node: Node): Promise<ManagedObjectReference> {
    if (!node.parent) return this.session.content.rootFolder;
    const known = this.made.get(formatReference(node.ref));
    if (known) return known;
    const made = await this.session.call(await this.folder(node.parent), 'CreateFolder', { name: this.site.datacenter(node.name) });
    this.became(node, made);
    return made;
  }

  private async switch(node: Node, portgroups: readonly Node[]): Promise<void> {
    const { session } = this;
    const made = (await runTask(session, this.of(node.parent!), 'CreateDVS_Task', { spec: { configSpec: { _type: 'VMwareDVSConfigSpec', name: node.name } as never } })) as ManagedObjectReference;
    this.became(node, made);
    await runTask(session, made, 'AddDVPortgroup_Task', { spec: portgroups.map(({ name }) => ({ name, type: 'earlyBinding', numPorts: 8 })) });
    const here = (await property(session, made, 'DistributedVirtualSwitch', 'portgroup')) ?? [];
    const rows = await retrieve(session, here, want('DistributedVirtualPortgroup', 'name'));
    for (const group of portgroups) this.became(group, rows.find((row) => row.props.name === group.name)!.ref);
  }

  /** Every host of the datacenter is a member of its switches, as in our worlds. */
  private async members(node: Node): Promise<void> {
    const datacenter = enclosing(node, 'Datacenter');
    const hosts = this.world.computes.filter((compute) => enclosing(compute.node, 'Datacenter') === datacenter).flatMap((compute) => compute.hosts);
    const configVersion = (await property(this.session, this.of(node), 'DistributedVirtualSwitch', 'config.configVersion')) ?? '';
    const host = hosts.map((one) => ({ operation: 'add', host: this.made.get(formatReference(one.ref))!, backing: { _type: 'DistributedVirtualSwitchHostMemberPnicBacking' as const } }));
    await this.step(`the hosts of the switch "${node.name}"`, () => runTask(this.session, this.of(node), 'ReconfigureDvs_Task', { spec: { _type: 'VMwareDVSConfigSpec', configVersion, host } as never }));
  }

  private async network(node: Node): Promise<void> {
    const inDatacenter = async (): Promise<Node | undefined> => {
      const datacenter = this.made.get(formatReference(enclosing(node, 'Datacenter')!.ref));
      return (await readInventory(this.session)).all('Network').find((one) => one.name === node.name && one.ref.type === 'Network' && (datacenter === undefined || enclosing(one, 'Datacenter')?.ref.value === datacenter.value));
    };
    let found = await inDatacenter();
    if (!found) {
      for (const host of this.world.computes.filter((compute) => enclosing(compute.node, 'Datacenter') === enclosing(node, 'Datacenter')).flatMap((compute) => compute.hosts)) {
        const system = (await property(this.session, this.made.get(formatReference(host.ref))!, 'HostSystem', 'configManager.networkSystem'))!;
        // A network that has its own switch is one that create made on ESXi.
        const own = this.session.content.about.apiType === 'HostAgent' && node.name !== 'VM Network';
        if (own) await this.session.call(system, 'AddVirtualSwitch', { vswitchName: node.name, spec: { numPorts: 1024 } });
        await this.session.call(system, 'AddPortGroup', { portgrp: { name: node.name, vlanId: 0, vswitchName: own ? node.name : 'vSwitch0', policy: {} } }).catch((error: unknown) => {
          // Another host has brought the network already.
          if (!isFault(error, 'DuplicateName') && !isFault(error, 'AlreadyExists')) throw error;
        });
      }
      found = await inDatacenter();
    }
    if (!found) throw new Error('the port group was made, and no network of that name appeared');
    this.became(node, found.ref);
  }

  /** On ESXi all but the contents is there already. */
  private async host(): Promise<void> {
    const { session, world } = this;
    const inventory = await readInventory(session);
    for (const type of ['Datacenter', 'ComputeResource', 'HostSystem'] as const) {
      const [here] = inventory.all(type);
      if (type === 'HostSystem') this.became(world.computes[0]!.hosts[0]!, here!.ref);
      else this.became(type === 'Datacenter' ? world.datacenters[0]! : world.computes[0]!.node, here!.ref);
      if (type === 'Datacenter') for (const child of world.datacenters[0]!.children) this.became(child, here!.children.find(({ name }) => name === child.name)!.ref);
    }
    await this.rootPool(world.computes[0]!.node);
    for (const network of world.networks) await this.step(`the network "${network.name}"`, () => this.network(network));
  }

  private async rootPool(node: Node): Promise<void> {
    const pool = node.children.find((child) => child.ref.type === 'ResourcePool')!;
    this.became(pool, (await property(this.session, this.of(node), 'ComputeResource', 'resourcePool'))!);
  }

  private async datastore({ node, hosts }: WorldDatastore): Promise<void> {
    const { session, site } = this;
    const known = this.world.computes.flatMap((compute) => compute.hosts).filter((host) => hosts.includes(host.name));
    const datacenter = enclosing(node, 'Datacenter')!;
    const path = site.directory === undefined ? `/${node.name}` : join(site.directory, datacenter.name, node.name);
    if (site.directory !== undefined) mkdirSync(path, { recursive: true });
    for (const host of known) {
      const system = (await property(session, this.made.get(formatReference(host.ref))!, 'HostSystem', 'configManager.datastoreSystem'))!;
      const made = await this.mount(system, node.name, path).catch((error: unknown) => {
        // A second host has it under the same name, and some servers say so.
        if ((isFault(error, 'DuplicateName') || isFault(error, 'AlreadyExists')) && this.made.has(formatReference(node.ref))) return undefined;
        throw error;
      });
      if (made && made.value !== '') this.became(node, made);
    }
  }

  /** A share that several hosts can mount; where there is none of that name, a directory. */
  private async mount(system: ManagedObjectReference, name: string, path: string): Promise<ManagedObjectReference> {
    const { session } = this;
    try {
      return await session.call(system, 'CreateNasDatastore', { spec: { remoteHost: 'nas.example.com', remotePath: `/vic-testbed/${name}`, localPath: name, accessMode: 'readWrite', type: 'NFS' } });
    } catch (error) {
      if (!isFault(error) || isFault(error, 'DuplicateName') || isFault(error, 'AlreadyExists')) throw error;
      return session.call(system, 'CreateLocalDatastore', { name, path });
    }
  }

  private async pool(node: Node): Promise<void> {
    const parent = this.of(node.parent!);
    const vmFolder = this.made.get(formatReference(enclosing(node, 'Datacenter')!.children.find(({ name }) => name === 'vm')!.ref));
    this.became(node, node.ref.type === 'VirtualApp'
      ? await this.session.call(parent, 'CreateVApp', { name: node.name, resSpec: RESOURCES, configSpec: {}, ...(node.parent!.ref.type === 'VirtualApp' || !vmFolder ? {} : { vmFolder }) })
      : await this.session.call(parent, 'CreateResourcePool', { name: node.name, spec: RESOURCES }));
  }

  private extension(key: string): Promise<unknown> {
    const description = { label: 'VIC', summary: 'vSphere Integrated Containers Virtual Container Host' };
    return this.session.call(this.session.content.extensionManager!, 'RegisterExtension', { extension: { key, company: 'VMware, Inc.', version: '0.0', lastHeartbeatTime: new Date(0), description } });
  }

  /** Directories and files that making the machines did not bring: images, volumes' metadata, ISO files. */
  async files(): Promise<void> {
    const { session, world } = this;
    const inventory = await readInventory(session);
    for (const { node } of world.datastores) {
      const datacenter = this.of(enclosing(node, 'Datacenter')!);
      const wanted = world.files.filter((file) => file.datastore === node.name && file.datacenter === enclosing(node, 'Datacenter')!.name);
      const files = await openDatastore(session, inventory, node.name, { datacenter: inventory.get(datacenter)!.path });
      for (const { path, directory, content } of wanted) {
        const place = parseDatastorePath(`[${node.name}] ${path}`)!;
        if (directory) await makeDirectory(session, place, datacenter);
        else if (!(await files.stat(path))) {
          await makeDirectory(session, parentPath(place), datacenter);
          await files.upload(childPath(place).path, content ?? Buffer.from(path));
        }
      }
    }
  }
}
