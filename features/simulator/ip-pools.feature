Feature: IP pools give addresses to those who ask

  Background:
    Given the world "one-vm"
    And I have called CreateIpPool of "ipPoolManager" with:
      """
      dc: !ref /DC0
      pool: { name: apps, ipv4Config: { subnetAddress: 10.0.0.0, netmask: 255.255.255.0, gateway: 10.0.0.11, range: "10.0.0.10#3", ipPoolEnabled: true } }
      """
    And I keep the result as "pool"

  Scenario: An address is taken, kept, and given back
    When I call AllocateIpv4Address of "ipPoolManager" with:
      """
      { dc: !ref /DC0, poolId: <kept pool>, allocationId: web }
      """
    Then the result is:
      """
      10.0.0.10
      """
    When I call AllocateIpv4Address of "ipPoolManager" with:
      """
      { dc: !ref /DC0, poolId: <kept pool>, allocationId: db }
      """
    Then the result is:
      """
      10.0.0.12
      """
    When I call AllocateIpv4Address of "ipPoolManager" with:
      """
      { dc: !ref /DC0, poolId: <kept pool>, allocationId: third }
      """
    Then the fault is "InvalidArgument"
    When I call DestroyIpPool of "ipPoolManager" with:
      """
      { dc: !ref /DC0, id: <kept pool>, force: false }
      """
    Then the fault is "InvalidState"
    When I call ReleaseIpAllocation of "ipPoolManager" with:
      """
      { dc: !ref /DC0, poolId: <kept pool>, allocationId: web }
      """
    And I call QueryIpPools of "ipPoolManager" with:
      """
      dc: !ref /DC0
      """
    Then the result is:
      """
      - { id: <kept pool>, name: apps, allocatedIpv4Addresses: 1, availableIpv4Addresses: 2 }
      """
    And nothing changes

  @error-path
  Scenario: A range that is none
    When I call UpdateIpPool of "ipPoolManager" with:
      """
      { dc: !ref /DC0, pool: { id: <kept pool>, ipv4Config: { range: "10.0.0.300#3" } } }
      """
    Then the fault is "InvalidArgument"
    When I call QueryIpPools of "ipPoolManager" with:
      """
      dc: !ref /DC0
      """
    Then the result is:
      """
      - { name: apps, ipv4Config: { range: "10.0.0.10#3" } }
      """
    And nothing changes
