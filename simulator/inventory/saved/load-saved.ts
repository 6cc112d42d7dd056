// Makes a world of a saved inventory: objects under their own ids, internal facts filled in, derived values left to the
// rules. What the world cannot have is left out, and counted.
import { isSubtype, managedType, type HostNetworkInfo, type ManagedObjectReference, type Permission, type VirtualDevice, type VirtualMachineSnapshotInfo } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { initialPermissions } from '../../objects/authorization/permissions.ts';
import { createRoot as createDirectories } from '../../objects/datastore/files.ts';
import { adoptPorts, portOf } from '../../objects/dvs/dvs-ports.ts';
import { SUPPORTED_QUERIES } from '../../objects/datastore-create.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { loadHost } from './load-hosts.ts';
import { loadFiles, loadSnapshots, machineProps } from './load-machines.ts';
import { LoadError, noteSkipped, type SavedInventory, type SavedObject } from './read-saved.ts';
import { completed, makeTemplate, renamed, type Template } from './template.ts';

type Ref = ManagedObjectReference;

/** What the world takes over of the service objects, which it has itself. */
const TAKEN: Readonly<Record<string, readonly string[]>> = {
  CustomFieldsManager: ['field'], ExtensionManager: ['extensionList'], AuthorizationManager: ['roleList'], CustomizationSpecManager: ['info'],
};

/** Properties that tell of what is not loaded: tasks and alarms. */
const FORGOTTEN = ['recentTask', 'declaredAlarmState', 'triggeredAlarmState'];

/** Fills the world. Throws a LoadError when there is no root folder in it. */
export function populateFromSaved(sim: Simulation, tx: Transaction, { objects, skipped }: SavedInventory): void {
  const root = sim.wellKnown['rootFolder']!;
  const { names, all } = withKnownTypes(objects, root);
  if (!all.has(root.value)) throw new LoadError(`there is no root folder (${root.value}) in it: save the whole inventory, without a path`);
  sim.store.ids.advance(highest(all.keys()));
  const template = makeTemplate(sim, tx);
  const loader = new Loader(sim, tx, all, template, skipped);
  loader.entities();
  loader.services(objects, names);
  loader.machines();
  loader.permissions();
  loader.withoutDangling();
}

/** The objects by id, with the type that the simulator has for a distributed switch, and the root folder's own id. */
function withKnownTypes(objects: readonly SavedObject[], root: Ref): { readonly names: ReadonlyMap<string, Ref>; readonly all: ReadonlyMap<string, SavedObject> } {
  const names = new Map<string, Ref>();
  for (const { ref, props } of objects) {
    if (ref.type === 'DistributedVirtualSwitch') names.set(`${ref.type}:${ref.value}`, { type: 'VmwareDistributedVirtualSwitch', value: ref.value });
    const top = (props['content'] as { rootFolder?: Ref } | undefined)?.rootFolder;
    if (top && top.value !== root.value) names.set(`${top.type}:${top.value}`, root);
  }
  const rename = ({ ref, props }: SavedObject): SavedObject => ({ ref: names.get(`${ref.type}:${ref.value}`) ?? ref, props: (names.size === 0 ? props : renamed(props, names)) as Props });
  return { names, all: new Map(objects.map((object) => rename(object)).map((object) => [object.ref.value, object])) };
}

/** The highest number in ids such as vm-42 and group-v3: new ones go on from there. */
function highest(ids: Iterable<string>): number {
  let most = 0;
  for (const id of ids) most = Math.max(most, Number(/^[a-z-]*?(\d{1,9})$/i.exec(id)?.[1] ?? 0));
  return most;
}

class Loader {
  private readonly sim: Simulation;
  private readonly tx: Transaction;
  private readonly all: ReadonlyMap<string, SavedObject>;
  private readonly template: Template;
  private readonly skipped: Map<string, number>;
  private readonly loaded: Ref[] = [];

  constructor(sim: Simulation, tx: Transaction, all: ReadonlyMap<string, SavedObject>, template: Template, skipped: Map<string, number>) {
    this.sim = sim;
    this.tx = tx;
    this.all = all;
    this.template = template;
    this.skipped = skipped;
  }

  entities(): void {
    const machines: SavedObject[] = [];
    for (const object of this.all.values()) {
      const { type } = object.ref;
      if (type === 'HostSystem') {
        loadHost(this.tx, { ...object, props: this.kept(object) }, this.template, this.all);
        this.loaded.push(object.ref);
      } else if (type === 'VirtualMachine') machines.push(object);
      else if (isSubtype(type, 'ManagedEntity')) this.create(object, this.internals(object));
    }
    for (const object of machines) this.create(object, {});
    this.browsers();
  }

  private create({ ref, props }: SavedObject, internal: Props): void {
    const made = { ...completed(this.kept({ ref, props }), this.template.of.get(ref.type)), ...internal };
    this.tx.create(ref.type, ref.value, made);
    this.loaded.push(ref);
  }

  private kept({ props }: SavedObject): Props {
    return Object.fromEntries(Object.entries(props).map(([name, value]) => [name, FORGOTTEN.includes(name) ? [] : value]));
  }

  private internals({ ref, props }: SavedObject): Props {
    const datacenter = this.datacenterOf(ref);
    if (isSubtype(ref.type, 'DistributedVirtualSwitch')) {
      const { _type: _old, ...config } = (props['config'] ?? {}) as { _type?: string };
      const { _type, ...fresh } = (this.template.of.get(ref.type)?.['config'] ?? {}) as { _type?: string };
      const whole = { _type, ...Object.fromEntries(Object.entries(fresh).filter(([name]) => !['uplinkPortgroup', 'host'].includes(name))), uplinkPortgroup: [], host: [], ...config };
      return { config: whole, _datacenter: datacenter, _nextPort: this.nextPort(ref), _standalone: [] };
    }
    if (isSubtype(ref.type, 'Network')) return { _datacenter: datacenter };
    if (ref.type === 'Datastore') return { _datacenter: datacenter, _used: 0 };
    return {};
  }

  /** The first number that no port of the switch has. */
  private nextPort(dvs: Ref): number {
    let next = 0;
    for (const { ref, props } of this.all.values()) {
      if (ref.type !== 'DistributedVirtualPortgroup' || (props['config'] as { distributedVirtualSwitch?: Ref } | undefined)?.distributedVirtualSwitch?.value !== dvs.value) continue;
      for (const port of (props['portKeys'] ?? []) as readonly string[]) if (/^\d{1,9}$/.test(port)) next = Math.max(next, Number(port) + 1);
    }
    return next;
  }

  private datacenterOf(ref: Ref): Ref | undefined {
    let at: Ref | undefined = ref;
    for (let depth = 0; at && at.type !== 'Datacenter' && depth < 100; depth++) at = this.all.get(at.value)?.props['parent'] as Ref | undefined;
    return at;
  }

  /** Datastores get their root directory and their browser, compute resources their environment browser. */
  private browsers(): void {
    const { tx } = this;
    for (const ref of this.loaded) {
      if (ref.type === 'Datastore') {
        createDirectories(tx, ref);
        this.own(ref, 'browser', 'HostDatastoreBrowser', `datastoreBrowser-${ref.value}`, { datastore: [ref], supportedType: SUPPORTED_QUERIES });
      }
      if (isSubtype(ref.type, 'ComputeResource')) this.own(ref, 'environmentBrowser', 'EnvironmentBrowser', `envbrowser-${ref.value.replace(/\D+/g, '')}`, { _owner: ref });
    }
  }

  private own(owner: Ref, property: string, type: string, id: string, props: Props): void {
    const known = this.tx.get(owner, property) as Ref | undefined;
    const ref = known?.type === type ? known : { type, value: id };
    if (!this.tx.has(ref)) this.tx.create(type, ref.value, { ...this.all.get(ref.value)?.props, ...props });
    this.tx.set(owner, property, ref);
  }

  services(objects: readonly SavedObject[], names: ReadonlyMap<string, Ref>): void {
    const { tx, sim } = this;
    for (const { ref, props } of objects) {
      const own = Object.values(sim.wellKnown).find(({ type }) => type === ref.type);
      const taken = own && ref.type !== 'Folder' ? TAKEN[ref.type] : undefined;
      if (own && taken) {
        const found = Object.fromEntries(taken.flatMap((name) => (props[name] === undefined ? [] : [[name, renamed(props[name], names)]])));
        if (Object.keys(found).length > 0) tx.update(own, found);
      } else if (!own && !tx.has(ref) && ref.type !== 'VirtualMachineSnapshot' && !names.has(`${ref.type}:${ref.value}`)) noteSkipped(this.skipped, `objects of type ${ref.type}`);
    }
  }

  /** Machines come last: their files go into the datastores, and their environment browser is that of where they run. */
  machines(): void {
    const { tx, sim } = this;
    for (const vm of this.loaded.filter(({ type }) => type === 'VirtualMachine')) {
      const { props } = this.all.get(vm.value)!;
      const near = new Map(((props['datastore'] ?? []) as readonly Ref[]).filter((ref) => tx.has(ref)).map((ref) => [String(tx.get(ref, 'name')), ref]));
      const datastores = (name: string): Ref | undefined => near.get(name) ?? this.datastoreNear(vm, name);
      const devices = (props['config'] as { hardware?: { device?: readonly VirtualDevice[] } } | undefined)?.hardware?.device ?? [];
      adoptPorts(tx, sim.clock.now(), devices.map(portOf));
      tx.update(vm, machineProps(vm, tx.props(vm) as Props, datastores));
      loadSnapshots(tx, vm, props['snapshot'] as VirtualMachineSnapshotInfo | undefined, this.all);
      loadFiles(sim, tx, vm, ((props['layoutEx'] as { file?: readonly { name: string; type: string; size: number }[] } | undefined)?.file ?? []), datastores, this.skipped);
    }
    for (const ref of this.loaded.filter(({ type }) => type === 'Datastore')) this.keepFreeSpace(ref);
    for (const ref of this.loaded.filter(({ type }) => type === 'HostSystem')) {
      const network = tx.get(tx.get(ref, 'configManager.networkSystem') as Ref, 'networkInfo') as HostNetworkInfo | undefined;
      adoptPorts(tx, sim.clock.now(), [...(network?.vnic ?? []), ...(network?.consoleVnic ?? [])].map(({ spec }) => spec.distributedVirtualPort));
    }
  }

  private datastoreNear(vm: Ref, name: string): Ref | undefined {
    const datacenter = this.datacenterOf(vm)?.value;
    return this.loaded.find((ref) => ref.type === 'Datastore' && this.tx.get(ref, 'name') === name && (datacenter === undefined || this.datacenterOf(ref)?.value === datacenter));
  }

  /** What else is on a datastore was not saved, but takes its room. */
  private keepFreeSpace(datastore: Ref): void {
    const { capacity, freeSpace, uncommitted } = (this.all.get(datastore.value)!.props['summary'] ?? {}) as { capacity?: number; freeSpace?: number; uncommitted?: number };
    if (capacity !== undefined && freeSpace !== undefined) this.tx.set(datastore, '_used', Math.max(0, Number(capacity) - Number(freeSpace)));
    if (uncommitted !== undefined) this.tx.set(datastore, '_promised', Number(uncommitted));
  }

  permissions(): void {
    const { tx, sim } = this;
    const list = this.loaded.flatMap((ref) => ((tx.get(ref, 'permission') ?? []) as readonly Permission[]).map((one) => ({ ...one, _type: 'Permission', entity: ref })));
    const root = sim.wellKnown['rootFolder']!;
    const administered = list.some(({ entity, roleId, propagate }) => entity!.value === root.value && roleId === -1 && propagate);
    const whole = administered ? list : [...initialPermissions(sim), ...list];
    for (const ref of this.loaded) {
      const own = whole.filter(({ entity }) => entity!.value === ref.value);
      if (own.length > 0) tx.set(ref, 'permission', own);
    }
    tx.set(sim.wellKnown['authorizationManager']!, '_permissions', whole);
  }

  /** References to what was not saved lead nowhere: they are left out. */
  withoutDangling(): void {
    const { tx } = this;
    for (const ref of this.loaded) {
      const fields = managedType(ref.type)!.byName;
      for (const [name, value] of Object.entries(tx.props(ref) as Props)) {
        if (fields.get(name)?.kind !== 'managed') continue;
        const found = Array.isArray(value) ? (value as readonly Ref[]).filter((one) => tx.has(one)) : tx.has(value as Ref) ? value : undefined;
        if (Array.isArray(value) ? (found as readonly Ref[]).length === value.length : found !== undefined) continue;
        noteSkipped(this.skipped, `references in ${ref.type}.${name} to what was not saved`);
        tx.update(ref, { [name]: found });
      }
    }
  }
}
