// OverheadMemoryManager (vim25): the memory that a host needs for a machine beside the machine's own.
import { fault, type VirtualHardware } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import { memoryOverhead } from './host-system/host-system.ts';

export const overheadMemoryManager = define('OverheadMemoryManager', {
  LookupVmOverheadMemory({ tx }, { vm }) {
    const hardware = tx.get(vm, 'config.hardware') as VirtualHardware | undefined;
    if (hardware === undefined) throw fault('NotFound', {}, `Nothing is known of the hardware of ${String(tx.get(vm, 'name'))}.`);
    return memoryOverhead(hardware.memoryMB * 2 ** 20, hardware.numCPU, 0);
  },
});
