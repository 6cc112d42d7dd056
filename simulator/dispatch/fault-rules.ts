// Trouble by rule: a call that fails, waits, is cut off. Says which call is struck and by what; the pipeline and the
// transports do it. Nothing is struck while there is no rule.
import { dataType, fault, isSubtype, ownersOf, typeNames, type Fault, type ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Random } from '../runtime/random.ts';

/** What a struck call meets. Exactly one of fault, drop, truncate and status, or a latency alone. */
export interface FaultRule {
  /** Made up unless given. */
  readonly id?: string;
  /** Method name, or `PUT /folder`; `*` stands for anything: `Create*_Task`. */
  readonly method: string;
  /** Only calls of this object: its id, `Type:id`, its type or its name. */
  readonly on?: string;
  /** The first matching call that is struck, counted from 1; the first unless given. */
  readonly from?: number;
  /** From then on every nth; every one unless given. */
  readonly every?: number;
  /** How many are struck at most; unlimited unless given. */
  readonly count?: number;
  /** Chance of a call that is due, 0 to 1; 1 unless given. */
  readonly probability?: number;
  /** Milliseconds of the simulator's clock to wait before anything else. */
  readonly latency?: number;
  /** A fault of vim25: its type, its fields, and `message`. */
  readonly fault?: { readonly type: string; readonly message?: string; readonly [field: string]: unknown };
  /** For methods that give a task: the task is made, and ends in the fault. */
  readonly task?: boolean;
  /** The connection ends without an answer, before the call is done or after. */
  readonly drop?: 'before' | 'after';
  /** The answer ends after so many bytes, and the connection with it. */
  readonly truncate?: number;
  /** An HTTP status without a body, in the place of an answer; the call is not done. */
  readonly status?: number;
}

/** A rule as it stands. */
export interface StandingRule extends FaultRule {
  readonly id: string;
  /** Calls that matched, and those of them that were struck. */
  readonly matched: number;
  readonly struck: number;
}

/** How an answer is spoilt on its way. */
export type Cut = { readonly kind: 'drop' } | { readonly kind: 'truncate'; readonly bytes: number } | { readonly kind: 'status'; readonly status: number };

/** Thrown in the place of doing a call. */
export class CutOff extends Error {
  readonly cut: Cut;
  constructor(cut: Cut) {
    super(`the call is cut off (${cut.kind})`);
    this.cut = cut;
  }
}

/** What a struck call meets. */
export interface Strike {
  /** To be waited for first. */
  readonly latency: number;
  /** Thrown instead of doing the call. */
  readonly error: Fault | CutOff | undefined;
  /** What its task ends in. */
  readonly taskFault: Fault | undefined;
  /** Done to the answer. */
  readonly cut: Cut | undefined;
}

/** Who is called, as rules may name it. */
export interface Callee {
  readonly ref: ManagedObjectReference;
  readonly name?: unknown;
}

interface Standing {
  readonly rule: FaultRule & { readonly id: string };
  readonly pattern: RegExp;
  matched: number;
  struck: number;
}

const ACTIONS = ['fault', 'drop', 'truncate', 'status'] as const;
const KEYS: readonly string[] = ['id', 'method', 'on', 'from', 'every', 'count', 'probability', 'latency', 'task', ...ACTIONS];
const FILES = ['GET /folder', 'HEAD /folder', 'PUT /folder', 'DELETE /folder'];

/** The rules of one simulator. */
export class FaultRules {
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly standing: Standing[] = [];
  private last = 0;

  constructor(clock: Clock, random: Random) {
    this.clock = clock;
    this.random = random;
  }

  /** Adds a rule. Throws a TypeError that names what makes no sense in it and what would. */
  add(given: FaultRule): StandingRule {
    checkRule(given);
    const id = given.id ?? `rule-${++this.last}`;
    if (this.standing.some(({ rule }) => rule.id === id)) throw new TypeError(`id: there is a rule "${id}" already`);
    const made: Standing = { rule: { ...given, id }, pattern: globOf(given.method), matched: 0, struck: 0 };
    this.standing.push(made);
    return shown(made);
  }

  list(): StandingRule[] {
    return this.standing.map(shown);
  }

  /** False when there is no such rule. */
  remove(id: string): boolean {
    const at = this.standing.findIndex(({ rule }) => rule.id === id);
    if (at >= 0) this.standing.splice(at, 1);
    return at >= 0;
  }

  clear(): void {
    this.standing.length = 0;
  }

  /** What a call meets; the first rule that strikes counts. Undefined for nearly every call. */
  strike(method: string, callee: Callee | undefined): Strike | undefined {
    if (this.standing.length === 0) return undefined;
    for (const one of this.standing) {
      if (!one.pattern.test(method) || !isOn(one.rule.on, callee)) continue;
      one.matched++;
      if (!this.isDue(one)) continue;
      one.struck++;
      return strikeOf(one.rule);
    }
    return undefined;
  }

  /** Waits as a strike wants; ends early when the client hangs up. */
  async wait({ latency }: Strike, signal: AbortSignal | undefined): Promise<void> {
    if (latency <= 0) return;
    await new Promise<void>((resolve) => {
      const end = (): void => {
        stop();
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const stop = this.clock.after(latency, end);
      signal?.addEventListener('abort', end, { once: true });
    });
  }

  private isDue({ rule, matched, struck }: Standing): boolean {
    const { from = 1, every = 1, count = Infinity, probability = 1 } = rule;
    if (struck >= count || matched < from || (matched - from) % every !== 0) return false;
    return probability >= 1 || this.random.next() / 2 ** 32 < probability;
  }
}

const shown = ({ rule, matched, struck }: Standing): StandingRule => ({ ...rule, matched, struck });

const globOf = (text: string): RegExp => new RegExp(`^${text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);

function isOn(wanted: string | undefined, callee: Callee | undefined): boolean {
  if (wanted === undefined) return true;
  if (!callee) return false;
  const { ref, name } = callee;
  return wanted === ref.value || wanted === `${ref.type}:${ref.value}` || wanted === name || isSubtype(ref.type, wanted);
}

function strikeOf(rule: FaultRule): Strike {
  const made = rule.fault && faultOf(rule.fault);
  const cut: Cut | undefined = rule.drop !== undefined ? { kind: 'drop' } : rule.truncate !== undefined ? { kind: 'truncate', bytes: rule.truncate } : undefined;
  const instead = rule.status !== undefined ? new CutOff({ kind: 'status', status: rule.status }) : rule.drop === 'before' ? new CutOff({ kind: 'drop' }) : undefined;
  return {
    latency: rule.latency ?? 0,
    error: rule.task ? undefined : (made ?? instead),
    taskFault: rule.task ? made : undefined,
    cut: instead ? undefined : cut,
  };
}

function faultOf({ type, message, ...fields }: NonNullable<FaultRule['fault']>): Fault {
  // Which type it is was checked when the rule was added.
  return fault(type as 'NotSupported', fields, message ?? `${type}, by a fault rule of the simulator.`);
}

/** What is wrong with rules that are not added yet, one text each. */
export function ruleProblems(rules: readonly FaultRule[]): readonly string[] {
  const ids = new Set<string>();
  return rules.flatMap((rule, i) => {
    const at = rules.length === 1 ? '' : `rule ${i + 1}: `;
    try {
      if (typeof rule !== 'object' || rule === null) throw new TypeError(`${JSON.stringify(rule)} is no rule: {"method": …, "fault": {"type": …}}`);
      checkRule(rule);
      if (rule.id !== undefined && ids.has(rule.id)) throw new TypeError(`id: there is a rule "${rule.id}" already`);
      if (rule.id !== undefined) ids.add(rule.id);
      return [];
    } catch (error) {
      return [`${at}${(error as Error).message}`];
    }
  });
}

function checkRule(rule: FaultRule): void {
  const wrong = (key: string, why: string): TypeError => new TypeError(`${key}: ${why}`);
  for (const key of Object.keys(rule)) if (!KEYS.includes(key)) throw wrong(key, `a rule has no such key. Known: ${KEYS.join(', ')}`);
  if (typeof rule.method !== 'string' || rule.method === '') throw wrong('method', 'the name of a method is needed, with * for anything');
  if (!rule.method.includes('*') && ownersOf(rule.method).length === 0 && rule.method !== 'Fetch' && !FILES.includes(rule.method)) {
    throw wrong('method', `"${rule.method}" is no method of vim25. Beside those there are: Fetch, ${FILES.join(', ')}`);
  }
  for (const key of ['from', 'every', 'count'] as const) {
    const value = rule[key];
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) throw wrong(key, `${JSON.stringify(value)} is not a whole number from 1 on`);
  }
  for (const key of ['latency', 'truncate'] as const) {
    const value = rule[key];
    if (value !== undefined && !(typeof value === 'number' && value >= 0)) throw wrong(key, `${JSON.stringify(value)} is not a number from 0 on`);
  }
  if (rule.probability !== undefined && !(rule.probability >= 0 && rule.probability <= 1)) throw wrong('probability', `${JSON.stringify(rule.probability)} is not between 0 and 1`);
  if (rule.drop !== undefined && rule.drop !== 'before' && rule.drop !== 'after') throw wrong('drop', `${JSON.stringify(rule.drop)} is neither "before" nor "after"`);
  if (rule.status !== undefined && !(Number.isInteger(rule.status) && rule.status >= 400 && rule.status <= 599)) throw wrong('status', `${JSON.stringify(rule.status)} is not an HTTP status from 400 to 599`);
  const actions = ACTIONS.filter((key) => rule[key] !== undefined);
  if (actions.length > 1) throw wrong(actions[1]!, `a rule does one thing, and this one has ${actions.join(' and ')}`);
  if (actions.length === 0 && rule.latency === undefined) throw wrong('fault', `a rule does something: one of ${ACTIONS.join(', ')}, or latency`);
  if (rule.task && (!rule.fault || rule.method.includes('/'))) throw wrong('task', 'only a fault can be what a task ends in');
  if (rule.fault) checkFault(rule.fault, wrong);
}

function checkFault({ type, message: _message, ...fields }: NonNullable<FaultRule['fault']>, wrong: (key: string, why: string) => TypeError): void {
  const declared = typeof type === 'string' ? dataType(type) : undefined;
  if (!declared || !isSubtype(type, 'MethodFault') && !isSubtype(type, 'RuntimeFault')) {
    const near = typeof type === 'string' ? typeNames('data').filter((name) => isSubtype(name, 'MethodFault') && name.toLowerCase().includes(type.toLowerCase())).slice(0, 8) : [];
    throw wrong('fault.type', `"${String(type)}" is no fault of vim25${near.length > 0 ? `. Like it: ${near.join(', ')}` : ', for example NotSupported, InvalidState, NoPermission'}`);
  }
  for (const field of Object.keys(fields)) if (!declared.byName.has(field)) throw wrong(`fault.${field}`, `${type} has no such field. Known: ${[...declared.byName.keys()].join(', ')}`);
}
