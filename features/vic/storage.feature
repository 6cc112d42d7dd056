Feature: Images, volumes and VCHs on datastores

  @VCH-11 @OPS-10 @PL-08
  Scenario Outline: Each layer of an image is a disk of its own on a <type> datastore, and a container's disk builds on them
    Given the world "<world>"
    Then "summary.type" of "[<datastore>]" is "<type>"
    And "[<datastore>] <store>/VIC/<uuid>/images/scratch/scratch.vmdk" exists
    When I read "config.hardware.device" of "<container>"
    Then the result has:
      """
      - _type: VirtualDisk
        capacityInKB: 8388608
        backing:
          fileName: "[<datastore>] <id>/<id>.vmdk"
          parent:
            fileName: "[<datastore>] <store>/VIC/<uuid>/images/<id>/<id>.vmdk"
            <layers>
      """
    And nothing changes

    @vcenter
    Examples: Shared datastores
      | type | world       | datastore | store                         | container                                                  | layers                                                                                                                                                                                       |
      | NFS  | one-cluster | nfs-1     | virtual-container-host/images | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id> | parent: { fileName: "[nfs-1] virtual-container-host/images/VIC/<uuid>/images/<id>/<id>.vmdk", parent: { fileName: "[nfs-1] virtual-container-host/images/VIC/<uuid>/images/scratch/scratch.vmdk" } } |
      | vsan | one-cluster | vsan-1    | team-blue/images              | /DC0/vm/worker-<id>                                        | parent: { fileName: "[vsan-1] team-blue/images/VIC/<uuid>/images/<id>/<id>.vmdk", parent: { fileName: "[vsan-1] team-blue/images/VIC/<uuid>/images/<id>/<id>.vmdk", parent: { fileName: "[vsan-1] team-blue/images/VIC/<uuid>/images/scratch/scratch.vmdk" } } }                  |

    @esxi
    Examples: The local datastore of a host
      | type | world       | datastore  | store                         | container                    | layers |
      | VMFS | esxi-simple | datastore1 | virtual-container-host/images | /ha-datacenter/vm/idle-<id>  | parent: { fileName: "[datastore1] virtual-container-host/images/VIC/<uuid>/images/<id>/<id>.vmdk", parent: { fileName: "[datastore1] virtual-container-host/images/VIC/<uuid>/images/<id>/<id>.vmdk", parent: { fileName: "[datastore1] virtual-container-host/images/VIC/<uuid>/images/scratch/scratch.vmdk" } } }   |

  @ARCH-06 @vcenter
  Scenario: On vSAN a VCH has a directory of its own at the top of the datastore
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i vsan-1 -b apps -n vch1"
    Then it succeeds
    And the changes are:
      | change | what                                 |
      | added  | /DC0/host/DC0_C0/Resources/vch1      |
      | added  | /DC0/host/DC0_C0/Resources/vch1/vch1 |
      | added  | [vsan-1] vch1                        |
      | added  | extension com.vmware.vic.<uuid>      |

  @PL-08
  Scenario: A volume is a disk in a volume store, with what Docker knows of it, and a container mounts it
    Given the world "one-cluster"
    When I send "GET /folder/volumes/main/VIC/volumes/data/imageMetadata/DockerMetaData?dcPath=DC0&dsName=nfs-1"
    Then the HTTP status is 200
    And the reply has '"Name":"data"'
    And "[nfs-1] volumes/main/VIC/volumes/data/data.vmdk" exists
    When I read "config.hardware.device" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    Then the result has:
      """
      - { _type: VirtualDisk, capacityInKB: 1048576, backing: { fileName: "[nfs-1] volumes/main/VIC/volumes/data/data.vmdk", diskMode: independent_persistent } }
      """
    And nothing changes
