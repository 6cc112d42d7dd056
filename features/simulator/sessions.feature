Feature: Sessions decide who may call

  Scenario: A login gives a session, a logout ends it
    Given the world "empty"
    When I read "currentSession" of "sessionManager"
    Then the result is:
      """
      userName: !user
      """
    When I call Logout of "sessionManager"
    And I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the fault is "NotAuthenticated"
    And nothing changes

  @error-path
  Scenario: A wrong password is InvalidLogin
    Given the world "empty"
    And no session
    When I call Login of "sessionManager" with:
      """
      userName: root
      password: wrong
      """
    Then the fault is "InvalidLogin"

  @error-path
  Scenario: Without a session a method is NotAuthenticated
    Given the world "empty"
    And no session
    When I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the fault is "NotAuthenticated"

  Scenario: The service content is there for everybody
    Given the world "empty"
    And no session
    When I call RetrieveServiceContent of "ServiceInstance:ServiceInstance"
    Then the result is:
      """
      about: { apiType: VirtualCenter }
      rootFolder: { type: Folder, value: group-d1 }
      """

  @esxi
  Scenario: An ESXi host has the fixed ids of its product
    Given the world "esxi-simple"
    When I call RetrieveServiceContent of "ServiceInstance:ServiceInstance"
    Then the result is:
      """
      about: { apiType: HostAgent }
      rootFolder: { type: Folder, value: ha-folder-root }
      propertyCollector: { type: PropertyCollector, value: ha-property-collector }
      """
