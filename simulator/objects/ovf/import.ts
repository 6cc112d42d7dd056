// ImportVApp: machines and vApps from a specification, with disks that wait for their content.
import {
  fault, type ImportSpec, type ManagedObjectReference, type VAppConfigInfo, type VAppEntityConfigInfo, type VirtualAppImportSpec, type VirtualMachineImportSpec,
} from '../../../core/vim25/index.ts';
import type { TransactionContext } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { createVApp } from '../compute-create.ts';
import { assertFreeName, datacenterOf, validName } from '../entity.ts';
import { checkCreateSpec, createVirtualMachine } from '../virtual-machine/create.ts';
import { isFamily } from '../virtual-machine/device-types.ts';
import { importDevices } from './devices.ts';
import { openLease, type LeaseDevice, type Ready } from './leases.ts';

type Ref = ManagedObjectReference;

/** What the pool's own rules add: checks of a new vApp, which its file knows. */
export interface PoolRules {
  newPoolName(tx: Transaction, parent: Ref, name: string): string;
  checkNewPool(tx: Transaction, parent: Ref, spec: VirtualAppImportSpec['resourcePoolSpec']): void;
}

interface Target {
  readonly pool: Ref;
  readonly folder: Ref | undefined;
  readonly host: Ref | undefined;
}

interface Work {
  readonly sim: Simulation;
  readonly tx: Transaction;
  readonly rules: PoolRules;
  readonly devices: LeaseDevice[];
}

const isVApp = (spec: ImportSpec): spec is VirtualAppImportSpec => (spec as { _type?: string })._type === 'VirtualAppImportSpec';

/**
 * Checks what can be checked and opens the lease that makes the rest. Throws DuplicateName, InvalidName, InvalidFolder,
 * InvalidArgument; what comes out later is the lease's error.
 */
export function importVApp({ sim, tx, self, session }: TransactionContext, spec: ImportSpec, folder: Ref | undefined, host: Ref | undefined, rules: PoolRules): Ref {
  const target = { pool: self.ref, folder, host };
  checkTarget(sim, tx, spec, target);
  return openLease(sim, tx, 'import', { userName: session.userName, method: 'ImportVApp' }, (inner): Ready => {
    if (!inner.has(self.ref)) throw fault('ManagedObjectNotFound', { obj: self.ref }, `The object 'vim.${self.ref.type}:${self.ref.value}' has already been deleted or has not been completely created`);
    const devices: LeaseDevice[] = [];
    const entity = make({ sim, tx: inner, rules, devices }, spec, target, '');
    return { entity, devices, made: [entity] };
  });
}

function checkTarget(sim: Simulation, tx: Transaction, spec: ImportSpec, { pool, folder }: Target): void {
  const kind = (spec as { _type?: string })._type;
  if (kind !== 'VirtualMachineImportSpec' && kind !== 'VirtualAppImportSpec') {
    throw fault('InvalidArgument', { invalidProperty: 'spec' }, `A specified parameter was not correct: spec (${kind ?? 'ImportSpec'}; it must be a VirtualMachineImportSpec or a VirtualAppImportSpec)`);
  }
  if (isVApp(spec) && sim.product === 'esxi') throw fault('NotSupported', {}, 'A standalone ESXi host has no vApps.');
  const name = validName(isVApp(spec) ? spec.name : checkCreateSpec((spec as VirtualMachineImportSpec).configSpec));
  const inVApp = pool.type === 'VirtualApp';
  if (folder && inVApp) throw fault('InvalidFolder', { target: folder }, 'What is imported into a vApp is in no folder.');
  if (folder && !((tx.get(folder, 'childType') ?? []) as readonly string[]).includes('VirtualMachine')) {
    throw fault('InvalidFolder', { target: folder }, `The folder '${String(tx.get(folder, 'name'))}' takes no virtual machines.`);
  }
  const where = inVApp ? undefined : (folder ?? (tx.get(datacenterOf(tx, pool)!, 'vmFolder') as Ref));
  if (where) assertFreeName(tx, where, name);
  if (isVApp(spec)) assertFreeName(tx, pool, name);
  if (inVApp) for (const vm of (tx.get(pool, 'vm') ?? []) as readonly Ref[]) if (tx.get(vm, 'name') === name) throw fault('DuplicateName', { name, object: vm }, `The name '${name}' already exists.`);
}

function make(work: Work, spec: ImportSpec, target: Target, above: string): Ref {
  return isVApp(spec) ? makeVApp(work, spec, target, above) : makeMachine(work, spec as VirtualMachineImportSpec, target, above);
}

function makeMachine({ sim, tx, devices }: Work, { configSpec, resPoolEntity }: VirtualMachineImportSpec, { pool, folder, host }: Target, above: string): Ref {
  const name = checkCreateSpec(configSpec);
  const inVApp = pool.type === 'VirtualApp';
  const linked = inVApp && resPoolEntity !== undefined && resPoolEntity.value !== pool.value;
  const vm = createVirtualMachine(sim, tx, {
    name, pool: linked ? resPoolEntity : pool, host, spec: configSpec, ...(inVApp && !linked ? { vApp: pool } : {}), ...(folder && !inVApp ? { folder } : {}),
  });
  if (linked) {
    tx.set(pool, 'childLink', [...((tx.get(pool, 'childLink') ?? []) as readonly object[]), { _type: 'VirtualAppLinkInfo', key: vm, destroyWithParent: false }]);
  }
  const attached = (configSpec.deviceChange ?? []).filter(({ device, fileOperation }) => device && isFamily(device, 'disk') && fileOperation !== 'create');
  const names = new Set(attached.map(({ device }) => (device!.backing as { fileName?: string } | undefined)?.fileName ?? ''));
  devices.push(...importDevices(tx, vm, `${above}/${name}`, names, devices.length));
  return vm;
}

function makeVApp(work: Work, spec: VirtualAppImportSpec, { pool, folder, host }: Target, above: string): Ref {
  const { sim, tx, rules } = work;
  rules.checkNewPool(tx, pool, spec.resourcePoolSpec);
  const name = rules.newPoolName(tx, pool, spec.name);
  const { entityConfig: _own, ...config } = spec.vAppConfigSpec;
  const vApp = createVApp(sim, tx, pool, name, spec.resourcePoolSpec, config, pool.type === 'VirtualApp' ? undefined : folder);
  const entities: VAppEntityConfigInfo[] = [];
  for (const child of spec.child ?? []) {
    const made = make(work, child, { pool: vApp, folder: undefined, host }, `${above}/${spec.name}`);
    entities.push({ startOrder: entities.length + 1, ...DEFAULTS, ...child.entityConfig, tag: String(tx.get(made, 'name')), key: made });
  }
  tx.set(vApp, 'vAppConfig', { ...(tx.get(vApp, 'vAppConfig') as VAppConfigInfo), entityConfig: entities });
  return vApp;
}

const DEFAULTS = { startDelay: 120, waitingForGuest: false, startAction: 'powerOn', stopDelay: 120, stopAction: 'powerOff', destroyWithParent: false };
