// What a rule sees of a transaction that is about to be committed, and the arguments that events are made of.
// Reads only; events go out through `add`.
import { isSubtype, type DataTypes, type Event, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { NewEvent } from '../dispatch/simulation.ts';
import { readPath, type Props } from '../store/object.ts';
import type { Cause, Transaction } from '../store/transaction.ts';

type Ref = ManagedObjectReference;
type Filled = 'key' | 'chainId' | 'createdTime' | 'userName' | 'fullFormattedMessage' | '_type';
export type EventName = { [K in keyof DataTypes]: DataTypes[K] extends Event ? K : never }[keyof DataTypes] & string;

export interface HostPlace {
  readonly host: DataTypes['HostEventArgument'];
  readonly computeResource: DataTypes['ComputeResourceEventArgument'] | undefined;
  readonly datacenter: DataTypes['DatacenterEventArgument'] | undefined;
}

export interface VmPlace extends Partial<HostPlace> {
  readonly vm: DataTypes['VmEventArgument'];
  readonly template: boolean;
}

export class Scene {
  readonly tx: Transaction;
  readonly cause: Cause | undefined;
  private readonly out: (event: NewEvent) => void;
  private readonly said = new Set<string>();
  // Nothing changes any more when rules look, so what was worked out once stays true.
  private readonly hosts = new Map<string, HostPlace>();
  private readonly vms = new Map<string, VmPlace>();

  constructor(tx: Transaction, out: (event: NewEvent) => void) {
    this.tx = tx;
    this.cause = tx.cause;
    this.out = out;
  }

  /** Wire name of the call that is being answered; '' when there is none. */
  get method(): string {
    return this.cause?.method ?? '';
  }

  /** True the first time it is asked in a transaction. */
  once(what: string): boolean {
    if (this.said.has(what)) return false;
    this.said.add(what);
    return true;
  }

  /** Hands an event out; key, time, user and message are filled in later. */
  add<K extends EventName>(type: K, fields: Omit<DataTypes[K], Filled>): void {
    this.out({ ...(fields as object), _type: type });
  }

  /** An object as it will be, or as it was when it goes in this transaction. */
  read(ref: Ref): Props | undefined {
    return this.tx.after(ref.value) ?? this.tx.before(ref.value);
  }

  get<T>(ref: Ref, path: string): T | undefined {
    return readPath(this.read(ref), path) as T | undefined;
  }

  name(ref: Ref): string {
    return String(this.get(ref, 'name') ?? '');
  }

  /** The nearest object upwards of that type. */
  ancestor(start: Ref | undefined, type: string): Ref | undefined {
    for (let ref = start; ref !== undefined; ref = this.parent(ref)) if (isSubtype(ref.type, type)) return ref;
    return undefined;
  }

  /** What an object lies in: a machine or vApp without a folder lies in its pool. */
  parent(ref: Ref): Ref | undefined {
    return this.get<Ref>(ref, 'parent') ?? this.get<Ref>(ref, 'parentVApp');
  }

  datacenter = (ref: Ref | undefined): DataTypes['DatacenterEventArgument'] | undefined => {
    const found = this.ancestor(ref, 'Datacenter');
    return found && { _type: 'DatacenterEventArgument', name: this.name(found), datacenter: found };
  };

  computeResource = (ref: Ref | undefined): DataTypes['ComputeResourceEventArgument'] | undefined => {
    const found = this.ancestor(ref, 'ComputeResource');
    return found && { _type: 'ComputeResourceEventArgument', name: this.name(found), computeResource: found };
  };

  host = (ref: Ref): DataTypes['HostEventArgument'] => ({ _type: 'HostEventArgument', name: this.name(ref), host: ref });
  vm = (ref: Ref): DataTypes['VmEventArgument'] => ({ _type: 'VmEventArgument', name: this.name(ref), vm: ref });
  datastore = (ref: Ref): DataTypes['DatastoreEventArgument'] => ({ _type: 'DatastoreEventArgument', name: this.name(ref), datastore: ref });
  network = (ref: Ref): DataTypes['NetworkEventArgument'] => ({ _type: 'NetworkEventArgument', name: this.name(ref), network: ref });
  dvs = (ref: Ref): DataTypes['DvsEventArgument'] => ({ _type: 'DvsEventArgument', name: this.name(ref), dvs: ref });
  folder = (ref: Ref): DataTypes['FolderEventArgument'] => ({ _type: 'FolderEventArgument', name: this.name(ref), folder: ref });
  pool = (ref: Ref): DataTypes['ResourcePoolEventArgument'] => ({ _type: 'ResourcePoolEventArgument', name: this.name(ref), resourcePool: ref });
  entity = (ref: Ref): DataTypes['ManagedEntityEventArgument'] => ({ _type: 'ManagedEntityEventArgument', name: this.name(ref), entity: ref });

  /** The arguments that every event of a host has. */
  ofHost(host: Ref): HostPlace {
    let place = this.hosts.get(host.value);
    if (!place) this.hosts.set(host.value, (place = { host: this.host(host), computeResource: this.computeResource(host), datacenter: this.datacenter(host) }));
    return place;
  }

  /** The arguments that every event of a machine has. */
  ofVm(vm: Ref): VmPlace {
    let place = this.vms.get(vm.value);
    if (!place) {
      const host = this.get<Ref>(vm, 'runtime.host');
      place = { vm: this.vm(vm), ...(host ? this.ofHost(host) : { datacenter: this.datacenter(vm) }), template: this.get(vm, 'config.template') === true };
      this.vms.set(vm.value, place);
    }
    return place;
  }

  /** The arguments for an event about any entity. */
  ofEntity(ref: Ref): Pick<Event, 'vm' | 'host' | 'computeResource' | 'datacenter' | 'ds' | 'net' | 'dvs'> {
    if (ref.type === 'VirtualMachine') {
      const { template: _template, ...place } = this.ofVm(ref);
      return place;
    }
    if (ref.type === 'HostSystem') return this.ofHost(ref);
    const datacenter = this.datacenter(ref);
    if (ref.type === 'Datastore') return { ds: this.datastore(ref), datacenter };
    if (isSubtype(ref.type, 'Network')) return { net: this.network(ref), datacenter };
    if (isSubtype(ref.type, 'DistributedVirtualSwitch')) return { dvs: this.dvs(ref), datacenter };
    return { computeResource: this.computeResource(ref), datacenter };
  }
}
