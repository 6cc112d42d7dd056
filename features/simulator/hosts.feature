Feature: Hosts come and go, and their machines with them

  Background:
    Given the world "one-cluster"

  Scenario: DRS empties a host that enters maintenance mode
    When I call EnterMaintenanceMode_Task of "/DC0/host/DC0_C0/esx-01.example.com" with:
      """
      timeout: 0
      """
    Then "runtime.inMaintenanceMode" of "/DC0/host/DC0_C0/esx-01.example.com" is "true"
    And "summary.runtime.inMaintenanceMode" of "/DC0/host/DC0_C0/esx-01.example.com" is "true"
    And the changes are:
      | change  | what                                | fact             | from   | to     |
      | changed | /DC0/host/DC0_C0/esx-01.example.com | maintenance mode | false  | true   |
      | changed | /DC0/host/DC0_C0/Resources          | CPU limit        | 124800 | 83200  |
      | changed | /DC0/host/DC0_C0/Resources          | memory limit     | 386784 | 257856 |
      | changed | /DC0/vm/web-01                      | host | esx-01.example.com | esx-02.example.com |
      | changed | /DC0/vm/team-blue                   | host | esx-01.example.com | esx-02.example.com |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id> | host | esx-01.example.com | esx-03.example.com |
    When I call ExitMaintenanceMode_Task of "/DC0/host/DC0_C0/esx-01.example.com" with:
      """
      timeout: 0
      """
    Then the changes are:
      | change  | what              | fact | from               | to                 |
      | changed | /DC0/vm/web-01    | host | esx-01.example.com | esx-02.example.com |
      | changed | /DC0/vm/team-blue | host | esx-01.example.com | esx-02.example.com |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id> | host | esx-01.example.com | esx-03.example.com |

  @error-path
  Scenario: Maintenance mode is left only once
    When I call ExitMaintenanceMode_Task of "/DC0/host/DC0_C0/esx-01.example.com" with:
      """
      timeout: 0
      """
    Then the fault is "InvalidState"
    And nothing changes

  @error-path
  Scenario: A host of a cluster that is in use is not removed
    When I call Destroy_Task of "/DC0/host/DC0_C0/esx-01.example.com"
    Then the fault is "InvalidState"
    And nothing changes

  Scenario: A host is disconnected and connected again
    When I call DisconnectHost_Task of "/DC0/host/DC0_C0/esx-01.example.com"
    Then "runtime.connectionState" of "/DC0/host/DC0_C0/esx-01.example.com" is "disconnected"
    When I call ReconnectHost_Task of "/DC0/host/DC0_C0/esx-01.example.com"
    Then "runtime.connectionState" of "/DC0/host/DC0_C0/esx-01.example.com" is "connected"
    And nothing changes

  @error-path
  Scenario Outline: What cannot be connected to is not added
    When I call AddHost_Task of "/DC0/host/DC0_C0" with:
      """
      spec: { hostName: "<host>", userName: "<user>", password: secret, force: false }
      asConnected: true
      """
    Then the fault is "<fault>"
    And nothing changes

    Examples:
      | host       | user | fault           |
      |            | root | InvalidArgument |
      | no host    | root | NoHost          |
      | esx9       |      | InvalidLogin    |
      | esx-01.example.com | root | DuplicateName |

  @error-path
  Scenario: A host that works is not restarted without force
    When I call RebootHost_Task of "/DC0/host/DC0_C0/esx-01.example.com" with:
      """
      force: false
      """
    Then the fault is "InvalidState"
    And nothing changes

  @error-path
  Scenario: A host that nothing can wake does not stand by
    When I call PowerDownHostToStandBy_Task of "/DC0/host/DC0_C0/esx-01.example.com" with:
      """
      timeoutSec: 0
      """
    Then the fault is "NotSupported"
    And nothing changes

  Scenario: A log is read from any line on
    When I call BrowseDiagnosticLog of "diagnosticManager" with:
      """
      key: hostd
      host: !ref /DC0/host/DC0_C0/esx-01.example.com
      start: 2
      lines: 1
      """
    Then the result is:
      """
      lineStart: 2
      """
    And nothing changes

  @error-path
  Scenario: A log that is not there
    When I call BrowseDiagnosticLog of "diagnosticManager" with:
      """
      key: hostd
      """
    Then the fault is "CannotAccessFile" with:
      """
      file: hostd
      """
    And nothing changes
