Feature: An instant clone runs at once, on the disks of its source

  Scenario: It runs, and its source goes on
    Given the world "users"
    When I call InstantClone_Task of "/DC0/vm/web" with:
      """
      spec: { name: child, location: {}, config: [{ key: guestinfo.role, value: worker }] }
      """
    Then "runtime.powerState" of "/DC0/vm/child" is "poweredOn"
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOn"
    And the extraConfig of "/DC0/vm/child" has:
      | key            | value  |
      | guestinfo.role | worker |
    When I call QueryEvents of "eventManager" with:
      """
      filter: { eventTypeId: [VmInstantClonedEvent, VmBeingInstantClonedEvent], maxCount: 5 }
      """
    Then the call succeeds
    When I call Destroy_Task of "/DC0/vm/child"
    Then the fault is "InvalidPowerState"
    When I call PowerOffVM_Task of "/DC0/vm/child"
    And I call Destroy_Task of "/DC0/vm/child"
    Then "/DC0/vm/child" is gone
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOn"

  @error-path
  Scenario: The source must run
    Given the world "users"
    When I call InstantClone_Task of "/DC0/vm/db" with:
      """
      spec: { name: child, location: {} }
      """
    Then the fault is "InvalidPowerState" with:
      """
      { existingState: poweredOff, requestedState: poweredOn }
      """
    And nothing changes

  @error-path
  Scenario: The name must be free
    Given the world "users"
    When I call InstantClone_Task of "/DC0/vm/web" with:
      """
      spec: { name: db, location: {} }
      """
    Then the fault is "DuplicateName" with:
      """
      name: db
      """
    And nothing changes
