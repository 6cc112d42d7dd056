import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { KeyValue, LicenseAssignmentManagerLicenseAssignment, LicenseManagerLicenseInfo, ManagedObjectReference } from '../../../core/vim25/index.ts';
import { Office, permission } from '../authorization/office.testing.ts';

type License = LicenseManagerLicenseInfo;
const KEY = '11111-22222-33333-44444-55555';
const SERVER_KEY = 'V1111-22222-33333-44444-55555';
const EVALUATION = '00000-00000-00000-00000-00000';
const ADMIN = 'Administrator@vsphere.local';
const features = ({ properties }: License) => properties!.filter(({ key }) => key === 'feature').map(({ value }) => (value as KeyValue).key);

function world() {
  const office = new Office();
  const manager = office.service('licenseManager');
  const assignments = office.get<ManagedObjectReference>(manager, 'licenseAssignmentManager');
  return {
    office, manager, assignments, host: office.named('DC0_H0', 'HostSystem'),
    licenses: () => office.get<readonly License[]>(manager, 'licenses'),
    assigned: async (entityId?: string) => (await office.call(assignments, 'QueryAssignedLicenses', { entityId })) as LicenseAssignmentManagerLicenseAssignment[],
  };
}

test('everything runs with the evaluation licence, which expires after 60 days', async () => {
  const { office, manager, licenses, assigned } = world();
  assert.deepEqual(licenses().map(({ licenseKey, editionKey }) => [licenseKey, editionKey]), [[EVALUATION, 'eval']]);
  const { properties } = office.get<{ properties: { key: string; value: unknown }[] }>(manager, 'evaluation');
  const expires = properties.find(({ key }) => key === 'expirationDate')!.value as Date;
  assert.equal(expires.getTime() - office.clock.now().getTime(), 60 * 86_400_000);
  const all = await assigned();
  assert.deepEqual(all.map(({ entityDisplayName }) => entityDisplayName), [office.sim.about.name, 'DC0_H0', 'DC0_C0_H0', 'DC0_C0_H1', 'DC0_C0_H2']);
  assert.ok(all.every(({ assignedLicense }) => assignedLicense.licenseKey === EVALUATION));
  assert.equal(all[1]!.scope, office.sim.about.instanceUuid);
  for (const feature of ['serialuri:2', 'dvs']) assert.ok(features(all[1]!.assignedLicense).includes(feature), feature);
});

test('a licence is added once, labelled, and removed when nobody uses it', async () => {
  const { office, manager, licenses } = world();
  const added = (await office.call(manager, 'AddLicense', { licenseKey: KEY, labels: [{ key: 'team', value: 'red' }] })) as License;
  assert.deepEqual([added.editionKey, added.used, added.labels], ['esx.enterprisePlus.cpuPackage', 0, [{ key: 'team', value: 'red' }]]);
  await office.call(manager, 'AddLicense', { licenseKey: KEY });
  assert.deepEqual(licenses().map(({ licenseKey }) => licenseKey), [EVALUATION, KEY]);
  await office.call(manager, 'UpdateLicenseLabel', { licenseKey: KEY, labelKey: 'site', labelValue: 'north' });
  assert.deepEqual(licenses()[1]!.labels!.map(({ key, value }) => [key, value]), [['team', 'red'], ['site', 'north']]);
  await office.call(manager, 'UpdateLicenseLabel', { licenseKey: KEY, labelKey: 'team', labelValue: '' });
  await office.call(manager, 'RemoveLicenseLabel', { licenseKey: KEY, labelKey: 'site' });
  assert.equal(licenses()[1]!.labels, undefined);
  await office.refuses('InvalidArgument', ADMIN, manager, 'UpdateLicenseLabel', { licenseKey: 'none', labelKey: 'a', labelValue: 'b' });
  await office.call(manager, 'RemoveLicense', { licenseKey: KEY });
  assert.deepEqual(licenses().map(({ licenseKey }) => licenseKey), [EVALUATION]);
  await office.refuses('InvalidArgument', ADMIN, manager, 'RemoveLicense', { licenseKey: KEY });
  await office.refuses('InvalidArgument', ADMIN, manager, 'RemoveLicense', { licenseKey: EVALUATION });
});

test('a key that cannot be read is diagnosed and not added', async () => {
  const { office, manager, licenses, assignments, host } = world();
  const answer = (await office.call(manager, 'AddLicense', { licenseKey: 'nonsense' })) as License;
  assert.deepEqual(answer.properties!.map(({ key }) => key), ['diagnostic', 'localizedDiagnostic']);
  assert.equal(licenses().length, 1);
  await office.refuses('InvalidArgument', ADMIN, assignments, 'UpdateAssignedLicense', { entity: host.value, licenseKey: 'nonsense' });
});

test('decoding a key adds nothing', async () => {
  const { office, manager, licenses } = world();
  assert.equal(((await office.call(manager, 'DecodeLicense', { licenseKey: SERVER_KEY })) as License).editionKey, 'vc.standard.instance');
  assert.equal(licenses().length, 1);
});

test('an assigned licence is used by what it is assigned to, until it is taken back', async () => {
  const { office, manager, assignments, host, licenses, assigned } = world();
  const given = (await office.call(assignments, 'UpdateAssignedLicense', { entity: host.value, licenseKey: KEY })) as License;
  const packages = office.get<number>(host, 'summary.hardware.numCpuPkgs');
  assert.equal(given.used, packages);
  assert.equal(licenses()[1]!.used, packages);
  assert.equal((await assigned(host.value))[0]!.assignedLicense.licenseKey, KEY);
  await office.call(assignments, 'UpdateAssignedLicense', { entity: office.named('DC0_C0').value, licenseKey: KEY, entityDisplayName: 'mine' });
  assert.equal(licenses()[1]!.used, 4 * packages);
  assert.equal((await assigned(office.named('DC0_C0').value))[0]!.entityDisplayName, 'mine');
  await office.call(assignments, 'UpdateAssignedLicense', { entity: office.sim.about.instanceUuid, licenseKey: SERVER_KEY });
  assert.equal((await assigned())[0]!.assignedLicense.editionKey, 'vc.standard.instance');
  await office.refuses('InvalidArgument', ADMIN, manager, 'RemoveLicense', { licenseKey: KEY });
  await office.refuses('LicenseEntityNotFound', ADMIN, assignments, 'UpdateAssignedLicense', { entity: 'host-4711', licenseKey: KEY });
  await office.refuses('LicenseEntityNotFound', ADMIN, assignments, 'RemoveAssignedLicense', { entityId: 'host-4711' });
  for (const entityId of [host.value, office.named('DC0_C0').value]) await office.call(assignments, 'RemoveAssignedLicense', { entityId });
  assert.equal(licenses()[1]!.used, 0);
  assert.equal((await assigned(host.value))[0]!.assignedLicense.licenseKey, EVALUATION);
  await office.call(manager, 'RemoveLicense', { licenseKey: KEY });
});

test('a licence does not stretch further than it was bought for', async () => {
  const office = new Office({ model: { host: 40, machine: 0 } });
  const manager = office.service('licenseManager');
  const assignments = office.get<ManagedObjectReference>(manager, 'licenseAssignmentManager');
  await office.refuses('InvalidArgument', ADMIN, assignments, 'UpdateAssignedLicense', { entity: office.named('DC0_C0').value, licenseKey: KEY });
  assert.equal(office.get<License[]>(manager, 'licenses').length, 1);
});

test('features can be asked for', async () => {
  const { office, manager } = world();
  assert.equal(await office.call(manager, 'CheckLicenseFeature', { featureKey: 'serialuri' }), true);
  assert.equal(await office.call(manager, 'CheckLicenseFeature', { featureKey: 'teleport' }), false);
  assert.ok(((await office.call(manager, 'QueryLicenseSourceAvailability')) as unknown[]).length > 5);
  await office.refuses('NotSupported', ADMIN, manager, 'EnableFeature', { featureKey: 'dvs' });
});

test('a host has one licence, with what a VCH needs', async () => {
  const office = new Office({ product: 'esxi' });
  const manager = office.service('licenseManager');
  const licenses = () => office.get<License[]>(manager, 'licenses');
  assert.ok(features(licenses()[0]!).includes('serialuri:2'));
  assert.equal(office.get(manager, 'licenseAssignmentManager'), undefined);
  await office.as('root', manager, 'UpdateLicense', { licenseKey: KEY });
  assert.deepEqual(licenses().map(({ licenseKey }) => licenseKey), [KEY]);
  await office.refuses('NotSupported', 'root', manager, 'AddLicense', { licenseKey: KEY });
  await office.as('root', manager, 'RemoveLicense', { licenseKey: KEY });
  assert.deepEqual(licenses().map(({ licenseKey }) => licenseKey), [EVALUATION]);
});

test('only who may manage licences does', async () => {
  const { office, manager } = world();
  await office.call(office.service('authorizationManager'), 'SetEntityPermissions', { entity: office.service('rootFolder'), permission: [permission('ann', -2)] });
  assert.equal((await office.refuses('NoPermission', 'ann', manager, 'AddLicense', { licenseKey: KEY }))['privilegeId'], 'Global.Licenses');
});
