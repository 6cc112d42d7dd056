// vCenter's second way to first class disks, the vslm service at /vslm/sdk: its types and methods in the layout of
// schema.json, with facts from pyvmomi's catalogue. Its tasks are Tasks that understand the service's questions, too.
// schema.ts merges it; nothing else reads it.
import { data, method, task } from './undocumented.ts';

const OF_ID = 'id:ID';
const OF_SNAPSHOT = 'id:ID snapshotId:ID';
const VIEW = 'System.View';

export const vslm = {
  data: {
    VslmAboutInfo: data('DynamicData', 'name:string fullName:string vendor:string apiVersion:string instanceUuid:string'),
    VslmServiceInstanceContent: data('DynamicData', 'aboutInfo:VslmAboutInfo sessionManager:VslmSessionManager vStorageObjectManager:VslmVStorageObjectManager storageLifecycleManager:VslmStorageLifecycleManager'),
    VslmTaskReason: data('DynamicData', ''),
    VslmTaskReasonUser: data('VslmTaskReason', 'userName:string'),
    VslmTaskInfo: data('DynamicData', 'key:string task:Task description:LocalizableMessage? name:string? descriptionId:string entity:ManagedEntity? entityName:string? state:TaskInfoState cancelled:boolean cancelable:boolean error:LocalizedMethodFault? result:anyType? progress:int? reason:VslmTaskReason queueTime:dateTime startTime:dateTime? completeTime:dateTime? eventChainId:int'),
    VslmQueryDatastoreInfoResult: data('DynamicData', 'datacenter:Datacenter datastore:Datastore'),
    VslmDatastoreSyncStatus: data('DynamicData', 'datastoreURL:string objectVClock:long syncVClock:long syncTime:dateTime? numberOfRetries:int? error:LocalizedMethodFault?'),
    VslmVsoVStorageObjectAssociations: data('DynamicData', 'id:ID vmDiskAssociation:VslmVsoVStorageObjectAssociationsVmDiskAssociation[]? fault:LocalizedMethodFault?'),
    VslmVsoVStorageObjectAssociationsVmDiskAssociation: data('DynamicData', 'vmId:string diskKey:int'),
    VslmVsoVStorageObjectQueryResult: data('DynamicData', 'allRecordsReturned:boolean id:ID[]? queryResults:VslmVsoVStorageObjectResult[]?'),
    VslmVsoVStorageObjectQuerySpec: data('DynamicData', 'queryField:string queryOperator:string queryValue:string[]?'),
    VslmVsoVStorageObjectResult: data('DynamicData', 'id:ID name:string? capacityInMB:long createTime:dateTime? datastoreUrl:string? diskPath:string? usedCapacityInMB:long? metadata:KeyValue[]? error:LocalizedMethodFault?'),
  },
  managed: {
    VslmServiceInstance: [null, 3, [['content', 'VslmServiceInstanceContent', 3, '']], { RetrieveContent: method('', 'VslmServiceInstanceContent', 'System.Anonymous') }],
    VslmSessionManager: [null, 3, [], { VslmLoginByToken: method('delegatedTokenXml:string', 'void', 'System.Anonymous'), VslmLogout: method('', 'void') }],
    VslmStorageLifecycleManager: [null, 3, [], {
      VslmSyncDatastore: method('datastoreUrl:string fullSync:boolean fcdId:ID?', 'void'),
      VslmQueryDatastoreInfo: method('datastoreUrl:string', 'VslmQueryDatastoreInfoResult[]?'),
    }],
    VslmVStorageObjectManager: [null, 3, [], {
      VslmCreateDisk_Task: task('spec:VslmCreateSpec', 'VStorageObject', 'createDisk', VIEW),
      VslmRegisterDisk: method('path:string name:string?', 'VStorageObject'),
      VslmExtendDisk_Task: task(`${OF_ID} newCapacityInMB:long`, 'void', 'extendDisk', VIEW),
      VslmInflateDisk_Task: task(OF_ID, 'void', 'inflateDisk', VIEW),
      VslmRenameVStorageObject: method(`${OF_ID} name:string`, 'void'),
      VslmDeleteVStorageObject_Task: task(OF_ID, 'void', 'deleteVStorageObject', VIEW),
      VslmRetrieveVStorageObject: method(OF_ID, 'VStorageObject'),
      VslmRetrieveVStorageObjectState: method(OF_ID, 'VStorageObjectStateInfo'),
      VslmRetrieveVStorageObjectAssociations: method('ids:ID[]?', 'VslmVsoVStorageObjectAssociations[]?'),
      VslmRetrieveVStorageObjects: method('ids:ID[]?', 'VslmVsoVStorageObjectResult[]?'),
      VslmListVStorageObjectForSpec: method('query:VslmVsoVStorageObjectQuerySpec[]? maxResult:int', 'VslmVsoVStorageObjectQueryResult?'),
      VslmCloneVStorageObject_Task: task(`${OF_ID} spec:VslmCloneSpec`, 'VStorageObject', 'cloneVStorageObject', VIEW),
      VslmRelocateVStorageObject_Task: task(`${OF_ID} spec:VslmRelocateSpec`, 'VStorageObject', 'relocateVStorageObject', VIEW),
      VslmSetVStorageObjectControlFlags: method(`${OF_ID} controlFlags:string[]?`, 'void'),
      VslmClearVStorageObjectControlFlags: method(`${OF_ID} controlFlags:string[]?`, 'void'),
      VslmAttachTagToVStorageObject: method(`${OF_ID} category:string tag:string`, 'void'),
      VslmDetachTagFromVStorageObject: method(`${OF_ID} category:string tag:string`, 'void'),
      VslmListVStorageObjectsAttachedToTag: method('category:string tag:string', 'ID[]?'),
      VslmListTagsAttachedToVStorageObject: method(OF_ID, 'VslmTagEntry[]?'),
      VslmReconcileDatastoreInventory_Task: task('datastore:Datastore', 'void', 'reconcileDatastoreInventory', VIEW),
      VslmScheduleReconcileDatastoreInventory: method('datastore:Datastore', 'void'),
      VslmCreateSnapshot_Task: task(`${OF_ID} description:string`, 'ID', 'createSnapshot', VIEW),
      VslmDeleteSnapshot_Task: task(OF_SNAPSHOT, 'void', 'deleteSnapshot', VIEW),
      VslmRetrieveSnapshotInfo: method(OF_ID, 'VStorageObjectSnapshotInfo'),
      VslmRetrieveSnapshotDetails: method(OF_SNAPSHOT, 'VStorageObjectSnapshotDetails'),
      VslmCreateDiskFromSnapshot_Task: task(`${OF_SNAPSHOT} name:string profile:VirtualMachineProfileSpec[]? crypto:CryptoSpec? path:string?`, 'VStorageObject', 'createDiskFromSnapshot', VIEW),
      VslmRevertVStorageObject_Task: task(OF_SNAPSHOT, 'void', 'revertVStorageObject', VIEW),
      VslmQueryGlobalCatalogSyncStatus: method('', 'VslmDatastoreSyncStatus[]?'),
      VslmQueryGlobalCatalogSyncStatusForDatastore: method('datastoreURL:string', 'VslmDatastoreSyncStatus?'),
      VslmUpdateVStorageObjectMetadata_Task: task(`${OF_ID} metadata:KeyValue[]? deleteKeys:string[]?`, 'void', 'updateVStorageObjectMetadata', VIEW),
      VslmRetrieveVStorageObjectMetadata: method(`${OF_ID} snapshotId:ID? prefix:string?`, 'KeyValue[]?'),
      VslmRetrieveVStorageObjectMetadataValue: method(`${OF_ID} snapshotId:ID? key:string`, 'string'),
      VslmAttachDisk_Task: task(`${OF_ID} vm:VirtualMachine controllerKey:int? unitNumber:int?`, 'void', 'attachDisk', VIEW),
    }],
  },
  methods: {
    Task: { VslmQueryInfo: method('', 'VslmTaskInfo', ''), VslmQueryTaskResult: method('', 'anyType?', ''), VslmCancelTask: method('', 'void', '') },
  },
} as const;
