// Checks that hold on vCenter Server and on ESXi alike, once for each.
import { topic } from '../check.mjs';

/** `vic-machine.<prefix>.…` on vCenter, `vic-machine.esxi-<prefix>.…` on ESXi. */
export const on = (worlds, prefix, entries) => worlds.flatMap((world) => topic(`vic-machine.${world === 'esxi' ? 'esxi-' : ''}${prefix}`, entries, { world }));
