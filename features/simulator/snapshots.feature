Feature: Snapshots keep a machine as it was, and bring it back

  Background:
    Given the world "one-vm"

  Scenario: A snapshot writes a delta disk, and its removal merges it
    When I call CreateSnapshot_Task of "/DC0/vm/web" with:
      """
      name: before
      memory: false
      quiesce: false
      """
    Then "summary.config.vmPathName" of "/DC0/vm/web" is "[datastore1] web/web.vmx"
    And the changes are:
      | change | what                                      |
      | added  | [datastore1] web/web-000001-delta.vmdk    |
      | added  | [datastore1] web/web-000001.vmdk          |
      | added  | [datastore1] web/web-Snapshot1.vmsn       |
      | added  | [datastore1] web/web.vmsd                 |
    When I call RemoveAllSnapshots_Task of "/DC0/vm/web"
    Then the changes are:
      | change | what                      |
      | added  | [datastore1] web/web.vmsd |

  Scenario: Going back restores configuration and power state
    Given I have called CreateSnapshot_Task of "/DC0/vm/web" with:
      """
      name: before
      memory: false
      quiesce: false
      """
    And I have called ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { numCPUs: 4, annotation: later }
      """
    And I have called PowerOnVM_Task of "/DC0/vm/web"
    When I call RevertToCurrentSnapshot_Task of "/DC0/vm/web"
    Then "runtime.powerState" of "/DC0/vm/web" is "poweredOff"
    And "config.hardware.numCPU" of "/DC0/vm/web" is "1"
    And "summary.config.annotation" of "/DC0/vm/web" is ""
    And the changes are:
      | change  | what                                   | fact        | from      | to         |
      | changed | /DC0/vm/web                            | power state | poweredOn | poweredOff |
      | removed | [datastore1] web/web.vswp              |             |           |            |
      | removed | [datastore1] web/web-000001.vmdk       |             |           |            |
      | removed | [datastore1] web/web-000001-delta.vmdk |             |           |            |
      | added   | [datastore1] web/web-000002.vmdk       |             |           |            |
      | added   | [datastore1] web/web-000002-delta.vmdk |             |           |            |

  @error-path
  Scenario: There is nothing to go back to
    When I call RevertToCurrentSnapshot_Task of "/DC0/vm/web"
    Then the fault is "NotFound"
    And nothing changes

  @error-path
  Scenario: A snapshot needs a name
    When I call CreateSnapshot_Task of "/DC0/vm/web" with:
      """
      name: ""
      memory: false
      quiesce: false
      """
    Then the fault is "InvalidName"
    And nothing changes
