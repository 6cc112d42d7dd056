Feature: Long work is a task with a history

  Background:
    Given the world "one-vm"

  Scenario: A finished task is among the recent ones of its entity
    When I call PowerOnVM_Task of "/DC0/vm/web"
    And I read "recentTask" of "/DC0/vm/web"
    Then the result is:
      """
      - { type: Task }
      """

  Scenario: What can be done to every entity is named after the kind of entity
    When I call Destroy_Task of "/DC0/vm/web"
    And I call QueryEvents of "eventManager" with:
      """
      filter: { entity: { entity: !ref /DC0/vm, recursion: all }, eventTypeId: [TaskEvent] }
      """
    Then the result is:
      """
      - { fullFormattedMessage: "Task: Delete virtual machine", info: { name: Destroy_Task, descriptionId: VirtualMachine.destroy, entityName: web, state: queued } }
      """

  Scenario: A task of an extension goes the way that its owner reports
    Given I have called RegisterExtension of "extensionManager" with:
      """
      extension:
        key: com.example
        version: "1"
        description: { label: example, summary: example }
        lastHeartbeatTime: !date 2026-01-01T00:00:00Z
        taskList: [{ taskID: com.example.work }]
      """
    When I call CreateTask of "taskManager" with:
      """
      obj: !ref /DC0/vm/web
      taskTypeId: com.example.work
      cancelable: true
      """
    Then the result is:
      """
      descriptionId: com.example.work
      state: queued
      cancelable: true
      entityName: web
      entity: !ref /DC0/vm/web
      """

  @error-path
  Scenario: A task type that no extension declares
    When I call CreateTask of "taskManager" with:
      """
      obj: !ref /DC0/vm/web
      taskTypeId: com.example.work
      cancelable: true
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: taskTypeId
      """
    And nothing changes
