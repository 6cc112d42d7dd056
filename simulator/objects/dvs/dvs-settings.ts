// Distributed switches, settings beside their specification: health checks, link aggregation groups, pools of bandwidth for machines.
import {
  fault, type DVPortgroupConfigInfo, type DVSHealthCheckConfig, type DVSVmVnicNetworkResourcePool, type DvsVmVnicResourcePoolConfigSpec, type ManagedObjectReference,
  type VMwareDVSConfigInfo, type VMwareDvsLacpGroupConfig, type VMwareDvsLacpGroupSpec,
} from '../../../core/vim25/index.ts';
import { define, type Methods, type TransactionContext } from '../../dispatch/define.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const configOf = ({ tx, self }: TransactionContext): VMwareDVSConfigInfo => tx.get(self.ref, 'config') as VMwareDVSConfigInfo;

/** Every change of a switch gives it a new version. */
function update(ctx: TransactionContext, change: Partial<VMwareDVSConfigInfo>): void {
  const config = configOf(ctx);
  ctx.tx.set(ctx.self.ref, 'config', { ...config, ...change, configVersion: String(Number(config.configVersion) + 1) });
}

const bad = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why})`);

// Health checks

const CHECKS = ['VMwareDVSVlanMtuHealthCheckConfig', 'VMwareDVSTeamingHealthCheckConfig'];
const kindOf = (one: object): string => (one as { _type?: string })._type ?? '';

function setHealthChecks(ctx: TransactionContext, given: readonly DVSHealthCheckConfig[]): void {
  for (const one of given) {
    if (!CHECKS.includes(kindOf(one))) throw bad('healthCheckConfig', `'${kindOf(one)}'; valid: ${CHECKS.join(', ')}`);
    if (one.enable && one.interval !== undefined && one.interval < 1) throw bad('healthCheckConfig.interval', `${one.interval} minutes`);
  }
  const kept = (configOf(ctx).healthCheckConfig ?? []).filter((one) => !given.some((now) => kindOf(now) === kindOf(one)));
  update(ctx, { healthCheckConfig: [...kept, ...given.map((one) => ({ ...one, enable: one.enable ?? false, interval: one.interval ?? 1 }))] });
}

// Link aggregation

const MOST_LINKS = 24;

function uplinks(name: string, count: number): { uplinkName: string[] } {
  return { uplinkName: Array.from({ length: count }, (_, i) => `${name}-${i}`) };
}

function valid({ mode, uplinkNum }: VMwareDvsLacpGroupConfig): void {
  if (mode !== undefined && mode !== 'active' && mode !== 'passive') throw bad('lacpGroupSpec.mode', `'${mode}'; valid: active, passive`);
  if (uplinkNum !== undefined && (uplinkNum < 1 || uplinkNum > MOST_LINKS)) throw bad('lacpGroupSpec.uplinkNum', `${uplinkNum}; it goes from 1 to ${MOST_LINKS}`);
}

function setLacpGroups(ctx: TransactionContext, specs: readonly VMwareDvsLacpGroupSpec[]): void {
  const config = configOf(ctx);
  if (config.lacpApiVersion !== 'multipleLag') throw fault('DvsFault', {}, `The switch '${config.name}' has one link aggregation group for all uplinks: its lacpApiVersion is ${config.lacpApiVersion ?? 'not set'}, not multipleLag.`);
  const groups = [...(config.lacpGroupConfig ?? [])];
  for (const { operation, lacpGroupConfig } of specs) {
    valid(lacpGroupConfig);
    const at = groups.findIndex(({ key, name }) => (lacpGroupConfig.key ? key === lacpGroupConfig.key : name === lacpGroupConfig.name));
    const other = groups.find(({ name }, i) => i !== at && name === lacpGroupConfig.name);
    if (operation === 'add') {
      const { name, uplinkNum = 2 } = lacpGroupConfig;
      if (!name) throw bad('lacpGroupSpec.name', 'it is empty');
      if (at >= 0) throw fault('DvsFault', {}, `There is a link aggregation group '${name}' already.`);
      groups.push({ mode: 'passive', loadbalanceAlgorithm: 'srcDestIpTcpUdpPortVlan', timeoutMode: 'slow', ...lacpGroupConfig, key: ctx.tx.nextId('lag'), name, uplinkNum, ...uplinks(name, uplinkNum) });
      continue;
    }
    if (operation !== 'edit' && operation !== 'remove') throw bad('lacpGroupSpec.operation', `'${operation}'; valid: add, edit, remove`);
    const old = groups[at];
    if (!old) throw fault('DvsFault', {}, `There is no link aggregation group '${lacpGroupConfig.key ?? lacpGroupConfig.name ?? ''}'.`);
    if (operation === 'remove') {
      groups.splice(at, 1);
      continue;
    }
    if (other) throw fault('DvsFault', {}, `There is a link aggregation group '${other.name!}' already.`);
    const now = { ...old, ...lacpGroupConfig, key: old.key! };
    groups[at] = { ...now, ...uplinks(now.name!, now.uplinkNum!) };
  }
  update(ctx, { lacpGroupConfig: groups });
}

// Bandwidth for machines

function setVmPools(ctx: TransactionContext, specs: readonly DvsVmVnicResourcePoolConfigSpec[]): void {
  const pools = [...(configOf(ctx).vmVnicNetworkResourcePool ?? [])];
  const { tx, self, sim } = ctx;
  for (const { operation, key, name, description, allocationInfo, configVersion } of specs) {
    if (Number(allocationInfo?.reservationQuota ?? 0) < 0) throw bad('configSpec.allocationInfo.reservationQuota', `${Number(allocationInfo!.reservationQuota)}`);
    if (name !== undefined && pools.some((pool) => pool.name === name && pool.key !== key)) throw fault('InvalidName', { name, entity: self.ref }, `There is a network resource pool '${name}' already.`);
    if (operation === 'add') {
      if (!name) throw fault('InvalidName', { name: name ?? '', entity: self.ref }, 'A network resource pool needs a name.');
      pools.push({ key: sim.random.uuid(), name, description: description ?? '', configVersion: '0', allocationInfo: { reservationQuota: 0, ...allocationInfo } });
      continue;
    }
    if (operation !== 'edit' && operation !== 'remove') throw bad('configSpec.operation', `'${operation}'; valid: add, edit, remove`);
    const at = pools.findIndex((pool) => pool.key === key);
    const old: DVSVmVnicNetworkResourcePool | undefined = pools[at];
    if (!old) throw fault('NotFound', {}, `There is no network resource pool '${key ?? ''}'.`);
    if (configVersion !== undefined && configVersion !== old.configVersion) throw fault('ConcurrentAccess', {}, `The network resource pool was changed meanwhile: its configVersion is ${old.configVersion}.`);
    if (operation === 'edit') {
      pools[at] = { ...old, ...(name ? { name } : {}), ...(description === undefined ? {} : { description }), allocationInfo: { ...old.allocationInfo, ...allocationInfo }, configVersion: String(Number(old.configVersion) + 1) };
      continue;
    }
    const user = ((tx.get(self.ref, 'portgroup') ?? []) as Refs).find((group) => (tx.get(group, 'config') as DVPortgroupConfigInfo).vmVnicNetworkResourcePoolKey === key);
    if (user) throw fault('ResourceInUse', { type: 'DVSVmVnicNetworkResourcePool', name: old.name ?? old.key }, `The network resource pool '${old.name ?? old.key}' is in use by the port group '${String(tx.get(user, 'name'))}'.`);
    pools.splice(at, 1);
  }
  update(ctx, { vmVnicNetworkResourcePool: pools });
}

export const settingMethods = {
  UpdateDVSHealthCheckConfig_Task: { task: (ctx, { healthCheckConfig }) => setHealthChecks(ctx, healthCheckConfig) },
  DvsReconfigureVmVnicNetworkResourcePool_Task: { task: (ctx, { configSpec }) => setVmPools(ctx, configSpec) },
} satisfies Methods<'DistributedVirtualSwitch'>;

export const vmwareDistributedVirtualSwitch = define('VmwareDistributedVirtualSwitch', {
  UpdateDVSLacpGroupConfig_Task: { task: (ctx, { lacpGroupSpec }) => setLacpGroups(ctx, lacpGroupSpec) },
});
