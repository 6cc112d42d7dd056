// Storage policies (profiles of the pbm service) as objects of the store: those that every vCenter is born with, and
// those that are made. Who uses them is association.ts', what they mean for a datastore placement.ts'.
import {
  fault, make, type ManagedObjectReference, type PbmCapabilityConstraints, type PbmCapabilityInstance, type PbmCapabilityProfile, type PbmCapabilityProfileCreateSpec,
  type PbmCapabilityProfileUpdateSpec, type PbmCapabilitySubProfile, type PbmCapabilitySubProfileConstraints,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { isNamespace } from './capabilities.ts';

const TYPE = '_StorageProfile';
export const CATEGORIES = ['REQUIREMENT', 'RESOURCE', 'DATA_SERVICE_POLICY'] as const;
const STORAGE = { _type: 'PbmProfileResourceType', resourceType: 'STORAGE' };
const SYSTEM = 'Temporary user handle';

/** Ids that are the same in every vCenter. */
export const ENCRYPTION = '4d5f673c-536f-11e6-beb8-9e71128cae77';
export const VSAN_DEFAULT = 'aa6d5a82-1c88-45da-85d3-3d74b91a5bad';
export const VVOL_DEFAULT = 'f4e5bade-15a2-4805-bf8e-52318c4ce443';
export const PMEM_DEFAULT = 'c268da1b-b343-49f7-a468-b1deeb7078e0';
const ENCRYPTION_SERVICE = 'ad5a249d-cbc2-43af-9366-694d7664fa52';

const refOf = (id: string): ManagedObjectReference => ({ type: TYPE, value: `profile:${id}` });

const capability = (namespace: string, id: string, value: unknown, property = id): PbmCapabilityInstance => ({
  _type: 'PbmCapabilityInstance', id: { _type: 'PbmCapabilityMetadataUniqueId', namespace, id },
  constraint: [{ _type: 'PbmCapabilityConstraintInstance', propertyInstance: [{ _type: 'PbmCapabilityPropertyInstance', id: property, value }] }],
}) as PbmCapabilityInstance;

const rules = (name: string, ...capabilities: readonly PbmCapabilityInstance[]): PbmCapabilityConstraints =>
  ({ _type: 'PbmCapabilitySubProfileConstraints', subProfiles: [{ _type: 'PbmCapabilitySubProfile', name, capability: capabilities }] }) as PbmCapabilityConstraints;

interface Born {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly constraints: PbmCapabilityConstraints;
  readonly category?: (typeof CATEGORIES)[number];
  readonly kind?: string;
}

const vsanRules = (): PbmCapabilityConstraints => rules('VSAN sub-profile', capability('VSAN', 'stripeWidth', 1), capability('VSAN', 'cacheReservation', 0), capability('VSAN', 'proportionalCapacity', 0), capability('VSAN', 'hostFailuresToTolerate', 1), capability('VSAN', 'forceProvisioning', false));

const BORN: readonly Born[] = [
  { id: VSAN_DEFAULT, name: 'vSAN Default Storage Policy', description: 'Storage policy used as default for vSAN datastores', kind: 'VsanDefaultProfile', constraints: vsanRules() },
  { id: VVOL_DEFAULT, name: 'VVol No Requirements Policy', description: 'Allow the datastore to determine the best placement strategy for storage objects', kind: 'VVolDefaultProfile', constraints: { _type: 'PbmCapabilityConstraints' } as PbmCapabilityConstraints },
  { id: PMEM_DEFAULT, name: 'Host-local PMem Default Storage Policy', description: 'Storage policy used as default for Host-local PMem datastores', kind: 'PmemDefaultProfile', constraints: rules('PMem sub-profile', capability('PMem', 'PMemType', 'LocalPMem')) },
  { id: ENCRYPTION_SERVICE, name: 'Default encryption properties', description: 'Storage policy component for VM and virtual disk encryption', category: 'DATA_SERVICE_POLICY', constraints: rules('sp-1', capability('vmwarevmcrypt', 'vmwarevmcrypt@ENCRYPTION', 'False', 'AllowCleartextFilters')) },
  { id: ENCRYPTION, name: 'VM Encryption Policy', description: "Sample storage policy for VMware's VM and virtual disk encryption", constraints: rules('sp-1', capability('com.vmware.storageprofile.dataservice', ENCRYPTION_SERVICE, ENCRYPTION_SERVICE)) },
];

/** Creates the policies of a new vCenter. */
export function createDefaultProfiles(sim: Simulation, tx: Transaction): void {
  const now = sim.clock.now();
  for (const { id, name, description, constraints, category = 'REQUIREMENT', kind } of BORN) {
    write(tx, {
      _type: 'PbmCapabilityProfile', profileId: { _type: 'PbmProfileId', uniqueId: id }, name, description, creationTime: now, createdBy: SYSTEM, lastUpdatedTime: now, lastUpdatedBy: SYSTEM,
      profileCategory: category, resourceType: STORAGE, constraints, generationId: 0, isDefault: false, ...(kind === undefined ? {} : { systemCreatedProfileType: kind }),
      ...(category === 'DATA_SERVICE_POLICY' ? { lineOfService: 'ENCRYPTION' } : {}),
    } as PbmCapabilityProfile);
  }
}

function write(tx: Transaction, profile: PbmCapabilityProfile): void {
  const ref = refOf(profile.profileId.uniqueId);
  if (tx.has(ref)) tx.set(ref, 'profile', profile);
  else tx.create(TYPE, ref.value, { profile });
}

/** Every profile, in the order in which they were made. */
export const allProfiles = (tx: Transaction): readonly PbmCapabilityProfile[] => [...tx.all(TYPE)].map((ref) => tx.get(ref, 'profile') as PbmCapabilityProfile);

export const findProfile = (tx: Transaction, id: string): PbmCapabilityProfile | undefined => tx.find(refOf(id))?.['profile'] as PbmCapabilityProfile | undefined;

/** Throws InvalidArgument when there is no such profile. */
export function requireProfile(tx: Transaction, id: string, property = 'profileId'): PbmCapabilityProfile {
  const found = findProfile(tx, id);
  if (!found) throw wrong(property, `there is no storage policy '${id}'`);
  return found;
}

export const wrong = (invalidProperty: string, why: string) => fault('InvalidArgument', { invalidProperty }, `A specified parameter was not correct: ${invalidProperty} (${why}).`);

/** The alternatives of a profile: a datastore fits when it fits one. None: everything fits. */
export const subProfilesOf = (constraints: PbmCapabilityConstraints): readonly PbmCapabilitySubProfile[] => (constraints as PbmCapabilitySubProfileConstraints).subProfiles ?? [];

function checkName(tx: Transaction, name: string, self?: string): void {
  if (name.trim() === '' || name.length > 80) throw wrong('name', 'a storage policy has a name of 1 to 80 characters');
  if (allProfiles(tx).some((other) => other.name.toLowerCase() === name.toLowerCase() && other.profileId.uniqueId !== self)) {
    throw fault('PbmDuplicateName', { name }, `A storage policy with the name '${name}' exists already.`);
  }
}

/** Throws InvalidArgument for a capability that nothing in this vCenter offers. */
export function checkConstraints(constraints: PbmCapabilityConstraints, property: string): void {
  for (const { capability: capabilities } of subProfilesOf(constraints)) {
    for (const { id } of capabilities) if (!isNamespace(id.namespace)) throw wrong(property, `no provider has capabilities of the namespace '${id.namespace}'`);
  }
}

export function requireStorage(type: string, property = 'resourceType'): void {
  if (type !== 'STORAGE') throw wrong(property, `'${type}' is no resource type: only STORAGE is`);
}

export function requireCategory(category: string | undefined, property: string): void {
  if (category !== undefined && category !== '' && !CATEGORIES.some((known) => known === category)) throw wrong(property, `'${category}' is none of ${CATEGORIES.join(', ')}`);
}

/** PbmCreate. Throws InvalidArgument, PbmDuplicateName. */
export function createProfile(sim: Simulation, tx: Transaction, user: string, spec: PbmCapabilityProfileCreateSpec): string {
  checkName(tx, spec.name);
  requireStorage(spec.resourceType.resourceType, 'createSpec.resourceType');
  requireCategory(spec.category, 'createSpec.category');
  checkConstraints(spec.constraints, 'createSpec.constraints');
  const [id, now] = [sim.random.uuid(), sim.clock.now()];
  write(tx, make('PbmCapabilityProfile', {
    profileId: make('PbmProfileId', { uniqueId: id }), name: spec.name, description: spec.description ?? '', creationTime: now, createdBy: user, lastUpdatedTime: now, lastUpdatedBy: user,
    profileCategory: spec.category || 'REQUIREMENT', resourceType: spec.resourceType, constraints: spec.constraints, generationId: 0, isDefault: false,
    ...(spec.k8sCompliantName === undefined ? {} : { k8sCompliantName: spec.k8sCompliantName }),
  }));
  return id;
}

/** PbmUpdate: other rules make a new generation, which those who use the policy do not have yet. */
export function updateProfile(sim: Simulation, tx: Transaction, user: string, id: string, spec: PbmCapabilityProfileUpdateSpec): void {
  const old = requireProfile(tx, id);
  if (spec.name !== undefined) checkName(tx, spec.name, id);
  if (spec.constraints !== undefined) checkConstraints(spec.constraints, 'updateSpec.constraints');
  write(tx, {
    ...old, name: spec.name ?? old.name, description: spec.description ?? old.description, lastUpdatedTime: sim.clock.now(), lastUpdatedBy: user,
    ...(spec.constraints === undefined ? {} : { constraints: spec.constraints, generationId: Number(old.generationId ?? 0) + 1 }),
  });
}

/** PbmResetVSanDefaultProfile. */
export const resetVsanDefault = (sim: Simulation, tx: Transaction, user: string): void => updateProfile(sim, tx, user, VSAN_DEFAULT, { constraints: vsanRules() });

/** Takes a profile away. Throws what a PbmProfileOperationOutcome tells. */
export function deleteProfile(tx: Transaction, id: string, inUse: boolean): void {
  const profile = requireProfile(tx, id);
  if (BORN.some((born) => born.id === id && born.kind !== undefined)) throw fault('PbmFaultProfileStorageFault', {}, `The storage policy '${profile.name}' belongs to the system and stays.`);
  if (inUse) throw fault('PbmResourceInUse', { name: profile.name }, `The storage policy '${profile.name}' is in use.`);
  tx.remove(refOf(id));
}
