Feature: Resource pools hand out no more than they have

  Background:
    Given the world "one-vm"
    And I have called CreateResourcePool of "/DC0/host/DC0_C0/Resources" with:
      """
      name: small
      spec:
        cpuAllocation: { reservation: 1000, limit: 2000, expandableReservation: false, shares: { level: normal, shares: 0 } }
        memoryAllocation: { reservation: 0, limit: -1, expandableReservation: true, shares: { level: normal, shares: 0 } }
      """
    And I have called MoveIntoResourcePool of "/DC0/host/DC0_C0/Resources/small" with:
      """
      list: [!ref /DC0/vm/web]
      """

  Scenario: What a running machine reserves is taken from its pool
    Given I have called ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { cpuAllocation: { reservation: 600 } }
      """
    When I call PowerOnVM_Task of "/DC0/vm/web"
    Then "runtime.cpu.reservationUsedForVm" of "/DC0/host/DC0_C0/Resources/small" is "600"
    And "runtime.cpu.unreservedForVm" of "/DC0/host/DC0_C0/Resources/small" is "400"
    And "runtime.cpu.maxUsage" of "/DC0/host/DC0_C0/Resources/small" is "2000"
    And "runtime.cpu.reservationUsed" of "/DC0/host/DC0_C0/Resources" is "1000"

  @error-path
  Scenario: A machine that reserves more than the pool has is not powered on
    Given I have called ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { cpuAllocation: { reservation: 1001 } }
      """
    When I call PowerOnVM_Task of "/DC0/vm/web"
    Then the fault is "InsufficientCpuResourcesFault" with:
      """
      unreserved: 1000
      requested: 1001
      """
    And nothing changes

  @error-path
  Scenario: A machine with more CPUs than any host is not powered on
    Given I have called ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { numCPUs: 500 }
      """
    When I call PowerOnVM_Task of "/DC0/vm/web"
    Then the fault is "NotEnoughLogicalCpus" with:
      """
      numCpuVm: 500
      """
    And nothing changes

  @error-path
  Scenario: A limit is not below the reservation, and a reservation not above what the parent has
    When I call UpdateConfig of "/DC0/host/DC0_C0/Resources/small" with:
      """
      config: { cpuAllocation: { limit: 999 }, memoryAllocation: {} }
      """
    Then the fault is "InvalidArgument"
    When I call UpdateConfig of "/DC0/host/DC0_C0/Resources/small" with:
      """
      config: { cpuAllocation: { reservation: 99999999, limit: -1 }, memoryAllocation: {} }
      """
    Then the fault is "InsufficientCpuResourcesFault"
    And nothing changes

  @error-path
  Scenario: The root pool stays
    When I call Destroy_Task of "/DC0/host/DC0_C0/Resources"
    Then the fault is "NotSupported"
    And nothing changes

  @error-path
  Scenario: An ESXi host has no vApps
    Given the world "esxi-simple"
    When I call CreateVApp of "ResourcePool:ha-root-pool" with:
      """
      name: shop
      resSpec:
        cpuAllocation: { reservation: 0, limit: -1, expandableReservation: true, shares: { level: normal, shares: 0 } }
        memoryAllocation: { reservation: 0, limit: -1, expandableReservation: true, shares: { level: normal, shares: 0 } }
      configSpec: {}
      """
    Then the fault is "NotSupported"
    And nothing changes
