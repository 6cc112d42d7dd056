// The VMs of a VCH on their way out: powered off, freed of what must survive, destroyed. Many at once, waits in common.
import type { Connection, DatastorePath, Outcome, Row } from '../client/index.ts';
import { isWithin, parentPath, parseDatastorePath, runTasks, want } from '../client/index.ts';
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { sameReference } from '../vim25/reference.ts';
import { isSubtype } from '../vim25/schema.ts';
import type { VirtualDevice, VirtualMachinePowerState } from '../vim25/types.d.ts';
import { UserError } from './issue.ts';
import { extraConfigOf } from './extra-config.ts';
import { isContainer, type VolumeStore } from './vch-config.ts';

export const VM_NEEDS = want('VirtualMachine', 'name', 'runtime.powerState', 'config.files.vmPathName', 'config.hardware.device', 'config.extraConfig');
type NeededRow = Row<'VirtualMachine', (typeof VM_NEEDS)['paths'][number]>;

export interface Member {
  readonly ref: ManagedObjectReference;
  readonly name: string;
  readonly powerState: VirtualMachinePowerState | undefined;
  /** Where its own files are; undefined when it is not known, or when they lie in a datastore's root. */
  readonly directory: DatastorePath | undefined;
  /** undefined when the VM's configuration cannot be read. */
  readonly devices: readonly VirtualDevice[] | undefined;
}

export function memberOf(row: NeededRow): Member {
  const file = row.props['config.files.vmPathName'];
  const vmx = file === undefined ? undefined : parseDatastorePath(file);
  const directory = vmx && parentPath(vmx);
  return {
    ref: row.ref,
    name: row.props['name'] ?? row.ref.value,
    powerState: row.props['runtime.powerState'],
    directory: directory?.path === '' ? undefined : directory,
    devices: row.props['config.hardware.device'],
  };
}

/** A container's VM is named after its 64-digit id, or its directory is. */
const CONTAINER_NAME = /(^|-)[0-9a-f]{64}$/;

/** Sorts the VMs of a VCH's pool into its containers and those that someone else put there. */
export function membersOf(rows: readonly NeededRow[], appliances: ReadonlySet<string>): { readonly containers: Member[]; readonly strangers: string[] } {
  const containers: Member[] = [];
  const strangers: string[] = [];
  for (const row of rows) {
    const member = memberOf(row);
    const known = isContainer(extraConfigOf(row.props['config.extraConfig'])) || CONTAINER_NAME.test(member.name) || CONTAINER_NAME.test(member.directory?.path ?? '');
    if (known && !appliances.has(row.ref.value)) containers.push(member);
    else strangers.push(member.name);
  }
  return { containers, strangers };
}

/** Turns the failures of a batch into one error that names each VM; faults that mean "already so" are none. */
function failOn(outcomes: readonly Outcome[], members: readonly Member[], action: string, harmless: readonly string[]): void {
  const issues = outcomes
    .filter(({ error }) => error && !harmless.includes(error.type))
    .map(({ self, error }) => {
      const member = members.find((candidate) => sameReference(candidate.ref, self));
      return { what: `VM "${member?.name ?? self.value}" could not be ${action}: ${error!.message}` };
    });
  if (issues.length > 0) {
    throw new UserError('state', ...issues, { what: 'delete stopped; what it had removed before is gone. Remove the cause and run the same command again' });
  }
}

/** Powers off those that are not; one that went off meanwhile is fine. */
export async function powerOffAll(connection: Connection, members: readonly Member[]): Promise<void> {
  const running = members.filter((member) => member.powerState !== 'poweredOff');
  const outcomes = await runTasks(connection, running.map(({ ref }) => ({ self: ref, method: 'PowerOffVM_Task' as const, args: {} })));
  failOn(outcomes, members, 'powered off', ['InvalidPowerState', 'ManagedObjectNotFound']);
}

const fileOf = (device: VirtualDevice): DatastorePath | undefined => {
  const fileName = (device.backing as { fileName?: string } | undefined)?.fileName;
  return fileName === undefined ? undefined : parseDatastorePath(fileName);
};

/** Disks that Destroy_Task must not take along: those in a volume store, and all that lie outside the VM's own directory. */
function foreignDisks(member: Member, volumeStores: readonly VolumeStore[]): VirtualDevice[] {
  return (member.devices ?? []).filter((device) => {
    const file = isSubtype(device._type ?? '', 'VirtualDisk') ? fileOf(device) : undefined;
    if (!file) return false;
    const volumes = volumeStores.some((store) => isWithin(file, store.volumes));
    return volumes || !member.directory || !isWithin(file, member.directory);
  });
}

/** Detaches what must survive the VM (files are kept) and, when asked, every network card: one reconfiguration per VM. */
export async function stripDevices(connection: Connection, members: readonly Member[], volumeStores: readonly VolumeStore[], cards: boolean): Promise<void> {
  const unknown = members.filter((member) => member.devices === undefined);
  if (unknown.length > 0) {
    throw new UserError(
      'state',
      ...unknown.map((member) => ({ what: `the devices of VM "${member.name}" cannot be read, so the volumes attached to it cannot be saved` })),
      { what: 'see to it that its host and datastores are reachable, or detach its volumes and remove it, then run the same command again' },
    );
  }
  const work = members.flatMap((member) => {
    const nics = cards ? member.devices!.filter((device) => isSubtype(device._type ?? '', 'VirtualEthernetCard')) : [];
    const leaving = [...nics, ...foreignDisks(member, volumeStores)];
    if (leaving.length === 0) return [];
    const deviceChange = leaving.map((device) => ({ operation: 'remove' as const, device }));
    return [{ self: member.ref, method: 'ReconfigVM_Task' as const, args: { spec: { deviceChange } } }];
  });
  failOn(await runTasks(connection, work), members, 'freed of its devices', ['ManagedObjectNotFound']);
}

/**
 * Removes the VMs with their files. Destroy_Task may take the whole directory along; a VM whose directory holds what must
 * survive (`holdsOthers`) is only taken out of the inventory, and its files are left to the clean-up.
 */
export async function destroyAll(connection: Connection, members: readonly Member[], holdsOthers: (directory: DatastorePath) => boolean): Promise<void> {
  const careful = members.filter((member) => member.directory && holdsOthers(member.directory));
  const work = members.filter((member) => !careful.includes(member)).map(({ ref }) => ({ self: ref, method: 'Destroy_Task' as const, args: {} }));
  const outcomes = await runTasks(connection, work);
  for (const { ref } of careful) {
    try {
      await connection.call(ref, 'UnregisterVM', {});
    } catch (error) {
      if (!isFault(error)) throw error;
      outcomes.push({ self: ref, error });
    }
  }
  failOn(outcomes, members, 'removed', ['ManagedObjectNotFound']);
}
