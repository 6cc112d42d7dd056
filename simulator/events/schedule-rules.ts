// Events of scheduled tasks, read from what changed in ScheduledTask.info.
import type { ManagedObjectReference, ScheduledTaskInfo } from '../../core/vim25/index.ts';
import type { Props } from '../store/object.ts';
import type { EventRule } from './rule.ts';
import type { Scene } from './scene.ts';

type Ref = ManagedObjectReference;

const infoOf = (props: Props): ScheduledTaskInfo => props['info'] as ScheduledTaskInfo;

const about = (scene: Scene, self: Ref, props: Props) => {
  const { name, entity } = infoOf(props);
  return { ...scene.ofEntity(entity), scheduledTask: { _type: 'ScheduledTaskEventArgument', name, scheduledTask: self }, entity: scene.entity(entity) } as const;
};

const WRITTEN = ['name', 'description', 'enabled', 'scheduler', 'action', 'notification'] as const;

const scheduledTasks: EventRule = {
  type: 'ScheduledTask',
  created: (scene, self, props) => scene.add('ScheduledTaskCreatedEvent', about(scene, self, props)),
  removed: (scene, self, props) => scene.add('ScheduledTaskRemovedEvent', about(scene, self, props)),
  changed(scene, self, before, after) {
    const [was, is] = [infoOf(before), infoOf(after)];
    const common = about(scene, self, after);
    if (WRITTEN.some((field) => was[field] !== is[field])) scene.add('ScheduledTaskReconfiguredEvent', common);
    if (was.state === is.state) return;
    if (is.state === 'running') scene.add('ScheduledTaskStartedEvent', common);
    else if (is.state === 'error') scene.add('ScheduledTaskFailedEvent', { ...common, reason: is.error! });
    else if (is.state === 'success') scene.add('ScheduledTaskCompletedEvent', common);
  },
  inputs: ['info'],
};

export const scheduleRules: readonly EventRule[] = [scheduledTasks];
