// Public entry of the wire room: the vim25 type tables, values, faults and the SOAP codec.
export * from './schema.ts';
export * from './reference.ts';
export * from './values.ts';
export * from './fault.ts';
export type * from './types.d.ts';
export type * from './namespaces/pbm.d.ts';
export type * from './namespaces/vsan.d.ts';
export { NAMESPACES } from './namespaces.ts';
export * from './path.ts';
export * from './codec/envelope.ts';
export * from './codec/encode.ts';
export { FETCH, methodOf } from './codec/soap.ts';
export * from './codec/decode.ts';
export * from './codec/json-encode.ts';
export * from './codec/json-decode.ts';
