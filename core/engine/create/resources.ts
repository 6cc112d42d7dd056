// The numbers among create's options: what the VCH's pool may use and how big the appliance is. Pure.
import type { ResourceAllocationInfo, ResourceConfigSpec } from '../../vim25/types.d.ts';
import { readShares, type Allocation, type CreateOptions, type Issues } from './options.ts';

const LEAST_MEMORY_MB = 1024;

/** Memory and CPUs of the appliance VM; its pool must have room for it. */
export function checkSize({ applianceMemory, applianceCpu, memory }: CreateOptions, issues: Issues): void {
  if (applianceMemory < LEAST_MEMORY_MB) issues.add(`--appliance-memory ${applianceMemory} is too little: the appliance needs ${LEAST_MEMORY_MB} MB`, { flag: '--appliance-memory', example: '--appliance-memory 2048' });
  if (applianceMemory % 4 !== 0) issues.add(`--appliance-memory ${applianceMemory} is not a multiple of 4 MB`, { flag: '--appliance-memory', example: '--appliance-memory 2048' });
  if (applianceCpu < 1) issues.add(`--appliance-cpu ${applianceCpu} is too little: the appliance needs one`, { flag: '--appliance-cpu', example: '--appliance-cpu 1' });
  if (memory.limit > 0 && memory.limit < applianceMemory) {
    issues.add(`--pool-memory-limit ${memory.limit} is less than the ${applianceMemory} MB of the appliance`, { flag: '--pool-memory-limit', example: `--pool-memory-limit ${2 * applianceMemory}` });
  }
}

/** What the pool is made with. */
export const resourcesOf = (options: CreateOptions, issues: Issues): ResourceConfigSpec =>
  ({ cpuAllocation: allocationOf(options.cpu, 'cpu', issues), memoryAllocation: allocationOf(options.memory, 'memory', issues) });

function allocationOf({ reservation, limit, shares }: Allocation, what: 'cpu' | 'memory', issues: Issues): ResourceAllocationInfo {
  for (const [word, value] of [['reservation', reservation], ['limit', limit]] as const) {
    const flag = `--pool-${what}-${word}`;
    if (value < 0) issues.add(`${flag} ${value} is negative`, { flag, example: `${flag} 0` });
  }
  if (limit > 0 && reservation > limit) issues.add(`--pool-${what}-reservation ${reservation} is more than the limit of ${limit}`, { flag: `--pool-${what}-limit`, example: `--pool-${what}-limit ${reservation}` });
  const level = readShares(shares, `--pool-${what}-shares`, issues);
  return {
    // The original's values for "nothing said": vSphere refuses a vApp without any reservation.
    reservation: reservation || 1, limit: limit || -1, expandableReservation: true,
    shares: typeof level === 'number' ? { level: 'custom', shares: level } : { level, shares: 0 },
  };
}
