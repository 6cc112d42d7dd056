Feature: First class disks live without a machine

  Background:
    Given the world "one-vm"
    And I have called CreateDisk_Task of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      spec:
        name: data
        capacityInMB: 10
        keepAfterDeleteVm: true
        backingSpec: { _type: VslmCreateSpecDiskFileBackingSpec, datastore: !ref /DC0/datastore/datastore1, provisioningType: thin, path: disks/data.vmdk }
      """
    And I keep "config.id.id" of the result as "disk"

  Scenario: A disk is renamed, extended and deleted
    When I call RenameVStorageObject of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1, name: other }
      """
    And I call ExtendDisk_Task of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1, newCapacityInMB: 20 }
      """
    And I call RetrieveVStorageObject of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1 }
      """
    Then the result is:
      """
      config: { name: other, capacityInMB: 20, backing: { filePath: "[datastore1] disks/data.vmdk", provisioningType: thin } }
      """
    And nothing changes
    When I call DeleteVStorageObject_Task of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1 }
      """
    Then "[datastore1] disks/data.vmdk" is gone
    And "[datastore1] disks/data-flat.vmdk" is gone
    When I call ListVStorageObject of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      datastore: !ref /DC0/datastore/datastore1
      """
    Then there is no result

  Scenario: A disk outlives the machine that had it
    When I call AttachDisk_Task of "/DC0/vm/web" with:
      """
      { diskId: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1 }
      """
    Then the changes are:
      | change  | what        | fact    | from       | to         |
      | changed | /DC0/vm/web | devices | 12 devices | 13 devices |
    When I call DeleteVStorageObject_Task of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1 }
      """
    Then the fault is "InvalidState"
    When I call Destroy_Task of "/DC0/vm/web"
    Then "[datastore1] disks/data-flat.vmdk" exists
    And the changes are:
      | change  | what              |
      | removed | /DC0/vm/web       |
      | removed | [datastore1] web  |

  Scenario: A snapshot is taken, gone back to and deleted
    When I call VStorageObjectCreateSnapshot_Task of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1, description: before }
      """
    And I keep "id" of the result as "snapshot"
    And I call RetrieveSnapshotInfo of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1 }
      """
    Then the result is:
      """
      snapshots: [{ id: { id: <kept snapshot> }, description: before }]
      """
    When I call ExtendDisk_Task of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1, newCapacityInMB: 20 }
      """
    Then the fault is "InvalidState"
    When I call RevertVStorageObject_Task of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1, snapshotId: { id: <kept snapshot> } }
      """
    And I call DeleteSnapshot_Task of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1, snapshotId: { id: <kept snapshot> } }
      """
    Then the call succeeds
    And nothing changes

  @error-path
  Scenario Outline: What cannot be is refused: <method>
    When I call <method> of "VcenterVStorageObjectManager:VStorageObjectManager" with:
      """
      <arguments>
      """
    Then the fault is "<fault>"
    And nothing changes

    Examples:
      | method                 | arguments                                                                                                           | fault           |
      | RetrieveVStorageObject | { id: { id: nobody }, datastore: !ref /DC0/datastore/datastore1 }                                                   | NotFound        |
      | ExtendDisk_Task        | { id: { id: <kept disk> }, datastore: !ref /DC0/datastore/datastore1, newCapacityInMB: 5 }                          | InvalidArgument |
      | RegisterDisk           | { path: "[datastore1] none.vmdk" }                                                                                  | FileNotFound    |
      | CreateDisk_Task        | { spec: { name: x, capacityInMB: 20971520, backingSpec: { _type: VslmCreateSpecDiskFileBackingSpec, datastore: !ref /DC0/datastore/datastore1, provisioningType: lazyZeroedThick } } } | NoDiskSpace |
