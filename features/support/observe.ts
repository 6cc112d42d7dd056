// What the world looks like through the public API, and how two looks differ: the source of "nothing changes".
import { plain, type ManagedObjectReference, type ObjectContent } from '../../core/vim25/index.ts';
import type { Api } from './api.ts';

/** Facts by name, e.g. 'power state' → 'poweredOn'. */
type Facts = ReadonlyMap<string, string>;

export interface Observation {
  /** Facts by label: an inventory path, '[ds] path' or 'extension key'. */
  readonly things: ReadonlyMap<string, Facts>;
  /** Inventory path by object id. */
  readonly pathOf: ReadonlyMap<string, string>;
  readonly refOf: ReadonlyMap<string, ManagedObjectReference>;
}

export interface Difference {
  readonly change: 'added' | 'removed' | 'changed';
  readonly what: string;
  readonly fact?: string;
  readonly from?: string;
  readonly to?: string;
}

const PROPERTIES: readonly { readonly type: string; readonly pathSet: readonly string[] }[] = [
  { type: 'ManagedEntity', pathSet: ['name', 'parent'] },
  { type: 'VirtualMachine', pathSet: ['runtime.powerState', 'runtime.host', 'parentVApp', 'resourcePool', 'config.extraConfig', 'config.hardware.device', 'config.template'] },
  { type: 'HostSystem', pathSet: ['runtime.connectionState', 'runtime.inMaintenanceMode'] },
  { type: 'ResourcePool', pathSet: ['config.cpuAllocation.limit', 'config.memoryAllocation.limit'] },
];

/** How the value of a property is shown; `nameOf` gives the name of an object that it refers to. */
type Show = (value: unknown, nameOf: (ref: unknown) => string) => string;

const FACTS: Readonly<Record<string, Show>> = {
  'runtime.powerState': String,
  'runtime.host': (value, nameOf) => nameOf(value),
  resourcePool: (value, nameOf) => nameOf(value),
  'runtime.connectionState': String,
  'runtime.inMaintenanceMode': String,
  'config.template': String,
  'config.extraConfig': (value) => `${(value as unknown[]).length} keys`,
  'config.hardware.device': (value) => `${(value as unknown[]).length} devices`,
  'config.cpuAllocation.limit': String,
  'config.memoryAllocation.limit': String,
};
const NAMES: Readonly<Record<string, string>> = {
  'runtime.powerState': 'power state',
  'runtime.host': 'host',
  resourcePool: 'pool',
  'runtime.connectionState': 'connection',
  'runtime.inMaintenanceMode': 'maintenance mode',
  'config.template': 'template',
  'config.extraConfig': 'extraConfig',
  'config.hardware.device': 'devices',
  'config.cpuAllocation.limit': 'CPU limit',
  'config.memoryAllocation.limit': 'memory limit',
};

const valueOf = (object: ObjectContent, name: string): unknown => plain(object.propSet?.find((property) => property.name === name)?.val);

/** Looks at every managed entity, file and extension. */
export async function observe(api: Api): Promise<Observation> {
  const objects = await api.retrieve(
    [...(await api.everything(['ManagedEntity'])), { obj: api.content.rootFolder }],
    PROPERTIES,
  );
  const byId = new Map(objects.map((object) => [object.obj.value, object]));
  const paths = new Map<string, string>();
  const pathOf = (object: ObjectContent): string => {
    const known = paths.get(object.obj.value);
    if (known !== undefined) return known;
    // Not every server says of a machine in a vApp that the vApp is its parent.
    const pool = valueOf(object, 'resourcePool') as ManagedObjectReference | undefined;
    const vApp = valueOf(object, 'parentVApp') ?? (pool?.type === 'VirtualApp' ? pool : undefined);
    const owner = (vApp ?? (valueOf(object, 'parent') as unknown)) as ManagedObjectReference | undefined;
    const parent = owner === undefined ? undefined : byId.get(owner.value);
    const path = parent === undefined ? '' : `${pathOf(parent)}/${String(valueOf(object, 'name'))}`;
    paths.set(object.obj.value, path);
    return path;
  };
  const nameOf = (ref: unknown): string => {
    const object = byId.get((ref as ManagedObjectReference).value);
    return object === undefined ? '' : String(valueOf(object, 'name'));
  };
  const things = new Map<string, Facts>();
  const refOf = new Map<string, ManagedObjectReference>();
  for (const object of objects) {
    const facts = new Map<string, string>();
    for (const [property, show] of Object.entries(FACTS)) {
      const value = valueOf(object, property);
      if (value !== undefined) facts.set(NAMES[property]!, show(value, nameOf));
    }
    // What belongs to others at a shared endpoint is looked at, too, and cannot be meant by a scenario.
    const others = api.theirs.has(`${object.obj.type}:${object.obj.value}`) ? 'others:' : '';
    let label = others + pathOf(object) || '/';
    // A VM that two places could show is listed once, at its folder; a vApp's own at the vApp.
    if (things.has(label) && object.obj.type !== 'Folder') label = `${label} (${object.obj.type})`;
    things.set(label, facts);
    refOf.set(label, object.obj);
  }
  await addFiles(api, objects, things);
  await addExtensions(api, things);
  return { things, pathOf: paths, refOf };
}

async function addFiles(api: Api, objects: readonly ObjectContent[], things: Map<string, Facts>): Promise<void> {
  for (const { obj } of objects.filter((object) => object.obj.type === 'Datastore' && !api.theirs.has(`Datastore:${object.obj.value}`))) {
    const name = String(await api.read(obj, 'name'));
    const browser = (await api.read(obj, 'browser')) as ManagedObjectReference;
    const task = (await api.call(browser, 'SearchDatastoreSubFolders_Task', { datastorePath: `[${name}]`, searchSpec: { matchPattern: ['*'], details: { fileType: true, fileSize: true, modification: false, fileOwner: false } } })) as ManagedObjectReference;
    const results = (await finished(api, task)) as readonly { folderPath?: string; file?: readonly { path: string; fileSize?: number }[] }[] | undefined;
    for (const { folderPath = '', file = [] } of results ?? []) {
      // Not every server writes the blank behind the datastore's name.
      const folder = folderPath.replace(/^\[[^\]]*\]\s*\/?/, '').replace(/\/$/, '');
      for (const entry of file) things.set(`[${name}] ${folder === '' ? '' : `${folder}/`}${entry.path}`, new Map());
    }
  }
}

async function addExtensions(api: Api, things: Map<string, Facts>): Promise<void> {
  if (!api.content.extensionManager) return;
  const list = (await api.read(api.content.extensionManager, 'extensionList')) as readonly { key: string }[] | undefined;
  for (const { key } of list ?? []) things.set(`extension ${key}`, new Map());
}

/** Waits for a task through the property collector; throws its fault. */
export async function finished(api: Api, task: ManagedObjectReference): Promise<unknown> {
  const collector = (await api.call(api.content.propertyCollector, 'CreatePropertyCollector')) as ManagedObjectReference;
  try {
    await api.call(collector, 'CreateFilter', { spec: { objectSet: [{ obj: task }], propSet: [{ type: 'Task', pathSet: ['info'] }] }, partialUpdates: false });
    let version: string | undefined;
    for (;;) {
      const set = (await api.call(collector, 'WaitForUpdatesEx', { version })) as { version: string; filterSet?: readonly { objectSet?: readonly { changeSet?: readonly { val?: unknown }[] }[] }[] } | undefined;
      version = set?.version ?? version;
      const info = set?.filterSet?.[0]?.objectSet?.[0]?.changeSet?.[0]?.val as { state: string; result?: unknown; error?: { fault: { _type: string }; localizedMessage?: string } } | undefined;
      if (info?.state === 'success') return plain(info.result);
      if (info?.state === 'error') throw new TaskFailure(info.error!.fault, info.error!.localizedMessage ?? '');
    }
  } finally {
    await api.call(collector, 'DestroyPropertyCollector');
  }
}

/** A task that ended in error, with the fault of TaskInfo.error. */
export class TaskFailure extends Error {
  readonly detail: { readonly _type: string };
  constructor(detail: { readonly _type: string }, message: string) {
    super(message);
    this.detail = detail;
  }
}

const insideOf = (path: string, folder: string): boolean =>
  path !== folder && path.startsWith(folder) && (path[folder.length] === '/' || folder.endsWith(']'));

/** What differs, sorted; of a directory that appeared or went only the topmost row. */
export function differences(before: Observation, after: Observation): readonly Difference[] {
  const added = [...after.things.keys()].filter((label) => !before.things.has(label));
  const removed = [...before.things.keys()].filter((label) => !after.things.has(label));
  const topmost = (labels: readonly string[]) => labels.filter((label) => !label.startsWith('[') || !labels.some((other) => other.startsWith('[') && insideOf(label, other)));
  const rows: Difference[] = [
    ...topmost(added).map((what) => ({ change: 'added' as const, what })),
    ...topmost(removed).map((what) => ({ change: 'removed' as const, what })),
  ];
  for (const [what, facts] of after.things) {
    const old = before.things.get(what);
    if (!old) continue;
    for (const fact of new Set([...old.keys(), ...facts.keys()])) {
      if (old.get(fact) !== facts.get(fact)) rows.push({ change: 'changed', what, fact, from: old.get(fact) ?? '', to: facts.get(fact) ?? '' });
    }
  }
  const order = (row: Difference) => `${row.change} ${row.what} ${row.fact ?? ''}`;
  return rows.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
