// Guest customization: what a CustomizationSpec must say, and what the guest calls itself once it has booted with it.
// A spec waits in the machine's `_customization` until the next power-on.
import {
  fault, type CustomizationAdapterMapping, type CustomizationSpec, type GuestInfo, type GuestNicInfo, type ManagedObjectReference, type VirtualEthernetCard,
  type VirtualMachineConfigInfo,
} from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { isFamily } from './device-types.ts';

type Ref = ManagedObjectReference;
type Facts = Partial<GuestInfo>;

interface Name {
  readonly _type?: string;
  readonly name?: string;
  readonly base?: string;
}
interface Identity {
  readonly _type?: string;
  readonly hostName?: Name;
  readonly domain?: string;
  readonly userData?: { readonly computerName: Name };
  readonly identification?: { readonly joinDomain?: string };
}

const nics = (config: VirtualMachineConfigInfo): VirtualEthernetCard[] =>
  (config.hardware.device ?? []).filter((device) => isFamily(device, 'nic')) as VirtualEthernetCard[];

/** Throws what is wrong with a spec for a machine of that configuration: NicSettingMismatch, InvalidArgument. */
export function checkCustomization(config: VirtualMachineConfigInfo, spec: CustomizationSpec): void {
  const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: `spec.${property}` }, `A specified parameter was not correct: spec.${property} (${why})`);
  const inVm = nics(config).length;
  const map = spec.nicSettingMap ?? [];
  if (map.length !== inVm) {
    throw fault('NicSettingMismatch', { numberOfNicsInSpec: map.length, numberOfNicsInVM: inVm },
      `The number of network adapters in the specification (${map.length}) does not match that of the virtual machine (${inVm}).`);
  }
  const identity = spec.identity as Identity | undefined;
  if (!identity) throw wrong('identity', 'it is missing');
  const name = identity.hostName ?? identity.userData?.computerName;
  if (name?._type === 'CustomizationFixedName' && !/^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(name.name ?? '')) throw wrong('identity.hostName.name', `'${name.name ?? ''}' is no host name`);
  map.forEach(({ adapter }, index) => {
    const { _type: kind, ipAddress } = adapter.ip as { _type?: string; ipAddress?: string };
    if (kind !== 'CustomizationFixedIp') return;
    if (!isIpv4(ipAddress)) throw wrong(`nicSettingMap[${index}].adapter.ip.ipAddress`, `'${ipAddress ?? ''}' is no IPv4 address`);
    if (!isIpv4(adapter.subnetMask)) throw wrong(`nicSettingMap[${index}].adapter.subnetMask`, `a fixed address needs one, this is '${adapter.subnetMask ?? ''}'`);
  });
}

const isIpv4 = (text: string | undefined): boolean => /^\d{1,3}(\.\d{1,3}){3}$/.test(text ?? '') && text!.split('.').every((part) => Number(part) < 256);

/** Keeps a spec for the next power-on of a machine that is off. Throws CustomizationPending and what checkCustomization throws. */
export function customize(tx: Transaction, vm: Ref, spec: CustomizationSpec): void {
  if (tx.get(vm, '_customization') !== undefined) throw fault('CustomizationPending', {}, 'A customization is pending already: power the virtual machine on first.');
  checkCustomization(tx.get(vm, 'config') as VirtualMachineConfigInfo, spec);
  tx.set(vm, '_customization', spec);
}

/** What a powered-on machine does with the spec that waits: its guest then reports the name and addresses. */
export function applyCustomization(tx: Transaction, vm: Ref, now: Date): void {
  const spec = tx.get(vm, '_customization') as CustomizationSpec | undefined;
  if (!spec) return;
  const config = tx.get(vm, 'config') as VirtualMachineConfigInfo;
  const facts = customized(config, tx.get(vm, '_guest') as Facts | undefined, spec, now, (ref) => tx.get(ref, 'name') as string | undefined);
  tx.update(vm, { _guest: facts, _customization: undefined });
}

function customized(config: VirtualMachineConfigInfo, old: Facts | undefined, spec: CustomizationSpec, now: Date, nameOf: (ref: Ref) => string | undefined): Facts {
  const identity = spec.identity as Identity;
  const name = hostName(identity.hostName ?? identity.userData?.computerName, config) ?? old?.hostName;
  const domain = identity.domain ?? identity.identification?.joinDomain ?? '';
  const dns = { dhcp: false, hostName: name ?? '', domainName: domain, ipAddress: spec.globalIPSettings?.dnsServerList, searchDomain: spec.globalIPSettings?.dnsSuffixList };
  const net = (spec.nicSettingMap ?? []).map((mapping, index) => nicInfo(mapping, nics(config)[index]!, dns, nameOf));
  const address = net.flatMap((nic) => nic.ipAddress ?? [])[0] ?? old?.ipAddress;
  const gateway = spec.nicSettingMap?.flatMap(({ adapter }) => adapter.gateway ?? [])[0];
  return {
    ...old,
    ...(name === undefined ? {} : { hostName: domain === '' ? name : `${name}.${domain}` }),
    ...(address === undefined ? {} : { ipAddress: address }),
    net,
    ipStack: [{
      dnsConfig: dns,
      ...(gateway ? { ipRouteConfig: { ipRoute: [{ network: '0.0.0.0', prefixLength: 0, gateway: { ipAddress: gateway, device: '0' } }] } } : {}),
    }],
    toolsRunningStatus: 'guestToolsRunning',
    customizationInfo: { customizationStatus: 'TOOLSDEPLOYPKG_SUCCEEDED', startTime: now, endTime: now },
  };
}

function hostName(name: Name | undefined, config: VirtualMachineConfigInfo): string | undefined {
  switch (name?._type) {
    case 'CustomizationFixedName': return name.name;
    case 'CustomizationVirtualMachineName': return config.name.replace(/[^A-Za-z0-9-]/g, '');
    case 'CustomizationPrefixName': return `${name.base ?? ''}${Number.parseInt(config.uuid.slice(0, 6), 16) % 100_000}`;
    default: return undefined;
  }
}

function nicInfo({ adapter }: CustomizationAdapterMapping, nic: VirtualEthernetCard, dnsConfig: GuestNicInfo['dnsConfig'], nameOf: (ref: Ref) => string | undefined): GuestNicInfo {
  const { ipAddress } = adapter.ip as { ipAddress?: string };
  const ipv6 = (adapter.ipV6Spec?.ip ?? []) as readonly { ipAddress?: string; subnetMask?: number }[];
  const addresses = [
    ...(ipAddress === undefined ? [] : [{ ipAddress, prefixLength: prefixOf(adapter.subnetMask), state: 'preferred' }]),
    ...ipv6.filter((ip) => ip.ipAddress !== undefined).map((ip) => ({ ipAddress: ip.ipAddress!, prefixLength: ip.subnetMask ?? 64, state: 'preferred' })),
  ];
  const backing = nic.backing as { deviceName?: string; port?: { portgroupKey?: string } } | undefined;
  const group = backing?.port?.portgroupKey;
  return {
    network: backing?.deviceName || (group === undefined ? undefined : nameOf({ type: 'DistributedVirtualPortgroup', value: group })), macAddress: nic.macAddress, connected: true, deviceConfigId: nic.key, dnsConfig,
    ...(addresses.length > 0 ? { ipAddress: addresses.map((entry) => entry.ipAddress), ipConfig: { ipAddress: addresses } } : {}),
  };
}

/** '255.255.255.0' → 24 */
const prefixOf = (mask: string | undefined): number =>
  (mask ?? '255.255.255.0').split('.').reduce((bits, part) => bits + Number(part).toString(2).replaceAll('0', '').length, 0);
