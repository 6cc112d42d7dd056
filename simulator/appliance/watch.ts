// The life of VIC guests: they boot when their machine is powered on and fall silent when it is powered off.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';
import { kindOf, leasesOf, reportAppliance, runContainer, writeBack, type Kind } from './boot.ts';
import { isReporting, silence } from './guest.ts';
import { launched, networksUp } from './guest-writeback.ts';
import type { Component } from './vch-keys.ts';

/** Components in the order in which an appliance starts them. */
const LAUNCH_ORDER: readonly Component[] = ['vicadmin', 'docker-personality', 'port-layer'];

const isOn = (props: Props): boolean => (props['runtime'] as { powerState?: string } | undefined)?.powerState === 'poweredOn';
const isOff = (props: Props): boolean => (props['runtime'] as { powerState?: string } | undefined)?.powerState === 'poweredOff';

/**
 * Lets VIC machines follow their power state from now on. Each step is a commit of its own, so that whoever waits
 * sees addresses first and then one component after the other. Returns what ends it.
 */
export function watchAppliances(sim: Simulation): () => void {
  const { store, clock, log } = sim;
  const ending = new AbortController();
  const booting = new Set<string>();
  const current = (vm: ManagedObjectReference): Props | undefined => store.get(vm)?.props;
  const step = (vm: ManagedObjectReference, work: (tx: Transaction) => void, next?: () => void) =>
    clock.after(0, () => {
      const props = current(vm);
      if (ending.signal.aborted || props === undefined || !isOn(props)) {
        booting.delete(vm.value);
        if (props !== undefined) follow(vm);
        return;
      }
      store.transaction(work);
      if (next) next();
      else booting.delete(vm.value);
    });
  const boot = (vm: ManagedObjectReference, kind: Kind) => {
    booting.add(vm.value);
    if (kind === 'container') {
      step(vm, (tx) => runContainer(tx, vm));
      return;
    }
    const launch = (rest: readonly Component[]): void => {
      const [component, ...later] = rest;
      if (component) step(vm, (tx) => writeBack(tx, vm, launched(component)), later.length > 0 ? () => launch(later) : undefined);
    };
    step(vm, (tx) => {
      const leases = leasesOf(tx, vm);
      writeBack(tx, vm, networksUp(leases));
      reportAppliance(tx, vm, leases);
    }, () => launch(LAUNCH_ORDER));
  };
  const follow = (vm: ManagedObjectReference): void => {
    const props = current(vm);
    if (props === undefined) return;
    if (isOff(props) && isReporting(props)) {
      if (kindOf(vm, props)) store.transaction((tx) => silence(tx, vm));
    } else if (isOn(props) && !isReporting(props) && !booting.has(vm.value)) {
      const kind = kindOf(vm, props);
      if (kind) boot(vm, kind);
    }
  };
  const machinesSince = (version: number): Iterable<ManagedObjectReference> => {
    if (version < store.journal.oldest) return [...store.ofType('VirtualMachine')].map(({ ref }) => ref);
    const seen = new Map<string, ManagedObjectReference>();
    for (const { changes } of store.journal.since(version)) {
      for (const { ref, kind, paths } of changes) {
        if (ref.type !== 'VirtualMachine' || kind === 'remove') continue;
        if (kind === 'create' || paths.some((path) => path.startsWith('runtime'))) seen.set(ref.value, ref);
      }
    }
    return seen.values();
  };
  const watch = async (): Promise<void> => {
    let version = store.version;
    while (await store.watch.after(version, ending.signal)) {
      const since = version;
      version = store.version;
      for (const vm of machinesSince(since)) follow(vm);
    }
  };
  watch().catch((error: unknown) => log.write('error', `the simulated guests of VIC stopped: ${String(error)}`));
  return () => ending.abort();
}
