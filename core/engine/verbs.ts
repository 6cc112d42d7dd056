// The verbs as functions for programs: a session in, facts out. Each reads the inventory anew, in a constant number of
// requests; the commands of vic-machine call nothing else. Create and delete are loaded when they are used.
import type { Connection, Session } from '../client/index.ts';
import { openContext, type Context } from './context.ts';
import type { Created } from './create/create.ts';
import type { CreateOptions } from './create/options.ts';
import type { CreatePlan } from './create/plan.ts';
import type { Ports } from './create/ports.ts';
import type { Deleted, DeleteOptions } from './delete.ts';
import { inspectIn, type Inspected } from './inspect.ts';
import { listIn, type Listed, type ListOptions } from './list.ts';
import { DEFAULT_NAME, referenceOf, type Selection } from './selection.ts';
import { SILENT, type StepLog } from './step.ts';

/** Any of a verb's options; what is left out has the default that the command has. */
export type Some<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Options of create; only the image store has no default. */
export type CreateRequest = Some<CreateOptions> & Pick<CreateOptions, 'imageStore'>;

/** What create needs besides the session. */
export interface CreateMeans {
  /** Files of this machine: `localPorts(…)`. */
  readonly ports: Ports;
  /** How the appliance reaches the server that it runs on; ESXi appliances log in with the account. */
  readonly target: { readonly url: URL; readonly user: string; readonly password: string };
}

const given = <T extends object>(options: Some<T>): Partial<T> => Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
const selection = (options: Some<Selection>): Selection => ({ datacenter: '', compute: '', name: DEFAULT_NAME, id: '', ...given<Selection>(options) });
const contextFor = (session: Connection, log: StepLog, { id }: { readonly id: string }): Promise<Context> => openContext(session, log, id === '' ? [] : [referenceOf(id)]);

/** The VCHs below a compute resource, or everywhere with `all`. Throws a UserError when the place is unknown or ambiguous (LS-18, LS-31). */
export async function listVchs(session: Connection, options: Some<ListOptions> = {}, log: StepLog = SILENT): Promise<Listed[]> {
  return listIn(await openContext(session, log), { datacenter: '', compute: '', all: false, ...given<ListOptions>(options) });
}

/** How to reach one VCH. Throws a UserError when there is none of that name, or when it is off or has no address (INS-38). */
export async function inspectVch(session: Connection, options: Some<Selection> = {}, log: StepLog = SILENT): Promise<Inspected> {
  const which = selection(options);
  return inspectIn(await contextFor(session, log, which), which);
}

/** Removes one VCH and what is its own. Throws a UserError, with nothing changed, while its containers run and `force` is not given (DEL-03). */
export async function deleteVch(session: Connection, options: Some<DeleteOptions> = {}, log: StepLog = SILENT): Promise<Deleted> {
  const which = { ...selection(options), force: options.force ?? false };
  const { deleteIn } = await import('./delete.ts');
  return deleteIn(await contextFor(session, log, which), which);
}

/** Checks everything that `createVch` would and says what it would do; changes nothing. Throws one UserError with every issue. */
export async function planVch(session: Connection, options: CreateRequest, ports: Ports, log: StepLog = SILENT): Promise<CreatePlan> {
  return plan(await openContext(session, log), options, ports);
}

/** Makes a VCH and waits until it is ready. Throws with the endpoint and the files as they were. */
export async function createVch(session: Session, options: CreateRequest, { ports, target }: CreateMeans, log: StepLog = SILENT): Promise<Created> {
  const context = await openContext(session, log);
  const planned = await plan(context, options, ports);
  const { createIn } = await import('./create/create.ts');
  return createIn(context, session, target, planned, ports);
}

async function plan(context: Context, options: CreateRequest, ports: Ports): Promise<CreatePlan> {
  const [{ withDefaults }, { planCreate }] = await Promise.all([import('./create/options.ts'), import('./create/plan.ts')]);
  return planCreate(context, withDefaults(given<CreateOptions>(options)), ports);
}
