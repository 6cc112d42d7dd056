// VirtualMachineSnapshot: which method does what. The work is in snapshots.ts.
import { type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type Context, type TransactionContext } from '../../dispatch/define.ts';
import { exportSnapshot } from '../ovf/export.ts';
import { requireReachable } from './power.ts';
import { removeSnapshot, renameSnapshot, revertTo } from './snapshots.ts';
import { snapshotFileNamesRule, snapshotRelations } from './snapshot-tree.ts';

/** Work on a snapshot is work on its machine: it waits in that queue. */
const machine = ({ self }: Context): ManagedObjectReference => self.props['vm'] as ManagedObjectReference;

/** The receiver, whose machine takes orders only while its host can be reached. */
function self({ tx, self: { ref, props } }: TransactionContext): ManagedObjectReference {
  requireReachable(tx, props['vm'] as ManagedObjectReference);
  return ref;
}

export const virtualMachineSnapshot = define('VirtualMachineSnapshot', {
  RevertToSnapshot_Task: { entity: machine, task: (ctx, { host, suppressPowerOn }) => revertTo(ctx.sim, ctx.tx, self(ctx), { host, suppressPowerOn }) },
  RemoveSnapshot_Task: {
    entity: machine,
    task: (ctx, { removeChildren, consolidate }) => removeSnapshot(ctx.sim, ctx.tx, self(ctx), removeChildren, consolidate ?? true),
  },
  ExportSnapshot: exportSnapshot,
  RenameSnapshot: (ctx, { name, description }) => renameSnapshot(ctx.sim, ctx.tx, self(ctx), name, description),
}, { relations: snapshotRelations, rules: [snapshotFileNamesRule] });
