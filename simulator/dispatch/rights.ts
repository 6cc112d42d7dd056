// What a user may do on which object, worked out from permissions, roles and accounts as they are in the store. It only
// answers; when a call is refused is privileges.ts's.
//
// As vCenter defines it: the permission nearest to the object wins; on one object a permission for the user itself wins
// over those for its groups, and the roles of several groups add up. A permission counts below its object only when it
// propagates. A virtual machine has two ways up, its folder and its pool, and a vApp too: what both give adds up.
// Whoever may see an object may also see what is above it (the role View), or no client could find the way to it.
import type { AuthorizationRole, ManagedObjectReference, Permission } from '../../core/vim25/index.ts';
import { isSubtype } from '../../core/vim25/index.ts';
import { readPath, type Props } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import { groupsOf, keyOf, parseName, principalKey, type Accounts } from './principals.ts';
import type { Gate, Rights, Session } from './sessions.ts';
import type { Product } from './simulation.ts';

type Ref = ManagedObjectReference;

const VIEW_ROLE = -3;
const ADMIN_ROLE = -1;
const NONE: ReadonlySet<number> = new Set();

export interface Places {
  readonly product: Product;
  readonly authorization: Ref;
  readonly directory: Ref;
  readonly root: Ref;
}

/** What is granted to one user by a permission on one object. */
interface Grant {
  readonly roleId: number;
  readonly propagate: boolean;
  /** Granted to a group of the user. */
  readonly group: boolean;
}

/** Answers for every session. Sessions of administrators cost one comparison. */
export class RightsOfSessions implements Gate {
  private readonly store: Store;
  private readonly places: Places;
  private readonly memo = new WeakMap<Session, { version: number; userName: string; rights: Rights | undefined }>();
  private readonly byUser = new Map<string, UserRights | undefined>();
  private computedFrom: readonly unknown[] = [];

  constructor(store: Store, places: Places) {
    this.store = store;
    this.places = places;
  }

  rights(session: Session): Rights | undefined {
    const known = this.memo.get(session);
    if (known?.version === this.store.version && known.userName === session.userName) return known.rights;
    const rights = session.authenticated ? this.of(session.userName) : undefined;
    const { userName } = session;
    if (known) Object.assign(known, { version: this.store.version, userName, rights });
    else this.memo.set(session, { version: this.store.version, userName, rights });
    return rights;
  }

  /** undefined: everything is allowed. A name that is no account is one of the open logins: it may do everything. */
  of(userName: string): Rights | undefined {
    const authorization = this.store.get(this.places.authorization)?.props;
    const accounts = accountsIn(this.store, this.places.directory);
    const inputs = [authorization?.['_permissions'], authorization?.['roleList'], accounts];
    if (inputs.some((input, i) => input !== this.computedFrom[i])) {
      this.byUser.clear();
      this.computedFrom = inputs;
    }
    const key = principalKey(userName, false, this.places.product);
    if (!this.byUser.has(key)) this.byUser.set(key, this.compute(key, accounts));
    return this.byUser.get(key);
  }

  passwordOf(userName: string): { readonly key: string; readonly digest: string | undefined; readonly disabled: boolean } | undefined {
    const key = principalKey(userName, false, this.places.product);
    const account = accountsIn(this.store, this.places.directory)[key];
    return account && { key, digest: account.password, disabled: account.disabled ?? false };
  }

  private compute(key: string, accounts: Accounts): UserRights | undefined {
    const { product, root } = this.places;
    if (isAlwaysAdministrator(key, product) || accounts[key] === undefined) return undefined;
    const props = this.store.get(this.places.authorization)?.props ?? {};
    const groups = groupsOf(accounts, key);
    const grants = new Map<string, Grant[]>();
    for (const { entity, principal, group, roleId, propagate } of permissionsIn(props)) {
      const who = keyOf(parseName(principal, product), group);
      if (group ? !groups.has(who) : who !== key) continue;
      const list = grants.get(entity!.value);
      if (list) list.push({ roleId, propagate, group });
      else grants.set(entity!.value, [{ roleId, propagate, group }]);
    }
    const own = grants.get(root.value);
    if (grants.size === 1 && own?.every(({ roleId, propagate }) => roleId === ADMIN_ROLE && propagate)) return undefined;
    return new UserRights(this.store, root, grants, (props['roleList'] ?? []) as readonly AuthorizationRole[]);
  }
}

const accountsIn = (store: Store, directory: Ref): Accounts => (store.get(directory)?.props['_accounts'] ?? {}) as Accounts;

const permissionsIn = (props: Props): readonly Permission[] => (props['_permissions'] ?? []) as readonly Permission[];

/** Nobody can lock the product's own administrator out. */
const isAlwaysAdministrator = (key: string, product: Product): boolean =>
  key === (product === 'vcenter' ? 'user:administrator@vsphere.local' : 'user:root@');

/** What one user may do. Remembers roles by object until anything in the store moves. */
class UserRights implements Rights {
  private readonly store: Store;
  private readonly root: Ref;
  private readonly grants: ReadonlyMap<string, readonly Grant[]>;
  private readonly privileges: ReadonlyMap<number, ReadonlySet<string>>;
  private readonly owners: Owners;
  private version = -1;
  private readonly roles = new Map<string, ReadonlySet<number>>();
  private above: ReadonlySet<string> = new Set();

  constructor(store: Store, root: Ref, grants: ReadonlyMap<string, readonly Grant[]>, roleList: readonly AuthorizationRole[]) {
    this.store = store;
    this.root = root;
    this.grants = grants;
    this.privileges = new Map(roleList.map(({ roleId, privilege }) => [roleId, new Set(privilege ?? [])]));
    this.owners = new Owners(store, root);
  }

  get any(): boolean {
    return [...this.grants].some(([id, list]) => this.store.find(id) !== undefined && list.some(({ roleId }) => this.privileges.get(roleId)?.has('System.View')));
  }

  has(object: Ref, privilege: string): boolean {
    if (privilege === 'System.Anonymous') return true;
    const entity = this.owners.of(object);
    if (entity === undefined) return true;
    this.refresh();
    for (const role of this.rolesOn(entity)) if (this.privileges.get(role)?.has(privilege)) return true;
    return privilege === 'System.View' && this.above.has(entity.value);
  }

  effectiveRoles(entity: Ref): readonly number[] {
    this.refresh();
    const roles = [...this.rolesOn(entity)];
    if (this.above.has(entity.value) && !roles.some((role) => this.privileges.get(role)?.has('System.View'))) return [VIEW_ROLE];
    return roles.sort((a, b) => b - a);
  }

  /** Every privilege on the object. */
  privilegesOn(entity: Ref): readonly string[] {
    const held = new Set<string>();
    for (const role of this.effectiveRoles(entity)) for (const privilege of this.privileges.get(role) ?? []) held.add(privilege);
    return [...held].sort();
  }

  private refresh(): void {
    if (this.version === this.store.version) return;
    this.version = this.store.version;
    this.roles.clear();
    const above = new Set<string>();
    const pending: Ref[] = [];
    for (const [id, list] of this.grants) {
      const object = this.store.find(id);
      if (object && list.some(({ roleId }) => this.privileges.get(roleId)?.has('System.View'))) pending.push(...waysUp(object.ref, object.props));
    }
    for (let ref = pending.pop(); ref !== undefined; ref = pending.pop()) {
      if (above.has(ref.value)) continue;
      above.add(ref.value);
      pending.push(...waysUp(ref, this.store.get(ref)?.props ?? {}));
    }
    this.above = above;
  }

  private rolesOn(entity: Ref): ReadonlySet<number> {
    const own = deciding(this.grants.get(entity.value) ?? []);
    return own.size > 0 ? own : this.fromAbove(entity);
  }

  private fromAbove(entity: Ref): ReadonlySet<number> {
    const props = this.store.get(entity)?.props;
    if (props === undefined) return NONE;
    const ways = waysUp(entity, props);
    if (ways.length === 1) return this.handedDown(ways[0]!);
    return new Set(ways.flatMap((way) => [...this.handedDown(way)]));
  }

  /** The roles that an object gives to what is below it. */
  private handedDown(object: Ref): ReadonlySet<number> {
    let roles = this.roles.get(object.value);
    if (!roles) {
      roles = deciding((this.grants.get(object.value) ?? []).filter(({ propagate }) => propagate));
      if (roles.size === 0) roles = this.fromAbove(object);
      this.roles.set(object.value, roles);
    }
    return roles;
  }
}

/** The roles of the permissions that count on one object: those for the user itself, or else those for its groups. */
function deciding(grants: readonly Grant[]): ReadonlySet<number> {
  if (grants.length === 0) return NONE;
  const personal = grants.filter(({ group }) => !group);
  return new Set((personal.length > 0 ? personal : grants).map(({ roleId }) => roleId));
}

/** The objects that an entity inherits permissions from. */
export function waysUp({ type }: Ref, props: Props): readonly Ref[] {
  const at = (...paths: string[]) => paths.map((path) => props[path]).filter((ref) => ref !== undefined) as Ref[];
  if (type === 'VirtualMachine') return at(props['parentVApp'] === undefined ? 'parent' : 'parentVApp', 'resourcePool');
  if (type === 'VirtualApp') return at('parent', 'parentFolder');
  return at('parent');
}

/** Which entity decides about an object that is none: a host about its managers, the root folder about the services. */
class Owners {
  private readonly store: Store;
  private readonly root: Ref;
  private version = -1;
  private readonly known = new Map<string, Ref>();

  constructor(store: Store, root: Ref) {
    this.store = store;
    this.root = root;
  }

  /** undefined for what belongs to a session and so to the caller. */
  of(object: Ref): Ref | undefined {
    const stored = this.store.get(object);
    if (stored === undefined) return undefined;
    const { ref, props } = stored;
    if (isSubtype(ref.type, 'ManagedEntity')) return ref;
    for (const path of ['vm', 'datastore', 'info.entity', 'entity', 'host']) {
      const value = readPath(props, path) as Ref | readonly Ref[] | undefined;
      const owner = (Array.isArray(value) ? value[0] : value) as Ref | undefined;
      if (owner && this.store.get(owner)) return owner;
    }
    return this.held(ref) ?? this.root;
  }

  private held(ref: Ref): Ref | undefined {
    if (this.version !== this.store.inventoryVersion) {
      this.version = this.store.inventoryVersion;
      this.known.clear();
      for (const host of this.store.ofType('HostSystem')) {
        // The way to the host's command line is not among its managers.
        const managers = (host.props['configManager'] ?? {}) as Record<string, Ref | string>;
        for (const manager of [...Object.values(managers), host.props['_executer'] as Ref | undefined, host.props['_typeManager'] as Ref | undefined]) {
          if (typeof manager === 'object') this.known.set(manager.value, host.ref);
        }
      }
      for (const type of ['ComputeResource', 'ClusterComputeResource']) {
        for (const compute of this.store.ofType(type)) {
          const browser = compute.props['environmentBrowser'] as Ref | undefined;
          if (browser) this.known.set(browser.value, compute.ref);
        }
      }
    }
    return this.known.get(ref.value);
  }
}
