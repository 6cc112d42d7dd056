// LicenseManager and LicenseAssignmentManager: which licences there are, and what runs with which. What runs without an
// assignment runs with the evaluation licence. How a key is read is catalogue.ts's.
import {
  fault, isSubtype, type KeyValue, type LicenseAssignmentManagerLicenseAssignment, type LicenseFeatureInfo, type LicenseManagerLicenseInfo,
  type ManagedObjectReference,
} from '../../../core/vim25/index.ts';
import { define, type Context } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { decode, EVALUATION_DAYS, EVALUATION_KEY, evaluationLicense, evaluationProperties, featuresOf, isReadable } from './catalogue.ts';

type Ref = ManagedObjectReference;
type License = LicenseManagerLicenseInfo;

/** By id of the entity: the key it was given, and the name it is shown with. */
type Assignments = Readonly<Record<string, { readonly licenseKey: string; readonly name: string }>>;

const ASSIGNMENT_MANAGER: Ref = { type: 'LicenseAssignmentManager', value: 'LicenseAssignmentManager' };

const expiration = (sim: Simulation): Date => new Date(sim.clock.now().getTime() + EVALUATION_DAYS * 86_400_000);

/** What a new system's LicenseManager says. */
export function licenseProps(sim: Simulation): Props {
  const expires = expiration(sim);
  const { product, about } = sim;
  return {
    source: { _type: 'LicenseServerSource', licenseServer: '' },
    sourceAvailable: true,
    licensedEdition: '',
    licenses: [evaluationLicense(product, about.version, expires)],
    evaluation: { _type: 'LicenseManagerEvaluationInfo', properties: evaluationProperties(product, about.version, expires).filter(({ key }) => key !== 'feature') },
    ...(product === 'vcenter' ? { licenseAssignmentManager: ASSIGNMENT_MANAGER } : {}),
    _hostEvaluation: evaluationLicense('esxi', about.version, expires),
  };
}

/** Only vCenter hands licences to others. */
export function createLicenseAssignments(sim: Simulation, tx: Transaction): void {
  if (sim.product === 'vcenter') tx.create(ASSIGNMENT_MANAGER.type, ASSIGNMENT_MANAGER.value, { _assignments: {} });
}

const manager = (sim: Simulation): Ref => sim.wellKnown['licenseManager']!;
const licensesIn = (sim: Simulation, tx: Transaction): readonly License[] => tx.get(manager(sim), 'licenses') as readonly License[];
const assignmentsIn = (tx: Transaction): Assignments => (tx.get(ASSIGNMENT_MANAGER, '_assignments') ?? {}) as Assignments;

const wrongKey = (message: string) => fault('InvalidArgument', { invalidProperty: 'licenseKey' }, `A specified parameter was not correct: licenseKey. ${message}`);

/** The licence of that key, which must be there. */
function licenseOf(sim: Simulation, tx: Transaction, key: string): License {
  const found = licensesIn(sim, tx).find(({ licenseKey }) => licenseKey === key);
  if (!found) throw wrongKey(`There is no licence "${key}".`);
  return found;
}

function replace(sim: Simulation, tx: Transaction, license: License): License {
  tx.set(manager(sim), 'licenses', licensesIn(sim, tx).map((old) => (old.licenseKey === license.licenseKey ? license : old)));
  return license;
}

/** Adds the licence, or its labels when it is there. One that cannot be read is answered with its diagnosis only. */
function add(sim: Simulation, tx: Transaction, key: string, labels: readonly KeyValue[] | undefined): License {
  const decoded = decode(key, sim.about.version, labels);
  if (key === EVALUATION_KEY || !isReadable(decoded)) return key === EVALUATION_KEY ? licenseOf(sim, tx, key) : decoded;
  const list = licensesIn(sim, tx);
  const known = list.find(({ licenseKey }) => licenseKey === key);
  if (known) return labels && labels.length > 0 ? replace(sim, tx, labelled(known, labels)) : known;
  tx.set(manager(sim), 'licenses', [...list, decoded]);
  return decoded;
}

const labelled = ({ labels: _old, ...license }: License, labels: readonly KeyValue[]): License =>
  (labels.length > 0 ? { ...license, labels: [...labels] } : license) as License;

/** Sets a label; an empty value takes it away. */
function label(sim: Simulation, tx: Transaction, licenseKey: string, key: string, value: string): void {
  const license = licenseOf(sim, tx, licenseKey);
  if (key === '') throw fault('InvalidArgument', { invalidProperty: 'labelKey' }, 'A specified parameter was not correct: labelKey is empty.');
  const others = (license.labels ?? []).filter((known) => known.key !== key);
  replace(sim, tx, labelled(license, value === '' ? others : [...others, { _type: 'KeyValue', key, value }]));
}

/** The licence that a host, or the system itself, works with. */
function effective({ sim }: Context, host: Ref | undefined): License {
  const props = sim.store.get(manager(sim))!.props;
  const assigned = ((sim.store.get(ASSIGNMENT_MANAGER)?.props['_assignments'] ?? {}) as Assignments)[host?.value ?? ''];
  const list = props['licenses'] as readonly License[];
  const found = list.find(({ licenseKey }) => licenseKey === (assigned?.licenseKey ?? (sim.product === 'esxi' ? list.at(-1)!.licenseKey : EVALUATION_KEY)));
  return found && found.licenseKey !== EVALUATION_KEY ? found : (props['_hostEvaluation'] as License);
}

const featureInfo = (license: License): LicenseFeatureInfo[] =>
  featuresOf(license).map(({ key, value }) => ({ _type: 'LicenseFeatureInfo', key, featureName: value, state: 'enabled', costUnit: license.costUnit || 'cpuPackage' }));

const noEditions = () => fault('NotSupported', {}, 'Editions and single features were sold up to vSphere 3. Add a licence and assign it.');

export const licenseManager = define('LicenseManager', {
  AddLicense({ sim, tx }, { licenseKey, labels }) {
    if (sim.product === 'esxi') throw fault('NotSupported', {}, 'A host has one licence: use UpdateLicense.');
    return add(sim, tx, licenseKey, labels);
  },
  UpdateLicense({ sim, tx }, { licenseKey, labels }) {
    if (sim.product === 'vcenter') {
      licenseOf(sim, tx, licenseKey);
      return add(sim, tx, licenseKey, labels);
    }
    const license = licenseKey === EVALUATION_KEY ? (tx.get(manager(sim), '_hostEvaluation') as License) : decode(licenseKey, sim.about.version, labels);
    if (!isReadable(license)) return license;
    const used = licenseKey === EVALUATION_KEY ? 0 : [...tx.all('HostSystem')].reduce((sum, host) => sum + packages(tx, host), 0);
    const installed = { ...license, used };
    tx.set(manager(sim), 'licenses', [installed]);
    return installed;
  },
  RemoveLicense({ sim, tx }, { licenseKey }) {
    licenseOf(sim, tx, licenseKey);
    if (licenseKey === EVALUATION_KEY) throw wrongKey('The evaluation licence cannot be removed.');
    const user = Object.entries(assignmentsIn(tx)).find(([, assignment]) => assignment.licenseKey === licenseKey)?.[0];
    if (user !== undefined) throw wrongKey(`The licence "${licenseKey}" is in use by "${user}": remove that assignment first.`);
    const rest = licensesIn(sim, tx).filter((license) => license.licenseKey !== licenseKey);
    tx.set(manager(sim), 'licenses', rest.length > 0 ? rest : [tx.get(manager(sim), '_hostEvaluation')]);
  },
  DecodeLicense: {
    query({ sim, self }, { licenseKey }) {
      const known = (self.props['licenses'] as readonly License[]).find((license) => license.licenseKey === licenseKey);
      return known ?? decode(licenseKey, sim.about.version);
    },
  },
  UpdateLicenseLabel: ({ sim, tx }, { licenseKey, labelKey, labelValue }) => label(sim, tx, licenseKey, labelKey, labelValue),
  RemoveLicenseLabel: ({ sim, tx }, { licenseKey, labelKey }) => label(sim, tx, licenseKey, labelKey, ''),

  QuerySupportedFeatures: { query: (ctx, { host }) => featureInfo(effective(ctx, host)) },
  QueryLicenseSourceAvailability: {
    query: (ctx, { host }) => featureInfo(effective(ctx, host)).map((feature) => ({ _type: 'LicenseAvailabilityInfo', feature, total: 1, available: 1 })),
  },
  QueryLicenseUsage: {
    query: (ctx, { host }) => ({
      _type: 'LicenseUsageInfo', source: { _type: 'EvaluationLicenseSource' }, sourceAvailable: true, reservationInfo: [], featureInfo: featureInfo(effective(ctx, host)),
    }),
  },
  CheckLicenseFeature: {
    query: (ctx, { host, featureKey }) => featuresOf(effective(ctx, host)).some(({ key }) => key === featureKey || key.startsWith(`${featureKey}:`)),
  },
  SetLicenseEdition() {
    throw noEditions();
  },
  EnableFeature() {
    throw noEditions();
  },
  DisableFeature() {
    throw noEditions();
  },
  ConfigureLicenseSource() {
    throw noEditions();
  },
});

const packages = (tx: Transaction, host: Ref): number => Number(tx.get(host, 'summary.hardware.numCpuPkgs') ?? 1);

/** How many units of a licence an entity takes. */
function units(tx: Transaction, license: License, entityId: string): number {
  if (license.costUnit !== 'cpuPackage') return 1;
  const hosts = [...tx.all('HostSystem')].filter((host) => host.value === entityId || (tx.get(host, 'parent') as Ref | undefined)?.value === entityId);
  return hosts.reduce((sum, host) => sum + packages(tx, host), 0);
}

/** What can have a licence: vCenter by its UUID, hosts, clusters. Gives its name. */
function licensable(sim: Simulation, tx: Transaction, entityId: string): string {
  if (entityId !== '' && entityId === sim.about.instanceUuid) return sim.about.name;
  const type = ['HostSystem', 'ClusterComputeResource'].find((name) => tx.has({ type: name, value: entityId }) && tx.typeOf(entityId) === name);
  if (type === undefined) throw fault('LicenseEntityNotFound', { entityId }, `There is nothing with the id "${entityId}" that a licence could be assigned to: give the instance UUID of vCenter, or the id of a host or cluster.`);
  return String(tx.get({ type, value: entityId }, 'name'));
}

/** Stores assignments and brings the use of every licence up to date. */
function writeAssignments(sim: Simulation, tx: Transaction, assignments: Assignments): void {
  const kept = Object.fromEntries(Object.entries(assignments).filter(([id]) => id === sim.about.instanceUuid || tx.has({ type: '', value: id })));
  tx.set(ASSIGNMENT_MANAGER, '_assignments', kept);
  tx.set(manager(sim), 'licenses', licensesIn(sim, tx).map((license) => {
    const used = Object.entries(kept).reduce((sum, [id, { licenseKey }]) => sum + (licenseKey === license.licenseKey && licenseKey !== EVALUATION_KEY ? units(tx, license, id) : 0), 0);
    return used === license.used ? license : { ...license, used };
  }));
}

export const licenseAssignmentManager = define('LicenseAssignmentManager', {
  UpdateAssignedLicense({ sim, tx }, { entity, licenseKey, entityDisplayName }) {
    const name = entityDisplayName || licensable(sim, tx, entity);
    licensable(sim, tx, entity);
    const license = add(sim, tx, licenseKey, undefined);
    if (!isReadable(license)) throw wrongKey(`"${licenseKey}" is not a licence key.`);
    writeAssignments(sim, tx, { ...assignmentsIn(tx), [entity]: { licenseKey, name } });
    const now = licenseOf(sim, tx, licenseKey);
    if (now.total > 0 && (now.used ?? 0) > now.total) throw wrongKey(`The licence "${licenseKey}" is for ${now.total} ${now.costUnit}s; this would use ${now.used}.`);
    return now;
  },
  RemoveAssignedLicense({ sim, tx }, { entityId }) {
    licensable(sim, tx, entityId);
    const { [entityId]: _gone, ...rest } = assignmentsIn(tx);
    writeAssignments(sim, tx, rest);
  },
  QueryAssignedLicenses: {
    query({ sim, self }, { entityId }) {
      const assigned = self.props['_assignments'] as Assignments;
      const all = [...everything(sim, assigned)];
      return entityId === undefined || entityId === '' ? all : all.filter((item) => item.entityId === entityId);
    },
  },
});

/** vCenter, every host, and the clusters that were given a licence. */
function* everything(sim: Simulation, assigned: Assignments): Iterable<LicenseAssignmentManagerLicenseAssignment> {
  const { store, about } = sim;
  const props = store.get(manager(sim))!.props;
  const licenses = new Map((props['licenses'] as readonly License[]).map((license) => [license.licenseKey, license]));
  const item = (entityId: string, name: string, evaluation: License, scope?: string): LicenseAssignmentManagerLicenseAssignment => {
    const given = assigned[entityId];
    const assignedLicense = (given && given.licenseKey !== EVALUATION_KEY ? licenses.get(given.licenseKey) : undefined) ?? evaluation;
    const properties = assignedLicense.properties?.filter(({ key }) => key === 'ProductName' || key === 'ProductVersion');
    return { _type: 'LicenseAssignmentManagerLicenseAssignment', entityId, ...(scope ? { scope } : {}), entityDisplayName: given?.name ?? name, assignedLicense, ...(properties ? { properties } : {}) };
  };
  yield item(about.instanceUuid!, about.name, licenses.get(EVALUATION_KEY)!);
  for (const { ref, props: host } of store.ofType('HostSystem')) yield item(ref.value, String(host['name']), props['_hostEvaluation'] as License, about.instanceUuid);
  for (const { ref, props: cluster } of store.ofType('ClusterComputeResource')) {
    if (assigned[ref.value] && isSubtype(ref.type, 'ClusterComputeResource')) yield item(ref.value, String(cluster['name']), props['_hostEvaluation'] as License, about.instanceUuid);
  }
}
