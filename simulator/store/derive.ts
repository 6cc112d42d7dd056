// Values that follow from others: the inverse side of references, and properties computed from properties.
// Objects declare them as data; a commit applies them, so no copy of a value can drift.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { isSubtype } from '../../core/vim25/schema.ts';
import { readPath, type Props } from './object.ts';
import { Tallies, type Sum } from './sums.ts';

/** Keeps `target.inverse` equal to the list of objects whose `path` points at the target. */
export interface Relation {
  /** Objects of this type or a subtype. */
  readonly type: string;
  /** Dotted path to a reference or an array of references. */
  readonly path: string;
  readonly inverse: string;
  /** Only targets of these types (or subtypes) keep the inverse; all when absent. */
  readonly targets?: readonly string[];
}

/** Recomputes properties of one object whenever one of its `inputs` changed. */
export interface Rule {
  readonly type: string;
  /** Top-level property names. */
  readonly inputs: readonly string[];
  /**
   * Other objects this value is made of: when one of their `inputs` changes (or one appears or goes), the rule runs
   * for the object that their `path` points at. Each rule runs at most once per object and round, however many changed.
   */
  readonly watch?: readonly Watched[];
  /**
   * The derived properties, or undefined for "nothing to change". `read` gives any object as it will be after the
   * commit; reading others is for values that cannot change without an input or a watched object changing too.
   */
  derive(props: Props, read: Reader): Props | undefined;
}

export interface Watched {
  /** Objects of this type or a subtype. */
  readonly type: string;
  /** Dotted path in the watched object to the object whose rule runs. */
  readonly path: string;
  /** Top-level property names of the watched object. */
  readonly inputs: readonly string[];
}

export type Reader = (ref: ManagedObjectReference) => Props | undefined;

/** What the transaction offers to the derivation of one commit. */
export interface Draft {
  /** Ids of objects touched so far, in order of first touch; grows while rules run. */
  touched(): Iterable<string>;
  typeOf(id: string): string;
  before(id: string): Props | undefined;
  after(id: string): Props | undefined;
  assign(id: string, props: Props): void;
}

const NONE: readonly ManagedObjectReference[] = [];

const valueAt = (props: Props | undefined, path: string): unknown =>
  props === undefined ? undefined : path.includes('.') ? readPath(props, path) : props[path];

const targetsOf = (props: Props | undefined, path: string): readonly ManagedObjectReference[] => asList(valueAt(props, path));

function asList(value: unknown): readonly ManagedObjectReference[] {
  if (value === undefined) return NONE;
  return Array.isArray(value) ? (value as ManagedObjectReference[]) : [value as ManagedObjectReference];
}

/** True when the derived values are what the object has already. */
function isKept(derived: Props, props: Props): boolean {
  for (const key in derived) if (derived[key] !== props[key]) return false;
  return true;
}

/** Those of `add` that are not in the list. A few are looked for one by one: a set of thousands would cost more than the search. */
function missing(list: readonly ManagedObjectReference[], add: ReadonlyMap<string, ManagedObjectReference>): ManagedObjectReference[] {
  if (add.size > 4) {
    const present = new Set(list.map((ref) => ref.value));
    return [...add.values()].filter((ref) => !present.has(ref.value));
  }
  return [...add.values()].filter((ref) => !list.some((other) => other.value === ref.value));
}

/** Rules that wait for everything else, with the objects they are to run for. */
type Due = Map<Rule, Set<string>>;

function idsOf(due: Due, rule: Rule): Set<string> {
  let ids = due.get(rule);
  if (!ids) due.set(rule, (ids = new Set()));
  return ids;
}

/** Per draft: the properties that relations and sums were last worked out for, and how much the sums changed. */
interface Progress {
  readonly done: Map<string, Props | undefined>;
  readonly tallies: Tallies;
}

export class Derivation {
  private readonly relations: readonly Relation[];
  private readonly rules: readonly Rule[];
  private readonly sums: readonly Sum[];
  private readonly progress = new WeakMap<Draft, Progress>();
  private readonly sumsByType = new Map<string, readonly Sum[]>();
  private readonly relationsByType = new Map<string, readonly Relation[]>();
  private readonly rulesByType = new Map<string, readonly Rule[]>();
  private readonly watchesByType = new Map<string, readonly { rule: Rule; watch: Watched }[]>();

  constructor(relations: readonly Relation[], rules: readonly Rule[], sums: readonly Sum[] = []) {
    this.relations = relations;
    this.rules = rules;
    this.sums = sums;
  }

  /**
   * Brings every derived value of the draft up to date. Rules that watch other objects are sums over many: they wait
   * until everything else has settled, so that they run once and not once per round. Throws when rules keep changing
   * each other's inputs.
   */
  run(draft: Draft): void {
    this.relate(draft);
    const seen = new Map<string, Props | undefined>();
    let due: Due = new Map();
    for (let round = 0; round < 60; round++) {
      let changed = false;
      for (const id of [...draft.touched()]) {
        const after = draft.after(id);
        const before = seen.has(id) ? seen.get(id) : draft.before(id);
        if (before === after) continue;
        seen.set(id, after);
        this.notice(draft, id, before, due);
        if (after !== undefined && this.compute(draft, id, before, due)) changed = true;
      }
      if (!changed) {
        const waiting = due;
        due = new Map();
        for (const [rule, ids] of waiting) for (const id of ids) if (this.apply(draft, id, rule)) changed = true;
        if (!changed) return;
      }
      this.relate(draft);
    }
    throw new Error('derivation rules do not settle: two rules change each other\'s inputs');
  }

  private compute(draft: Draft, id: string, before: Props | undefined, due: Due): boolean {
    const rules = this.rulesFor(draft.typeOf(id));
    if (rules.length === 0) return false;
    const read: Reader = (ref) => draft.after(ref.value);
    let props = draft.after(id)!;
    // One copy for all rules of the object: building thousands of machines would spend its time on copies otherwise.
    let own: Record<string, unknown> | undefined;
    for (const rule of rules) {
      if (before !== undefined && !rule.inputs.some((input) => before[input] !== props[input])) continue;
      if (rule.watch) {
        idsOf(due, rule).add(id);
        continue;
      }
      const derived = rule.derive(props, read);
      if (derived === undefined || isKept(derived, props)) continue;
      own = own === undefined ? { ...props, ...derived } : Object.assign(own, derived);
      props = own;
    }
    if (own === undefined) return false;
    draft.assign(id, own);
    return true;
  }

  private apply(draft: Draft, id: string, rule: Rule): boolean {
    const props = draft.after(id);
    if (props === undefined) return false;
    const derived = rule.derive(props, (ref) => draft.after(ref.value));
    if (derived === undefined || isKept(derived, props)) return false;
    draft.assign(id, { ...props, ...derived });
    return true;
  }

  /** Collects the rules of other objects that a change in this one makes due. */
  private notice(draft: Draft, id: string, before: Props | undefined, due: Due): void {
    const after = draft.after(id);
    for (const { rule, watch } of this.watchesFor(draft.typeOf(id))) {
      if (before && after && !watch.inputs.some((input) => before[input] !== after[input])) continue;
      const ids = idsOf(due, rule);
      for (const props of [before, after]) {
        for (const target of targetsOf(props, watch.path)) if (isSubtype(target.type, rule.type)) ids.add(target.value);
      }
    }
  }

  private relate(draft: Draft): void {
    let progress = this.progress.get(draft);
    if (!progress) this.progress.set(draft, (progress = { done: new Map(), tallies: new Tallies() }));
    const { done, tallies } = progress;
    const edits = new Map<string, Map<string, { add: Map<string, ManagedObjectReference>; drop: Set<string> }>>();
    const edit = (target: string, inverse: string) => {
      let targets = edits.get(inverse);
      if (!targets) edits.set(inverse, (targets = new Map()));
      let entry = targets.get(target);
      if (!entry) targets.set(target, (entry = { add: new Map(), drop: new Set() }));
      return entry;
    };
    for (const id of [...draft.touched()]) {
      const relations = this.relationsFor(draft.typeOf(id));
      const after = draft.after(id);
      const before = done.has(id) ? done.get(id) : draft.before(id);
      done.set(id, after);
      if (before === after) continue;
      for (const sum of this.sumsFor(draft.typeOf(id))) tallies.note(sum, before, after);
      for (const relation of relations) {
        const [was, is] = [valueAt(before, relation.path), valueAt(after, relation.path)];
        if (was === is) continue;
        const [from, to] = [asList(was), asList(is)];
        const self = { type: draft.typeOf(id), value: id };
        const keeps = (target: ManagedObjectReference) => !relation.targets || relation.targets.some((type) => isSubtype(target.type, type));
        for (const target of from) if (keeps(target)) edit(target.value, relation.inverse).drop.add(id);
        for (const target of to) {
          if (!keeps(target)) continue;
          edit(target.value, relation.inverse).add.set(id, self);
        }
      }
    }
    for (const [inverse, targets] of edits) for (const [id, { add, drop }] of targets) {
      const props = draft.after(id);
      if (props === undefined) continue;
      const old = (props[inverse] ?? NONE) as readonly ManagedObjectReference[];
      const kept = drop.size === 0 ? old : old.filter((ref) => !drop.has(ref.value) || add.has(ref.value));
      const fresh = missing(kept, add);
      if (fresh.length === 0 && kept.length === old.length) continue;
      draft.assign(id, { ...props, [inverse]: [...kept, ...fresh] });
    }
    tallies.apply(draft);
  }

  private sumsFor(type: string): readonly Sum[] {
    let found = this.sumsByType.get(type);
    if (!found) this.sumsByType.set(type, (found = this.sums.filter((sum) => isSubtype(type, sum.type))));
    return found;
  }

  private relationsFor(type: string): readonly Relation[] {
    let found = this.relationsByType.get(type);
    if (!found) this.relationsByType.set(type, (found = this.relations.filter((r) => isSubtype(type, r.type))));
    return found;
  }

  private watchesFor(type: string): readonly { rule: Rule; watch: Watched }[] {
    let found = this.watchesByType.get(type);
    if (!found) {
      found = this.rules.flatMap((rule) => (rule.watch ?? []).filter((w) => isSubtype(type, w.type)).map((watch) => ({ rule, watch })));
      this.watchesByType.set(type, found);
    }
    return found;
  }

  private rulesFor(type: string): readonly Rule[] {
    let found = this.rulesByType.get(type);
    if (!found) this.rulesByType.set(type, (found = this.rules.filter((r) => isSubtype(type, r.type))));
    return found;
  }
}
