Feature: Containers are virtual machines, and the Docker daemon is one beside them

  @ARCH-02 @OPS-01
  Scenario Outline: vSphere can <what> a container VM like any other
    Given the world "one-cluster"
    When I call <method> of "/DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>" with:
      """
      <with>
      """
    Then the changes are:
      | change  | what                                                         | fact   | from   | to   |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id> | <fact> | <from> | <to> |

    Examples:
      | what                       | method          | with                                                                                                                                    | fact        | from       | to         |
      | change the settings of     | ReconfigVM_Task | spec: { extraConfig: [{ _type: OptionValue, key: owner, value: finance }] }                                                             | extraConfig | 67 keys    | 68 keys    |
      | give another controller to | ReconfigVM_Task | spec: { deviceChange: [{ operation: add, device: { _type: VirtualLsiLogicController, key: -1, busNumber: 1, sharedBus: noSharing } }] } | devices     | 17 devices | 18 devices |

  @ARCH-02 @OPS-01
  Scenario: vSphere can suspend a running container VM like any other
    Given the world "one-cluster"
    When I call SuspendVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>"
    Then the changes are:
      | change  | what                                                         | fact        | from      | to        |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id> | power state | poweredOn | suspended |
      | removed | [nfs-1] <id>/<id>.vswp                                       |             |           |           |
      | added   | [nfs-1] <id>/<id>.vmss                                       |             |           |           |
      | added   | [nfs-1] <id>/<id>.vmem                                       |             |           |           |

  @ARCH-02 @OPS-01
  Scenario: vCenter shows how a container VM is doing, and says so when that changes
    Given the world "one-cluster"
    And I watch "runtime.powerState" of "VirtualMachine"
    And the updates so far are seen
    When I read "summary" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    Then the result is:
      """
      overallStatus: green
      runtime: { powerState: poweredOn, connectionState: connected }
      guest: { ipAddress: 172.16.0.2, toolsRunningStatus: guestToolsRunning }
      config: { numCpu: 2, memorySizeMB: 2048, template: false, vmPathName: "[nfs-1] <id>/<id>.vmx" }
      """
    When I call ResetVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    And I call PowerOffVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    Then the updates are:
      | kind   | object                                                                                                                    | path               | value      |
      | modify | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id> | runtime.powerState | poweredOff |
    And the changes are:
      | change  | what                                                       | fact        | from      | to         |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id> | power state | poweredOn | poweredOff |
      | removed | [nfs-1] <id>/<id>.vswp                                     |             |           |            |

  @ARCH-10 @ARCH-11 @vcenter
  Scenario: A container is a virtual machine with a process, interfaces and mounts of its own
    Given the world "one-cluster"
    When I read "config.guestId" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    Then the result is:
      """
      other3xLinux64Guest
      """
    And the extraConfig of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>" has:
      | key                                       | value                                        |
      | guestinfo./common/id                      | <id>                                         |
      | guestinfo./common/name                    | web                                          |
      | guestinfo./repo                           | nginx:1.11                                   |
      | guestinfo./layerid                        | <id>                                         |
      | guestinfo./sessions                       | <id>                                         |
      | guestinfo./sessions\|<id>/cmd/Path        | /bin/sh                                      |
      | guestinfo./sessions\|<id>/cmd/Args~       | /bin/sh\|-c\|while true; do sleep 60; done   |
      | guestinfo..sessions\|<id>.started         | true                                         |
      | guestinfo./networks                       | bridge                                       |
      | guestinfo./networks\|bridge/Common/id     | 192                                          |
      | guestinfo./mounts                         | data                                         |
      | guestinfo./mounts\|data/dest              | /usr/share/nginx/html                        |
      | guestinfo./mounts\|data/mode              | rw                                           |
    When I read "config.hardware.device" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    Then the result has:
      """
      - { _type: VirtualVmxnet3, slotInfo: { pciSlotNumber: 192 } }
      - { _type: VirtualDisk, backing: { fileName: "[nfs-1] <id>/<id>.vmdk" } }
      - { _type: VirtualDisk, backing: { fileName: "[nfs-1] volumes/main/VIC/volumes/data/data.vmdk" } }
      """
    When I read "network" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    Then the result is:
      """
      [!ref /DC0/network/bridge-main]
      """
    And nothing changes

  @ARCH-07 @ARCH-10 @vcenter
  Scenario: Create deploys the appliance, and the Docker engine runs there and in no container
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1"
    Then it succeeds
    And the changes are:
      | change | what                                 |
      | added  | /DC0/host/DC0_C0/Resources/vch1      |
      | added  | /DC0/host/DC0_C0/Resources/vch1/vch1 |
      | added  | [nfs-1] vch1                         |
      | added  | extension com.vmware.vic.<uuid>      |
    And "runtime.powerState" of "/DC0/host/DC0_C0/Resources/vch1/vch1" is "poweredOn"
    And the extraConfig of "/DC0/host/DC0_C0/Resources/vch1/vch1" has:
      | key                                                   | value                                   |
      | guestinfo./init/common/name                           | vch1                                    |
      | guestinfo./init/sessions                              | docker-personality\|port-layer\|vicadmin |
      | guestinfo./init/sessions\|docker-personality/cmd/Path | /sbin/docker-engine-server              |
      | guestinfo..init.sessions\|docker-personality.started  | true                                    |
    And the extraConfig of "/DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>" has:
      | key                 | value |
      | guestinfo./sessions | <id>  |

  @ARCH-03 @vcenter
  Scenario Outline: <place> can hold a VCH
    Given the world "many"
    When I run "vic-machine create -t <target>/<datacenter> -u <user> -p <password> -r <place> -i <store> -b <bridge> -n vch1 -k"
    Then it succeeds
    And the changes are:
      | change | what                            |
      | added  | <pool>/vch1                     |
      | added  | <pool>/vch1/vch1                |
      | added  | [<store>] vch1                  |
      | added  | extension com.vmware.vic.<uuid> |

    Examples:
      | place                    | datacenter   | store    | bridge         | pool                                                      |
      | alpha                    | east         | shared-1 | bridge-lab     | /east/host/alpha/Resources                                |
      | esx-10.east.example.com  | east         | shared-2 | bridge-alpha   | /east/host/esx-10.east.example.com/Resources              |
      | esx-20.west.example.com  | Regions/west | west-1   | bridge-west    | /Regions/west/host/esx-20.west.example.com/Resources      |

  @ARCH-03 @error-path @vcenter
  Scenario: A cluster without DRS cannot hold a VCH
    Given the world "many"
    When I run "vic-machine create -t <target>/east -u <user> -p <password> -r beta -i shared-1 -b bridge-lab -n vch1"
    Then it fails
    And it says "DRS"
    And it says "beta"
    And nothing changes

  @ARCH-04 @vcenter
  Scenario: A VCH refers to what vCenter defines: renamed there, it is still what the VCH uses
    Given the world "one-cluster"
    When I call Rename_Task of "/DC0/network/bridge-main" with:
      """
      newName: containers
      """
    And I read "network" of "/DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id>"
    Then the result is:
      """
      [!ref /DC0/network/containers]
      """
    When I read "datastore" of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    Then the result is:
      """
      [!ref /DC0/datastore/nfs-1]
      """
    When I run "vic-machine inspect -t <target> -u <user> -p <password>"
    Then it succeeds
    And the changes are:
      | change  | what                     |
      | removed | /DC0/network/bridge-main |
      | added   | /DC0/network/containers  |

  @ARCH-04 @error-path @vcenter
  Scenario Outline: A <kind> that vCenter does not define is refused, and those it defines are named
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r <pool> -i <datastore> -b <bridge> -n vch1"
    Then it fails
    And it says "<name>"
    And it says "<valid>"
    And nothing changes

    Examples:
      | kind       | name     | pool            | datastore | bridge   | valid        |
      | datastore  | nosuch-1 | DC0_C0          | nosuch-1  | apps     | nfs-1        |
      | port group | nosuch-2 | DC0_C0          | nfs-1     | nosuch-2 | bridge-blue  |
      | cluster    | nosuch-3 | nosuch-3        | nfs-1     | apps     | DC0_C0       |
      | pool       | nosuch-4 | DC0_C0/nosuch-4 | nfs-1     | apps     | DC0_C0/Teams |
