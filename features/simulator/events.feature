Feature: Whatever happens is told by the events that vCenter has for it

  Background:
    Given the world "one-vm"

  Scenario: Powering a machine on
    When I call PowerOnVM_Task of "/DC0/vm/web"
    And I call QueryEvents of "eventManager" with:
      """
      filter: { entity: { entity: !ref /DC0/vm/web, recursion: self }, maxCount: 3 }
      """
    Then the result is:
      """
      - { _type: TaskEvent, userName: !user , fullFormattedMessage: "Task: Power On virtual machine", info: { descriptionId: VirtualMachine.powerOn, entityName: web } }
      - { _type: VmStartingEvent, fullFormattedMessage: Virtual machine web on esx-01.example.com in DC0 is starting }
      - _type: VmPoweredOnEvent
        fullFormattedMessage: Virtual machine web on esx-01.example.com in DC0 is powered on
        vm: { name: web, vm: !ref /DC0/vm/web }
        host: { name: esx-01.example.com }
        computeResource: { name: DC0_C0 }
        datacenter: { name: DC0, datacenter: !ref /DC0 }
        template: false
      """
    And the changes are:
      | change  | what                       | fact        | from       | to        |
      | changed | /DC0/vm/web                | power state | poweredOff | poweredOn |
      | added   | [datastore1] web/web.vswp  |             |            |           |

  @error-path
  Scenario: A power-off that fails
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then the fault is "InvalidPowerState"
    When I call QueryEvents of "eventManager" with:
      """
      filter: { maxCount: 1 }
      """
    Then the result is:
      """
      - { _type: VmFailedToPowerOffEvent, reason: { fault: { _type: InvalidPowerState } } }
      """
    And nothing changes

  Scenario: A change of configuration says what changed
    When I call ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { numCPUs: 2 }
      """
    And I call QueryEvents of "eventManager" with:
      """
      filter: { eventTypeId: [VmReconfiguredEvent] }
      """
    Then the result is:
      """
      - configSpec: { numCPUs: 2 }
        configChanges: { modified: "config.hardware.numCPU: 1 -> 2; \nconfig.cpuAllocation.shares.shares: 1000 -> 2000; \n", added: "", deleted: "" }
      """

  Scenario: The newest event can be read and is a user's own note
    When I call LogUserEvent of "eventManager" with:
      """
      entity: !ref /DC0/vm/web
      msg: on call
      """
    And I read "latestEvent" of "eventManager"
    Then the result is:
      """
      _type: GeneralUserEvent
      message: on call
      fullFormattedMessage: "User logged event: on call"
      userName: !user
      entity: { name: web, entity: !ref /DC0/vm/web }
      """
    And nothing changes

  Scenario: An extension's event is found by its own id
    Given I have called PostEvent of "eventManager" with:
      """
      eventToPost: { _type: EventEx, key: 0, chainId: 0, createdTime: !date 2026-01-01T00:00:00Z, userName: "", eventTypeId: com.example.odd, severity: warning, message: something odd }
      """
    When I call QueryEvents of "eventManager" with:
      """
      filter: { eventTypeId: [com.example.odd], category: [warning] }
      """
    Then the result is:
      """
      - { _type: EventEx, message: something odd, fullFormattedMessage: something odd, userName: !user }
      """

  @error-path
  Scenario: A filter for a type that is no event
    When I call QueryEvents of "eventManager" with:
      """
      filter: { type: [VirtualMachine] }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: filter.type
      """

  @error-path
  Scenario: An event without an id is not taken
    When I call PostEvent of "eventManager" with:
      """
      eventToPost: { _type: EventEx, key: 0, chainId: 0, createdTime: !date 2026-01-01T00:00:00Z, userName: "", eventTypeId: "" }
      """
    Then the fault is "InvalidEvent"
    And nothing changes

  Scenario: An operation that is refused as a whole leaves no event of it
    When I call QueryEvents of "eventManager" with:
      """
      filter: { entity: { entity: !ref /DC0/vm, recursion: all }, eventTypeId: [VmRenamedEvent] }
      """
    Then there is no result
