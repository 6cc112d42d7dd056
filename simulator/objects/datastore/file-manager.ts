// FileManager: making, copying, moving and deleting what is in datastores.
import { fault, type ManagedObjectReference, type VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { contentOf } from './content.ts';
import { requireCreatable } from './namespaces.ts';
import { copyPath, describePath, extentOf, fileNotFound, locateAny, makeDirectory, movePath, parseDatastorePath, removePath, stat, type Location } from './files.ts';

type Datacenter = ManagedObjectReference | undefined;

/**
 * Resolves a name. '[ds] path' says nothing about the datacenter, so vCenter wants it beside the name; a host has only one.
 */
export function resolve({ sim, tx }: TransactionContext, name: string, datacenter: Datacenter, parameter = 'datacenter'): Location {
  if (datacenter && (!tx.has(datacenter) || datacenter.type !== 'Datacenter')) {
    throw fault('ManagedObjectNotFound', { obj: datacenter }, `The object 'vim.${datacenter.type}:${datacenter.value}' has already been deleted or has not been completely created`);
  }
  if (!datacenter && sim.product === 'vcenter' && name.trimStart().startsWith('[')) {
    parseDatastorePath(name);
    throw fault('InvalidArgument', { invalidProperty: parameter }, `A specified parameter was not correct: ${parameter} (a name like '${name}' needs its datacenter)`);
  }
  return locateAny(tx, name, sim.product === 'vcenter' ? { datacenter } : {});
}

/** Throws FileLocked when a running machine has a file at or below the place open. */
export function requireUnlocked(tx: Transaction, place: Location): void {
  const vm = lockHolder(tx, place);
  if (!vm) return;
  const file = describePath(tx, place.datastore, place.path);
  throw fault('FileLocked', { file }, `Unable to access file ${file} since it is locked by the running virtual machine '${String(tx.get(vm, 'name'))}'`);
}

function lockHolder(tx: Transaction, { datastore, path }: Location): ManagedObjectReference | undefined {
  const file = describePath(tx, datastore, path);
  const isDisk = path.endsWith('.vmdk');
  const holds = (open: string | undefined): boolean =>
    open !== undefined && open.startsWith('[') && (open === file || open.startsWith(`${file}/`) || (isDisk && open.endsWith('.vmdk') && extentOf(open) === file));
  for (const vm of (tx.get(datastore, 'vm') ?? []) as readonly ManagedObjectReference[]) {
    if (tx.get(vm, 'runtime.powerState') !== 'poweredOn') continue;
    const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
    if (holds(config.files.vmPathName) || (config.hardware.device ?? []).some((device) => chainOf(device.backing).some(holds))) return vm;
  }
  return undefined;
}

const macOf = (tx: Transaction, host: ManagedObjectReference): string =>
  ((tx.get(host, 'config.network.pnic') ?? []) as readonly { mac: string }[])[0]?.mac ?? '';

/** The file behind a device and those that it builds on. */
function chainOf(backing: unknown): (string | undefined)[] {
  const files: (string | undefined)[] = [];
  for (let one = backing as { fileName?: string; parent?: object } | undefined; one; one = one.parent) files.push(one.fileName);
  return files;
}

const exists = (tx: Transaction, place: Location): Location => {
  if (!stat(tx, place.datastore, place.path)) throw fileNotFound(describePath(tx, place.datastore, place.path));
  return place;
};

/** Refuses a destination that cannot be written: one that a running machine holds, or at the top of a vSAN datastore. */
function requireTarget(tx: Transaction, to: Location): void {
  if (stat(tx, to.datastore, to.path)) requireUnlocked(tx, to);
  requireCreatable(tx, to.datastore, to.path);
}

export const fileManager = define('FileManager', {
  MakeDirectory: (ctx, { name, datacenter, createParentDirectories }) => {
    const { datastore, path } = resolve(ctx, name, datacenter);
    // An existing directory is an error also when parents are made: clients rely on FileAlreadyExists.
    if (stat(ctx.tx, datastore, path)) makeDirectory(ctx.sim, ctx.tx, datastore, path);
    else {
      const top = path.split('/')[0]!;
      if (!stat(ctx.tx, datastore, top)) requireCreatable(ctx.tx, datastore, top);
      makeDirectory(ctx.sim, ctx.tx, datastore, path, { parents: createParentDirectories ?? false });
    }
  },
  DeleteDatastoreFile_Task: {
    task: (ctx, { name, datacenter }) => {
      const place = resolve(ctx, name, datacenter);
      if (place.path !== '') requireUnlocked(ctx.tx, exists(ctx.tx, place));
      removePath(ctx.tx, place.datastore, place.path);
    },
  },
  MoveDatastoreFile_Task: {
    task: (ctx, { sourceName, sourceDatacenter, destinationName, destinationDatacenter, force }) => {
      const from = exists(ctx.tx, resolve(ctx, sourceName, sourceDatacenter, 'sourceDatacenter'));
      const to = resolve(ctx, destinationName, destinationDatacenter ?? sourceDatacenter, 'destinationDatacenter');
      requireUnlocked(ctx.tx, from);
      requireTarget(ctx.tx, to);
      movePath(ctx.sim, ctx.tx, from, to, { force: force ?? false });
    },
  },
  CopyDatastoreFile_Task: {
    task: (ctx, { sourceName, sourceDatacenter, destinationName, destinationDatacenter, force }) => {
      const from = exists(ctx.tx, resolve(ctx, sourceName, sourceDatacenter, 'sourceDatacenter'));
      const to = resolve(ctx, destinationName, destinationDatacenter ?? sourceDatacenter, 'destinationDatacenter');
      requireTarget(ctx.tx, to);
      copyPath(ctx.sim, ctx.tx, from, to, { force: force ?? false, render: (name, entry) => contentOf(ctx.tx, name, entry) });
    },
  },
  ChangeOwner: (ctx, { name, datacenter, owner }) => {
    exists(ctx.tx, resolve(ctx, name, datacenter));
    // Files are root's on every kind of datastore here; NFS with a user of its own is not simulated.
    if (owner !== 'root') throw fault('UserNotFound', { principal: owner, unresolved: false }, `The user '${owner}' is not known where the file is: files belong to root.`);
  },
  QueryFileLockInfo: (ctx, { path: name }) => {
    const { tx } = ctx;
    const place = exists(tx, locateAny(tx, name));
    const holder = lockHolder(tx, place);
    if (!holder) return {};
    const host = tx.get(holder, 'runtime.host') as ManagedObjectReference;
    return { lockInfo: [{ filePath: describePath(tx, place.datastore, place.path), host: String(tx.get(host, 'name')), mac: macOf(tx, host), id: host.value, worldName: `vmx-${String(tx.get(holder, 'name'))}`, lockMode: 'EXCLUSIVE' }] };
  },
});
