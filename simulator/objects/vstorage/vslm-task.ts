// A Task as the vslm service tells of it.
import { typeOf, type TaskInfo, type VslmTaskInfo } from '../../../core/vim25/index.ts';

/** A task as this service tells of it. */
export function vslmTaskInfo(info: TaskInfo): VslmTaskInfo {
  const { key, task, name, descriptionId, entity: about, entityName, state, cancelled, cancelable, error, result, progress, queueTime, startTime, completeTime, eventChainId } = info;
  const reason = typeOf(info.reason) === 'TaskReasonUser' ? { _type: 'VslmTaskReasonUser', userName: (info.reason as unknown as { userName: string }).userName } : { _type: 'VslmTaskReason' };
  return { _type: 'VslmTaskInfo', key, task, name, descriptionId, entity: about, entityName, state, cancelled, cancelable, error, result, progress, reason, queueTime, startTime, completeTime, eventChainId } as VslmTaskInfo;
}
