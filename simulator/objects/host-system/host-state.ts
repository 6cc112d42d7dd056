// What the methods of a host ask first: its name, its runtime, whether it can be reached; and how losing a host shows
// in its machines.
import { fault, type HostRuntimeInfo, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';

type Ref = ManagedObjectReference;

export const hostName = (tx: Transaction, host: Ref): string => String(tx.get(host, 'name'));

/** The runtime of the receiver, as it is in this transaction. */
export const runtimeOf = ({ tx, self }: TransactionContext): HostRuntimeInfo => tx.props<'HostSystem'>(self.ref).runtime!;

/** Throws HostNotConnected for a host that the server cannot reach. */
export function mustBeConnected({ tx, self }: TransactionContext): void {
  requireConnected(tx, self.ref);
}

/** Throws HostNotConnected for a host that the server cannot reach. */
export function requireConnected(tx: Transaction, host: Ref): void {
  const state = tx.get(host, 'runtime.connectionState');
  if (state !== 'connected') throw fault('HostNotConnected', {}, `Unable to communicate with the remote host '${hostName(tx, host)}', since it is ${state === 'disconnected' ? 'disconnected' : 'not responding'}.`);
}

/** Changes the runtime of a host; its machines are known as connected only while it is. */
export function setRuntime(tx: Transaction, host: Ref, change: Partial<HostRuntimeInfo>): void {
  const runtime = { ...tx.props<'HostSystem'>(host).runtime!, ...change };
  tx.set(host, 'runtime', runtime);
  const [from, to] = runtime.connectionState === 'connected' ? ['disconnected', 'connected'] : ['connected', 'disconnected'];
  // Orphaned and inaccessible machines stay what they are.
  for (const vm of (tx.get(host, 'vm') ?? []) as readonly Ref[]) {
    if (tx.get(vm, 'runtime.connectionState') === from) tx.set(vm, 'runtime.connectionState', to);
  }
}
