// Transfers of guest files: what a one-time address stands for, and doing it when the HTTP request comes.
import { fault, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { TransactionContext } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { sizeOf, type Content } from '../datastore/blocks.ts';
import { requireGuest, type Visitor } from './access.ts';
import { fileAt, writeFile, type Writing } from './files.ts';
import { stepsOf } from './paths.ts';
import { diskOf, onDisk } from './state.ts';

export interface Transfer {
  readonly direction: 'from' | 'to';
  readonly vm: ManagedObjectReference;
  readonly user: string;
  readonly uid: number;
  readonly windows: boolean;
  readonly path: string;
  /** Of an upload: its length, and what the file is to have. */
  readonly size?: number;
  readonly overwrite?: boolean;
  readonly attributes?: Writing;
}

/** An address for one transfer; '*' is the host that the client called. */
export function transferAddress({ sim, session }: TransactionContext, transfer: Transfer): string {
  const token = sim.tickets.hold(transfer, session);
  return `${sim.served.tls === false ? 'http' : 'https'}://*:${sim.served.port ?? 443}/guestFile?id=${/\d+$/.exec(transfer.vm.value)?.[0] ?? '0'}&token=${token}`;
}

const visitorOf = (sim: Simulation, tx: Transaction, { vm, user, uid, windows }: Transfer): Visitor => {
  if (!tx.has(vm)) throw fault('ManagedObjectNotFound', { obj: vm }, 'The virtual machine is gone.');
  requireGuest(tx, vm);
  return { sim, tx, vm, user, uid, windows, now: sim.clock.now() };
};

/** What a download gives. Throws the guest's faults: the file may have gone. */
export function sendFile(sim: Simulation, tx: Transaction, transfer: Transfer): Content {
  return fileAt(diskOf(visitorOf(sim, tx, transfer)), stepsOf(transfer.path, transfer.windows)).node.content;
}

/** Keeps what was uploaded. Throws InvalidArgument for another length than was announced, and the guest's faults. */
export function receiveFile(sim: Simulation, tx: Transaction, transfer: Transfer, content: Content): void {
  const visitor = visitorOf(sim, tx, transfer);
  if (transfer.size !== undefined && sizeOf(content) !== transfer.size) {
    throw fault('InvalidArgument', { invalidProperty: 'fileSize' }, `The upload has ${sizeOf(content)} bytes; ${transfer.size} were announced.`);
  }
  onDisk(visitor, (disk) => writeFile(disk, stepsOf(transfer.path, transfer.windows), content, { overwrite: transfer.overwrite ?? false, ...transfer.attributes }));
}
