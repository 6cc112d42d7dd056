// What a licence key stands for: editions, features, and how a key is read. Pure data and functions.
import type { KeyAnyValue, KeyValue, LicenseManagerLicenseInfo } from '../../../core/vim25/index.ts';
import type { Product } from '../../dispatch/simulation.ts';

/** The licence that everything runs with until another one is assigned. */
export const EVALUATION_KEY = '00000-00000-00000-00000-00000';
export const EVALUATION_DAYS = 60;

const KEY = /^[0-9A-Z]{5}(-[0-9A-Z]{5}){4}$/;

/** What a host may do: feature key (with a level where there are levels) → its name. */
export const HOST_FEATURES: Readonly<Record<string, string>> = {
  'vsmp:128': 'Up to 128-way virtual SMP', 'h264remote': 'H.264 for Remote Console Connections', 'vimapi': 'vCenter agent for VMware host',
  'vstorage': 'vSphere Storage APIs', 'vmotion': 'vSphere vMotion', 'xswitchvmotion': 'X-Switch vMotion', 'das': 'vSphere HA', 'ft:8': 'vSphere FT (up to 8 virtual CPUs)',
  'hotplug': 'Hot-Pluggable virtual HW', 'svmotion': 'vSphere Storage vMotion', 'serialuri:2': 'Remote virtual Serial Port Concentrator', 'mpio': 'MPIO / Third-Party Multi-Pathing',
  'drs': 'vSphere DRS', 'dvs': 'vSphere Distributed Switch', 'autodeploy': 'vSphere Auto Deploy', 'hostprofile': 'vSphere Host Profiles', 'iormsupport': 'vSphere Storage I/O Control',
};

const SERVER_FEATURES: Readonly<Record<string, string>> = {
  'vcIHA': 'vCenter High Availability', 'alarms': 'Alarms', 'linkedMode': 'Enhanced Linked Mode',
};

interface Edition {
  readonly editionKey: string;
  readonly name: string;
  readonly costUnit: string;
  readonly total: number;
  readonly product: string;
  readonly features: Readonly<Record<string, string>>;
}

const HOST_PRODUCT = 'VMware ESX Server';
const SERVER_PRODUCT = 'VMware VirtualCenter Server';

/**
 * Real keys tell their product in a way that only their maker can read. Here the first letter tells: V is a vCenter
 * Server, S is vSAN, any other letter or digit a host.
 */
function editionOf(key: string): Edition {
  if (key.startsWith('V')) return { editionKey: 'vc.standard.instance', name: 'vCenter Server Standard', costUnit: 'server', total: 4, product: SERVER_PRODUCT, features: SERVER_FEATURES };
  if (key.startsWith('S')) return { editionKey: 'vsan.enterprise.cpuPackageCoreLimited', name: 'VMware vSAN Enterprise', costUnit: 'cpuPackage', total: 64, product: 'VMware vSAN', features: { vsan: 'Virtual SAN' } };
  return { editionKey: 'esx.enterprisePlus.cpuPackage', name: 'VMware vSphere Enterprise Plus', costUnit: 'cpuPackage', total: 64, product: HOST_PRODUCT, features: HOST_FEATURES };
}

const value = (key: string, of: unknown): KeyAnyValue => ({ _type: 'KeyAnyValue', key, value: of }) as KeyAnyValue;

const featureValues = (features: Readonly<Record<string, string>>): KeyAnyValue[] =>
  Object.entries(features).map(([key, name]) => value('feature', { _type: 'KeyValue', key, value: name }));

const productValues = (product: string, version: string): KeyAnyValue[] => [value('ProductName', product), value('ProductVersion', `${version.split('.')[0]!}.0`)];

/** What the evaluation licence allows: on vCenter also everything that its hosts may do. */
export function evaluationProperties(product: Product, version: string, expires: Date): KeyAnyValue[] {
  const server = product === 'vcenter';
  return [...productValues(server ? SERVER_PRODUCT : HOST_PRODUCT, version), value('expirationDate', expires), ...featureValues(server ? { ...SERVER_FEATURES, ...HOST_FEATURES } : HOST_FEATURES)];
}

export const evaluationLicense = (product: Product, version: string, expires: Date): LicenseManagerLicenseInfo => ({
  _type: 'LicenseManagerLicenseInfo', licenseKey: EVALUATION_KEY, editionKey: 'eval', name: 'Evaluation Mode', total: 0, used: 0, costUnit: '',
  properties: evaluationProperties(product, version, expires),
});

/** What a key stands for. One that cannot be read gives a licence with the property `diagnostic`, as vCenter's does. */
export function decode(key: string, version: string, labels?: readonly KeyValue[]): LicenseManagerLicenseInfo {
  if (!KEY.test(key)) {
    const text = 'The license key is not valid: a key has five groups of five letters and digits, joined by hyphens.';
    return {
      _type: 'LicenseManagerLicenseInfo', licenseKey: key, editionKey: '', name: '', total: 0, used: 0, costUnit: '',
      properties: [value('diagnostic', text), value('localizedDiagnostic', { _type: 'LocalizableMessage', key: 'com.vmware.vim.vc.lic.malformed', message: text })],
    };
  }
  const { editionKey, name, costUnit, total, product, features } = editionOf(key);
  return {
    _type: 'LicenseManagerLicenseInfo', licenseKey: key, editionKey, name, total, used: 0, costUnit,
    properties: [...productValues(product, version), ...featureValues(features)], ...(labels && labels.length > 0 ? { labels } : {}),
  };
}

export const isReadable = ({ editionKey }: LicenseManagerLicenseInfo): boolean => editionKey !== '';

/** The feature keys of a licence. */
export const featuresOf = ({ properties = [] }: LicenseManagerLicenseInfo): readonly KeyValue[] =>
  properties.filter(({ key }) => key === 'feature').map((property) => property.value as KeyValue);
