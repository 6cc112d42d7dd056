Feature: A machine that carries the configuration of a VCH boots as the appliance does

  Scenario Outline: Powered off it is silent, powered on it has its address again
    Given the world "<world>"
    And I watch "guest.ipAddress" of "VirtualMachine"
    And I have called PowerOffVM_Task of "<appliance>"
    And the updates so far are seen
    When I call PowerOnVM_Task of "<appliance>"
    Then the updates are:
      | kind   | object      | path            | value     |
      | modify | <appliance> | guest.ipAddress | <address> |

    @vcenter
    Examples:
      | world       | appliance                                                                | address      |
      | one-cluster | /DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host | 127.17.109.23 |

    @esxi
    Examples:
      | world       | appliance                                | address      |
      | esxi-simple | /ha-datacenter/vm/virtual-container-host | 10.17.109.70 |

  @vcenter @error-path
  Scenario: Two appliances never have one address: when there is one only, the second gets none
    Given the world "empty"
    When I send "POST /sim/dhcp?network=VM%20Network&range=10.17.0.10-10"
    Then the HTTP status is 200
    Given I have run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b apps -n vch2 --timeout 1s"
    Then it fails
    And "guest.ipAddress" of "/DC0/host/DC0_C0/Resources/vch1/vch1" is "10.17.0.10"
    And nothing changes
