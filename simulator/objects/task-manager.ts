// TaskManager: tasks that extensions run themselves, and the list of recent ones.
import { fault, isSubtype, type TaskInfo } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import { CLIENT_TASK } from './task.ts';

export const taskManager = define('TaskManager', {
  CreateTask({ sim, tx, self, session }, { obj, taskTypeId, initiatedBy, cancelable, parentTaskKey, activationId }) {
    const target = tx.find(obj);
    if (!target) throw fault('ManagedObjectNotFound', { obj }, `The object '${obj.value}' has already been deleted or has not been completely created`);
    if (!isTaskType(sim.wellKnown['extensionManager'] && tx.get(sim.wellKnown['extensionManager'], 'extensionList'), taskTypeId)) {
      throw fault('InvalidArgument', { invalidProperty: 'taskTypeId' }, `No registered extension declares the task type "${taskTypeId}" in its taskList.`);
    }
    const id = tx.nextId(sim.product === 'vcenter' ? 'task' : 'haTask');
    const entity = isSubtype(obj.type, 'ManagedEntity') ? obj : undefined;
    const info: TaskInfo = {
      _type: 'TaskInfo',
      key: id,
      task: { type: 'Task', value: id },
      descriptionId: taskTypeId,
      entity,
      entityName: entity && (target['name'] as string | undefined),
      state: 'queued',
      cancelled: false,
      cancelable,
      reason: { _type: 'TaskReasonUser', userName: initiatedBy ?? session.userName } as TaskInfo['reason'],
      queueTime: sim.clock.now(),
      eventChainId: Number(id.replace(/\D/g, '')),
      parentTaskKey,
      rootTaskKey: parentTaskKey,
      activationId,
    };
    tx.create('Task', id, { info, _manager: self.ref, [CLIENT_TASK]: true });
    return info;
  },
}, { relations: [{ type: 'Task', path: '_manager', inverse: 'recentTask' }] });

const isTaskType = (extensions: unknown, id: string): boolean =>
  Array.isArray(extensions) &&
  (extensions as { taskList?: readonly { taskID: string }[] }[]).some((extension) => extension.taskList?.some((known) => known.taskID === id));
