Feature: Scheduled tasks

  Background:
    Given the world "one-vm"

  Scenario: A machine is powered on at once by a task that is run by hand
    Given I have called CreateScheduledTask of "scheduledTaskManager" with:
      """
      entity: !ref /DC0/vm/web
      spec: { _type: ScheduledTaskSpec, name: Nightly, description: "", enabled: true, scheduler: { _type: DailyTaskScheduler, interval: 1, hour: 3, minute: 0 }, action: { _type: MethodAction, name: PowerOnVM_Task } }
      """
    When I call RunScheduledTask of "ScheduledTask:schedule-1"
    Then "runtime.powerState" of "/DC0/vm/web" becomes "poweredOn"
    And "info.state" of "ScheduledTask:schedule-1" becomes "success"

  @error-path
  Scenario: A method that the object does not have
    When I call CreateScheduledTask of "scheduledTaskManager" with:
      """
      entity: !ref /DC0/vm/web
      spec: { _type: ScheduledTaskSpec, name: Nightly, description: "", enabled: true, scheduler: { _type: OnceTaskScheduler }, action: { _type: MethodAction, name: CreateFolder } }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: spec.action.name
      """
    And nothing changes
