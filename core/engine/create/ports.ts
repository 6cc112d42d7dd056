// What create needs of the machine it runs on. The command line gives the real thing, tests give their own.
import type { Readable } from 'node:stream';
import type { KeyPair } from './appliance-config.ts';
import type { Authority } from './tls.ts';

export interface LocalFile {
  /** File name without directories. */
  readonly name: string;
  readonly size: number;
  /** The whole file; for small ones. */
  read(): Promise<Uint8Array>;
  stream(): Readable;
}

export interface Ports {
  /** A file by path; a relative one is also looked for beside the program. undefined when there is none. */
  findFile(path: string): Promise<LocalFile | undefined>;
  /** True when the current directory has such a file. */
  exists(name: string): Promise<boolean>;
  /** Writes a file into the current directory, readable by its owner only when `secret`. Gives its path; throws a UserError when it is there already. */
  writeFile(name: string, content: string, secret: boolean): Promise<string>;
  removeFile(path: string): Promise<void>;
  /** A new key with a certificate that it signed itself. */
  makePair(commonName: string): Promise<KeyPair>;
  /** A new authority with a key of its own. */
  makeAuthority(commonName: string): Promise<Authority>;
  now(): Date;
}
