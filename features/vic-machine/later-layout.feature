Feature: Virtual container hosts of vic-machine 1.x are listed, inspected and deleted too

  # They keep their configuration under other names (guestinfo.vice.), their VMs in a folder of their own, and vCenter is
  # told not to destroy their appliance.
  @LS-01 @own @vcenter
  Scenario: A VCH of 1.5 is listed beside one of 0.5
    Given the world "one-cluster"
    And vic-machine 1.5 has made the VCH "later" in "/DC0/host/DC0_C0/Resources" on "[nfs-1]"
    When I run "vic-machine ls -t <user>:<password>@<host> --wide"
    Then it succeeds
    And the table is:
      | ID      | PATH                             | NAME                   | STATE     | ADDRESS      | VERSION              |
      | vm-\\d+ | /DC0/host/DC0_C0/Resources       | later                  | poweredOn | 10.17.109.99 | v1.5.7-21872-abcdef0 |
      | vm-\\d+ | /DC0/host/DC0_C0/Resources       | virtual-container-host | poweredOn | 127.17.109.23 | 0.5                  |
      | vm-\\d+ | /DC0/host/DC0_C0/Resources/Teams | team-blue              | poweredOn | 127.17.109.40 | 0.5                  |
    And nothing changes

  @INS-01 @own
  Scenario Outline: A VCH of 1.5 is inspected on <world>
    Given the world "<world>"
    And vic-machine 1.5 has made the VCH "later" in "<pool>" on "[<datastore>]"
    When I run "vic-machine inspect -t <user>:<password>@<host> -n later"
    Then it succeeds
    And it prints in order:
      | http://10.17.109.99:2378           |
      | DOCKER_HOST=10.17.109.99:2375      |
      | docker -H 10.17.109.99:2375 info   |
      | Completed successfully             |
    And nothing changes

    Examples:
      | world       | pool                                                       | datastore  |
      | empty       | /DC0/host/DC0_C0/Resources                                 | datastore1 |
      | esxi-simple | /ha-datacenter/host/localhost.localdomain/Resources        | datastore1 |

  @DEL-03 @own @error-path @vcenter
  Scenario: A running container of it stops a delete without force
    Given the world "empty"
    And vic-machine 1.5 has made the VCH "later" with a running container in "/DC0/host/DC0_C0/Resources" on "[datastore1]"
    When I run "vic-machine delete -t <user>:<password>@<host> -n later"
    Then it fails
    And it says "powered on"
    And it says "--force"
    And nothing changes

  @DEL-01 @DEL-49 @DEL-50 @own @vcenter
  Scenario: It is deleted with its folder; its volumes stay and are named
    Given the world "empty"
    And vic-machine 1.5 has made the VCH "later" in "/DC0/host/DC0_C0/Resources" on "[datastore1]"
    When I run "vic-machine delete -t <user>:<password>@<host> -n later"
    Then it succeeds
    And it says "default: [datastore1] vols/later"
    And the changes are:
      | change  | what                             |
      | removed | /DC0/host/DC0_C0/Resources/later |
      | removed | /DC0/vm/later                    |
      | removed | /DC0/vm/later/later              |
      | removed | /DC0/vm/later/web-<id>           |
      | removed | [datastore1] later               |
      | removed | [datastore1] <id>                |

  @DEL-45 @DEL-46 @own
  Scenario Outline: With force nothing of it is left on <world>
    Given the world "<world>"
    And vic-machine 1.5 has made the VCH "later" with a running container in "<pool>" on "[datastore1]"
    When I run "vic-machine delete -t <user>:<password>@<host> -n later --force"
    Then it succeeds
    And the world no longer has the VCH "later"
    And "[datastore1] vols/later" is gone
    And "[datastore1] later" is gone

    Examples:
      | world       | pool                                                |
      | empty       | /DC0/host/DC0_C0/Resources                          |
      | esxi-simple | /ha-datacenter/host/localhost.localdomain/Resources |
