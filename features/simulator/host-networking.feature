Feature: A host has its own switches, port groups and kernel adapters

  Background:
    Given the world "esxi-simple"

  Scenario: A port group on a new switch is a network
    Given I have called AddVirtualSwitch of "HostNetworkSystem:networkSystem" with:
      """
      { vswitchName: storage, spec: { numPorts: 64, mtu: 9000 } }
      """
    When I call AddPortGroup of "HostNetworkSystem:networkSystem" with:
      """
      portgrp: { name: iscsi, vlanId: 30, vswitchName: storage, policy: {} }
      """
    Then "name" of "/ha-datacenter/network/iscsi" is "iscsi"
    And the changes are:
      | change | what                         |
      | added  | /ha-datacenter/network/iscsi |
    When I read "config.network.vswitch[\"key-vim.host.VirtualSwitch-storage\"]" of "HostSystem:ha-host"
    Then the result is:
      """
      { name: storage, mtu: 9000, portgroup: [key-vim.host.PortGroup-iscsi] }
      """

  Scenario: A kernel adapter takes a port group for itself
    Given I have called AddPortGroup of "HostNetworkSystem:networkSystem" with:
      """
      portgrp: { name: iscsi, vlanId: 30, vswitchName: vSwitch0, policy: {} }
      """
    When I call AddVirtualNic of "HostNetworkSystem:networkSystem" with:
      """
      portgroup: iscsi
      nic: { ip: { dhcp: false, ipAddress: 10.30.0.5, subnetMask: 255.255.255.0 } }
      """
    Then the result is:
      """
      vmk1
      """
    And the changes are:
      | change  | what                         |
      | removed | /ha-datacenter/network/iscsi |
    When I call SelectVnicForNicType of "HostVirtualNicManager:ha-vnic-mgr" with:
      """
      { nicType: vmotion, device: vmk1 }
      """
    And I call QueryNetConfig of "HostVirtualNicManager:ha-vnic-mgr" with:
      """
      { nicType: vmotion }
      """
    Then the result is:
      """
      selectedVnic: [vmotion.key-vim.host.VirtualNic-vmk0, vmotion.key-vim.host.VirtualNic-vmk1]
      """

  @error-path
  Scenario Outline: What is in use stays
    When I call <method> of "HostNetworkSystem:networkSystem" with:
      """
      <arguments>
      """
    Then the fault is "<fault>"
    And nothing changes

    Examples:
      | method              | arguments                                                                                  | fault           |
      | RemoveVirtualSwitch | { vswitchName: vSwitch0 }                                                                  | ResourceInUse   |
      | RemovePortGroup     | { pgName: Management Network }                                                             | ResourceInUse   |
      | RemovePortGroup     | { pgName: nope }                                                                           | NotFound        |
      | RemoveVirtualNic    | { device: vmk0 }                                                                           | HostConfigFault |
      | AddPortGroup        | { portgrp: { name: VM Network, vlanId: 0, vswitchName: vSwitch0, policy: {} } }            | AlreadyExists   |
      | AddPortGroup        | { portgrp: { name: x, vlanId: 5000, vswitchName: vSwitch0, policy: {} } }                  | InvalidArgument |
      | UpdateNetworkConfig | { changeMode: replace, config: { portgroup: [{ spec: { name: VM Network, vlanId: 0, vswitchName: vSwitch0, policy: {} } }] } } | ResourceInUse |
      | UpdateDnsConfig     | { config: { dhcp: true, virtualNicDevice: vmk9, hostName: a, domainName: b } }             | NotFound        |
