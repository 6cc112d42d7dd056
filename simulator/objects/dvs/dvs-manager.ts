// DistributedVirtualSwitchManager: which switches can be made, on which hosts they run, and finding them by key.
import { fault, isSubtype, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type QueryContext, type TransactionContext } from '../../dispatch/define.ts';
import { notFound } from '../../collector/retrieve.ts';
import { reconfigurePortgroup } from './distributed-virtual-portgroup.ts';
import { reconfigureDvs } from './distributed-virtual-switch.ts';
import { exported, imported } from './dvs-backup.ts';
import { CAPABILITY, dvsVersions } from './dvs-create.ts';
import { showProxySwitch } from './dvs-members.ts';
import type { DVPortgroupConfigSpec, DVSConfigSpec, HostNetworkInfo, VMwareDVSConfigInfo } from '../../../core/vim25/index.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const specs = ({ sim }: QueryContext, versions: readonly string[]) =>
  versions.map((version) => ({ name: 'DVS', vendor: 'VMware, Inc.', version, build: sim.about.build, forwardingClass: 'etherswitch' }));

function dvsByUuid({ sim }: QueryContext, uuid: string): Ref {
  for (const { ref, props } of sim.store.ofType('VmwareDistributedVirtualSwitch')) if (props['uuid'] === uuid) return ref;
  throw fault('NotFound', {}, `There is no distributed switch with the UUID '${uuid}'.`);
}

const CHILDREN: readonly (readonly [type: string, lists: readonly string[]])[] = [
  ['Folder', ['childEntity']], ['Datacenter', ['hostFolder']], ['ComputeResource', ['host']],
];

/** The hosts in a container: directly, or anywhere below. */
function hostsIn(ctx: QueryContext, container: Ref, recursive: boolean): Ref[] {
  const props = ctx.sim.store.get(container)?.props;
  if (props === undefined) throw notFound(container);
  if (container.type === 'HostSystem') return [container];
  const lists = CHILDREN.find(([type]) => isSubtype(container.type, type))?.[1] ?? [];
  const children = lists.flatMap((list) => (props[list] ?? []) as Ref | Refs);
  // The compute resource of a standalone host is its host, and the folder of a datacenter its hosts.
  return children.flatMap((child) => (child.type === 'HostSystem' ? [child] : recursive || child.type === 'ComputeResource' || container.type === 'Datacenter' ? hostsIn(ctx, child, recursive) : []));
}

const connected = (ctx: QueryContext, host: Ref): boolean => (ctx.sim.store.get(host)?.props['runtime'] as { connectionState?: string } | undefined)?.connectionState === 'connected';

const members = (ctx: QueryContext, dvs: Ref): ReadonlySet<string> => {
  const props = ctx.sim.store.get(dvs)?.props;
  if (props === undefined) throw notFound(dvs);
  return new Set(((props['config'] as VMwareDVSConfigInfo).host ?? []).map((member) => member.config.host!.value));
};

export const dvsManager = define('DistributedVirtualSwitchManager', {
  QueryAvailableDvsSpec: {
    query: (ctx, { recommended }) => specs(ctx, recommended ? dvsVersions(ctx.sim.about).slice(-1) : dvsVersions(ctx.sim.about)),
  },
  QueryDvsByUuid: { query: (ctx, { uuid }) => dvsByUuid(ctx, uuid) },
  DVSManagerLookupDvPortGroup: {
    query(ctx, { switchUuid, portgroupKey }) {
      const groups = (ctx.sim.store.get(dvsByUuid(ctx, switchUuid))?.props['portgroup'] ?? []) as Refs;
      const found = groups.find((ref) => ref.value === portgroupKey);
      if (!found) throw fault('NotFound', {}, `The switch has no port group '${portgroupKey}'.`);
      return found;
    },
  },
  QueryCompatibleHostForNewDvs: {
    query: (ctx, { container, recursive }) => hostsIn(ctx, container, recursive).filter((host) => connected(ctx, host)),
  },
  QueryCompatibleHostForExistingDvs: {
    query(ctx, { container, recursive, dvs }) {
      const taken = members(ctx, dvs);
      return hostsIn(ctx, container, recursive).filter((host) => connected(ctx, host) && !taken.has(host.value));
    },
  },
  QueryDvsCompatibleHostSpec: {
    query({ sim }, { switchProductSpec }) {
      const from = (switchProductSpec?.version ?? dvsVersions(sim.about).at(-1)!).replace(/^6\.6/, '6.7');
      return [{ productLineId: 'embeddedEsx', version: `${from}+` }];
    },
  },
  QueryDvsFeatureCapability: { query: () => CAPABILITY.featuresSupported },
  QueryCompatibleVmnicsFromHosts: {
    query(ctx, { hosts, dvs }) {
      const uuid = ctx.sim.store.get(dvs)?.props['uuid'];
      if (uuid === undefined) throw notFound(dvs);
      return (hosts ?? []).map((host) => {
        const network = (ctx.sim.store.get(host)?.props['config'] as { network?: HostNetworkInfo } | undefined)?.network;
        const taken = new Set([...(network?.vswitch ?? []), ...(network?.proxySwitch ?? []).filter((s) => s.dvsUuid !== uuid)].flatMap((s) => s.pnic ?? []));
        return { host, physicalNics: (network?.pnic ?? []).filter((nic) => !taken.has(nic.key!)) };
      });
    },
  },
  QueryDvsConfigTarget: {
    query(ctx, { host, dvs }) {
      const switches = [...ctx.sim.store.ofType('VmwareDistributedVirtualSwitch')].filter(({ ref }) =>
        (dvs === undefined || ref.value === dvs.value) && (host === undefined || members(ctx, ref).has(host.value)));
      return {
        distributedVirtualSwitch: switches.map(({ ref, props }) => ({
          switchName: String(props['name']), switchUuid: String(props['uuid']), distributedVirtualSwitch: ref, networkReservationSupported: true,
        })),
        distributedVirtualPortgroup: switches.flatMap(({ props }) => ((props['portgroup'] ?? []) as Refs).map((portgroup) => {
          const config = ctx.sim.store.get(portgroup)!.props['config'] as { name: string; type: string; uplink?: boolean; backingType?: string };
          return {
            switchName: String(props['name']), switchUuid: String(props['uuid']), portgroupName: config.name, portgroupKey: portgroup.value, portgroupType: config.type,
            uplinkPortgroup: config.uplink ?? false, portgroup, networkReservationSupported: true, backingType: config.backingType,
          };
        })),
      };
    },
  },
  QueryDvsCheckCompatibility: {
    query(ctx, { hostContainer, hostFilterSpec }) {
      const results = hostsIn(ctx, hostContainer.container, hostContainer.recursive);
      const kept = (hostFilterSpec ?? []).reduce((hosts, filter) => {
        const { host, hostContainer: inside, distributedVirtualSwitch } = filter as { host?: Refs; hostContainer?: { container: Ref; recursive: boolean }; distributedVirtualSwitch?: Ref };
        const named = new Set(host ? host.map((ref) => ref.value) : inside ? hostsIn(ctx, inside.container, inside.recursive).map((ref) => ref.value) : distributedVirtualSwitch ? members(ctx, distributedVirtualSwitch) : []);
        return hosts.filter((ref) => named.has(ref.value) === filter.inclusive);
      }, results);
      return kept.map((host) => (connected(ctx, host) ? { host } : { host, error: [fault('HostNotConnected', {}, 'The host is not connected.').localized()] }));
    },
  },
  DVSManagerExportEntity_Task: { task: ({ tx }, { selectionSet }) => exported(tx, selectionSet) },
  DVSManagerImportEntity_Task: {
    task: (ctx, { entityBackup, importType }) => imported(ctx, entityBackup, importType, (ref, spec) => {
      const at = { tx: ctx.tx, self: { ref } };
      if (ref.type === 'DistributedVirtualPortgroup') reconfigurePortgroup(at, spec as DVPortgroupConfigSpec);
      else reconfigureDvs(at, spec as DVSConfigSpec);
    }),
  },
  RectifyDvsOnHost_Task: {
    task({ tx }: TransactionContext, { hosts }) {
      for (const dvs of tx.all('VmwareDistributedVirtualSwitch')) {
        const config = tx.get(dvs, 'config') as VMwareDVSConfigInfo;
        for (const host of hosts) if (config.host?.some((member) => member.config.host?.value === host.value)) showProxySwitch(tx, dvs, host);
      }
    },
  },
});
