// What is wrong with what the user asked, with the way out. No output, no exit codes.

/** One thing that is wrong: the value, the valid ones, and the flag that sets it. */
export interface Issue {
  /** One sentence that names the wrong value. */
  readonly what: string;
  readonly details?: readonly string[];
  /** The flag to use, e.g. '--compute-resource'. */
  readonly flag?: string;
  /** Values that the flag would accept, sorted. */
  readonly valid?: readonly string[];
  /** A command-line fragment that would work. */
  readonly example?: string;
}

/** 'usage': the command line itself is wrong; 'state': the server or its inventory does not allow what was asked. */
export type IssueKind = 'usage' | 'state';

/** Ends a command with advice instead of a stack. */
export class UserError extends Error {
  override name = 'UserError';
  readonly kind: IssueKind;
  readonly issues: readonly Issue[];
  constructor(kind: IssueKind, ...issues: readonly Issue[]) {
    super(issues.map((issue) => issue.what).join('; '));
    this.kind = kind;
    this.issues = issues;
  }
}

/** The value of `known` that is spelled most like `word`, when it is close enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: { readonly value: string; readonly distance: number } | undefined;
  for (const value of known) {
    const distance = editDistance(word.toLowerCase(), value.toLowerCase());
    if (distance <= Math.max(1, Math.floor(value.length / 3)) && distance < (best?.distance ?? Infinity)) best = { value, distance };
  }
  return best?.value;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
