// Public entry of the caller's room: a typed client for any vSphere endpoint.
export type { CallOptions, ConnectOptions, Connection, MethodArgs, MethodName, MethodResult, Session, TaskResult, TraceEvent } from './connection.ts';
export { connect, negotiate } from './connection.ts';
export type { HttpRequest, HttpStream, TransportOptions } from './transport.ts';
export type { TlsOptions } from './tls-agent.ts';
export { ConnectionError } from './connection-error.ts';
export type { PathOf, PropertyAt, RawRow, Row, TypeName, Wanted } from './properties.ts';
export { property, retrieve, retrieveAll, retrieveBelow, retrieveSpecs, want } from './properties.ts';
export type { Observation, Scope, WatchSettings } from './watch.ts';
export { watch } from './watch.ts';
export type { Observed, WaitTarget } from './wait.ts';
export { waitFor } from './wait.ts';
export type { Outcome, TaskSettings } from './tasks.ts';
export { cancelTask, faultOf, followTasks, runTask, runTasks, waitForTasks } from './tasks.ts';
export type { Node } from './finder.ts';
export { compare, enclosing, escapeName, Inventory, isBelow, readInventory, unescapeName } from './finder.ts';
export type { DatastorePath, DirectoryEntry } from './datastore-files.ts';
export {
  childPath, datastorePath, deletePath, formatDatastorePath, isWithin, listDirectory, makeDirectory, parentPath, parseDatastorePath,
} from './datastore-files.ts';
export type { FileStat, Source, TransferSettings } from './datastore-transfer.ts';
export { DatastoreFiles, openDatastore } from './datastore-transfer.ts';
export { TransferError } from './transfer-error.ts';
export type { FindOptions } from './glob.ts';
export { find, findOne, NotFoundError } from './glob.ts';
export type { View } from './views.ts';
export { withContainerView } from './views.ts';
export type { EventSettings } from './events.ts';
export { followEvents } from './events.ts';
export { Fault, isFault } from '../vim25/fault.ts';
export type { ManagedObjectReference } from '../vim25/reference.ts';
export { formatReference, parseReference } from '../vim25/reference.ts';
export { make, plain, typed } from '../vim25/values.ts';
