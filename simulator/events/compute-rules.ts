// Events of hosts, clusters, resource pools and datacenters, read from what changed in them.
import type { ClusterConfigInfoEx, HostRuntimeInfo, ManagedObjectReference } from '../../core/vim25/index.ts';
import { isSubtype } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import { describeChanges, isEmpty } from './changes.ts';
import type { EventRule } from './rule.ts';
import type { Scene } from './scene.ts';

type Ref = ManagedObjectReference;

const runtimeOf = (props: Props): Partial<HostRuntimeInfo> => (props['runtime'] ?? {}) as Partial<HostRuntimeInfo>;

function connection(scene: Scene, host: Ref, state: HostRuntimeInfo['connectionState'] | undefined): void {
  const of = scene.ofHost(host);
  if (state === 'connected') scene.add('HostConnectedEvent', of);
  else if (state === 'notResponding') scene.add('HostConnectionLostEvent', of);
  else if (state === 'disconnected') scene.add('HostDisconnectedEvent', { ...of, reason: scene.method === 'DisconnectHost_Task' ? 'user request' : 'unknown' });
}

const host: EventRule = {
  type: 'HostSystem',
  created(scene, self, props) {
    scene.add('HostAddedEvent', scene.ofHost(self));
    if (runtimeOf(props).connectionState === 'connected') connection(scene, self, 'connected');
  },
  removed: (scene, self) => scene.add('HostRemovedEvent', scene.ofHost(self)),
  changed(scene, self, before, after) {
    const [was, is] = [runtimeOf(before), runtimeOf(after)];
    const of = scene.ofHost(self);
    if (was.connectionState !== is.connectionState) connection(scene, self, is.connectionState);
    if (was.inMaintenanceMode !== is.inMaintenanceMode) {
      if (is.inMaintenanceMode) {
        scene.add('EnteringMaintenanceModeEvent', of);
        scene.add('EnteredMaintenanceModeEvent', of);
      } else if (was.inMaintenanceMode) scene.add('ExitMaintenanceModeEvent', of);
    }
    if (was.powerState === 'poweredOn' && is.powerState === 'poweredOff') scene.add('HostShutdownEvent', { ...of, reason: 'user request' });
    const [open, shut] = [lockdown(before), lockdown(after)];
    if (open !== shut && shut !== undefined) scene.add(shut ? 'HostAdminDisableEvent' : 'HostAdminEnableEvent', of);
  },
  inputs: ['runtime', 'config'],
};

const lockdown = (props: Props): boolean | undefined => (props['config'] as { adminDisabled?: boolean } | undefined)?.adminDisabled;

const configOf = (props: Props): Partial<ClusterConfigInfoEx> => (props['configurationEx'] ?? {}) as Partial<ClusterConfigInfoEx>;

const cluster: EventRule = {
  type: 'ClusterComputeResource',
  created(scene, self, props) {
    const of = ofCluster(scene, self);
    scene.add('ClusterCreatedEvent', { ...of, parent: scene.folder(props['parent'] as Ref) });
    services(scene, self, {}, configOf(props));
  },
  removed: (scene, self) => scene.add('ClusterDestroyedEvent', ofCluster(scene, self)),
  changed(scene, self, before, after) {
    const [was, is] = [configOf(before), configOf(after)];
    services(scene, self, was, is);
    if (!/^Reconfigure/.test(scene.method)) return;
    const configChanges = describeChanges(was, is, 'configurationEx');
    if (!isEmpty(configChanges)) scene.add('ClusterReconfiguredEvent', { ...ofCluster(scene, self), configChanges });
  },
  inputs: ['configurationEx'],
};

const ofCluster = (scene: Scene, self: Ref) => ({ computeResource: scene.computeResource(self), datacenter: scene.datacenter(self) });

/** DRS and HA switched on or off. */
function services(scene: Scene, self: Ref, was: Partial<ClusterConfigInfoEx>, is: Partial<ClusterConfigInfoEx>): void {
  const of = ofCluster(scene, self);
  const [drs, das] = [is.drsConfig?.enabled === true, is.dasConfig?.enabled === true];
  if ((was.dasConfig?.enabled === true) !== das) scene.add(das ? 'DasEnabledEvent' : 'DasDisabledEvent', of);
  if ((was.drsConfig?.enabled === true) === drs) return;
  if (drs) scene.add('DrsEnabledEvent', { ...of, behavior: is.drsConfig?.defaultVmBehavior ?? 'fullyAutomated' });
  else scene.add('DrsDisabledEvent', of);
}

const isPool = (ref: Ref | undefined): ref is Ref => ref !== undefined && isSubtype(ref.type, 'ResourcePool');

/** Root pools come, go and change with their compute resource: that is no event. */
const pool: EventRule = {
  type: 'ResourcePool',
  created(scene, self, props) {
    const parent = props['parent'] as Ref | undefined;
    if (isPool(parent)) scene.add('ResourcePoolCreatedEvent', { ...ofPool(scene, self), parent: scene.pool(parent) });
  },
  removed(scene, self, props) {
    if (isPool(props['parent'] as Ref | undefined)) scene.add('ResourcePoolDestroyedEvent', ofPool(scene, self));
  },
  changed(scene, self, before, after) {
    const [from, to] = [before['parent'], after['parent']] as (Ref | undefined)[];
    if (!isPool(to)) return;
    if (isPool(from) && from.value !== to.value) {
      scene.add('ResourcePoolMovedEvent', { ...ofPool(scene, self), oldParent: scene.pool(from), newParent: scene.pool(to) });
    }
    const configChanges = describeChanges(before['config'], after['config'], 'config', new Set(['lastModified', 'changeVersion', 'entity']));
    const renamed = before['name'] !== after['name'] ? `name: "${String(before['name'])}" -> "${String(after['name'])}"; \n` : '';
    const all = { ...configChanges, modified: renamed + (configChanges.modified ?? '') };
    if (!isEmpty(all)) scene.add('ResourcePoolReconfiguredEvent', { ...ofPool(scene, self), configChanges: all });
  },
  inputs: ['parent', 'config', 'name'],
};

const ofPool = (scene: Scene, self: Ref) => ({ ...ofCluster(scene, self), resourcePool: scene.pool(self) });

const datacenter: EventRule = {
  type: 'Datacenter',
  created: (scene, self, props) => scene.add('DatacenterCreatedEvent', { datacenter: scene.datacenter(self), parent: scene.folder(props['parent'] as Ref) }),
  changed: (scene, self, before, after) =>
    scene.add('DatacenterRenamedEvent', { datacenter: scene.datacenter(self), oldName: String(before['name']), newName: String(after['name']) }),
  inputs: ['name'],
};

export const computeRules: readonly EventRule[] = [host, cluster, pool, datacenter];
