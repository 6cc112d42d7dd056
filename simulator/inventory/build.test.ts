import assert from 'node:assert/strict';
import { test } from 'node:test';
import { managedType, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { createSimulator } from '../index.ts';
import type { Model } from './model.ts';

/** Inventory paths as a finder sees them, sorted. */
function paths(model: Partial<Model>): readonly string[] {
  const { store } = createSimulator({ model });
  const pathOf = (ref: ManagedObjectReference): string => {
    const { name, parent } = store.get(ref)!.props as { name: string; parent?: ManagedObjectReference };
    return parent === undefined ? '' : `${pathOf(parent)}/${name}`;
  };
  return [...store.all()].filter(({ ref, props }) => managedType(ref.type)?.byName.has('declaredAlarmState') && props['parent'] !== undefined).map(({ ref }) => pathOf(ref)).sort();
}

// What `govc find` lists on vcsim 0.38 with the same flags.
const DEFAULT = [
  '/DC0', '/DC0/datastore', '/DC0/datastore/LocalDS_0', '/DC0/host', '/DC0/host/DC0_C0', '/DC0/host/DC0_C0/DC0_C0_H0',
  '/DC0/host/DC0_C0/DC0_C0_H1', '/DC0/host/DC0_C0/DC0_C0_H2', '/DC0/host/DC0_C0/Resources', '/DC0/host/DC0_H0',
  '/DC0/host/DC0_H0/DC0_H0', '/DC0/host/DC0_H0/Resources', '/DC0/network', '/DC0/network/DC0_DVPG0', '/DC0/network/DVS0',
  '/DC0/network/DVS0-DVUplinks-9', '/DC0/network/VM Network', '/DC0/vm', '/DC0/vm/DC0_C0_RP0_VM0', '/DC0/vm/DC0_C0_RP0_VM1',
  '/DC0/vm/DC0_H0_VM0', '/DC0/vm/DC0_H0_VM1',
];

test('the default inventory has vcsim\'s names', () => {
  assert.deepEqual(paths({}), DEFAULT);
});

test('pools and vApps, with the machines of a vApp in the VM folder as vcsim has them', () => {
  const added = paths({ pool: 1, app: 1 }).filter((path) => !DEFAULT.includes(path));
  assert.deepEqual(added, [
    '/DC0/host/DC0_C0/Resources/DC0_C0_APP0', '/DC0/host/DC0_C0/Resources/DC0_C0_RP1', '/DC0/vm/DC0_C0_APP0_VM0', '/DC0/vm/DC0_C0_APP0_VM1',
    '/DC0/vm/DC0_C0_RP1_VM0', '/DC0/vm/DC0_C0_RP1_VM1',
  ]);
});

test('NSX port groups and opaque networks are named and paired as vcsim does', () => {
  assert.deepEqual(paths({ portgroupNsx: 1, opaqueNetwork: 2 }).filter((path) => path.includes('NSX')), [
    '/DC0/network/DC0_NSX0', '/DC0/network/DC0_NSX1', '/DC0/network/DC0_NSXPG0', '/DC0/network/DC0_NSXPG1', '/DC0/network/DC0_NSXPG2',
  ]);
  const { store } = createSimulator({ model: { portgroupNsx: 1, opaqueNetwork: 1 } });
  const [opaque] = store.ofType('OpaqueNetwork');
  const segments = [...store.ofType('DistributedVirtualPortgroup')].map(({ props }) => props['config'] as { backingType: string; logicalSwitchUuid?: string; name: string })
    .filter(({ backingType }) => backingType === 'nsx').map(({ logicalSwitchUuid, name }) => [name, logicalSwitchUuid]);
  const { opaqueNetworkId, opaqueNetworkType } = opaque!.props['summary'] as { opaqueNetworkId: string; opaqueNetworkType: string };
  assert.deepEqual([segments.map(([name]) => name), segments[1]![1], opaqueNetworkType], [['DC0_NSXPG0', 'DC0_NSXPG1'], opaqueNetworkId, 'nsx.LogicalSwitch']);
});
