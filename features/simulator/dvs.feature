Feature: Distributed switches have ports, and adapters hold them

  Background:
    Given the world "one-cluster"

  Scenario: A port group is made with its ports
    When I call CreateDVPortgroup_Task of "/DC0/network/DVS0" with:
      """
      spec: { name: green, numPorts: 4, type: earlyBinding }
      """
    Then "config.numPorts" of "/DC0/network/green" is "4"
    And the changes are:
      | change | what               |
      | added  | /DC0/network/green |

  Scenario: Another uplink policy gives every host that many uplink ports
    When I call ReconfigureDvs_Task of "/DC0/network/DVS0" with:
      """
      spec:
        _type: VMwareDVSConfigSpec
        maxMtu: 9000
        uplinkPortPolicy: { _type: DVSNameArrayUplinkPortPolicy, uplinkPortName: [left, right] }
      """
    Then "config.maxMtu" of "/DC0/network/DVS0" is "9000"
    When I call FetchDVPortKeys of "/DC0/network/DVS0" with:
      """
      criteria: { uplinkPort: true, host: [!ref /DC0/host/DC0_C0/esx-01.example.com] }
      """
    Then the result is:
      """
      ["0", "1"]
      """
    And nothing changes

  @error-path
  Scenario: A change that was made from an old configuration is refused
    When I call ReconfigureDvs_Task of "/DC0/network/DVS0" with:
      """
      spec: { configVersion: "0", description: mine }
      """
    Then the fault is "ConcurrentAccess"
    And nothing changes

  @error-path
  Scenario: A host whose machines use the switch stays in it
    When I call ReconfigureDvs_Task of "/DC0/network/DVS0" with:
      """
      spec: { host: [{ operation: remove, host: !ref /DC0/host/DC0_C0/esx-01.example.com }] }
      """
    Then the fault is "ResourceInUse" with:
      """
      name: esx-01.example.com
      """
    And nothing changes

  @error-path
  Scenario: A port group with machines is not destroyed, and neither is its switch
    When I call Destroy_Task of "/DC0/network/bridge-main"
    Then the fault is "ResourceInUse" with:
      """
      name: bridge-main
      """
    When I call Destroy_Task of "/DC0/network/DVS0"
    Then the fault is "ResourceInUse"
    And nothing changes

  Scenario: A switch checks the teaming of its uplinks
    When I call UpdateDVSHealthCheckConfig_Task of "/DC0/network/DVS0" with:
      """
      healthCheckConfig: [{ _type: VMwareDVSTeamingHealthCheckConfig, enable: true, interval: 5 }]
      """
    And I read "config.healthCheckConfig" of "/DC0/network/DVS0"
    Then the result is:
      """
      [{ enable: true, interval: 5 }]
      """
