Feature: Roles are sets of privileges

  Scenario: A new role holds its privileges and those of every role
    Given the world "users"
    And I have called AddAuthorizationRole of "authorizationManager" with:
      """
      { name: starter, privIds: [VirtualMachine.Interact.PowerOn] }
      """
    And I have called SetEntityPermissions of "authorizationManager" with:
      """
      entity: !ref /DC0
      permission:
        - { principal: ann, group: false, roleId: 1001, propagate: true }
      """
    When I call FetchUserPrivilegeOnEntities of "authorizationManager" with:
      """
      { entities: [!ref /DC0/vm/db], userName: ann }
      """
    Then the result is:
      """
      - privileges: [System.Anonymous, System.Read, System.View, VirtualMachine.Interact.PowerOn]
      """

  @error-path
  Scenario: A privilege that does not exist makes no role
    Given the world "users"
    When I call AddAuthorizationRole of "authorizationManager" with:
      """
      { name: starter, privIds: [VirtualMachine.Interact.Levitate] }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: privIds
      """
    And nothing changes

  @error-path
  Scenario: A role in use is not removed
    Given the world "users"
    And I have called SetEntityPermissions of "authorizationManager" with:
      """
      entity: !ref /DC0
      permission:
        - { principal: ann, group: false, roleId: 5, propagate: true }
      """
    When I call RemoveAuthorizationRole of "authorizationManager" with:
      """
      { roleId: 5, failIfUsed: true }
      """
    Then the fault is "RemoveFailed"
    And nothing changes

  @error-path
  Scenario: Roles of the system stay as they are
    Given the world "users"
    When I call UpdateAuthorizationRole of "authorizationManager" with:
      """
      { roleId: -2, newName: ReadWrite, privIds: [] }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: roleId
      """
    And nothing changes
