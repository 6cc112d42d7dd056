// The checkers ask what a migration, clone, power-on or configuration would meet, without doing it. They use the plans
// of the operations themselves, so that answer and operation cannot differ.
import { Fault, typed, type CheckResult, type ManagedObjectReference, type VirtualMachineConfigInfo, type VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';
import { initialConfig, applyConfigSpec } from './config.ts';
import { hostRefusal } from '../admission.ts';
import { planClone } from './clone.ts';
import { defaultHardwareVersion } from './guest-os.ts';
import { planInstantClone } from './instant-clone.ts';
import { ownerOf, requireUsable } from './placement.ts';
import { planRelocation, type Relocation } from './relocate.ts';

type Ref = ManagedObjectReference;

/** The faults that the work reports or throws, as a CheckResult has them. */
function result(vm: Ref | undefined, host: Ref | undefined, work: () => Partial<Pick<Relocation, 'errors' | 'warnings' | 'host'>> | void): CheckResult {
  let found: ReturnType<typeof work>;
  try {
    found = work();
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    found = { errors: [error] };
  }
  const localized = (faults: readonly Fault[] | undefined) => (faults?.length ? faults.map((fault) => fault.localized()) : undefined);
  return { _type: 'CheckResult', vm, host: host ?? found?.host, error: localized(found?.errors), warning: localized(found?.warnings) } as CheckResult;
}

/** A list as TaskInfo.result, which is an anyType, must have it. */
const listed = (results: readonly CheckResult[]): readonly CheckResult[] => typed('ArrayOfCheckResult', results) as unknown as readonly CheckResult[];

/** The hosts in question: one, those of a pool, or the machine's own. */
function candidates({ tx }: TransactionContext, vm: Ref | undefined, host: Ref | undefined, pool: Ref | undefined): readonly Ref[] {
  if (host) return [host];
  if (pool) return (tx.get(ownerOf(tx, pool), 'host') ?? []) as readonly Ref[];
  return vm ? [tx.get(vm, 'runtime.host') as Ref] : [];
}

/** The pool that a machine would have on a host: its own where it can stay, else the host's root pool. */
function poolOn({ tx }: TransactionContext, vm: Ref, host: Ref): Ref | undefined {
  const pool = tx.get(vm, 'resourcePool') as Ref | undefined;
  const parent = tx.get(host, 'parent') as Ref | undefined;
  return pool && (tx.get(pool, 'owner') as Ref).value === parent?.value ? pool : parent && (tx.get(parent, 'resourcePool') as Ref);
}

const ofMachine = (_: unknown, args: { readonly vm?: Ref }): Ref | undefined => args.vm;

export const provisioningChecker = define('VirtualMachineProvisioningChecker', {
  QueryVMotionCompatibilityEx_Task: {
    task: (ctx, { vm, host }) => listed(vm.flatMap((machine) => host.map((candidate) =>
      result(machine, candidate, () => planRelocation(ctx.sim, ctx.tx, machine, { host: candidate, pool: poolOn(ctx, machine, candidate) }))))),
  },
  CheckMigrate_Task: {
    entity: ofMachine,
    task: (ctx, { vm, host, pool }) => listed(candidates(ctx, vm, host, pool).map((candidate) => result(vm, candidate, () => planRelocation(ctx.sim, ctx.tx, vm, { host: candidate, pool })))),
  },
  CheckRelocate_Task: { entity: ofMachine, task: (ctx, { vm, spec }) => listed([result(vm, spec.host, () => planRelocation(ctx.sim, ctx.tx, vm, spec))]) },
  CheckClone_Task: {
    entity: ofMachine,
    task: (ctx, { vm, folder, name, spec }) => listed([result(vm, spec.location.host, () => ({ host: planClone(ctx.sim, ctx.tx, vm, folder, name, spec).host }))]),
  },
  CheckInstantClone_Task: {
    entity: ofMachine,
    task: (ctx, { vm, spec }) => listed([result(vm, spec.location.host, () => planInstantClone(ctx.sim, ctx.tx, vm, spec))]),
  },
});

/** Throws what is wrong with a configuration spec for a machine, or for a new one. */
function checkConfig({ sim, tx }: TransactionContext, vm: Ref | undefined, spec: VirtualMachineConfigSpec): void {
  const fresh = () => initialConfig({ name: spec.name ?? '', version: defaultHardwareVersion(sim.about.apiVersion), uuid: '', instanceUuid: '', now: sim.clock.now() });
  applyConfigSpec(vm ? (tx.get(vm, 'config') as VirtualMachineConfigInfo) : fresh(), spec);
}

export const compatibilityChecker = define('VirtualMachineCompatibilityChecker', {
  CheckCompatibility_Task: {
    entity: ofMachine,
    task: (ctx, { vm, host, pool }) => listed(candidates(ctx, vm, host, pool).map((candidate) =>
      result(vm, candidate, () => planRelocation(ctx.sim, ctx.tx, vm, { host: candidate, pool: pool ?? poolOn(ctx, vm, candidate) })))),
  },
  CheckVmConfig_Task: {
    entity: ofMachine,
    task: (ctx, { spec, vm, host, pool }) => {
      const hosts = candidates(ctx, vm, host, pool);
      return listed((hosts.length > 0 ? hosts : [undefined]).map((candidate) => result(vm, candidate, () => checkConfig(ctx, vm, spec))));
    },
  },
  CheckPowerOn_Task: {
    entity: ofMachine,
    task: (ctx, { vm, host, pool }) => listed(candidates(ctx, vm, host, pool).map((candidate) => result(vm, candidate, () => {
      requireUsable(ctx.tx, candidate);
      const refusal = hostRefusal(ctx.tx, vm, candidate);
      return refusal ? { errors: [refusal] } : undefined;
    }))),
  },
});
