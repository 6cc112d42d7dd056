Feature: A delete that is interrupted says so, harms nothing else, and is finished by the same command

  @DEL-01 @DEL-05 @error-path @own @vcenter
  Scenario Outline: vCenter Server: <what>
    Given the world "one-cluster"
    And the fault rule:
      """
      <rule>
      """
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it fails
    And it does not say "bug in vic-machine"
    And the fault rules have struck 1 time
    Given no fault rules
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it succeeds
    And the world no longer has the VCH "virtual-container-host"
    And the changes are:
      | change  | what                                                                     |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host                        |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>             |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>             |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>               |
      | removed | [nfs-1] <id>                                                             |
      | removed | [nfs-1] <id>                                                             |
      | removed | [nfs-1] <id>                                                             |
      | removed | [nfs-1] virtual-container-host                                           |
      | removed | [nfs-1] volumes/main                                                     |
      | removed | extension com.vmware.vic.<uuid>                                          |

    Examples: refused
      | what                               | rule                                                                                           |
      | a container does not power off     | { method: PowerOffVM_Task, count: 1, task: true, fault: { type: InvalidState } }               |
      | the appliance does not power off   | { method: PowerOffVM_Task, from: 3, count: 1, fault: { type: NotSupported } }                  |
      | a volume cannot be detached        | { method: ReconfigVM_Task, count: 1, fault: { type: ConcurrentAccess } }                       |
      | a container cannot be destroyed    | { method: Destroy_Task, count: 1, fault: { type: NoPermission, privilegeId: x } }              |
      | images cannot be deleted           | { method: DeleteDatastoreFile_Task, count: 1, task: true, fault: { type: CannotDeleteFile, file: x } } |
      | the appliance cannot be destroyed  | { method: Destroy_Task, from: 4, count: 1, fault: { type: InvalidState } }                     |
      | the pool cannot be destroyed       | { method: Destroy_Task, from: 5, count: 1, fault: { type: InvalidState } }                     |

    Examples: cut off
      | what                               | rule                                                                   |
      | the inventory does not arrive      | { method: RetrievePropertiesEx, count: 1, truncate: 100 }              |
      | power off, not sent                | { method: PowerOffVM_Task, count: 1, drop: before }                    |
      | power off, answer lost             | { method: PowerOffVM_Task, count: 1, drop: after }                     |
      | detaching, answer lost             | { method: ReconfigVM_Task, count: 1, drop: after }                     |
      | destroying, not sent               | { method: Destroy_Task, count: 1, drop: before }                       |
      | destroying, answer lost            | { method: Destroy_Task, count: 1, drop: after }                        |
      | deleting files, answer lost        | { method: DeleteDatastoreFile_Task, count: 1, drop: after }            |
      | the extension, answer lost         | { method: UnregisterExtension, drop: after }                           |
      | the appliance, answer lost         | { method: Destroy_Task, from: 4, count: 1, drop: after }               |

  @DEL-01 @error-path @own @vcenter
  Scenario: When only the last answer is lost nothing is left, and the same command says that there is no such VCH
    Given the world "one-cluster"
    And the fault rule:
      """
      { method: Destroy_Task, from: 5, count: 1, drop: after }
      """
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it fails
    And it says "Removing resource pool"
    And the world no longer has the VCH "virtual-container-host"
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it fails
    And it says "there is no virtual container host"

  @DEL-01 @DEL-13 @error-path @own @esxi
  Scenario Outline: ESXi: <what>
    Given the world "esxi"
    And the fault rule:
      """
      <rule>
      """
    When I run "vic-machine delete -t <user>:<password>@<host> -r / --force"
    Then it fails
    And it does not say "bug in vic-machine"
    Given no fault rules
    When I run "vic-machine delete -t <user>:<password>@<host> -r / --force"
    Then it succeeds
    And the changes are:
      | change  | what                                                                 |
      | removed | /ha-datacenter/host/esx.example.com/Resources/virtual-container-host |
      | removed | /ha-datacenter/network/virtual-container-host                        |
      | removed | /ha-datacenter/vm/once-<id>                                          |
      | removed | /ha-datacenter/vm/virtual-container-host                             |
      | removed | /ha-datacenter/vm/web-<id>                                           |
      | removed | [datastore1] <id>                                                    |
      | removed | [datastore1] <id>                                                    |
      | removed | [datastore1] virtual-container-host                                  |
      | removed | [nfs-1] volumes                                                      |

    Examples:
      | what                                | rule                                                                        |
      | the port group cannot be removed    | { method: RemovePortGroup, count: 1, fault: { type: HostConfigFault } }     |
      | the port group, answer lost         | { method: RemovePortGroup, count: 1, drop: after }                          |
      | the switch cannot be removed        | { method: RemoveVirtualSwitch, count: 1, fault: { type: HostConfigFault } } |
      | the switch, answer lost             | { method: RemoveVirtualSwitch, count: 1, drop: after }                      |
      | files cannot be deleted             | { method: DeleteDatastoreFile_Task, count: 1, fault: { type: FileFault, file: x } } |
