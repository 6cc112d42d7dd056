// VirtualMachineSnapshot: which method does what. The work is in snapshots.ts.
import { type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type Context } from '../../dispatch/define.ts';
import { removeSnapshot, renameSnapshot, revertTo } from './snapshots.ts';
import { snapshotFileNamesRule, snapshotRelations } from './snapshot-tree.ts';

/** Work on a snapshot is work on its machine: it waits in that queue. */
const machine = ({ self }: Context): ManagedObjectReference => self.props['vm'] as ManagedObjectReference;

export const virtualMachineSnapshot = define('VirtualMachineSnapshot', {
  RevertToSnapshot_Task: { entity: machine, task: ({ sim, tx, self }, { host, suppressPowerOn }) => revertTo(sim, tx, self.ref, { host, suppressPowerOn }) },
  RemoveSnapshot_Task: {
    entity: machine,
    task: ({ sim, tx, self }, { removeChildren, consolidate }) => removeSnapshot(sim, tx, self.ref, removeChildren, consolidate ?? true),
  },
  RenameSnapshot: ({ sim, tx, self }, { name, description }) => renameSnapshot(sim, tx, self.ref, name, description),
}, { relations: snapshotRelations, rules: [snapshotFileNamesRule] });
