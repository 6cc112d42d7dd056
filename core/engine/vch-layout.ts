// What a VCH (and a container VM) of vic-machine 0.5 keeps in extraConfig: names, scopes and shapes, nothing else.
import type { ValueOf } from './extra-config.ts';
import { address, at, bytes, flag, inner, integer, list, moment, record, table, text, texts } from './extra-config.ts';

const RO = 'read-only';
const RW = 'read-write';

const common = record({
  executionEnvironment: at(RO, 'ExecutionEnvironment', text),
  id: at(RO, 'id', text),
  name: at(RO, 'name', text),
  created: at(RO, 'created', integer),
  notes: at('hidden', 'notes', text),
});

/** A network and mask; as an address, without any key when unset. */
export const subnet = record({ ip: inner('IP', address), mask: inner('Mask', address) });

/** The members that the original writes of a URL; credentials are never among them. */
export const url = record({
  scheme: inner('Scheme', text),
  opaque: inner('Opaque', text),
  host: inner('Host', text),
  path: inner('Path', text),
  rawPath: inner('RawPath', text),
  omitHost: inner('OmitHost', flag),
  forceQuery: inner('ForceQuery', flag),
  rawQuery: inner('RawQuery', text),
  fragment: inner('Fragment', text),
  rawFragment: inner('RawFragment', text),
});

export const reference = record({ type: inner('Type', text), value: inner('Value', text) });
const keyPair = record({ key: inner('Key', bytes), cert: inner('Cert', bytes) });
const mailbox = record({ name: inner('Name', text), address: inner('Address', text) });
const range = record({ first: at(RO, 'first', address), last: at(RO, 'last', address) });

const network = record({
  common: inner('Common', common),
  default: at(RO, 'default', flag),
  pools: at(RO, 'pools', list(range)),
  gateway: at(RW, 'gateway', subnet),
  dns: at(RW, 'dns', list(address)),
  aliases: at('hidden', 'aliases', texts),
});

const endpoint = record({
  common: inner('Common', common),
  staticIp: at(RO, 'staticip', subnet),
  assigned: at(RW, 'ip', subnet),
  network: at(RO, 'network', network),
  ports: at(RO, 'ports', texts),
});

export const diagnostics = {
  debug: at(RO, 'debug', integer),
  resurrections: at(RW, 'resurrections', integer),
  exitLogs: at(RW, 'exitlogs', list(record({ time: inner('Time', moment), exitStatus: inner('ExitStatus', integer), message: inner('Message', text) }))),
};

/** A program and what it is started with. */
export const command = record({ path: inner('Path', text), args: inner('Args', texts), env: inner('Env', texts), dir: inner('Dir', text) });

const session = record({
  common: at(RO, 'common', common),
  cmd: at(RO, 'cmd', command),
  attach: at(RO, 'attach', flag),
  tty: at(RO, 'tty', flag),
  restart: at(RO, 'restart', flag),
  user: at(RO, 'User', text),
  group: at(RO, 'Group', text),
  diagnostics: at(RO, 'diagnostics', record(diagnostics)),
  status: at(RW, 'status', integer),
  started: at(RW, 'started', text),
});

const executorFields = {
  common: at(RO, 'common', common),
  diagnostics: at(RO, 'diagnostics', record(diagnostics)),
  sessions: at(RO, 'sessions', table(session)),
  mounts: at(RO, 'mounts', table(record({ source: at(RO, 'source', url), dest: at(RO, 'dest', text), mode: at(RO, 'mode', text) }))),
  networks: at(RO, 'networks', table(endpoint)),
  key: at(RO, 'key', bytes),
  layerId: at(RO, 'layerid', text),
  repo: at(RO, 'repo', text),
  stopSignal: at(RO, 'stopSignal', text),
};

/** What a container VM holds. */
export const containerLayout = record(executorFields);
export type ContainerData = ValueOf<typeof containerLayout>;

/** What the appliance VM of a VCH holds. */
export const vchLayout = record({
  init: at(RO, 'init', record(executorFields)),
  target: at(RO, 'target', url),
  userPassword: at(RO, 'userpw', text),
  extensionCert: at(RO, 'extension_cert', text),
  extensionKey: at(RO, 'extension_key', text),
  extensionName: at(RO, 'extension_name', text),
  insecure: at(RO, 'insecure', flag),
  keepalive: at(RO, 'keepalive', integer),
  version: at(RO, 'version', text),
  hostCertificate: at(RO, 'HostCertificate', keyPair),
  certificateAuthorities: at(RO, 'CertificateAuthorities', bytes),
  keyPem: at(RO, 'key_pem', text),
  certPem: at(RO, 'cert_pem', text),
  imageStores: at(RO, 'image_stores', list(url)),
  volumeLocations: at(RO, 'VolumeLocations', table(url)),
  bridgeNetwork: at(RO, 'bridge_network', text),
  createBridgeNetwork: at(RO, 'create_bridge_network', flag),
  containerNetworks: at(RO, 'container_networks', table(network)),
  bridgeIpRange: at(RO, 'bridge-ip-range', subnet),
  computeResources: at(RO, 'ComputeResources', list(reference)),
  bootstrapImagePath: at(RO, 'bootstrap_image_path', text),
  admin: at('hidden', 'Admin', list(mailbox)),
  infrastructureAdmin: at('hidden', 'InfrastructureAdmin', list(mailbox)),
  networkCertificates: at('hidden', 'NetworkCertificates', table(keyPair)),
  hostCertificates: at('hidden', 'HostCertificates', table(keyPair)),
  containerNameConvention: at('hidden', 'ContainerNameConvention', text),
});
export type VchData = ValueOf<typeof vchLayout>;

/** Of the same what a list tells: version and address. */
export const vchInBrief = record({ init: at(RO, 'init', record({ networks: at(RO, 'networks', table(record({ assigned: at(RW, 'ip', subnet) }))) })), version: at(RO, 'version', text) });
