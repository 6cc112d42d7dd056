// The definitions of a host's managers; those of storage are in the list of files (../index.ts).
import type { Definition } from '../../dispatch/define.ts';
import { dynamicTypeManager, methodExecuter } from './esxcli/executer.ts';
import { hostAccessManager } from './host-access-manager.ts';
import { hostAutoStartManager } from './host-autostart-manager.ts';
import { hostCertificateManager } from './host-certificate-manager.ts';
import { hostActiveDirectoryAuthentication } from './host-directory.ts';
import { hostDateTimeSystem } from './host-date-time-system.ts';
import { hostFirewallSystem } from './host-firewall-system.ts';
import {
  hostAssignableHardwareManager, hostBootDeviceSystem, hostCpuSchedulerSystem, hostFirmwareSystem, hostGraphicsManager, hostMemorySystem,
  hostPciPassthruSystem, hostPowerSystem,
} from './host-hardware-managers.ts';
import { hostNetworkSystem } from './host-network-system.ts';
import { hostServiceSystem } from './host-service-system.ts';
import {
  hostEsxAgentHostManager, hostHealthStatusSystem, hostImageConfigManager, hostKernelModuleSystem, hostPatchManager,
  hostSnmpSystem,
} from './host-software-managers.ts';
import { hostVsanInternalSystem, hostVsanSystem } from './host-vsan-system.ts';
import { hostVirtualNicManager, hostVMotionSystem } from './host-virtual-nic-manager.ts';
import { hostCacheConfigurationManager, hostNvdimmSystem } from './host-memory-devices.ts';
import { hostDiagnosticSystem } from './storage/diagnostic-system.ts';
import { iscsiManager } from './storage/iscsi-manager.ts';
import { hostVFlashManager } from './storage/vflash-manager.ts';

export const hostManagers: readonly Definition[] = [
  hostNetworkSystem, hostVirtualNicManager, hostVMotionSystem, hostFirewallSystem, hostServiceSystem, hostDateTimeSystem, hostCertificateManager,
  hostAutoStartManager, hostAccessManager, hostActiveDirectoryAuthentication,
  // Hardware.
  hostPowerSystem, hostCpuSchedulerSystem, hostMemorySystem, hostPciPassthruSystem, hostGraphicsManager, hostVFlashManager, hostBootDeviceSystem,
  hostFirmwareSystem, hostAssignableHardwareManager,
  // Software.
  hostKernelModuleSystem, hostImageConfigManager, hostPatchManager, hostSnmpSystem, hostHealthStatusSystem, hostVsanSystem, hostVsanInternalSystem,
  hostEsxAgentHostManager, hostDiagnosticSystem, hostCacheConfigurationManager, hostNvdimmSystem, iscsiManager,
  // Its command line.
  methodExecuter, dynamicTypeManager,
];
