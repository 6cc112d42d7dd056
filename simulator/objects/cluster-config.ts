// The configuration of a cluster: defaults, what a specification changes in it, and which objects it names.
import {
  fault, isSubtype, type ClusterConfigInfoEx, type ClusterConfigSpecEx, type ClusterGroupInfo, type ClusterRuleInfo, type ManagedObjectReference,
} from '../../core/vim25/index.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const DAS_VM_SETTINGS = {
  restartPriority: 'medium', restartPriorityTimeout: -1, isolationResponse: 'none',
  vmToolsMonitoringSettings: {
    enabled: false, vmMonitoring: 'vmMonitoringDisabled', clusterSettings: true, failureInterval: 30, minUpTime: 120, maxFailures: 3, maxFailureWindow: -1,
  },
};

/** What an override leaves to the cluster. */
const OWN_DAS_SETTINGS = { restartPriority: 'clusterRestartPriority', restartPriorityTimeout: -1, isolationResponse: 'clusterIsolationResponse' };

/** A cluster's configuration: DRS on and fully automated, HA off, unless the spec says otherwise. Throws InvalidArgument. */
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
  const groups = changed('groupSpec', base?.group, spec?.groupSpec, (info) => info.name);
  const rules = changed('rulesSpec', base?.rule, numbered(base?.rule, spec?.rulesSpec), (info) => String(info.key));
  return {
    _type: 'ClusterConfigInfoEx',
    vmSwapPlacement: spec?.vmSwapPlacement ?? base?.vmSwapPlacement ?? 'vmDirectory',
    spbmEnabled: spec?.spbmEnabled ?? base?.spbmEnabled ?? true,
    ...((spec?.defaultHardwareVersionKey ?? base?.defaultHardwareVersionKey) ? { defaultHardwareVersionKey: spec?.defaultHardwareVersionKey ?? base?.defaultHardwareVersionKey } : {}),
    dasConfig: das,
    dasVmConfig: changed('dasVmConfigSpec', base?.dasVmConfig, spec?.dasVmConfigSpec, (info) => info.key.value)
      .map((info) => ({ ...info, dasSettings: { ...OWN_DAS_SETTINGS, ...info.dasSettings } })),
    drsConfig: drs,
    drsVmConfig: changed('drsVmConfigSpec', base?.drsVmConfig, spec?.drsVmConfigSpec, (info) => info.key.value)
      .map((info) => ({ enabled: true, behavior: drs.defaultVmBehavior, ...info })),
    rule: rules,
    orchestration: { defaultVmReadiness: { readyCondition: 'none', postReadyDelay: 0 }, ...base?.orchestration, ...spec?.orchestration },
    vmOrchestration: changed('vmOrchestrationSpec', base?.vmOrchestration, spec?.vmOrchestrationSpec, (info) => info.vm.value)
      .map((info) => ({ ...info, vmReadiness: { readyCondition: 'useClusterDefault', postReadyDelay: -1, ...info.vmReadiness } })),
    dpmConfigInfo: { enabled: false, defaultDpmBehavior: 'automated', hostPowerActionRate: 3, option: [], ...base?.dpmConfigInfo, ...spec?.dpmConfig },
    dpmHostConfig: changed('dpmHostConfigSpec', base?.dpmHostConfig, spec?.dpmHostConfigSpec, (info) => info.key.value),
    group: groups,
    proactiveDrsConfig: { enabled: false, ...base?.proactiveDrsConfig, ...spec?.proactiveDrsConfig },
    ...(base?.infraUpdateHaConfig || spec?.infraUpdateHaConfig ? { infraUpdateHaConfig: { ...base?.infraUpdateHaConfig, ...spec?.infraUpdateHaConfig } } : {}),
    vsanConfigInfo: { enabled: false, ...base?.vsanConfigInfo, ...spec?.vsanConfig },
  };
}

interface ArrayChange<T> { readonly operation: string; readonly removeKey?: unknown; readonly info?: T }

/** New rules get the next free key, as vCenter numbers them, and are known as the user's. */
function numbered(old: readonly ClusterRuleInfo[] | undefined, changes: readonly ArrayChange<ClusterRuleInfo>[] | undefined): readonly ArrayChange<ClusterRuleInfo>[] | undefined {
  let last = Math.max(0, ...(old ?? []).map((rule) => rule.key ?? 0));
  return changes?.map((change) => (change.operation !== 'add' || !change.info ? change
    : { ...change, info: { enabled: false, ...change.info, key: (last += 1), status: 'green', inCompliance: true, userCreated: change.info.userCreated ?? true } }));
}

function changed<T>(field: string, old: readonly T[] | undefined, changes: readonly ArrayChange<T>[] | undefined, key: (info: T) => string): readonly T[] {
  const items = new Map((old ?? []).map((info) => [key(info), info]));
  (changes ?? []).forEach((change, i) => {
    const wrong = (part: string, why: string) => fault('InvalidArgument', { invalidProperty: `spec.${field}[${i}].${part}` }, why);
    if (change.operation === 'remove') {
      const gone = change.removeKey as { value?: unknown } | string | number | undefined;
      const name = String(typeof gone === 'object' ? gone.value : gone);
      if (!items.delete(name)) throw wrong('removeKey', `There is no entry '${name}' to remove in ${field.replace(/Spec$/, '')}.`);
      return;
    }
    if (change.info === undefined) throw wrong('info', `The operation '${change.operation}' of ${field} needs info.`);
    const name = key(change.info);
    if (change.operation === 'add' && items.has(name)) throw wrong('info', `There is an entry '${name}' already: use edit.`);
    if (change.operation === 'edit' && !items.has(name)) throw wrong('info', `There is no entry '${name}' to edit: use add.`);
    items.set(name, { ...items.get(name), ...change.info });
  });
  return [...items.values()];
}

/** Facts about the cluster that its configuration must agree with. */
export interface ClusterFacts {
  isMachine(vm: Ref): boolean;
  isHost(host: Ref): boolean;
  isDatastore(datastore: Ref): boolean;
}

const BEHAVIORS = ['manual', 'partiallyAutomated', 'fullyAutomated'];

/** Throws InvalidArgument for values out of range and for what is named but not there. */
export function checkClusterConfig(config: ClusterConfigInfoEx, facts: ClusterFacts): void {
  const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: `spec.${property}` }, why);
  const { defaultVmBehavior, vmotionRate } = config.drsConfig;
  if (!BEHAVIORS.includes(defaultVmBehavior!)) throw wrong('drsConfig.defaultVmBehavior', `The DRS behavior '${defaultVmBehavior}' is not known; use ${BEHAVIORS.join(', ')}.`);
  if (vmotionRate! < 1 || vmotionRate! > 5) throw wrong('drsConfig.vmotionRate', `The DRS migration rate is ${vmotionRate}; it goes from 1 to 5.`);
  if (!['vmDirectory', 'hostLocal'].includes(config.vmSwapPlacement)) throw wrong('vmSwapPlacement', `vmSwapPlacement is '${config.vmSwapPlacement}'; it can be vmDirectory or hostLocal.`);
  const level = config.dasConfig.failoverLevel ?? 1;
  if (level < 0 || level > 31) throw wrong('dasConfig.failoverLevel', `failoverLevel is ${level}; it goes from 0 to 31.`);
  const machines: readonly (readonly [string, Refs])[] = [
    ['dasVmConfigSpec', (config.dasVmConfig ?? []).map(({ key }) => key)], ['drsVmConfigSpec', (config.drsVmConfig ?? []).map(({ key }) => key)],
    ['vmOrchestrationSpec', (config.vmOrchestration ?? []).map(({ vm }) => vm)], ['rulesSpec.info.vm', (config.rule ?? []).flatMap(machinesOf)],
    ['groupSpec.info.vm', (config.group ?? []).flatMap(machinesOf)],
  ];
  for (const [property, refs] of machines) {
    const stranger = refs.find((ref) => !facts.isMachine(ref));
    if (stranger) throw wrong(property, `'${stranger.value}' is no virtual machine of this cluster.`);
  }
  const stranger = [...(config.group ?? []).flatMap(hostsOf), ...(config.dpmHostConfig ?? []).map(({ key }) => key)].find((ref) => !facts.isHost(ref));
  if (stranger) throw wrong('groupSpec.info.host', `'${stranger.value}' is no host of this cluster.`);
  const datastore = (config.dasConfig.heartbeatDatastore ?? []).find((ref) => !facts.isDatastore(ref));
  if (datastore) throw wrong('dasConfig.heartbeatDatastore', `'${datastore.value}' is no datastore of this cluster.`);
  for (const rule of config.rule ?? []) checkRule(rule, config.group ?? [], wrong);
}

function checkRule(rule: ClusterRuleInfo, groups: readonly ClusterGroupInfo[], wrong: (property: string, why: string) => Error): void {
  if (!rule.name) throw wrong('rulesSpec.info.name', 'A rule needs a name.');
  const named = groupNames(rule);
  for (const [field, name] of Object.entries(named)) {
    const kind = field.toLowerCase().includes('host') ? 'ClusterHostGroup' : 'ClusterVmGroup';
    if (!groups.some((group) => group.name === name && group._type !== undefined && isSubtype(group._type, kind))) {
      throw wrong(`rulesSpec.info.${field}`, `The rule '${rule.name}' names the ${kind === 'ClusterHostGroup' ? 'host' : 'VM'} group '${name}', which the cluster does not have.`);
    }
  }
}

/** The groups that a rule names, by field. */
function groupNames(rule: ClusterRuleInfo): Readonly<Record<string, string>> {
  const fields = ['vmGroupName', 'affineHostGroupName', 'antiAffineHostGroupName', 'vmGroup', 'dependsOnVmGroup'];
  const values = rule as unknown as Record<string, string | undefined>;
  return Object.fromEntries(fields.flatMap((field) => (values[field] ? [[field, values[field]!]] : [])));
}

const machinesOf = (info: object): Refs => (info as { vm?: Refs }).vm ?? [];
const hostsOf = (info: object): Refs => (info as { host?: Refs }).host ?? [];

/** Every object that the configuration names. */
export function namedIn(config: ClusterConfigInfoEx): Refs {
  const found = new Map<string, Ref>();
  const lists = [
    (config.dasVmConfig ?? []).map(({ key }) => key), (config.drsVmConfig ?? []).map(({ key }) => key), (config.vmOrchestration ?? []).map(({ vm }) => vm),
    (config.dpmHostConfig ?? []).map(({ key }) => key), config.dasConfig.heartbeatDatastore ?? [],
    ...(config.rule ?? []).map(machinesOf), ...(config.group ?? []).flatMap((group) => [machinesOf(group), hostsOf(group)]),
  ];
  for (const refs of lists) for (const ref of refs) found.set(ref.value, ref);
  return [...found.values()];
}

/** The configuration without what has left the cluster. */
export function without(config: ClusterConfigInfoEx, stays: (ref: Ref) => boolean): ClusterConfigInfoEx {
  const kept = <T extends object>(info: T): T => {
    const { vm, host } = info as { vm?: Refs; host?: Refs };
    return { ...info, ...(vm ? { vm: vm.filter(stays) } : {}), ...(host ? { host: host.filter(stays) } : {}) };
  };
  return {
    ...config,
    dasConfig: config.dasConfig.heartbeatDatastore ? { ...config.dasConfig, heartbeatDatastore: config.dasConfig.heartbeatDatastore.filter(stays) } : config.dasConfig,
    dasVmConfig: config.dasVmConfig?.filter(({ key }) => stays(key)),
    drsVmConfig: config.drsVmConfig?.filter(({ key }) => stays(key)),
    vmOrchestration: config.vmOrchestration?.filter(({ vm }) => stays(vm)),
    dpmHostConfig: config.dpmHostConfig?.filter(({ key }) => stays(key)),
    rule: config.rule?.map(kept),
    group: config.group?.map(kept),
  };
}

/** Rules that name a group which is gone go with it. */
export function withoutOrphans(config: ClusterConfigInfoEx, old: ClusterConfigInfoEx): ClusterConfigInfoEx {
  const lost = new Set((old.group ?? []).map(({ name }) => name).filter((name) => !(config.group ?? []).some((group) => group.name === name)));
  if (lost.size === 0) return config;
  return { ...config, rule: config.rule?.filter((rule) => !Object.values(groupNames(rule)).some((name) => lost.has(name))) };
}

/** The rules that a machine is subject to: those that name it, and those that name a group with it. */
export function rulesFor(config: ClusterConfigInfoEx, vm: Ref): readonly ClusterRuleInfo[] {
  const groups = new Set((config.group ?? []).filter((group) => machinesOf(group).some((ref) => ref.value === vm.value)).map(({ name }) => name));
  return (config.rule ?? []).filter((rule) =>
    machinesOf(rule).some((ref) => ref.value === vm.value) || Object.values(groupNames(rule)).some((name) => groups.has(name)));
}
