Feature: The inventory is one tree that every reader sees the same

  Scenario: Folders are made, renamed and destroyed
    Given the world "empty"
    When I call CreateFolder of "/DC0/vm" with:
      """
      name: web
      """
    And I call Rename_Task of "/DC0/vm/web" with:
      """
      newName: shop
      """
    Then "name" of "/DC0/vm/shop" is "shop"
    And the changes are:
      | change | what          |
      | added  | /DC0/vm/shop  |

  Scenario: A virtual machine is made with its files and found by its path
    Given the world "empty"
    When I call CreateVM_Task of "/DC0/vm" with:
      """
      config:
        name: web
        guestId: otherGuest64
        numCPUs: 2
        memoryMB: 1024
        files: { vmPathName: "[datastore1]" }
      pool: !ref /DC0/host/DC0_C0/Resources
      """
    Then "config.hardware.numCPU" of "/DC0/vm/web" is "2"
    And "summary.config.vmPathName" of "/DC0/vm/web" is "[datastore1] web/web.vmx"
    And "[datastore1] web/web.vmx" exists
    And the changes are:
      | change | what               |
      | added  | /DC0/vm/web        |
      | added  | [datastore1] web    |

  Scenario: A pool and the machines in it know each other
    Given the world "empty"
    When I call CreateResourcePool of "/DC0/host/DC0_C0/Resources" with:
      """
      name: team
      spec:
        cpuAllocation: { reservation: 0, limit: -1, expandableReservation: true, shares: { level: normal, shares: 4000 } }
        memoryAllocation: { reservation: 0, limit: -1, expandableReservation: true, shares: { level: normal, shares: 163840 } }
      """
    Then "name" of "/DC0/host/DC0_C0/Resources/team" is "team"
    And the changes are:
      | change | what                             |
      | added  | /DC0/host/DC0_C0/Resources/team  |

  Scenario: SearchIndex finds by inventory path
    Given the world "one-cluster"
    When I call FindByInventoryPath of "searchIndex" with:
      """
      inventoryPath: DC0/host/DC0_C0
      """
    Then the result is:
      """
      type: ClusterComputeResource
      """
    And nothing changes
