Feature: vic-machine delete removes a virtual container host and nothing else

  @DEL-03 @DEL-48 @error-path @vcenter
  Scenario: Powered-on containers stop a delete without force before anything changes
    Given the world "one-cluster"
    When I run "vic-machine delete --target <user>:<password>@<host> --name virtual-container-host"
    Then it fails
    And it says "web-"
    And it says "cache-"
    And it does not say "batch-"
    And it says "powered on"
    And it says "--force"
    And nothing changes

  # Suspended containers have a state to lose, so they count as running (DIV-05).
  @DEL-03 @DEL-48 @error-path @vcenter
  Scenario: A suspended container stops a delete without force, too
    Given the world "many"
    When I run "vic-machine delete -t <user>:<password>@<host>/east -r esx-11.east.example.com"
    Then it fails
    And it says "suspended"
    And it says "--force"
    And nothing changes

  @DEL-04 @DEL-05 @DEL-44 @DEL-45 @DEL-46 @vcenter
  Scenario: The same command with force removes the running containers, the volume stores and all that is the VCH's
    Given the world "one-cluster"
    When I run "vic-machine delete --target <user>:<password>@<host> --name virtual-container-host"
    Then it fails
    When I run "vic-machine delete --target <user>:<password>@<host> --name virtual-container-host --force"
    Then it succeeds
    And it says "Completed successfully"
    And the changes are:
      | change  | what                                                               |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host                  |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>       |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>       |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>         |
      | removed | [nfs-1] <id>                                                       |
      | removed | [nfs-1] <id>                                                       |
      | removed | [nfs-1] <id>                                                       |
      | removed | [nfs-1] virtual-container-host                                     |
      | removed | [nfs-1] volumes/main                                                    |
      | removed | extension com.vmware.vic.<uuid>                                    |

  @DEL-01 @DEL-02 @DEL-06 @DEL-49 @DEL-50 @vcenter
  Scenario: Without force a VCH whose containers are off goes with them; its volume stores stay and are named
    Given the world "one-cluster"
    And every container of "virtual-container-host" is powered off
    When I run "vic-machine delete --target <user>:<password>@<host> --name virtual-container-host"
    Then it succeeds
    And it says "default: [nfs-1] volumes/main"
    And it says "Completed successfully"
    And the changes are:
      | change  | what                                                               |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host                  |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>       |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>       |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>         |
      | removed | [nfs-1] <id>                                                       |
      | removed | [nfs-1] <id>                                                       |
      | removed | [nfs-1] <id>                                                       |
      | removed | [nfs-1] virtual-container-host                                     |
      | removed | extension com.vmware.vic.<uuid>                                    |

  @DEL-01 @DEL-06 @esxi
  Scenario: A VCH in a pool of an ESXi host, its bridge an older network, goes without touching that network
    Given the world "esxi"
    When I run "vic-machine delete -t <user>:<password>@<host> -r Development -n vch-dev"
    Then it succeeds
    And the changes are:
      | change  | what                                                                 |
      | removed | /ha-datacenter/host/esx.example.com/Resources/Development/vch-dev    |
      | removed | /ha-datacenter/vm/vch-dev                                            |
      | removed | [nfs-1] dev-images                                                   |
      | removed | [nfs-1] vch-dev                                                      |

  @DEL-01 @DEL-45 @DEL-46 @esxi
  Scenario: The bridge that create made on an ESXi host goes with the VCH
    Given the world "esxi"
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

  # Whatever the bridge is called: create records which network it made (DIV-09).
  @DEL-01 @esxi
  Scenario: The bridge that create made goes, though it is not called as the VCH is
    Given the world "esxi"
    And I have run "vic-machine create -t <user>:<password>@<host> -r Testing -i datastore1 -b private-7 -n vch7 -k"
    When I run "vic-machine delete -t <user>:<password>@<host> -r Testing -n vch7"
    Then it succeeds
    And "/ha-datacenter/network/private-7" is gone
    And "/ha-datacenter/network/Isolated" exists
    And the changes are:
      | change  | what                                                             |
      | removed | /ha-datacenter/host/esx.example.com/Resources/Testing/vch7       |
      | removed | /ha-datacenter/network/private-7                                 |
      | removed | /ha-datacenter/vm/vch7                                           |
      | removed | [datastore1] vch7                                                |

  # Only what the VCH itself put into a shared store goes (DIV-08), even with force.
  @DEL-05 @DEL-46 @vcenter
  Scenario: A store that another VCH uses keeps that one's images and volumes
    Given the world "many"
    When I run "vic-machine delete -t <user>:<password>@<host>/east -r alpha -n vch-alpha --force"
    Then it succeeds
    And it says "common"
    And "[shared-1] registry/VIC" exists
    And "[shared-1] common/VIC/volumes/web-data/web-data.vmdk" exists
    When I run "vic-machine inspect -t <user>:<password>@<host>/east -r alpha/Production/Web -n vch-web"
    Then it succeeds
    And the changes are:
      | change  | what                                          |
      | removed | /east/host/alpha/Resources/vch-alpha          |
      | removed | /east/host/alpha/Resources/vch-alpha/queue-<id> |
      | removed | /east/host/alpha/Resources/vch-alpha/vch-alpha |
      | removed | [shared-1] <id>                               |
      | removed | [shared-1] registry/VIC/<uuid>                |
      | removed | [shared-1] vch-alpha                          |
      | removed | extension com.vmware.vic.<uuid>               |

  @DEL-46 @vcenter
  Scenario: What others put into the directory of a volume store stays, and the directory with it
    Given the world "one-cluster"
    And I have called MakeDirectory of "fileManager" with:
      """
      name: "[nfs-1] volumes/main/notes"
      datacenter: !ref /DC0
      """
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it succeeds
    And "[nfs-1] volumes/main/VIC" is gone
    And "[nfs-1] volumes/main/notes" exists

  # A store given as datastore:label is the datastore itself: nothing of others in it may go (DIV-07).
  @DEL-46 @vcenter
  Scenario: A volume store in the root of a datastore never takes the datastore along
    Given the world "empty"
    And I have run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 -k --vs datastore1:default"
    And I have called MakeDirectory of "fileManager" with:
      """
      name: "[datastore1] VIC/volumes/v1"
      datacenter: !ref /DC0
      createParentDirectories: true
      """
    When I run "vic-machine delete -t <user>:<password>@<host> -n vch1 --force"
    Then it succeeds
    And "[datastore1] bystander" exists
    And the changes are:
      | change  | what                                 |
      | removed | /DC0/host/DC0_C0/Resources/vch1      |
      | removed | /DC0/host/DC0_C0/Resources/vch1/vch1 |
      | removed | [datastore1] VIC                     |
      | removed | [datastore1] vch1                    |
      | removed | extension com.vmware.vic.<uuid>      |

  # Volumes outlive the containers that use them (DIV-06).
  @DEL-49 @vcenter
  Scenario: Volumes that are attached to containers survive a delete without force
    Given the world "one-cluster"
    And every container of "virtual-container-host" is powered off
    When I run "vic-machine delete -t <user>:<password>@<host>"
    Then it succeeds
    And "[nfs-1] volumes/main/VIC/volumes/data/data.vmdk" exists
    And "[nfs-1] volumes/main/VIC/volumes/logs/logs.vmdk" exists
    And the volumes of "virtual-container-host" are still there

  @DEL-05 @vcenter
  Scenario: A VM of somebody else in the pool of the VCH stays, and with it the pool
    Given the world "one-cluster"
    And I have called MoveIntoResourcePool of "/DC0/host/DC0_C0/Resources/Teams/team-blue" with:
      """
      list: [!ref /DC0/vm/build-01]
      """
    When I run "vic-machine delete -t <user>:<password>@<host> -r DC0_C0/Teams -n team-blue"
    Then it succeeds
    And it says "build-01"
    And "/DC0/vm/build-01" exists
    And "/DC0/host/DC0_C0/Resources/Teams/team-blue" exists
    And the changes are:
      | change  | what                            |
      | removed | /DC0/vm/team-blue               |
      | removed | /DC0/vm/worker-<id>             |
      | removed | [vsan-1] <id>                   |
      | removed | [vsan-1] team-blue              |
      | removed | extension com.vmware.vic.<uuid> |

  @DEL-38 @DEL-47 @error-path @vcenter
  Scenario Outline: Force does not help against <problem>
    Given the world "one-cluster"
    When I run "vic-machine delete --target <user>:<password>@<host> <given> --force"
    Then it fails
    And it says "<said>"
    And nothing changes

    Examples:
      | problem                  | given        | said   |
      | an unknown name          | -n nosuch    | nosuch |
      | a wrong compute resource | -r nosuch    | nosuch |

  @DEL-01 @error-path
  Scenario: What was deleted cannot be deleted again
    Given the world "esxi-simple"
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it works on "virtual-container-host"
    When I run "vic-machine delete -t <user>:<password>@<host> --force"
    Then it fails
    And it says "virtual-container-host"

  @DEL-01 @own
  Scenario: What was deleted and what stayed, as JSON
    Given the world "one-cluster"
    And every container of "virtual-container-host" is powered off
    When I run "vic-machine delete -t <user>:<password>@<host> --json"
    Then it succeeds
    And stdout has '"path": "[nfs-1] volumes/main"'
    And stdout has '"warnings": []'
