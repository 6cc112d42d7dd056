// What the process of a simulated container does: the few programs that end by themselves are acted out, every other one
// runs until it is told to stop. Nothing is executed.

/** What a process writes, and how it ends by itself; without an end it runs on. */
export interface Performance {
  readonly output: string;
  readonly end?: { readonly status: number; readonly afterMilliseconds: number };
}

const HELLO = '\nHello from Docker.\nThis message shows that your installation appears to be working correctly.\n\n';
const SHELLS: ReadonlySet<string> = new Set(['sh', 'bash', 'ash']);
const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

const program = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Acts out a command line. */
export function perform(command: readonly string[], tty: boolean): Performance {
  const [path = '', ...args] = command;
  const name = program(path);
  if (SHELLS.has(name)) {
    if (args[0] === '-c') return script(args[1] ?? '');
    // A shell without a terminal reads the end of its input.
    return tty || args.length > 0 ? { output: '' } : ended('', 0);
  }
  return simple(name, args);
}

const ended = (output: string, status: number, afterMilliseconds = 0): Performance => ({ output, end: { status, afterMilliseconds } });

function simple(name: string, args: readonly string[]): Performance {
  if (name === 'true') return ended('', 0);
  if (name === 'false') return ended('', 1);
  if (name === 'hello') return ended(HELLO, 0);
  if (name === 'echo') return ended(args[0] === '-n' ? args.slice(1).join(' ') : `${args.join(' ')}\n`, 0);
  if (name === 'exit') return ended('', Number(args[0] ?? 0) & 255);
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(args[0] ?? '') ?? [];
  if (name === 'sleep' && amount !== undefined) return ended('', 0, Number(amount) * UNITS[unit || 's']! * 1000);
  return { output: '' };
}

/** A script of simple commands one after the other; anything cleverer runs on. */
function script(text: string): Performance {
  if (/[|<>`$(){}\\]|&(?!&)|\b(while|for|until|if|case|exec|trap)\b/.test(text.replaceAll('&&', ';'))) return { output: '' };
  let output = '';
  let after = 0;
  let status = 0;
  for (const part of text.split(/(;|&&|\n)/)) {
    if (part === '&&' && status !== 0) return ended(output, status, after);
    const words = [...part.matchAll(/"([^"]*)"|'([^']*)'|([^\s;&"']+)/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
    const [name = '', ...args] = words;
    if (name === '') continue;
    const done = simple(program(name), args);
    output += done.output;
    if (!done.end) return { output };
    after += done.end.afterMilliseconds;
    ({ status } = done.end);
    if (name === 'exit') break;
  }
  return ended(output, status, after);
}
