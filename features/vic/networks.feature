Feature: The networks of a VCH

  @NET-01 @vcenter
  Scenario Outline: A VCH is on four networks, with a card for each that is another's
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 <flags>"
    Then the exit code is 0
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

  @PL-01 @PL-02 @NET-07 @PL-07 @vcenter
  Scenario: The networks that containers may be attached to are those given to create, under their aliases
    Given the world "one-cluster"
    When I run "vic-machine create -t <target> -u <user> -p <password> -r DC0_C0 -i nfs-1 -b apps -n vch1 -k --cn bridge-blue:database --cng bridge-blue:10.10.10.1/24 --cnr bridge-blue:10.10.10.100-120 --cnd bridge-blue:10.10.10.2"
    Then the exit code is 0
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
    Then the exit code is 1
    And stderr has "<said>"
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
    Then the exit code is 0
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
