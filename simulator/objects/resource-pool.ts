// ResourcePool: children, configuration, and what follows from them (usage, summary). VirtualApp inherits all of it.
import {
  fault, isSubtype, type ManagedObjectReference, type ResourceAllocationInfo, type ResourceConfigSpec, type VAppConfigSpec,
  type VirtualMachineConfigInfo,
} from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';
import { createPool, createVApp, mergePoolConfig } from './compute-create.ts';
import { demandOf, requireRoom, reservationOf } from './admission.ts';
import { ancestor, assertFreeName, datacenterOf, validName } from './entity.ts';
import { destroyEntity, rename } from './managed-entity.ts';
import { checkCreateSpec, createVirtualMachine } from './virtual-machine/create.ts';
import { importVApp } from './ovf/import.ts';
import { registerVirtualMachine } from './virtual-machine/register.ts';
import { poolRules, poolSums } from './resource-pool-rules.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];
const NONE: Refs = [];
const MB = 1024 ** 2;

const KINDS = ['cpuAllocation', 'memoryAllocation'] as const;

function checkAllocation(kind: (typeof KINDS)[number], value: ResourceAllocationInfo | undefined, complete: boolean): void {
  const wrong = (message: string) => fault('InvalidArgument', { invalidProperty: `spec.${kind}` }, message);
  if (value === undefined) {
    if (complete) throw wrong(`A new pool needs ${kind}.`);
    return;
  }
  const { reservation, limit, shares, expandableReservation } = value;
  if (complete && (reservation === undefined || limit === undefined || shares === undefined || expandableReservation === undefined)) {
    throw wrong(`A new pool needs reservation, expandableReservation, limit and shares in ${kind}.`);
  }
  if (reservation !== undefined && reservation < 0) throw wrong(`The reservation is ${reservation}; it cannot be negative.`);
  if (limit !== undefined && limit < -1) throw wrong(`The limit is ${limit}; it must be -1 (no limit) or more.`);
  if (limit !== undefined && limit >= 0 && reservation !== undefined && limit < reservation) {
    throw wrong(`The limit ${limit} is below the reservation ${reservation}.`);
  }
  if (shares?.level === 'custom' && shares.shares < 1) throw wrong('Custom shares must be 1 or more.');
}

/** The pool above must be able to back what a pool takes more than before. */
function checkRoom(tx: Transaction, parent: Ref, spec: ResourceConfigSpec, old: ResourceConfigSpec | undefined, used: readonly number[] = []): void {
  if (!isSubtype(parent.type, 'ResourcePool')) return;
  const wanted = demandOf(spec, used);
  const before = old ? demandOf(old, used) : { cpu: 0, memory: 0 };
  requireRoom(tx, parent, { cpu: wanted.cpu - before.cpu, memory: wanted.memory - before.memory });
}

/** A reservation that does not expand must cover what is reserved inside already. */
function checkCovered(config: ResourceConfigSpec, used: readonly number[]): void {
  const { cpuAllocation: cpu, memoryAllocation: memory } = config;
  const [mhz = 0, mb = 0] = used;
  if (!cpu.expandableReservation && Number(cpu.reservation) < mhz) {
    throw fault('InsufficientCpuResourcesFault', { unreserved: Number(cpu.reservation), requested: mhz }, `The reservation of ${Number(cpu.reservation)} MHz does not cover the ${mhz} MHz that are reserved in the pool.`);
  }
  if (!memory.expandableReservation && Number(memory.reservation) < mb) {
    throw fault('InsufficientMemoryResourcesFault', { unreserved: Number(memory.reservation) * MB, requested: mb * MB }, `The reservation of ${Number(memory.reservation)} MB does not cover the ${mb} MB that are reserved in the pool.`);
  }
}

export function newPoolName(tx: Transaction, parent: Ref, name: string): string {
  const escaped = validName(name, parent);
  assertFreeName(tx, parent, escaped);
  return escaped;
}

export function checkNewPool(tx: Transaction, parent: Ref, spec: ResourceConfigSpec): void {
  for (const kind of KINDS) checkAllocation(kind, spec[kind], true);
  checkRoom(tx, parent, mergePoolConfig(spec, undefined), undefined);
}

const isRoot = (tx: Transaction, pool: Ref): boolean => !isSubtype((tx.get(pool, 'parent') as Ref).type, 'ResourcePool');

function updateConfig(tx: Transaction, sim: TransactionContext['sim'], pool: Ref, config: ResourceConfigSpec): void {
  if (isRoot(tx, pool)) throw fault('InvalidArgument', { invalidProperty: 'config' }, 'The root resource pool follows its hosts and cannot be configured.');
  const old = tx.get(pool, 'config') as ResourceConfigSpec;
  if (config.changeVersion !== undefined && config.changeVersion !== old.changeVersion) {
    throw fault('ConcurrentAccess', {}, `The pool was changed meanwhile: its changeVersion is ${String(old.changeVersion)}.`);
  }
  const merged = mergePoolConfig(config, old);
  for (const kind of KINDS) checkAllocation(kind, merged[kind], false);
  const used = (tx.get(pool, '_used') ?? []) as readonly number[];
  checkRoom(tx, tx.get(pool, 'parent') as Ref, merged, old, used);
  checkCovered(merged, used);
  const next = String(Number(old.changeVersion) + 1);
  tx.set(pool, 'config', { ...merged, entity: pool, changeVersion: next, lastModified: sim.clock.now() });
}

/** Moves pools, vApps and machines below a pool. */
function moveIn({ tx, self }: TransactionContext, entity: Ref): void {
  if (!tx.has(entity)) throw fault('InvalidArgument', { invalidProperty: 'list' }, `There is no ${entity.type} ${entity.value}.`);
  const name = String(tx.get(entity, 'name'));
  if (entity.type === 'VirtualMachine') {
    const host = tx.get(entity, 'runtime.host') as Ref;
    const owner = tx.get(self.ref, 'owner') as Ref;
    if ((tx.get(host, 'parent') as Ref).value !== owner.value) {
      throw fault('InvalidArgument', { invalidProperty: 'list' }, `Virtual machine '${name}' runs on a host outside '${String(tx.get(owner, 'name'))}': relocate it.`);
    }
    if (tx.get(entity, 'runtime.powerState') === 'poweredOn') requireRoom(tx, self.ref, reservationOf(tx, entity));
    enterVApp(tx, entity, self.ref);
    tx.set(entity, 'resourcePool', self.ref);
    return;
  }
  if (!isSubtype(entity.type, 'ResourcePool')) throw fault('InvalidArgument', { invalidProperty: 'list' }, `'${name}' (${entity.type}) cannot be in a resource pool.`);
  if (isRoot(tx, entity)) throw fault('NotSupported', {}, 'The root resource pool cannot be moved.');
  if (ancestor(tx, self.ref, (ref) => ref.value === entity.value)) throw fault('InvalidArgument', { invalidProperty: 'list' }, `'${name}' cannot be moved into itself or a pool below it.`);
  if ((tx.get(entity, 'owner') as Ref).value !== (tx.get(self.ref, 'owner') as Ref).value) {
    throw fault('InvalidArgument', { invalidProperty: 'list' }, `'${name}' cannot be moved to another host or cluster.`);
  }
  if ((tx.get(entity, 'parent') as Ref).value === self.ref.value) return;
  assertFreeName(tx, self.ref, name, entity);
  requireRoom(tx, self.ref, demandOf(tx.get(entity, 'config') as ResourceConfigSpec, (tx.get(entity, '_used') ?? []) as readonly number[]));
  if (entity.type === 'VirtualApp') moveVApp(tx, entity, self.ref);
  tx.set(entity, 'parent', self.ref);
}

/** A machine that moves into a vApp belongs to it; one that leaves a vApp does no longer. It stays where it is in the folders. */
function enterVApp(tx: Transaction, vm: Ref, pool: Ref): void {
  const vApp = ancestor(tx, pool, (ref) => ref.type === 'VirtualApp');
  const inFolder = tx.get(vm, 'parent') !== undefined;
  tx.set(vm, 'parentVApp', inFolder ? undefined : vApp);
  if (vApp === undefined && !inFolder) tx.set(vm, 'parent', tx.get(datacenterOf(tx, pool)!, 'vmFolder'));
}

/** A vApp in a vApp is in no folder. */
function moveVApp(tx: Transaction, vApp: Ref, into: Ref): void {
  const outer = ancestor(tx, into, (ref) => ref.type === 'VirtualApp');
  tx.set(vApp, 'parentVApp', outer);
  if (outer) tx.set(vApp, 'parentFolder', undefined);
  else if (tx.get(vApp, 'parentFolder') === undefined) tx.set(vApp, 'parentFolder', tx.get(datacenterOf(tx, into)!, 'vmFolder'));
}

/** What a machine may get changed through its pool: its own reservation, limit and shares. */
function updateMachine(tx: Transaction, sim: TransactionContext['sim'], vm: Ref, given: ResourceConfigSpec): void {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const old = { cpuAllocation: config.cpuAllocation!, memoryAllocation: config.memoryAllocation! };
  const merged = { cpuAllocation: { ...old.cpuAllocation, ...given.cpuAllocation }, memoryAllocation: { ...old.memoryAllocation, ...given.memoryAllocation } };
  for (const kind of KINDS) checkAllocation(kind, merged[kind], false);
  if (tx.get(vm, 'runtime.powerState') === 'poweredOn') {
    const more = (kind: (typeof KINDS)[number]) => Number(merged[kind].reservation ?? 0) - Number(old[kind].reservation ?? 0);
    requireRoom(tx, tx.get(vm, 'resourcePool') as Ref, { cpu: more('cpuAllocation'), memory: more('memoryAllocation') });
  }
  tx.set(vm, 'config', { ...config, ...merged, modified: sim.clock.now() });
}

/** Removes a pool; what is in it moves up to its parent. */
function dissolve(tx: Transaction, pool: Ref, into: Ref): void {
  for (const vm of (tx.get(pool, 'vm') ?? NONE) as Refs) tx.set(vm, 'resourcePool', into);
  for (const child of (tx.get(pool, 'resourcePool') ?? NONE) as Refs) tx.set(child, 'parent', into);
  tx.remove(pool);
}

/** Removes all pools below; machines and vApps end up in `into`. */
function flatten(tx: Transaction, pool: Ref, into: Ref): void {
  for (const child of (tx.get(pool, 'resourcePool') ?? NONE) as Refs) {
    if (child.type === 'VirtualApp') {
      tx.set(child, 'parent', into);
      continue;
    }
    flatten(tx, child, into);
    for (const vm of (tx.get(child, 'vm') ?? NONE) as Refs) tx.set(vm, 'resourcePool', into);
    tx.remove(child);
  }
}

/** A vApp's folder must take machines, and be in the datacenter of its pool. */
function mustHoldMachines(tx: Transaction, folder: Ref, pool: Ref): void {
  const childType = (tx.get(folder, 'childType') ?? []) as readonly string[];
  if (!childType.includes('VirtualApp')) throw fault('InvalidFolder', { target: folder }, `The folder '${String(tx.get(folder, 'name'))}' takes no vApps.`);
  if (datacenterOf(tx, folder)?.value !== datacenterOf(tx, pool)?.value) throw fault('InvalidFolder', { target: folder }, `The folder '${String(tx.get(folder, 'name'))}' is in another datacenter.`);
}

/** A vApp that is being made has no children to configure. */
function checkConfigSpec(spec: VAppConfigSpec): void {
  if (spec.entityConfig?.length) throw fault('InvalidArgument', { invalidProperty: 'configSpec.entityConfig' }, 'A new vApp has no children: entityConfig must be empty.');
}

/** Machines of a vApp have names of their own, also where no folder shows them. */
function mustBeNewInVApp(tx: Transaction, vApp: Ref, name: string): void {
  for (const vm of (tx.get(vApp, 'vm') ?? NONE) as Refs) {
    if (tx.has(vm) && tx.get(vm, 'name') === name) throw fault('DuplicateName', { name, object: vm }, `The name '${name}' already exists.`);
  }
}

/** What shares can be; the default of a pool is normal. */
const option = (defaultValue: number) => ({
  sharesOption: { sharesOption: { valueIsReadonly: false, min: 0, max: 1_000_000, defaultValue }, defaultLevel: 'normal' as const },
});

export const resourcePool = define('ResourcePool', {
  CreateResourcePool({ sim, tx, self }, { name, spec }) {
    const escaped = newPoolName(tx, self.ref, name);
    checkNewPool(tx, self.ref, spec);
    return createPool(sim, tx, self.ref, escaped, spec);
  },
  CreateVApp({ sim, tx, self }, { name, resSpec, configSpec, vmFolder }) {
    const escaped = newPoolName(tx, self.ref, name);
    checkNewPool(tx, self.ref, resSpec);
    if (self.ref.type === 'VirtualApp' && vmFolder) throw fault('InvalidFolder', { target: vmFolder }, 'A vApp in a vApp is in no folder.');
    if (sim.product === 'esxi') throw fault('NotSupported', {}, 'A standalone ESXi host has no vApps.');
    const folder = self.ref.type === 'VirtualApp' ? undefined : (vmFolder ?? (tx.get(datacenterOf(tx, self.ref)!, 'vmFolder') as Ref));
    if (vmFolder) mustHoldMachines(tx, vmFolder, self.ref);
    if (folder) assertFreeName(tx, folder, escaped);
    checkConfigSpec(configSpec);
    return createVApp(sim, tx, self.ref, escaped, resSpec, configSpec, folder);
  },
  ImportVApp: (ctx, { spec, folder, host }) => importVApp(ctx, spec, folder, host, { newPoolName, checkNewPool }),
  CreateChildVM_Task: {
    check({ self }) {
      if (self.ref.type !== 'VirtualApp') throw fault('NotSupported', {}, 'Machines are created in a folder (CreateVM_Task) unless they are made in a vApp.');
    },
    task({ sim, tx, self }, { config, host }) {
      mustBeNewInVApp(tx, self.ref, validName(checkCreateSpec(config)));
      return createVirtualMachine(sim, tx, { name: checkCreateSpec(config), vApp: self.ref, pool: self.ref, host, spec: config });
    },
  },
  RegisterChildVM_Task: {
    check({ self }) {
      if (self.ref.type !== 'VirtualApp') throw fault('NotSupported', {}, 'Machines are registered in a folder (RegisterVM_Task) unless they join a vApp.');
    },
    task: ({ sim, tx, self }, { path, name, host }) => registerVirtualMachine(sim, tx, { path, name, pool: self.ref, host }),
  },
  UpdateConfig({ sim, tx, self }, { name, config }) {
    if (config) updateConfig(tx, sim, self.ref, config);
    if (name !== undefined && name !== '') {
      if (isRoot(tx, self.ref)) throw fault('NotSupported', {}, 'The root resource pool cannot be renamed.');
      rename(tx, self.ref, name);
    }
  },
  UpdateChildResourceConfiguration({ sim, tx, self }, { spec }) {
    for (const config of spec) {
      const child = config.entity;
      const property = child?.type === 'VirtualMachine' ? 'resourcePool' : 'parent';
      if (child === undefined || (tx.get(child, property) as Ref | undefined)?.value !== self.ref.value) {
        throw fault('InvalidArgument', { invalidProperty: 'spec.entity' }, `Each configuration must name a direct child of '${String(tx.get(self.ref, 'name'))}' in entity${child ? `; '${child.value}' is none` : ''}.`);
      }
      if (child.type === 'VirtualMachine') updateMachine(tx, sim, child, config);
      else updateConfig(tx, sim, child, config);
    }
  },
  QueryResourceConfigOption: {
    query: () => ({ cpuAllocationOption: option(4000), memoryAllocationOption: option(163_840) }),
  },
  MoveIntoResourcePool(ctx, { list }) {
    for (const entity of list) moveIn(ctx, entity);
  },
  DestroyChildren({ tx, self }) {
    flatten(tx, self.ref, self.ref);
  },
  RefreshRuntime() {},
  Destroy_Task: {
    task(ctx) {
      const { tx, self } = ctx;
      if (isRoot(tx, self.ref)) throw fault('NotSupported', {}, 'The root resource pool cannot be destroyed.');
      dissolve(tx, self.ref, tx.get(self.ref, 'parent') as Ref);
    },
  },
}, {
  relations: [
    { type: 'ResourcePool', path: 'parent', inverse: 'resourcePool', targets: ['ResourcePool'] },
    { type: 'VirtualMachine', path: 'resourcePool', inverse: 'vm', targets: ['ResourcePool'] },
  ],
  rules: poolRules,
  sums: poolSums,
});

/** Destroys everything in a vApp, machines included, then the vApp. */
export function destroyWithContents(ctx: TransactionContext, pool: Ref): void {
  const { tx } = ctx;
  for (const vm of [...((tx.get(pool, 'vm') ?? NONE) as Refs)]) destroyEntity(ctx, vm);
  for (const child of [...((tx.get(pool, 'resourcePool') ?? NONE) as Refs)]) destroyWithContents(ctx, child);
  tx.remove(pool);
}
