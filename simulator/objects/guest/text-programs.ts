// The programs of a simulated guest that print and filter text.
import { fileAt, writeFile } from './files.ts';
import { bytesOf, Sink, type Program, type Shell, type Streams } from './shell.ts';

/** All of the named files, or of the standard input. Throws the faults of the disk. */
function inputOf(shell: Shell, files: readonly string[], { stdin }: Streams): Buffer {
  return files.length === 0 ? stdin : Buffer.concat(files.map((file) => (file === '-' ? stdin : bytesOf(fileAt(shell.disk, shell.path(file)).node.content))));
}

const linesOf = (data: Buffer): string[] => {
  const text = data.toString('utf8');
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
};

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', '\\': '\\', r: '\r', '0': '\0' };
const escaped = (text: string): string => text.replace(/\\([nt\\r0])/g, (_, letter: string) => ESCAPES[letter]!);

/** '-n 5', '-n5' or '-5', and the operands. */
function count(args: readonly string[], normal: number): { lines: number; files: readonly string[] } {
  const found = /^-n?(\d+)$/.exec(args[0] ?? '');
  if (found) return { lines: Number(found[1]), files: args.slice(1) };
  return args[0] === '-n' ? { lines: Number(args[1]), files: args.slice(2) } : { lines: normal, files: args };
}

function printf([format = '', ...args]: readonly string[]): string {
  let next = 0;
  return escaped(format).replace(/%(s|d|%)/g, (_, kind: string) => (kind === '%' ? '%' : (args[next++] ?? (kind === 'd' ? '0' : ''))));
}

export const textPrograms: Readonly<Record<string, Program>> = {
  echo: (shell, args, { out }) => {
    const option = shell.windows ? undefined : /^-[neE]+$/.exec(args[0] ?? '')?.[0];
    const text = (option ? args.slice(1) : args).join(' ');
    out(`${option?.includes('e') ? escaped(text) : text}${option?.includes('n') ? '' : shell.windows ? '\r\n' : '\n'}`);
    return 0;
  },
  printf: (_shell, args, { out }) => (out(printf(args)), 0),
  cat: (shell, args, streams) => (streams.out(inputOf(shell, args, streams)), 0),
  printenv: (shell, args, { out }) => {
    if (args.length === 0) for (const [name, value] of shell.env) out(`${name}=${value}\n`);
    for (const name of args) {
      const value = shell.env.get(name);
      if (value === undefined) return 1;
      out(`${value}\n`);
    }
    return 0;
  },
  wc: (shell, args, streams) => {
    const [option, ...files] = args[0]?.startsWith('-') ? args : ['', ...args];
    const data = inputOf(shell, files, streams);
    const text = data.toString('utf8');
    const counts = { l: text.split('\n').length - 1, w: text.split(/\s+/).filter((word) => word !== '').length, c: data.length };
    const shown = (['l', 'w', 'c'] as const).filter((key) => option === '' || option!.includes(key)).map((key) => counts[key]);
    streams.out(`${[...shown, ...(files.length === 1 ? [files[0]!] : [])].join(' ')}\n`);
    return 0;
  },
  head: (shell, args, streams) => {
    const { lines, files } = count(args, 10);
    streams.out(linesOf(inputOf(shell, files, streams)).slice(0, lines).map((line) => `${line}\n`).join(''));
    return 0;
  },
  tail: (shell, args, streams) => {
    const { lines, files } = count(args, 10);
    streams.out(linesOf(inputOf(shell, files, streams)).slice(-lines).map((line) => `${line}\n`).join(''));
    return 0;
  },
  /** Searches for fixed text: patterns of a guest's user are not run as regular expressions. */
  grep: (shell, args, streams) => {
    const flags = args.filter((arg) => arg.startsWith('-')).join('');
    const [pattern = '', ...files] = args.filter((arg) => !arg.startsWith('-'));
    const fold = (text: string): string => (flags.includes('i') ? text.toLowerCase() : text);
    const hits = linesOf(inputOf(shell, files, streams)).filter((line) => fold(line).includes(fold(pattern)) !== flags.includes('v'));
    if (flags.includes('c')) streams.out(`${hits.length}\n`);
    else if (!flags.includes('q')) streams.out(hits.map((line) => `${line}\n`).join(''));
    return hits.length > 0 ? 0 : 1;
  },
  tee: (shell, args, { stdin, out }) => {
    const append = args[0] === '-a';
    for (const file of append ? args.slice(1) : args) {
      const sink = new Sink();
      if (append) sink.write(bytesOf(fileAt(shell.disk, shell.path(file)).node.content));
      sink.write(stdin);
      writeFile(shell.disk, shell.path(file), new Uint8Array(sink.bytes()));
    }
    out(stdin);
    return 0;
  },
  basename: (_shell, [path = '', suffix = ''], { out }) => {
    const name = path.replace(/\/+$/, '').replace(/^.*\//, '');
    out(`${suffix !== '' && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`);
    return 0;
  },
  dirname: (_shell, [path = ''], { out }) => (out(`${/\//.test(path) ? path.replace(/\/[^/]*\/*$/, '') || '/' : '.'}\n`), 0),
  seq: (_shell, args, { out }) => {
    const [from, to] = args.length > 1 ? [Number(args[0]), Number(args[1])] : [1, Number(args[0])];
    if (!(to - from < 100_000)) return 1;
    for (let n = from; n <= to; n++) out(`${n}\n`);
    return 0;
  },
};
