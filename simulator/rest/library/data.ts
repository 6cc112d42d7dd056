// The bytes of transfers: PUT into an update session, GET out of a download session. Knows no HTTP but its values.
import type { Simulation } from '../../dispatch/simulation.ts';
import { BlockWriter, readBytes, sizeOf } from '../../objects/datastore/blocks.ts';
import { stat, writeFile } from '../../objects/datastore/files.ts';
import { notFound, RestError } from '../errors.ts';
import { filePlace } from './objects.ts';
import { activeSession, arrived, DOWNLOAD, setFile, UPDATE, waitingPlace, type TransferFile } from './sessions.ts';

const fileIn = (files: readonly TransferFile[], session: string, name: string): TransferFile => {
  const found = files.find((file) => file.name === name);
  if (!found) throw notFound(`File ${name} of session ${session}`);
  return found;
};

/** Takes the bytes of a file. Throws NOT_FOUND, NOT_ALLOWED_IN_CURRENT_STATE, UNABLE_TO_ALLOCATE_RESOURCE; INVALID_ARGUMENT for other bytes than were announced. */
export async function receive(sim: Simulation, session: string, name: string, body: AsyncIterable<Uint8Array> | undefined): Promise<void> {
  const room = sim.store.transaction((tx) => {
    const file = fileIn(activeSession(sim, tx, UPDATE, session).files, session, name);
    if (file.source_type !== 'PUSH') throw new RestError('NOT_ALLOWED_IN_CURRENT_STATE', `File ${name} is pulled, not pushed.`);
    const { datastore } = waitingPlace(tx, session, name);
    return Number(tx.get(datastore, 'summary.capacity') ?? 0) - Number(tx.get(datastore, '_used') ?? 0);
  });
  const writer = new BlockWriter();
  for await (const chunk of body ?? []) {
    writer.write(chunk);
    if (writer.size > room) throw new RestError('UNABLE_TO_ALLOCATE_RESOURCE', `The datastore of the library has ${room} bytes left for ${name}.`);
  }
  const content = writer.end();
  const file = sim.store.transaction((tx) => {
    const now = arrived(fileIn(activeSession(sim, tx, UPDATE, session).files, session, name), content, sizeOf(content));
    const { datastore, path } = waitingPlace(tx, session, name);
    writeFile(sim, tx, datastore, path, { content, revision: sim.store.version + 1 });
    setFile(sim, tx, UPDATE, session, now);
    return now;
  });
  if (file.status === 'ERROR') throw new RestError('INVALID_ARGUMENT', (file.error_message as { default_message: string }).default_message);
}

export interface Bytes {
  readonly size: number;
  readonly pieces: Iterable<Uint8Array>;
}

/** The bytes of a prepared file. */
export function deliver(sim: Simulation, session: string, name: string): Bytes {
  return sim.store.transaction((tx) => {
    const { files, library_item_id } = activeSession(sim, tx, DOWNLOAD, session);
    if (fileIn(files, session, name).status !== 'PREPARED') throw new RestError('NOT_ALLOWED_IN_CURRENT_STATE', `File ${name} is not prepared.`);
    const { datastore, path } = filePlace(tx, library_item_id, name);
    const entry = stat(tx, datastore, path);
    if (!entry) throw notFound(`File ${name}`);
    return { size: entry.size, pieces: readBytes(entry.content, 0, entry.size) };
  });
}
