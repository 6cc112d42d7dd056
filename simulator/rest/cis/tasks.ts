// Tasks as the API tells of them: the Task objects of the world, by their ids.
import type { TaskInfo } from '../../../core/vim25/index.ts';
import { fromFault, notFound } from '../errors.ts';
import { Fault, type MethodFault } from '../../../core/vim25/index.ts';
import { Entries, type RestCall, type Route, type Verb } from '../route.ts';
import { get, type Ref } from '../vcenter/look.ts';

const route = (verb: Verb, path: string, action: string | undefined, does: string, run: Route['run']): Route =>
  ({ verb, rest: `/cis/tasks${path}`, api: `/cis/tasks${path}`, does, run, ...(action === undefined ? {} : { action }) });

const STATUS = { queued: 'PENDING', running: 'RUNNING', success: 'SUCCEEDED', error: 'FAILED' } as const;

/** The task of an id, with or without the service after it ("task-12:com.vmware.vcenter.vm"). Throws NOT_FOUND. */
function taskOf(call: RestCall, id: string): Ref {
  const ref = { type: 'Task', value: id.replace(/:.*/s, '') };
  const found = call.sim.store.get(ref);
  if (found?.ref.type !== 'Task') throw notFound(`Task ${id}`);
  return ref;
}

function mayRead({ session }: RestCall, info: TaskInfo): boolean {
  const { rights } = session;
  const own = (info.reason as { userName?: string } | undefined)?.userName === session.userName;
  return rights === undefined || own || (info.entity !== undefined && rights.has(info.entity, 'System.Read'));
}

function view(call: RestCall, ref: Ref): unknown {
  const info = get<TaskInfo>(call, ref, 'info')!;
  const [service = '', operation = ''] = [`com.vmware.vim25.${(info.descriptionId ?? '').split('.')[0]}`, info.name];
  const failure = info.error && fromFault(new Fault(info.error.fault as MethodFault & { _type: string }, info.error.localizedMessage ?? ''));
  return {
    description: { id: info.descriptionId, default_message: info.name ?? '', args: [] }, service, operation, status: STATUS[info.state], cancelable: info.cancelable,
    ...(info.entity ? { target: { type: info.entity.type, id: info.entity.value } } : {}), user: (info.reason as { userName?: string } | undefined)?.userName,
    ...(info.startTime ? { start_time: info.startTime } : {}), ...(info.completeTime ? { end_time: info.completeTime } : {}),
    progress: { total: 100, completed: info.state === 'success' ? 100 : (info.progress ?? 0), message: { id: 'vicsim.progress', default_message: info.state, args: [] } },
    ...(failure ? { error: failure.body('api') } : {}), ...(info.state === 'success' && info.result !== undefined ? { result: resultOf(info.result) } : {}),
  };
}

/** An object is told by its id. */
const resultOf = (result: unknown): unknown => (typeof result === 'object' && result !== null && 'type' in result && 'value' in result ? (result as Ref).value : result);

function readable(call: RestCall, id: string): Ref {
  const ref = taskOf(call, id);
  if (!mayRead(call, get<TaskInfo>(call, ref, 'info')!)) throw notFound(`Task ${id}`);
  return ref;
}

export const taskRoutes: readonly Route[] = [
  route('GET', '', undefined, 'tasks by id', (call) => {
    const [ids, states] = [call.query('tasks'), call.query('status')];
    const refs = ids.length > 0 ? ids.map((id) => readable(call, id)) : [...call.sim.store.ofType('Task')].map(({ ref }) => ref).filter((ref) => mayRead(call, get<TaskInfo>(call, ref, 'info')!));
    return new Entries(refs.filter((ref) => states.length === 0 || states.includes(STATUS[get<TaskInfo>(call, ref, 'info')!.state])).map((ref) => [ref.value, view(call, ref)] as const));
  }),
  route('GET', '/{task}', undefined, 'one task', (call) => view(call, readable(call, call.path('task')))),
  route('POST', '/{task}', 'cancel', 'cancels a task', async (call) => {
    await call.vim(taskOf(call, call.path('task')), 'CancelTask');
  }),
];
