Feature: Virtual disks as files

  Background:
    Given the world "empty"

  Scenario: A disk is made, grown, copied and deleted
    When I call CreateVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      spec: { _type: FileBackedVirtualDiskSpec, diskType: thin, adapterType: lsiLogic, capacityKb: 1048576 }
      """
    Then the result is:
      """
      "[datastore1] data.vmdk"
      """
    And "[datastore1] data-flat.vmdk" exists
    When I send "GET /folder/data.vmdk?dcPath=DC0&dsName=datastore1"
    Then the reply has "RW 2097152 VMFS"
    When I call ExtendVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      newCapacityKb: 2097152
      """
    And I send "GET /folder/data.vmdk?dcPath=DC0&dsName=datastore1"
    Then the reply has "RW 4194304 VMFS"
    When I call CopyVirtualDisk_Task of "virtualDiskManager" with:
      """
      sourceName: "[datastore1] data.vmdk"
      sourceDatacenter: !ref /DC0
      destName: "[datastore1] copy.vmdk"
      """
    Then "[datastore1] copy-flat.vmdk" exists
    When I call DeleteVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      """
    Then "[datastore1] data-flat.vmdk" is gone

  @error-path
  Scenario: A disk that is there already
    Given I have called CreateVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      spec: { _type: FileBackedVirtualDiskSpec, diskType: thin, adapterType: ide, capacityKb: 1024 }
      """
    When I call CreateVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      spec: { _type: FileBackedVirtualDiskSpec, diskType: thin, adapterType: ide, capacityKb: 1024 }
      """
    Then the fault is "FileAlreadyExists" with:
      """
      file: "[datastore1] data.vmdk"
      """
    And nothing changes

  @error-path
  Scenario: A running machine keeps its disk
    When I call DeleteVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] bystander/bystander.vmdk"
      datacenter: !ref /DC0
      """
    Then the fault is "FileLocked"
    And nothing changes

  @error-path
  Scenario: A disk cannot become smaller
    Given I have called CreateVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      spec: { _type: FileBackedVirtualDiskSpec, diskType: preallocated, adapterType: ide, capacityKb: 4096 }
      """
    When I call ExtendVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      newCapacityKb: 1024
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: newCapacityKb
      """
    And nothing changes

  @error-path
  Scenario: A directory at the top of a vSAN datastore
    Given the world "one-cluster"
    When I call MakeDirectory of "fileManager" with:
      """
      name: "[vsan-1] mine"
      datacenter: !ref /DC0
      """
    Then the fault is "CannotCreateFile"
    And nothing changes
    When I call CreateDirectory of "datastoreNamespaceManager" with:
      """
      datastore: !ref /DC0/datastore/vsan-1
      displayName: mine
      """
    Then "[vsan-1] mine" exists
