// How many operations there have been on machines of a cluster or datacenter: counted from the recorded events.
import type { Event, ManagedObjectReference } from '../../../core/vim25/index.ts';
import { oldestFirst } from '../../events/log.ts';
import type { Store } from '../../store/store.ts';

/** A machine is removed by a task of its own when it is destroyed, and without one when it is only forgotten. */
const byTask = (event: Event): boolean => event.chainId !== event.key;

const COUNTED: Readonly<Record<string, (event: Event) => boolean>> = {
  'vmop.numPoweron': is('VmPoweredOnEvent'), 'vmop.numPoweroff': is('VmPoweredOffEvent'), 'vmop.numSuspend': is('VmSuspendedEvent'), 'vmop.numReset': is('VmResettingEvent'),
  'vmop.numRebootGuest': is('VmGuestRebootEvent'), 'vmop.numStandbyGuest': is('VmGuestStandbyEvent'), 'vmop.numShutdownGuest': is('VmGuestShutdownEvent'),
  'vmop.numCreate': is('VmCreatedEvent'), 'vmop.numDestroy': (event) => event._type === 'VmRemovedEvent' && byTask(event), 'vmop.numUnregister': (event) => event._type === 'VmRemovedEvent' && !byTask(event),
  'vmop.numRegister': is('VmRegisteredEvent'), 'vmop.numReconfigure': is('VmReconfiguredEvent'), 'vmop.numClone': is('VmClonedEvent'), 'vmop.numDeploy': is('VmDeployedEvent'),
  'vmop.numVMotion': is('VmMigratedEvent', 'DrsVmMigratedEvent'), 'vmop.numSVMotion': is('VmRelocatedEvent'),
};

function is(...types: readonly string[]): (event: Event) => boolean {
  return (event) => types.includes(event._type!);
}

/** The count of a vmop counter at a time (in milliseconds). */
export function operationCount(store: Store, ref: ManagedObjectReference, family: string, end: number): number {
  const counts = COUNTED[family];
  let count = 0;
  if (counts) for (const { event, within } of oldestFirst(store)) if (counts(event) && within.includes(ref.value) && event.createdTime.getTime() < end) count += 1;
  return count;
}
