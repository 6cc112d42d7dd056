// The names of the programs that a simulated guest has. What they do is in programs.ts.

const COMMON = ['echo', 'cat', 'ls', 'sleep', 'mkdir', 'rmdir', 'rm', 'cp', 'mv', 'hostname', 'whoami', 'date', 'env'] as const;

const LINUX = [
  ...COMMON, 'sh', 'bash', 'true', 'false', 'printf', 'printenv', 'pwd', 'id', 'uname', 'touch', 'chmod', 'test', '[', 'wc', 'head', 'tail', 'grep', 'tee', 'basename', 'dirname', 'seq', 'which', 'sync',
] as const;

/** Of a Windows guest: the shell, and what cmd.exe does by itself, under its names there. */
const WINDOWS = ['cmd', 'hostname', 'whoami', 'timeout', 'ping'] as const;

/** What cmd.exe calls the programs. */
export const WINDOWS_COMMANDS: Readonly<Record<string, string>> = {
  type: 'cat', dir: 'ls', md: 'mkdir', mkdir: 'mkdir', rd: 'rmdir', rmdir: 'rmdir', del: 'rm', erase: 'rm', copy: 'cp', move: 'mv', timeout: 'sleep', set: 'env', ver: 'uname', echo: 'echo', hostname: 'hostname', whoami: 'whoami', date: 'date', findstr: 'grep',
};

/** The files that /bin or System32 has. */
export const programNames = (windows: boolean): readonly string[] => (windows ? WINDOWS : LINUX);
