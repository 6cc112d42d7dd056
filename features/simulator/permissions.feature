Feature: Permissions decide what a user may do

  Scenario: A user without any permission cannot log in
    Given the world "users"
    And no session
    When I call Login of "sessionManager" with:
      """
      { userName: ann, password: "Ann1!" }
      """
    Then the fault is "NoPermission" with:
      """
      object: { type: Folder, value: group-d1 }
      privilegeId: System.View
      """
    And nothing changes

  @error-path
  Scenario: Who may only look changes nothing
    Given the world "users"
    And no session
    And I have called Login of "sessionManager" with:
      """
      { userName: bob, password: "Bob1!" }
      """
    When I read "runtime.powerState" of "/DC0/vm/web"
    Then the result is:
      """
      poweredOn
      """
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then the fault is "NoPermission" with:
      """
      object: !ref /DC0/vm/web
      privilegeId: VirtualMachine.Interact.PowerOff
      """
    And nothing changes

  @error-path
  Scenario: A known user is not let in with another password
    Given the world "users"
    And no session
    When I call Login of "sessionManager" with:
      """
      { userName: bob, password: wrong }
      """
    Then the fault is "InvalidLogin"
    And nothing changes

  Scenario: A permission on one machine is for that machine
    Given the world "users"
    And I have called SetEntityPermissions of "authorizationManager" with:
      """
      entity: !ref /DC0/vm/web
      permission:
        - { principal: ann, group: false, roleId: 5, propagate: true }
      """
    And no session
    And I have called Login of "sessionManager" with:
      """
      { userName: ann@vsphere.local, password: "Ann1!" }
      """
    When I call PowerOnVM_Task of "/DC0/vm/db"
    Then the fault is "NoPermission"
    And nothing changes
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then the changes are:
      | change  | what                      | fact        | from      | to         |
      | changed | /DC0/vm/web               | power state | poweredOn | poweredOff |
      | removed | [datastore1] web/web.vswp |             |           |            |

  Scenario: A permission of a group is for its members, one of their own comes first
    Given the world "users"
    And I have called SetEntityPermissions of "authorizationManager" with:
      """
      entity: !ref /
      permission:
        - { principal: Operators, group: true, roleId: -1, propagate: true }
      """
    And I have called SetEntityPermissions of "authorizationManager" with:
      """
      entity: !ref /DC0/vm/web
      permission:
        - { principal: ann, group: false, roleId: -2, propagate: true }
      """
    And no session
    And I have called Login of "sessionManager" with:
      """
      { userName: ann, password: "Ann1!" }
      """
    When I call PowerOffVM_Task of "/DC0/vm/web"
    Then the fault is "NoPermission"
    And nothing changes
    When I call PowerOnVM_Task of "/DC0/vm/db"
    Then "runtime.powerState" of "/DC0/vm/db" is "poweredOn"

  @error-path
  Scenario: The last administrator stays
    Given the world "users"
    When I call ResetEntityPermissions of "authorizationManager" with:
      """
      entity: !ref /
      permission:
        - { principal: bob, group: false, roleId: -2, propagate: true }
      """
    Then the fault is "AuthMinimumAdminPermission"
    And nothing changes

  @error-path
  Scenario: A permission is for somebody who exists
    Given the world "users"
    When I call SetEntityPermissions of "authorizationManager" with:
      """
      entity: !ref /DC0/vm/web
      permission:
        - { principal: nobody, group: false, roleId: -2, propagate: true }
      """
    Then the fault is "UserNotFound" with:
      """
      principal: nobody
      """
    And nothing changes
