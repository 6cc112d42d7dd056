// Which storage policy a machine's home and its disks have. The home's is kept with the machine, a disk's with the disk
// itself, so that it goes where the disk goes: into clones and snapshots, and away with it.
import {
  isSubtype, make, typeOf, type ManagedObjectReference, type PbmServerObjectRef, type VirtualDevice, type VirtualDisk, type VirtualMachineConfigInfo, type VirtualMachineDefinedProfileSpec, type VirtualMachineProfileSpec, type VirtualMachineRelocateSpec,
} from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { defaultProfileOf } from './placement.ts';
import { requireProfile, wrong } from './profiles.ts';

type Ref = ManagedObjectReference;

/** The policy of a home or disk, with the generation of its rules that was applied. */
export interface Association {
  readonly id: string;
  readonly generation: number;
}

/** What a spec wants: a policy, none, or no change when it says nothing. Throws InvalidArgument. */
export function askedPolicy(tx: Transaction, specs: readonly VirtualMachineProfileSpec[] | undefined, datastore: Ref | undefined, property: string): Association | null | undefined {
  if (specs === undefined || specs.length === 0) return undefined;
  if (specs.length > 1) throw wrong(property, 'one storage policy can be applied');
  const type = typeOf(specs[0]) ?? 'VirtualMachineProfileSpec';
  if (isSubtype(type, 'VirtualMachineDefinedProfileSpec')) {
    const { profileId, generationId } = requireProfile(tx, (specs[0] as VirtualMachineDefinedProfileSpec).profileId, `${property}.profileId`);
    return { id: profileId.uniqueId, generation: Number(generationId ?? 0) };
  }
  const standard = type === 'VirtualMachineDefaultProfileSpec' && datastore ? defaultProfileOf(tx, datastore) : undefined;
  return standard ? { id: standard.profileId.uniqueId, generation: Number(standard.generationId ?? 0) } : null;
}

/** Applies what a spec says of the machine's home. */
export function applyHomePolicy(tx: Transaction, vm: Ref, specs: readonly VirtualMachineProfileSpec[] | undefined, property: string): void {
  const asked = askedPolicy(tx, specs, tx.get(vm, '_home') as Ref | undefined, property);
  if (asked !== undefined) tx.set(vm, '_policy', asked ?? undefined);
}

type WithPolicy = VirtualDevice & { readonly _policy?: Association };

/** The device with what a spec says of its policy. */
export function withPolicy<D extends VirtualDevice>(tx: Transaction, device: D, specs: readonly VirtualMachineProfileSpec[] | undefined, property: string): D {
  if (!specs?.length || !isSubtype(typeOf(device) ?? '', 'VirtualDisk')) return device;
  const asked = askedPolicy(tx, specs, (device.backing as { datastore?: Ref } | undefined)?.datastore, property);
  if (asked === undefined) return device;
  const { _policy: _old, ...rest } = device as WithPolicy;
  return (asked === null ? rest : { ...rest, _policy: asked }) as D;
}

/** The devices with the policies that a relocation gives to disks by their keys. */
export const withLocatedPolicies = (tx: Transaction, devices: readonly VirtualDevice[], { disk = [] }: VirtualMachineRelocateSpec): readonly VirtualDevice[] =>
  devices.map((device) => withPolicy(tx, device, disk.find(({ diskId }) => diskId === device.key)?.profile, 'spec.disk.profile'));

/** A home or a disk of a machine, as the pbm service speaks of it. */
export interface Subject {
  readonly ref: PbmServerObjectRef;
  readonly vm: Ref;
  readonly datastore: Ref;
  readonly encrypted: boolean;
  readonly policy: Association | undefined;
}

const entity = (objectType: string, key: string, serverUuid: string | undefined): PbmServerObjectRef => make('PbmServerObjectRef', { objectType, key, ...(serverUuid === undefined ? {} : { serverUuid }) });

/** The home of a machine and each of its disks. */
export function subjectsOf(tx: Transaction, vm: Ref, serverUuid: string | undefined): readonly Subject[] {
  const config = tx.get(vm, 'config') as (VirtualMachineConfigInfo & { readonly keyId?: unknown }) | undefined;
  const home = tx.get(vm, '_home') as Ref | undefined;
  if (!config || !home) return [];
  const disks = (config.hardware.device ?? []).filter((device) => isSubtype(typeOf(device) ?? '', 'VirtualDisk')) as readonly unknown[] as readonly (VirtualDisk & WithPolicy)[];
  return [
    { ref: entity('virtualMachine', vm.value, serverUuid), vm, datastore: home, encrypted: config.keyId !== undefined, policy: tx.get(vm, '_policy') as Association | undefined },
    ...disks.map((disk): Subject => {
      const { datastore = home, keyId } = (disk.backing ?? {}) as { datastore?: Ref; keyId?: unknown };
      return { ref: entity('virtualDiskId', `${vm.value}:${disk.key}`, serverUuid), vm, datastore, encrypted: keyId !== undefined, policy: disk._policy };
    }),
  ];
}

/** What an entity of a call stands for; undefined when there is no such machine or disk. Throws InvalidArgument for types without policies. */
export function findSubjects(tx: Transaction, asked: PbmServerObjectRef, serverUuid: string | undefined): readonly Subject[] | undefined {
  if (!['virtualMachine', 'virtualMachineAndDisks', 'virtualDiskId'].includes(asked.objectType)) throw wrong('entity.objectType', `'${asked.objectType}' has no storage policy here; virtualMachine, virtualMachineAndDisks and virtualDiskId have`);
  const [id = ''] = asked.key.split(':');
  const vm = { type: 'VirtualMachine', value: id };
  if (!tx.has(vm) || tx.typeOf(id) !== 'VirtualMachine') return undefined;
  const all = subjectsOf(tx, vm, serverUuid);
  if (asked.objectType === 'virtualMachineAndDisks') return all;
  const found = all.filter(({ ref }) => ref.objectType === asked.objectType && ref.key === asked.key);
  return found.length === 0 ? undefined : found;
}

/** Every home and disk that has a policy (that one, when it is given). */
export function* associated(tx: Transaction, serverUuid: string | undefined, id?: string): Iterable<Subject> {
  for (const vm of tx.all('VirtualMachine')) {
    for (const subject of subjectsOf(tx, vm, serverUuid)) if (subject.policy && (id === undefined || subject.policy.id === id)) yield subject;
  }
}
