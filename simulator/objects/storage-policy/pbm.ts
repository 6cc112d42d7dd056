// The pbm service of vCenter (/pbm/sdk): storage policies, where they fit, who has them and keeps to them: which method
// does what. Its tables are read when its namespace is first used.
import {
  fault, isFault, make, type Fault, type ManagedObjectReference, type PbmCapabilityConstraints, type PbmPlacementCompatibilityResult, type PbmPlacementHub, type PbmPlacementRequirement, type PbmProfileId, type PbmServerObjectRef,
} from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { associated, findSubjects, type Subject } from './association.ts';
import { capabilityMetadata, capabilitySchemas, vendorsOf } from './capabilities.ts';
import { complianceOf, machinesOfStatus, rollup, STATUSES } from './compliance.ts';
import { datastoreOfHub, defaultProfileOf, hubOf, misfits, takesDefault } from './placement.ts';
import * as profiles from './profiles.ts';

type Ref = ManagedObjectReference;

const uuidOf = ({ about }: Simulation): string | undefined => about.instanceUuid;
const idsOf = (subjects: readonly Subject[]): PbmProfileId[] => [...new Set(subjects.flatMap(({ policy }) => policy?.id ?? []))].map((uniqueId) => make('PbmProfileId', { uniqueId }));

/** Throws PbmFaultNotFound for a machine or disk that is not there. */
function requireSubjects(sim: Simulation, tx: Transaction, entity: PbmServerObjectRef): readonly Subject[] {
  const found = findSubjects(tx, entity, uuidOf(sim));
  if (!found) throw fault('PbmFaultNotFound', {}, `There is no ${entity.objectType} '${entity.key}'.`);
  return found;
}

/** What of each entity, or why not. */
const perEntity = <T>(entities: readonly PbmServerObjectRef[], look: (entity: PbmServerObjectRef) => T, failed: (entity: PbmServerObjectRef, error: Fault) => T): T[] => entities.map((entity) => {
  try {
    return look(entity);
  } catch (error) {
    if (!isFault(error)) throw error;
    return failed(entity, error);
  }
});

const noHub = (hubs: readonly PbmPlacementHub[]): Fault => fault('PbmNonExistentHubs', { hubs }, `There is no datastore '${hubs.map(({ hubId }) => hubId).join("', '")}'.`);

/** Throws PbmNonExistentHubs. */
function requireHubs(tx: Transaction, hubs: readonly PbmPlacementHub[]): readonly Ref[] {
  const missing = hubs.filter((hub) => !datastoreOfHub(tx, hub));
  if (missing.length > 0) throw noHub(missing);
  return hubs.map((hub) => datastoreOfHub(tx, hub)!);
}

const allHubs = (tx: Transaction): readonly PbmPlacementHub[] => [...tx.all('Datastore')].map(hubOf);

interface Rules {
  readonly constraints: PbmCapabilityConstraints;
  readonly kind?: string | undefined;
}

const rulesOf = (tx: Transaction, { uniqueId }: PbmProfileId, property = 'profile'): Rules => {
  const { constraints, systemCreatedProfileType } = profiles.requireProfile(tx, uniqueId, property);
  return { constraints, kind: systemCreatedProfileType };
};

function rulesOfRequirement(tx: Transaction, requirement: PbmPlacementRequirement): Rules {
  const { profileId, constraints } = requirement as { profileId?: PbmProfileId; constraints?: PbmCapabilityConstraints };
  if (profileId) return rulesOf(tx, profileId, 'placementSubjectRequirement.profileId');
  if (constraints) return { constraints };
  throw profiles.wrong('placementSubjectRequirement', 'it names neither a profile nor constraints');
}

function check(tx: Transaction, hubs: readonly PbmPlacementHub[] | undefined, rules: readonly Rules[]): PbmPlacementCompatibilityResult[] {
  return (hubs?.length ? hubs : allHubs(tx)).map((hub) => {
    const datastore = datastoreOfHub(tx, hub);
    const error = datastore ? rules.flatMap(({ constraints, kind }) => misfits(tx, datastore, constraints, kind)) : [noHub([hub])];
    return make('PbmPlacementCompatibilityResult', { hub, ...(error.length > 0 ? { error: error.map((one) => one.localized()) } : {}) });
  });
}

const matching = (tx: Transaction, hubs: readonly PbmPlacementHub[] | undefined, rules: Rules): PbmPlacementHub[] => check(tx, hubs, [rules]).filter(({ error }) => error === undefined).map(({ hub }) => hub);

const serviceInstance = define('PbmServiceInstance', { PbmRetrieveServiceContent: { query: ({ self }) => self.props['content'] as never } });

const profileManager = define('PbmProfileProfileManager', {
  PbmFetchResourceType: () => [make('PbmProfileResourceType', { resourceType: 'STORAGE' })],
  PbmFetchVendorInfo: ({ tx }, { resourceType }) => {
    if (resourceType) profiles.requireStorage(resourceType.resourceType);
    return vendorsOf(tx);
  },
  PbmFetchCapabilityMetadata: ({ tx }, { resourceType, vendorUuid }) => {
    if (resourceType) profiles.requireStorage(resourceType.resourceType);
    return capabilityMetadata(tx, vendorUuid);
  },
  PbmFetchCapabilitySchema: ({ tx }, { vendorUuid, lineOfService }) => capabilitySchemas(tx, vendorUuid, lineOfService),
  PbmCreate: ({ sim, tx, session }, { createSpec }) => make('PbmProfileId', { uniqueId: profiles.createProfile(sim, tx, session.userName, createSpec) }),
  PbmUpdate: ({ sim, tx, session }, { profileId, updateSpec }) => profiles.updateProfile(sim, tx, session.userName, profileId.uniqueId, updateSpec),
  PbmDelete: ({ sim, tx }, { profileId }) => profileId.map((id) => {
    try {
      profiles.deleteProfile(tx, id.uniqueId, [...associated(tx, uuidOf(sim), id.uniqueId)].length > 0);
      return make('PbmProfileOperationOutcome', { profileId: id });
    } catch (error) {
      if (!isFault(error)) throw error;
      return make('PbmProfileOperationOutcome', { profileId: id, fault: error.localized() });
    }
  }),
  PbmQueryProfile: ({ tx }, { resourceType, profileCategory }) => {
    profiles.requireStorage(resourceType.resourceType);
    profiles.requireCategory(profileCategory, 'profileCategory');
    return profiles.allProfiles(tx).filter((profile) => !profileCategory || profile.profileCategory === profileCategory).map((profile) => profile.profileId);
  },
  PbmRetrieveContent: ({ tx }, { profileIds }) => profileIds.map(({ uniqueId }) => profiles.requireProfile(tx, uniqueId, 'profileIds')),
  PbmQueryAssociatedProfile: ({ sim, tx }, { entity }) => idsOf(requireSubjects(sim, tx, entity)),
  PbmQueryAssociatedProfiles: ({ sim, tx }, { entities }) => perEntity(entities,
    (object) => make('PbmQueryProfileResult', { object, profileId: idsOf(requireSubjects(sim, tx, object)) }),
    (object, error) => make('PbmQueryProfileResult', { object, fault: error.localized() })),
  PbmQueryAssociatedEntity: ({ sim, tx }, { profile, entityType }) => {
    profiles.requireProfile(tx, profile.uniqueId, 'profile');
    const refs = [...associated(tx, uuidOf(sim), profile.uniqueId)].map(({ ref }) => ref);
    if (entityType !== 'virtualMachineAndDisks') return refs.filter(({ objectType }) => !entityType || objectType === entityType);
    return [...new Set(refs.map(({ key }) => key.split(':')[0]!))].map((key) => make('PbmServerObjectRef', { objectType: 'virtualMachineAndDisks', key, serverUuid: uuidOf(sim) }));
  },
  PbmQueryAssociatedEntities: ({ sim, tx }, { profiles: asked }) => {
    const wanted = asked?.map(({ uniqueId }) => profiles.requireProfile(tx, uniqueId, 'profiles').profileId.uniqueId);
    return [...associated(tx, uuidOf(sim))].filter(({ policy }) => !wanted || wanted.includes(policy!.id)).map((subject) => make('PbmQueryProfileResult', { object: subject.ref, profileId: idsOf([subject]) }));
  },
  PbmQueryDefaultRequirementProfile: ({ tx }, { hub }) => defaultProfileOf(tx, requireHubs(tx, [hub])[0]!)?.profileId,
  PbmQueryDefaultRequirementProfiles: ({ tx }, { datastores }) => requireHubs(tx, datastores).map((ref, at) => {
    const defaultProfile = defaultProfileOf(tx, ref);
    return make('PbmDefaultProfileInfo', { datastores: [datastores[at]!], ...(defaultProfile ? { defaultProfile } : {}) });
  }),
  PbmAssignDefaultRequirementProfile: ({ tx }, { profile, datastores }) => {
    const { uniqueId } = profiles.requireProfile(tx, profile.uniqueId, 'profile').profileId;
    requireDefaults(tx, datastores);
    for (const ref of requireHubs(tx, datastores)) tx.set(ref, '_defaultProfile', uniqueId);
  },
  PbmResetDefaultRequirementProfile: ({ tx }, { profile }) => {
    for (const ref of tx.all('Datastore')) if (!profile || tx.get(ref, '_defaultProfile') === profile.uniqueId) tx.set(ref, '_defaultProfile', undefined);
  },
  PbmFindApplicableDefaultProfile: ({ tx }, { datastores }) => {
    requireDefaults(tx, datastores);
    const refs = requireHubs(tx, datastores);
    return profiles.allProfiles(tx).filter(({ profileCategory, constraints, systemCreatedProfileType }) => profileCategory === 'REQUIREMENT' && refs.every((ref) => misfits(tx, ref, constraints, systemCreatedProfileType).length === 0));
  },
  PbmResetVSanDefaultProfile: ({ sim, tx, session }) => profiles.resetVsanDefault(sim, tx, session.userName),
  PbmQuerySpaceStatsForStorageContainer: ({ tx }, { datastore, capabilityProfileId }) => {
    const ref = requireHubs(tx, [make('PbmPlacementHub', { hubType: 'Datastore', hubId: datastore.key })])[0]!;
    const { capacity, freeSpace, uncommitted } = tx.get(ref, 'summary') as { capacity: number; freeSpace: number; uncommitted?: number };
    const mb = (bytes: number): number => Math.floor(bytes / 1024 ** 2);
    const stats = { physicalTotalInMB: mb(capacity), physicalFreeInMB: mb(freeSpace), physicalUsedInMB: mb(capacity - freeSpace), logicalFreeInMB: mb(freeSpace), logicalUsedInMB: mb(capacity - freeSpace + (uncommitted ?? 0)) };
    const ids: readonly (PbmProfileId | undefined)[] = capabilityProfileId?.length ? capabilityProfileId : [undefined];
    return ids.map((id) => make('PbmDatastoreSpaceStatistics', { ...stats, ...(id ? { profileId: profiles.requireProfile(tx, id.uniqueId, 'capabilityProfileId').profileId.uniqueId } : {}) }));
  },
}, {
  partly: { PbmQuerySpaceStatsForStorageContainer: 'the space of the whole datastore is told for every profile' },
});

/** Throws PbmLegacyHubsNotSupported for datastores that have no default policy. */
function requireDefaults(tx: Transaction, hubs: readonly PbmPlacementHub[]): void {
  const refs = requireHubs(tx, hubs);
  const legacy = hubs.filter((_hub, at) => !takesDefault(tx, refs[at]!));
  if (legacy.length > 0) throw fault('PbmLegacyHubsNotSupported', { hubs: legacy }, `Only vSAN and virtual volume datastores have a default policy; '${legacy.map(({ hubId }) => hubId).join("', '")}' is none.`);
}

const NOT_KEPT = 'the result is that of now: none is kept from an earlier check';

function compliance(sim: Simulation, tx: Transaction, entities: readonly PbmServerObjectRef[], profile: PbmProfileId | undefined) {
  if (profile) profiles.requireProfile(tx, profile.uniqueId, 'profile');
  return entities.flatMap((entity) => requireSubjects(sim, tx, entity)).map((subject) => complianceOf(sim, tx, subject, profile?.uniqueId));
}

const rollups = (sim: Simulation, tx: Transaction, entities: readonly PbmServerObjectRef[]) =>
  entities.map((entity) => rollup(sim, tx, entity, requireSubjects(sim, tx, { ...entity, objectType: 'virtualMachineAndDisks' })));

const complianceManager = define('PbmComplianceManager', {
  PbmCheckCompliance: ({ sim, tx }, { entities, profile }) => compliance(sim, tx, entities, profile),
  PbmFetchComplianceResult: ({ sim, tx }, { entities, profile }) => compliance(sim, tx, entities, profile),
  PbmCheckRollupCompliance: ({ sim, tx }, { entity }) => rollups(sim, tx, entity),
  PbmFetchRollupComplianceResult: ({ sim, tx }, { entity }) => rollups(sim, tx, entity),
  PbmQueryByRollupComplianceStatus: ({ sim, tx }, { status }) => {
    if (!STATUSES.includes(status)) throw profiles.wrong('status', `'${status}' is none of ${STATUSES.join(', ')}`);
    return machinesOfStatus(sim, tx, status);
  },
}, { partly: { PbmFetchComplianceResult: NOT_KEPT, PbmFetchRollupComplianceResult: NOT_KEPT } });

const placementSolver = define('PbmPlacementSolver', {
  PbmQueryMatchingHub: ({ tx }, { hubsToSearch, profile }) => matching(tx, hubsToSearch, rulesOf(tx, profile)),
  PbmQueryMatchingHubWithSpec: ({ tx }, { hubsToSearch, createSpec }) => {
    profiles.checkConstraints(createSpec.constraints, 'createSpec.constraints');
    return matching(tx, hubsToSearch, createSpec);
  },
  PbmCheckCompatibility: ({ tx }, { hubsToSearch, profile }) => check(tx, hubsToSearch, [rulesOf(tx, profile)]),
  PbmCheckCompatibilityWithSpec: ({ tx }, { hubsToSearch, profileSpec }) => {
    profiles.checkConstraints(profileSpec.constraints, 'profileSpec.constraints');
    return check(tx, hubsToSearch, [profileSpec]);
  },
  PbmCheckRequirements: ({ sim, tx }, { hubsToSearch, placementSubjectRef, placementSubjectRequirement = [] }) => {
    if (placementSubjectRef) requireSubjects(sim, tx, placementSubjectRef);
    return check(tx, hubsToSearch, placementSubjectRequirement.map((requirement) => rulesOfRequirement(tx, requirement)));
  },
});

const replicationManager = define('PbmReplicationManager', {
  // No datastore replicates: nothing is in a group.
  PbmQueryReplicationGroups: ({ sim, tx }, { entities = [] }) => perEntity(entities,
    (object) => (requireSubjects(sim, tx, object), make('PbmQueryReplicationGroupResult', { object })),
    (object, error) => make('PbmQueryReplicationGroupResult', { object, fault: error.localized() })),
});

export const pbmService = [serviceInstance, profileManager, complianceManager, placementSolver, replicationManager];

const OBJECTS = {
  sessionManager: 'PbmSessionManager', capabilityMetadataManager: 'PbmCapabilityMetadataManager', profileManager: 'PbmProfileProfileManager', complianceManager: 'PbmComplianceManager',
  placementSolver: 'PbmPlacementSolver', replicationManager: 'PbmReplicationManager',
} as const;

/** Creates the objects of the service and the policies that every vCenter has. */
export function createPbmObjects(sim: Simulation, tx: Transaction): void {
  if (sim.product !== 'vcenter') return;
  const refs = Object.fromEntries(Object.entries(OBJECTS).map(([field, type]) => [field, tx.create(type, type, {})]));
  const aboutInfo = { _type: 'PbmAboutInfo', name: 'PBM', version: '2.0', instanceUuid: sim.about.instanceUuid ?? '' };
  tx.create('PbmServiceInstance', 'PbmServiceInstance', { content: { _type: 'PbmServiceInstanceContent', aboutInfo, ...refs } });
  profiles.createDefaultProfiles(sim, tx);
}
