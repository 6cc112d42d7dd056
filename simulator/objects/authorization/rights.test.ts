// The arithmetic of permissions, checked against a model that walks every way up from an object and knows no caches.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ManagedObjectReference, EntityPrivilege } from '../../../core/vim25/index.ts';
import { isSubtype } from '../../../core/vim25/index.ts';
import { Office, permission } from './office.testing.ts';

type Ref = ManagedObjectReference;
interface Given { readonly entity: number; readonly principal: string; readonly group: boolean; readonly role: number; readonly propagate: boolean }

const MEMBERS: Readonly<Record<string, readonly string[]>> = { inner: ['ann'], outer: ['inner', 'bob'] };
const groupsOf = (user: string): string[] => {
  const direct = Object.entries(MEMBERS).filter(([, members]) => members.includes(user)).map(([group]) => group);
  return [...new Set(direct.flatMap((group) => [group, ...groupsOf(group)]))];
};
const PRIVILEGES = ['System.View', 'System.Read', 'VirtualMachine.Interact.PowerOn', 'Folder.Create'];
const HELD: Readonly<Record<number, readonly string[]>> = { [-5]: [], [-2]: ['System.View', 'System.Read'] };

/** Every way from an object to the root, the object first. */
function waysUp(office: Office, ref: Ref): Ref[][] {
  const get = (path: string) => office.simulator.store.get(ref)!.props[path] as Ref | undefined;
  const parents = ref.type === 'VirtualMachine' ? [get('parentVApp') ?? get('parent'), get('resourcePool')]
    : ref.type === 'VirtualApp' ? [get('parent'), get('parentFolder')] : [get('parent')];
  const ways = parents.filter((parent) => parent !== undefined).flatMap((parent) => waysUp(office, parent));
  return ways.length === 0 ? [[ref]] : ways.map((way) => [ref, ...way]);
}

function modelRoles(office: Office, ref: Ref, user: string, entities: readonly Ref[], given: readonly Given[]): Set<number> {
  const groups = groupsOf(user);
  const found = new Set<number>();
  for (const way of waysUp(office, ref)) {
    for (const [distance, object] of way.entries()) {
      const here = given.filter((item) => entities[item.entity]!.value === object.value && (distance === 0 || item.propagate));
      const own = here.filter((item) => !item.group && item.principal === user);
      const shared = here.filter((item) => item.group && groups.includes(item.principal));
      const counting = own.length > 0 ? own : shared;
      if (counting.length === 0) continue;
      for (const { role } of counting) found.add(role);
      break;
    }
  }
  return found;
}

test('what a user may do is what the nearest permissions on all ways up give', async () => {
  const office = new Office({ model: { pool: 1, app: 1, machine: 1, host: 1, portgroup: 0 } });
  const manager = office.service('authorizationManager');
  const roles: number[] = [-5, -2];
  for (const privId of PRIVILEGES.slice(2)) {
    const id = (await office.call(manager, 'AddAuthorizationRole', { name: privId, privIds: [privId] })) as number;
    roles.push(id);
    (HELD as Record<number, readonly string[]>)[id] = ['System.View', 'System.Read', privId];
  }
  const start = office.simulator.snapshot();
  const entities = [...office.simulator.store.all()].map(({ ref }) => ref).filter(({ type }) => isSubtype(type, 'ManagedEntity'));
  const some = fc.uniqueArray(fc.record({
    entity: fc.nat(entities.length - 1), who: fc.constantFrom(['ann', false], ['bob', false], ['inner', true], ['outer', true]), role: fc.constantFrom(...roles), propagate: fc.boolean(),
  }), { maxLength: 12, selector: ({ entity, who }) => `${entity} ${String(who[0])}` });

  await fc.assert(fc.asyncProperty(some, async (list) => {
    office.simulator.restore(start);
    office.simulator.store.transaction((tx) => {
      const directory = office.service('userDirectory');
      const account = (name: string, group: boolean, members?: string[]) => ({ name, domain: 'vsphere.local', group, id: 1, ...(members ? { members } : {}) });
      const key = (name: string) => `${name in MEMBERS ? 'group' : 'user'}:${name}@vsphere.local`;
      const accounts = { ...(tx.get(directory, '_accounts') as object) } as Record<string, unknown>;
      for (const name of ['ann', 'bob']) accounts[key(name)] = account(name, false);
      for (const [name, members] of Object.entries(MEMBERS)) accounts[key(name)] = account(name, true, members.map(key));
      tx.set(directory, '_accounts', accounts);
    });
    const given = list.map(({ entity, who: [principal, group], role, propagate }): Given => ({ entity, principal: String(principal), group: group === true, role, propagate }));
    for (const { entity, principal, group, role, propagate } of given) {
      await office.call(manager, 'SetEntityPermissions', { entity: entities[entity], permission: [permission(principal, role, propagate, group)] });
    }
    for (const user of ['ann', 'bob']) {
      const answer = (await office.call(manager, 'HasUserPrivilegeOnEntities', { entities, userName: user, privId: PRIVILEGES })) as readonly EntityPrivilege[];
      // Whoever has a role with System.View on an object sees what is above it.
      const above = new Set(given.flatMap(({ entity }) => {
        const mine = given.filter((item) => item.entity === entity && (item.principal === user || groupsOf(user).includes(item.principal)));
        return mine.some((item) => HELD[item.role]!.includes('System.View')) ? waysUp(office, entities[entity]!).flatMap((way) => way.slice(1)).map(({ value }) => value) : [];
      }));
      entities.forEach((entity, i) => {
        const held = new Set([...modelRoles(office, entity, user, entities, given)].flatMap((role) => HELD[role]!));
        if (above.has(entity.value)) held.add('System.View');
        assert.deepEqual(answer[i]!.privAvailability.filter(({ isGranted }) => isGranted).map(({ privId }) => privId), PRIVILEGES.filter((id) => held.has(id)), `${user} on ${entity.value}`);
      });
    }
  }), { numRuns: 60 });
});
