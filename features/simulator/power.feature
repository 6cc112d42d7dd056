Feature: Power operations change the state that every reader sees

  Background:
    Given the world "one-vm"

  Scenario: Power on, then off
    When I call PowerOnVM_Task of "/DC0/vm/web"
    Then "runtime.powerState" of "/DC0/vm/web" is "poweredOn"
    And "summary.runtime.powerState" of "/DC0/vm/web" is "poweredOn"
    And the changes are:
      | change  | what                       | fact        | from       | to        |
      | changed | /DC0/vm/web                | power state | poweredOff | poweredOn |
      | added   | [datastore1] web/web.vswp  |             |            |           |
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then nothing changes

  @error-path
  Scenario: A machine that runs is not powered on again
    Given I have called PowerOnVM_Task of "/DC0/vm/web"
    When I call PowerOnVM_Task of "/DC0/vm/web"
    Then the fault is "InvalidPowerState" with:
      """
      existingState: poweredOn
      requestedState: poweredOn
      """
    And nothing changes

  @error-path
  Scenario: Power off twice
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then the fault is "InvalidPowerState" with:
      """
      existingState: poweredOff
      requestedState: poweredOff
      """
    And nothing changes

  @error-path
  Scenario: A machine that is on cannot be destroyed
    Given I have called PowerOnVM_Task of "/DC0/vm/web"
    When I call Destroy_Task of "/DC0/vm/web"
    Then the fault is "InvalidPowerState"
    And nothing changes

  Scenario: A machine that is off is destroyed with its files
    When I call Destroy_Task of "/DC0/vm/web"
    Then the changes are:
      | change  | what            |
      | removed | /DC0/vm/web     |
      | removed | [datastore1] web |
