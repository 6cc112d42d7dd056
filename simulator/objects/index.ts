// Every managed object type that does something. A new type costs its file and one line here.
import type { Definition } from '../dispatch/define.ts';
import { alarm, alarmManager } from './alarms/alarm-manager.ts';
import { authorizationManager } from './authorization/authorization-manager.ts';
import { hostLocalAccountManager, userDirectory } from './authorization/user-directory.ts';
import { clusterComputeResource } from './cluster-compute-resource.ts';
import { computeResource } from './compute-resource.ts';
import { cryptoManager, cryptoManagerKmip } from './crypto/crypto-manager.ts';
import { customizationSpecManager } from './customization-spec-manager.ts';
import { customFieldsManager } from './custom-fields-manager.ts';
import { datacenter } from './datacenter.ts';
import { hostDatastoreBrowser } from './datastore/browser.ts';
import { datastore } from './datastore/datastore.ts';
import { fileManager } from './datastore/file-manager.ts';
import { datastoreNamespaceManager } from './datastore/namespace-manager.ts';
import { storagePod } from './datastore/storage-pod.ts';
import { storageResourceManager } from './datastore/storage-resource-manager.ts';
import { virtualDiskManager } from './datastore/virtual-disk-manager.ts';
import { diagnosticManager } from './diagnostics/diagnostic-manager.ts';
import { distributedVirtualPortgroup } from './dvs/distributed-virtual-portgroup.ts';
import { distributedVirtualSwitch } from './dvs/distributed-virtual-switch.ts';
import { dvsManager } from './dvs/dvs-manager.ts';
import { vmwareDistributedVirtualSwitch } from './dvs/dvs-settings.ts';
import { environmentBrowser } from './environment-browser.ts';
import { eventManager } from './event-manager.ts';
import { extensionManager } from './extension-manager.ts';
import { folder } from './folder.ts';
import { guestOperations } from './guest/operations.ts';
import { healthUpdateManager } from './health/health-update-manager.ts';
import { historyCollectors } from './history-collector.ts';
import { certificateManager, storageQueryManager } from './host-services/certificate-manager.ts';
import { hostSpecificationManager } from './host-services/host-specification-manager.ts';
import { ioFilterManager } from './host-services/io-filter-manager.ts';
import { hostDatastoreSystem } from './host-system/host-datastore-system.ts';
import { hostManagers } from './host-system/index-of-managers.ts';
import { hostStorageSystem } from './host-system/host-storage-system.ts';
import { hostSystem } from './host-system/host-system.ts';
import { licenseAssignmentManager, licenseManager } from './license/license-manager.ts';
import { ipPoolManager } from './ip-pool-manager.ts';
import { managedEntity } from './managed-entity.ts';
import { network } from './network.ts';
import { httpNfcLease } from './ovf/http-nfc-lease.ts';
import { overheadMemoryManager } from './overhead-memory-manager.ts';
import { ovfManager } from './ovf/ovf-manager.ts';
import { optionManager } from './option-manager.ts';
import { performanceManager } from './performance/performance-manager.ts';
import { propertyCollector } from './property-collector.ts';
import { propertyFilter } from './property-filter.ts';
import { resourcePool } from './resource-pool.ts';
import { scheduledTask, scheduledTaskManager } from './scheduled-tasks/scheduled-task-manager.ts';
import { searchIndex } from './search-index.ts';
import { serviceInstance } from './service-instance.ts';
import { sessionManager } from './session-manager.ts';
import { task } from './task.ts';
import { taskManager } from './task-manager.ts';
import { tenantManager } from './tenant-manager.ts';
import { viewManager } from './view-manager.ts';
import { views } from './views.ts';
import { virtualApp } from './virtual-app.ts';
import { compatibilityChecker, provisioningChecker } from './virtual-machine/checkers.ts';
import { virtualMachineSnapshot } from './virtual-machine/snapshot.ts';
import { cnsVolumeManager } from './cns/volume-manager.ts';
import { pbmService } from './storage-policy/pbm.ts';
import { hostVStorageObjectManager } from './vstorage/host-manager.ts';
import { vStorageObjectManagerBase } from './vstorage/manager-base.ts';
import { vslmService } from './vstorage/vslm.ts';
import { vcenterVStorageObjectManager } from './vstorage/vcenter-manager.ts';
import { virtualMachine } from './virtual-machine/virtual-machine.ts';

export const definitions: readonly Definition[] = [
  // The way in, and what keeps track of calls.
  serviceInstance, sessionManager, taskManager, task, eventManager, ...historyCollectors, extensionManager, optionManager, diagnosticManager, performanceManager, alarmManager, alarm, scheduledTaskManager, scheduledTask,
  // Who may do what.
  authorizationManager, userDirectory, hostLocalAccountManager, licenseManager, licenseAssignmentManager, customFieldsManager, cryptoManager, cryptoManagerKmip, tenantManager, healthUpdateManager, overheadMemoryManager,
  // Reading and watching.
  propertyCollector, propertyFilter, viewManager, ...views, searchIndex,
  // The inventory.
  managedEntity, folder, datacenter, computeResource, clusterComputeResource, resourcePool, virtualApp, network,
  distributedVirtualSwitch, vmwareDistributedVirtualSwitch, distributedVirtualPortgroup, dvsManager, ipPoolManager, hostSystem, ...hostManagers,
  certificateManager, hostSpecificationManager, ioFilterManager, storageQueryManager,
  virtualMachine, virtualMachineSnapshot, environmentBrowser, provisioningChecker, compatibilityChecker, customizationSpecManager,
  ...guestOperations,
  // Files.
  datastore, hostDatastoreBrowser, fileManager, virtualDiskManager, datastoreNamespaceManager, storagePod, storageResourceManager, hostDatastoreSystem, hostStorageSystem,
  // Disks of their own.
  vStorageObjectManagerBase, vcenterVStorageObjectManager, hostVStorageObjectManager, ...vslmService,
  // Where disks may be.
  ...pbmService, cnsVolumeManager,
  // Machines as packages.
  ovfManager, httpNfcLease,
];
