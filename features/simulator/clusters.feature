Feature: A cluster's configuration names what is in it

  Background:
    Given the world "one-cluster"

  Scenario: A rule between machines, and what is left of it when one goes
    Given I have called ReconfigureComputeResource_Task of "/DC0/host/DC0_C0" with:
      """
      spec:
        _type: ClusterConfigSpecEx
        rulesSpec:
          - operation: add
            info: { _type: ClusterAntiAffinityRuleSpec, name: apart, enabled: true, vm: [!ref /DC0/vm/web-01, !ref /DC0/vm/build-01] }
      modify: true
      """
    When I call Destroy_Task of "/DC0/vm/build-01"
    And I call FindRulesForVm of "/DC0/host/DC0_C0" with:
      """
      vm: !ref /DC0/vm/web-01
      """
    Then the result is:
      """
      - { _type: ClusterAntiAffinityRuleSpec, key: 1, name: apart, vm: [!ref /DC0/vm/web-01] }
      """

  @error-path
  Scenario: A rule about a group that does not exist is refused
    When I call ReconfigureComputeResource_Task of "/DC0/host/DC0_C0" with:
      """
      spec:
        _type: ClusterConfigSpecEx
        rulesSpec:
          - operation: add
            info: { _type: ClusterVmHostRuleInfo, name: there, vmGroupName: none, affineHostGroupName: none }
      modify: true
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: spec.rulesSpec.info.vmGroupName
      """
    And nothing changes

  Scenario: PlaceVm says where a machine would go
    When I call PlaceVm of "/DC0/host/DC0_C0" with:
      """
      placementSpec: { placementType: create, configSpec: { name: new, numCPUs: 1 }, hosts: [!ref /DC0/host/DC0_C0/esx-02.example.com] }
      """
    Then the result is:
      """
      recommendations:
        - { reason: xvmotionPlacement, action: [{ _type: PlacementAction, targetHost: !ref /DC0/host/DC0_C0/esx-02.example.com }] }
      """
    And nothing changes

  @error-path
  Scenario: A cluster whose machines run is not destroyed
    When I call Destroy_Task of "/DC0/host/DC0_C0"
    Then the fault is "InvalidState"
    And nothing changes
