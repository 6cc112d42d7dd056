// Events of permissions, roles, custom attributes and alarms, read from what changed in them.
import type { AuthorizationRole, CustomFieldDef, CustomFieldStringValue, ManagedObjectReference, Permission, RoleEventArgument } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import type { EventRule } from './rule.ts';
import type { Scene } from './scene.ts';

type Ref = ManagedObjectReference;

/** Items of two lists side by side, by key: what came, what went, what is another value. */
function* pairs<T>(before: readonly T[], after: readonly T[], key: (item: T) => unknown): Iterable<{ was?: T; is?: T }> {
  if (before === after) return;
  const old = new Map(before.map((item) => [key(item), item]));
  for (const is of after) {
    const was = old.get(key(is));
    old.delete(key(is));
    if (was === undefined || was !== is) yield { was, is };
  }
  for (const was of old.values()) yield { was };
}

const permissionsOf = (props: Props): readonly Permission[] => (props['permission'] ?? []) as readonly Permission[];

function permissions(scene: Scene, entity: Ref, before: Props, after: Props): void {
  for (const { was, is } of pairs(permissionsOf(before), permissionsOf(after), ({ principal, group }) => `${String(group)} ${principal.toLowerCase()}`)) {
    const { principal, group } = (is ?? was)!;
    const of = { ...scene.ofEntity(entity), entity: scene.entity(entity), principal, group };
    if (!is) scene.add('PermissionRemovedEvent', of);
    else if (!was) scene.add('PermissionAddedEvent', { ...of, role: role(scene, is.roleId), propagate: is.propagate });
    else if (was.roleId !== is.roleId || was.propagate !== is.propagate) {
      scene.add('PermissionUpdatedEvent', { ...of, role: role(scene, is.roleId), propagate: is.propagate, prevRole: role(scene, was.roleId), prevPropagate: was.propagate });
    }
  }
}

/** A role by its number, with the name it has or had. */
function role(scene: Scene, roleId: number): RoleEventArgument {
  for (const manager of scene.tx.all('AuthorizationManager')) {
    for (const props of [scene.tx.after(manager.value), scene.tx.before(manager.value)]) {
      const found = rolesOf(props ?? {}).find((known) => known.roleId === roleId);
      if (found) return argument(found);
    }
  }
  return { _type: 'RoleEventArgument', roleId, name: '' };
}

const argument = ({ roleId, name }: AuthorizationRole): RoleEventArgument => ({ _type: 'RoleEventArgument', roleId, name });

const rolesOf = (props: Props): readonly AuthorizationRole[] => (props['roleList'] ?? []) as readonly AuthorizationRole[];

const roles: EventRule = {
  type: 'AuthorizationManager',
  changed(scene, _self, before, after) {
    for (const { was, is } of pairs(rolesOf(before), rolesOf(after), ({ roleId }) => roleId)) {
      if (!is) scene.add('RoleRemovedEvent', { role: argument(was!) });
      else if (!was) scene.add('RoleAddedEvent', { role: argument(is), privilegeList: is.privilege });
      else if (was.name !== is.name || String(was.privilege) !== String(is.privilege)) {
        const [old, now] = [was.privilege ?? [], is.privilege ?? []];
        scene.add('RoleUpdatedEvent', {
          role: argument(is), privilegeList: now, prevRoleName: was.name,
          privilegesAdded: now.filter((id) => !old.includes(id)), privilegesRemoved: old.filter((id) => !now.includes(id)),
        });
      }
    }
  },
  inputs: ['roleList'],
};

const valuesOf = (props: Props): readonly CustomFieldStringValue[] => (props['customValue'] ?? []) as readonly CustomFieldStringValue[];

const fieldsOf = (props: Props | undefined): readonly CustomFieldDef[] => (props?.['field'] ?? []) as readonly CustomFieldDef[];

function customValues(scene: Scene, entity: Ref, before: Props, after: Props): void {
  for (const { was, is } of pairs(valuesOf(before), valuesOf(after), ({ key }) => key)) {
    // Values go with the definition of their field: that is its event.
    if (was?.value === is?.value || (!is && !definition(scene, was!.key))) continue;
    const fieldKey = (is ?? was)!.key;
    scene.add('CustomFieldValueChangedEvent', {
      ...scene.ofEntity(entity), entity: scene.entity(entity), fieldKey, name: definition(scene, fieldKey)?.name ?? '', value: is?.value ?? '', prevState: was?.value ?? '',
    });
  }
}

function definition(scene: Scene, key: number): CustomFieldDef | undefined {
  for (const manager of scene.tx.all('CustomFieldsManager')) {
    const found = fieldsOf(scene.tx.after(manager.value)).find((field) => field.key === key);
    if (found) return found;
  }
  return undefined;
}

const fields: EventRule = {
  type: 'CustomFieldsManager',
  changed(scene, _self, before, after) {
    for (const { was, is } of pairs(fieldsOf(before), fieldsOf(after), ({ key }) => key)) {
      const { key: fieldKey, name } = (was ?? is)!;
      if (!is) scene.add('CustomFieldDefRemovedEvent', { fieldKey, name });
      else if (!was) scene.add('CustomFieldDefAddedEvent', { fieldKey, name });
      else if (was.name !== is.name) scene.add('CustomFieldDefRenamedEvent', { fieldKey, name, newName: is.name });
    }
  },
  inputs: ['field'],
};

const entities: EventRule = {
  type: 'ManagedEntity',
  changed(scene, self, before, after) {
    permissions(scene, self, before, after);
    customValues(scene, self, before, after);
  },
  inputs: ['permission', 'customValue'],
};

interface AlarmFacts {
  readonly name: string;
  readonly entity: Ref;
}

const ofAlarm = (scene: Scene, self: Ref, props: Props) => {
  const { name, entity } = props['info'] as AlarmFacts;
  return { ...scene.ofEntity(entity), alarm: { _type: 'AlarmEventArgument', name, alarm: self }, entity: scene.entity(entity) } as const;
};

/** That an alarm was made is said by the method: the alarm keeps the key of that event. */
const alarms: EventRule = {
  type: 'Alarm',
  removed: (scene, self, props) => scene.add('AlarmRemovedEvent', ofAlarm(scene, self, props)),
  changed: (scene, self, _before, after) => scene.add('AlarmReconfiguredEvent', ofAlarm(scene, self, after)),
  inputs: ['info'],
};

export const accessRules: readonly EventRule[] = [entities, roles, fields, alarms];
