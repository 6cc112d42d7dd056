@docker
Feature: Volumes are disks in the volume stores of the VCH

  Background:
    Given the world "one-cluster"

  @PL-08
  Scenario: A volume is made, listed and mounted, and outlives its container
    When I ask Docker of "virtual-container-host" for "POST /volumes/create" with:
      """
      { Name: pgdata, DriverOpts: { Capacity: 2GB }, Labels: { team: blue } }
      """
    Then the HTTP status is 201
    And the changes are:
      | change | what                                    |
      | added  | [nfs-1] volumes/main/VIC/volumes/pgdata |
    When I ask Docker of "virtual-container-host" for "GET /volumes"
    Then the result is:
      """
      Volumes: [{ Name: data, Driver: vsphere }, { Name: logs, Driver: vsphere }, { Name: pgdata, Driver: vsphere, Labels: { team: blue } }]
      """
    When I ask Docker of "virtual-container-host" for "POST /containers/create?name=db" with:
      """
      { Image: busybox, Cmd: [top], HostConfig: { Binds: ["pgdata:/var/lib/data:ro"] } }
      """
    And I ask Docker of "virtual-container-host" for "POST /containers/db/start"
    Then the extraConfig of "/DC0/host/DC0_C0/Resources/virtual-container-host/db-<id>" has:
      | key                            | value         |
      | guestinfo./mounts              | pgdata        |
      | guestinfo./mounts\|pgdata/dest | /var/lib/data |
      | guestinfo./mounts\|pgdata/mode | ro            |
    When I read "config.hardware.device" of "/DC0/host/DC0_C0/Resources/virtual-container-host/db-<id>"
    Then the result has:
      """
      - { _type: VirtualDisk, capacityInKB: 2097152, backing: { fileName: "[nfs-1] volumes/main/VIC/volumes/pgdata/pgdata.vmdk", diskMode: independent_persistent } }
      """
    When I ask Docker of "virtual-container-host" for "DELETE /containers/db?force=1&v=1"
    Then the HTTP status is 204
    And "[nfs-1] volumes/main/VIC/volumes/pgdata/pgdata.vmdk" exists
    And the changes are:
      | change | what                                    |
      | added  | [nfs-1] volumes/main/VIC/volumes/pgdata |

  @PL-08 @error-path
  Scenario Outline: <problem> is refused
    When I ask Docker of "<vch>" for "POST /volumes/create" with:
      """
      <body>
      """
    Then the HTTP status is <status>
    And the reply has '<said>'
    And nothing changes

    Examples:
      | problem                    | vch                    | body                                              | status | said                               |
      | A name that is taken       | virtual-container-host | Name: data                                        | 409    | A volume named data already exists |
      | A store that is not there  | virtual-container-host | { Name: x, DriverOpts: { VolumeStore: fast } }    | 404    | No volume store named (fast)       |
      | A VCH without a store      | team-blue              | Name: x                                           | 404    | No volume store named (default)    |
      | A strange size             | virtual-container-host | { Name: x, DriverOpts: { Capacity: much } }       | 400    | Capacity "much" is not understood  |
      | A strange option           | virtual-container-host | { Name: x, DriverOpts: { Colour: blue } }         | 400    | unknown option "Colour"            |
      | A strange name             | virtual-container-host | Name: ../x                                        | 400    | invalid characters                 |

  @PL-08 @error-path
  Scenario: A volume has one running container
    Given I have asked Docker of "virtual-container-host" for "POST /containers/create?name=thief" with:
      """
      { Image: busybox, Cmd: [top], HostConfig: { Binds: ["data:/data"] } }
      """
    When I ask Docker of "virtual-container-host" for "POST /containers/thief/start"
    Then the HTTP status is 500
    And the reply has "volume data is in use by container web"
    And nothing changes
