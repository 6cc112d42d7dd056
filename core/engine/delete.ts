// The verb delete: removes a VCH and what is its own, nothing else. A list of steps; each finds done what an earlier run did.
import type { DatastorePath, Node } from '../client/index.ts';
import { formatDatastorePath, property, retrieve, retrieveBelow, runTask, want } from '../client/index.ts';
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference, sameReference } from '../vim25/reference.ts';
import { isSubtype } from '../vim25/schema.ts';
import type { Context } from './context.ts';
import { datacenterOf, disappeared, locateVch } from './context.ts';
import { networkName, removeBridge } from './delete-bridge.ts';
import { DatastoreCleaner } from './delete-files.ts';
import { recordDirectories, recordedDirectories } from './delete-record.ts';
import type { Member } from './delete-vms.ts';
import { destroyAll, memberOf, membersOf, powerOffAll, stripDevices, VM_NEEDS } from './delete-vms.ts';
import { extraConfigOf } from './extra-config.ts';
import type { Issue } from './issue.ts';
import { UserError } from './issue.ts';
import { readWholeVchs } from './read-vchs.ts';
import type { Selection } from './selection.ts';
import type { Step } from './step.ts';
import { runSteps } from './step.ts';
import type { Vch, VolumeStore, WholeVch } from './vch-config.ts';

export interface DeleteOptions extends Selection {
  readonly force: boolean;
}

/** A volume store that is still there. */
export type KeptStore = Pick<VolumeStore, 'label' | 'path'>;

export interface Deleted {
  readonly id: string;
  readonly name: string;
  /** Volume stores that were left alone, to be removed by hand. */
  readonly keptVolumeStores: readonly KeptStore[];
  readonly warnings: readonly string[];
}

interface Run {
  readonly context: Context;
  readonly force: boolean;
  readonly vch: WholeVch;
  readonly appliance: Member;
  /** The pool or vApp made for this VCH; undefined when it cannot be told from others. */
  readonly pool: Node | undefined;
  /** The VM folder made for this VCH, as 1.x does. */
  readonly folder: Node | undefined;
  /** Container VMs of this VCH. */
  readonly containers: readonly Member[];
  /** Directories of containers whose VMs an earlier delete has removed. */
  readonly leftDirectories: readonly DatastorePath[];
  /** VMs in its pool that are not its own. */
  readonly strangers: readonly string[];
  /** VMs of others on its bridge network. */
  readonly bridgeUsers: readonly string[];
  readonly files: DatastoreCleaner;
  readonly kept: KeptStore[];
  readonly warn: (text: string) => void;
}

const STEPS: readonly Step<Run>[] = [
  { title: 'Removing VMs', when: (run) => run.containers.length + run.leftDirectories.length > 0, act: removeContainers },
  { title: 'Removing images', act: removeImages },
  { title: 'Removing volume stores', when: ({ vch }) => vch.volumeStores.length + vch.remoteStores.length > 0, act: removeVolumeStores },
  { title: 'Removing appliance VM network devices', act: removeNetworkDevices },
  { title: 'Removing bridge network', when: (run) => !run.context.vCenter && run.vch.bridge.created, act: bridge },
  { title: 'Removing VCH vSphere extension', when: (run) => run.context.vCenter && run.vch.extension !== '', act: unregisterExtension },
  { title: 'Removing appliance VM', act: removeAppliance },
  { title: 'Removing VM folder', when: (run) => run.folder !== undefined, act: removeFolder },
  { title: 'Removing resource pool', act: removePool },
];

/** Deletes the VCH that the options name. Nothing is changed when running containers stand in the way. */
export async function deleteIn(context: Context, options: DeleteOptions): Promise<Deleted> {
  const place = locateVch(context, options);
  if (!place.vch) {
    if (place.pool) return removeLeftPool(context, options, place.pool, place.notFound());
    throw place.notFound();
  }
  const { vch } = place;
  const warnings: string[] = [];
  const run = await prepare(context, vch, options.force, (text) => {
    warnings.push(text);
    context.log.warn(text);
  });
  const { containers, strangers, pool } = run;
  context.log.note?.(`Its own pool: ${pool?.path ?? 'none'}; containers: ${containers.map(({ name, powerState }) => `${name} (${powerState})`).join(', ') || 'none'}; VMs of others in the pool: ${strangers.join(', ') || 'none'}`);
  refuseRunning(run);
  await runSteps(STEPS, run, context.log);
  return { id: vch.id, name: vch.name, keptVolumeStores: run.kept, warnings };
}

/** Reads all that the steps need, in a constant number of requests. */
async function prepare(context: Context, found: Vch, force: boolean, warn: (text: string) => void): Promise<Run> {
  const { connection, inventory } = context;
  const datacenter = datacenterOf(found);
  const here = await readWholeVchs(connection, context.vchs.filter((other) => other === found || datacenterOf(other) === datacenter));
  const vch = here.find(({ id }) => id === found.id);
  if (!vch) throw disappeared(found);
  const pool = ownPool(context, vch);
  const inPool = inventory.all('VirtualMachine').filter((vm) => pool && vm.pool === pool && vm !== vch.vm);
  const rows = await retrieve(connection, [vch.vm, ...inPool].map((vm) => vm.ref), VM_NEEDS);
  const own = rows.find((row) => sameReference(row.ref, vch.vm.ref));
  if (!own) throw disappeared(vch);
  const { containers, strangers } = membersOf(rows.filter((row) => row !== own), new Set(context.vchs.map((other) => other.id)));
  const appliance = memberOf(own);

  const leaving = new Set([appliance, ...containers].map((member) => formatReference(member.ref)));
  const others = await retrieveBelow(connection, datacenter?.ref ?? connection.content.rootFolder, [want('VirtualMachine', 'config.files.vmPathName', 'network')]);
  const foreign = others.filter((row) => !leaving.has(formatReference(row.ref)));
  const bridgeUsers = foreign
    .filter((row) => ((row.props['network'] ?? []) as readonly ManagedObjectReference[]).some((network) => formatReference(network) === vch.bridge.reference))
    .map((row) => inventory.get(row.ref)?.name ?? row.ref.value);
  const files = await DatastoreCleaner.open(context, datacenter, warn);
  files.protectVms(foreign.map((row) => row.props['config.files.vmPathName'] as string | undefined));
  for (const other of here) if (other !== vch) files.protectVch(other);
  // What stays must also survive the clean-up of the directories around it.
  if (!force) for (const store of vch.volumeStores) files.protectVolumes(store);
  return { context, force, vch, appliance, pool, folder: ownFolder(vch), containers, leftDirectories: recordedDirectories(extraConfigOf(own.props['config.extraConfig'])), strangers, bridgeUsers, files, kept: [], warn };
}

/** It has the VCH's name, or the VCH's configuration names it; the root pool of a host or cluster is nobody's own. */
function ownPool(context: Context, vch: WholeVch): Node | undefined {
  const pool = vch.pool?.name === vch.name ? vch.pool : vch.ownPool && context.inventory.get(vch.ownPool);
  const isPool = pool && isSubtype(pool.ref.type, 'ResourcePool');
  return isPool && !(pool.parent && isSubtype(pool.parent.ref.type, 'ComputeResource')) ? pool : undefined;
}

/** 1.x puts the VMs of a VCH into a folder with its name. */
function ownFolder({ layout, vm, name }: Vch): Node | undefined {
  const folder = vm.parent;
  return layout === '1.x' && folder?.ref.type === 'Folder' && folder.name === name && folder.parent?.ref.type === 'Folder' ? folder : undefined;
}

/** The check that comes before any change. */
function refuseRunning({ force, containers }: Run): void {
  const running = containers.filter((member) => member.powerState !== 'poweredOff');
  if (force || running.length === 0) return;
  const issues = running.map((member): Issue => ({
    what: `VM "${member.name}" is ${member.powerState === 'suspended' ? 'suspended' : 'powered on'}`,
  }));
  throw new UserError('state', ...issues, {
    what: 'the virtual container host has powered-on container VMs; nothing was changed',
    details: ['Stop the containers, or let delete power them off and remove them.'],
    flag: '--force',
    example: '--force',
  });
}

async function removeContainers({ context, appliance, containers, leftDirectories, vch, files }: Run): Promise<void> {
  const directories = [...leftDirectories, ...containers.flatMap((member) => (member.directory ? [member.directory] : []))];
  await powerOffAll(context.connection, containers);
  await stripDevices(context.connection, containers, vch.volumeStores, false);
  if (containers.length > 0) await recordDirectories(context.connection, appliance.ref, directories);
  await destroyAll(context.connection, containers, files.holdsOthers);
  await files.removeLeftDirectories(directories);
}

async function removeImages({ vch, files, warn }: Run): Promise<void> {
  if (vch.uuid === undefined) return warn('the appliance VM has no BIOS uuid: its images cannot be told from those of others and stay');
  for (const store of vch.imageStores) await files.removeImages(store, vch.uuid, vch.layout);
}

async function removeVolumeStores({ vch, force, files, kept, context, warn }: Run): Promise<void> {
  for (const store of vch.remoteStores) warn(`the volume store ${store} stays, it is on no datastore of this server`);
  for (const store of vch.volumeStores) {
    const left = { label: store.label, path: store.path };
    if (!force) kept.push(left);
    else if (await files.removeVolumes(store)) context.log.note?.(`Removed the volumes of store "${store.label}": ${formatDatastorePath(store.path)}`);
    else kept.push(left);
  }
}

async function removeNetworkDevices({ context, appliance, vch }: Run): Promise<void> {
  await powerOffAll(context.connection, [appliance]);
  await stripDevices(context.connection, [appliance], vch.volumeStores, true);
}

async function bridge({ context, vch, bridgeUsers, warn }: Run): Promise<void> {
  const host = context.inventory.all('HostSystem')[0];
  const networks = host && (await property(context.connection, host.ref, 'HostSystem', 'configManager.networkSystem'));
  // The stored names are aliases ("bridge"); only the reference says which network it is. DIV-09: not always the VCH's name.
  const name = (await networkName(context.connection, vch.bridge.reference)) ?? vch.name;
  if (!networks) return warn(`the bridge network "${name}" stays: the host shows no network system`);
  // The host itself refuses only while machines on it run.
  if (bridgeUsers.length > 0) return warn(`the bridge network "${name}" stays, other VMs use it: ${bridgeUsers.join(', ')}`);
  await removeBridge(context.connection, networks, name, warn);
}

async function unregisterExtension({ context, vch, warn }: Run): Promise<void> {
  const manager = context.connection.content.extensionManager;
  const extensionKey = vch.extension ?? `com.vmware.vic.${vch.uuid ?? ''}`;
  if (!manager) return;
  try {
    await context.connection.call(manager, 'UnregisterExtension', { extensionKey });
  } catch (error) {
    if (isFault(error, 'NotFound')) return warn(`the extension ${extensionKey} is not registered`);
    if (isFault(error)) return warn(`the extension ${extensionKey} could not be unregistered: ${error.message}`);
    throw error;
  }
}

async function removeAppliance({ context, vch, appliance, files }: Run): Promise<void> {
  const stores = [...vch.imageStores, ...vch.volumeStores.map((store) => store.path)];
  if (appliance.directory) await files.protectRest(stores, appliance.directory);
  // The images first: whatever happens to the answer of Destroy_Task, they do not stay behind.
  if (appliance.directory) await files.removeImagesOfSystem(appliance.directory);
  await enableDestroy(context, vch);
  await destroyAll(context.connection, [appliance], files.holdsOthers);
  if (appliance.directory) await files.removeLeftDirectories([appliance.directory]);
}

/** 1.x has vCenter refuse to destroy an appliance, so that nobody does it by mistake. A server that knows no such thing refuses nothing. */
async function enableDestroy({ connection }: Context, { layout, vm }: Vch): Promise<void> {
  const { authorizationManager } = connection.content;
  if (layout !== '1.x' || !authorizationManager) return;
  await connection.call(authorizationManager, 'EnableMethods', { entity: [vm.ref], method: ['Destroy_Task'], sourceId: 'VIC' }).catch((error: unknown) => {
    if (!isFault(error)) throw error;
  });
}

/** Goes only when it is empty; with anything of others in it, it stays. */
async function removeFolder({ context, folder, warn }: Run): Promise<void> {
  const rows = await retrieve(context.connection, [folder!.ref], want('Folder', 'childEntity'));
  const left = rows[0]?.props.childEntity ?? [];
  if (left.length > 0) return warn(`the folder ${folder!.path} stays, it is not empty`);
  await runTask(context.connection, folder!.ref, 'Destroy_Task', {});
}

async function removePool({ context, pool, strangers, vch, warn }: Run): Promise<void> {
  if (!pool) return warn(`no resource pool is removed, "${vch.name}" has none of its own`);
  if (strangers.length > 0) return warn(`the resource pool ${pool.path} stays, it holds VMs that are not the VCH's: ${strangers.join(', ')}`);
  if (!(await isEmpty(context, pool))) return warn(`the resource pool ${pool.path} stays, it is not empty`);
  await destroyPool(context, pool.ref, pool.path);
}

/** Nothing in it now; and no pool was when the inventory was read, for servers that do not tell a vApp's pools. */
async function isEmpty(context: Context, pool: Node): Promise<boolean> {
  if (pool.children.some((child) => isSubtype(child.ref.type, 'ResourcePool'))) return false;
  const [row] = await retrieve(context.connection, [pool.ref], want('ResourcePool', 'vm', 'resourcePool'));
  return (row?.props.vm ?? []).length === 0 && (row?.props.resourcePool ?? []).length === 0;
}

async function destroyPool(context: Context, pool: ManagedObjectReference, path: string): Promise<void> {
  try {
    await runTask(context.connection, pool, 'Destroy_Task', {});
  } catch (error) {
    if (isFault(error, 'ManagedObjectNotFound')) return;
    if (!isFault(error)) throw error;
    throw new UserError('state', {
      what: `the resource pool ${path} could not be removed: ${error.message}`,
      details: ['All else of the virtual container host is gone. Repeat the command with --force to try again.'],
    });
  }
}

/** An empty pool of the right name and place, its appliance gone: what a delete that failed at its last step leaves. */
async function removeLeftPool(context: Context, options: DeleteOptions, pool: Node, error: UserError): Promise<Deleted> {
  const empty = pool.children.length === 0 && (await isEmpty(context, pool));
  if (!empty) throw error;
  if (!options.force) {
    throw new UserError('state', ...error.issues, {
      what: `the resource pool ${pool.path} is empty; if it was left by a delete that failed, remove it too`,
      flag: '--force',
      example: '--force',
    });
  }
  const warning = `there was no appliance VM any more; the empty resource pool ${pool.path} was removed`;
  context.log.step('Removing resource pool');
  await destroyPool(context, pool.ref, pool.path);
  return { id: '', name: options.name, keptVolumeStores: [], warnings: [warning] };
}
