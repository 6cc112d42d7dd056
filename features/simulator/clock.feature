Feature: Time in the world is steered

  Background:
    Given the world "one-vm"
    And the endpoint has an admin plane
    And I have sent "POST /sim/clock?rate=frozen"

  Scenario: A clock that is frozen tells one time, and a step moves it by that much
    When I send "GET /sim/clock"
    And I keep "now" of the reply as "before"
    And I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the result is:
      """
      !date <kept before>
      """
    When I send "POST /sim/clock?step=20m"
    And I keep "now" of the reply as "after"
    And I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the result is:
      """
      !date <kept after>
      """
    When I send "GET /sim/clock"
    Then the reply is:
      """
      { now: <kept after>, rate: 0 }
      """
    And nothing changes

  Scenario: A session that nobody uses ends when its time has passed
    When I send "POST /sim/clock?step=25h"
    And I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the fault is "NotAuthenticated"

  Scenario: What is scheduled happens in the step that reaches it
    Given I have sent "POST /sim/delays?method=PowerOnVM&milliseconds=10000&steps=2"
    When I start PowerOnVM_Task of "/DC0/vm/web"
    And I send "POST /sim/clock?step=9s"
    Then "runtime.powerState" of "/DC0/vm/web" is "poweredOff"
    When I send "POST /sim/clock?step=1s"
    Then "runtime.powerState" of "/DC0/vm/web" is "poweredOn"
    And the task has succeeded

  Scenario: It runs faster when it is told to
    When I send "POST /sim/clock?rate=60x"
    Then the reply is:
      """
      rate: 60
      """
    And nothing changes

  @error-path
  Scenario Outline: A wish that makes no sense: <wish>
    When I send "POST /sim/clock?<wish>"
    Then the HTTP status is 400
    When I send "GET /sim/clock"
    Then the reply is:
      """
      rate: 0
      """
    And nothing changes

    Examples:
      | wish                     |
      | rate=fast                |
      | step=-5s                 |
      | rate=2x&step=5s          |
      | to=2001-01-01T00:00:00Z  |
      | to=noon                  |
