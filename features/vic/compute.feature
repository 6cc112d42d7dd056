Feature: A VCH is backed by a resource pool of vSphere, and several live side by side

  @VCH-01
  Scenario Outline: Appliance and containers run in the pool of the VCH
    Given the world "<world>"
    When I read "vm" of "<pool>"
    Then the result has:
      """
      <machines>
      """
    And the extraConfig of "<appliance>" has:
      | key                                 | value  |
      | guestinfo./ComputeResources\|0/Type | <type> |
    And "config.cpuAllocation.expandableReservation" of "<pool>" is "true"
    And nothing changes

    @vcenter
    Examples: A vApp, or a pool, on vCenter
      | world       | type         | pool                                              | appliance                                                                | machines                                                                                                                                                                                                                                                                       |
      | one-cluster | VirtualApp   | /DC0/host/DC0_C0/Resources/virtual-container-host | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host | [!ref /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host, !ref /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>, !ref /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>, !ref /DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>] |
      | one-cluster | ResourcePool | /DC0/host/DC0_C0/Resources/Teams/team-blue        | /DC0/vm/team-blue                                                        | [!ref /DC0/vm/team-blue, !ref /DC0/vm/worker-<id>]                                                                                                                                                                                                                              |

    @esxi
    Examples: A pool on ESXi
      | world | type         | pool                                                                  | appliance                                | machines                                                                                                     |
      | esxi  | ResourcePool | /ha-datacenter/host/esx.example.com/Resources/virtual-container-host | /ha-datacenter/vm/virtual-container-host | [!ref /ha-datacenter/vm/virtual-container-host, !ref /ha-datacenter/vm/web-<id>, !ref /ha-datacenter/vm/once-<id>] |

  @VCH-01 @vcenter
  Scenario: The pool gets the shares and limits that create was given
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0/Teams -i nfs-1 -b apps -n vch1 --pml 4096 --pcl 2000 --pms high --pcr 500"
    Then it succeeds
    When I read "config" of "/DC0/host/DC0_C0/Resources/Teams/vch1"
    Then the result is:
      """
      memoryAllocation: { limit: 4096, shares: { level: high } }
      cpuAllocation: { limit: 2000, reservation: 500, shares: { level: normal } }
      """
    And the changes are:
      | change | what                                       |
      | added  | /DC0/host/DC0_C0/Resources/Teams/vch1      |
      | added  | /DC0/host/DC0_C0/Resources/Teams/vch1/vch1 |
      | added  | [nfs-1] vch1                               |
      | added  | extension com.vmware.vic.<uuid>            |

  @VCH-01 @VCH-04 @error-path @vcenter
  Scenario: A container gets what the pool of its VCH has, and no more
    Given the world "one-cluster"
    And I have called UpdateConfig of "/DC0/host/DC0_C0/Resources/virtual-container-host" with:
      """
      config:
        cpuAllocation: { reservation: 1, expandableReservation: true, limit: -1, shares: { level: normal, shares: 0 } }
        memoryAllocation: { reservation: 1024, expandableReservation: false, limit: 8192, shares: { level: normal, shares: 0 } }
      """
    And I have called ReconfigVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>" with:
      """
      spec: { memoryAllocation: { reservation: 2048 } }
      """
    When I call PowerOnVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>"
    Then the fault is "InsufficientMemoryResourcesFault"
    And nothing changes

  @VCH-04 @vcenter
  Scenario: vSphere places the containers of a VCH on any host of its cluster
    Given the world "one-cluster"
    When I call EnterMaintenanceMode_Task of "/DC0/host/DC0_C0/esx-03.example.com" with:
      """
      timeout: 0
      """
    Then the changes are:
      | change  | what                                                       | fact             | from               | to                 |
      | changed | /DC0/host/DC0_C0/Resources                                 | CPU limit        | 124800             | 83200              |
      | changed | /DC0/host/DC0_C0/Resources                                 | memory limit     | 386784             | 257856             |
      | changed | /DC0/host/DC0_C0/esx-03.example.com                        | maintenance mode | false              | true               |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id> | host             | esx-03.example.com | esx-02.example.com |

  @VCH-04 @vcenter
  Scenario Outline: A VCH takes a whole <whole> or a part of it
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r <place> -i nfs-1 -b apps -n vch1 -k"
    Then it succeeds
    When I read "owner" of "<pool>/vch1"
    Then the result is:
      """
      !ref /DC0/host/DC0_C0
      """
    And the changes are:
      | change | what                            |
      | added  | <pool>/vch1                     |
      | added  | <pool>/vch1/vch1                |
      | added  | [nfs-1] vch1                    |
      | added  | extension com.vmware.vic.<uuid> |

    Examples:
      | whole   | place        | pool                             |
      | cluster | DC0_C0       | /DC0/host/DC0_C0/Resources       |
      | pool    | DC0_C0/Teams | /DC0/host/DC0_C0/Resources/Teams |

  @VCH-08 @vcenter
  Scenario: Several VCHs share a cluster, each with its own resources, and one goes without the others
    Given the world "one-cluster"
    When I run "vic-machine delete -t <target> -u <user> -p <password> -r DC0_C0/Teams -n team-blue"
    Then it succeeds
    And the changes are:
      | change  | what                                       |
      | removed | /DC0/host/DC0_C0/Resources/Teams/team-blue |
      | removed | /DC0/vm/team-blue                          |
      | removed | /DC0/vm/worker-<id>                        |
      | removed | [vsan-1] <id>                              |
      | removed | [vsan-1] team-blue                         |
      | removed | extension com.vmware.vic.<uuid>            |

  @VCH-08 @vcenter
  Scenario: What one VCH may use is no concern of another
    Given the world "one-cluster"
    When I call UpdateConfig of "/DC0/host/DC0_C0/Resources/Teams/team-blue" with:
      """
      config:
        cpuAllocation: { reservation: 0, expandableReservation: false, limit: 1000, shares: { level: low, shares: 0 } }
        memoryAllocation: { reservation: 0, expandableReservation: false, limit: 1024, shares: { level: low, shares: 0 } }
      """
    Then "runtime.memory.maxUsage" of "/DC0/host/DC0_C0/Resources/Teams/team-blue" is "1073741824"
    And the changes are:
      | change  | what                                       | fact         | from | to   |
      | changed | /DC0/host/DC0_C0/Resources/Teams/team-blue | CPU limit    | -1   | 1000 |
      | changed | /DC0/host/DC0_C0/Resources/Teams/team-blue | memory limit | -1   | 1024 |

  @VCH-09 @vcenter
  Scenario Outline: A VCH in the <kind> of another is one of its own
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r <outer> -i nfs-1 -b apps -n inner -k"
    Then it succeeds
    When I run "vic-machine ls -t <target> -u <user> -p <password>"
    Then it succeeds
    And the table is:
      | ID     | PATH                             | NAME                   |
      | vm-\d+ | /DC0/host/DC0_C0/Resources       | virtual-container-host |
      | vm-\d+ | /DC0/host/DC0_C0/Resources/Teams | team-blue              |
      | vm-\d+ | <path>                           | inner                  |
    When I run "vic-machine delete -t <target> -u <user> -p <password> -r <outer> -n inner"
    Then it succeeds
    And nothing changes

    Examples:
      | kind | outer                         | path                                              |
      | vApp | DC0_C0/virtual-container-host | /DC0/host/DC0_C0/Resources/virtual-container-host |
      | pool | DC0_C0/Teams/team-blue        | /DC0/host/DC0_C0/Resources/Teams/team-blue        |
