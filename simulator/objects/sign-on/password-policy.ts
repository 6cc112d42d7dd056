// The password policy of single sign-on: state of the UserDirectory (`_signOn.policy`), with the values that vCenter has
// after its installation, and what it says of a password.
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { signOnSettings, type SignOnSettings } from '../../sso/settings.ts';
import { ServiceFault } from '../../sso/service.ts';

export interface PasswordPolicy {
  readonly description: string;
  readonly prohibitedPreviousPasswordsCount: number;
  readonly passwordFormat: {
    readonly lengthRestriction: { readonly minLength: number; readonly maxLength: number };
    readonly alphabeticRestriction: { readonly minAlphabeticCount: number; readonly minUppercaseCount: number; readonly minLowercaseCount: number };
    readonly minNumericCount: number;
    readonly minSpecialCharCount: number;
    readonly maxIdenticalAdjacentCharacters: number;
  };
  readonly passwordLifetimeDays?: number;
}

const USUAL: PasswordPolicy = {
  description: '', prohibitedPreviousPasswordsCount: 5, passwordLifetimeDays: 90,
  passwordFormat: {
    lengthRestriction: { minLength: 8, maxLength: 20 }, alphabeticRestriction: { minAlphabeticCount: 2, minUppercaseCount: 1, minLowercaseCount: 1 },
    minNumericCount: 1, minSpecialCharCount: 1, maxIdenticalAdjacentCharacters: 3,
  },
};

export const settingsIn = (sim: Simulation, tx: Transaction): SignOnSettings => (tx.get(sim.wellKnown['userDirectory']!, '_signOn') ?? {}) as SignOnSettings;

/** The policy as it is, seen by a transaction or from outside. */
export const policyOf = (sim: Simulation, tx?: Transaction): PasswordPolicy => ((tx ? settingsIn(sim, tx) : signOnSettings(sim)).policy as PasswordPolicy | undefined) ?? USUAL;

/** Throws when a policy asks for what no password can be. */
export function checkPolicy({ passwordFormat: { lengthRestriction, alphabeticRestriction, minNumericCount, minSpecialCharCount, maxIdenticalAdjacentCharacters } }: PasswordPolicy): void {
  const { minLength, maxLength } = lengthRestriction;
  const { minAlphabeticCount, minUppercaseCount, minLowercaseCount } = alphabeticRestriction;
  const counts = [minLength, minAlphabeticCount, minUppercaseCount, minLowercaseCount, minNumericCount, minSpecialCharCount];
  const possible = counts.every((count) => count >= 0) && minLength <= maxLength && maxIdenticalAdjacentCharacters > 0 && minUppercaseCount + minLowercaseCount <= minAlphabeticCount && minAlphabeticCount + minNumericCount + minSpecialCharCount <= maxLength;
  if (!possible) throw new ServiceFault('SsoAdminFaultInvalidPasswordPolicyFault', 'The policy cannot be kept: its lengths and counts contradict each other.');
}

/** Throws SsoAdminFaultPasswordPolicyViolationFault that says what is missing. */
export function checkPassword({ passwordFormat: format }: PasswordPolicy, password: string): void {
  const { lengthRestriction: { minLength, maxLength }, alphabeticRestriction: letters } = format;
  const count = (pattern: RegExp): number => password.match(pattern)?.length ?? 0;
  const longest = Math.max(0, ...[...password.matchAll(/(.)\1*/gsu)].map(([run]) => [...run].length));
  const faults = [
    [password.length < minLength, `at least ${minLength} characters`], [password.length > maxLength, `at most ${maxLength} characters`],
    [count(/\p{L}/gu) < letters.minAlphabeticCount, `at least ${letters.minAlphabeticCount} letters`], [count(/\p{Lu}/gu) < letters.minUppercaseCount, `at least ${letters.minUppercaseCount} upper case letters`],
    [count(/\p{Ll}/gu) < letters.minLowercaseCount, `at least ${letters.minLowercaseCount} lower case letters`], [count(/\p{N}/gu) < format.minNumericCount, `at least ${format.minNumericCount} digits`],
    [count(/[^\p{L}\p{N}]/gu) < format.minSpecialCharCount, `at least ${format.minSpecialCharCount} other characters`],
    [longest > format.maxIdenticalAdjacentCharacters, `at most ${format.maxIdenticalAdjacentCharacters} equal characters in a row`],
  ].flatMap(([broken, what]) => (broken ? [what] : []));
  if (faults.length > 0) throw new ServiceFault('SsoAdminFaultPasswordPolicyViolationFault', `The password does not keep to the policy: it needs ${faults.join(', ')}.`);
}
