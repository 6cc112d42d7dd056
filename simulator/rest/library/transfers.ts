// Routes of update and download sessions and of their files.
import { isFault, type Fault } from '../../../core/vim25/index.ts';
import { logicalContent } from '../../objects/datastore/content.ts';
import { describePath, stat, writeFile, type Place } from '../../objects/datastore/files.ts';
import { locateAny } from '../../objects/datastore/paths.ts';
import { parseDocument, type Node } from '../../objects/ovf/xml.ts';
import { flatten } from '../../objects/datastore/blocks.ts';
import type { Transaction } from '../../store/transaction.ts';
import { invalid, notFound, RestError } from '../errors.ts';
import type { Input } from '../input.ts';
import type { RestCall, Route } from '../route.ts';
import { requireLocal } from './items.ts';
import { checksumOf, clearPlace, itemOf, makePlace, requireFileName } from './objects.ts';
import {
  activeSession, arrived, changeSession, closeUpdate, completeUpdate, DOWNLOAD, message, openSession, sessionOf, setFile, UPDATE, waitingPlace,
  type TransferFile, type TransferSession,
} from './sessions.ts';
import { cacheItem } from './sync.ts';
import { only, read, route } from './views.ts';

/** Where the bytes of a file go or come from. */
export const dataUrl = (call: RestCall, session: string, name: string): string => `${call.origin}/cls/data/${session}/${encodeURIComponent(name)}`;

function sessionView(id: string, { files: _files, ...session }: TransferSession): unknown {
  return { id, ...session };
}

function fileView(call: RestCall, session: string, kind: string, { sha1: _sha1, ...file }: TransferFile): unknown {
  const endpoint = { uri: dataUrl(call, session, file.name) };
  if (kind === DOWNLOAD) {
    const { source_type: _source, ...download } = file;
    return { ...download, ...(file.status === 'PREPARED' ? { download_endpoint: endpoint } : {}) };
  }
  return { ...file, ...(file.source_type === 'PUSH' && file.status === 'WAITING_FOR_TRANSFER' ? { upload_endpoint: endpoint } : {}) };
}

/** Routes that both kinds of session have. */
function shared(kind: string, word: 'update' | 'download', privilege: string): readonly Route[] {
  const path = `/library/item/${word}-session`;
  const one = `${path}/{session}`;
  const id = (call: RestCall): string => call.path('session');
  const end = (change: Partial<TransferSession>): Route['run'] => (call) => {
    call.require(privilege);
    call.change((tx) => (kind === UPDATE ? closeUpdate(call.sim, tx, id(call), change) : changeSession(call.sim, tx, kind, id(call), change)));
  };
  return [
    route('GET', path, undefined, `ids of the ${word} sessions`, (call) => {
      const item = call.query('library_item_id')[0];
      return read(call, (tx) => [...tx.all(kind)].filter((ref) => item === undefined || tx.get(ref, 'library_item_id') === item).map(({ value }) => value));
    }),
    route('GET', one, undefined, `one ${word} session`, (call) => read(call, (tx) => sessionView(id(call), sessionOf(call.sim, tx, kind, id(call))))),
    route('DELETE', one, undefined, `forgets ${word === 'update' ? 'an update' : 'a download'} session`, (call) => {
      call.require(privilege);
      call.change((tx) => {
        sessionOf(call.sim, tx, kind, id(call));
        if (kind === UPDATE) clearPlace(tx, waitingPlace(tx, id(call)));
        tx.remove({ type: kind, value: id(call) });
      });
    }),
    route('POST', one, 'cancel', `cancels ${word === 'update' ? 'an update' : 'a download'}`, end({ state: 'CANCELED' })),
    route('POST', one, 'fail', `ends ${word === 'update' ? 'an update' : 'a download'} with an error`, (call) =>
      end({ state: 'ERROR', error_message: message(call.body.optionalText('client_error_message') ?? 'The client has failed.') })(call)),
    route('POST', one, 'keep-alive', 'prolongs the session', (call) => {
      call.require(privilege);
      const progress = call.body.optionalNumber('client_progress');
      call.change((tx) => changeSession(call.sim, tx, kind, id(call), progress === undefined ? {} : { client_progress: progress }));
    }),
  ];
}

function checksumIn(spec: Input): TransferFile['checksum_info'] {
  const sum = spec.optional('checksum_info');
  if (!sum) return undefined;
  const algorithm = sum.optionalText('algorithm');
  checksumOf('', algorithm);
  return { checksum: sum.text('checksum'), ...(algorithm === undefined ? {} : { algorithm }) };
}

function addFile(call: RestCall): unknown {
  call.require('ContentLibrary.UpdateSession');
  const spec = call.spec('file_spec');
  const sum = checksumIn(spec);
  const size = spec.optionalNumber('size');
  const file: TransferFile = {
    name: requireFileName(spec.text('name')), source_type: spec.word('source_type', ['PUSH', 'PULL', 'NONE']), status: 'WAITING_FOR_TRANSFER', bytes_transferred: 0,
    ...(size === undefined ? {} : { size }), ...(sum ? { checksum_info: sum } : {}),
  };
  const id = call.path('session');
  if (file.source_type === 'NONE') throw new RestError('UNSUPPORTED', 'source_type NONE, files that are on the storage already, is not simulated: use PUSH or PULL.');
  return call.change((tx) => {
    const known = activeSession(call.sim, tx, UPDATE, id).files.some(({ name }) => name === file.name);
    if (known) throw new RestError('ALREADY_EXISTS', `The session has a file ${file.name} already.`);
    makePlace(call.sim, tx, waitingPlace(tx, id));
    const added = file.source_type === 'PULL' ? pull(call, tx, id, file, spec.object('source_endpoint').text('uri')) : file;
    setFile(call.sim, tx, UPDATE, id, added);
    return fileView(call, id, UPDATE, added);
  });
}

/** Takes a file from a datastore; what is elsewhere cannot be reached. */
function pull(call: RestCall, tx: Transaction, session: string, file: TransferFile, uri: string): TransferFile {
  const from: TransferFile = { ...file, source_endpoint: { uri } };
  try {
    const { datastore, path } = locateAny(tx, uri.replace(/\?serverId=.*$/, ''));
    call.require('Datastore.Browse', datastore);
    const entry = stat(tx, datastore, path);
    if (entry?.kind !== 'file') throw notFound(`File ${describePath(tx, datastore, path)}`);
    const { content, size } = logicalContent(tx, datastore, path, entry);
    const bytes = content ?? { size, blocks: [size] };
    const target = waitingPlace(tx, session, file.name);
    writeFile(call.sim, tx, target.datastore, target.path, { content: bytes, revision: call.sim.store.version + 1 });
    return arrived(from, bytes, size);
  } catch (error) {
    if (isFault(error, 'NoPermission')) throw error;
    if (!isFault(error) && !(error instanceof RestError)) throw error;
    const why = `${uri} cannot be read: ${(error as Fault | RestError).message} vicsim pulls from datastores (ds:///vmfs/volumes/…) only.`;
    return { ...from, status: 'ERROR', error_message: message(why) };
  }
}

/** What an item of OVF lacks: files that its descriptor names, in the session or in the item. */
function validate(call: RestCall): unknown {
  const id = call.path('session');
  return read(call, (tx) => {
    const { files, library_item_id: item } = sessionOf(call.sim, tx, UPDATE, id);
    const names = new Set([...files, ...itemOf(tx, item).files].map(({ name }) => name));
    const descriptor = files.find(({ name, status }) => /\.ovf$/i.test(name) && status === 'READY');
    const missing = descriptor ? namedFiles(textOf(tx, waitingPlace(tx, id, descriptor.name))).filter((name) => !names.has(name)) : [];
    const wrong = files.filter(({ status }) => status === 'ERROR').map(({ name, error_message }) => ({ name, error_message }));
    return { has_errors: missing.length + wrong.length > 0, missing_files: missing, invalid_files: wrong };
  });
}

function textOf(tx: Transaction, { datastore, path }: Place): string {
  const content = stat(tx, datastore, path)?.content ?? '';
  return typeof content === 'string' ? content : Buffer.from(flatten(content) as Uint8Array).toString('utf8');
}

function namedFiles(xml: string): readonly string[] {
  const find = (node: Node): string[] => [...(node.name === 'File' && node.attributes.has('href') ? [node.attributes.get('href')!] : []), ...node.children.flatMap(find)];
  try {
    return find(parseDocument(xml));
  } catch {
    return [];
  }
}

function fileNamed(call: RestCall, tx: Transaction, kind: string, name: string): TransferFile {
  const found = sessionOf(call.sim, tx, kind, call.path('session')).files.find((file) => file.name === name);
  if (!found) throw notFound(`File ${name} of session ${call.path('session')}`);
  return found;
}

const getFile = (kind: string, name: (call: RestCall) => string): Route['run'] => (call) => read(call, (tx) => fileView(call, call.path('session'), kind, fileNamed(call, tx, kind, name(call))));

const listFiles = (kind: string, session: (call: RestCall) => string): Route['run'] => (call) =>
  read(call, (tx) => sessionOf(call.sim, tx, kind, session(call)).files.map((file) => fileView(call, session(call), kind, file)));

function removeFile(call: RestCall, name: string): void {
  call.require('ContentLibrary.UpdateSession');
  const id = call.path('session');
  call.change((tx) => {
    fileNamed(call, tx, UPDATE, name);
    clearPlace(tx, waitingPlace(tx, id, name));
    changeSession(call.sim, tx, UPDATE, id, { files: activeSession(call.sim, tx, UPDATE, id).files.filter((file) => file.name !== name) });
  });
}

function prepare(call: RestCall): unknown {
  call.require('ContentLibrary.DownloadSession');
  const id = call.path('session');
  return call.change((tx) => {
    const file: TransferFile = { ...fileNamed(call, tx, DOWNLOAD, call.body.text('file_name')), status: 'PREPARED' };
    cacheItem(call.sim, tx, activeSession(call.sim, tx, DOWNLOAD, id).library_item_id);
    setFile(call.sim, tx, DOWNLOAD, id, file);
    return fileView(call, id, DOWNLOAD, file);
  });
}

const both = (verb: Route['verb'], word: 'update' | 'download', action: string | undefined, does: string, run: Route['run']): readonly Route[] => [
  only('rest', route(verb, `/library/item/${word}session/file/{session}`, action, does, run)),
  only('api', route(verb, `/library/item/${word}-session/{session}/file`, action === 'add' ? undefined : action, does, run)),
];

const bodyName = (call: RestCall): string => call.body.text('file_name');
const pathName = (call: RestCall): string => call.path('file_name');
const inPath = (call: RestCall): string => call.path('session');

export const transferRoutes: readonly Route[] = [
  route('POST', '/library/item/update-session', undefined, 'begins to change the files of an item', (call) => {
    call.require('ContentLibrary.UpdateSession');
    const item = call.spec('create_spec').text('library_item_id');
    requireLocal(call, read(call, (tx) => itemOf(tx, item).library_id));
    return call.change((tx) => openSession(call.sim, tx, UPDATE, item, []));
  }, 201),
  ...shared(UPDATE, 'update', 'ContentLibrary.UpdateSession'),
  route('POST', '/library/item/update-session/{session}', 'complete', 'makes what has come the files of the item', (call) => {
    call.require('ContentLibrary.UpdateSession');
    call.change((tx) => completeUpdate(call.sim, tx, inPath(call)));
  }),
  ...both('POST', 'update', 'add', 'announces a file, or pulls it from a datastore', addFile),
  ...both('POST', 'update', 'validate', 'what the files lack', validate),
  only('rest', route('POST', '/library/item/updatesession/file/{session}', 'get', 'one file of the session', getFile(UPDATE, bodyName))),
  only('api', route('GET', '/library/item/update-session/{session}/file/{file_name}', undefined, 'one file of the session', getFile(UPDATE, pathName))),
  only('rest', route('GET', '/library/item/updatesession/file', undefined, 'files of the session', listFiles(UPDATE, (call) => call.query('update_session_id')[0] ?? ''))),
  only('api', route('GET', '/library/item/update-session/{session}/file', undefined, 'files of the session', listFiles(UPDATE, inPath))),
  only('rest', route('POST', '/library/item/updatesession/file/{session}', 'remove', 'takes a file out of the session', (call) => removeFile(call, bodyName(call)))),
  only('api', route('DELETE', '/library/item/update-session/{session}/file/{file_name}', undefined, 'takes a file out of the session', (call) => removeFile(call, pathName(call)))),
  only('rest', route('POST', '/library/item/updatesession/file', 'probe', 'whether a source can be read', (call) => {
    const uri = call.body.object('source_endpoint').text('uri');
    if (!/^ds:\/\//.test(uri)) return { status: 'CONNECTION_FAILURE', error_messages: [message(`${uri} cannot be read: vicsim pulls from datastores (ds:///vmfs/volumes/…) only.`)] };
    return { status: 'SUCCESS' };
  })),
  route('POST', '/library/item/download-session', undefined, 'begins to read the files of an item', (call) => {
    call.require('ContentLibrary.DownloadSession');
    const item = call.spec('create_spec').text('library_item_id');
    return call.change((tx) => {
      const { files, vm, name } = itemOf(tx, item);
      if (vm) throw invalid(`Item "${name}" is a VM template and has no files.`);
      return openSession(call.sim, tx, DOWNLOAD, item, files.map((file) => ({ name: file.name, source_type: 'NONE', size: file.size, status: 'UNPREPARED', bytes_transferred: 0, ...(file.checksum_info ? { checksum_info: file.checksum_info } : {}) })));
    });
  }, 201),
  ...shared(DOWNLOAD, 'download', 'ContentLibrary.DownloadSession'),
  ...both('POST', 'download', 'prepare', 'makes a file ready to be read', prepare),
  only('rest', route('POST', '/library/item/downloadsession/file/{session}', 'get', 'one file of the session', getFile(DOWNLOAD, bodyName))),
  only('rest', route('GET', '/library/item/downloadsession/file', undefined, 'files of the session', listFiles(DOWNLOAD, (call) => call.query('download_session_id')[0] ?? ''))),
  only('api', route('GET', '/library/item/download-session/{session}/file', undefined, 'files of the session; one with file_name=', (call) => (call.query('file_name')[0] === undefined ? listFiles(DOWNLOAD, inPath)(call) : getFile(DOWNLOAD, (one) => one.query('file_name')[0]!)(call)))),
];
