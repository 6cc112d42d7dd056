Feature: What cannot be done is refused with the protocol's own fault

  @error-path
  Scenario: An unknown object
    Given the world "empty"
    When I call PowerOnVM_Task of "VirtualMachine:vm-99999"
    Then the fault is "ManagedObjectNotFound" with:
      """
      obj: { type: VirtualMachine, value: vm-99999 }
      """
    And nothing changes

  @error-path
  Scenario: A method that another type has
    Given the world "empty"
    When I call "PowerOnVM_Task" of "/DC0" although it has no such method
    Then the fault is "MethodNotFound"
    And nothing changes

  @error-path
  Scenario: A method that is known and not implemented
    Given the world "esxi-simple"
    When I call ReconfigureDomObject of "HostVsanInternalSystem:ha-vsan-internal-system" with:
      """
      { uuid: x, policy: y }
      """
    Then the fault is "NotSupported"
    And nothing changes

  @error-path
  Scenario: A property that the type does not have
    Given the world "empty"
    When I read "config.nonsense" of "/DC0/host/DC0_C0"
    Then the fault is "InvalidProperty" with:
      """
      name: config.nonsense
      """

  @error-path
  Scenario: A name that is taken
    Given the world "empty"
    When I call CreateFolder of "/DC0/vm" with:
      """
      name: twice
      """
    And I call CreateFolder of "/DC0/vm" with:
      """
      name: twice
      """
    Then the fault is "DuplicateName" with:
      """
      name: twice
      """
    And the changes are:
      | change | what           |
      | added  | /DC0/vm/twice  |

  @error-path
  Scenario: A value that the specification does not allow
    Given the world "empty"
    When I call CreateResourcePool of "/DC0/host/DC0_C0/Resources" with:
      """
      name: upside-down
      spec:
        cpuAllocation: { reservation: 1000, limit: 10, expandableReservation: true, shares: { level: normal, shares: 4000 } }
        memoryAllocation: { reservation: 0, limit: -1, expandableReservation: true, shares: { level: normal, shares: 163840 } }
      """
    Then the fault is "InvalidArgument"
    And nothing changes

  @error-path
  Scenario Outline: A body that is not a call
    Given the world "empty"
    When I post to "/sdk":
      """
      <body>
      """
    Then the HTTP status is 500
    And the reply has "InvalidRequest"
    And nothing changes

    Examples:
      | body                                                              |
      | this is not XML                                                   |
      | <Envelope>                                                        |
      | <!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>                          |
      | <x/>                                                              |
