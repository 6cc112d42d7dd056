// What clients read of snapshots: VirtualMachine.snapshot and rootSnapshot, VirtualMachineSnapshot.childSnapshot. All of
// it follows from `_snapshots`, `_currentSnapshot`, `_facts` and `_parent`; nothing else writes it.
import type { ManagedObjectReference, VirtualMachineConfigInfo, VirtualMachineSnapshotTree } from '../../../core/vim25/index.ts';
import type { Reader, Relation, Rule } from '../../store/derive.ts';
import { renamedFiles } from './file-names.ts';
import type { SnapshotFacts } from './snapshots.ts';

type Refs = readonly ManagedObjectReference[];

export const snapshotRelations: readonly Relation[] = [
  { type: 'VirtualMachineSnapshot', path: '_parent', inverse: 'childSnapshot', targets: ['VirtualMachineSnapshot'] },
];

const NONE: Refs = Object.freeze([]);

export const treeRule: Rule = {
  type: 'VirtualMachine',
  inputs: ['_snapshots', '_currentSnapshot'],
  watch: [{ type: 'VirtualMachineSnapshot', path: 'vm', inputs: ['_facts', '_parent'] }],
  derive(props, read) {
    const list = (props['_snapshots'] ?? NONE) as Refs;
    if (list.length === 0) return props['snapshot'] === undefined ? undefined : { snapshot: undefined, rootSnapshot: NONE };
    const children = new Map<string | undefined, ManagedObjectReference[]>();
    for (const ref of list) {
      const parent = (read(ref)?.['_parent'] as ManagedObjectReference | undefined)?.value;
      children.set(parent, [...(children.get(parent) ?? []), ref]);
    }
    const roots = children.get(undefined) ?? [];
    const rootSnapshotList = roots.map((ref) => branch(ref, props['_self'] as ManagedObjectReference, children, read));
    return {
      snapshot: { _type: 'VirtualMachineSnapshotInfo', currentSnapshot: props['_currentSnapshot'], rootSnapshotList },
      rootSnapshot: roots,
    };
  },
};

function branch(
  snapshot: ManagedObjectReference, vm: ManagedObjectReference, children: ReadonlyMap<string | undefined, Refs>, read: Reader,
): VirtualMachineSnapshotTree {
  const { name, description, id, createTime, state, quiesced } = read(snapshot)!['_facts'] as SnapshotFacts;
  const below = children.get(snapshot.value) ?? NONE;
  return {
    _type: 'VirtualMachineSnapshotTree', snapshot, vm, name, description, id, createTime, state, quiesced,
    ...(below.length > 0 ? { childSnapshotList: below.map((ref) => branch(ref, vm, children, read)) } : {}), replaySupported: false,
  } as VirtualMachineSnapshotTree;
}

/** Names of files follow their datastores in snapshots, too. */
export const snapshotFileNamesRule: Rule = {
  type: 'VirtualMachineSnapshot',
  inputs: [],
  watch: [{ type: 'VirtualMachine', path: '_snapshots', inputs: ['config'] }],
  derive(props, read) {
    const home = read(props['vm'] as ManagedObjectReference)?.['_home'] as ManagedObjectReference | undefined;
    const config = renamedFiles(props['config'] as VirtualMachineConfigInfo, home, read);
    return config && { config };
  },
};
