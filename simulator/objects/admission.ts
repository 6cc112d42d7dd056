// Whether there is room for what is to run: the CPUs and unreserved capacity of a host, the unreserved resources of a
// pool. Reads what the rules have summed up; never changes anything.
import {
  fault, type Fault, type HostHardwareSummary, type ManagedObjectReference, type ResourceConfigSpec, type VirtualMachineConfigInfo,
} from '../../core/vim25/index.ts';
import type { Transaction } from '../store/transaction.ts';
import { LOAD } from './load.ts';

type Ref = ManagedObjectReference;
const MB = 1024 ** 2;

/** MHz and MB. */
export interface Demand {
  readonly cpu: number;
  readonly memory: number;
}

/** What a machine reserves while it runs. */
export function reservationOf(tx: Transaction, vm: Ref): Demand {
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  return { cpu: Number(config.cpuAllocation?.reservation ?? 0), memory: Number(config.memoryAllocation?.reservation ?? 0) };
}

/** The fault that says why a host cannot run the machine; undefined when it can. */
export function hostRefusal(tx: Transaction, vm: Ref, host: Ref): Fault | undefined {
  const { numCPU } = (tx.get(vm, 'config') as VirtualMachineConfigInfo).hardware;
  const hardware = tx.get(host, 'summary.hardware') as HostHardwareSummary | undefined;
  if (hardware === undefined) return undefined;
  if (numCPU > hardware.numCpuThreads) {
    return fault('NotEnoughLogicalCpus', { numCpuDest: hardware.numCpuThreads, numCpuVm: numCPU, host }, `The virtual machine requires ${numCPU} CPUs to operate, but the host hardware only provides ${hardware.numCpuThreads}.`);
  }
  const load = (tx.get(host, '_load') ?? []) as readonly number[];
  const name = String(tx.get(host, 'name'));
  const wanted = reservationOf(tx, vm);
  const cpu = hardware.cpuMhz * hardware.numCpuCores - (load[LOAD.cpuReserved] ?? 0);
  if (wanted.cpu > cpu) {
    return fault('InsufficientHostCpuCapacityFault', { host, unreserved: cpu, requested: wanted.cpu }, `The host '${name}' does not have sufficient CPU resources to satisfy the reservation: ${wanted.cpu} MHz requested, ${cpu} MHz unreserved.`);
  }
  const memory = Math.floor(Number(hardware.memorySize) / MB) - (load[LOAD.memoryReserved] ?? 0);
  if (wanted.memory > memory) {
    return fault('InsufficientHostMemoryCapacityFault', { host, unreserved: memory * MB, requested: wanted.memory * MB }, `The host '${name}' does not have sufficient memory resources to satisfy the reservation: ${wanted.memory} MB requested, ${memory} MB unreserved.`);
  }
  return undefined;
}

/** Throws unless the pool, with what it may borrow above, can back that much more. */
export function requireRoom(tx: Transaction, pool: Ref, wanted: Demand): void {
  const room = tx.get(pool, '_room') as readonly number[] | undefined;
  // A pool of this very transaction has not been summed up yet.
  if (room === undefined) return;
  const [cpu = 0, memory = 0] = room;
  const name = String(tx.get(pool, 'name'));
  if (wanted.cpu > 0 && wanted.cpu > cpu) {
    throw fault('InsufficientCpuResourcesFault', { unreserved: cpu, requested: wanted.cpu }, `The available CPU resources in the resource pool '${name}' are insufficient: ${wanted.cpu} MHz requested, ${cpu} MHz unreserved.`);
  }
  if (wanted.memory > 0 && wanted.memory > memory) {
    throw fault('InsufficientMemoryResourcesFault', { unreserved: memory * MB, requested: wanted.memory * MB }, `The available memory resources in the resource pool '${name}' are insufficient: ${wanted.memory} MB requested, ${memory} MB unreserved.`);
  }
}

/** What a pool takes from its parent with this configuration, given what is used in it. */
export function demandOf(config: ResourceConfigSpec, used: readonly number[] = []): Demand {
  const take = (kind: 'cpuAllocation' | 'memoryAllocation', inUse = 0): number => {
    const { reservation = 0, expandableReservation } = config[kind];
    return expandableReservation ? Math.max(Number(reservation), inUse) : Number(reservation);
  };
  return { cpu: take('cpuAllocation', used[LOAD.cpuReserved]), memory: take('memoryAllocation', used[LOAD.memoryReserved]) };
}

/** Throws the fault that says why the machine cannot be powered on there. */
export function admit(tx: Transaction, vm: Ref, host: Ref): void {
  const refusal = hostRefusal(tx, vm, host);
  if (refusal) throw refusal;
  const pool = tx.get(vm, 'resourcePool') as Ref | undefined;
  if (pool) requireRoom(tx, pool, reservationOf(tx, vm));
}
