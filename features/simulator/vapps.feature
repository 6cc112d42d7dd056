Feature: A vApp is powered, cloned and destroyed as one

  Background:
    Given the world "one-vm"
    And I have called CreateVApp of "/DC0/host/DC0_C0/Resources" with:
      """
      name: shop
      resSpec:
        cpuAllocation: { reservation: 0, limit: -1, expandableReservation: true, shares: { level: normal, shares: 0 } }
        memoryAllocation: { reservation: 0, limit: -1, expandableReservation: true, shares: { level: normal, shares: 0 } }
      configSpec: {}
      """
    And I have called CreateChildVM_Task of "/DC0/host/DC0_C0/Resources/shop" with:
      """
      config: { name: db, files: { vmPathName: "[datastore1]" } }
      """

  Scenario: Power on starts what is in it
    When I call PowerOnVApp_Task of "/DC0/host/DC0_C0/Resources/shop"
    Then "summary.vAppState" of "/DC0/host/DC0_C0/Resources/shop" is "started"
    And "runtime.powerState" of "/DC0/host/DC0_C0/Resources/shop/db" is "poweredOn"
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOff"

  Scenario: A machine that moves in joins the start order
    When I call MoveIntoResourcePool of "/DC0/host/DC0_C0/Resources/shop" with:
      """
      list: [!ref /DC0/vm/web]
      """
    And I read "vAppConfig.entityConfig" of "/DC0/host/DC0_C0/Resources/shop"
    Then the result is:
      """
      - { tag: db, startOrder: 1 }
      - { tag: web, startOrder: 2 }
      """

  @error-path
  Scenario: One that runs is neither destroyed nor unregistered
    Given I have called PowerOnVApp_Task of "/DC0/host/DC0_C0/Resources/shop"
    When I call Destroy_Task of "/DC0/host/DC0_C0/Resources/shop"
    Then the fault is "InvalidPowerState"
    When I call unregisterVApp_Task of "/DC0/host/DC0_C0/Resources/shop"
    Then the fault is "InvalidState"
    And nothing changes
