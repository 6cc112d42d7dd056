// What a reference to a managed object looks like among plain values.
import { managedType, type ManagedObjectReference } from '../../core/vim25/index.ts';

/** True for {type, value} with a managed type that vim25 knows and nothing else. */
export const isReference = (value: object): value is ManagedObjectReference => {
  const { type, value: id } = value as Partial<ManagedObjectReference>;
  return typeof type === 'string' && typeof id === 'string' && Object.keys(value).length === 2 && managedType(type) !== undefined;
};
