Feature: vic-machine create makes a virtual container host, or changes nothing

  @CRE-01 @vcenter
  Scenario: A VCH on vCenter is a vApp with an appliance VM, its files and an extension
    Given the world "empty"
    When I run "vic-machine create --target <user>:<password>@<host> --image-store datastore1 --bridge-network bridge --name vch1"
    Then the exit code is 0
    And the files written are "vch1-cert.pem, vch1-key.pem"
    And it prints in order:
      | Initialization of appliance successful |
      | vic-admin portal:                      |
      | Connect to docker:                     |
      | Installer completed successfully       |
    And stdout has ":2376 --tls info"
    And stderr has "evaluation licence"
    And the changes are:
      | change | what                                   |
      | added  | /DC0/host/DC0_C0/Resources/vch1        |
      | added  | /DC0/host/DC0_C0/Resources/vch1/vch1   |
      | added  | [datastore1] vch1                      |
      | added  | extension com.vmware.vic.<uuid>        |

  @CRE-01 @esxi
  Scenario: A VCH on ESXi is a resource pool with an appliance VM; its bridge is made
    Given the world "esxi"
    When I run "vic-machine create -t <user>:<password>@<host> -r Testing -i datastore1/images --vs nfs-1/mine:default -n vch1 -k"
    Then the exit code is 0
    And the files written are ""
    And stdout has ":2375 info"
    And the changes are:
      | change | what                                                                        |
      | added  | /ha-datacenter/host/esx.example.com/Resources/Testing/vch1                  |
      | added  | /ha-datacenter/network/vch1                                                 |
      | added  | /ha-datacenter/vm/vch1                                                      |
      | added  | [datastore1] vch1                                                           |
      | added  | [nfs-1] mine                                                                |

  @CRE-01 @vcenter
  Scenario: The appliance is told where its images are, and which port to listen on
    Given the world "empty"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 -k"
    Then it succeeds
    And the extraConfig of "/DC0/host/DC0_C0/Resources/vch1/vch1" has:
      | key                                                       | value                                                                            |
      | guestinfo./image_stores\|0/Host                           | datastore1                                                                       |
      | guestinfo./image_stores\|0/Path                           | vch1/images                                                                      |
      | guestinfo./init/sessions\|docker-personality/cmd/Args~    | /sbin/docker-engine-server\|-serveraddr=0.0.0.0\|-port=2375\|-port-layer-port=8080 |
      | guestinfo./init/networks\|client/network/Common/id        | <reference of /DC0/network/VM Network>                                           |
      | guestinfo./create_bridge_network                          | false                                                                            |

  @CRE-02 @vcenter
  Scenario: What create makes ls lists, inspect explains and delete takes away, and the world is as before
    Given the world "empty"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 --vs datastore1/volumes:default --cn apps:web --cng apps:10.10.10.1/24 --cnr apps:10.10.10.100-120 --cnd apps:8.8.8.8 --use-rp"
    Then the exit code is 0
    When I run "vic-machine ls -t <user>:<password>@<host>"
    Then the exit code is 0
    And the table is:
      | ID     | PATH                       | NAME |
      | vm-\d+ | /DC0/host/DC0_C0/Resources | vch1 |
    When I run "vic-machine inspect -t <user>:<password>@<host> -n vch1"
    Then the exit code is 0
    And stdout has "DOCKER_HOST=127.17."
    When I run "vic-machine delete -t <user>:<password>@<host> -n vch1 --force"
    Then the exit code is 0
    And nothing changes

  @CRE-02 @esxi
  Scenario: On ESXi too the world is as before once the VCH is deleted
    Given the world "esxi"
    When I run "vic-machine create -t <user>:<password>@<host> -r / -i nfs-1/a/b -b vic-bridge -n vch1 --vs datastore1/volumes:default"
    Then the exit code is 0
    When I run "vic-machine delete -t <user>:<password>@<host> -r / -n vch1 --force"
    Then the exit code is 0
    And nothing changes

  @CRE-02 @tls @vcenter
  Scenario: An authority of its own signs the certificates of the VCH and of its clients
    Given the world "empty"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 --tls-cname vch1.example.com --json"
    Then the exit code is 0
    And stdout has '"tls": true'
    And stdout has "docker -H vch1.example.com:2376 --tlsverify"
    And the files written are "vch1-ca-key.pem, vch1-ca.pem, vch1-cert.pem, vch1-client-cert.pem, vch1-client-key.pem, vch1-key.pem"

  @CRE-03 @vcenter
  Scenario: A dry run tells the plan and changes nothing
    Given the world "empty"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 --dry-run"
    Then the exit code is 0
    And stdout has 'create vApp "vch1" in /DC0/host/DC0_C0/Resources'
    And stdout has "nothing was changed"
    And the files written are ""
    And nothing changes

  @CRE-04 @error-path @vcenter
  Scenario: Everything that the server does not allow is told at once, with what it does allow
    Given the world "one-cluster"
    When I run "vic-machine create -t <user>:<password>@<host> -r DC0_C0 -i nosuch-1 -b nosuch-2 --en nosuch-3 --vs nosuch-4/x:label --cn nosuch-5"
    Then the exit code is 1
    And stderr has 'there is no datastore "nosuch-1" in datacenter DC0'
    And stderr has "Suggested values for --image-store:"
    And stderr has '"nfs-1"'
    And stderr has 'there is no distributed port group "nosuch-2"'
    And stderr has "Suggested values for --bridge-network:"
    And stderr has '"bridge-main"'
    And stderr has 'there is no network "nosuch-3"'
    And stderr has 'there is no datastore "nosuch-4"'
    And stderr has '"vsan-1:label"'
    And stderr has 'there is no network "nosuch-5"'
    And stderr has 'the virtual container host "virtual-container-host" ('
    And stderr has "Delete it first"
    And nothing changes

  @CRE-04 @error-path
  Scenario Outline: <problem> is refused before anything changes
    Given the world "<world>"
    When I run "vic-machine create -t <user>:<password>@<host><path> <flags>"
    Then the exit code is <code>
    And stderr has '<said>'
    And stderr has '<advice>'
    And the files written are ""
    And nothing changes

    @vcenter
    Examples: vCenter
      | problem                     | world       | code | path | flags                                                            | said                                          | advice               |
      | No image store              | empty       | 1    |      | -b bridge                                                        | --image-store argument must be specified      | datastore1           |
      | A standard network          | empty       | 1    |      | -i datastore1 -b 'VM Network' --en apps                          | "VM Network" is not a distributed             | bridge               |
      | Bridge and external in one  | empty       | 1    |      | -i datastore1 -b bridge --en bridge                              | containers need one of their own              | --bridge-network     |
      | An unknown datacenter       | empty       | 1    | /DC9  | -i datastore1 -b bridge                                          | there is no datacenter "DC9"                  | "DC0"                |
      | An unknown cluster          | empty       | 1    |      | -i datastore1 -b bridge -r nosuch                                | there is no compute resource "nosuch"         | "DC0_C0"             |
      | Several places              | many        | 1    | /east | -i shared-1 -b bridge-lab                                       | several hosts or clusters                     | --compute-resource   |
      | A VM of the name            | empty       | 1    |      | -i datastore1 -b bridge -n bystander                             | a VM "bystander"                              | Choose another name  |
      | A missing ISO               | empty       | 1    |      | -i datastore1 -b bridge --ai nosuch.iso                          | there is no file "nosuch.iso"                 | --appliance-iso      |
      | A missing key               | empty       | 1    |      | -i datastore1 -b bridge --key k.pem --cert c.pem                 | there is no file "k.pem"                      | --key                |
      | An ISO as certificate       | empty       | 1    |      | -i datastore1 -b bridge --key appliance.iso --cert bootstrap.iso | --cert is not a PEM certificate               | --cert               |
      | A key alone                 | empty       | 2    |      | -i datastore1 -b bridge --key k.pem                              | --key is given without --cert                 | --cert               |
      | A long name                 | empty       | 2    |      | -i datastore1 -n a123456789012345678901234567890123              | at most 31                                    | --name               |
      | A small range               | empty       | 2    |      | -i datastore1 --bnr 10.0.0.0/24                                  | "10.0.0.0/24" is too small                    | 172.16.0.0/12        |
      | Shares of no kind           | empty       | 2    |      | -i datastore1 --pcs most                                         | --pool-cpu-shares "most"                      | "normal"             |
      | A timeout without a unit    | empty       | 2    |      | -i datastore1 --timeout 5                                        | --timeout                                     | 5m0s                 |
      | One flag by both its names  | empty       | 2    |      | -i datastore1 --image-store x                                    | the same flag                                 | --image-store        |

      | TLS in two ways             | empty       | 2    |       | -i datastore1 -k --tls-cname x                                  | --tls-cname makes certificates                | --no-tls             |
      | A strange certificate name  | empty       | 2    |       | -i datastore1 --tls-cname a/b                                   | "a/b" is neither                              | vch1.example.com     |

    @esxi
    Examples: ESXi
      | problem                     | world       | code | path | flags                                                            | said                                          | advice               |
      | An unknown pool             | esxi        | 1    |      | -i datastore1 -r Nosuch                                          | there is no compute resource "Nosuch"         | "Testing"            |
      | A VCH of the name           | esxi        | 1    |      | -i datastore1 -r /                                               | exists already                                | Delete it first      |
      | Too much memory reserved    | esxi-simple | 1    |      | -i datastore1 -n vch1 --pmr 99999999                             | InsufficientMemoryResources                   | failed               |

  @CRE-05 @error-path @vcenter
  Scenario: An account that may only look is refused, and nothing changes
    Given the world "empty"
    When I run "vic-machine create -t <host> -u bob -p Bob1! -i datastore1 -b bridge -n vch1"
    Then the exit code is 1
    And stderr has "NoPermission"
    And the files written are ""
    And nothing changes

  @CRE-05 @error-path @vcenter
  Scenario Outline: What was made before <step> was refused is taken back
    Given the world "empty"
    And I have called SetEntityPermissions of "authorizationManager" with:
      """
      entity: !ref <place>
      permission:
        - { principal: carla, group: false, roleId: -2, propagate: true }
      """
    When I run "vic-machine create -t <host> -u carla -p Carla1! -i datastore1 -b bridge -n vch1 --use-rp --vs datastore1/a/b:default"
    Then the exit code is 1
    And stderr has "<step>"
    And stderr has "NoPermission"
    And the files written are ""
    And nothing changes

    Examples:
      | place                      | step                   |
      | /DC0/host/DC0_C0/Resources | Creating resource pool |
      | /DC0/datastore/datastore1  | Creating volume stores |
      | /DC0/network/bridge        | Creating appliance VM  |
      | /DC0/vm                    | Creating appliance VM  |

  @CRE-04 @error-path @vcenter
  Scenario: A cluster without DRS is refused, a machine of the name and a strange network too
    Given the world "empty"
    And I have called ReconfigureComputeResource_Task of "/DC0/host/DC0_C0" with:
      """
      spec: { _type: ClusterConfigSpecEx, drsConfig: { enabled: false } }
      modify: true
      """
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n bystander --mn nosuch --json"
    Then the exit code is 1
    And stderr has 'DRS is not enabled on cluster "DC0_C0"'
    And stderr has 'there is no network "nosuch"'
    And stderr has 'a VM "bystander" ('
    And nothing changes

  @CRE-03 @vcenter
  Scenario: A vApp may hold the VCH, and the plan is JSON when that is asked for
    Given the world "empty"
    And I have called CreateVApp of "/DC0/host/DC0_C0/Resources" with:
      """
      name: outer
      resSpec:
        cpuAllocation: { reservation: 0, expandableReservation: true, limit: -1, shares: { level: normal, shares: 0 } }
        memoryAllocation: { reservation: 0, expandableReservation: true, limit: -1, shares: { level: normal, shares: 0 } }
      configSpec: {}
      vmFolder: !ref /DC0/vm
      """
    When I run "vic-machine create -t <user>:<password>@<host> -r DC0_C0/outer -i datastore1 -b bridge -n vch1 --dry-run --json"
    Then the exit code is 0
    And stdout has '"dryRun": true'
    And stdout has "in /DC0/host/DC0_C0/Resources/outer"
    When I run "vic-machine create -t <user>:<password>@<host> -r DC0_C0/outer -i datastore1 -b bridge -n vch1 -k"
    Then the exit code is 0
    When I run "vic-machine inspect -t <user>:<password>@<host> -r DC0_C0/outer -n vch1"
    Then the exit code is 0

  @CRE-05 @esxi
  Scenario: With force a pool that cannot have what was asked for is made without
    Given the world "esxi-simple"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -n vch1 --pmr 99999999 --force -k"
    Then the exit code is 0
    And stderr has "it is made without them"
    And stdout has "Installer completed successfully"

  @CRE-05 @error-path @vcenter
  Scenario: An appliance that is not ready in time is taken back
    Given the world "empty"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 --timeout 1ms"
    Then the exit code is 1
    And stderr has "--timeout 10m0s"
    And nothing changes

  @CRE-06
  Scenario: The short help leaves out what the full help has
    When I run "vic-machine create --help"
    Then the exit code is 0
    And stdout has "ESXi: vic-machine create"
    And stdout has "--cng, --container-network-gateway"
    When I run "vic-machine create -x"
    Then the exit code is 0
    And stdout has "--appliance-memory"
