// Events of tasks: that one was started, and, for those that vCenter tells of, why one failed.
import type { LocalizedMethodFault, ManagedObjectReference, TaskInfo } from '../../core/vim25/index.ts';
import type { EventRule } from './rule.ts';
import type { Scene } from './scene.ts';

type Ref = ManagedObjectReference;
type Failure = (scene: Scene, vm: Ref, reason: LocalizedMethodFault, args: Readonly<Record<string, unknown>>) => void;

const destination = (scene: Scene, vm: Ref, host: Ref | undefined) => scene.host(host && scene.read(host) ? host : scene.get<Ref>(vm, 'runtime.host')!);

/** What is told when a task of a machine fails, by the task's method. */
const FAILURES: Readonly<Record<string, Failure>> = {
  PowerOnVM_Task: (scene, vm, reason) => scene.add('VmFailedToPowerOnEvent', { ...scene.ofVm(vm), reason }),
  PowerOffVM_Task: (scene, vm, reason) => scene.add('VmFailedToPowerOffEvent', { ...scene.ofVm(vm), reason }),
  SuspendVM_Task: (scene, vm, reason) => scene.add('VmFailedToSuspendEvent', { ...scene.ofVm(vm), reason }),
  ResetVM_Task: (scene, vm, reason) => scene.add('VmFailedToResetEvent', { ...scene.ofVm(vm), reason }),
  CloneVM_Task(scene, vm, reason, args) {
    const { folder, name, spec } = args as { folder: Ref; name: string; spec?: { location?: { host?: Ref } } };
    if (!folder || !scene.read(folder)) return;
    scene.add('VmCloneFailedEvent', { ...scene.ofVm(vm), destFolder: scene.folder(folder), destName: name, destHost: destination(scene, vm, spec?.location?.host), reason });
  },
  MigrateVM_Task: (scene, vm, reason, args) => scene.add('VmFailedMigrateEvent', { ...scene.ofVm(vm), destHost: destination(scene, vm, args['host'] as Ref | undefined), reason }),
  RelocateVM_Task(scene, vm, reason, args) {
    const { spec } = args as { spec?: { host?: Ref } };
    scene.add('VmRelocateFailedEvent', { ...scene.ofVm(vm), destHost: destination(scene, vm, spec?.host), reason });
  },
};

export const taskRules: readonly EventRule[] = [
  {
    type: 'Task',
    created(scene, _self, props) {
      const info = props['info'] as TaskInfo;
      const about = info.entity && scene.read(info.entity) ? scene.ofEntity(info.entity) : {};
      // The event's key is the number of the chain that the task's other events refer to.
      scene.add('TaskEvent', { ...about, info, ...keyed(info) });
    },
    changed(scene, _self, before, after) {
      const [was, is] = [before['info'], after['info']] as [TaskInfo, TaskInfo];
      if (was.state === is.state || is.state !== 'error' || !is.error || !is.entity || !scene.read(is.entity)) return;
      if (is.entity.type === 'VirtualMachine' && scene.get(is.entity, 'runtime.host')) FAILURES[is.name ?? '']?.(scene, is.entity, is.error, scene.cause?.args ?? {});
    },
    inputs: ['info'],
  },
];

const keyed = ({ eventChainId }: TaskInfo): object => ({ key: eventChainId, chainId: eventChainId });
