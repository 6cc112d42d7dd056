Feature: A watch sees every change, whatever method made it
  Configuration, maintenance, connection and templates are state like any other: nothing is set past the watchers.

  Scenario Outline: <method>
    Given the world "empty"
    And I watch "<path>" of "<type>"
    And the updates so far are seen
    When I call <method> of "<object>" with:
      """
      <arguments>
      """
    Then the updates are:
      | kind   | object   | path   | value   |
      | modify | <object> | <path> | <value> |

    Examples:
      | method                          | object                              | arguments                                                          | type                        | path                             | value        |
      | EnterMaintenanceMode_Task       | /DC0/host/DC0_C0/esx-02.example.com | { timeout: 0 }                                                     | HostSystem                  | runtime.inMaintenanceMode        | true         |
      | DisconnectHost_Task             | /DC0/host/DC0_C0/esx-02.example.com | {}                                                                 | HostSystem                  | runtime.connectionState          | disconnected |
      | ReconfigureComputeResource_Task | /DC0/host/DC0_C0                    | { spec: { _type: ClusterConfigSpecEx, dasConfig: { enabled: true } }, modify: true } | ClusterComputeResource | configuration.dasConfig.enabled | true |
      | ReconfigureComputeResource_Task | /DC0/host/DC0_C0                    | { spec: { _type: ClusterConfigSpecEx, drsConfig: { enabled: true, vmotionRate: 5 } }, modify: true } | ClusterComputeResource | configurationEx.drsConfig.vmotionRate | 5 |
      | ReconfigureDVPortgroup_Task     | /DC0/network/bridge                 | { spec: { description: for containers } }                          | DistributedVirtualPortgroup | config.description               | for containers |
      | ReconfigureDvs_Task             | /DC0/network/DVS0                   | { spec: { _type: VMwareDVSConfigSpec, description: main } }        | DistributedVirtualSwitch    | config.description               | main         |
      | ReconfigVM_Task                 | /DC0/vm/bystander                   | { spec: { annotation: hello } }                                    | VirtualMachine              | config.annotation                | hello        |

  Scenario: Marking a machine as a template and back
    Given the world "one-vm"
    And I watch "config.template" of "VirtualMachine"
    And the updates so far are seen
    When I call MarkAsTemplate of "/DC0/vm/web"
    Then the updates are:
      | kind   | object      | path            | value |
      | modify | /DC0/vm/web | config.template | true  |
    When I call MarkAsVirtualMachine of "/DC0/vm/web" with:
      """
      pool: !ref /DC0/host/DC0_C0/Resources
      """
    Then the updates are:
      | kind   | object      | path            | value |
      | modify | /DC0/vm/web | config.template | false |

  Scenario: A host that is disconnected and comes back
    Given the world "empty"
    And I have called DisconnectHost_Task of "/DC0/host/DC0_C0/esx-02.example.com"
    And I watch "runtime.connectionState" of "HostSystem"
    And the updates so far are seen
    When I call ReconnectHost_Task of "/DC0/host/DC0_C0/esx-02.example.com"
    Then the updates are:
      | kind   | object                              | path                    | value     |
      | modify | /DC0/host/DC0_C0/esx-02.example.com | runtime.connectionState | connected |
