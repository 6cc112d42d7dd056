// What a guest identifier stands for: the name that people read and the family. Pure facts.
import { enumType } from '../../../core/vim25/index.ts';

const NAMES: Readonly<Record<string, string>> = {
  otherGuest: 'Other (32-bit)',
  otherGuest64: 'Other (64-bit)',
  otherLinuxGuest: 'Other Linux (32-bit)',
  otherLinux64Guest: 'Other Linux (64-bit)',
  genericLinuxGuest: 'Other Linux',
  vmwarePhoton64Guest: 'VMware Photon OS (64-bit)',
  coreos64Guest: 'CoreOS Linux (64-bit)',
  redhatGuest: 'Red Hat Linux 2.1',
  windows9Guest: 'Microsoft Windows 10 (32-bit)',
  windows9_64Guest: 'Microsoft Windows 10 (64-bit)',
  windows11_64Guest: 'Microsoft Windows 11 (64-bit)',
  windows7Server64Guest: 'Microsoft Windows Server 2008 R2 (64-bit)',
  windows8Server64Guest: 'Microsoft Windows Server 2012 (64-bit)',
  windows9Server64Guest: 'Microsoft Windows Server 2016 (64-bit)',
  windows2019srv_64Guest: 'Microsoft Windows Server 2019 (64-bit)',
  windows2019srvNext_64Guest: 'Microsoft Windows Server 2022 (64-bit)',
};

/** Names with a number in the identifier: 'ubuntu64Guest', 'rhel7_64Guest', 'other3xLinux64Guest' … */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/^other(\d)xLinux(64)?Guest$/, 'Other $1.x or later Linux'],
  [/^other2(\d)xLinux(64)?Guest$/, 'Other 2.$1.x Linux'],
  [/^rhel(\d+)(_64)?Guest$/, 'Red Hat Enterprise Linux $1'],
  [/^centos(\d*)_?(64)?Guest$/, 'CentOS $1'],
  [/^oracleLinux(\d*)_?(64)?Guest$/, 'Oracle Linux $1'],
  [/^debian(\d+)(_64)?Guest$/, 'Debian GNU/Linux $1'],
  [/^sles(\d*)_?(64)?Guest$/, 'SUSE Linux Enterprise $1'],
  [/^ubuntu()(64)?Guest$/, 'Ubuntu Linux'],
  [/^fedora()(64)?Guest$/, 'Red Hat Fedora'],
  [/^opensuse()(64)?Guest$/, 'SUSE openSUSE'],
  [/^freebsd(\d*)_?(64)?Guest$/, 'FreeBSD $1'],
  [/^windows(\d+)(_64)?Guest$/, 'Microsoft Windows $1'],
  [/^vmkernel(\d*)()Guest$/, 'VMware ESXi $1'],
];

/** True for a member of VirtualMachineGuestOsIdentifier. */
export const isGuestId = (guestId: string): boolean => enumType('VirtualMachineGuestOsIdentifier')!.values.has(guestId);

/** 'ubuntu64Guest' → 'Ubuntu Linux (64-bit)' */
export function guestFullName(guestId: string): string {
  const known = NAMES[guestId];
  if (known !== undefined) return known;
  const bits = guestId.includes('64') ? '64-bit' : '32-bit';
  for (const [pattern, name] of PATTERNS) {
    const match = pattern.exec(guestId);
    if (match) return `${name.replace('$1', match[1] ?? '').trim()} (${bits})`;
  }
  return `${guestId.replace(/Guest$/, '').replace(/_?64$/, '')} (${bits})`;
}

/** GuestInfo.guestFamily */
export function guestFamily(guestId: string): string {
  if (/^win/.test(guestId)) return 'windowsGuest';
  if (/^darwin/.test(guestId)) return 'darwinGuestFamily';
  if (/^solaris/.test(guestId)) return 'solarisGuest';
  if (/^netware/.test(guestId)) return 'netwareGuest';
  if (/^(other|otherGuest64|os2|eCom|freebsd|openServer|unixWare|vmkernel|crx|dos)(Guest|Station|\d|Pod|Sys|$)/.test(guestId)) return 'otherGuestFamily';
  return 'linuxGuest';
}

/** The virtual hardware version that a host of this API version gives to new machines. */
export function defaultHardwareVersion(apiVersion: string): string {
  const table: readonly (readonly [string, string])[] = [
    ['9.0', 'vmx-22'], ['8.0.2', 'vmx-21'], ['8.0', 'vmx-20'], ['7.0.2', 'vmx-19'], ['7.0.1', 'vmx-18'], ['7.0', 'vmx-17'],
    ['6.9.1', 'vmx-15'], ['6.8', 'vmx-15'], ['6.7', 'vmx-14'], ['6.5', 'vmx-13'], ['6.0', 'vmx-11'], ['5.5', 'vmx-10'], ['5.1', 'vmx-09'],
  ];
  const parts = (text: string) => text.split('.').map(Number);
  const given = parts(apiVersion);
  for (const [api, version] of table) {
    const wanted = parts(api);
    const difference = wanted.map((n, i) => (given[i] ?? 0) - n).find((d) => d !== 0) ?? 0;
    if (difference >= 0) return version;
  }
  return 'vmx-08';
}
