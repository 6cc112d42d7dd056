// UUIDs of virtual disks as the API writes and takes them.
import { fault } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';

/** '6000C29e-aaaa-…' → '60 00 C2 9e aa aa …-…', the form in which hosts say it. */
export function shownUuid(uuid: string): string {
  const pairs = uuid.replaceAll('-', '').match(/../g) ?? [];
  return `${pairs.slice(0, 8).join(' ')}-${pairs.slice(8).join(' ')}`;
}

/** The UUID that was given, or a new one. Throws InvalidArgument. */
export function diskUuid(sim: Simulation, given: string | undefined): string {
  if (given === undefined || given === '') return `6000C29${sim.random.hex(13).slice(0, 1)}-${sim.random.uuid().slice(9)}`;
  const hex = given.replace(/[\s-]/g, '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) throw fault('InvalidArgument', { invalidProperty: 'uuid' }, `A specified parameter was not correct: uuid ('${given}' has not 32 hexadecimal digits)`);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
