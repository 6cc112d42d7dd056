// The flags of create and what they stand for. Says nothing of the server.
import { checkCreateOptions, DEFAULT_NAME, UserError, type Certificates, type CreateOptions, type Issue } from '../engine/index.ts';
import type { Flag, Values } from './define-command.ts';
import { DEFAULT_TIMEOUT, JSON_FLAG, LOG_FLAGS, TARGET_FLAGS, validateTarget } from './session.ts';

const flag = (name: string, short: string | undefined, type: Flag['type'], value: string | undefined, summary: string, more: Partial<Flag> = {}): Flag =>
  ({ name, type, summary, ...(short === undefined ? {} : { short }), ...(value === undefined ? {} : { value }), ...more });

export const CREATE_FLAGS: readonly Flag[] = [
  ...TARGET_FLAGS.map((one) => (one.name === 'compute-resource' ? { ...one, summary: 'Host, cluster or resource pool to create the VCH in: host, cluster, cluster/pool' } : one)),
  flag('name', 'n', 'text', 'name', 'Name of the VCH, at most 31 characters', { default: DEFAULT_NAME }),
  flag('image-store', 'i', 'text', 'datastore[/path]', 'Where images are kept, and the VCH itself; required'),
  flag('container-datastore', 'cs', 'text', 'datastore', 'Accepted and not used: containers are kept where images are', { hidden: true }),
  flag('volume-store', 'vs', 'texts', 'datastore[/path]:label', 'Where volumes are kept; the label "default" names the store of volumes that ask for none'),
  flag('bridge-network', 'b', 'text', 'network', 'Private network of the containers (default the name of the VCH): on vCenter Server a distributed port group that exists, on ESXi made when it does not'),
  flag('external-network', 'en', 'text', 'network', 'Network that containers reach the world by', { default: 'VM Network' }),
  flag('client-network', 'cln', 'text', 'network', 'Network that Docker clients reach the VCH by (default the external network)'),
  flag('management-network', 'mn', 'text', 'network', 'Network that the VCH reaches vSphere by (default the client network)'),
  flag('container-network', 'cn', 'texts', 'network[:alias]', 'Network that containers may be connected to directly, and its name in Docker'),
  flag('container-network-gateway', 'cng', 'texts', 'network:address/bits', 'Gateway of a container network, and with it its subnet'),
  flag('container-network-ip-range', 'cnr', 'texts', 'network:range', 'Addresses for containers on that network: 10.0.0.0/25, 10.0.0.1-99 or 10.0.0.1-10.0.1.99'),
  flag('container-network-dns', 'cnd', 'texts', 'network:address', 'DNS server of a container network'),
  flag('bridge-network-range', 'bnr', 'text', 'address/bits', 'Addresses that bridge networks take theirs from', { default: '172.16.0.0/12' }),
  flag('appliance-iso', 'ai', 'text', 'file', 'System of the appliance; looked for in the current directory, then beside vic-machine', { default: 'appliance.iso', file: true }),
  flag('bootstrap-iso', 'bi', 'text', 'file', 'System of the containers; looked for likewise', { default: 'bootstrap.iso', file: true }),
  flag('key', undefined, 'text', 'file', 'Private key of the VCH, PEM; without it a key and a certificate are made and written to the current directory', { file: true }),
  flag('cert', undefined, 'text', 'file', 'Certificate of the VCH, PEM', { file: true }),
  flag('tls-cname', undefined, 'text', 'host', 'Name or address that Docker clients reach the VCH by: an authority is made that signs its certificate and one for clients, and only those get in'),
  flag('no-tls', 'k', 'boolean', undefined, 'No TLS: anybody who can reach port 2375 may use Docker'),
  flag('force', 'f', 'boolean', undefined, 'Go on when the pool cannot have the given reservations and limits, or an upload fails; removes nothing'),
  flag('timeout', undefined, 'duration', 'duration', 'Longest time that the command may take, such as 5m0s', { default: DEFAULT_TIMEOUT }),
  flag('pool-memory-reservation', 'pmr', 'number', 'MB', 'Memory that the VCH is guaranteed', { default: '0' }),
  flag('pool-memory-limit', 'pml', 'number', 'MB', 'Memory that the VCH may use at most; 0 is no limit', { default: '0' }),
  flag('pool-memory-shares', 'pms', 'text', 'level', 'Its share of memory against others: high, normal, low or a number', { default: 'normal' }),
  flag('pool-cpu-reservation', 'pcr', 'number', 'MHz', 'CPU that the VCH is guaranteed', { default: '0' }),
  flag('pool-cpu-limit', 'pcl', 'number', 'MHz', 'CPU that the VCH may use at most; 0 is no limit', { default: '0' }),
  flag('pool-cpu-shares', 'pcs', 'text', 'level', 'Its share of CPU against others: high, normal, low or a number', { default: 'normal' }),
  flag('appliance-memory', undefined, 'number', 'MB', 'Memory of the appliance VM', { default: '2048', hidden: true }),
  flag('appliance-cpu', undefined, 'number', 'count', 'CPUs of the appliance VM', { default: '1', hidden: true }),
  flag('use-rp', undefined, 'boolean', undefined, 'On vCenter Server: a resource pool for the VCH in place of a vApp', { hidden: true }),
  flag('dry-run', undefined, 'boolean', undefined, 'Check everything, show what would be done and change nothing'),
  JSON_FLAG,
  flag('advanced-options', 'x', 'boolean', undefined, 'Show all flags, those that are rarely needed too', { showsHelp: true }),
  ...LOG_FLAGS,
];

/** What the flags ask for. */
export function createOptions(values: Values, datacenter: string): CreateOptions {
  const text = (name: string): string => values.text(name) ?? '';
  const allocation = (what: 'memory' | 'cpu') => ({ reservation: values.number(`pool-${what}-reservation`), limit: values.number(`pool-${what}-limit`), shares: text(`pool-${what}-shares`) });
  return {
    datacenter, compute: text('compute-resource'), name: text('name'),
    imageStore: text('image-store'), volumeStores: values.texts('volume-store'),
    bridgeNetwork: text('bridge-network'), externalNetwork: text('external-network'), clientNetwork: text('client-network'), managementNetwork: text('management-network'),
    containerNetworks: values.texts('container-network'), containerNetworkGateways: values.texts('container-network-gateway'),
    containerNetworkRanges: values.texts('container-network-ip-range'), containerNetworkDns: values.texts('container-network-dns'),
    bridgeNetworkRange: text('bridge-network-range'),
    memory: allocation('memory'), cpu: allocation('cpu'),
    applianceIso: text('appliance-iso'), bootstrapIso: text('bootstrap-iso'), certificates: certificatesOf(values),
    force: values.boolean('force'), useRp: values.boolean('use-rp'),
    applianceMemory: values.number('appliance-memory'), applianceCpu: values.number('appliance-cpu'), debug: values.number('debug'),
  };
}

function certificatesOf(values: Values): Certificates {
  const [key, cert] = [values.text('key') ?? '', values.text('cert') ?? ''];
  if (values.boolean('no-tls')) return { mode: 'none' };
  const host = values.text('tls-cname') ?? '';
  if (host !== '') return { mode: 'authority', host };
  return key === '' && cert === '' ? { mode: 'generate' } : { mode: 'files', key, cert };
}

/** Everything that is wrong whatever the server has, at once. */
export function validateCreate(values: Values): void {
  validateTarget(values);
  const issues: Issue[] = [...checkCreateOptions(createOptions(values, ''))];
  const given = (name: string): boolean => (values.text(name) ?? '') !== '';
  if (values.number('timeout') <= 0) issues.push({ what: '--timeout must be longer than 0', flag: '--timeout', example: '--timeout 5m0s' });
  if (given('key') && !given('cert')) issues.push({ what: '--key is given without --cert', flag: '--cert', example: '--key server-key.pem --cert server-cert.pem' });
  if (given('cert') && !given('key')) issues.push({ what: '--cert is given without --key', flag: '--key', example: '--key server-key.pem --cert server-cert.pem' });
  if (values.boolean('no-tls') && (given('key') || given('cert'))) issues.push({ what: '--no-tls and a certificate exclude each other', flag: '--no-tls' });
  if (given('tls-cname') && (values.boolean('no-tls') || given('key') || given('cert'))) issues.push({ what: '--tls-cname makes certificates: it excludes --no-tls, --key and --cert', flag: '--tls-cname' });
  if (issues.length > 0) throw new UserError('usage', ...issues);
}
