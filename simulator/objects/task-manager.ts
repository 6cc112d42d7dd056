// TaskManager: tasks that extensions run themselves, the history of tasks, and the list of recent ones.
import { fault, isSubtype, type TaskFilterSpec, type TaskInfo, type TaskInfoFilterSpec } from '../../core/vim25/index.ts';
import { define, type Context } from '../dispatch/define.ts';
import { keepCollector, MOST } from './history.ts';
import { CLIENT_TASK } from './task.ts';
import { taskHistory } from './task-history.ts';

export const taskManager = define('TaskManager', {
  CreateTask({ sim, tx, self, session }, { obj, taskTypeId, initiatedBy, cancelable, parentTaskKey, activationId }) {
    const target = tx.find(obj);
    if (!target) throw fault('ManagedObjectNotFound', { obj }, `The object '${obj.value}' has already been deleted or has not been completely created`);
    const known = taskTypes(sim.wellKnown['extensionManager'] && tx.get(sim.wellKnown['extensionManager'], 'extensionList'));
    if (!known.includes(taskTypeId)) {
      throw fault('InvalidArgument', { invalidProperty: 'taskTypeId' },
        `No registered extension declares the task type "${taskTypeId}" in its taskList.${known.length > 0 ? ` Declared: ${known.join(', ')}.` : ''}`);
    }
    const parent = parentTaskKey === undefined ? undefined : (tx.find({ type: 'Task', value: parentTaskKey })?.['info'] as TaskInfo | undefined);
    if (parentTaskKey !== undefined && !parent) throw fault('InvalidArgument', { invalidProperty: 'parentTaskKey' }, `There is no task "${parentTaskKey}".`);
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
      reason: session.reason ?? ({ _type: 'TaskReasonUser', userName: initiatedBy ?? session.userName } as TaskInfo['reason']),
      queueTime: sim.clock.now(),
      eventChainId: sim.events.reserveKey(tx),
      parentTaskKey,
      rootTaskKey: parent && (parent.rootTaskKey ?? parent.key),
      activationId,
    };
    tx.create('Task', id, { info, _manager: self.ref, _entity: entity, [CLIENT_TASK]: true });
    return info;
  },
  CreateCollectorForTasks: { query: (ctx, { filter }) => collector(ctx, filter, undefined) },
  CreateCollectorWithInfoFilterForTasks: { query: (ctx, { filter, infoFilter }) => collector(ctx, filter, infoFilter) },
  ReadNextTasksByViewSpec: {
    query(ctx, { viewSpec, filterSpec, infoFilterSpec }) {
      const { startId, count } = viewSpec as { startId?: string; count?: number };
      const history = historyOf(ctx, filterSpec, infoFilterSpec);
      const found: TaskInfo[] = [];
      let begun = !startId;
      for (const info of history.oldestFirst(0)) {
        begun ||= info.key === startId;
        if (begun && found.push(info) >= Math.min(count ?? MOST, MOST)) break;
      }
      return found.length > 0 ? found : undefined;
    },
  },
}, { relations: [{ type: 'Task', path: '_manager', inverse: 'recentTask' }] });

const historyOf = ({ sim, session }: Context, filter: TaskFilterSpec, results: TaskInfoFilterSpec | undefined) =>
  taskHistory(sim.store, session, { root: sim.wellKnown['rootFolder'] }, filter, results);

const collector = (ctx: Context, filter: TaskFilterSpec, results: TaskInfoFilterSpec | undefined) =>
  keepCollector(ctx, 'TaskHistoryCollector', historyOf(ctx, filter, results), { filter: { ...filter, _type: 'TaskFilterSpec' } });

const taskTypes = (extensions: unknown): readonly string[] =>
  ((extensions ?? []) as readonly { taskList?: readonly { taskID: string }[] }[]).flatMap(({ taskList }) => (taskList ?? []).map(({ taskID }) => taskID));
