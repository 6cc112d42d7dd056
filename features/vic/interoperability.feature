Feature: Containers and their VCH live their own lives in vSphere

  @OPS-05
  Scenario Outline: The VCH off, its containers stay on
    Given the world "<world>"
    When I call PowerOffVM_Task of "<appliance>"
    Then the changes are:
      | change  | what                                               | fact        | from      | to         |
      | changed | <appliance>                                        | power state | poweredOn | poweredOff |
      | removed | [<datastore>] virtual-container-host/virtual-container-host.vswp |             |           |            |

    @vcenter
    Examples:
      | world       | datastore | appliance                                                                |
      | one-cluster | nfs-1     | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host |

    @esxi
    Examples:
      | world | datastore  | appliance                                |
      | esxi  | datastore1 | /ha-datacenter/vm/virtual-container-host |

  @OPS-05
  Scenario: A container off or on, the VCH and the others stay as they are
    Given the world "one-cluster"
    When I call PowerOffVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    And I call PowerOnVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>"
    Then the changes are:
      | change  | what                                                         | fact        | from       | to         |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>   | power state | poweredOn  | poweredOff |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id> | power state | poweredOff | poweredOn  |
      | removed | [nfs-1] <id>/<id>.vswp                                       |             |            |            |
      | added   | [nfs-1] <id>/<id>.vswp                                       |             |            |            |

  @OPS-05
  Scenario: A container starts while its VCH is off
    Given the world "one-cluster"
    And I have called PowerOffVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    When I call PowerOnVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>"
    Then the changes are:
      | change  | what                                                         | fact        | from       | to        |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id> | power state | poweredOff | poweredOn |
      | added   | [nfs-1] <id>/<id>.vswp                                       |             |            |           |

  @OPS-06
  Scenario: The VCH restarts while its containers stay on, and has the address that it had
    Given the world "one-cluster"
    And I watch "guest.ipAddress" of "VirtualMachine"
    And I have called PowerOffVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    And the updates so far are seen
    When I call PowerOnVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    Then the updates are:
      | kind   | object                                                                   | path            | value        |
      | modify | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host | guest.ipAddress | 127.17.109.23 |
    When I run "vic-machine inspect -t <target> -u <user> -p <password>"
    Then it succeeds
    And nothing changes

  @OPS-06
  Scenario: The VCH gets a newer appliance while its containers stay on
    Given the world "one-cluster"
    And I have called PowerOffVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    When I send "PUT /folder/virtual-container-host/appliance-2.iso?dcPath=DC0&dsName=nfs-1" with:
      """
      a newer appliance
      """
    Then the HTTP status is 201
    When I call ReconfigVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host" with:
      """
      spec:
        deviceChange:
          - operation: edit
            device: { _type: VirtualCdrom, key: 3000, controllerKey: 200, unitNumber: 0, backing: { _type: VirtualCdromIsoBackingInfo, fileName: "[nfs-1] virtual-container-host/appliance-2.iso" } }
      """
    And I call PowerOnVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    Then the changes are:
      | change  | what                                                                     | fact        | from       | to        |
      | added   | [nfs-1] virtual-container-host/appliance-2.iso                           |             |            |           |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host | power state | poweredOff | poweredOn |
      | added   | [nfs-1] virtual-container-host/virtual-container-host.vswp               |             |            |           |

  @OPS-08
  Scenario: A running container moves to another host while its VCH is off
    Given the world "one-cluster"
    And I have called PowerOffVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    When I call MigrateVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>" with:
      """
      host: !ref /DC0/host/DC0_C0/esx-02.example.com
      priority: highPriority
      state: poweredOn
      """
    Then the changes are:
      | change  | what                                                                     | fact        | from               | to                 |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>             | host        | esx-01.example.com | esx-02.example.com |
