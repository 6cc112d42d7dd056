Feature: Calls fail, wait and break off when a rule says so, and nothing else is touched

  Background:
    Given the world "users"

  Scenario: A call is answered with the fault of the rule, and has done nothing
    Given the fault rule:
      """
      method: PowerOffVM_Task
      on: web
      fault: { type: InvalidState, message: The host is on fire. }
      """
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then the fault is "InvalidState"
    And the fault rules have struck 1 time
    And nothing changes
    When I call PowerOnVM_Task of "/DC0/vm/db"
    Then the changes are:
      | change  | what                    | fact        | from       | to        |
      | added   | [datastore1] db/db.vswp |             |            |           |
      | changed | /DC0/vm/db              | power state | poweredOff | poweredOn |

  Scenario: A task is made and ends in the fault of the rule
    Given the fault rule:
      """
      method: PowerOnVM_Task
      task: true
      fault: { type: InsufficientMemoryResourcesFault, unreserved: 1, requested: 2 }
      """
    When I call PowerOnVM_Task of "/DC0/vm/db"
    Then the fault is "InsufficientMemoryResourcesFault" with:
      """
      { unreserved: 1, requested: 2 }
      """
    And nothing changes

  Scenario: The second call of every three is struck, twice at most
    Given the fault rule:
      """
      { method: CurrentTime, from: 2, every: 3, count: 2, fault: { type: NotSupported } }
      """
    When I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the call succeeds
    When I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the fault is "NotSupported"
    When I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the call succeeds
    And the fault rules have struck 1 time

  Scenario: Who may not call is told that before any rule strikes
    Given the fault rule:
      """
      { method: PowerOffVM_Task, fault: { type: NotSupported } }
      """
    And no session
    When I call PowerOffVM_Task of "VirtualMachine:vm-1"
    Then the fault is "NotAuthenticated"
    And nothing changes

  Scenario: An answer can be an HTTP status, and break off in the middle
    Given the fault rule:
      """
      { method: CurrentTime, count: 1, status: 503 }
      """
    When I post to "/sdk":
      """
      <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime></soapenv:Body></soapenv:Envelope>
      """
    Then the HTTP status is 503
    Given the fault rule:
      """
      { method: CurrentTime, truncate: 20 }
      """
    When I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the connection broke
    And nothing changes

  Scenario: A connection that ends before the call has done nothing, one that ends after it has done everything
    Given the fault rule:
      """
      { method: PowerOffVM_Task, count: 1, drop: before }
      """
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then the connection broke
    And nothing changes
    Given the fault rule:
      """
      { method: PowerOffVM_Task, drop: after }
      """
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then the connection broke
    And the changes are:
      | change  | what                      | fact        | from      | to         |
      | removed | [datastore1] web/web.vswp |             |           |            |
      | changed | /DC0/vm/web               | power state | poweredOn | poweredOff |

  Scenario: Uploads are struck as well
    Given the fault rule:
      """
      { method: PUT /folder, status: 503 }
      """
    When I send "PUT /folder/a.txt?dcPath=DC0&dsName=datastore1" with:
      """
      text
      """
    Then the HTTP status is 503
    And nothing changes

  Scenario Outline: A rule that makes no sense is refused: <problem>
    When I post the fault rule '<rule>'
    Then the HTTP status is 400
    And the reply has "<said>"

    Examples:
      | problem      | rule                                                  | said                                    |
      | no method    | {"method":"PowerOn","status":500}                     | is no method of vim25                   |
      | no fault     | {"method":"Login","fault":{"type":"Strange"}}         | is no fault of vim25                    |
      | no action    | {"method":"Login"}                                    | a rule does something                   |
      | two actions  | {"method":"Login","drop":"after","status":500}        | a rule does one thing                   |
