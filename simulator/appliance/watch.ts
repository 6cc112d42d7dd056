// The life of VIC guests: they boot when their machine is powered on or reset and fall silent when it is powered off.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import type { Props } from '../store/object.ts';
import type { Transaction } from '../store/transaction.ts';
import { componentsOf, kindOf, launchOf, leasesOf, networksCameUp, runContainer, writeBack, type Kind } from './boot.ts';
import { bootPlanOf, type BootPlan } from './boot-rules.ts';
import { newsSince, type News } from './news.ts';
import { endProcess, performanceOf, write } from './tether/guest.ts';
import { bootOf, followAdapters, isReporting, setBoot, silence } from './guest.ts';

interface Runtime {
  readonly powerState?: string;
  readonly bootTime?: Date;
}

const runtimeOf = (props: Props): Runtime => (props['runtime'] ?? {}) as Runtime;

/** One boot that is under way. */
interface Booting {
  readonly time: number;
  /** Nobody answers its DHCP requests; it goes on asking. */
  waiting: boolean;
  cancel(): void;
}

/**
 * Lets VIC machines follow their power state from now on. Each step is a commit of its own, so that whoever waits
 * sees addresses first and then one component after the other. Returns what ends it.
 */
export function watchAppliances(sim: Simulation): () => void {
  const { store, log } = sim;
  const ending = new AbortController();
  const guests = new Guests(sim);
  const watch = async (): Promise<void> => {
    // A world that was forked or restored may be in the middle of a boot.
    let since = -1;
    do {
      const now = store.version;
      guests.hear(newsSince(store, since));
      since = now;
    } while (await store.watch.after(since, ending.signal));
  };
  watch().catch((error: unknown) => log.write('error', `the simulated guests of VIC stopped: ${String(error)}`));
  return () => {
    ending.abort();
    guests.end();
  };
}

class Guests {
  private readonly sim: Simulation;
  private readonly booting = new Map<string, Booting>();
  private readonly ending = new Map<string, { readonly time: number; cancel(): void }>();

  constructor(sim: Simulation) {
    this.sim = sim;
  }

  end(): void {
    for (const one of [...this.booting.values(), ...this.ending.values()]) one.cancel();
    this.booting.clear();
    this.ending.clear();
  }

  hear(news: News): void {
    for (const vm of news.powered.values()) this.guard(vm, () => this.follow(vm));
    for (const vm of news.reconfigured.values()) {
      const props = this.sim.store.get(vm)?.props;
      if (props && isReporting(props) && bootOf(props)) this.guard(vm, () => void this.sim.store.transaction((tx) => followAdapters(tx, vm)));
    }
    for (const [id, boot] of [...this.booting]) {
      const vm = { type: 'VirtualMachine', value: id };
      if (boot.waiting && (news.networks || news.reconfigured.has(id))) this.guard(vm, () => this.applyNetworks(vm));
    }
  }

  /** A machine whose guest stumbles over its configuration must not take the others along. */
  private guard(vm: ManagedObjectReference, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.forget(vm);
      this.sim.log.write('error', `the simulated guest of ${vm.value} stopped: ${String(error)}`);
    }
  }

  /** Brings a machine's guest in line with its power. */
  private follow(vm: ManagedObjectReference): void {
    const { store } = this.sim;
    const props = store.get(vm)?.props;
    const { powerState, bootTime } = props ? runtimeOf(props) : {};
    const boot = props && bootOf(props);
    if (powerState === 'poweredOn') {
      const time = bootTime?.getTime() ?? 0;
      if (boot?.time?.getTime() === time && boot.done) return this.awaitEnd(vm, props!, time);
      if (boot?.time?.getTime() === time && this.booting.get(vm.value)?.time === time) return;
      const kind = kindOf(vm, props!);
      if (kind) this.boot(vm, kind, bootTime ?? new Date(0));
      return;
    }
    this.forget(vm);
    if (powerState === 'poweredOff' && boot?.time !== undefined) {
      store.transaction((tx) => {
        const { addresses } = boot;
        setBoot(tx, vm, addresses ? { addresses } : {});
        silence(tx, vm);
      });
    }
  }

  private forget(vm: ManagedObjectReference): void {
    this.booting.get(vm.value)?.cancel();
    this.booting.delete(vm.value);
    this.ending.get(vm.value)?.cancel();
    this.ending.delete(vm.value);
  }

  /** A container whose process ends by itself: its machine is powered off in time. */
  private awaitEnd(vm: ManagedObjectReference, props: Props, time: number): void {
    const { store, clock } = this.sim;
    if (this.ending.get(vm.value)?.time === time || kindOf(vm, props) !== 'container') return;
    const { end } = performanceOf(props);
    if (!end) return;
    const { status, afterMilliseconds } = end;
    const cancel = clock.after(Math.max(0, time + afterMilliseconds - clock.now().getTime()), () => this.guard(vm, () => {
      this.ending.delete(vm.value);
      const now = store.get(vm)?.props;
      if (now && runtimeOf(now).powerState === 'poweredOn' && runtimeOf(now).bootTime?.getTime() === time) store.transaction((tx) => endProcess(this.sim, tx, vm, status));
    }));
    this.ending.set(vm.value, { time, cancel });
  }

  private boot(vm: ManagedObjectReference, kind: Kind, time: Date): void {
    this.forget(vm);
    const booting: Booting = { time: time.getTime(), waiting: false, cancel: () => {} };
    this.booting.set(vm.value, booting);
    let plan: BootPlan | undefined;
    this.sim.store.transaction((tx) => {
      // After a reset nothing of the earlier run answers any more.
      if (isReporting(tx.props(vm))) silence(tx, vm);
      setBoot(tx, vm, { ...bootOf(tx.props(vm)), time, done: false });
      plan = bootPlanOf(tx, vm);
    });
    if (kind === 'container') {
      this.step(vm, 0, (tx) => {
        runContainer(tx, vm);
        write(this.sim, tx, vm, performanceOf(tx.props(vm)).output);
        this.finish(tx, vm);
      }, () => this.awaitEnd(vm, this.sim.store.get(vm)!.props, time.getTime()));
    } else this.step(vm, plan!.delay * 1000, undefined, () => this.applyNetworks(vm));
  }

  /** Does a piece of a boot after a while, unless the machine has been powered off, reset or removed by then. */
  private step(vm: ManagedObjectReference, milliseconds: number, work?: (tx: Transaction) => void, next?: () => void): void {
    const { store, clock } = this.sim;
    const booting = this.booting.get(vm.value)!;
    booting.cancel = clock.after(milliseconds, () => this.guard(vm, () => {
      const props = store.get(vm)?.props;
      const current = props && runtimeOf(props).powerState === 'poweredOn' && (runtimeOf(props).bootTime?.getTime() ?? 0) === booting.time;
      if (this.booting.get(vm.value) !== booting || !current) {
        this.booting.delete(vm.value);
        if (props) this.follow(vm);
        return;
      }
      if (work) store.transaction(work);
      next?.();
    }));
  }

  private applyNetworks(vm: ManagedObjectReference): void {
    const { store, log } = this.sim;
    const booting = this.booting.get(vm.value)!;
    let up = false;
    store.transaction((tx) => {
      const leases = leasesOf(tx, vm);
      if (!leases) return;
      networksCameUp(tx, vm, leases);
      up = true;
    });
    if (!up && !booting.waiting) log.write('warn', `the appliance ${String(store.get(vm)!.props['name'])} gets no address on one of its networks and goes on asking`);
    booting.waiting = !up;
    if (up) this.launch(vm, componentsOf(store.get(vm)!.props));
  }

  private launch(vm: ManagedObjectReference, components: readonly string[]): void {
    const [component, ...later] = components;
    this.step(vm, 0, (tx) => {
      const keys = component === undefined ? undefined : launchOf(bootPlanOf(tx, vm), component);
      if (keys) writeBack(tx, vm, keys);
      if (later.length === 0) this.finish(tx, vm);
    }, later.length > 0 ? () => this.launch(vm, later) : undefined);
  }

  private finish(tx: Transaction, vm: ManagedObjectReference): void {
    setBoot(tx, vm, { ...bootOf(tx.props(vm)), done: true });
    tx.afterCommit(() => this.booting.delete(vm.value));
  }
}
