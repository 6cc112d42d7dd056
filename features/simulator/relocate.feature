Feature: Machines move between hosts and datastores

  Background:
    Given the world "one-cluster"

  Scenario: Another datastore takes all the files
    When I call RelocateVM_Task of "/DC0/vm/build-01" with:
      """
      spec: { datastore: !ref "[vsan-1]" }
      """
    Then "summary.config.vmPathName" of "/DC0/vm/build-01" is "[vsan-1] build-01/build-01.vmx"
    And the changes are:
      | change  | what              |
      | removed | [nfs-1] build-01  |
      | added   | [vsan-1] build-01 |

  @error-path
  Scenario: A migration can insist on a power state
    When I call MigrateVM_Task of "/DC0/vm/build-01" with:
      """
      host: !ref /DC0/host/DC0_C0/esx-02.example.com
      priority: defaultPriority
      state: poweredOn
      """
    Then the fault is "InvalidPowerState" with:
      """
      existingState: poweredOff
      requestedState: poweredOn
      """
    And nothing changes

  @error-path
  Scenario: Other vCenter Servers are out of reach
    When I call RelocateVM_Task of "/DC0/vm/build-01" with:
      """
      spec:
        service:
          url: https://other.example
          instanceUuid: 00000000-0000-0000-0000-000000000000
          credential: { _type: ServiceLocatorNamePassword, username: a, password: b }
      """
    Then the fault is "NotSupported"
    And nothing changes
