// Names of a world and what they are called where it runs: an endpoint that others use too cannot have everybody's "DC0".

/** Translates texts both ways. A name is translated only where it stands by itself. */
export interface Names {
  /** From the words of a scenario to those of the endpoint. */
  readonly there: (text: string) => string;
  /** From the words of the endpoint to those of a scenario. */
  readonly here: (text: string) => string;
}

/** Of endpoints that are the scenario's alone. */
export const SAME_NAMES: Names = { there: (text) => text, here: (text) => text };

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

function translator(pairs: readonly (readonly [string, string])[]): (text: string) => string {
  const table = new Map(pairs);
  // The longest first: one name may begin like another.
  const words = [...table.keys()].sort((a, b) => b.length - a.length).map(escaped).join('|');
  const pattern = new RegExp(`(?<![\\w.-])(?:${words})(?![\\w-])`, 'g');
  return (text) => text.replace(pattern, (name) => table.get(name)!);
}

/** Names by what they are called at the endpoint. Throws a RangeError when two are called the same. */
export function namesOf(called: Readonly<Record<string, string>>): Names {
  const pairs = Object.entries(called).filter(([plain, real]) => plain !== real);
  if (new Set(pairs.map(([, real]) => real)).size < pairs.length) throw new RangeError(`several names are called the same: ${JSON.stringify(called)}`);
  return pairs.length === 0 ? SAME_NAMES : { there: translator(pairs), here: translator(pairs.map(([plain, real]) => [real, plain])) };
}
