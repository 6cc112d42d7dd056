// VirtualApp: its configuration, and power over what is in it. Children and resources are ResourcePool's.
import {
  fault, type ManagedObjectReference, type ResourceConfigSpec, type VAppCloneSpec, type VAppConfigInfo, type VAppConfigSpec, type VAppEntityConfigInfo, type VirtualAppLinkInfo,
  type VirtualDeviceConfigSpec, type VirtualEthernetCard, type VirtualMachineConfigInfo,
} from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Rule } from '../store/derive.ts';
import type { Transaction } from '../store/transaction.ts';
import { requireRoom, reservationOf } from './admission.ts';
import { createVApp, mergeVAppConfig } from './compute-create.ts';
import { childNamed, datacenterOf } from './entity.ts';
import { checkNewPool, destroyWithContents, newPoolName } from './resource-pool.ts';
import { exportVApp } from './ovf/export.ts';
import { isFamily } from './virtual-machine/device-types.ts';
import { cloneVirtualMachine, requireObjects } from './virtual-machine/clone.ts';
import { unregisterVirtualMachine } from './virtual-machine/destroy.ts';
import { setPower } from './virtual-machine/power.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const list = (tx: Transaction, ref: Ref, path: string): Refs => (tx.get(ref, path) ?? []) as Refs;

const DEFAULT_ENTITY = Object.freeze({
  startDelay: 120, waitingForGuest: false, startAction: 'powerOn', stopDelay: 120, stopAction: 'powerOff', destroyWithParent: false,
});

/** What a vApp says of its children follows them: a new one starts last. */
const entitiesFollow: Rule = {
  type: 'VirtualApp',
  inputs: ['vm', 'resourcePool', 'vAppConfig'],
  derive(props, read) {
    const config = props['vAppConfig'] as VAppConfigInfo;
    const old = config.entityConfig ?? [];
    const children = [...((props['vm'] ?? []) as Refs), ...((props['resourcePool'] ?? []) as Refs).filter((ref) => ref.type === 'VirtualApp')];
    let last = old.reduce((most, entity) => Math.max(most, entity.startOrder ?? 0), 0);
    const entities = children.map((key) => old.find((entity) => entity.key?.value === key.value)
      ?? { ...DEFAULT_ENTITY, key, tag: String(read(key)?.['name'] ?? ''), startOrder: (last += 1) });
    if (entities.length === old.length && entities.every((entity, i) => entity === old[i])) return undefined;
    return { vAppConfig: { ...config, entityConfig: entities } };
  },
};

interface Child {
  readonly ref: Ref;
  readonly entity: VAppEntityConfigInfo | undefined;
}

/** The machines of a vApp and of the vApps and pools in it, in start order. */
function machines(tx: Transaction, pool: Ref): Child[] {
  const entities = (tx.get(pool, 'vAppConfig') as VAppConfigInfo | undefined)?.entityConfig ?? [];
  const children = [...list(tx, pool, 'vm'), ...list(tx, pool, 'resourcePool')].map((ref) => ({ ref, entity: entities.find((entity) => entity.key?.value === ref.value) }));
  const order = (child: Child) => child.entity?.startOrder ?? Number.MAX_SAFE_INTEGER;
  return children.sort((a, b) => order(a) - order(b)).flatMap((child) => (child.ref.type === 'VirtualMachine' ? [child] : machines(tx, child.ref)));
}

const powerOf = (tx: Transaction, vm: Ref): string => String(tx.get(vm, 'runtime.powerState'));

function mustBe({ tx, self }: TransactionContext, state: 'started' | 'stopped', method: string): void {
  const existing = tx.get(self.ref, 'summary.vAppState') as 'started' | 'stopped';
  if (existing === state) return;
  const why = `The vApp '${String(tx.get(self.ref, 'name'))}' is ${existing}: ${method} needs one that is ${state}.`;
  // Clients that only want it to be on or off overlook a fault of its power, and no other.
  const requestedState = POWER[method];
  throw requestedState === undefined ? fault('InvalidState', {}, why) : fault('InvalidPowerState', { requestedState, existingState: existing === 'started' ? 'poweredOn' : 'poweredOff' }, why);
}

/** What the power operations lead to. */
const POWER: Readonly<Record<string, 'poweredOn' | 'poweredOff' | 'suspended'>> = { 'power on': 'poweredOn', 'power off': 'poweredOff', suspend: 'suspended' };

function powerOn(ctx: TransactionContext): void {
  const { sim, tx, self } = ctx;
  const starting = machines(tx, self.ref).filter(({ ref, entity }) => powerOf(tx, ref) !== 'poweredOn' && entity?.startAction !== 'none' && tx.get(ref, 'config.template') !== true);
  if (machines(tx, self.ref).length > 0) mustBe(ctx, 'stopped', 'power on');
  // What they reserve together: each alone would be admitted, the sums follow only with the commit.
  const wanted = starting.map(({ ref }) => reservationOf(tx, ref)).reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), { cpu: 0, memory: 0 });
  requireRoom(tx, self.ref, wanted);
  for (const { ref } of starting) setPower(sim, tx, ref, 'poweredOn');
}

/** In reverse order. Without force each machine is stopped as it is configured to be. */
function powerOff(ctx: TransactionContext, force: boolean): void {
  const { sim, tx, self } = ctx;
  const suspended = machines(tx, self.ref).filter(({ ref }) => powerOf(tx, ref) === 'suspended');
  if (!force || suspended.length === 0) mustBe(ctx, 'started', 'power off');
  for (const { ref, entity } of machines(tx, self.ref).reverse()) {
    const action = force ? 'powerOff' : (entity?.stopAction ?? 'powerOff');
    const state = powerOf(tx, ref);
    if (action === 'none' || state === 'poweredOff' || (state === 'suspended' && !force)) continue;
    setPower(sim, tx, ref, action === 'suspend' ? 'suspended' : 'poweredOff');
  }
}

const ACTIONS = { startAction: ['none', 'powerOn'], stopAction: ['none', 'powerOff', 'guestShutdown', 'suspend'] } as const;

function checkEntities(tx: Transaction, vApp: Ref, entities: readonly VAppEntityConfigInfo[]): void {
  const children = new Set([...list(tx, vApp, 'vm'), ...list(tx, vApp, 'resourcePool')].map((ref) => ref.value));
  entities.forEach((entity, i) => {
    const wrong = (field: string, why: string) => fault('InvalidArgument', { invalidProperty: `spec.entityConfig[${i}].${field}` }, why);
    if (!entity.key || !children.has(entity.key.value)) throw wrong('key', `'${entity.key?.value ?? ''}' is not in the vApp '${String(tx.get(vApp, 'name'))}'.`);
    for (const field of ['startAction', 'stopAction'] as const) {
      const value = entity[field];
      if (value !== undefined && !(ACTIONS[field] as readonly string[]).includes(value)) throw wrong(field, `'${value}' is no ${field}; use ${ACTIONS[field].join(', ')}.`);
    }
    for (const field of ['startOrder', 'startDelay', 'stopDelay'] as const) if ((entity[field] ?? 0) < 0) throw wrong(field, `${field} is ${entity[field]}; it cannot be negative.`);
  });
}

function updateConfig({ sim, tx, self }: TransactionContext, spec: VAppConfigSpec): void {
  const old = tx.get(self.ref, 'vAppConfig') as VAppConfigInfo;
  checkEntities(tx, self.ref, spec.entityConfig ?? []);
  const given = spec.entityConfig ?? [];
  const entityConfig = (old.entityConfig ?? []).map((entity) => ({ ...entity, ...given.find((change) => change.key!.value === entity.key!.value) }));
  tx.set(self.ref, 'vAppConfig', mergeVAppConfig(sim, { ...spec, entityConfig }, old));
}

/** Adds, changes and removes links: machines and vApps that belong to the vApp and have their resources elsewhere. */
function updateLinks({ tx, self }: TransactionContext, add: readonly VirtualAppLinkInfo[], remove: Refs): void {
  const name = String(tx.get(self.ref, 'name'));
  let links = (tx.get(self.ref, 'childLink') ?? []) as readonly VirtualAppLinkInfo[];
  for (const key of remove) {
    if (!links.some((link) => link.key.value === key.value)) throw fault('InvalidArgument', { invalidProperty: 'removeSet' }, `'${key.value}' is no linked child of '${name}'.`);
    links = links.filter((link) => link.key.value !== key.value);
    if (tx.has(key)) tx.set(key, 'parentVApp', undefined);
  }
  for (const { key, destroyWithParent } of add) {
    const wrong = (why: string) => fault('InvalidArgument', { invalidProperty: 'addChangeSet' }, `${key.type} '${key.value}' cannot be linked to '${name}': ${why}.`);
    if (!tx.has(key) || (key.type !== 'VirtualMachine' && key.type !== 'VirtualApp')) throw wrong('only machines and vApps that exist can be');
    if (key.value === self.ref.value) throw wrong('it is itself');
    const parent = tx.get(key, 'parentVApp') as Ref | undefined;
    const known = links.some((link) => link.key.value === key.value);
    const pool = tx.get(key, key.type === 'VirtualMachine' ? 'resourcePool' : 'parent') as Ref | undefined;
    if (pool?.value === self.ref.value || (!known && parent !== undefined)) throw wrong('it belongs to a vApp already');
    links = [...links.filter((link) => link.key.value !== key.value), { _type: 'VirtualAppLinkInfo', key, destroyWithParent: destroyWithParent ?? false } as VirtualAppLinkInfo];
    if (key.type === 'VirtualApp') tx.set(key, 'parentVApp', self.ref);
  }
  tx.set(self.ref, 'childLink', links);
}

/** A name that is free in the folder: the wanted one, or with a number. */
function freeName(tx: Transaction, folder: Ref, wanted: string): string {
  for (let n = 0; ; n++) {
    const name = n === 0 ? wanted : `${wanted} (${n})`;
    if (!childNamed(tx, folder, name)) return name;
  }
}

/** Copies a vApp with all that is in it. Throws the faults of CloneVApp_Task; nothing is then left behind. */
function clone(ctx: TransactionContext, source: Ref, name: string, target: Ref, spec: VAppCloneSpec): Ref {
  const { sim, tx } = ctx;
  requireObjects(tx, target, spec.location, spec.host, spec.vmFolder, ...(spec.networkMapping ?? []).flatMap((pair) => [pair.source, pair.destination]));
  const { entity: _e, changeVersion: _c, lastModified: _l, ...kept } = tx.get(source, 'config') as ResourceConfigSpec;
  const resourceSpec = spec.resourceSpec ?? kept;
  checkNewPool(tx, target, resourceSpec);
  const config = tx.get(source, 'vAppConfig') as VAppConfigInfo;
  const folder = spec.vmFolder ?? (tx.get(datacenterOf(tx, target)!, 'vmFolder') as Ref);
  const copy = createVApp(sim, tx, target, newPoolName(tx, target, name), resourceSpec, { annotation: config.annotation } as VAppConfigSpec, target.type === 'VirtualApp' ? undefined : folder);
  const entities: VAppEntityConfigInfo[] = [];
  for (const { ref, entity } of [...list(tx, source, 'vm'), ...list(tx, source, 'resourcePool')].map((ref) => ({ ref, entity: config.entityConfig?.find((e) => e.key?.value === ref.value) }))) {
    const made = ref.type === 'VirtualMachine' ? cloneMachine(ctx, ref, copy, folder, spec) : ref.type === 'VirtualApp' ? clone(ctx, ref, String(tx.get(ref, 'name')), copy, { ...spec, resourceSpec: undefined }) : undefined;
    if (made && entity) entities.push({ ...entity, key: made });
  }
  const { product, property, ipAssignment, eula, ovfSection } = config;
  const properties = property?.map((each) => {
    const given = spec.property?.find((pair) => pair.key === each.id);
    return given ? { ...each, value: given.value } : each;
  });
  tx.set(copy, 'vAppConfig', { ...(tx.get(copy, 'vAppConfig') as VAppConfigInfo), product, property: properties, ipAssignment, eula, ovfSection, entityConfig: entities });
  return copy;
}

function cloneMachine({ sim, tx }: TransactionContext, vm: Ref, vApp: Ref, folder: Ref, spec: VAppCloneSpec): Ref {
  const mapped = spec.resourceMapping?.find((map) => map.source.value === vm.value);
  const deviceChange = (spec.networkMapping ?? []).length === 0 ? [] : remapped(tx, vm, spec);
  return cloneVirtualMachine(sim, tx, vm, folder, freeName(tx, folder, String(tx.get(vm, 'name'))), {
    location: { datastore: mapped?.location ?? spec.location, pool: vApp, host: spec.host }, template: false, powerOn: false,
    ...(deviceChange.length > 0 ? { config: { deviceChange } } : {}),
  });
}

/** Changes that plug the adapters of a copy into the networks that the mapping names. */
function remapped(tx: Transaction, vm: Ref, spec: VAppCloneSpec): VirtualDeviceConfigSpec[] {
  const devices = (tx.get(vm, 'config') as VirtualMachineConfigInfo).hardware.device ?? [];
  return devices.filter((device) => isFamily(device, 'nic')).flatMap((device) => {
    const backing = device.backing as { network?: Ref; port?: { portgroupKey?: string } } | undefined;
    const current = backing?.network?.value ?? backing?.port?.portgroupKey;
    const to = spec.networkMapping?.find((pair) => pair.source.value === current)?.destination;
    if (!to) return [];
    const fresh = to.type === 'DistributedVirtualPortgroup'
      ? { _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port: { switchUuid: tx.get(tx.get(to, 'config.distributedVirtualSwitch') as Ref, 'uuid'), portgroupKey: to.value } }
      : { _type: 'VirtualEthernetCardNetworkBackingInfo', network: to, deviceName: String(tx.get(to, 'name')) };
    return [{ operation: 'edit' as const, device: { ...device, backing: fresh } as unknown as VirtualEthernetCard }];
  });
}

export const virtualApp = define('VirtualApp', {
  UpdateVAppConfig(ctx, { spec }) {
    updateConfig(ctx, spec);
  },
  ExportVApp: exportVApp,
  UpdateLinkedChildren(ctx, { addChangeSet = [], removeSet = [] }) {
    updateLinks(ctx, addChangeSet, removeSet);
  },
  CloneVApp_Task: {
    task(ctx, { name, target, spec }) {
      mustBe(ctx, 'stopped', 'cloning');
      return clone(ctx, ctx.self.ref, name, target, spec);
    },
  },
  PowerOnVApp_Task: {
    task(ctx) {
      powerOn(ctx);
    },
  },
  PowerOffVApp_Task: {
    task(ctx, { force }) {
      powerOff(ctx, force);
    },
  },
  SuspendVApp_Task: {
    task(ctx) {
      const { sim, tx, self } = ctx;
      mustBe(ctx, 'started', 'suspend');
      for (const { ref } of machines(tx, self.ref).reverse()) if (powerOf(tx, ref) === 'poweredOn') setPower(sim, tx, ref, 'suspended');
    },
  },
  unregisterVApp_Task: {
    task(ctx) {
      mustBe(ctx, 'stopped', 'unregister');
      for (const { ref } of machines(ctx.tx, ctx.self.ref)) unregisterVirtualMachine(ctx.tx, ref);
      destroyWithContents(ctx, ctx.self.ref);
    },
  },
  Destroy_Task: {
    task(ctx) {
      destroyWithContents(ctx, ctx.self.ref);
    },
  },
}, { rules: [entitiesFollow] });
