@docker
Feature: Docker clients use the appliance, and what they do happens in vSphere

  @VCH-02 @ARCH-08
  Scenario Outline: The appliance of <vch> answers Docker clients
    Given the world "<world>"
    When I ask Docker of "<vch>" for "GET /v1.22/version"
    Then the HTTP status is 200
    And the result is:
      """
      ApiVersion: "1.22"
      Os: linux
      """
    When I ask Docker of "<vch>" for "GET /_ping"
    Then the body is "OK"
    And nothing changes

    @vcenter
    Examples:
      | world       | vch                    |
      | one-cluster | virtual-container-host |
      | one-cluster | team-blue              |

    @esxi
    Examples:
      | world | vch                    |
      | esxi  | virtual-container-host |

  @VCH-02 @error-path
  Scenario Outline: A client of version <version> is refused
    Given the world "one-cluster"
    When I ask Docker of "team-blue" for "GET /v<version>/info"
    Then the HTTP status is 400
    And the reply has "<said>"
    And nothing changes

    Examples:
      | version | said                         |
      | 1.24    | client is newer than server  |
      | 1.11    | client version 1.11 is too old |

  @VCH-02 @ARCH-10 @OPS-05 @error-path
  Scenario: The Docker engine is in the appliance: that off, clients are not answered and containers run on
    Given the world "one-cluster"
    When I call PowerOffVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    And I ask Docker of "virtual-container-host" for "GET /containers/json"
    Then the HTTP status is 503
    And the changes are:
      | change  | what                                                                     | fact        | from      | to         |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host | power state | poweredOn | poweredOff |
      | removed | [nfs-1] virtual-container-host/virtual-container-host.vswp               |             |           |            |

  @VCH-12 @INS-08
  Scenario Outline: A VCH that was made <how> is reached by the docker command that inspect prints
    Given the world "<world>", whose appliances are reached over the network
    When I run "vic-machine create -t <target> -u <user> -p <password> -i datastore1 -b bridge -n vch1 <flags>"
    Then it succeeds
    When I run "vic-machine inspect -t <target> -u <user> -p <password> -n vch1"
    Then it succeeds
    And the docker command that it printed reaches the VCH "vch1"

    @vcenter
    Examples:
      | how         | world | flags |
      | with TLS    | empty |       |
      | without TLS | empty | -k    |

    @esxi
    Examples:
      | how     | world       | flags |
      | on ESXi | esxi-simple |       |

  @CLI-01 @vcenter
  Scenario: A client sees the resources of the pool, and the containers of its own VCH only
    Given the world "one-cluster"
    And I have called UpdateConfig of "/DC0/host/DC0_C0/Resources/Teams/team-blue" with:
      """
      config:
        cpuAllocation: { reservation: 0, expandableReservation: true, limit: 4000, shares: { level: normal, shares: 0 } }
        memoryAllocation: { reservation: 0, expandableReservation: true, limit: 2048, shares: { level: normal, shares: 0 } }
      """
    When I ask Docker of "team-blue" for "GET /info"
    Then the result is:
      """
      Name: team-blue
      NCPU: 4000
      MemTotal: 2147483648
      Containers: 1
      ContainersRunning: 0
      ContainersStopped: 1
      Images: 1
      """
    When I ask Docker of "virtual-container-host" for "GET /info"
    Then the result is:
      """
      Name: virtual-container-host
      Containers: 3
      ContainersRunning: 2
      ContainersStopped: 1
      Images: 2
      """
    When I ask Docker of "team-blue" for "GET /containers/json?all=1"
    Then the result is:
      """
      [{ Names: [/worker], Image: busybox, Status: Stopped }]
      """
    And nothing changes

  @UI-03 @CLI-03 @PL-04 @TTH-02
  Scenario: What docker create, start, stop and rm do is seen in the inventory
    Given the world "one-cluster"
    When I ask Docker of "virtual-container-host" for "POST /containers/create?name=web2" with:
      """
      Image: "nginx:1.11"
      """
    Then the HTTP status is 201
    And the changes are:
      | change | what                                                        |
      | added  | /DC0/host/DC0_C0/Resources/virtual-container-host/web2-<id> |
      | added  | [nfs-1] <id>                                                |
    And "runtime.powerState" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web2-<id>" is "poweredOff"
    And the extraConfig of "/DC0/host/DC0_C0/Resources/virtual-container-host/web2-<id>" has:
      | key                                 | value                       |
      | guestinfo./common/name              | web2                        |
      | guestinfo./repo                     | nginx:1.11                  |
      | guestinfo./sessions\|<id>/cmd/Args~ | nginx\|-g\|daemon off;      |
      | guestinfo..sessions\|<id>.started   | <nil>                       |
    When I ask Docker of "virtual-container-host" for "POST /containers/web2/start"
    Then the HTTP status is 204
    And "runtime.powerState" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web2-<id>" is "poweredOn"
    And "guest.ipAddress" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web2-<id>" is "172.16.0.4"
    And the extraConfig of "/DC0/host/DC0_C0/Resources/virtual-container-host/web2-<id>" has:
      | key                               | value |
      | guestinfo..sessions\|<id>.started | true  |
    When I ask Docker of "virtual-container-host" for "POST /containers/web2/stop"
    Then the HTTP status is 204
    And "runtime.powerState" of "/DC0/host/DC0_C0/Resources/virtual-container-host/web2-<id>" is "poweredOff"
    When I ask Docker of "virtual-container-host" for "DELETE /containers/web2"
    Then the HTTP status is 204
    And nothing changes

  @CLI-03 @PL-04 @error-path
  Scenario Outline: <problem> is refused
    Given the world "one-cluster"
    When I ask Docker of "virtual-container-host" for "<line>" with:
      """
      <body>
      """
    Then the HTTP status is <status>
    And the reply has '<said>'
    And nothing changes

    Examples:
      | problem                          | line                                 | body                                                                                     | status | said                                        |
      | A name that is taken             | POST /containers/create?name=web     | Image: busybox                                                                           | 409    | The name "web" is already in use            |
      | An image that is not there       | POST /containers/create              | Image: redis                                                                             | 404    | No such image: redis                        |
      | A configuration without an image | POST /containers/create              | Cmd: [sh]                                                                                | 400    | Config.Image is missing                     |
      | Another user                     | POST /containers/create              | { Image: busybox, User: daemon }                                                         | 500    | containers run as root                      |
      | A range of ports                 | POST /containers/create              | { Image: busybox, HostConfig: { PortBindings: { 80/tcp: [{ HostPort: 8000-8010 }] } } }   | 500    | port ranges                                 |
      | An address to bind to            | POST /containers/create              | { Image: busybox, HostConfig: { PortBindings: { 80/tcp: [{ HostIp: 10.0.0.1 }] } } }      | 500    | host IP                                     |
      | A directory of the client        | POST /containers/create              | { Image: busybox, HostConfig: { Binds: ["/etc:/etc"] } }                                  | 500    | has no directories to mount                 |
      | An unknown network               | POST /containers/create              | { Image: busybox, HostConfig: { NetworkMode: nosuch } }                                   | 404    | network nosuch not found                    |
      | Starting what is not there       | POST /containers/nosuch/start        | {}                                                                                       | 404    | No such container: nosuch                   |
      | An unknown signal                | POST /containers/web/kill?signal=FOO | {}                                                                                       | 500    | Invalid signal: FOO                         |
      | Killing what does not run        | POST /containers/batch/kill          | {}                                                                                       | 500    | is not running                              |
      | What VIC cannot do               | POST /containers/web/pause           | {}                                                                                       | 500    | does not implement container.ContainerPause |

  @CLI-03 @error-path
  Scenario: A running container is removed with force only
    Given the world "one-cluster"
    When I ask Docker of "virtual-container-host" for "DELETE /containers/cache"
    Then the HTTP status is 409
    And nothing changes
    When I ask Docker of "virtual-container-host" for "DELETE /containers/cache?force=1"
    Then the HTTP status is 204
    And the changes are:
      | change  | what                                                         |
      | removed | /DC0/host/DC0_C0/Resources/virtual-container-host/cache-<id> |
      | removed | [nfs-1] <id>                                                 |

  @CLI-03 @TTH-02
  Scenario: A process that ends takes its machine down, and leaves its output and its status
    Given the world "one-cluster"
    And I have asked Docker of "virtual-container-host" for "POST /containers/create?name=once" with:
      """
      { Image: busybox, Cmd: [sh, -c, "echo ready; exit 3"], Tty: true }
      """
    When I ask Docker of "virtual-container-host" for "POST /containers/once/start"
    Then the HTTP status is 204
    And "runtime.powerState" of "/DC0/host/DC0_C0/Resources/virtual-container-host/once-<id>" becomes "poweredOff"
    When I ask Docker of "virtual-container-host" for "GET /containers/once/json"
    Then the result is:
      """
      State: { Status: exited, Running: false, ExitCode: 3 }
      """
    When I ask Docker of "virtual-container-host" for "GET /containers/once/logs?stdout=1"
    Then the reply has "ready"
    And the changes are:
      | change  | what                                                        | fact        | from    | to      |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/once-<id> | extraConfig | 46 keys | 54 keys |

  @OPS-05 @PL-04
  Scenario: A container that is powered off in vSphere is a stopped one, and one that is powered on there runs
    Given the world "one-cluster"
    When I call PowerOffVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>"
    And I call PowerOnVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>"
    And I ask Docker of "virtual-container-host" for "GET /containers/json?all=1"
    Then the result is:
      """
      - { Names: [/batch], Status: Running }
      - { Names: [/web], Status: Stopped }
      - { Names: [/cache], Status: Running }
      """
    And the changes are:
      | change  | what                                                         | fact        | from       | to         |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id>   | power state | poweredOn  | poweredOff |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id> | power state | poweredOff | poweredOn  |
      | removed | [nfs-1] <id>/<id>.vswp                                       |             |            |            |
      | added   | [nfs-1] <id>/<id>.vswp                                       |             |            |            |

  @OPS-05
  Scenario: A container that is deleted in vSphere is none any more
    Given the world "one-cluster"
    When I call Destroy_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/batch-<id>"
    And I ask Docker of "virtual-container-host" for "DELETE /containers/batch"
    Then the HTTP status is 404
    And the reply has "No such container: batch"

  @TTH-02
  Scenario: A signal that is a hint leaves the process running, TERM ends it
    Given the world "one-cluster"
    When I ask Docker of "virtual-container-host" for "POST /containers/web/kill?signal=HUP"
    Then the HTTP status is 204
    And nothing changes
    When I ask Docker of "virtual-container-host" for "POST /containers/web/kill?signal=TERM"
    Then the HTTP status is 204
    And the changes are:
      | change  | what                                                       | fact        | from      | to         |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/web-<id> | power state | poweredOn | poweredOff |
      | removed | [nfs-1] <id>/<id>.vswp                                     |             |           |            |

  Scenario: vicadmin shows how the VCH is
    Given the world "one-cluster"
    When I ask vicadmin of "virtual-container-host" for "GET /"
    Then the reply has "<title>VCH Admin</title>"
    And the reply has "127.17.109.23:2376"
    And the reply has "2 of 3 running"
    When I ask vicadmin of "virtual-container-host" for "GET /logs/port-layer.log"
    Then the reply has "port-layer-server started"
    And nothing changes
