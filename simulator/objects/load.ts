// What machines reserve and use, as the numbers that pools and hosts sum up.
import type { VirtualMachineProperties } from '../../core/vim25/index.ts';
import type { Sum } from '../store/sums.ts';

/** Names of the places in `_load` of a pool or host, and in `_below` and `_used` of a pool. */
export const LOAD = { cpuReserved: 0, memoryReserved: 1, cpuUsed: 2, memoryUsed: 3, configuredMb: 4, running: 5 } as const;

/** What a machine weighs: reserved MHz and MB in force, used MHz and MB, configured MB, whether it runs. */
export function machineWeight(vm: Partial<VirtualMachineProperties>): readonly number[] {
  const configured = vm.config?.hardware?.memoryMB ?? 0;
  if (vm.runtime?.powerState !== 'poweredOn') return [0, 0, 0, 0, configured, 0];
  const stats = vm.summary?.quickStats;
  return [
    Number(vm.config?.cpuAllocation?.reservation ?? 0), Number(vm.config?.memoryAllocation?.reservation ?? 0),
    Math.round(stats?.overallCpuUsage ?? 0), Math.round(stats?.hostMemoryUsage ?? 0), configured, 1,
  ];
}

/** What the machines of a host reserve and use. */
export const hostSum: Sum = { type: 'VirtualMachine', path: 'runtime.host', target: 'HostSystem', into: '_load', weigh: machineWeight };
