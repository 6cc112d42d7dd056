// What every commit changed, in order, back to a bound. Property filters read it; feature steps print it.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';

export interface Change {
  readonly ref: ManagedObjectReference;
  readonly kind: 'create' | 'change' | 'remove';
  /** Changed paths; empty for create and remove. */
  readonly paths: readonly string[];
}

export interface Entry {
  readonly version: number;
  readonly changes: readonly Change[];
}

export class Journal {
  private entries: Entry[] = [];
  private size = 0;
  private readonly capacity: number;
  /** Versions below this are no longer complete here. */
  private floor = 0;

  /** @param capacity how many single changes are kept before the oldest commits are dropped */
  constructor(capacity = 200_000) {
    this.capacity = capacity;
  }

  append(entry: Entry): void {
    this.entries.push(entry);
    this.size += entry.changes.length;
    if (this.size <= this.capacity) return;
    let drop = 0;
    while (this.size > this.capacity / 2 && drop < this.entries.length - 1) {
      const old = this.entries[drop]!;
      this.size -= old.changes.length;
      this.floor = old.version;
      drop += 1;
    }
    this.entries = this.entries.slice(drop);
  }

  /** Forgets nothing, but knows nothing of what was before `version`. */
  startAt(version: number): void {
    this.floor = version;
  }

  /** Oldest version from which `since` is complete. */
  get oldest(): number {
    return this.floor;
  }

  /** The commits after `version`, oldest first. Throws a RangeError when they are no longer all here. */
  since(version: number): readonly Entry[] {
    if (version < this.floor) throw new RangeError(`the journal starts at version ${this.floor}`);
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle]!.version > version) high = middle;
      else low = middle + 1;
    }
    return this.entries.slice(low);
  }
}
