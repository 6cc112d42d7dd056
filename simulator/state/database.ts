// The embedded database under a state directory: LevelDB, whose log makes a batch whole or absent after a crash. Says in
// plain words why a directory cannot be used. Knows nothing of worlds.
import { mkdirSync, statSync } from 'node:fs';
import { ClassicLevel } from 'classic-level';

/** Why a state directory cannot be used, for a person. */
export class StateError extends Error {
  override name = 'StateError';
}

export interface Database {
  /** Entries whose key starts with `prefix`, without it. */
  entries(prefix: string): AsyncIterable<readonly [string, Uint8Array]>;
  get(key: string): Promise<Uint8Array | undefined>;
  /** All of it or nothing, on disk when it resolves; undefined removes the key. */
  write(changes: readonly (readonly [string, Uint8Array | undefined])[]): Promise<void>;
  /** Removes every key with the prefix; not atomic. */
  clear(prefix: string): Promise<void>;
  /** Gives the space of what was overwritten back. */
  compact(): Promise<void>;
  close(): Promise<void>;
}

/** After every key that starts with a prefix. */
const AFTER = '\uffff';

/** Opens or makes the database in a directory. Throws a StateError that names the directory and what to do. */
export async function openDatabase(dir: string, { create = true } = {}): Promise<Database> {
  try {
    if (create) mkdirSync(dir, { recursive: true, mode: 0o700 });
    else if (!statSync(dir).isDirectory()) throw new StateError(`${dir} is no directory`);
  } catch (error) {
    throw stateError(dir, error);
  }
  const level = new ClassicLevel<string, Uint8Array>(dir, { keyEncoding: 'utf8', valueEncoding: 'view', createIfMissing: create });
  try {
    await level.open();
  } catch (error) {
    throw stateError(dir, error);
  }
  const range = (prefix: string) => ({ gte: prefix, lt: prefix + AFTER });
  return {
    async *entries(prefix) {
      for await (const [key, value] of level.iterator(range(prefix))) yield [key.slice(prefix.length), value];
    },
    get: (key) => level.get(key),
    async write(changes) {
      await level.batch(changes.map(([key, value]) => (value === undefined ? { type: 'del' as const, key } : { type: 'put' as const, key, value })), { sync: true });
    },
    clear: (prefix) => level.clear(range(prefix)),
    compact: () => level.compactRange('', AFTER),
    close: () => level.close(),
  };
}

function stateError(dir: string, error: unknown): StateError {
  if (error instanceof StateError) return error;
  const { code, message, cause } = error as NodeJS.ErrnoException & { cause?: NodeJS.ErrnoException };
  const all = `${code ?? ''} ${message} ${cause?.code ?? ''} ${cause?.message ?? ''}`;
  const why = /LOCKED|lock /i.test(all) ? 'another vicsim is using it'
    : /ENOSPC|No space/i.test(all) ? 'there is no space left on its disk'
    : /EROFS|Read-only/i.test(all) ? 'it is on a read-only file system'
    : /EACCES|EPERM|Permission denied/i.test(all) ? 'this user may not write there'
    : /ENOTDIR|EEXIST|Not a directory|File exists/i.test(all) ? 'it is, or is within, something that is no directory'
    : /ENOENT|does not exist|No such file/i.test(all) ? 'there is no state in it'
    : (cause?.message ?? message);
  return new StateError(`cannot use the state directory ${dir}: ${why}`, { cause: error });
}

/** The same words for an error while writing. */
export const writeError = (dir: string, error: unknown): StateError => stateError(dir, error);
