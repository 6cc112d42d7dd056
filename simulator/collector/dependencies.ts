// What a computed list of objects was computed from, so that it is computed again only when one of those moved.
import type { Readable } from '../store/object.ts';
import type { Store } from '../store/store.ts';
import { isLive, type LiveObject, type Moment } from './moment.ts';

/** Who may see what decides about every list. */
const ALWAYS = (['AuthorizationManager._permissions', 'AuthorizationManager.roleList', 'UserDirectory._accounts'] as const)
  .map((key) => [key, key.split('.') as [string, string]] as const);

export class Dependencies {
  private readonly stored = new Map<string, readonly [type: string, property: string]>(ALWAYS);
  private readonly live = new Map<string, readonly [object: LiveObject, property: string]>();

  /** Notes that a property of the object was read; for stored objects that of its whole type is watched. */
  read(object: Readable, property: string): void {
    if (isLive(object)) {
      this.live.set(`${object.ref.value}\n${property}`, [object, property]);
      return;
    }
    const key = `${object.ref.type}.${property}`;
    if (!this.stored.has(key)) this.stored.set(key, [object.ref.type, property]);
  }

  /** True when something that was read may have changed after `since`. */
  movedSince(since: Moment, store: Store): boolean {
    if (store.version > since.store && this.latest(store) > since.store) return true;
    for (const [object, property] of this.live.values()) if (object.changedSince(property, since)) return true;
    return false;
  }

  /** Newest version at which anything read from the store changed. */
  latest(store: Store): number {
    let newest = 0;
    for (const [type, property] of this.stored.values()) newest = Math.max(newest, store.changedAt(type, property));
    return newest;
  }
}
