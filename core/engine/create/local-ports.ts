// The files that create reads and writes on this machine. Never overwrites one; a key is readable by its owner only.
import { createReadStream } from 'node:fs';
import { access, open, readFile, rm, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, resolve } from 'node:path';
import { UserError } from '../issue.ts';
import type { LocalFile, Ports } from './ports.ts';
import { createAuthority, selfSignedPair } from './tls.ts';

/** This machine, for what reads and writes files. */
export interface Local {
  /** Where relative paths begin and files are written. */
  readonly directory: string;
  /** Where the program lies: what comes with it is found there, too. */
  readonly program: string;
  readonly now: () => Date;
}

/** The files and the clock of this machine, as create needs them. */
export function localPorts({ directory, program, now }: Local): Ports {
  const fileAt = async (path: string): Promise<LocalFile | undefined> => {
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile()) return undefined;
    return { name: basename(path), size: found.size, read: () => readFile(path), stream: () => createReadStream(path) };
  };
  return {
    findFile: async (path) => (await fileAt(resolve(directory, path))) ?? (isAbsolute(path) ? undefined : fileAt(join(program, path))),
    exists: (name) => access(join(directory, name)).then(() => true, () => false),
    async writeFile(name, content, secret) {
      const path = join(directory, name);
      try {
        const file = await open(path, 'wx', secret ? 0o600 : 0o644);
        try {
          await file.writeFile(content);
        } finally {
          await file.close();
        }
      } catch (error) {
        throw new UserError('state', { what: `${path} cannot be written: ${(error as Error).message}`, details: ['Run the command in a directory that you may write to and that has no such file, or give --key and --cert.'] });
      }
      return path;
    },
    removeFile: (path) => rm(path, { force: true }),
    makePair: (commonName) => selfSignedPair(commonName, now()),
    makeAuthority: (commonName) => createAuthority(commonName, now()),
    now,
  };
}
