// The signals that the tether knows, by name, with or without SIG, or by number.

const NUMBERS: Readonly<Record<string, number>> = {
  HUP: 1, INT: 2, QUIT: 3, ILL: 4, ABRT: 6, FPE: 8, KILL: 9, USR1: 10, SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15,
};
/** Signals that programs of a server take as a hint and live on. */
const HINTS: ReadonlySet<string> = new Set(['HUP', 'USR1', 'USR2']);

/** True when a process ends on the signal. Throws a TypeError for one that there is not. */
export function endsOn(signal: string): boolean {
  const wanted = signal.toUpperCase().replace(/^SIG/, '');
  const name = Object.keys(NUMBERS).find((one) => one === wanted || String(NUMBERS[one]) === wanted);
  if (name === undefined) throw new TypeError(`Invalid signal: ${signal}`);
  return !HINTS.has(name);
}
