// Storage policies, over the state of the pbm service: lists, what fits where, who has one, and who keeps to it.
import type { PbmCapabilityProfile } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { associated, subjectsOf, type Subject } from '../../objects/storage-policy/association.ts';
import { complianceOf } from '../../objects/storage-policy/compliance.ts';
import { misfits } from '../../objects/storage-policy/placement.ts';
import { allProfiles, findProfile } from '../../objects/storage-policy/profiles.ts';
import { invalid, notFound } from '../errors.ts';
import { Entries, type RestCall, type Route } from '../route.ts';
import { objectOf, route, type Ref } from './look.ts';

const read = <T>(call: RestCall, look: (tx: Transaction) => T): T => {
  call.require('StorageProfile.View');
  return call.sim.store.transaction(look);
};

function policyOf(tx: Transaction, id: string): PbmCapabilityProfile {
  const found = findProfile(tx, id);
  if (found?.profileCategory !== 'REQUIREMENT') throw notFound(`Storage policy ${id}`);
  return found;
}

const summaryOf = ({ profileId, name, description }: PbmCapabilityProfile) => ({ policy: profileId.uniqueId, name, description: description ?? '' });

const diskOf = ({ ref }: Subject): string => ref.key.split(':')[1]!;
const isHome = ({ ref }: Subject): boolean => ref.objectType === 'virtualMachine';
const machine = (call: RestCall): Ref => objectOf(call, call.path('vm'), 'Virtual machine', 'VirtualMachine');

const STATUS: Readonly<Record<string, string>> = { compliant: 'COMPLIANT', nonCompliant: 'NON_COMPLIANT', outOfDate: 'OUT_OF_DATE', notApplicable: 'NOT_APPLICABLE', unknown: 'UNKNOWN_COMPLIANCE' };

function complianceInfo(call: RestCall, tx: Transaction, subject: Subject) {
  const { complianceStatus, checkTime } = complianceOf(call.sim, tx, subject);
  return { status: STATUS[complianceStatus], check_time: checkTime, policy: subject.policy?.id, failure_cause: [] };
}

/** What a change asks for a home or disk, in the words of vim25. */
function profileSpec(call: RestCall, spec: ReturnType<RestCall['spec']>): readonly object[] {
  const kind = spec.word('type', ['USE_SPECIFIED_POLICY', 'USE_DEFAULT_POLICY']);
  if (kind === 'USE_DEFAULT_POLICY') return [{ _type: 'VirtualMachineDefaultProfileSpec' }];
  const id = spec.text('policy');
  if (!call.sim.store.transaction((tx) => findProfile(tx, id))) throw notFound(`Storage policy ${id}`);
  return [{ _type: 'VirtualMachineDefinedProfileSpec', profileId: id }];
}

export const storagePolicyRoutes: readonly Route[] = [
  route('GET', '/storage/policies', undefined, 'storage policies', (call) => read(call, (tx) => {
    const wanted = call.query('policies');
    return allProfiles(tx).filter(({ profileCategory, profileId }) => profileCategory === 'REQUIREMENT' && (wanted.length === 0 || wanted.includes(profileId.uniqueId))).map(summaryOf);
  })),
  route('POST', '/storage/policies/{policy}', 'check-compatibility', 'which datastores fit a storage policy', (call) => {
    const ids = call.body.texts('datastores');
    return read(call, (tx) => {
      const { constraints, systemCreatedProfileType } = policyOf(tx, call.path('policy'));
      if (ids.length === 0) throw invalid('datastores must name at least one datastore.');
      const compatible = ids.map((id) => objectOf(call, id, 'Datastore', 'Datastore')).filter((ref) => misfits(tx, ref, constraints, systemCreatedProfileType).length === 0);
      return { compatible_datastores: compatible.map(({ value }) => ({ datastore: value })) };
    });
  }),
  route('GET', '/storage/policies/{policy}/vm', undefined, 'machines with a storage policy', (call) => read(call, (tx) => {
    const byMachine = new Map<string, { vm_home: boolean; disks: string[] }>();
    for (const subject of associated(tx, undefined, policyOf(tx, call.path('policy')).profileId.uniqueId)) {
      const entry = byMachine.get(subject.vm.value) ?? { vm_home: false, disks: [] };
      byMachine.set(subject.vm.value, isHome(subject) ? { ...entry, vm_home: true } : { ...entry, disks: [...entry.disks, diskOf(subject)] });
    }
    return new Entries(byMachine);
  })),
  route('GET', '/vm/{vm}/storage/policy', undefined, "storage policies of a machine's home and disks", (call) => {
    const vm = machine(call);
    return read(call, (tx) => {
      const [home, ...disks] = subjectsOf(tx, vm, undefined);
      return { vm_home: home?.policy?.id, disks: new Entries(disks.flatMap((subject) => (subject.policy ? [[diskOf(subject), subject.policy.id] as const] : []))) };
    });
  }),
  route('PATCH', '/vm/{vm}/storage/policy', undefined, "changes the storage policies of a machine's home and disks", async (call) => {
    const vm = machine(call);
    const spec = call.spec('spec');
    const home = spec.optional('vm_home');
    const disks = spec.optional('disks');
    const known = call.sim.store.transaction((tx) => tx.get(vm, 'config.hardware.device')) as readonly { readonly key: number }[];
    const deviceChange = (disks?.names() ?? []).map((key) => {
      const device = known.find((one) => String(one.key) === key);
      if (!device) throw notFound(`Disk ${key}`);
      return { operation: 'edit', device, profile: profileSpec(call, disks!.object(key)) };
    });
    await call.vim(vm, 'ReconfigVM_Task', { spec: { ...(home ? { vmProfile: profileSpec(call, home) } : {}), deviceChange } });
  }),
  route('GET', '/vm/{vm}/storage/policy/compliance', undefined, 'whether a machine keeps to its storage policies', (call) => {
    const vm = machine(call);
    return read(call, (tx) => {
      const [home, ...disks] = subjectsOf(tx, vm, undefined);
      const views = disks.map((subject) => [diskOf(subject), complianceInfo(call, tx, subject)] as const);
      const homeView = complianceInfo(call, tx, home!);
      const worst = ['NON_COMPLIANT', 'OUT_OF_DATE', 'COMPLIANT'].find((status) => [homeView, ...views.map(([, view]) => view)].some((view) => view.status === status));
      return { overall_compliance: worst ?? 'NOT_APPLICABLE', vm_home: homeView, disks: new Entries(views) };
    });
  }),
];
