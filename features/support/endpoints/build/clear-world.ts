// Takes a world away again: everything that is there now and was not there before it was built. Touches nothing else.
import { formatReference, isFault, property, readInventory, retrieve, runTask, want, type Connection, type ManagedObjectReference, type Node } from '../../../../core/client/index.ts';
import { extensionsOf } from './read-world.ts';

/** What an endpoint has that is not ours. */
export interface Theirs {
  readonly objects: ReadonlySet<string>;
  readonly extensions: ReadonlySet<string>;
}

/** Looks at what is there before anything of ours is. */
export async function lookAtTheirs(connection: Connection): Promise<Theirs> {
  const inventory = await readInventory(connection);
  const types = ['Folder', 'Datacenter', 'ComputeResource', 'HostSystem', 'ResourcePool', 'VirtualMachine', 'Datastore', 'Network'] as const;
  return {
    objects: new Set(types.flatMap((type) => inventory.all(type)).map((node) => formatReference(node.ref))),
    extensions: new Set(connection.content.extensionManager ? await extensionsOf(connection) : []),
  };
}

/** Removes all that is not theirs, from the leaves up. What is gone already is fine; gives the paths of what the server would not let go. */
export async function clearWorld(connection: Connection, theirs: Theirs): Promise<readonly string[]> {
  const { extensionManager } = connection.content;
  for (const key of extensionManager ? await extensionsOf(connection) : []) {
    if (!theirs.extensions.has(key)) await unlessGone(() => connection.call(extensionManager!, 'UnregisterExtension', { extensionKey: key }));
  }
  const inventory = await readInventory(connection);
  const ours = (type: Parameters<typeof inventory.all>[0]): Node[] => inventory.all(type).filter((node) => !theirs.objects.has(formatReference(node.ref)));
  const depthFirst = (nodes: readonly Node[]): Node[] => [...nodes].sort((a, b) => b.path.split('/').length - a.path.split('/').length);
  const machines = ours('VirtualMachine');
  for (const row of await retrieve(connection, machines.map(({ ref }) => ref), want('VirtualMachine', 'runtime.powerState'))) {
    if (row.props['runtime.powerState'] !== 'poweredOff') await unlessGone(() => runTask(connection, row.ref, 'PowerOffVM_Task', {}));
  }
  const destroy = (ref: ManagedObjectReference): Promise<void> => unlessGone(() => runTask(connection, ref, 'Destroy_Task', {}));
  for (const { ref } of machines) {
    await enable(connection, ref);
    await destroy(ref);
  }
  for (const { ref, parent } of depthFirst(ours('ResourcePool'))) if (parent && /Pool|App/.test(parent.ref.type)) await destroy(ref);
  for (const { ref } of ours('Datastore')) {
    await destroy(ref);
    await removeDatastore(connection, ref);
  }
  for (const { ref } of [...ours('ComputeResource'), ...ours('HostSystem')]) await destroy(ref);
  // On vCenter Server they go with their hosts.
  if (connection.content.about.apiType === 'HostAgent') await removePortgroups(connection, ours('Network').filter(({ ref }) => ref.type === 'Network'));
  for (const { ref } of depthFirst([...ours('Folder'), ...ours('Datacenter')].filter(({ parent }) => parent?.ref.type === 'Folder' || parent === undefined))) await destroy(ref);
  // What a datacenter would not let go of goes with its folders, and then it goes itself.
  for (const { ref } of ours('Datacenter')) await destroy(ref);
  const left = await readInventory(connection);
  return (['Datacenter', 'VirtualMachine', 'Datastore'] as const).flatMap((type) => left.all(type)).filter((node) => !theirs.objects.has(formatReference(node.ref))).map(({ path }) => path);
}

async function unlessGone(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isFault(error)) throw error;
  }
}

const enable = (connection: Connection, vm: ManagedObjectReference): Promise<void> => {
  const { authorizationManager } = connection.content;
  return authorizationManager ? unlessGone(() => connection.call(authorizationManager, 'EnableMethods', { entity: [vm], method: ['Destroy_Task'], sourceId: 'VIC' })) : Promise.resolve();
};

async function removeDatastore(connection: Connection, datastore: ManagedObjectReference): Promise<void> {
  const mounts = (await property(connection, datastore, 'Datastore', 'host').catch(() => undefined)) ?? [];
  for (const { key } of mounts) {
    const system = await property(connection, key, 'HostSystem', 'configManager.datastoreSystem');
    if (system) await unlessGone(() => connection.call(system, 'RemoveDatastore', { datastore }));
  }
}

async function removePortgroups(connection: Connection, networks: readonly Node[]): Promise<void> {
  const hosts = (await readInventory(connection)).all('HostSystem');
  for (const { name } of networks) {
    for (const { ref } of hosts) {
      const system = await property(connection, ref, 'HostSystem', 'configManager.networkSystem');
      if (!system) continue;
      await unlessGone(() => connection.call(system, 'RemovePortGroup', { pgName: name }));
      await unlessGone(() => connection.call(system, 'RemoveVirtualSwitch', { vswitchName: name }));
    }
  }
}
