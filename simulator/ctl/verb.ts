// What a verb of `vicsim ctl` is.
import type { Ask } from '../transports/admin-client.ts';

export interface Given {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string>>;
  /** Text of a file, `-` for standard input. Throws a UsageError when it cannot be read. */
  read(file: string): string;
}

export interface Verb {
  /** 'snapshot create' */
  readonly name: string;
  /** 'NAME' or '[NAME]'; '…' after the last one that may come again. */
  readonly takes?: string;
  /** Options with a value, or none when it ends with '!'. */
  readonly options?: readonly string[];
  readonly help: string;
  ask(given: Given): Ask;
  /** Text for people; `reply` is what --json prints. */
  show(reply: never, given: Given): string;
  /** The answer is lines that come one by one; `show` gets each of them. */
  readonly follows?: (given: Given) => boolean;
  /** Does something else with the lines; gives what --json prints. */
  readonly collects?: (lines: AsyncIterable<unknown>, given: Given) => Promise<unknown>;
}
