// Public entry of the caller's room: a typed client for any vSphere endpoint.
export type { CallOptions, ConnectOptions, Connection, MethodArgs, MethodName, MethodResult, TaskResult, TraceEvent } from './connection.ts';
export { connect, negotiate } from './connection.ts';
export type { HttpReply, TransportOptions } from './transport.ts';
export { ConnectionError, Transport } from './transport.ts';
export type { PathOf, PropertyAt, RawRow, Row, TypeName, Wanted } from './properties.ts';
export { property, retrieve, retrieveBelow, retrieveSpecs, want } from './properties.ts';
export type { Observed, WaitSettings, WaitTarget } from './wait.ts';
export { waitFor } from './wait.ts';
export type { Outcome, TaskSettings } from './tasks.ts';
export { faultOf, runTask, runTasks, waitForTasks } from './tasks.ts';
export type { Node } from './finder.ts';
export { compare, enclosing, escapeName, Inventory, isBelow, readInventory, unescapeName } from './finder.ts';
export type { DatastorePath, DirectoryEntry } from './datastore-files.ts';
export {
  childPath, datastorePath, deletePath, formatDatastorePath, isWithin, listDirectory, makeDirectory, parentPath, parseDatastorePath,
} from './datastore-files.ts';
