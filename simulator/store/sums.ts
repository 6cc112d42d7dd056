// Sums over many objects, kept by what changes in them: a power-on costs the same in a pool of ten and of ten thousand.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { isSubtype } from '../../core/vim25/schema.ts';
import { readPath, type Props } from './object.ts';

/** Keeps `target.into` equal to the sum of `weigh` over the objects whose `path` points at the target. */
export interface Sum {
  /** Objects of this type or a subtype. */
  readonly type: string;
  /** Dotted path to the one target. */
  readonly path: string;
  /** Only targets of this type or a subtype keep the sum. */
  readonly target: string;
  /** Internal property of the target; always as long as what `weigh` gives. */
  readonly into: string;
  /** Whole numbers, so that nothing is rounded away. */
  weigh(props: Props): readonly number[];
}

interface Tally {
  readonly target: string;
  readonly into: string;
  readonly delta: number[];
}

interface Draft {
  before(id: string): Props | undefined;
  after(id: string): Props | undefined;
  assign(id: string, props: Props): void;
}

/** What one draft changes in all sums. */
export class Tallies {
  private readonly all = new Map<string, Tally>();
  private readonly moved = new Set<Tally>();

  /** Takes what an object weighed from its old target and gives what it weighs now to its new one. */
  note(sum: Sum, before: Props | undefined, after: Props | undefined): void {
    const from = targetOf(sum, before);
    const to = targetOf(sum, after);
    const was = from && sum.weigh(before!);
    const is = to && sum.weigh(after!);
    if (was && is && from.value === to.value && was.every((value, i) => value === is[i])) return;
    if (was) this.add(from, sum.into, was, -1);
    if (is) this.add(to, sum.into, is, 1);
  }

  /** Writes the sums that changed since the last time. */
  apply(draft: Draft): void {
    for (const { target, into, delta } of this.moved) {
      const props = draft.after(target);
      if (props === undefined) continue;
      // From what was committed, not from what the draft says: a restored snapshot brings its sums along.
      const base = draft.before(target)?.[into] as readonly number[] | undefined;
      const total = delta.map((change, i) => (base?.[i] ?? 0) + change);
      const old = props[into] as readonly number[] | undefined;
      if (old === undefined || total.some((value, i) => value !== old[i])) draft.assign(target, { ...props, [into]: total });
    }
    this.moved.clear();
  }

  private add(target: ManagedObjectReference, into: string, weights: readonly number[], sign: 1 | -1): void {
    const key = `${into} ${target.value}`;
    let entry = this.all.get(key);
    if (!entry) this.all.set(key, (entry = { target: target.value, into, delta: weights.map(() => 0) }));
    for (let i = 0; i < weights.length; i++) entry.delta[i]! += sign * weights[i]!;
    this.moved.add(entry);
  }
}

function targetOf(sum: Sum, props: Props | undefined): ManagedObjectReference | undefined {
  const ref = (props === undefined ? undefined : readPath(props, sum.path)) as ManagedObjectReference | undefined;
  return ref && isSubtype(ref.type, sum.target) ? ref : undefined;
}
