// What a VCH of vic-machine 1.x keeps in extraConfig: read by ls, inspect and delete, never written by create. The rules of
// keys and values are those of 0.5 under another prefix; names and places are others. From a configuration that 1.5 wrote
// (fixtures/wire/vch-extraconfig-later.json) and what its appliance writes back.
import type { DecodeIssue, ExtraConfig, Shape, ValueOf } from './extra-config.ts';
import { address, at, decode, encode, flag, inner, integer, list, record, table, text, texts } from './extra-config.ts';
import { command, diagnostics, reference, subnet, url } from './vch-layout.ts';

const RO = 'read-only';
const RW = 'read-write';
const EARLY = 'guestinfo.';
const LATER = 'guestinfo.vice.';

const common = record({ executionEnvironment: at(RO, 'ExecutionEnvironment', text), id: at(RO, 'id', text), name: at(RO, 'name', text), notes: at('hidden', 'notes', text) });

const network = record({
  common: inner('Common', common),
  default: at(RO, 'default', flag),
  trustLevel: at(RO, 'TrustLevel', integer),
  type: at(RW, 'type', text),
});

const endpoint = record({
  common: inner('Common', common),
  static: at(RO, 'static', flag),
  staticIp: at(RO, 'ip', subnet),
  internal: at(RO, 'internal', flag),
  assigned: at(RW, 'assigned', subnet),
  network: at(RO, 'network', network),
});

const session = record({
  common: at(RO, 'common', common),
  cmd: at(RO, 'cmd', command),
  active: at(RO, 'active', flag),
  attach: at(RO, 'attach', flag),
  openStdin: at(RO, 'openstdin', flag),
  tty: at(RO, 'tty', flag),
  restart: at(RO, 'restart', flag),
  stopSignal: at(RO, 'stopSignal', text),
  user: at(RO, 'User', text),
  group: at(RO, 'Group', text),
  diagnostics: at(RO, 'diagnostics', record({ debug: diagnostics.debug, resurrections: diagnostics.resurrections })),
  detail: at(RW, 'detail', record({ createTime: inner('createtime', integer), startTime: inner('starttime', integer), stopTime: inner('stoptime', integer) })),
  runBlock: at(RW, 'runblock', flag),
  status: at(RW, 'status', integer),
  started: at(RW, 'started', text),
});

/** A value that is kept encrypted, at a key that says so. No key when empty. */
const secret: Shape<string> = {
  decode: (source, key, issues) => text.decode(source, `${key}@secret`, issues),
  encode(value, key, target) {
    if (value !== undefined && value !== '') target.set(`${key}@secret`, value);
  },
};

const version = record({
  version: inner('Version', text), buildNumber: inner('BuildNumber', text), gitCommit: inner('GitCommit', text), buildDate: inner('BuildDate', text), state: inner('State', text), plugin: inner('PluginVersion', integer),
});

const init = record({
  common: at(RO, 'common', record({ executionEnvironment: at(RO, 'ExecutionEnvironment', text), id: at(RO, 'id', text), name: at('hidden', 'name', text), notes: at('hidden', 'notes', text) })),
  diagnostics: at(RO, 'diagnostics', record({ debug: diagnostics.debug, resurrections: diagnostics.resurrections })),
  version: at(RO, 'version', version),
  sessions: at(RO, 'sessions', table(session)),
  networks: at(RO, 'networks', table(endpoint)),
  hostName: at(RO, 'hostname', text), domainName: at(RO, 'domainname', text),
  imageId: at(RO, 'imageid', text), layerId: at(RO, 'layerid', text), repo: at(RO, 'repo', text),
  asymmetricRouting: at(RO, 'asymrouting', flag),
  createTime: at(RW, 'createtime', integer),
});

const laterLayout = record({
  init: at(RO, 'init', init),
  connect: at(RO, 'connect', record({
    target: at(RO, 'target', text), thumbprint: at(RO, 'target_thumbprint', text), userName: at(RO, 'username', text), token: at(RO, 'token', secret), keepalive: at(RO, 'keepalive', integer),
  })),
  storage: at(RO, 'storage', record({
    imageStores: at(RO, 'image_stores', list(url)), volumeLocations: at(RO, 'VolumeLocations', table(url)), scratchSize: at(RO, 'scratch_size', integer), quota: at(RO, 'storage_quota', integer),
  })),
  network: at(RO, 'network', record({
    bridgeNetwork: at(RO, 'bridge_network', text), bridgeIpRange: at(RO, 'bridge-ip-range', subnet), bridgeWidth: at(RO, 'bridge-net-width', address), containerNetworks: at(RO, 'container_networks', table(network)),
  })),
  container: at(RO, 'container', record({
    computeResources: at(RO, 'ComputeResources', list(reference)), bootstrapImagePath: at(RO, 'bootstrap_image_path', text), nameConvention: at(RO, 'ContainerNameConvention', text),
    useVmGroup: at(RO, 'UseVMGroup', flag), vmGroupName: at(RO, 'VMGroupName', text), count: at(RO, 'container_count', integer),
  })),
  createBridgeNetwork: at(RO, 'create_bridge_network', flag),
  grantPermissions: at(RO, 'grant_permissions', text),
  createOptions: at(RO, 'vic_machine_create_options', texts),
});
export type LaterData = ValueOf<typeof laterLayout>;

/** Reads the configuration of a 1.x VCH, or the part of it that `shape` names; never throws. */
export function decodeLater(config: ExtraConfig): Decoded<LaterData>;
export function decodeLater<T>(config: ExtraConfig, shape: Shape<T>): Decoded<T>;
export function decodeLater(config: ExtraConfig, shape: Shape<unknown> = laterLayout): Decoded<unknown> {
  const source = new Map<string, string>();
  for (const [key, value] of config) {
    if (key.startsWith(LATER)) source.set(EARLY + key.slice(LATER.length), value);
    else if (!key.startsWith(EARLY)) source.set(key, value);
  }
  const { value, issues } = decode(shape, source);
  return { value, issues: issues.map((issue) => ({ ...issue, key: laterKey(issue.key) })) };
}

interface Decoded<T> {
  readonly value: T;
  readonly issues: readonly DecodeIssue[];
}

/** Of a 1.x VCH what a list tells: version and address. */
export const laterInBrief = record({
  init: at(RO, 'init', record({ version: at(RO, 'version', version), networks: at(RO, 'networks', table(record({ assigned: at(RW, 'assigned', subnet) }))) })),
});

/** Writes it down again: the keys and values that 1.x keeps. */
export function encodeLater(value: LaterData): Map<string, string> {
  return new Map([...encode(laterLayout, value)].map(([key, entry]) => [laterKey(key), entry]));
}

const laterKey = (key: string): string => (key.startsWith(EARLY) ? LATER + key.slice(EARLY.length) : key);
