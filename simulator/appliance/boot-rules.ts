// How appliances boot when somebody asks for trouble: slowly, without addresses, with components that fail. Rules are
// state, so they go with the world; what a boot does with them is boot.ts.
import type { ManagedObjectReference, OptionValue } from '../../core/vim25/index.ts';
import type { Transaction } from '../store/transaction.ts';
import { COMPONENTS, type Component } from './vch-keys.ts';

export interface BootRule {
  /** Of the appliance's virtual machine; all appliances when absent. */
  readonly name?: string;
  /** Seconds from power-on until its networks come up. */
  readonly delay?: number;
  /** False: nobody answers its DHCP requests. */
  readonly dhcp?: boolean;
  /** Components that do not start, with what they say of it. */
  readonly failures?: Readonly<Partial<Record<Component, string>>>;
  /** Components of which nothing is ever heard. */
  readonly hangs?: readonly Component[];
}

/** What holds for one boot. */
export interface BootPlan {
  readonly delay: number;
  readonly dhcp: boolean;
  readonly failures: Readonly<Partial<Record<Component, string>>>;
  readonly hangs: readonly Component[];
}

/** Where the rules are kept. */
export const RULES: ManagedObjectReference = { type: '_BootRules', value: 'boot-rules' };
const KEY = 'vicsim.boot.';

/** The rules in force. */
export const bootRules = (tx: Pick<Transaction, 'find'>): readonly BootRule[] => (tx.find(RULES)?.['rules'] ?? []) as readonly BootRule[];

/** Puts a rule in the place of the one for the same name; a rule that asks for nothing only takes that away. */
export function setBootRule(tx: Transaction, rule: BootRule): void {
  const empty = rule.delay === undefined && rule.dhcp === undefined && rule.failures === undefined && rule.hangs === undefined;
  const rules = [...bootRules(tx).filter((other) => other.name !== rule.name), ...(empty ? [] : [rule])];
  if (tx.has(RULES)) tx.set(RULES, 'rules', rules);
  else tx.create(RULES.type, RULES.value, { rules });
}

/** Takes all rules away. */
export function clearBootRules(tx: Transaction): void {
  if (tx.has(RULES)) tx.set(RULES, 'rules', []);
}

/** What the machine's own extraConfig asks for: `vicsim.boot.delay`, `.dhcp`, `.fail.<component>`, `.hang.<component>`. */
function ownRule(options: readonly OptionValue[] | undefined): BootRule {
  const asked = new Map((options ?? []).filter(({ key }) => key.startsWith(KEY)).map(({ key, value }) => [key.slice(KEY.length), String(value)]));
  if (asked.size === 0) return {};
  const delay = Number(asked.get('delay') ?? Number.NaN);
  const dhcp = asked.get('dhcp');
  const failures = COMPONENTS.flatMap((name) => (asked.has(`fail.${name}`) ? [[name, asked.get(`fail.${name}`)!] as const] : []));
  return {
    ...(delay >= 0 ? { delay } : {}),
    ...(dhcp === undefined ? {} : { dhcp: dhcp !== 'none' }),
    failures: Object.fromEntries(failures),
    hangs: COMPONENTS.filter((name) => asked.get(`hang.${name}`) === 'true'),
  };
}

/** What holds for this machine: rules for all, then those of its name, then its own extraConfig. */
export function bootPlanOf(tx: Transaction, vm: ManagedObjectReference): BootPlan {
  const { name, config } = tx.props<'VirtualMachine'>(vm);
  const rules = bootRules(tx);
  const inForce = [...rules.filter((rule) => rule.name === undefined), ...rules.filter((rule) => rule.name === name), ownRule(config?.extraConfig)];
  let plan: BootPlan = { delay: 0, dhcp: true, failures: {}, hangs: [] };
  for (const { delay, dhcp, failures, hangs } of inForce) {
    plan = {
      delay: delay ?? plan.delay,
      dhcp: dhcp ?? plan.dhcp,
      failures: { ...plan.failures, ...failures },
      hangs: [...new Set([...plan.hangs, ...(hangs ?? [])])],
    };
  }
  return plan;
}
