// The configuration that the appliance reads when it starts, in the layout of 0.5: who it is, its networks, stores and
// the three programs it runs. Pure.
import type { DatastorePath } from '../../client/index.ts';
import { formatDatastorePath } from '../../client/index.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import { formatReference } from '../../vim25/reference.ts';
import { encode } from '../extra-config.ts';
import type { VchData } from '../vch-layout.ts';
import { vchLayout } from '../vch-layout.ts';
import { mapped, maskOf, networkOf, toBytes, type Subnet } from './ip.ts';
import type { Networks, Store } from './validate.ts';

export interface KeyPair {
  /** PEM */
  readonly key: string;
  readonly cert: string;
}

/** All that goes into the configuration; references that do not exist yet are added as they come. */
export interface ApplianceFacts {
  readonly name: string;
  /** The appliance VM; undefined while it is being created. */
  readonly vm: ManagedObjectReference | undefined;
  readonly uuid: string | undefined;
  readonly directory: string;
  readonly pool: ManagedObjectReference;
  readonly debug: number;
  readonly server: KeyPair | undefined;
  /** Certificate of the authority that signs the clients; without one any client may use Docker. */
  readonly authority?: string | undefined;
  readonly extension: KeyPair;
  readonly image: Store;
  readonly volumes: readonly { readonly label: string; readonly store: Store }[];
  readonly networks: Networks;
  readonly bridge: ManagedObjectReference;
  readonly createdBridge: boolean;
  /** PCI slot of the adapter of each role. */
  readonly slots: Readonly<Record<Role, number>>;
  readonly target: { readonly url: URL; readonly user: string; readonly password: string };
  readonly vCenter: boolean;
  /** Inventory paths. */
  readonly paths: { readonly datacenter: string; readonly compute: string; readonly pool: string; readonly vm: string };
}

export type Role = 'external' | 'client' | 'management' | 'bridge';
export const ROLES: readonly Role[] = ['external', 'client', 'management', 'bridge'];

const none = new Uint8Array();
const common = (id: string, name: string) => ({ executionEnvironment: '', id, name, created: 0, notes: '' });
const url = (scheme: string, host: string, path: string) => ({ scheme, opaque: '', host, path, rawPath: '', omitHost: false, forceQuery: false, rawQuery: '', fragment: '', rawFragment: '' });
const noSubnet = { ip: none, mask: none };
const subnetOf = ({ ip, bits }: Subnet) => ({ ip: mapped(ip), mask: maskOf(bits) });

/** The extraConfig of the appliance, ready for a ConfigSpec. */
export function applianceExtraConfig(facts: ApplianceFacts): { readonly _type: 'OptionValue'; readonly key: string; readonly value: string }[] {
  return [...encode(vchLayout, applianceData(facts))].map(([key, value]) => ({ _type: 'OptionValue', key, value }));
}

/** The configuration as data. */
export function applianceData(facts: ApplianceFacts): VchData {
  const { networks, server, target, vCenter } = facts;
  const secret = (text: string | undefined): Uint8Array => (text === undefined ? none : new Uint8Array(Buffer.from(text)));
  return {
    init: {
      common: common(facts.vm === undefined ? '' : formatReference(facts.vm), facts.name),
      diagnostics: { debug: facts.debug, resurrections: 0, exitLogs: [] },
      sessions: sessionsOf(facts),
      mounts: {},
      networks: Object.fromEntries(ROLES.map((role) => [role, endpointOf(role, role === 'bridge' ? facts.bridge : networks[role].ref, facts.slots[role])])),
      key: none, layerId: '', repo: '', stopSignal: '',
    },
    target: url(target.url.protocol.replace(':', ''), target.url.host, vCenter ? '' : '/sdk'),
    // vCenter knows the appliance by its extension's certificate; ESXi has no such thing.
    userPassword: vCenter ? '' : `${target.user}:${target.password}`,
    extensionCert: facts.extension.cert, extensionKey: facts.extension.key,
    extensionName: facts.uuid === undefined ? '' : extensionKeyOf(facts.uuid),
    insecure: true, keepalive: 0, version: '',
    hostCertificate: { key: secret(server?.key), cert: secret(server?.cert) },
    certificateAuthorities: secret(facts.authority), keyPem: server?.key ?? '', certPem: server?.cert ?? '',
    imageStores: [url('ds', facts.image.path.datastore, facts.image.path.path)],
    volumeLocations: Object.fromEntries(facts.volumes.map(({ label, store }) => [label, url('ds', store.path.datastore, spelled(store.path))])),
    bridgeNetwork: 'bridge', createBridgeNetwork: facts.createdBridge,
    containerNetworks: Object.fromEntries([
      ['bridge', containerNetwork('bridge', facts.bridge)],
      ...networks.containers.map(({ alias, facts: { ref }, gateway, ranges, dns }) => [alias, {
        ...containerNetwork(alias, ref),
        pools: ranges.map(({ first, last, text }) => (text.includes('/') ? { first: toBytes(first), last: toBytes(last) } : { first: mapped(toBytes(first)), last: mapped(toBytes(last)) })),
        gateway: gateway ? subnetOf(gateway) : noSubnet,
        dns: dns.map(mapped),
      }] as const),
    ]),
    bridgeIpRange: { ip: toBytes(networkOf(networks.bridgeRange)), mask: maskOf(networks.bridgeRange.bits) },
    computeResources: [facts.pool],
    bootstrapImagePath: formatDatastorePath({ datastore: facts.image.path.datastore, path: `${facts.directory}/bootstrap.iso` }),
    admin: [], infrastructureAdmin: [], networkCertificates: {}, hostCertificates: {}, containerNameConvention: '',
  };
}

/** The key of the vCenter extension that stands for a VCH. */
export const extensionKeyOf = (uuid: string): string => `com.vmware.vic.${uuid}`;

/** '[ds] dir', never without the blank: readers split there. */
const spelled = (path: DatastorePath): string => (path.path === '' ? `[${path.datastore}] ` : formatDatastorePath(path));

const containerNetwork = (alias: string, ref: ManagedObjectReference) => ({
  common: common(formatReference(ref), alias), default: false, pools: [], gateway: noSubnet, dns: [], aliases: [],
});

const endpointOf = (role: Role, network: ManagedObjectReference, slot: number) => ({
  common: common(String(slot), role === 'management' ? '' : role),
  // The bridge gets its address from the port layer; 0.0.0.0 says "not by DHCP".
  staticIp: role === 'bridge' ? { ip: mapped(Uint8Array.of(0, 0, 0, 0)), mask: none } : noSubnet,
  assigned: noSubnet,
  network: { ...containerNetwork(role, network), default: role === 'external' },
  ports: [],
});

const PORTS = { portLayer: 8080, tls: 2376, plain: 2375 } as const;

function sessionsOf({ paths, image, name, server, target, vCenter }: ApplianceFacts) {
  const login = vCenter ? encodeURIComponent(target.user) : `${encodeURIComponent(target.user)}:${encodeURIComponent(target.password)}`;
  const sdk = `${target.url.protocol}//${login}@${target.url.host}${vCenter ? '' : '/sdk'}`;
  const session = (id: string, args: readonly string[], env: readonly string[] = [], dir = '', user = '') => ({
    common: common(id, id), cmd: { path: args[0]!, args, env, dir }, attach: false, tty: false, restart: true, user, group: user,
    diagnostics: { debug: 0, resurrections: 0, exitLogs: [] }, status: 0, started: '',
  });
  return {
    vicadmin: session('vicadmin', [
      '/sbin/vicadmin', '-docker-host=unix:///var/run/docker.sock', '-insecure', `-ds=${image.path.datastore}`,
      `-cluster=${paths.compute}`, `-pool=${paths.pool}`, `-vm-path=${paths.vm}`,
    ], ['PATH=/sbin:/bin'], '/home/vicadmin', 'vicadmin'),
    'docker-personality': session('docker-personality', [
      '/sbin/docker-engine-server', '-serveraddr=0.0.0.0', `-port=${server ? PORTS.tls : PORTS.plain}`, `-port-layer-port=${PORTS.portLayer}`,
    ], ['PATH=/sbin']),
    'port-layer': session('port-layer', [
      '/sbin/port-layer-server', '--host=localhost', `--port=${PORTS.portLayer}`, '--insecure', `--sdk=${sdk}`, `--datacenter=${paths.datacenter}`,
      `--cluster=${paths.compute}`, `--pool=${paths.pool}`, `--datastore=${image.path.datastore}`, `--vch=${name}`,
    ]),
  };
}
