// From a directory of govc object.save to the options of createSimulator, and back to such a directory. Apart from
// index.ts, because reading one costs time to load.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { versionOf } from '../core/vim25/index.ts';
import type { Simulation } from './dispatch/simulation.ts';
import type { SimulatorOptions } from './index.ts';
import { populateFromSaved } from './inventory/saved/load-saved.ts';
import { LoadError, readSaved } from './inventory/saved/read-saved.ts';
import { savedFiles, type SavedFile } from './inventory/saved/write-saved.ts';

export { LoadError };

export interface SavedWorld {
  /** For createSimulator. */
  readonly options: SimulatorOptions;
  /** What the world does not take over, and how often it was met; complete once the simulator is made. */
  readonly skipped: ReadonlyMap<string, number>;
}

/** Reads what `govc object.save -d DIR` saved, or `vicsim ctl save DIR`. Throws a LoadError that names the file. */
export async function loadSaved(dir: string): Promise<SavedWorld> {
  const saved = await readSaved(dir);
  const { about, skipped } = saved;
  const isHost = about?.apiType === 'HostAgent';
  const known = about && versionOf(about.apiVersion) ? { apiVersion: about.apiVersion } : {};
  return { skipped, options: { product: isHost ? 'esxi' : 'vcenter', ...known, ...(about ? { about } : {}), populate: (sim, tx) => populateFromSaved(sim, tx, saved) } };
}

/** Writes files of a saved inventory into a directory, in the place of an inventory that is there. Throws a LoadError when something else is. */
export async function writeSaved(dir: string, files: Iterable<SavedFile> | AsyncIterable<SavedFile>): Promise<number> {
  await mkdir(dir, { recursive: true });
  const there = await readdir(dir);
  const other = there.find((name) => !SAVED.test(name));
  if (other !== undefined) throw new LoadError(`${dir} has something else in it (${other}): give an empty directory, or one with a saved inventory`);
  await Promise.all(there.map((name) => rm(join(dir, name), { recursive: true })));
  let count = 0;
  for await (const { name, content } of files) {
    if (!SAVED.test(name) || /[/\\]/.test(name)) throw new LoadError(`"${name}" is no name of a saved object`);
    await writeFile(join(dir, name), content);
    count += 1;
  }
  return count;
}

/** `0001-Folder-group-d1.xml`, and the directories of method results that govc adds. */
const SAVED = /^(\d{4,}-[A-Z]\w*-.*\.xml|[A-Z]\w*-[^/]+)$/;

export const saveWorld = (sim: Simulation, dir: string): Promise<number> => writeSaved(dir, savedFiles(sim));
