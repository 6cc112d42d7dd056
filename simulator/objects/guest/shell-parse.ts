// Reads command lines as a small POSIX shell (or cmd.exe) does: quotes, variables, redirections, pipes, lists and groups.
// What it does not know it names, instead of doing something else. Pure.

export type Part = { readonly text: string; readonly quoted: boolean } | { readonly variable: string; readonly quoted: boolean };
export type Word = readonly Part[];

export interface Redirect {
  readonly fd: number;
  readonly kind: '<' | '>' | '>>' | 'dup';
  readonly target: Word;
}

export interface Command {
  readonly assignments: readonly { readonly name: string; readonly value: Word }[];
  readonly words: readonly Word[];
  readonly redirects: readonly Redirect[];
  readonly group?: List;
}

export interface Step {
  /** How it hangs together with the step before it. */
  readonly after: ';' | '&&' | '||';
  readonly background: boolean;
  readonly negated: boolean;
  readonly pipeline: readonly Command[];
}

export type List = readonly Step[];

/** A line that cannot be read, with what a shell would say. */
export class ShellError extends Error {}

const RESERVED = new Set(['if', 'for', 'while', 'until', 'case', 'function', '{', 'select']);

/** Reads a script. Throws a ShellError. */
export function parseScript(text: string, windows: boolean): List {
  const parser = new Parser(text, windows);
  const list = parser.list();
  parser.end();
  return list;
}

/** The words of an argument string, as the tools in a guest split it for a program that is no shell. */
export function splitArguments(text: string, windows: boolean): string[] {
  const parser = new Parser(text, windows);
  const words: string[] = [];
  for (;;) {
    parser.skipBlanks(true);
    const word = parser.word(true);
    if (!word) return words;
    words.push(word.map((part) => ('text' in part ? part.text : windows ? `%${part.variable}%` : `$${part.variable}`)).join(''));
  }
}

class Parser {
  private readonly text: string;
  private readonly windows: boolean;
  private at = 0;

  constructor(text: string, windows: boolean) {
    this.text = text;
    this.windows = windows;
  }

  end(): void {
    this.skipBlanks(true);
    if (this.at < this.text.length) throw new ShellError(`syntax error near unexpected token '${this.text[this.at]!}'`);
  }

  skipBlanks(lines: boolean): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === ' ' || c === '\t' || c === '\r' || (lines && c === '\n')) this.at += 1;
      else if (c === '\\' && this.text[this.at + 1] === '\n') this.at += 2;
      else if (c === '#' && !this.windows) while (this.at < this.text.length && this.text[this.at] !== '\n') this.at += 1;
      else return;
    }
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  list(): List {
    const steps: Step[] = [];
    let after: Step['after'] = ';';
    for (;;) {
      this.skipBlanks(after === ';' || true);
      if (this.at >= this.text.length || this.text[this.at] === ')') break;
      const negated = !this.windows && /^![ \t]/.test(this.text.slice(this.at, this.at + 2)) && this.take('!');
      const pipeline = this.pipeline();
      this.skipBlanks(false);
      let background = false;
      let next: Step['after'] = ';';
      if (this.take('&&')) next = '&&';
      else if (this.take('||')) next = '||';
      else if (this.take('&')) background = !this.windows;
      else if (!(this.take(';') || this.take('\n')) && this.at < this.text.length && this.text[this.at] !== ')') {
        throw new ShellError(`syntax error near unexpected token '${this.text[this.at]!}'`);
      }
      steps.push({ after, background, negated, pipeline });
      after = next;
    }
    if (after !== ';') throw new ShellError('syntax error: unexpected end of file');
    return steps;
  }

  private pipeline(): Command[] {
    const commands = [this.command()];
    for (;;) {
      this.skipBlanks(false);
      if (this.text.startsWith('||', this.at) || !this.take('|')) return commands;
      this.skipBlanks(true);
      commands.push(this.command());
    }
  }

  private command(): Command {
    const words: Word[] = [];
    const redirects: Redirect[] = [];
    const assignments: { name: string; value: Word }[] = [];
    let group: List | undefined;
    for (;;) {
      this.skipBlanks(false);
      if (words.length === 0 && !group && this.take('(')) {
        group = this.list();
        if (!this.take(')')) throw new ShellError("syntax error: missing ')'");
        continue;
      }
      const redirect = this.redirect();
      if (redirect) {
        redirects.push(redirect);
        continue;
      }
      const word = this.word(false);
      if (!word) break;
      if (group) throw new ShellError('syntax error: a word after a group');
      const [first] = word;
      const given = words.length === 0 && !this.windows && first && 'text' in first && !first.quoted ? /^([A-Za-z_]\w*)=/.exec(first.text) : undefined;
      if (given) {
        assignments.push({ name: given[1]!, value: [{ text: (first as { text: string }).text.slice(given[0].length), quoted: true }, ...word.slice(1)] });
        continue;
      }
      if (words.length === 0 && first && 'text' in first && !first.quoted && RESERVED.has(first.text)) throw new ShellError(`'${first.text}' is not simulated in this guest's shell`);
      words.push(word);
    }
    if (words.length === 0 && !group && assignments.length === 0 && redirects.length === 0) {
      throw new ShellError(`syntax error near unexpected token '${this.text[this.at] ?? 'newline'}'`);
    }
    return { assignments, words, redirects, ...(group ? { group } : {}) };
  }

  private redirect(): Redirect | undefined {
    const found = /^(\d?)(>>|>&|<&|>\||>|<)/.exec(this.text.slice(this.at, this.at + 3));
    if (!found) return undefined;
    if (this.text.startsWith('<<', this.at)) throw new ShellError("'<<' is not simulated in this guest's shell");
    this.at += found[0].length;
    const operator = found[2]!;
    const input = operator.startsWith('<');
    const fd = found[1] === '' ? (input ? 0 : 1) : Number(found[1]);
    this.skipBlanks(false);
    const target = this.word(false);
    if (!target) throw new ShellError("syntax error near unexpected token 'newline'");
    return { fd, kind: operator.endsWith('&') ? 'dup' : operator === '>>' ? '>>' : input ? '<' : '>', target };
  }

  /** The word that begins here; undefined where none does. `plain` has no operators: only blanks end a word. */
  word(plain: boolean): Word | undefined {
    const parts: Part[] = [];
    let text = '';
    const start = this.at;
    const flush = (quoted: boolean): void => {
      if (text !== '' || quoted) parts.push({ text, quoted });
      text = '';
    };
    for (; this.at < this.text.length;) {
      const c = this.text[this.at]!;
      if (/\s/.test(c) || (!plain && /[;&|<>()]/.test(c))) break;
      if (c === "'" && !this.windows) {
        flush(false);
        const end = this.text.indexOf("'", this.at + 1);
        if (end < 0) throw new ShellError("unexpected end of file while looking for matching `''");
        parts.push({ text: this.text.slice(this.at + 1, end), quoted: true });
        this.at = end + 1;
      } else if (c === '"') {
        flush(false);
        this.quoted(parts, plain);
      } else if (c === '\\' && !this.windows) {
        flush(false);
        if (this.at + 1 < this.text.length) parts.push({ text: this.text[this.at + 1]!, quoted: true });
        this.at += 2;
      } else if (!plain && this.variable(parts, false, () => flush(false))) continue;
      else {
        text += c;
        this.at += 1;
      }
    }
    flush(false);
    return this.at === start ? undefined : parts;
  }

  private quoted(parts: Part[], plain: boolean): void {
    let text = '';
    const flush = (): void => {
      parts.push({ text, quoted: true });
      text = '';
    };
    for (this.at += 1; ;) {
      const c = this.text[this.at];
      if (c === undefined) throw new ShellError('unexpected end of file while looking for matching `"\'');
      if (c === '"') break;
      if (c === '\\' && !this.windows && /["\\$`]/.test(this.text[this.at + 1] ?? '')) {
        text += this.text[this.at + 1]!;
        this.at += 2;
      } else if (!plain && this.variable(parts, true, flush)) continue;
      else {
        text += c;
        this.at += 1;
      }
    }
    this.at += 1;
    flush();
  }

  private variable(parts: Part[], quoted: boolean, flush: () => void): boolean {
    const rest = this.text.slice(this.at);
    if (!this.windows && (rest.startsWith('$(') || rest.startsWith('`'))) throw new ShellError("command substitution is not simulated in this guest's shell");
    const found = this.windows ? /^%(\w+)%/.exec(rest) : /^\$(?:(\w+|\?|\$)|\{(\w+)\})/.exec(rest);
    if (!found) return false;
    flush();
    parts.push({ variable: (found[1] ?? found[2])!, quoted });
    this.at += found[0].length;
    return true;
  }
}
