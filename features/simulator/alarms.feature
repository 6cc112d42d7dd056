Feature: Alarms watch states and events, and tell

  Background:
    Given the world "users"

  Scenario: A state sets an alarm off on the machine and above it, and takes it back
    When I call CreateAlarm of "alarmManager" with:
      """
      entity: !ref /DC0
      spec:
        name: Off
        description: ""
        enabled: true
        expression: { _type: StateAlarmExpression, operator: isEqual, type: VirtualMachine, statePath: runtime.powerState, red: poweredOff }
      """
    And I keep the result as "alarm"
    Then "overallStatus" of "/DC0/vm/db" is "red"
    And "overallStatus" of "/DC0/vm/web" is "green"
    When I call PowerOffVM_Task of "/DC0/vm/web"
    And I read "triggeredAlarmState" of "/DC0/vm/web"
    Then the result is:
      """
      - { alarm: !ref <kept alarm>, entity: !ref /DC0/vm/web, overallStatus: red, acknowledged: false }
      """
    When I read "triggeredAlarmState" of "/DC0"
    Then the result has:
      """
      - { entity: !ref /DC0/vm/web, overallStatus: red }
      - { entity: !ref /DC0/vm/db, overallStatus: red }
      """
    When I call PowerOnVM_Task of "/DC0/vm/web"
    Then "overallStatus" of "/DC0/vm/web" is "green"
    When I call QueryEvents of "eventManager" with:
      """
      filter: { eventTypeId: [AlarmStatusChangedEvent], maxCount: 1 }
      """
    Then the result is:
      """
      - { from: red, to: green, alarm: { name: Off, alarm: !ref <kept alarm> }, entity: { name: web } }
      """
    And nothing changes

  Scenario: An event sets an alarm off, which is acknowledged and cleared
    Given I have called CreateAlarm of "alarmManager" with:
      """
      entity: !ref /DC0
      spec:
        name: Went off
        description: ""
        enabled: true
        expression: { _type: EventAlarmExpression, eventType: vim.event.VmPoweredOffEvent, objectType: VirtualMachine, status: yellow }
      """
    And I keep the result as "alarm"
    When I call AcknowledgeAlarm of "alarmManager" with:
      """
      { alarm: !ref <kept alarm>, entity: !ref /DC0/vm/web }
      """
    Then the fault is "InvalidArgument"
    And nothing changes
    When I call PowerOffVM_Task of "/DC0/vm/web"
    And I call PowerOnVM_Task of "/DC0/vm/web"
    And I call AcknowledgeAlarm of "alarmManager" with:
      """
      { alarm: !ref <kept alarm>, entity: !ref /DC0/vm/web }
      """
    And I read "triggeredAlarmState" of "/DC0"
    Then the result is:
      """
      - { entity: !ref /DC0/vm/web, overallStatus: yellow, acknowledged: true, acknowledgedByUser: !user }
      """
    When I call ClearTriggeredAlarms of "alarmManager" with:
      """
      filter: { typeEntity: entityTypeVm }
      """
    And I read "triggeredAlarmState" of "/DC0/vm/web"
    Then the result is:
      """
      []
      """
    And nothing changes

  Scenario: An alarm that is removed takes its states along
    Given I have called CreateAlarm of "alarmManager" with:
      """
      entity: !ref /DC0/vm/db
      spec:
        name: Off
        description: ""
        enabled: true
        expression: { _type: StateAlarmExpression, operator: isEqual, type: VirtualMachine, statePath: runtime.powerState, red: poweredOff }
      """
    And I keep the result as "alarm"
    When I call RemoveAlarm of "<kept alarm>"
    Then "overallStatus" of "/DC0/vm/db" is "green"
    When I call RemoveAlarm of "<kept alarm>"
    Then the fault is "ManagedObjectNotFound"
    And nothing changes

  @error-path
  Scenario: Two alarms cannot have one name
    When I call CreateAlarm of "alarmManager" with:
      """
      entity: !ref /DC0
      spec:
        name: Host CPU usage
        description: ""
        enabled: true
        expression: { _type: StateAlarmExpression, operator: isEqual, type: VirtualMachine, statePath: runtime.powerState, red: poweredOff }
      """
    Then the fault is "DuplicateName" with:
      """
      name: Host CPU usage
      """
    And "overallStatus" of "/DC0/vm/db" is "green"
    And nothing changes
