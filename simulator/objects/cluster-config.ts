// The configuration of a cluster: defaults, and what a specification changes in it. Pure functions.
import type { ClusterConfigInfoEx, ClusterConfigSpecEx } from '../../core/vim25/index.ts';

const DAS_VM_SETTINGS = {
  restartPriority: 'medium', restartPriorityTimeout: -1, isolationResponse: 'none',
  vmToolsMonitoringSettings: {
    enabled: false, vmMonitoring: 'vmMonitoringDisabled', clusterSettings: true, failureInterval: 30, minUpTime: 120, maxFailures: 3, maxFailureWindow: -1,
  },
};

/** A cluster's configuration: DRS on and fully automated, HA off, unless the spec says otherwise. */
export function mergeClusterConfig(spec: ClusterConfigSpecEx | undefined, old: ClusterConfigInfoEx | undefined, modify: boolean): ClusterConfigInfoEx {
  const base = modify ? old : undefined;
  const das = {
    enabled: false, vmMonitoring: 'vmMonitoringDisabled', hostMonitoring: 'enabled', vmComponentProtecting: 'disabled', failoverLevel: 1,
    admissionControlPolicy: { _type: 'ClusterFailoverLevelAdmissionControlPolicy', failoverLevel: 1 }, admissionControlEnabled: true,
    defaultVmSettings: DAS_VM_SETTINGS, option: [], hBDatastoreCandidatePolicy: 'allFeasibleDsWithUserPreference',
    ...base?.dasConfig, ...spec?.dasConfig,
  };
  const drs = {
    enabled: true, enableVmBehaviorOverrides: true, defaultVmBehavior: 'fullyAutomated' as const, vmotionRate: 3, scaleDescendantsShares: 'disabled', option: [],
    ...base?.drsConfig, ...spec?.drsConfig,
  };
  return {
    _type: 'ClusterConfigInfoEx',
    vmSwapPlacement: spec?.vmSwapPlacement ?? base?.vmSwapPlacement ?? 'vmDirectory',
    spbmEnabled: spec?.spbmEnabled ?? base?.spbmEnabled ?? true,
    ...((spec?.defaultHardwareVersionKey ?? base?.defaultHardwareVersionKey) ? { defaultHardwareVersionKey: spec?.defaultHardwareVersionKey ?? base?.defaultHardwareVersionKey } : {}),
    dasConfig: das,
    dasVmConfig: changed(base?.dasVmConfig, spec?.dasVmConfigSpec, (info) => info.key.value),
    drsConfig: drs,
    drsVmConfig: changed(base?.drsVmConfig, spec?.drsVmConfigSpec, (info) => info.key.value),
    rule: changed(base?.rule, spec?.rulesSpec?.map(keyed(base?.rule)), (info) => String(info.key)),
    dpmConfigInfo: { enabled: false, defaultDpmBehavior: 'automated', hostPowerActionRate: 3, option: [], ...base?.dpmConfigInfo, ...spec?.dpmConfig },
    dpmHostConfig: changed(base?.dpmHostConfig, spec?.dpmHostConfigSpec, (info) => info.key.value),
    group: changed(base?.group, spec?.groupSpec, (info) => info.name),
    ...(base?.vsanConfigInfo || spec?.vsanConfig ? { vsanConfigInfo: { ...base?.vsanConfigInfo, ...spec?.vsanConfig } } : { vsanConfigInfo: { enabled: false } }),
  };
}

interface ArrayChange<T> { readonly operation: string; readonly removeKey?: unknown; readonly info?: T }

/** New rules get the next free key, as vCenter numbers them. */
const keyed = <T extends { readonly key?: number }>(old: readonly T[] | undefined) => (change: ArrayChange<T>, index: number): ArrayChange<T> =>
  change.operation !== 'add' || !change.info ? change
    : { ...change, info: { ...change.info, key: Math.max(0, ...(old ?? []).map((r) => r.key ?? 0)) + index + 1 } };

function changed<T>(old: readonly T[] | undefined, changes: readonly ArrayChange<T>[] | undefined, key: (info: T) => string): readonly T[] {
  const items = new Map((old ?? []).map((info) => [key(info), info]));
  for (const change of changes ?? []) {
    if (change.operation === 'remove') {
      const gone = change.removeKey as { value?: string } | string | number;
      items.delete(typeof gone === 'object' ? String(gone.value) : String(gone));
    } else if (change.info) items.set(key(change.info), { ...items.get(key(change.info)), ...change.info });
  }
  return [...items.values()];
}
