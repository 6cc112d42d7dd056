// Completion scripts for shells, made from the commands' own data: command names, flags with their summaries, files where a
// flag takes one. Text only.
import type { Command, Flag } from './define-command.ts';
import { dashed } from './output.ts';

/** Every name that the program is installed under (package.json has the same). */
export const PROGRAMS: readonly string[] = ['vic-machine', 'vic-machine-linux', 'vic-machine-darwin', 'vic-machine-windows'];

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The script that makes the shell complete vic-machine. */
export const completionScript = (shell: Shell, commands: readonly Command[]): string => SCRIPTS[shell](commands);

const SCRIPTS: Readonly<Record<Shell, (commands: readonly Command[]) => string>> = { bash, zsh, fish };

const namesOf = (flag: Flag): string[] => [...(flag.short === undefined ? [] : [dashed(flag.short)]), `--${flag.name}`];
const takesValue = (flag: Flag): boolean => flag.type !== 'boolean';
/** Within single quotes of bash and zsh. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

function bash(commands: readonly Command[]): string {
  const cases = commands.map((command) => {
    const names = (flags: readonly Flag[]): string => flags.flatMap(namesOf).join(' ');
    const words = command.operand ? command.operand.valid.join(' ') : `${names(command.flags)} --help`;
    return `    ${command.name}) words=${quoted(words.trim())} files=${quoted(names(command.flags.filter(({ file }) => file)))} others=${quoted(names(command.flags.filter((flag) => takesValue(flag) && !flag.file)))} ;;`;
  });
  return `# Completion of vic-machine for bash. Use it now: source <(vic-machine completion bash)
# Always: add that line to ~/.bashrc.
_vic_machine() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} words files others
  COMPREPLY=()
  if (( COMP_CWORD == 1 )); then
    COMPREPLY=($(compgen -W ${quoted([...commands.map(({ name }) => name), 'help'].join(' '))} -- "$word"))
    return
  fi
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
    help) words=${quoted(commands.map(({ name }) => name).join(' '))} ;;
  esac
  if [[ " $files " == *" $before "* ]]; then
    COMPREPLY=($(compgen -f -- "$word"))
  elif [[ " $others " != *" $before "* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
  fi
}
complete -o filenames -F _vic_machine ${PROGRAMS.join(' ')}
`;
}

function zsh(commands: readonly Command[]): string {
  const escape = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');
  const argumentsOf = (command: Command): string[] =>
    command.operand
      ? [quoted(`1:${command.operand.name}:(${command.operand.valid.join(' ')})`)]
      : command.flags.map((flag) => {
          const names = namesOf(flag);
          const value = takesValue(flag) ? `:${escape(flag.value ?? flag.type)}:${flag.file ? '_files' : ''}` : '';
          const text = `[${escape(flag.summary)}]${value}`;
          const once = flag.type === 'texts' ? '*' : `(${names.join(' ')})`;
          return names.length === 1 ? quoted(`${once}${names[0]}${text}`) : `${quoted(once)}{${names.join(',')}}${quoted(text)}`;
        });
  return `#compdef ${PROGRAMS.join(' ')}
# Completion of vic-machine for zsh. Use it now: source <(vic-machine completion zsh)
# Always: vic-machine completion zsh > "\${fpath[1]}/_vic-machine"
_vic_machine() {
  local -a commands=(
${commands.map(({ name, summary }) => `    ${quoted(`${name}:${escape(summary)}`)}`).join('\n')}
    'help:Show the help of a command'
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map((command) => `    ${command.name})\n      _arguments \\\n${[...argumentsOf(command), quoted('(- *)--help[Show the help]')].map((one) => `        ${one}`).join(' \\\n')}\n      ;;`).join('\n')}
    help) _describe command commands ;;
  esac
}
if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _vic_machine "$@"
else
  compdef _vic_machine ${PROGRAMS.join(' ')}
fi
`;
}

function fish(commands: readonly Command[]): string {
  const escape = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
  const lines = commands.flatMap((command) => {
    const start = (program: string): string => `complete -c ${program} -n '__fish_seen_subcommand_from ${command.name}'`;
    const short = (flag: Flag): string => (flag.short === undefined ? '' : flag.short.length === 1 ? ` -s ${flag.short}` : ` -o ${flag.short}`);
    return PROGRAMS.flatMap((program) => [
      `complete -c ${program} -n __fish_use_subcommand -f -a ${command.name} -d ${escape(command.summary)}`,
      ...(command.operand ? [`${start(program)} -f -a ${escape(command.operand.valid.join(' '))}`] : []),
      ...command.flags.map((flag) => `${start(program)} -l ${flag.name}${short(flag)}${flag.file ? ' -r -F' : takesValue(flag) ? ' -x' : ' -f'} -d ${escape(flag.summary)}`),
    ]);
  });
  return `# Completion of vic-machine for fish. Use it now: vic-machine completion fish | source
# Always: vic-machine completion fish > ~/.config/fish/completions/vic-machine.fish
${lines.join('\n')}
`;
}
