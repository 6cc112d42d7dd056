Feature: Every kind of virtual disk is made, and takes the room that it should

  Background:
    Given the world "one-vm"

  Scenario Outline: A disk of the kind <kind>
    When I call CreateVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      spec: { _type: FileBackedVirtualDiskSpec, diskType: <kind>, adapterType: lsiLogic, capacityKb: 1048576 }
      """
    And I read "browser" of "/DC0/datastore/datastore1"
    And I keep the result as "browser"
    And I call SearchDatastore_Task of "<kept browser>" with:
      """
      datastorePath: "[datastore1]"
      searchSpec: { query: [{ _type: VmDiskFileQuery, details: { diskType: false, capacityKb: true, hardwareVersion: false, thin: true } }], details: { fileType: true, fileSize: true, modification: false } }
      """
    Then the result is:
      """
      file: [{ path: data.vmdk, capacityKb: 1048576, thin: <thin>, fileSize: <bytes> }]
      """
    And the changes are:
      | change | what                        |
      | added  | [datastore1] data.vmdk      |
      | added  | [datastore1] data-flat.vmdk |

    Examples:
      | kind             | thin  | bytes      |
      | thin             | true  | 0          |
      | preallocated     | false | 1073741824 |
      | eagerZeroedThick | false | 1073741824 |
      | thick            | false | 1073741824 |

  Scenario: A thin disk is inflated, and one that is mostly zero shrinks
    Given I have called CreateVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      spec: { _type: FileBackedVirtualDiskSpec, diskType: thin, adapterType: lsiLogic, capacityKb: 1048576 }
      """
    When I call InflateVirtualDisk_Task of "virtualDiskManager" with:
      """
      { name: "[datastore1] data.vmdk", datacenter: !ref /DC0 }
      """
    And I send "HEAD /folder/data-flat.vmdk?dcPath=DC0&dsName=datastore1"
    Then the HTTP status is 200
    When I call QueryVirtualDiskUuid of "virtualDiskManager" with:
      """
      { name: "[datastore1] data.vmdk", datacenter: !ref /DC0 }
      """
    And I keep the result as "uuid"
    And I call MoveVirtualDisk_Task of "virtualDiskManager" with:
      """
      { sourceName: "[datastore1] data.vmdk", sourceDatacenter: !ref /DC0, destName: "[datastore1] moved.vmdk" }
      """
    And I call QueryVirtualDiskUuid of "virtualDiskManager" with:
      """
      { name: "[datastore1] moved.vmdk", datacenter: !ref /DC0 }
      """
    Then the result is:
      """
      <kept uuid>
      """
    And "[datastore1] data-flat.vmdk" is gone
    And "[datastore1] moved-flat.vmdk" exists

  @error-path
  Scenario Outline: A disk that cannot be: <what>
    When I call CreateVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] data.vmdk"
      datacenter: !ref /DC0
      spec: { _type: FileBackedVirtualDiskSpec, diskType: <kind>, adapterType: <adapter>, capacityKb: <size> }
      """
    Then the fault is "<fault>"
    And nothing changes

    Examples:
      | what            | kind         | adapter  | size        | fault           |
      | an unknown kind | fat          | lsiLogic | 1024        | InvalidArgument |
      | no size         | thin         | lsiLogic | 0           | InvalidArgument |
      | too large       | preallocated | lsiLogic | 21474836480 | NoDiskSpace     |
