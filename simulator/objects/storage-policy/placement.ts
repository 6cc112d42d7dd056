// Whether a datastore gives what a storage policy asks for, and which is a datastore's default policy. Reads datastores,
// their hosts and their tags; changes nothing.
import {
  fault, make, plain, type Fault, type ManagedObjectReference, type PbmCapabilityConstraints, type PbmCapabilityInstance, type PbmCapabilityProfile, type PbmCapabilityPropertyInstance, type PbmPlacementHub,
} from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { TAGS } from './capabilities.ts';
import { findProfile, PMEM_DEFAULT, subProfilesOf, VSAN_DEFAULT, VVOL_DEFAULT } from './profiles.ts';

type Ref = ManagedObjectReference;

export const hubOf = ({ value }: Ref): PbmPlacementHub => make('PbmPlacementHub', { hubType: 'Datastore', hubId: value });

/** The datastore of a hub; undefined when there is none. Storage pods are no hubs of placement. */
export function datastoreOfHub(tx: Transaction, { hubType, hubId }: PbmPlacementHub): Ref | undefined {
  const ref = { type: 'Datastore', value: hubId };
  return hubType === 'Datastore' && tx.has(ref) && tx.typeOf(hubId) === 'Datastore' ? ref : undefined;
}

const kindOf = (tx: Transaction, datastore: Ref): string => String(tx.get(datastore, 'summary.type')).toLowerCase();

/** Names of the tags of one category that are on the datastore. */
function tagsOn(tx: Transaction, datastore: Ref, category: string): readonly string[] {
  const attached = [...tx.all('_TagAssociation')].flatMap((ref) => {
    const object = tx.get(ref, 'object') as { type: string; id: string };
    return object.type === 'Datastore' && object.id === datastore.value ? (tx.get(ref, 'tags') as readonly string[]) : [];
  });
  return attached.flatMap((id) => {
    const tag = tx.find({ type: '_Tag', value: id });
    const of = tag && tx.find({ type: '_TagCategory', value: String(tag['category_id']) });
    return of?.['name'] === category ? [String(tag!['name'])] : [];
  });
}

/** The values that a property names: one, or a set. */
function valuesOf({ value }: PbmCapabilityPropertyInstance): readonly unknown[] {
  const given = plain(value) as { values?: readonly unknown[] } | undefined;
  return typeof given === 'object' && given !== null && Array.isArray(given.values) ? given.values.map(plain) : [given];
}

function tagFits(tx: Transaction, datastore: Ref, category: string, property: PbmCapabilityPropertyInstance): boolean {
  const has = tagsOn(tx, datastore, category);
  const any = valuesOf(property).some((name) => has.includes(String(name)));
  return property.operator === 'NOT' ? !any : any;
}

/** RAID-1 needs two copies more than failures, and a witness: 2n + 1 hosts. */
function vsanFits(tx: Transaction, datastore: Ref, property: PbmCapabilityPropertyInstance): boolean {
  if (kindOf(tx, datastore) !== 'vsan') return false;
  if (property.id !== 'hostFailuresToTolerate') return true;
  return ((tx.get(datastore, 'host') ?? []) as readonly unknown[]).length >= 2 * Number(valuesOf(property)[0]) + 1;
}

/** The first property that the datastore does not give. */
function unmet(tx: Transaction, datastore: Ref, { id, constraint }: PbmCapabilityInstance, forced: boolean): PbmCapabilityPropertyInstance | undefined {
  for (const property of constraint.flatMap(({ propertyInstance }) => propertyInstance)) {
    const fits =
      id.namespace === TAGS ? tagFits(tx, datastore, id.id, property)
      : id.namespace === 'VSAN' ? (forced ? kindOf(tx, datastore) === 'vsan' : vsanFits(tx, datastore, property))
      : id.namespace === 'PMem' ? kindOf(tx, datastore) === 'pmem'
      : id.namespace === 'com.vmware.storageprofile.dataservice' ? serviceFits(tx, datastore, String(plain(property.value)))
      : true; // Encryption, I/O control and allocation are done by the host, on any datastore.
    if (!fits) return property;
  }
  return undefined;
}

function serviceFits(tx: Transaction, datastore: Ref, profileId: string): boolean {
  const service = findProfile(tx, profileId);
  return service !== undefined && mismatches(tx, datastore, service.constraints).length === 0;
}

/** forceProvisioning puts an object on a vSAN that cannot keep all of its promises now. */
const isForced = (capabilities: readonly PbmCapabilityInstance[]): boolean =>
  capabilities.some(({ id, constraint }) => id.namespace === 'VSAN' && id.id === 'forceProvisioning' && constraint.some(({ propertyInstance }) => propertyInstance.some(({ value }) => String(plain(value)) === 'true')));

export interface Mismatch {
  readonly capability: PbmCapabilityInstance;
  readonly property: PbmCapabilityPropertyInstance;
}

/** What of the rules the datastore does not give; empty when it fits one of the alternatives, or there are none. */
export function mismatches(tx: Transaction, datastore: Ref, constraints: PbmCapabilityConstraints): readonly Mismatch[] {
  let first: readonly Mismatch[] | undefined;
  for (const { capability: capabilities } of subProfilesOf(constraints)) {
    const forced = isForced(capabilities);
    const missing = capabilities.flatMap((capability) => {
      const property = unmet(tx, datastore, capability, forced);
      return property ? [{ capability, property }] : [];
    });
    if (missing.length === 0) return [];
    first ??= missing;
  }
  return first ?? [];
}

/** Faults of a datastore for a policy; empty when it is compatible. */
export function misfits(tx: Transaction, datastore: Ref, constraints: PbmCapabilityConstraints, kind?: string): readonly Fault[] {
  const name = String(tx.get(datastore, 'name'));
  if (kind === 'VVolDefaultProfile' && kindOf(tx, datastore) !== 'vvol') return [fault('PbmCompatibilityCheckFault', { hub: hubOf(datastore) }, `The datastore '${name}' is no virtual volume container.`)];
  return mismatches(tx, datastore, constraints).map(({ capability, property }) => fault('PbmPropertyMismatchFault', { hub: hubOf(datastore), capabilityInstanceId: capability.id, requirementPropertyInstance: property },
    `The datastore '${name}' does not satisfy the property '${property.id}' of the storage policy.`));
}

/** The default policy of a datastore: the one that was assigned, or that of its kind. */
export function defaultProfileOf(tx: Transaction, datastore: Ref): PbmCapabilityProfile | undefined {
  const assigned = tx.get(datastore, '_defaultProfile') as string | undefined;
  const ofKind = { vsan: VSAN_DEFAULT, vvol: VVOL_DEFAULT, pmem: PMEM_DEFAULT }[kindOf(tx, datastore)];
  return (assigned === undefined ? undefined : findProfile(tx, assigned)) ?? (ofKind === undefined ? undefined : findProfile(tx, ofKind));
}

/** Only these kinds of datastores have default policies. */
export const takesDefault = (tx: Transaction, datastore: Ref): boolean => ['vsan', 'vvol'].includes(kindOf(tx, datastore));
