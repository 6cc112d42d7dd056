// Storage policies: made, changed and deleted; where they fit; who has them, through vim25, and whether they keep to them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ManagedObjectReference, PbmCapabilityProfile, PbmComplianceResult, PbmPlacementCompatibilityResult, PbmPlacementHub, PbmProfileId, PbmServerObjectRef, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import { useNamespace } from '../../../core/vim25/index.ts';
import { World } from '../world.testing.ts';
import { TAGS, tagProperty } from './capabilities.ts';
import { ENCRYPTION, VSAN_DEFAULT, VVOL_DEFAULT } from './profiles.ts';

type Ref = ManagedObjectReference;
useNamespace('urn:pbm');
const STORAGE = { resourceType: 'STORAGE' };
const profiles: Ref = { type: 'PbmProfileProfileManager', value: 'PbmProfileProfileManager' };
const solver: Ref = { type: 'PbmPlacementSolver', value: 'PbmPlacementSolver' };
const compliance: Ref = { type: 'PbmComplianceManager', value: 'PbmComplianceManager' };

const rules = (namespace: string, id: string, property: Record<string, unknown>) => ({
  _type: 'PbmCapabilitySubProfileConstraints',
  subProfiles: [{ _type: 'PbmCapabilitySubProfile', name: 'one', capability: [{ _type: 'PbmCapabilityInstance', id: { namespace, id }, constraint: [{ propertyInstance: [{ id, ...property }] }] }] }],
});
const tagged = (name: string, operator?: string) => rules(TAGS, 'tier', { id: tagProperty('tier'), ...(operator ? { operator } : {}), value: { _type: 'PbmCapabilityDiscreteSet', values: [name] } });
const NOTHING = { _type: 'PbmCapabilitySubProfileConstraints', subProfiles: [] };
const defined = (id: string) => [{ _type: 'VirtualMachineDefinedProfileSpec', profileId: id }];

class PolicyWorld extends World {
  readonly vm = this.named('DC0_H0_VM0', 'VirtualMachine');
  readonly datastore = this.named('LocalDS_0', 'Datastore');

  async create(name: string, constraints: object = NOTHING): Promise<string> {
    return ((await this.call(profiles, 'PbmCreate', { createSpec: { name, resourceType: STORAGE, constraints } })) as PbmProfileId).uniqueId;
  }

  async content(id: string): Promise<PbmCapabilityProfile> {
    return ((await this.call(profiles, 'PbmRetrieveContent', { profileIds: [{ uniqueId: id }] })) as PbmCapabilityProfile[])[0]!;
  }

  async profilesOf(objectType: string, key: string): Promise<string[]> {
    return ((await this.call(profiles, 'PbmQueryAssociatedProfile', { entity: { objectType, key } })) as PbmProfileId[]).map(({ uniqueId }) => uniqueId);
  }

  async entitiesOf(id: string, entityType?: string): Promise<string[]> {
    return ((await this.call(profiles, 'PbmQueryAssociatedEntity', { profile: { uniqueId: id }, entityType })) as PbmServerObjectRef[]).map(({ objectType, key }) => `${objectType} ${key}`);
  }

  async hubs(id: string): Promise<string[]> {
    return ((await this.call(solver, 'PbmQueryMatchingHub', { profile: { uniqueId: id } })) as PbmPlacementHub[]).map(({ hubId }) => hubId);
  }

  async status(profile?: string): Promise<string[]> {
    const results = (await this.call(compliance, 'PbmCheckCompliance', { entities: [{ objectType: 'virtualMachineAndDisks', key: this.vm.value }], ...(profile ? { profile: { uniqueId: profile } } : {}) })) as PbmComplianceResult[];
    return results.map(({ complianceStatus, mismatch }) => `${complianceStatus}${mismatch ? ' mismatch' : ''}`);
  }

  disk(vm = this.vm) {
    return this.get<VirtualMachineConfigInfo>(vm, 'config').hardware.device!.find((device) => (device as { _type?: string })._type === 'VirtualDisk')!;
  }

  tag(name: string): void {
    this.store.transaction((tx) => {
      tx.create('_TagCategory', 'category', { name: 'tier', description: '', cardinality: 'SINGLE', associable_types: [], used_by: [] });
      tx.create('_Tag', 'tag', { category_id: 'category', name, description: '', used_by: [] });
      tx.create('_TagAssociation', 'tagged:x', { object: { type: 'Datastore', id: this.datastore.value }, tags: ['tag'] });
    });
  }
}

test('a vCenter is born with policies of fixed ids; an ESXi host has none', async () => {
  const world = new PolicyWorld();
  const ids = ((await world.call(profiles, 'PbmQueryProfile', { resourceType: STORAGE, profileCategory: 'REQUIREMENT' })) as PbmProfileId[]).map(({ uniqueId }) => uniqueId);
  for (const id of [ENCRYPTION, VSAN_DEFAULT, VVOL_DEFAULT]) assert.ok(ids.includes(id), id);
  assert.equal((await world.content(VSAN_DEFAULT)).systemCreatedProfileType, 'VsanDefaultProfile');
  await world.refuses('InvalidArgument', profiles, 'PbmQueryProfile', { resourceType: { resourceType: 'NETWORK' } });
  await world.refuses('InvalidArgument', profiles, 'PbmQueryProfile', { resourceType: STORAGE, profileCategory: 'SECRET' });
  await world.refuses('InvalidArgument', profiles, 'PbmRetrieveContent', { profileIds: [{ uniqueId: 'none' }] });
  const esxi = new World({}, 'esxi');
  await esxi.refuses('ManagedObjectNotFound', { type: 'PbmServiceInstance', value: 'PbmServiceInstance' }, 'PbmRetrieveServiceContent');
});

test('a policy is made, changed and deleted; names are unique and capabilities must be offered', async () => {
  const world = new PolicyWorld();
  const id = await world.create('gold', rules('VSAN', 'stripeWidth', { value: 2 }));
  assert.deepEqual([(await world.content(id)).name, (await world.content(id)).generationId, (await world.content(id)).profileCategory], ['gold', 0, 'REQUIREMENT']);
  await world.refuses('PbmDuplicateName', profiles, 'PbmCreate', { createSpec: { name: 'Gold', resourceType: STORAGE, constraints: NOTHING } });
  await world.refuses('InvalidArgument', profiles, 'PbmCreate', { createSpec: { name: ' ', resourceType: STORAGE, constraints: NOTHING } });
  await world.refuses('InvalidArgument', profiles, 'PbmCreate', { createSpec: { name: 'x', resourceType: STORAGE, constraints: rules('nobody', 'x', { value: 1 }) } });
  await world.call(profiles, 'PbmUpdate', { profileId: { uniqueId: id }, updateSpec: { name: 'silver' } });
  assert.deepEqual([(await world.content(id)).name, (await world.content(id)).generationId], ['silver', 0]);
  await world.refuses('InvalidArgument', profiles, 'PbmUpdate', { profileId: { uniqueId: 'none' }, updateSpec: { name: 'x' } });
  await world.refuses('PbmDuplicateName', profiles, 'PbmUpdate', { profileId: { uniqueId: id }, updateSpec: { name: 'VM Encryption Policy' } });
  const outcomes = (await world.call(profiles, 'PbmDelete', { profileId: [{ uniqueId: id }, { uniqueId: id }, { uniqueId: VSAN_DEFAULT }] })) as { fault?: { fault: { _type: string } } }[];
  assert.deepEqual(outcomes.map(({ fault }) => fault?.fault._type), [undefined, 'InvalidArgument', 'PbmFaultProfileStorageFault']);
  await world.refuses('InvalidArgument', profiles, 'PbmRetrieveContent', { profileIds: [{ uniqueId: id }] });
  assert.ok(await world.content(VSAN_DEFAULT));
});

test('machines and disks get policies through vim25, clones inherit them, and a policy in use stays', async () => {
  const world = new PolicyWorld();
  const [home, data] = [await world.create('home'), await world.create('data')];
  const key = `${world.vm.value}:${world.disk().key}`;
  assert.deepEqual(await world.profilesOf('virtualMachineAndDisks', world.vm.value), []);
  await world.call(world.vm, 'ReconfigVM_Task', { spec: { vmProfile: defined(home), deviceChange: [{ operation: 'edit', device: world.disk(), profile: defined(data) }] } });
  assert.deepEqual([await world.profilesOf('virtualMachine', world.vm.value), await world.profilesOf('virtualDiskId', key)], [[home], [data]]);
  assert.deepEqual([await world.entitiesOf(data), await world.entitiesOf(home, 'virtualDiskId'), await world.entitiesOf(data, 'virtualMachineAndDisks')], [[`virtualDiskId ${key}`], [], [`virtualMachineAndDisks ${world.vm.value}`]]);
  await world.refuses('InvalidArgument', world.vm, 'ReconfigVM_Task', { spec: { vmProfile: defined('none') } });
  assert.deepEqual(await world.profilesOf('virtualMachine', world.vm.value), [home], 'a refused change leaves it');
  const copy = (await world.call(world.vm, 'CloneVM_Task', { folder: world.get(world.vm, 'parent'), name: 'copy', spec: { location: {}, powerOn: false, template: false } })) as Ref;
  assert.deepEqual(await world.profilesOf('virtualMachineAndDisks', copy.value), [home, data]);
  const outcomes = (await world.call(profiles, 'PbmDelete', { profileId: [{ uniqueId: data }] })) as { fault?: { fault: { _type: string } } }[];
  assert.equal(outcomes[0]!.fault!.fault._type, 'PbmResourceInUse');
  await world.call(copy, 'RelocateVM_Task', { spec: { profile: defined(data), disk: [{ diskId: world.disk(copy).key, datastore: world.datastore, profile: [{ _type: 'VirtualMachineEmptyProfileSpec' }] }] } });
  assert.deepEqual([await world.profilesOf('virtualMachine', copy.value), await world.profilesOf('virtualDiskId', `${copy.value}:${world.disk(copy).key}`)], [[data], []]);
  await world.call(copy, 'Destroy_Task');
  await world.refuses('PbmFaultNotFound', profiles, 'PbmQueryAssociatedProfile', { entity: { objectType: 'virtualMachine', key: copy.value } });
  assert.deepEqual(await world.entitiesOf(data), [`virtualDiskId ${key}`]);
});

test('placement looks at the kind of the datastore and at its tags', async () => {
  const world = new PolicyWorld();
  const [fast, slow, any] = [await world.create('fast', tagged('fast')), await world.create('not fast', tagged('fast', 'NOT')), await world.create('any')];
  assert.deepEqual([await world.hubs(fast), await world.hubs(slow), await world.hubs(any)], [[], [world.datastore.value], [world.datastore.value]]);
  world.tag('fast');
  assert.deepEqual([await world.hubs(fast), await world.hubs(slow)], [[world.datastore.value], []]);
  assert.deepEqual([await world.hubs(VSAN_DEFAULT), await world.hubs(VVOL_DEFAULT), await world.hubs(ENCRYPTION)], [[], [], [world.datastore.value]]);
  const check = (await world.call(solver, 'PbmCheckRequirements', { hubsToSearch: [{ hubType: 'Datastore', hubId: world.datastore.value }, { hubType: 'Datastore', hubId: 'gone' }], placementSubjectRequirement: [{ _type: 'PbmPlacementCapabilityProfileRequirement', profileId: { uniqueId: slow } }] })) as PbmPlacementCompatibilityResult[];
  assert.deepEqual(check.map(({ error }) => (error?.[0]?.fault as { _type?: string })._type), ['PbmPropertyMismatchFault', 'PbmNonExistentHubs']);
  await world.refuses('PbmNonExistentHubs', profiles, 'PbmQueryDefaultRequirementProfile', { hub: { hubType: 'Datastore', hubId: 'gone' } });
  await world.refuses('PbmLegacyHubsNotSupported', profiles, 'PbmAssignDefaultRequirementProfile', { profile: { uniqueId: any }, datastores: [{ hubType: 'Datastore', hubId: world.datastore.value }] });
});

test('compliance follows tags, encryption and the generation of the rules', async () => {
  const world = new PolicyWorld();
  const fast = await world.create('fast', tagged('fast'));
  assert.deepEqual(await world.status(), ['notApplicable', 'notApplicable']);
  const apply = (id: string) => world.call(world.vm, 'ReconfigVM_Task', { spec: { vmProfile: defined(id) } });
  await apply(fast);
  assert.deepEqual(await world.status(), ['nonCompliant', 'notApplicable']);
  world.tag('fast');
  assert.deepEqual(await world.status(), ['compliant', 'notApplicable']);
  await world.call(profiles, 'PbmUpdate', { profileId: { uniqueId: fast }, updateSpec: { constraints: tagged('fast') } });
  assert.deepEqual(await world.status(), ['outOfDate', 'notApplicable']);
  await apply(fast);
  assert.deepEqual(await world.status(), ['compliant', 'notApplicable']);
  assert.deepEqual(await world.status(ENCRYPTION), ['nonCompliant mismatch', 'nonCompliant mismatch']);
  const found = (await world.call(compliance, 'PbmQueryByRollupComplianceStatus', { status: 'compliant' })) as PbmServerObjectRef[];
  assert.deepEqual(found.map(({ key }) => key), [world.vm.value]);
  await world.refuses('InvalidArgument', compliance, 'PbmQueryByRollupComplianceStatus', { status: 'happy' });
});
