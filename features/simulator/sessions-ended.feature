Feature: Sessions are listed, cloned, ended by others, and time out

  Background:
    Given the world "users"

  Scenario: A clone ticket opens one more session, once
    When I call AcquireCloneTicket of "sessionManager"
    And I keep the result as "ticket"
    And I keep the session as "mine"
    Given no session
    When I call CloneSession of "sessionManager" with:
      """
      cloneTicket: <kept ticket>
      """
    Then the result is:
      """
      userName: !user
      """
    Given no session
    When I call CloneSession of "sessionManager" with:
      """
      cloneTicket: <kept ticket>
      """
    Then the fault is "InvalidLogin"
    When I go on with the session "mine"
    And I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the call succeeds
    And nothing changes

  Scenario: A session is terminated by its key, and its user gets nothing more
    Given I keep the session as "mine"
    And no session
    And I have called Login of "sessionManager" with:
      """
      { userName: bob, password: Bob1! }
      """
    And I keep "key" of the result as "bob"
    And I keep the session as "bob's"
    When I call TerminateSession of "sessionManager" with:
      """
      sessionId: [<kept bob>]
      """
    Then the fault is "NoPermission" with:
      """
      privilegeId: Sessions.TerminateSession
      """
    When I go on with the session "mine"
    And I call TerminateSession of "sessionManager" with:
      """
      sessionId: [<kept bob>]
      """
    And I call TerminateSession of "sessionManager" with:
      """
      sessionId: [<kept bob>]
      """
    Then the fault is "NotFound"
    When I go on with the session "bob's"
    And I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the fault is "NotAuthenticated"
    When I go on with the session "mine"
    And I call CurrentTime of "ServiceInstance:ServiceInstance"
    Then the call succeeds
    And nothing changes

  @error-path
  Scenario: Nobody ends the session that asks for it
    Given I have called SessionIsActive of "sessionManager" with:
      """
      { sessionID: none, userName: bob }
      """
    When I read "currentSession.key" of "sessionManager"
    And I keep the result as "mine"
    And I call TerminateSession of "sessionManager" with:
      """
      sessionId: [<kept mine>]
      """
    Then the fault is "InvalidArgument"
    And nothing changes
