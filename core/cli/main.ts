// vic-machine as a function: arguments in, exit code out. Nothing here or below touches the process.
import type { Command } from './define-command.ts';
import { EXIT } from './exit-codes.ts';
import type { Io } from './io.ts';

/** Every command, loaded only when it is used: `version` needs neither the tables of vim25 nor a network. */
const COMMANDS: readonly { readonly name: string; readonly summary: string; readonly load: () => Promise<{ readonly command: Command }> }[] = [
  { name: 'create', summary: 'Create a virtual container host', load: () => import('./commands/create.ts') },
  { name: 'delete', summary: 'Delete a virtual container host', load: () => import('./commands/delete.ts') },
  { name: 'inspect', summary: 'Show how to connect to a virtual container host', load: () => import('./commands/inspect.ts') },
  { name: 'ls', summary: 'List virtual container hosts', load: () => import('./commands/ls.ts') },
  { name: 'version', summary: 'Show the version and build of vic-machine', load: () => import('./commands/version.ts') },
  { name: 'completion', summary: 'Print the completion script of a shell', load: () => import('./commands/completion.ts') },
];

const HELP = new Set(['help', '-h', '-help', '--help']);
const VERSION = new Set(['-v', '-version', '--version']);

/** Runs one command line (without the program's name). */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const [first = 'help', ...rest] = argv;
  if (HELP.has(first)) return help(rest[0], io);
  const name = VERSION.has(first) ? 'version' : first;
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (!entry) return unknownCommand(name, io);
  const { command } = await entry.load();
  if (name === 'version' && rest.length === 0) return command.run({ text: () => undefined, texts: () => [], number: () => 0, boolean: () => false, source: () => 'none' }, io);
  const [{ parseFlags }, { reportError }, { withLogFile }] = await Promise.all([import('./define-command.ts'), import('./report-error.ts'), import('./log-file.ts')]);
  let logging = io;
  try {
    const values = parseFlags(command, rest, io.env);
    if (values === 'help' || values === 'full help') return await help(name, io, values === 'full help');
    logging = withLogFile(io, values.text('log-file'));
    command.validate?.(values);
    return await command.run(values, logging);
  } catch (error) {
    return reportError(error, logging, { command: name });
  }
}

async function help(name: string | undefined, io: Io, full = false): Promise<number> {
  const { commandHelp, toolHelp } = await import('./output.ts');
  const entry = COMMANDS.find((candidate) => candidate.name === name);
  if (entry) io.stdout(commandHelp((await entry.load()).command, full));
  else if (name === undefined || name.startsWith('-')) io.stdout(toolHelp(COMMANDS));
  else return unknownCommand(name, io);
  return EXIT.ok;
}

async function unknownCommand(name: string, io: Io): Promise<number> {
  const { nearest } = await import('../engine/issue.ts');
  const names = COMMANDS.map((candidate) => candidate.name);
  const meant = nearest(name, names);
  const advice = name.startsWith('-') ? 'Flags come after the command.' : meant === undefined ? '' : `Did you mean "${meant}"?`;
  io.stderr(`vic-machine: unknown command "${name}"${advice === '' ? '' : `. ${advice}`}\n  Commands: ${names.join(', ')}\n`);
  return EXIT.usage;
}
