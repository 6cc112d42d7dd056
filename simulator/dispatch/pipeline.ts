// One call from decoded request to result. The order of the checks decides which fault a client sees; it is that of
// vCenter: an unknown method name is a malformed request whoever asks; then the login; then the fault rules, which may
// strike any call of somebody who may call; then whether the object exists; then whether it has the method; then whether we implement it; then whether the arguments lead to objects;
// then whether the caller holds the privileges.
//
// What cannot be read as a request at all (broken XML, a word where a number belongs, a required argument missing) is
// refused before any of this, by the codec, whoever asks: vCenter's SOAP adapter makes values of the whole body first
// and only then looks who sent it. It gives nothing away: the type tables are public.
import {
  fault, isSubtype, managedType, ownersOf, type Fault, type ManagedObjectReference, type Method,
} from '../../core/vim25/index.ts';
import type { Readable } from '../store/object.ts';
import { checkReferences } from './arguments.ts';
import type { AnyHandler, Context, QueryContext, TaskWait } from './define.ts';
import type { Cut, Strike } from './fault-rules.ts';
import { checkPrivileges, visible } from './privileges.ts';
import { lookUp, type Session } from './sessions.ts';
import type { Simulation } from './simulation.ts';
import { withType } from './task-result.ts';
import type { Wait } from './tasks.ts';

export interface Call {
  readonly method: string;
  /** `type` is '' when the client did not say. */
  readonly self: ManagedObjectReference;
  readonly args: Readonly<Record<string, unknown>>;
  /** Paths of required fields that the arguments lack. */
  readonly missing?: readonly string[];
  readonly session: Session;
  readonly signal: AbortSignal;
  /** The SOAP message as it came. */
  readonly message?: string;
  /** Called with a session that the call opened, where its result does not tell it. */
  opened?(session: Session): void;
}

export interface Outcome {
  /** The schema's method, or 'Fetch' for the undocumented property read of pyVmomi. */
  readonly method: Method | 'Fetch';
  /** The receiver as resolved. */
  readonly self: Readable;
  readonly result: unknown;
  /** What a fault rule does to the answer. */
  readonly cut?: Cut | undefined;
}

/** Property reading is the collector's; the pipeline gets it handed in, so that dispatch does not import it. */
export type Fetch = (ctx: Context, property: string) => unknown;

/** Runs one call. Throws a Fault for everything the protocol has a fault for; anything else is a bug. */
export async function dispatch(sim: Simulation, call: Call, fetch: Fetch): Promise<Outcome> {
  const isFetch = call.method === 'Fetch';
  if (!isFetch && ownersOf(call.method).length === 0) {
    sim.log.once(`unknown ${call.method}`, 'warn', `unknown method ${call.method}: vim25 has no such method`);
    throw fault('InvalidRequest', {}, `Unable to resolve WSDL method name "${call.method}" (namespace "urn:vim25").`);
  }
  const self = lookUp(call.session, sim.store, call.self);
  const declared = self === undefined ? undefined : managedType(self.ref.type);
  const method = isFetch ? undefined : (declared ?? managedType(call.self.type))?.methods.get(call.method);
  // A property read asks further on whether anybody may see that property, of an object that is there.
  const asksLater = isFetch && self !== undefined;
  if (!call.session.authenticated && !asksLater && !allowedToAnybody(call.method, method)) {
    throw fault('NotAuthenticated', { object: call.self, privilegeId: method?.privilege || 'System.View' }, 'The session is not authenticated.');
  }
  const strike = sim.faults.strike(call.method, { ref: self?.ref ?? call.self, name: self?.props['name'] });
  if (strike) await meet(sim, strike, call);
  if (self === undefined || declared === undefined || !typeFits(call.self.type, self.ref.type)) {
    throw fault('ManagedObjectNotFound', { obj: call.self }, `The object '${describe(call.self)}' has already been deleted or has not been completely created`);
  }
  if (isFetch) {
    return { method: 'Fetch', self, result: fetch({ sim, self, session: call.session }, String(call.args['prop'] ?? '')), cut: strike?.cut };
  }
  if (method === undefined) {
    throw fault('MethodNotFound', { receiver: self.ref, method: call.method }, `${self.ref.type} has no method ${call.method} (it belongs to ${ownersOf(call.method).join(', ')}).`);
  }
  const handler = sim.registry.handler(self.ref.type, call.method);
  if (handler === undefined) throw notImplemented(sim, self.ref.type, call.method);
  checkReferences(method, call.args, (ref) => lookUp(call.session, sim.store, ref));
  checkPrivileges(sim.store, call.session, self, method, call.args);
  checkEnabled(self, method);
  try {
    return { method, self, result: visible(call.session.rights, method, await run(sim, call, self, method, handler, strike?.taskFault)), cut: strike?.cut };
  } catch (error) {
    throw explained(call, error);
  }
}

/** Waits as the rule wants, and throws what it throws. */
async function meet(sim: Simulation, strike: Strike, call: Call): Promise<void> {
  if (strike.latency > 0) await sim.faults.wait(strike, call.signal);
  if (strike.error) throw strike.error;
}

/** A solution may have disabled methods of an entity (AuthorizationManager.DisableMethods). */
function checkEnabled({ props }: Readable, { name }: Method): void {
  const disabled = props['disabledMethod'] as readonly string[] | undefined;
  if (!disabled?.includes(name)) return;
  const source = (props['_disabledBy'] as Readonly<Record<string, string>> | undefined)?.[name];
  throw fault('MethodDisabled', { source }, `The method is disabled by '${source ?? 'the server'}'.`);
}

/**
 * Real clients leave required fields out where nobody looks at them, so methods get such arguments and do what they
 * can. When one stumbles, the field that is not there is the reason to name; without one it is our own mistake.
 */
function explained({ missing = [] }: Call, error: unknown): unknown {
  const path = missing[0];
  if (path === undefined || !(error instanceof TypeError || error instanceof RangeError)) return error;
  return fault('InvalidArgument', { invalidProperty: path }, `A required value is missing: ${missing.join(', ')}.`);
}

function run(sim: Simulation, call: Call, self: Readable, method: Method, handler: AnyHandler, taskFault: Fault | undefined): unknown {
  const ctx = { sim, self, session: call.session };
  const cause = { userName: call.session.userName, method: method.name, args: call.args };
  if (typeof handler === 'function') return sim.store.transaction((tx) => handler({ ...ctx, tx }, call.args), cause);
  if ('query' in handler) return handler.query(new CallContext(sim, self, call), call.args);
  return sim.store.transaction((tx) => {
    handler.check?.({ ...ctx, tx }, call.args);
    const isEntity = isSubtype(self.ref.type, 'ManagedEntity');
    return sim.tasks.start(tx, {
      name: method.name,
      // What can be done to every entity is called after the entity's own type: 'VirtualMachine.destroy'.
      descriptionId: method.taskName.replace(/^ManagedEntity\./, `${self.ref.type}.`),
      entity: handler.entity ? handler.entity(ctx, call.args) : isEntity ? self.ref : undefined,
      userName: call.session.userName,
      reason: call.session.reason,
      args: call.args,
      explain: (error) => explained(call, error),
      ...(handler.wait ? { wait: waitOf(sim, self.ref, handler.wait, call.args) } : {}),
      run: (inner) => {
        if (taskFault) throw taskFault;
        if (lookUp(call.session, sim.store, self.ref) === undefined) {
          throw fault('ManagedObjectNotFound', { obj: self.ref }, `The object '${describe(self.ref)}' has already been deleted or has not been completely created`);
        }
        // What an argument names may have gone while the task stood in its queue.
        checkReferences(method, call.args, (ref) => lookUp(call.session, sim.store, ref));
        return withType(method.taskResult, handler.task({ ...ctx, tx: inner }, call.args));
      },
    });
  }, cause);
}

function waitOf(sim: Simulation, ref: ManagedObjectReference, wait: TaskWait<object>, args: object): Wait {
  const now = () => ({ sim, self: sim.store.get(ref) });
  return { ready: () => wait.until(now(), args), milliseconds: wait.seconds(args) * 1000, expired: () => wait.late(now(), args) };
}

/** What a query gets; its signal is made only when it is asked for. */
class CallContext implements QueryContext {
  readonly sim: Simulation;
  readonly self: Readable;
  readonly session: Session;
  private readonly call: Call;

  constructor(sim: Simulation, self: Readable, call: Call) {
    this.sim = sim;
    this.self = self;
    this.session = call.session;
    this.call = call;
  }

  get signal(): AbortSignal {
    return this.call.signal;
  }

  get message(): string | undefined {
    return this.call.message;
  }

  opened(session: Session): void {
    this.call.opened?.(session);
  }
}

/** Methods whose privilege is System.Anonymous, and the way in. */
function allowedToAnybody(name: string, method: Method | undefined): boolean {
  return method?.privilege === 'System.Anonymous' || name === 'Login' || name === 'RetrieveServiceContent';
}

const describe = (ref: ManagedObjectReference): string => (ref.type === '' ? ref.value : `vim.${ref.type}:${ref.value}`);

/** A reference may name a base type (ManagedEntity), no type at all, but not another one. */
const typeFits = (asked: string, actual: string): boolean => asked === '' || isSubtype(actual, asked);

function notImplemented(sim: Simulation, type: string, method: string): Fault {
  const owner = managedType(type)!.methods.get(method)!.owner;
  sim.log.once(`missing ${owner}.${method}`, 'warn', `${owner}.${method} is not implemented: add it to the definition of ${owner} under simulator/objects/`);
  return fault('NotSupported', {}, `vicsim does not implement ${owner}.${method} yet.`);
}
