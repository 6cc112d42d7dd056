// TaskInfo.result is of any type on the wire, so its value must say which one it is. The method says it already.
import { arrayOf, isTyped, managedType, typed } from '../../core/vim25/index.ts';

/** The result of a task with the type that its method declares (`HostX[]`, `HostX`), unless it tells one itself. */
export function withType(taskResult: string, result: unknown): unknown {
  if (typeof result !== 'object' || result === null || result instanceof Date || isTyped(result)) return result;
  const item = /^(.*)\[\]$/.exec(taskResult)?.[1];
  if (Array.isArray(result)) return item === undefined ? result : typed(arrayOf(item, managedType(item) !== undefined), result);
  // References tell their type as they are.
  return '_type' in result || item !== undefined || managedType(taskResult) !== undefined ? result : { ...result, _type: taskResult };
}
