// Whether homes and disks of machines keep to their storage policies, looked at when it is asked. Changes nothing.
import { make, type PbmCapabilityConstraints, type PbmComplianceResult, type PbmRollupComplianceResult, type PbmServerObjectRef } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { subjectsOf, type Subject } from './association.ts';
import { mismatches, misfits } from './placement.ts';
import { findProfile, subProfilesOf } from './profiles.ts';

/** True when one alternative of the rules, or of the service policies in it, wants encryption. */
function wantsEncryption(tx: Transaction, constraints: PbmCapabilityConstraints): boolean {
  return subProfilesOf(constraints).some(({ capability }) => capability.some(({ id }) => {
    if (id.namespace === 'vmwarevmcrypt') return true;
    const service = id.namespace === 'com.vmware.storageprofile.dataservice' ? findProfile(tx, id.id) : undefined;
    return service !== undefined && wantsEncryption(tx, service.constraints);
  }));
}

/** How one home or disk stands to its policy, or to `asked`. */
export function complianceOf(sim: Simulation, tx: Transaction, subject: Subject, asked?: string): PbmComplianceResult {
  const id = asked ?? subject.policy?.id;
  const result = { checkTime: sim.clock.now(), entity: subject.ref, complianceTaskStatus: 'success', mismatch: asked !== undefined && asked !== subject.policy?.id };
  const profile = id === undefined ? undefined : findProfile(tx, id);
  if (!profile) return make('PbmComplianceResult', { ...result, complianceStatus: 'notApplicable' });
  const common = { ...result, profile: profile.profileId };
  if (subject.policy?.id === id && subject.policy?.generation !== Number(profile.generationId ?? 0)) return make('PbmComplianceResult', { ...common, complianceStatus: 'outOfDate' });
  const violated = mismatches(tx, subject.datastore, profile.constraints).map(({ capability }) => make('PbmCompliancePolicyStatus', { expectedValue: capability }));
  const unencrypted = wantsEncryption(tx, profile.constraints) && !subject.encrypted;
  const bad = misfits(tx, subject.datastore, profile.constraints, profile.systemCreatedProfileType).length > 0 || unencrypted;
  return make('PbmComplianceResult', { ...common, complianceStatus: bad ? 'nonCompliant' : 'compliant', ...(violated.length > 0 ? { violatedPolicies: violated } : {}) });
}

const WORST = ['nonCompliant', 'outOfDate', 'unknown', 'compliant', 'notApplicable'] as const;

/** A machine with its disks: the worst of them is what it is. */
export function rollup(sim: Simulation, tx: Transaction, entity: PbmServerObjectRef, subjects: readonly Subject[]): PbmRollupComplianceResult {
  const result = subjects.map((subject) => complianceOf(sim, tx, subject));
  return make('PbmRollupComplianceResult', {
    oldestCheckTime: sim.clock.now(), entity, overallComplianceStatus: WORST.find((status) => result.some(({ complianceStatus }) => complianceStatus === status)) ?? 'notApplicable',
    overallComplianceTaskStatus: 'success', result, profileMismatch: false,
  });
}

/** Machines whose rolled up status is that one. */
export const machinesOfStatus = (sim: Simulation, tx: Transaction, status: string): readonly PbmServerObjectRef[] =>
  [...tx.all('VirtualMachine')].flatMap((vm) => {
    const entity = make('PbmServerObjectRef', { objectType: 'virtualMachineAndDisks', key: vm.value });
    return rollup(sim, tx, entity, subjectsOf(tx, vm, undefined)).overallComplianceStatus === status ? [entity] : [];
  });

export const STATUSES = ['compliant', 'nonCompliant', 'unknown', 'notApplicable', 'outOfDate'];
