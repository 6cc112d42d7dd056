// What storage policies can ask for: the capabilities of the built-in providers, and one per tag category. Facts about
// names only; whether a datastore has them is placement.ts'.
import {
  make, type PbmCapabilityMetadata, type PbmCapabilityMetadataPerCategory, type PbmCapabilitySchema, type PbmCapabilityVendorResourceTypeInfo, type PbmExtendedElementDescription,
} from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';

export const TAGS = 'http://www.vmware.com/storage/tag';
const VENDOR = 'com.vmware.storage';
const MANDATORY = false;

interface Offered {
  readonly namespace: string;
  readonly label: string;
  readonly line: string;
  /** Capability id → property id → type. */
  readonly capabilities: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const own = (types: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(types).map(([id, type]) => [id, { [id]: type }]));

const OFFERED: readonly Offered[] = [
  { namespace: 'VSAN', label: 'vSAN', line: 'PERSISTENCE', capabilities: own({ hostFailuresToTolerate: 'XSD_INT', stripeWidth: 'XSD_INT', forceProvisioning: 'XSD_BOOLEAN', proportionalCapacity: 'XSD_INT', cacheReservation: 'XSD_INT', replicaPreference: 'XSD_STRING', iopsLimit: 'XSD_INT', checksumDisabled: 'XSD_BOOLEAN', subFailuresToTolerate: 'XSD_INT', locality: 'XSD_STRING' }) },
  { namespace: 'PMem', label: 'Host-local PMem', line: 'PERSISTENCE', capabilities: own({ PMemType: 'XSD_STRING' }) },
  { namespace: 'vmwarevmcrypt', label: 'VMware VM Encryption', line: 'ENCRYPTION', capabilities: { 'vmwarevmcrypt@ENCRYPTION': { AllowCleartextFilters: 'XSD_STRING' } } },
  { namespace: 'spm', label: 'VMware Storage I/O Control', line: 'DATASTORE_IO_CONTROL', capabilities: { 'spm@DATASTOREIOCONTROL': { limit: 'XSD_LONG', reservation: 'XSD_LONG', shares: 'XSD_LONG' } } },
  { namespace: 'com.vmware.storageprofile.dataservice', label: 'Data service policies', line: 'DATA_PROTECTION', capabilities: {} },
  { namespace: 'com.vmware.storage.volumeallocation', label: 'Volume allocation', line: 'PERSISTENCE', capabilities: own({ VolumeAllocationType: 'XSD_STRING' }) },
  { namespace: 'com.vmware.storage.consumptiondomain', label: 'Storage topology', line: 'PERSISTENCE', capabilities: { StorageTopology: { StorageTopologyType: 'XSD_STRING' } } },
];

/** True for a namespace that some provider has, or the tags. */
export const isNamespace = (namespace: string): boolean => namespace === TAGS || OFFERED.some((one) => one.namespace === namespace);

const describe = (label: string, key = label): PbmExtendedElementDescription => make('PbmExtendedElementDescription', { label, summary: label, key, messageCatalogKeyPrefix: key });

const metadata = (namespace: string, id: string, properties: Readonly<Record<string, string>>): PbmCapabilityMetadata => make('PbmCapabilityMetadata', {
  id: make('PbmCapabilityMetadataUniqueId', { namespace, id }), summary: describe(id), mandatory: MANDATORY,
  propertyMetadata: Object.entries(properties).map(([name, typeName]) => make('PbmCapabilityPropertyMetadata', { id: name, summary: describe(name), mandatory: MANDATORY, type: { _type: 'PbmCapabilityTypeInfo', typeName } as never })),
});

/** The property by which a policy names tags of a category. */
export const tagProperty = (category: string): string => `com.vmware.storage.tag.${category}.property`;

function offers(tx: Transaction): readonly Offered[] {
  const categories = [...tx.all('_TagCategory')].map((ref) => String(tx.get(ref, 'name')));
  const tags = { namespace: TAGS, label: 'Tag based placement', line: 'PERSISTENCE', capabilities: Object.fromEntries(categories.map((name) => [name, { [tagProperty(name)]: 'XSD_STRING' }])) };
  return [...OFFERED, tags];
}

/** PbmFetchCapabilityMetadata: one group per namespace. */
export const capabilityMetadata = (tx: Transaction, vendor?: string): readonly PbmCapabilityMetadataPerCategory[] =>
  vendor !== undefined && vendor !== '' && vendor !== VENDOR ? [] : offers(tx).map(perNamespace);

const perNamespace = ({ namespace, capabilities }: Offered): PbmCapabilityMetadataPerCategory =>
  make('PbmCapabilityMetadataPerCategory', { subCategory: namespace, capabilityMetadata: Object.entries(capabilities).map(([id, properties]) => metadata(namespace, id, properties)) });

const vendorInfo = () => make('PbmCapabilitySchemaVendorInfo', { vendorUuid: VENDOR, info: describe('VMware, Inc.', VENDOR) });
const namespaceInfo = ({ namespace, label }: Offered) => make('PbmCapabilityNamespaceInfo', { version: '1.0', namespace, info: describe(label, namespace) });

/** PbmFetchCapabilitySchema. */
export const capabilitySchemas = (tx: Transaction, vendor?: string, lines: readonly string[] = []): readonly PbmCapabilitySchema[] =>
  vendor !== undefined && vendor !== '' && vendor !== VENDOR ? [] : offers(tx).filter(({ line }) => lines.length === 0 || lines.includes(line)).map((offered) => make('PbmCapabilitySchema', {
    vendorInfo: vendorInfo(), namespaceInfo: namespaceInfo(offered), lineOfService: make('PbmLineOfServiceInfo', { lineOfService: offered.line, name: describe(offered.label, offered.line) }), capabilityMetadataPerCategory: [perNamespace(offered)],
  }));

/** PbmFetchVendorInfo. */
export const vendorsOf = (tx: Transaction): readonly PbmCapabilityVendorResourceTypeInfo[] => [make('PbmCapabilityVendorResourceTypeInfo', {
  resourceType: 'STORAGE', vendorNamespaceInfo: offers(tx).map((offered) => make('PbmCapabilityVendorNamespaceInfo', { vendorInfo: vendorInfo(), namespaceInfo: namespaceInfo(offered) })),
})];
