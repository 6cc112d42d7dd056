// Actions that do something (vim25 MethodAction and CreateTaskAction), for scheduled tasks and alarms: called through the
// dispatcher as any client's call, with the privileges of the user that they act for.
import { fault, managedType, type Action, type DataTypes, type ManagedObjectReference, type TaskInfo } from '../../core/vim25/index.ts';
import { dispatch } from '../dispatch/pipeline.ts';
import type { Simulation } from '../dispatch/simulation.ts';

type Ref = ManagedObjectReference;
type MethodAction = DataTypes['MethodAction'];
type CreateTaskAction = DataTypes['CreateTaskAction'];

/** What is recorded only: nothing runs on the machine of the simulator. */
const RECORDED = ['SendEmailAction', 'SendSNMPAction', 'RunScriptAction'];

/** Throws InvalidArgument for an action that the object cannot take; `path` is where the caller wrote it. */
export function checkAction(action: Action, type: string, path: string): void {
  const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: `${path}${property}` }, `A specified parameter was not correct: ${path}${property} (${why}).`);
  if (action._type === 'MethodAction') {
    const { name, argument = [] } = action as MethodAction;
    const method = managedType(type)?.methods.get(name);
    if (method === undefined) throw wrong('.name', `a ${type} has no method "${name}"`);
    if (argument.length > method.params.length) throw wrong('.argument', `${name} takes ${method.params.length} arguments, and ${argument.length} are given`);
    const missing = method.params.find((param, i) => !param.optional && !param.array && argument[i]?.value === undefined);
    if (missing) throw wrong('.argument', `${name} needs "${missing.name}", of the type ${missing.type}`);
    return;
  }
  if (action._type === 'CreateTaskAction' || RECORDED.includes(action._type ?? '')) return;
  throw wrong('', `${action._type ?? 'an Action'} does nothing; valid: MethodAction, CreateTaskAction, ${RECORDED.join(', ')}`);
}

/** What an action left behind. */
export interface Done {
  /** The task that does the work; the action is over when it is. */
  readonly task?: Ref;
  readonly result?: unknown;
}

/** Takes an action on an object for a user; every task that comes of it gives `reason`. Rejects with what the call throws. */
export async function takeAction(sim: Simulation, action: Action, target: Ref, userName: string, reason: TaskInfo['reason']): Promise<Done> {
  if (action._type !== 'MethodAction' && action._type !== 'CreateTaskAction') return {};
  if (!sim.sessions.knows(userName)) throw fault('InvalidLogin', {}, `The action cannot be taken for ${userName}: there is no such user any more.`);
  const session = sim.sessions.actingFor(userName, reason);
  const call = async (self: Ref, method: string, args: Readonly<Record<string, unknown>>) =>
    (await dispatch(sim, { method, self, args, session, signal: session.ended.signal }, () => undefined)).result;
  if (action._type === 'CreateTaskAction') {
    const { taskTypeId, cancelable } = action as CreateTaskAction;
    const { task } = (await call(sim.wellKnown['taskManager']!, 'CreateTask', { obj: target, taskTypeId, cancelable })) as TaskInfo;
    return { task };
  }
  const { name, argument = [] } = action as MethodAction;
  const method = managedType(target.type)!.methods.get(name)!;
  const args = Object.fromEntries(method.params.flatMap((param, i) => (argument[i]?.value === undefined ? [] : [[param.name, argument[i].value]])));
  const result = await call(target, name, args);
  return method.isTask ? { task: result as Ref } : { result };
}
