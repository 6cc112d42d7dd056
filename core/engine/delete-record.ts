// What a delete that is cut off must not forget: the directories of containers, whose VMs are gone before their files are.
// It is written into the appliance's configuration, which goes last, and read by the delete that goes on.
import type { Connection, DatastorePath } from '../client/index.ts';
import { formatDatastorePath, parseDatastorePath, runTask } from '../client/index.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import type { ExtraConfig } from './extra-config.ts';

const KEY = 'vic-machine.delete.directories';

/** Directories that an earlier delete wrote down. */
export const recordedDirectories = (config: ExtraConfig): DatastorePath[] =>
  (config.get(KEY) ?? '').split('|').flatMap((text) => {
    const path = parseDatastorePath(text);
    return path && path.path !== '' ? [path] : [];
  });

/** Writes them down, together with those of earlier times. */
export async function recordDirectories(connection: Connection, appliance: ManagedObjectReference, directories: readonly DatastorePath[]): Promise<void> {
  const value = [...new Set(directories.map(formatDatastorePath))].join('|');
  await runTask(connection, appliance, 'ReconfigVM_Task', { spec: { extraConfig: [{ _type: 'OptionValue', key: KEY, value }] } });
}
