// Makes distributed switches, their uplink port groups, their port groups and ports.
import type {
  AboutInfo, DistributedVirtualSwitchProductSpec, DVPortgroupConfigInfo, DVPortgroupConfigSpec, DVSCapability, DVSConfigSpec, DVPortSetting, ManagedObjectReference, VMwareDVSConfigInfo,
  VMwareDVSConfigSpec,
} from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { datacenterOf, entityProps } from '../entity.ts';
import { joinDvs } from './dvs-members.ts';
import { takePorts } from './dvs-ports.ts';
import { attachNetwork } from '../network-create.ts';

const no = { inherited: false, value: false } as const;
const NO_SHAPING = {
  inherited: false, enabled: no, averageBandwidth: { inherited: false, value: 100_000_000 },
  peakBandwidth: { inherited: false, value: 100_000_000 }, burstSize: { inherited: false, value: 104_857_600 },
} as const;

/** How clients tell uplink port groups from those for machines. */
const UPLINK_TAG = [{ _type: 'Tag', key: 'SYSTEM/DVS.UPLINKPG' }];
const UPLINKS = ['Uplink 1', 'Uplink 2', 'Uplink 3', 'Uplink 4'];

/** Default port setting of a switch; port groups start from it. */
const DEFAULT_PORT: DVPortSetting = Object.freeze({
  _type: 'VMwareDVSPortSetting',
  blocked: no,
  vmDirectPathGen2Allowed: no,
  inShapingPolicy: NO_SHAPING,
  outShapingPolicy: NO_SHAPING,
  vendorSpecificConfig: { inherited: false },
  networkResourcePoolKey: { inherited: false, value: '-1' },
  filterPolicy: { inherited: false },
  vlan: { _type: 'VmwareDistributedVirtualSwitchVlanIdSpec', inherited: false, vlanId: 0 },
  qosTag: { inherited: false, value: -1 },
  uplinkTeamingPolicy: {
    inherited: false, policy: { inherited: false, value: 'loadbalance_srcid' }, reversePolicy: { inherited: false, value: true },
    notifySwitches: { inherited: false, value: true }, rollingOrder: no,
    failureCriteria: {
      inherited: false, checkSpeed: { inherited: false, value: 'minimum' }, speed: { inherited: false, value: 10 }, checkDuplex: no,
      fullDuplex: no, checkErrorPercent: no, percentage: { inherited: false, value: 0 }, checkBeacon: no,
    },
    uplinkPortOrder: { inherited: false, activeUplinkPort: UPLINKS, standbyUplinkPort: [] },
  },
  securityPolicy: { inherited: false, allowPromiscuous: no, macChanges: no, forgedTransmits: no },
  ipfixEnabled: no,
  txUplink: no,
  lacpPolicy: { inherited: false, enable: no, mode: { inherited: false, value: 'passive' } },
  macManagementPolicy: {
    inherited: false, allowPromiscuous: false, macChanges: false, forgedTransmits: false,
    macLearningPolicy: { inherited: false, enabled: false, allowUnicastFlooding: true, limit: 4096, limitPolicy: 'DROP' },
  },
} as DVPortSetting);

export const CAPABILITY: DVSCapability = {
  dvsOperationSupported: true, dvPortGroupOperationSupported: true, dvPortOperationSupported: true,
  compatibleHostComponentProductInfo: [],
  featuresSupported: {
    _type: 'VMwareDVSFeatureCapability', networkResourceManagementSupported: true, vmDirectPathGen2Supported: true,
    nicTeamingPolicy: ['loadbalance_ip', 'loadbalance_srcmac', 'loadbalance_srcid', 'failover_explicit', 'loadbalance_loadbased'],
    networkFilterSupported: true, macLearningSupported: true, vspanSupported: true, lldpSupported: true, ipfixSupported: true,
    multicastSnoopingSupported: true,
  } as DVSCapability['featuresSupported'],
};

const POLICY: DVPortgroupConfigInfo['policy'] = Object.freeze({
  _type: 'VMwareDVSPortgroupPolicy', blockOverrideAllowed: true, shapingOverrideAllowed: false, vendorConfigOverrideAllowed: false,
  livePortMovingAllowed: false, portConfigResetAtDisconnect: true, networkResourcePoolOverrideAllowed: false,
  trafficFilterOverrideAllowed: false, vlanOverrideAllowed: false, uplinkTeamingOverrideAllowed: false,
  securityPolicyOverrideAllowed: false, ipfixOverrideAllowed: false, macManagementOverrideAllowed: false,
});

/** 16 bytes as a switch spells them: '50 2c 4e 9a 1b 3d 5e 7f-80 …'. */
export const switchUuid = (hex: string): string =>
  `${hex.slice(0, 16).match(/../g)!.join(' ')}-${hex.slice(16).match(/../g)!.join(' ')}`;

/** The versions of distributed switches that a vCenter of that version makes, newest last. */
export function dvsVersions(about: AboutInfo): readonly string[] {
  const [major = 0, minor = 0, update = 0] = about.version.split('.').map(Number);
  return ['5.0.0', '5.1.0', '5.5.0', '6.0.0', '6.5.0', '6.6.0', '7.0.0', '7.0.2', '7.0.3', '8.0.0', '8.0.3', '9.0.0'].filter((version) => {
    const [a = 0, b = 0, c = 0] = version.split('.').map(Number);
    return a < major || (a === major && (b < minor || (b === minor && c <= update))) || (version === '6.6.0' && major === 6 && minor === 7);
  });
}

export const newestDvsVersion = (about: AboutInfo): string => dvsVersions(about).at(-1) ?? '5.0.0';

/** What NSX says of the segment behind a port group of its own. */
function nsxConfig(sim: Simulation, spec: DVPortgroupConfigSpec): Partial<DVPortgroupConfigInfo> {
  if (spec.backingType !== 'nsx') return {};
  const logicalSwitchUuid = spec.logicalSwitchUuid ?? sim.random.uuid();
  return {
    logicalSwitchUuid, segmentId: spec.segmentId ?? `/infra/segments/${logicalSwitchUuid}`,
    ...(spec.transportZoneUuid ? { transportZoneUuid: spec.transportZoneUuid } : {}), ...(spec.transportZoneName ? { transportZoneName: spec.transportZoneName } : {}),
  };
}

/** Adds a distributed switch with its uplink port group; the hosts join it. */
export function createDvs(
  sim: Simulation, tx: Transaction, networkFolder: ManagedObjectReference, name: string, hosts: readonly ManagedObjectReference[],
  spec?: DVSConfigSpec, product?: DistributedVirtualSwitchProductSpec, identity?: string,
): ManagedObjectReference {
  const uplinkId = tx.nextId('dvportgroup');
  const id = tx.nextId('dvs');
  const dvs = { type: 'VmwareDistributedVirtualSwitch', value: id };
  const uuid = identity ?? switchUuid(sim.random.hex(16));
  const productInfo = {
    name: 'DVS', vendor: 'VMware, Inc.', version: product?.version ?? newestDvsVersion(sim.about), build: sim.about.build, forwardingClass: 'etherswitch',
  };
  const vmware = spec as VMwareDVSConfigSpec | undefined;
  const config: VMwareDVSConfigInfo = {
    _type: 'VMwareDVSConfigInfo',
    uuid,
    name,
    numStandalonePorts: spec?.numStandalonePorts ?? 0,
    numPorts: 0,
    maxPorts: spec?.maxPorts ?? 2_147_483_647,
    uplinkPortPolicy: spec?.uplinkPortPolicy ?? ({ _type: 'DVSNameArrayUplinkPortPolicy', uplinkPortName: UPLINKS } as VMwareDVSConfigInfo['uplinkPortPolicy']),
    uplinkPortgroup: [{ type: 'DistributedVirtualPortgroup', value: uplinkId }],
    defaultPortConfig: { ...DEFAULT_PORT, ...spec?.defaultPortConfig },
    host: [],
    productInfo,
    policy: spec?.policy ?? { autoPreInstallAllowed: true, autoUpgradeAllowed: true, partialUpgradeAllowed: true },
    ...(spec?.description === undefined ? {} : { description: spec.description }),
    configVersion: '1',
    contact: spec?.contact ?? {},
    ...(spec?.switchIpAddress === undefined ? {} : { switchIpAddress: spec.switchIpAddress }),
    createTime: sim.clock.now(),
    networkResourceManagementEnabled: true,
    defaultProxySwitchMaxNumPorts: spec?.defaultProxySwitchMaxNumPorts ?? 2_147_483_647,
    networkResourceControlVersion: spec?.networkResourceControlVersion ?? 'version3',
    maxMtu: vmware?.maxMtu ?? 1500,
    linkDiscoveryProtocolConfig: vmware?.linkDiscoveryProtocolConfig ?? { protocol: 'cdp', operation: 'listen' },
    lacpApiVersion: vmware?.lacpApiVersion ?? 'multipleLag',
    ...(vmware?.pvlanConfigSpec ? { pvlanConfig: vmware.pvlanConfigSpec.map(({ pvlanEntry }) => pvlanEntry) } : {}),
    ...(vmware?.ipfixConfig ? { ipfixConfig: vmware.ipfixConfig } : {}),
    ...(spec?.extensionKey ? { extensionKey: spec.extensionKey } : {}),
    multicastFilteringMode: vmware?.multicastFilteringMode ?? 'legacyFiltering',
  };
  tx.create(dvs.type, id, {
    ...entityProps(name, networkFolder),
    uuid,
    capability: CAPABILITY,
    summary: { name, uuid, numPorts: 0, productInfo, hostMember: [], vm: [], host: [], portgroupName: [], numHosts: 0 },
    config,
    networkResourcePool: [],
    portgroup: [],
    runtime: { hostMemberRuntime: [] },
    _datacenter: datacenterOf(tx, networkFolder),
    _nextPort: 0,
    _standalone: [],
  });
  if (config.numStandalonePorts > 0) tx.set(dvs, '_standalone', takePorts(tx, dvs, config.numStandalonePorts));
  addPortgroup(sim, tx, dvs, {
    name: `${name}-DVUplinks-${id.slice(4)}`, numPorts: 0, type: 'earlyBinding', description: '', autoExpand: false,
    defaultPortConfig: {
      ...config.defaultPortConfig, vlan: { _type: 'VmwareDistributedVirtualSwitchTrunkVlanSpec', inherited: false, vlanId: [{ start: 0, end: 4094 }] },
    } as DVPortSetting,
  }, uplinkId, true);
  for (const host of hosts) joinDvs(tx, dvs, host);
  return dvs;
}

/** Adds a port group to a switch; every host of the switch sees it. */
export const createPortgroup = (sim: Simulation, tx: Transaction, dvs: ManagedObjectReference, spec: DVPortgroupConfigSpec): ManagedObjectReference =>
  addPortgroup(sim, tx, dvs, spec, tx.nextId('dvportgroup'), false);

function addPortgroup(
  sim: Simulation, tx: Transaction, dvs: ManagedObjectReference, spec: DVPortgroupConfigSpec, id: string, uplink: boolean,
): ManagedObjectReference {
  const portgroup = { type: 'DistributedVirtualPortgroup', value: id };
  const owner = tx.props<'VmwareDistributedVirtualSwitch'>(dvs);
  const name = spec.name!;
  const type = spec.type ?? 'earlyBinding';
  const numPorts = type === 'ephemeral' ? 0 : (spec.numPorts ?? 8);
  const config: DVPortgroupConfigInfo = {
    key: id,
    name,
    numPorts,
    distributedVirtualSwitch: dvs,
    defaultPortConfig: { ...owner.config!.defaultPortConfig, ...spec.defaultPortConfig, _type: 'VMwareDVSPortSetting' } as DVPortSetting,
    description: spec.description ?? '',
    type,
    backingType: spec.backingType ?? 'standard',
    policy: { ...POLICY, ...spec.policy, _type: 'VMwareDVSPortgroupPolicy' } as DVPortgroupConfigInfo['policy'],
    ...(spec.portNameFormat === undefined ? {} : { portNameFormat: spec.portNameFormat }),
    ...(spec.scope === undefined ? {} : { scope: spec.scope }),
    configVersion: '1',
    autoExpand: spec.autoExpand ?? true,
    ...(spec.vendorSpecificConfig ? { vendorSpecificConfig: spec.vendorSpecificConfig } : {}),
    ...nsxConfig(sim, spec),
    vmVnicNetworkResourcePoolKey: spec.vmVnicNetworkResourcePoolKey ?? '-1',
    uplink,
  };
  tx.create('DistributedVirtualPortgroup', id, {
    ...entityProps(name, owner['parent'] as ManagedObjectReference),
    ...(uplink ? { tag: UPLINK_TAG } : {}),
    summary: { network: portgroup, name, accessible: true, ipPoolName: '' },
    host: [],
    vm: [],
    key: id,
    config,
    portKeys: takePorts(tx, dvs, numPorts),
    _datacenter: owner['_datacenter'],
  });
  for (const member of owner.config!.host ?? []) if (member.config.host) attachNetwork(tx, member.config.host, portgroup);
  return portgroup;
}
