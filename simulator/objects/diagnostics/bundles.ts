// Log bundles: which were made is state; their content is worked out again when one is fetched, from the events that
// were there when it was made.
import { gzipSync } from 'node:zlib';
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import { nextKey } from '../../events/log.ts';
import type { Transaction } from '../../store/transaction.ts';
import { linesOf, logFiles, type Server } from './log-files.ts';
import { tar, type TarFile } from './tar.ts';

type Ref = ManagedObjectReference;

const TYPE = '_LogBundle';
/** Bundles that can be fetched; making more forgets the oldest. */
const MOST = 20;

interface Bundle {
  readonly name: string;
  readonly host: Ref | undefined;
  /** Events from this key on came later. */
  readonly before: number;
  readonly made: Date;
}

const stamp = (time: Date): string => time.toISOString().slice(0, 19).replace('T', '@').replaceAll(':', '-');

/** Makes a bundle of the server's or a host's logs; gives the path where it is fetched. */
export function makeBundle(tx: Transaction, host: Ref | undefined, now: Date): string {
  const who = host === undefined ? 'vcsupport' : `esxsupport-${String(tx.get(host, 'name')).replace(/[^\w.-]/g, '_')}`;
  const name = `${who}-${stamp(now)}-${tx.nextId('')}.tgz`;
  const old = [...tx.all(TYPE)];
  for (const ref of old.slice(0, Math.max(0, old.length - MOST + 1))) tx.remove(ref);
  const bundle: Bundle = { name, host, before: nextKey(tx), made: now };
  tx.create(TYPE, idOf(name), bundle as unknown as Record<string, unknown>);
  return `/diagnostics/${name}`;
}

const idOf = (name: string): string => `bundle:${name}`;

/** The bytes of a bundle; undefined when there is none of that name. */
export function readBundle(server: Server, name: string): Uint8Array | undefined {
  const found = server.source.find(idOf(name))?.props as Bundle | undefined;
  if (found === undefined) return undefined;
  const { host, before, made } = found;
  const directory = name.replace(/\.tgz$/, '');
  const files: TarFile[] = logFiles(server, host).map((file) => ({
    path: `${directory}${file.fileName}`, text: `${linesOf(server, file, host, before).join('\n')}\n`, modified: made,
  }));
  return gzipSync(tar(files));
}
