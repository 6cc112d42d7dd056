Feature: The admin plane steers the world that is served

  Background:
    Given the world "one-vm"
    And the endpoint has an admin plane

  Scenario: Going back to a snapshot undoes what was done since
    Given I have sent "POST /sim/snapshot?name=before"
    And I have called Destroy_Task of "/DC0/vm/web"
    When I send "POST /sim/restore?name=before"
    Then the HTTP status is 200
    And "name" of "/DC0/vm/web" is "web"

  @error-path
  Scenario: A snapshot that is not there is named, and those that are
    Given I have sent "POST /sim/snapshot?name=before"
    When I send "POST /sim/restore?name=after"
    Then the HTTP status is 404
    And the reply has "Snapshots: before"
    And nothing changes

  Scenario: Time stands still, and a step lets a task end that takes long
    Given I have sent "POST /sim/clock?rate=frozen"
    And I have sent "POST /sim/delays?method=PowerOnVM&milliseconds=3600000&steps=4"
    When I start PowerOnVM_Task of "/DC0/vm/web"
    And I send "POST /sim/clock?step=30m"
    Then the task is running at 50 percent
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOff"
    When I send "POST /sim/clock?step=30m"
    Then "runtime.powerState" of "/DC0/vm/web" is "poweredOn"
    And the task has succeeded

  @error-path
  Scenario: The clock does not go back
    When I send "POST /sim/clock?to=2001-01-01T00:00:00Z"
    Then the HTTP status is 400
    And the reply has "has passed"
    And nothing changes

  @error-path
  Scenario: A page in a browser gets nowhere
    When I send "POST /sim/reset" with the header "Origin: https://evil.example"
    Then the HTTP status is 403
    And the reply has "Origin: https://evil.example"
    When I send "GET /sim/clock" with the header "Host: evil.example"
    Then the HTTP status is 403
    And nothing changes

  Scenario: A fork goes its own way
    When I send "POST /sim/forks?name=twin"
    Then the HTTP status is 201
    When I call Destroy_Task of "/DC0/vm/web"
    And I send "DELETE /sim/forks?name=twin"
    Then the HTTP status is 200
    And the reply has "\"forks\":[]"

  Scenario: Calls are counted
    Given I have called PowerOnVM_Task of "/DC0/vm/web"
    When I send "GET /sim/trace?method=PowerOnVM_Task"
    Then the reply has "\"object\":\"VirtualMachine:"
    When I send "GET /sim/coverage"
    # A server that has shown other worlds before has counted their calls, too.
    Then the reply has "\"method\":\"PowerOnVM_Task\",\"calls\":"
