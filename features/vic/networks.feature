Feature: The networks of a VCH

  @NET-01 @vcenter
  Scenario Outline: A VCH is on four networks, with a card for each that is another's
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 <flags>"
    Then it succeeds
    And the extraConfig of "/DC0/host/DC0_C0/Resources/vch1/vch1" has:
      | key                                             | value                              |
      | guestinfo./init/networks                        | bridge\|client\|external\|management |
      | guestinfo./init/networks\|external/Common/id    | <external>                         |
      | guestinfo./init/networks\|client/Common/id      | <client>                           |
      | guestinfo./init/networks\|management/Common/id  | <management>                       |
      | guestinfo./init/networks\|bridge/Common/id      | <bridge>                           |
    When I read "network" of "/DC0/host/DC0_C0/Resources/vch1/vch1"
    Then the result is:
      """
      <networks>
      """
    When I read "guest.net" of "/DC0/host/DC0_C0/Resources/vch1/vch1"
    Then the result is:
      """
      <cards>
      """
    And the changes are:
      | change | what                                 |
      | added  | /DC0/host/DC0_C0/Resources/vch1      |
      | added  | /DC0/host/DC0_C0/Resources/vch1/vch1 |
      | added  | [nfs-1] vch1                         |
      | added  | extension com.vmware.vic.<uuid>      |

    Examples:
      | flags                                                      | external | client | management | bridge | networks | cards |
      | --en 'VM Network'                                          | 192      | 192    | 192        | 224    | [!ref "/DC0/network/VM Network", !ref /DC0/network/apps] | [{ network: VM Network }, { network: apps }] |
      | --en 'VM Network' --cln Management                         | 192      | 224    | 224        | 256    | [!ref "/DC0/network/VM Network", !ref /DC0/network/Management, !ref /DC0/network/apps] | [{ network: VM Network }, { network: Management }, { network: apps }] |
      | --en 'VM Network' --cln Management --mn bridge-blue        | 192      | 224    | 256        | 288    | [!ref "/DC0/network/VM Network", !ref /DC0/network/Management, !ref /DC0/network/bridge-blue, !ref /DC0/network/apps] | [{ network: VM Network }, { network: Management }, { network: bridge-blue }, { network: apps }] |

  @NET-04 @vcenter
  Scenario: Clients reach the VCH on a network that is not the external one
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 --en bridge-blue --cln Management --mn 'VM Network' -k"
    Then it succeeds
    And it prints in order:
      | http://<address of vch1>:2378       |
      | DOCKER_HOST=<address of vch1>:2375  |
    When I read "guest.net" of "/DC0/host/DC0_C0/Resources/vch1/vch1"
    Then the result is:
      """
      - { network: bridge-blue, connected: true }
      - { network: Management, connected: true, ipAddress: [<address of vch1>] }
      - { network: VM Network, connected: true }
      - { network: apps, connected: true }
      """
    And the changes are:
      | change | what                                 |
      | added  | /DC0/host/DC0_C0/Resources/vch1      |
      | added  | /DC0/host/DC0_C0/Resources/vch1/vch1 |
      | added  | [nfs-1] vch1                         |
      | added  | extension com.vmware.vic.<uuid>      |

  @NET-05 @vcenter
  Scenario: The way out of a VCH is its external network
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 --en bridge-blue --cln Management --mn 'VM Network' -k"
    Then it succeeds
    And the extraConfig of "/DC0/host/DC0_C0/Resources/vch1/vch1" has:
      | key                                                      | value                                   |
      | guestinfo./init/networks\|external/network/Common/id    | <reference of /DC0/network/bridge-blue> |
      | guestinfo./init/networks\|external/network/default      | true                                    |
      | guestinfo./init/networks\|client/network/default        | false                                   |
      | guestinfo./init/networks\|management/network/default    | false                                   |
      | guestinfo./init/networks\|bridge/network/default        | false                                   |
    And the changes are:
      | change | what                                 |
      | added  | /DC0/host/DC0_C0/Resources/vch1      |
      | added  | /DC0/host/DC0_C0/Resources/vch1/vch1 |
      | added  | [nfs-1] vch1                         |
      | added  | extension com.vmware.vic.<uuid>      |

  @docker @NET-02 @NET-03 @vcenter
  Scenario: What the appliance does in vSphere, and what containers have to tell it, goes over the management network
    Given the world "one-cluster"
    When I ask Docker of "team-blue" for "POST /containers/create?name=one" with:
      """
      { Image: busybox, Cmd: [top] }
      """
    And I read "sessionList" of "sessionManager"
    Then the result has:
      """
      - { userName: com.vmware.vic.<uuid>, ipAddress: <management address of team-blue> }
      """
    When I read "config.hardware.device" of "/DC0/vm/one-<id>"
    Then the result has:
      """
      - { _type: VirtualSerialPort, backing: { serviceURI: "tcp://<management address of team-blue>:8080", direction: client } }
      """
    When I ask Docker of "team-blue" for "DELETE /containers/one"
    Then the HTTP status is 204
    And nothing changes

  @PL-01 @PL-02 @NET-07 @PL-07 @vcenter
  Scenario: The networks that containers may be attached to are those given to create, under their aliases
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 -k --cn bridge-blue:database --cng bridge-blue:10.10.10.1/24 --cnr bridge-blue:10.10.10.100-120 --cnd bridge-blue:10.10.10.2"
    Then it succeeds
    And the extraConfig of "/DC0/host/DC0_C0/Resources/vch1/vch1" has:
      | key                                                 | value                                   |
      | guestinfo./container_networks                       | bridge\|database                        |
      | guestinfo./container_networks\|database/Common/name | database                                |
      | guestinfo./container_networks\|database/Common/id   | <reference of /DC0/network/bridge-blue> |
      | guestinfo./container_networks\|bridge/Common/id     | <reference of /DC0/network/apps>        |
      | guestinfo./container_networks\|database/pools       | 0                                       |
    And the changes are:
      | change | what                                 |
      | added  | /DC0/host/DC0_C0/Resources/vch1      |
      | added  | /DC0/host/DC0_C0/Resources/vch1/vch1 |
      | added  | [nfs-1] vch1                         |
      | added  | extension com.vmware.vic.<uuid>      |

  @PL-02 @error-path @vcenter
  Scenario Outline: <problem> is no container network
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 <flags>"
    Then it fails
    And it says "<said>"
    And nothing changes

    Examples:
      | problem                       | flags                                             | said             |
      | An unknown network            | --cn nosuch:database                              | nosuch           |
      | A standard network            | --cn Management                                   | Management       |
      | The bridge                    | --cn apps:database                                | apps             |
      | A range outside of its subnet | --cn bridge-blue --cng bridge-blue:10.10.10.1/24 --cnr bridge-blue:10.20.0.1-9 | 10.20.0.1 |

  @PL-06 @PL-01 @vcenter
  Scenario: A network of NSX becomes a network of containers
    Given the world "one-cluster"
    And I have called AddDVPortgroup_Task of "/DC0/network/DVS0" with:
      """
      spec: [{ name: segment-1, type: ephemeral, backingType: nsx, logicalSwitchUuid: 11111111-2222-3333-4444-555555555555 }]
      """
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 -k --cn segment-1:backend"
    Then it succeeds
    And the extraConfig of "/DC0/host/DC0_C0/Resources/vch1/vch1" has:
      | key                                              | value                                 |
      | guestinfo./container_networks                    | backend\|bridge                       |
      | guestinfo./container_networks\|backend/Common/id | <reference of /DC0/network/segment-1> |
    And the changes are:
      | change | what                                 |
      | added  | /DC0/host/DC0_C0/Resources/vch1      |
      | added  | /DC0/host/DC0_C0/Resources/vch1/vch1 |
      | added  | [nfs-1] vch1                         |
      | added  | extension com.vmware.vic.<uuid>      |

  @docker @PL-02 @PL-06 @PL-07 @NET-07 @vcenter
  Scenario: Docker shows the networks that the VCH was given, and a container joins one directly
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 -k --cn bridge-blue:database --cng bridge-blue:10.10.10.1/24 --cnr bridge-blue:10.10.10.100-120 --cnd bridge-blue:10.10.10.2"
    Then it succeeds
    When I ask Docker of "vch1" for "GET /networks"
    Then the result is:
      """
      - { Name: bridge, Driver: bridge, IPAM: { Config: [{ Subnet: 172.16.0.0/16, Gateway: 172.16.0.1 }] } }
      - { Name: database, Driver: external, IPAM: { Config: [{ Subnet: 10.10.10.0/24, Gateway: 10.10.10.1 }] } }
      """
    When I ask Docker of "vch1" for "POST /images/create?fromImage=mysql&tag=5.7"
    And I ask Docker of "vch1" for "POST /containers/create?name=db" with:
      """
      { Image: "mysql:5.7", HostConfig: { NetworkMode: database } }
      """
    And I ask Docker of "vch1" for "POST /containers/db/start"
    And I read "network" of "/DC0/host/DC0_C0/Resources/vch1/db-<id>"
    Then the result is:
      """
      [!ref /DC0/network/bridge-blue]
      """
    And "guest.ipAddress" of "/DC0/host/DC0_C0/Resources/vch1/db-<id>" is "10.10.10.100"
    When I run "vic-machine delete -t <target> -u <user> -p <password> -n vch1 -r DC0_C0 --force"
    Then it succeeds
    And nothing changes

  @docker @PL-02 @VCH-06
  Scenario: A VCH that is reconfigured has another network, and its containers stay on
    Given the world "one-cluster"
    When I call ReconfigVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host" with:
      """
      spec:
        extraConfig:
          - { _type: OptionValue, key: guestinfo./container_networks, value: bridge|more }
          - { _type: OptionValue, key: guestinfo./container_networks|more/Common/id, value: <reference of /DC0/network/apps> }
          - { _type: OptionValue, key: guestinfo./container_networks|more/Common/name, value: more }
      """
    And I call ResetVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host"
    Then the VCH "virtual-container-host" is up
    When I ask Docker of "virtual-container-host" for "GET /networks"
    Then the result is:
      """
      [{ Name: bridge }, { Name: more, Driver: external }]
      """
    And the changes are:
      | change  | what                                                                     | fact        | from    | to      |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host | extraConfig | 195 keys | 197 keys |

  @docker @PL-07
  Scenario: Containers know each other by aliases
    Given the world "one-cluster"
    When I ask Docker of "virtual-container-host" for "POST /containers/create?name=app" with:
      """
      { Image: busybox, Cmd: [top], HostConfig: { Links: ["web:frontend"] } }
      """
    Then the HTTP status is 201
    And the extraConfig of "/DC0/host/DC0_C0/Resources/virtual-container-host/app-<id>" has:
      | key                                | value        |
      | networks\|bridge/network/aliases~ | web:frontend |

  @docker @NET-08
  Scenario: Clients make bridge networks of their own, and containers join them
    Given the world "one-cluster"
    When I ask Docker of "virtual-container-host" for "POST /networks/create" with:
      """
      Name: backend
      """
    Then the HTTP status is 201
    When I ask Docker of "virtual-container-host" for "POST /networks/backend/connect" with:
      """
      Container: cache
      """
    Then the HTTP status is 200
    When I ask Docker of "virtual-container-host" for "GET /containers/cache/json"
    Then the result is:
      """
      NetworkSettings: { Networks: { bridge: { IPAddress: 172.16.0.3 }, backend: { IPAddress: 172.17.0.2, Gateway: 172.17.0.1 } } }
      """
    When I ask Docker of "virtual-container-host" for "DELETE /networks/backend"
    Then the HTTP status is 403
    And the reply has "active endpoints"

  @docker @NET-08 @error-path
  Scenario Outline: <problem> is refused
    Given the world "one-cluster"
    When I ask Docker of "virtual-container-host" for "<line>" with:
      """
      <body>
      """
    Then the HTTP status is <status>
    And the reply has "<said>"
    And nothing changes

    Examples:
      | problem                    | line                          | body                                                         | status | said             |
      | A name that is taken       | POST /networks/create         | Name: bridge                                                 | 409    | already exists   |
      | A subnet that is taken     | POST /networks/create         | { Name: x, IPAM: { Config: [{ Subnet: 172.16.9.0/24 }] } }   | 409    | overlaps         |
      | Another driver             | POST /networks/create         | { Name: x, Driver: overlay }                                 | 500    | is not supported |
      | Joining a network twice    | POST /networks/bridge/connect | Container: cache                                             | 403    | already          |

  @docker @NET-08 @error-path
  Scenario: The bridge stays
    Given the world "one-cluster"
    When I ask Docker of "virtual-container-host" for "DELETE /networks/bridge"
    Then the HTTP status is 403
    And the reply has "pre-defined"
    And nothing changes

  @docker @VCH-03 @NET-06
  Scenario: A port of a container is mapped to one of the VCH, which only one container has
    Given the world "one-cluster"
    And I have asked Docker of "virtual-container-host" for "POST /containers/create?name=one" with:
      """
      { Image: "nginx:1.11", HostConfig: { PortBindings: { 80/tcp: [{ HostPort: "8088" }] } } }
      """
    And I have asked Docker of "virtual-container-host" for "POST /containers/create?name=two" with:
      """
      { Image: "nginx:1.11", HostConfig: { PortBindings: { 80/tcp: [{ HostPort: "8088" }] } } }
      """
    When I ask Docker of "virtual-container-host" for "POST /containers/one/start"
    And I ask Docker of "virtual-container-host" for "GET /containers/one/json"
    Then the result is:
      """
      NetworkSettings: { Ports: { 80/tcp: [{ HostIp: 127.17.109.23, HostPort: "8088" }] } }
      """
    When I ask Docker of "virtual-container-host" for "POST /containers/two/start"
    Then the HTTP status is 500
    And the reply has "port 8088 is not available"
    When I ask Docker of "virtual-container-host" for "POST /containers/one/stop"
    And I ask Docker of "virtual-container-host" for "POST /containers/two/start"
    Then the HTTP status is 204
    And the changes are:
      | change  | what                                                       | fact        | from       | to        |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/two-<id> | power state | poweredOff | poweredOn |
      | added   | [nfs-1] <id>/<id>.vswp                                     |             |            |           |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/one-<id> | extraConfig | 48 keys    | 56 keys   |
      | changed | /DC0/host/DC0_C0/Resources/virtual-container-host/two-<id> | extraConfig | 48 keys    | 56 keys   |
