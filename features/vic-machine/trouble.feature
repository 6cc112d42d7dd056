Feature: Whatever goes wrong on the way is told clearly, leaves nothing of a create, and lets a delete go on later

  @DEL-01 @DEL-05 @error-path @own @vcenter
  Scenario: Two deletes at once: one of them removes the VCH, and nothing but the VCH is gone
    Given the world "one-cluster"
    When I run "vic-machine delete -t <user>:<password>@<host> --force" twice at once
    Then it succeeds
    And it does not say "bug in vic-machine"
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

  @DEL-01 @own @vcenter
  Scenario Outline: The session ends while <what>: delete logs in again and goes on
    Given the world "one-cluster"
    And the fault rule:
      """
      { method: <method>, from: <from>, count: 1, fault: { type: NotAuthenticated, privilegeId: System.View } }
      """
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it succeeds
    And the fault rules have struck 1 time
    And the world no longer has the VCH "virtual-container-host"

    Examples:
      | what                        | method                   | from |
      | it looks around             | RetrievePropertiesEx     | 2    |
      | containers are powered off  | PowerOffVM_Task          | 1    |
      | volumes are detached        | ReconfigVM_Task          | 1    |
      | machines are destroyed      | Destroy_Task             | 2    |
      | images are deleted          | DeleteDatastoreFile_Task | 1    |
      | the extension is removed    | UnregisterExtension      | 1    |

  @CRE-01 @own @vcenter
  Scenario Outline: The session ends while <what>: create logs in again and goes on
    Given the world "empty"
    And the fault rule:
      """
      { method: <method>, from: <from>, count: 1, fault: { type: NotAuthenticated, privilegeId: System.View } }
      """
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1"
    Then it succeeds
    And the fault rules have struck 1 time

    Examples:
      | what                         | method               | from |
      | it looks around              | RetrievePropertiesEx | 2    |
      | the pool is made             | CreateVApp           | 1    |
      | the appliance is made        | CreateChildVM_Task   | 1    |
      | the appliance is configured  | ReconfigVM_Task      | 1    |
      | the extension is registered  | RegisterExtension    | 1    |
      | the appliance is powered on  | PowerOnVM_Task       | 1    |

  @CRE-05 @error-path @own @vcenter
  Scenario Outline: <what> during create, which says so and leaves nothing
    Given the world "empty"
    And the fault rule:
      """
      <rule>
      """
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 --vs datastore1/a/b:default --timeout <timeout>"
    Then it fails
    And it says "<word>"
    And it does not say "bug in vic-machine"
    And the files written are ""
    And nothing changes

    Examples:
      | what                                | timeout | word       | rule                                                                                   |
      | The datastore vanishes              | 3m      | datastore1 | { method: MakeDirectory, fault: { type: InvalidDatastore, name: datastore1, message: "datastore1 is not accessible" } } |
      | The datastore vanishes at an upload | 3m      | datastore1 | { method: PUT /folder, status: 404 }                                                    |
      | The time runs out at a slow task    | 1s      | timeout    | { method: CreateChildVM_Task, latency: 600000 }                                         |
      | The time runs out at an upload      | 1s      | timeout    | { method: PUT /folder, latency: 600000 }                                                |

  @DEL-01 @error-path @own @vcenter
  Scenario Outline: <what> during delete, which says so, and finishes when that is over
    Given the world "one-cluster"
    And the fault rule:
      """
      <rule>
      """
    When I run "vic-machine delete -t <user>:<password>@<host> --force --timeout <timeout>"
    Then it fails
    And it says "<word>"
    And it does not say "bug in vic-machine"
    Given no fault rules
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it succeeds
    And the world no longer has the VCH "virtual-container-host"

    Examples:
      | what                            | timeout | word      | rule                                                                                                       |
      | The datastore vanishes          | 3m      | nfs-1     | { method: DeleteDatastoreFile_Task, fault: { type: InvalidDatastore, name: nfs-1, message: "nfs-1 is not accessible" } } |
      | A VM refuses to power off       | 3m      | power     | { method: PowerOffVM_Task, task: true, fault: { type: GenericVmConfigFault, reason: x, message: "the VM does not power off" } } |
      | The time runs out at a task     | 1s      | timeout   | { method: Destroy_Task, latency: 600000 }                                                                  |
