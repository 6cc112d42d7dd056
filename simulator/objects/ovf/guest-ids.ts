// Operating systems as OVF numbers them (CIM_OperatingSystem.OsType) and as vSphere names them. Pure facts.
import { guestFamily, guestFullName } from '../virtual-machine/guest-os.ts';

/** vSphere's name for a CIM number, the most general that fits. */
const BY_NUMBER: Readonly<Record<number, string>> = {
  1: 'otherGuest', 36: 'otherLinuxGuest', 42: 'freebsdGuest', 78: 'freebsd64Guest', 79: 'rhel6Guest', 80: 'rhel6_64Guest', 84: 'slesGuest', 85: 'sles64Guest',
  93: 'ubuntuGuest', 94: 'ubuntu64Guest', 95: 'debian6Guest', 96: 'debian6_64Guest', 101: 'otherLinux64Guest', 102: 'otherGuest64', 103: 'windows7Server64Guest',
  106: 'centosGuest', 107: 'centos64Guest', 108: 'oracleLinuxGuest', 109: 'oracleLinux64Guest',
};

export const guestOfNumber = (number: number): string | undefined => BY_NUMBER[number];

/** The CIM number for a guest: its own, or that of its family and width. */
export function numberOfGuest(guestId: string): number {
  const own = Object.entries(BY_NUMBER).find(([, id]) => id === guestId);
  if (own) return Number(own[0]);
  const wide = guestFullName(guestId).includes('64-bit');
  return guestFamily(guestId) === 'linuxGuest' ? (wide ? 101 : 36) : wide ? 102 : 1;
}
