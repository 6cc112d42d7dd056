// Events of datastores, their files, distributed switches and port groups, read from what changed in them.
import type { DVPortgroupConfigSpec, DVSConfigInfo, DVSConfigSpec, DatastoreHostMount, ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import { describeChanges, isEmpty } from './changes.ts';
import type { EventRule } from './rule.ts';
import type { Scene } from './scene.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

/** What is in `after` and not in `before`. */
const fresh = (before: Refs, after: Refs): Ref[] => {
  const known = new Set(before.map((ref) => ref.value));
  return after.filter((ref) => !known.has(ref.value));
};

const mountsOf = (props: Props): Refs => ((props['host'] ?? []) as readonly DatastoreHostMount[]).map((mount) => mount.key);

const summaryOf = (props: Props) => (props['summary'] ?? {}) as { type?: string; url?: string };

const datastore: EventRule = {
  type: 'Datastore',
  created(scene, self, props) {
    const [first, ...others] = mountsOf(props);
    if (first) {
      const { type = '', url } = summaryOf(props);
      const made = { ...scene.ofHost(first), datastore: scene.datastore(self), datastoreUrl: url };
      if (/^NFS/i.test(type)) scene.add('NASDatastoreCreatedEvent', made);
      else if (/^VMFS$/i.test(type)) scene.add('VMFSDatastoreCreatedEvent', made);
      else scene.add('LocalDatastoreCreatedEvent', made);
    }
    for (const host of others) discovered(scene, self, host);
  },
  removed: (scene, self) => scene.add('DatastoreDestroyedEvent', ofDatastore(scene, self)),
  changed(scene, self, before, after) {
    if (before['name'] !== after['name']) scene.add('DatastoreRenamedEvent', { ...ofDatastore(scene, self), oldName: String(before['name']), newName: String(after['name']) });
    const [from, to] = [mountsOf(before), mountsOf(after)];
    for (const host of fresh(from, to)) discovered(scene, self, host);
    for (const host of fresh(to, from)) scene.add('DatastoreRemovedOnHostEvent', { ...scene.ofHost(host), datastore: scene.datastore(self) });
  },
  inputs: ['name', 'host'],
};

const ofDatastore = (scene: Scene, self: Ref) => ({ datacenter: scene.datacenter(self), ds: scene.datastore(self), datastore: scene.datastore(self) });

const discovered = (scene: Scene, self: Ref, host: Ref): void => scene.add('DatastoreDiscoveredEvent', { ...scene.ofHost(host), datastore: scene.datastore(self) });

/** A file that a user deletes, copies or moves; what machines do with their own files is no event. */
function filesChanged(scene: Scene, directory: Ref): void {
  const what = /^(Delete|Copy|Move)DatastoreFile_Task$/.exec(scene.method)?.[1];
  // A directory with all that is below is one event, told of by the first directory that changed.
  if (!what || !scene.once('file')) return;
  const datastore = { type: 'Datastore', value: /^dir:([^:]+):/.exec(directory.value)?.[1] ?? '' };
  if (!scene.read(datastore)) return;
  const args = (scene.cause?.args ?? {}) as { name?: string; sourceName?: string; destinationName?: string };
  const of = { ...ofDatastore(scene, datastore), sourceOfOperation: 'vim', succeeded: true };
  if (what === 'Delete') scene.add('DatastoreFileDeletedEvent', { ...of, targetFile: args.name ?? '' });
  else {
    const source = { ...of, targetFile: args.destinationName ?? '', sourceFile: args.sourceName ?? '', sourceDatastore: scene.datastore(datastore) };
    scene.add(what === 'Copy' ? 'DatastoreFileCopiedEvent' : 'DatastoreFileMovedEvent', source);
  }
}

const files: EventRule = { type: '_Directory', created: filesChanged, removed: filesChanged, changed: filesChanged };

const switchConfig = (props: Props): Partial<DVSConfigInfo> => (props['config'] ?? {}) as Partial<DVSConfigInfo>;
const membersOf = (props: Props): Refs => (switchConfig(props).host ?? []).flatMap(({ config }) => (config.host ? [config.host] : []));

const ofSwitch = (scene: Scene, self: Ref) => ({ datacenter: scene.datacenter(self), dvs: scene.dvs(self) });

/** Told by events of their own, or by every change. */
const NO_NEWS_OF_SWITCH: ReadonlySet<string> = new Set(['host', 'name', 'configVersion', 'uplinkPortgroup', 'numPorts']);
const NO_NEWS_OF_GROUP: ReadonlySet<string> = new Set(['name', 'configVersion', 'distributedVirtualSwitch']);

const dvs: EventRule = {
  type: 'DistributedVirtualSwitch',
  created(scene, self, props) {
    scene.add('DvsCreatedEvent', { ...ofSwitch(scene, self), parent: scene.folder(props['parent'] as Ref) });
    for (const host of membersOf(props)) scene.add('DvsHostJoinedEvent', { ...ofSwitch(scene, self), hostJoined: scene.host(host) });
  },
  removed: (scene, self) => scene.add('DvsDestroyedEvent', ofSwitch(scene, self)),
  changed(scene, self, before, after) {
    const of = ofSwitch(scene, self);
    if (before['name'] !== after['name']) scene.add('DvsRenamedEvent', { ...of, oldName: String(before['name']), newName: String(after['name']) });
    const [from, to] = [membersOf(before), membersOf(after)];
    for (const host of fresh(from, to)) scene.add('DvsHostJoinedEvent', { ...of, hostJoined: scene.host(host) });
    for (const host of fresh(to, from)) scene.add('DvsHostLeftEvent', { ...of, hostLeft: scene.host(host) });
    if (scene.method !== 'ReconfigureDvs_Task') return;
    const configChanges = describeChanges(switchConfig(before), switchConfig(after), 'config', NO_NEWS_OF_SWITCH);
    const configSpec = (scene.cause?.args?.['spec'] ?? { _type: 'DVSConfigSpec' }) as DVSConfigSpec;
    if (!isEmpty(configChanges)) scene.add('DvsReconfiguredEvent', { ...of, configSpec, configChanges });
  },
  inputs: ['name', 'config'],
};

function ofGroup(scene: Scene, self: Ref) {
  const owner = scene.get<Ref>(self, 'config.distributedVirtualSwitch');
  return { datacenter: scene.datacenter(self), net: scene.network(self), dvs: owner && scene.dvs(owner) };
}

const portgroup: EventRule = {
  type: 'DistributedVirtualPortgroup',
  created: (scene, self) => scene.add('DVPortgroupCreatedEvent', ofGroup(scene, self)),
  removed: (scene, self) => scene.add('DVPortgroupDestroyedEvent', ofGroup(scene, self)),
  changed(scene, self, before, after) {
    const of = ofGroup(scene, self);
    if (before['name'] !== after['name']) scene.add('DVPortgroupRenamedEvent', { ...of, oldName: String(before['name']), newName: String(after['name']) });
    if (scene.method !== 'ReconfigureDVPortgroup_Task') return;
    const configChanges = describeChanges(before['config'], after['config'], 'config', NO_NEWS_OF_GROUP);
    const configSpec = (scene.cause?.args?.['spec'] ?? { _type: 'DVPortgroupConfigSpec' }) as DVPortgroupConfigSpec;
    if (!isEmpty(configChanges)) scene.add('DVPortgroupReconfiguredEvent', { ...of, configSpec, configChanges });
  },
  inputs: ['name', 'config'],
};

export const resourceRules: readonly EventRule[] = [datastore, files, dvs, portgroup];
