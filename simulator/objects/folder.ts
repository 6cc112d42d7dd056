// Folder and StoragePod: making things in them, moving things into them, destroying them with their contents.
import { fault, isSubtype, type ClusterConfigInfoEx, type ClusterConfigSpecEx, type HostConnectSpec, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import { checkClusterConfig } from './cluster-config.ts';
import { createCluster, createComputeResource, createDatacenter, createFolder, createStandaloneHost } from './compute-create.ts';
import { createDvs, dvsVersions } from './dvs/dvs-create.ts';
import { changeMembers } from './dvs/dvs-members.ts';
import { applyConnectSpec, checkConnectSpec } from './host-system/connection.ts';
import { moveHost, mustBeMovable } from './host-move.ts';
import { ancestor, assertFreeName, datacenterOf, validName } from './entity.ts';
import { accepts, destroyEntity, perform } from './managed-entity.ts';
import { checkCreateSpec, createVirtualMachine } from './virtual-machine/create.ts';
import { unregisterVirtualMachine } from './virtual-machine/destroy.ts';
import { registerVirtualMachine } from './virtual-machine/register.ts';

type Ref = ManagedObjectReference;

function onVCenterOnly(sim: Simulation, lacks: string): void {
  if (sim.product === 'esxi') throw fault('NotSupported', {}, `A standalone ESXi host has ${lacks}.`);
}

/** Throws NotSupported when the folder does not take objects of that kind. */
export function mustAccept(tx: Transaction, folder: Ref, kind: string, what: string): void {
  const childType = tx.props<'Folder'>(folder).childType ?? [];
  if (accepts(childType, kind)) return;
  throw fault('NotSupported', {}, `${what} cannot be created in folder '${String(tx.get(folder, 'name'))}': it takes ${childType.join(', ')}.`);
}

/** A name for a new child, escaped and free. */
function newName(tx: Transaction, folder: Ref, name: string): string {
  const escaped = validName(name, folder);
  assertFreeName(tx, folder, escaped);
  return escaped;
}

/** The host name of a connection. Throws what is wrong with the specification, DuplicateName for a host that is managed already. */
export function newHostName(tx: Transaction, spec: HostConnectSpec): string {
  checkConnectSpec(spec);
  const name = spec.hostName!.trim();
  for (const object of tx.all('HostSystem')) {
    if (tx.get(object, 'name') === name) throw fault('DuplicateName', { name, object }, `The host '${name}' is managed by this vCenter Server already.`);
  }
  return name;
}

/** Sets the connection state of a host that was added without connecting to it. */
export function leaveDisconnected(tx: Transaction, host: Ref): void {
  tx.set(host, 'runtime.connectionState', 'disconnected');
}

function move(ctx: TransactionContext, folder: Ref, entity: Ref): void {
  const { tx } = ctx;
  if (!tx.has(entity)) throw fault('ManagedObjectNotFound', { obj: entity }, `The object '${entity.type}:${entity.value}' has already been deleted or has not been completely created`);
  const childType = tx.props<'Folder'>(folder).childType ?? [];
  const name = String(tx.get(entity, 'name'));
  if (entity.type === 'HostSystem') {
    moveHostInto(ctx, folder, entity);
    return;
  }
  const sameKind = entity.type !== 'Folder' || sameKinds(tx, folder, entity);
  if (!accepts(childType, entity.type) || !sameKind) {
    throw fault('NotSupported', {}, `'${name}' (${entity.type}) cannot be moved into folder '${String(tx.get(folder, 'name'))}': it takes ${childType.join(', ')}.`);
  }
  if (ancestor(tx, folder, (ref) => ref.value === entity.value)) {
    throw fault('InvalidFolder', { target: folder }, `Folder '${name}' cannot be moved into itself or a folder below it.`);
  }
  if (datacenterOf(tx, folder)?.value !== (entity.type === 'Datacenter' ? undefined : datacenterOf(tx, entity)?.value)) {
    throw fault('InvalidArgument', { invalidProperty: 'list' }, `'${name}' cannot leave its datacenter.`);
  }
  if (isFixedFolder(tx, entity)) throw fault('NotSupported', {}, `Folder '${name}' belongs to its datacenter and cannot be moved.`);
  if ((tx.get(entity, homeOf(entity)) as Ref | undefined)?.value === folder.value) return;
  assertFreeName(tx, folder, name, entity);
  tx.set(entity, homeOf(entity), folder);
  // A switch and its port groups stay together.
  if (isSubtype(entity.type, 'DistributedVirtualSwitch')) for (const group of (tx.get(entity, 'portgroup') ?? []) as readonly Ref[]) {
    assertFreeName(tx, folder, String(tx.get(group, 'name')), group);
    tx.set(group, 'parent', folder);
  }
}

/** A vApp has its pool as parent; its folder is another property. */
const homeOf = (entity: Ref): 'parent' | 'parentFolder' => (entity.type === 'VirtualApp' ? 'parentFolder' : 'parent');

function sameKinds(tx: Transaction, a: Ref, b: Ref): boolean {
  const kinds = (ref: Ref) => [...(tx.props<'Folder'>(ref).childType ?? [])].sort().join();
  return kinds(a) === kinds(b);
}

/** A host of a cluster that moves into a folder becomes a standalone host. */
function moveHostInto({ sim, tx }: TransactionContext, folder: Ref, host: Ref): void {
  mustAccept(tx, folder, 'ComputeResource', 'A standalone host');
  const from = tx.get(host, 'parent') as Ref;
  const name = String(tx.get(host, 'name'));
  if (from.type !== 'ClusterComputeResource') {
    assertFreeName(tx, folder, name, from);
    tx.set(from, 'parent', folder);
    return;
  }
  mustBeMovable(tx, host, folder);
  assertFreeName(tx, folder, name);
  const computeResource = createComputeResource(sim, tx, folder, name);
  moveHost(tx, host, computeResource, tx.get(computeResource, 'resourcePool') as Ref, false);
}

/** The root folder and the four folders of a datacenter. */
const isFixedFolder = (tx: Transaction, folder: Ref): boolean =>
  isSubtype(folder.type, 'Folder') && (tx.get(folder, 'parent') as Ref | undefined)?.type !== 'Folder' && folder.type !== 'StoragePod';

function mustBeRemovable(tx: Transaction, folder: Ref): void {
  if (isFixedFolder(tx, folder)) throw fault('NotSupported', {}, `Folder '${String(tx.get(folder, 'name'))}' belongs to the inventory and cannot be destroyed.`);
}

/** An empty cluster: its configuration cannot name hosts or machines yet. */
function newCluster(sim: TransactionContext['sim'], tx: Transaction, folder: Ref, name: string, spec: ClusterConfigSpecEx): Ref {
  const cluster = createCluster(sim, tx, folder, newName(tx, folder, name), spec);
  const no = () => false;
  checkClusterConfig(tx.get(cluster, 'configurationEx') as ClusterConfigInfoEx, { isMachine: no, isHost: no, isDatastore: no });
  return cluster;
}

/** What is in a folder, in the order in which it can go: a switch takes its uplink port group along, a vApp its machines. */
function childrenOf(tx: Transaction, folder: Ref): Ref[] {
  const first = (ref: Ref): number => (ref.type === 'VirtualApp' || isSubtype(ref.type, 'DistributedVirtualSwitch') ? 0 : 1);
  return [...((tx.get(folder, 'childEntity') ?? []) as readonly Ref[])].sort((a, b) => first(a) - first(b));
}

/** Virtual machines and vApps below are unregistered: their files stay. */
function unregisterBelow(ctx: TransactionContext, folder: Ref): void {
  const { tx } = ctx;
  for (const child of childrenOf(tx, folder)) {
    if (!tx.has(child)) continue;
    if (child.type === 'Folder') unregisterBelow(ctx, child);
    else if (child.type === 'VirtualMachine') unregisterVirtualMachine(tx, child);
    else perform(ctx, child, 'unregisterVApp_Task');
  }
  tx.remove(folder);
}

export const folder = define('Folder', {
  CreateFolder({ sim, tx, self }, { name }) {
    onVCenterOnly(sim, 'no folders but its own');
    if (self.ref.type === 'StoragePod') throw fault('NotSupported', {}, 'A datastore cluster holds datastores only.');
    return createFolder(tx, self.ref, newName(tx, self.ref, name));
  },
  CreateStoragePod({ tx, self }, { name }) {
    mustAccept(tx, self.ref, 'StoragePod', 'A datastore cluster');
    return createFolder(tx, self.ref, newName(tx, self.ref, name), 'StoragePod');
  },
  CreateDatacenter({ sim, tx, self }, { name }) {
    mustAccept(tx, self.ref, 'Datacenter', 'A datacenter');
    onVCenterOnly(sim, 'one datacenter');
    return createDatacenter(sim, tx, self.ref, newName(tx, self.ref, name));
  },
  CreateCluster({ sim, tx, self }, { name, spec }) {
    onVCenterOnly(sim, 'no clusters');
    mustAccept(tx, self.ref, 'ClusterComputeResource', 'A cluster');
    const { dasConfig, drsConfig, rulesSpec, dasVmConfigSpec, drsVmConfigSpec } = spec;
    return newCluster(sim, tx, self.ref, name, { dasConfig, drsConfig, rulesSpec, dasVmConfigSpec, drsVmConfigSpec });
  },
  CreateClusterEx({ sim, tx, self }, { name, spec }) {
    onVCenterOnly(sim, 'no clusters');
    mustAccept(tx, self.ref, 'ClusterComputeResource', 'A cluster');
    return newCluster(sim, tx, self.ref, name, spec);
  },
  AddStandaloneHost_Task: {
    task({ sim, tx, self }, { spec, addConnected }) {
      onVCenterOnly(sim, 'no host but itself');
      mustAccept(tx, self.ref, 'ComputeResource', 'A host');
      const name = newHostName(tx, spec);
      assertFreeName(tx, self.ref, name);
      const computeResource = createStandaloneHost(sim, tx, self.ref, name);
      const host = [...tx.all('HostSystem')].find((ref) => tx.get(ref, 'name') === name)!;
      applyConnectSpec(tx, host, spec);
      if (!addConnected) leaveDisconnected(tx, host);
      return computeResource;
    },
  },
  CreateDVS_Task: {
    task({ sim, tx, self }, { spec: { configSpec, productInfo } }) {
      mustAccept(tx, self.ref, 'DistributedVirtualSwitch', 'A distributed switch');
      const known = dvsVersions(sim.about);
      if (productInfo?.version !== undefined && !known.includes(productInfo.version)) {
        throw fault('InvalidArgument', { invalidProperty: 'spec.productInfo.version' }, `There is no distributed switch of version '${productInfo.version}'; use one of ${known.join(', ')}.`);
      }
      const count = [...tx.all('VmwareDistributedVirtualSwitch')].length;
      const name = newName(tx, self.ref, configSpec.name ?? `DSwitch${count === 0 ? '' : ` ${count}`}`);
      const dvs = createDvs(sim, tx, self.ref, name, [], configSpec, productInfo);
      changeMembers(tx, dvs, configSpec.host ?? []);
      return dvs;
    },
  },
  CreateVM_Task: {
    check({ tx, self }) {
      mustAccept(tx, self.ref, 'VirtualMachine', 'A virtual machine');
    },
    task({ sim, tx, self }, { config, pool, host }) {
      return createVirtualMachine(sim, tx, { name: checkCreateSpec(config), folder: self.ref, pool, host, spec: config });
    },
  },
  RegisterVM_Task: {
    check({ tx, self }) {
      mustAccept(tx, self.ref, 'VirtualMachine', 'A virtual machine');
    },
    task({ sim, tx, self }, { path, name, asTemplate, pool, host }) {
      return registerVirtualMachine(sim, tx, { path, name, asTemplate, folder: self.ref, pool, host });
    },
  },
  MoveIntoFolder_Task: {
    task(ctx, { list }) {
      for (const entity of list) move(ctx, ctx.self.ref, entity);
    },
  },
  UnregisterAndDestroy_Task: {
    task(ctx) {
      mustBeRemovable(ctx.tx, ctx.self.ref);
      if (!accepts(ctx.tx.props<'Folder'>(ctx.self.ref).childType ?? [], 'VirtualMachine')) {
        throw fault('NotSupported', {}, 'Only folders of virtual machines can be unregistered.');
      }
      unregisterBelow(ctx, ctx.self.ref);
    },
  },
  Destroy_Task: {
    task(ctx) {
      const { tx, self } = ctx;
      mustBeRemovable(tx, self.ref);
      for (const child of childrenOf(tx, self.ref)) {
        if (self.ref.type === 'StoragePod') tx.set(child, 'parent', tx.get(self.ref, 'parent'));
        else destroyEntity(ctx, child);
      }
      tx.remove(self.ref);
    },
  },
}, {
  relations: [
    { type: 'ManagedEntity', path: 'parent', inverse: 'childEntity', targets: ['Folder'] },
    { type: 'VirtualApp', path: 'parentFolder', inverse: 'childEntity', targets: ['Folder'] },
  ],
});
