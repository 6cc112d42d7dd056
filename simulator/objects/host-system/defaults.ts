// What a freshly installed host has configured beside network, firewall, services and options: clock, power, autostart.
// Shared values: a change replaces the list in the manager object of one host.
import type { AboutInfo, HostAutoStartManagerConfig, HostDateTimeInfo, HostPowerPolicy } from '../../../core/vim25/index.ts';

export const DATE_TIME: HostDateTimeInfo = {
  timeZone: { key: 'UTC', name: 'UTC', description: 'UTC', gmtOffset: 0 }, systemClockProtocol: 'ntp', ntpConfig: { server: [] },
  enabled: true, disableEvents: false, disableFallback: false, inFallbackState: false, serviceSync: false,
};

const policy = (key: number, shortName: string, name: string): HostPowerPolicy => ({
  key, name: `PowerPolicy.${shortName}.name`, shortName, description: `PowerPolicy.${shortName}.description`.replace('description', name),
});

export const POWER_POLICIES: readonly HostPowerPolicy[] = [
  policy(1, 'static', 'High performance'), policy(2, 'dynamic', 'Balanced'), policy(3, 'low', 'Low power'), policy(4, 'custom', 'Custom'),
];

export const AUTO_START: HostAutoStartManagerConfig = {
  defaults: { enabled: false, startDelay: 120, stopDelay: 120, waitForHeartbeat: false, stopAction: 'PowerOff' }, powerInfo: [],
};

/** AboutInfo of the hosts below a vCenter: an ESXi of the same version. */
export function esxAbout(about: AboutInfo): AboutInfo {
  if (about.apiType === 'HostAgent') return about;
  const major = about.version.split('.')[0]!;
  return {
    name: 'VMware ESXi', fullName: `VMware ESXi ${about.version} build-${about.build}`, vendor: 'VMware, Inc.',
    version: about.version, build: about.build, localeVersion: 'INTL', localeBuild: '000', osType: 'vmnix-x86',
    productLineId: 'embeddedEsx', apiType: 'HostAgent', apiVersion: about.apiVersion,
    licenseProductName: 'VMware ESX Server', licenseProductVersion: `${major}.0`,
  };
}
