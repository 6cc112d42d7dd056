// What VirtualMachine.guest shows: nothing but state until the guest reports facts (tools, names, addresses).
// Facts are kept in the machine's internal `_guest` and show while it is powered on, or when set while it is off.
import type { GuestInfo, GuestNicInfo, VirtualEthernetCard, VirtualMachineConfigInfo, VirtualMachinePowerState } from '../../../core/vim25/index.ts';
import { isFamily } from './device-types.ts';
import { guestFamily } from './guest-os.ts';

type Facts = Partial<GuestInfo> | undefined;

const NO_TOOLS = Object.freeze({
  toolsStatus: 'toolsNotInstalled' as const, toolsVersionStatus: 'guestToolsNotInstalled', toolsVersionStatus2: 'guestToolsNotInstalled',
  toolsRunningStatus: 'guestToolsNotRunning', toolsVersion: '0',
});
const TOOLS_OFF = Object.freeze({
  toolsStatus: 'toolsNotRunning' as const, toolsVersionStatus: 'guestToolsUnmanaged', toolsVersionStatus2: 'guestToolsUnmanaged', toolsRunningStatus: 'guestToolsNotRunning', toolsVersion: '2147483647',
});
const TOOLS_ON = Object.freeze({ ...TOOLS_OFF, toolsStatus: 'toolsOk' as const, toolsRunningStatus: 'guestToolsRunning' });

/** Facts that survive a power-off: what is installed, not what is happening. */
const LASTING = ['toolsVersion', 'toolsVersionStatus', 'toolsVersionStatus2', 'toolsInstallType', 'guestId', 'guestFamily', 'guestFullName'] as const;

/** Whether the guest has VMware Tools: it says so, or it reports what only tools can. */
export function hasTools(facts: Facts): boolean {
  if (!facts) return false;
  if (facts.toolsStatus !== undefined) return facts.toolsStatus !== 'toolsNotInstalled';
  return facts.toolsRunningStatus === 'guestToolsRunning' || [facts.toolsVersion, facts.ipAddress, facts.hostName, facts.net].some((fact) => fact !== undefined);
}

export const toolsRunning = (facts: Facts): boolean =>
  hasTools(facts) && facts?.toolsRunningStatus !== 'guestToolsNotRunning' && facts?.toolsStatus !== 'toolsNotRunning';

/** What tools say of the adapters when the guest has one address: it is on the first. */
function netOf(config: VirtualMachineConfigInfo, address: string, old: readonly GuestNicInfo[] | undefined): readonly GuestNicInfo[] {
  const net = (config.hardware.device ?? []).filter((device) => isFamily(device, 'nic')).map((device, index): GuestNicInfo => ({
    network: (device.backing as { deviceName?: string } | undefined)?.deviceName || device.deviceInfo?.summary, macAddress: (device as VirtualEthernetCard).macAddress, connected: device.connectable?.connected ?? true,
    deviceConfigId: device.key, ...(index === 0 ? { ipAddress: [address] } : {}),
  }));
  return old && JSON.stringify(old) === JSON.stringify(net) ? old : net;
}

const bare = new Map<string, GuestInfo>();

/** The GuestInfo of a machine; those without tools are shared. */
export function guestOf(config: VirtualMachineConfigInfo, power: VirtualMachinePowerState, facts: Facts, old: GuestInfo | undefined, shownOff = false): GuestInfo {
  const running = power === 'poweredOn';
  const flags = { guestOperationsReady: false, interactiveGuestOperationsReady: false, guestStateChangeSupported: false, hwVersion: config.version };
  if (!facts) {
    const key = `${config.version} ${running}`;
    let found = bare.get(key);
    if (!found) {
      if (bare.size > 200) bare.clear();
      found = Object.freeze({ ...NO_TOOLS, guestState: running ? 'running' : 'notRunning', appHeartbeatStatus: 'appStatusGray', appState: 'none', ...flags });
      bare.set(key, found);
    }
    return found;
  }
  const tools = !hasTools(facts) ? NO_TOOLS : !running ? TOOLS_OFF : TOOLS_ON;
  const shown = running || shownOff ? facts : Object.fromEntries(LASTING.filter((key) => facts[key] !== undefined).map((key) => [key, facts[key]]));
  const alive = running && toolsRunning(facts);
  const made: GuestInfo = {
    ...tools,
    ...(hasTools(facts) ? { guestId: config.guestId, guestFamily: guestFamily(config.guestId), guestFullName: config.guestFullName } : {}),
    guestState: running ? 'running' : 'notRunning', appHeartbeatStatus: 'appStatusGray', appState: 'none',
    ...flags, guestOperationsReady: alive, guestStateChangeSupported: alive,
    ...(alive && facts.ipAddress !== undefined && facts.net === undefined ? { net: netOf(config, facts.ipAddress, old?.net) } : {}),
    ...shown,
  };
  return old && Object.keys(made).length === Object.keys(old).length && Object.entries(made).every(([key, value]) => old[key as keyof GuestInfo] === value) ? old : made;
}
