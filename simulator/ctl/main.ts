// vicsim ctl: steers a running vicsim through its admin plane. From words to a request, and from the answer to text.
import { readFileSync } from 'node:fs';
import { UsageError } from '../cli-flags.ts';
import type { Io } from '../cli.ts';
import { adminClient } from '../transports/admin-client.ts';
import type { Given, Verb } from './verb.ts';
import { VERBS } from './verbs.ts';

const COMMON: Readonly<Record<string, string>> = { json: 'print the answer as JSON', url: 'address of the vicsim', k: 'take any certificate', h: 'show this' };

/** Runs `vicsim ctl …`; gives its exit code. Throws a UsageError for wrong words, an AdminError when it cannot be done. */
export async function ctlCommand(argv: readonly string[], io: Io): Promise<number> {
  const { verb, given } = readWords(argv);
  if (!verb) return io.stdout(ctlHelp()), 0;
  const { options } = given;
  const address = options['url'] ?? io.env?.['VICSIM_URL'] ?? io.env?.['GOVC_URL'] ?? 'https://127.0.0.1:8989';
  const client = adminClient(address, options['k'] !== undefined || /^(1|true)$/.test(io.env?.['GOVC_INSECURE'] ?? ''));
  const print = (reply: unknown): void => io.stdout(options['json'] === undefined ? verb.show(reply as never, given) : `${JSON.stringify(reply)}\n`);
  const ask = verb.ask(given);
  if (verb.collects) print(await verb.collects(client.lines(ask, io.stop), given));
  else if (verb.follows?.(given)) for await (const line of client.lines(ask, io.stop)) print(line);
  else print(await client.ask(ask));
  return 0;
}

function readWords(argv: readonly string[]): { readonly verb: Verb | undefined; readonly given: Given } {
  const words: string[] = [];
  const options: Record<string, string> = {};
  for (let i = 0; i < argv.length; i++) {
    const [, name, attached] = /^--?([a-zA-Z][\w-]*)(?:=([\s\S]*))?$/.exec(argv[i]!) ?? [];
    if (name === undefined) words.push(argv[i]!);
    else if (['json', 'k', 'h', 'help', 'follow'].includes(name)) options[name === 'help' ? 'h' : name] = 'true';
    else {
      const value = attached ?? argv[(i += 1)];
      if (value === undefined) throw new UsageError(`--${name} needs a value`);
      options[name] = value;
    }
  }
  const read = (file: string): string => {
    try {
      return readFileSync(file === '-' ? 0 : file, 'utf8');
    } catch (error) {
      throw new UsageError(`cannot read ${file}: ${(error as Error).message}`);
    }
  };
  if (options['h'] !== undefined || words.length === 0) return { verb: undefined, given: { words, options, read } };
  const verb = verbOf(words);
  const rest = words.slice(verb.name.split(' ').filter((word, i) => words[i] === word).length);
  checkWords(verb, rest);
  const known = [...Object.keys(COMMON), ...(verb.options ?? []).map((name) => name.replace('!', ''))];
  for (const name of Object.keys(options)) if (!known.includes(name)) throw new UsageError(`ctl ${verb.name} takes no --${name}: ${known.map(dashed).join(', ')}`);
  return { verb, given: { words: rest, options, read } };
}

/** The verb that the words begin with; of a noun alone the one that shows. */
function verbOf(words: readonly string[]): Verb {
  const [noun = '', second] = words;
  const of = VERBS.filter(({ name }) => name.split(' ')[0] === noun);
  if (of.length === 0) throw new UsageError(`ctl has no verb "${noun}": ${[...new Set(VERBS.map(({ name }) => name.split(' ')[0]))].join(', ')}; vicsim ctl -h`);
  const found = of.find(({ name }) => name === noun || name === `${noun} ${second ?? ''}`) ?? (second === undefined ? of.find(({ name }) => /(list|show)$/.test(name)) : undefined);
  if (!found) throw new UsageError(`ctl ${noun} has no "${second ?? ''}": ${of.map(({ name }) => name.split(' ')[1]).join(', ')}`);
  return found;
}

function checkWords({ name, takes = '' }: Verb, words: readonly string[]): void {
  const all = takes.split(' ').filter((word) => word !== '');
  const least = all.filter((word) => !word.startsWith('[')).length;
  const most = takes.endsWith('…') ? Infinity : all.length;
  if (words.length < least || words.length > most) throw new UsageError(`ctl ${name} takes ${takes === '' ? 'nothing more' : takes}, and got ${words.length === 0 ? 'nothing' : words.map((word) => `"${word}"`).join(' ')}`);
}

const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${name}`);

/** What `vicsim ctl -h` prints. */
export function ctlHelp(): string {
  const lines = VERBS.map(({ name, takes, options = [], help }) => `  ${[name, takes ?? '', ...options.map((option) => (option.endsWith('!') ? `[--${option.slice(0, -1)}]` : `[--${option} …]`))].filter((word) => word !== '').join(' ').padEnd(52)}${help}`);
  const common = Object.entries(COMMON).map(([name, help]) => `  ${dashed(name).padEnd(52)}${help}`);
  return `vicsim ctl steers a running vicsim.

${lines.join('\n')}

${common.join('\n')}

The address is that of --url, of VICSIM_URL, of GOVC_URL, or https://127.0.0.1:8989.
`;
}
