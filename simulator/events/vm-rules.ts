// Events of virtual machines, read from what changed in them.
import {
  type ManagedObjectReference, type VirtualDevice, type VirtualEthernetCard, type VirtualMachineConfigInfo, type VirtualMachineConfigSpec, type VirtualMachineRuntimeInfo,
} from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import { describeChanges } from './changes.ts';
import type { EventRule } from './rule.ts';
import type { Scene } from './scene.ts';

type Ref = ManagedObjectReference;
type Runtime = VirtualMachineRuntimeInfo;
type Config = VirtualMachineConfigInfo;

const runtimeOf = (props: Props): Partial<Runtime> => (props['runtime'] ?? {}) as Partial<Runtime>;
const configOf = (props: Props): Partial<Config> => (props['config'] ?? {}) as Partial<Config>;
/** Adapters are the devices with a MAC address. */
const macsOf = (config: Partial<Config>): Map<number, VirtualEthernetCard> =>
  new Map(((config.hardware?.device ?? []) as readonly VirtualDevice[]).filter((device) => typeof (device as VirtualEthernetCard).macAddress === 'string').map((device) => [device.key, device as VirtualEthernetCard]));

const labelOf = (nic: VirtualEthernetCard): string => nic.deviceInfo?.label ?? String(nic.key);

function created(scene: Scene, vm: Ref, props: Props): void {
  const of = scene.ofVm(vm);
  const config = configOf(props);
  const source = props['_clonedFrom'] as string | undefined;
  const from = source === undefined ? undefined : { type: 'VirtualMachine', value: source };
  if (/^Register/.test(scene.method)) scene.add('VmRegisteredEvent', of);
  else if (from && scene.read(from)) copied(scene, vm, from);
  else {
    scene.add('VmBeingCreatedEvent', { ...of, configSpec: creationSpec(scene) });
    identified(scene, of, config);
    scene.add('VmCreatedEvent', of);
  }
  const { powerState } = runtimeOf(props);
  if (powerState === 'poweredOn') poweredOn(scene, vm, 'poweredOff');
}

function creationSpec({ cause }: Scene): VirtualMachineConfigSpec | undefined {
  return cause?.args?.['config'] as VirtualMachineConfigSpec | undefined;
}

function identified(scene: Scene, of: ReturnType<Scene['ofVm']>, { uuid, instanceUuid, hardware }: Partial<Config>): void {
  if (instanceUuid) scene.add('VmInstanceUuidAssignedEvent', { ...of, instanceUuid });
  if (uuid) scene.add('VmUuidAssignedEvent', { ...of, uuid });
  for (const nic of macsOf({ hardware }).values()) if (nic.addressType !== 'manual') scene.add('VmMacAssignedEvent', { ...of, adapter: labelOf(nic), mac: nic.macAddress! });
}

/** A machine made of another: deployed when that is a template, cloned otherwise. */
function copied(scene: Scene, vm: Ref, source: Ref): void {
  const of = scene.ofVm(vm);
  if (scene.get(source, 'config.template') === true) {
    scene.add('VmBeingDeployedEvent', { ...of, srcTemplate: scene.vm(source) });
    scene.add('VmDeployedEvent', { ...of, srcTemplate: scene.vm(source) });
    return;
  }
  const destFolder = scene.parent(vm);
  if (destFolder && of.host) {
    scene.add('VmBeingClonedEvent', { ...scene.ofVm(source), destFolder: scene.folder(destFolder), destName: of.vm.name, destHost: of.host });
  }
  scene.add('VmClonedEvent', { ...of, sourceVm: scene.vm(source) });
}

function poweredOn(scene: Scene, vm: Ref, from: Runtime['powerState']): void {
  const of = scene.ofVm(vm);
  if (from === 'suspended') scene.add('VmResumingEvent', of);
  else scene.add('VmStartingEvent', of);
  scene.add('VmPoweredOnEvent', of);
}

function power(scene: Scene, vm: Ref, before: Partial<Runtime>, after: Partial<Runtime>): void {
  const { powerState } = after;
  if (powerState === before.powerState && before.bootTime === after.bootTime) return;
  const of = scene.ofVm(vm);
  if (powerState === before.powerState) {
    if (powerState !== 'poweredOn') return;
    if (scene.method === 'RebootGuest') scene.add('VmGuestRebootEvent', of);
    else if (scene.method === 'ResetVM_Task') scene.add('VmResettingEvent', of);
  } else if (powerState === 'poweredOn') poweredOn(scene, vm, before.powerState!);
  else if (powerState === 'poweredOff') {
    if (scene.method === 'ShutdownGuest') scene.add('VmGuestShutdownEvent', of);
    else scene.add('VmStoppingEvent', of);
    scene.add('VmPoweredOffEvent', of);
  } else {
    if (scene.method === 'StandbyGuest') scene.add('VmGuestStandbyEvent', of);
    else scene.add('VmSuspendingEvent', of);
    scene.add('VmSuspendedEvent', of);
  }
}

/** Another host or another datastore; the host that a machine gets with its power-on is no migration. */
function moved(scene: Scene, vm: Ref, before: Props, after: Props): void {
  const [from, to] = [runtimeOf(before), runtimeOf(after)];
  const hosts = { from: from.host, to: to.host };
  const stores = { from: before['_home'] as Ref | undefined, to: after['_home'] as Ref | undefined };
  const storageMoved = stores.from !== undefined && stores.to !== undefined && stores.from.value !== stores.to.value;
  const hostMoved = hosts.from !== undefined && hosts.to !== undefined && hosts.from.value !== hosts.to.value;
  if (!hosts.from || !hosts.to || (!hostMoved && !storageMoved)) return;
  if (!storageMoved && from.powerState !== to.powerState) return;
  const of = scene.ofVm(vm);
  const origin = { ...of, ...scene.ofHost(hosts.from) };
  const goal = { destHost: scene.host(hosts.to), destDatacenter: scene.datacenter(hosts.to), destDatastore: stores.to && scene.datastore(stores.to) };
  const start = { sourceHost: scene.host(hosts.from), sourceDatacenter: scene.datacenter(hosts.from), sourceDatastore: stores.from && scene.datastore(stores.from) };
  if (storageMoved) {
    scene.add('VmBeingRelocatedEvent', { ...origin, ...goal });
    scene.add('VmRelocatedEvent', { ...of, ...start });
    return;
  }
  scene.add(to.powerState === 'poweredOn' ? 'VmBeingHotMigratedEvent' : 'VmBeingMigratedEvent', { ...origin, ...goal });
  scene.add(/^(EnterMaintenanceMode_Task|ApplyRecommendation)$/.test(scene.method) ? 'DrsVmMigratedEvent' : 'VmMigratedEvent', { ...of, ...start });
}

function pooled(scene: Scene, vm: Ref, before: Props, after: Props): void {
  const [oldParent, newParent] = [before['resourcePool'], after['resourcePool']] as (Ref | undefined)[];
  if (!oldParent || !newParent || oldParent.value === newParent.value) return;
  scene.add('VmResourcePoolMovedEvent', { ...scene.ofVm(vm), oldParent: scene.pool(oldParent), newParent: scene.pool(newParent) });
}

/** What every change of a configuration changes. */
const STAMPS: ReadonlySet<string> = new Set(['modified', 'changeVersion']);

function configured(scene: Scene, vm: Ref, before: Partial<Config>, after: Partial<Config>): void {
  if (before === after) return;
  const of = scene.ofVm(vm);
  if (before.version !== after.version && before.version && after.version) {
    scene.add('VmUpgradingEvent', { ...of, version: after.version });
    scene.add('VmUpgradeCompleteEvent', { ...of, version: after.version });
  }
  const old = macsOf(before);
  for (const [key, nic] of macsOf(after)) {
    const was = old.get(key);
    if (!was) {
      if (nic.addressType !== 'manual') scene.add('VmMacAssignedEvent', { ...of, adapter: labelOf(nic), mac: nic.macAddress! });
    } else if (was.macAddress !== nic.macAddress) scene.add('VmMacChangedEvent', { ...of, adapter: labelOf(nic), oldMac: was.macAddress!, newMac: nic.macAddress! });
  }
  if (before.uuid !== after.uuid && after.uuid) scene.add('VmUuidChangedEvent', { ...of, oldUuid: before.uuid ?? '', newUuid: after.uuid });
  if (scene.method === 'ReconfigVM_Task') {
    const configSpec = (scene.cause?.args?.['spec'] ?? { _type: 'VirtualMachineConfigSpec' }) as VirtualMachineConfigSpec;
    scene.add('VmReconfiguredEvent', { ...of, configSpec, configChanges: describeChanges(before, after, 'config', STAMPS) });
  }
}

function changed(scene: Scene, vm: Ref, before: Props, after: Props): void {
  if (before['name'] !== after['name']) scene.add('VmRenamedEvent', { ...scene.ofVm(vm), oldName: String(before['name']), newName: String(after['name']) });
  configured(scene, vm, configOf(before), configOf(after));
  moved(scene, vm, before, after);
  pooled(scene, vm, before, after);
  const [was, is] = [runtimeOf(before), runtimeOf(after)];
  power(scene, vm, was, is);
  if (was.connectionState !== is.connectionState) {
    if (is.connectionState === 'connected') scene.add('VmConnectedEvent', scene.ofVm(vm));
    else if (was.connectionState === 'connected') scene.add('VmDisconnectedEvent', scene.ofVm(vm));
  }
  if (before['_customization'] !== undefined && after['_customization'] === undefined && is.powerState === 'poweredOn') {
    scene.add('CustomizationStartedEvent', scene.ofVm(vm));
    scene.add('CustomizationSucceeded', scene.ofVm(vm));
  }
}

export const vmRules: readonly EventRule[] = [
  {
    type: 'VirtualMachine',
    created,
    changed,
    removed: (scene, vm) => scene.add('VmRemovedEvent', scene.ofVm(vm)),
    inputs: ['name', 'config', 'runtime', 'resourcePool', '_home', '_customization'],
  },
];
