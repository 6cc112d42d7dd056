Feature: vic-machine ls lists the virtual container hosts of a server

  @LS-01 @LS-05 @LS-07 @LS-08 @LS-09 @vcenter
  Scenario: Every VCH of a vCenter Server, with its ID, the path of the pool around its own and its name
    Given the world "one-cluster"
    When I run "vic-machine ls --target <user>:<password>@<host>"
    Then it succeeds
    And the table is:
      | ID      | PATH                             | NAME                   |
      | vm-\\d+ | /DC0/host/DC0_C0/Resources       | virtual-container-host |
      | vm-\\d+ | /DC0/host/DC0_C0/Resources/Teams | team-blue              |
    And nothing changes

  @LS-01 @LS-06 @LS-07 @LS-13 @esxi
  Scenario: The VCHs of a standalone ESXi host
    Given the world "esxi-simple"
    When I run "vic-machine ls -t <user>:<password>@<host>"
    Then it succeeds
    And the table is:
      | ID         | PATH                                                | NAME                   |
      | (vm-)?\\d+ | /ha-datacenter/host/localhost.localdomain/Resources | virtual-container-host |
    And nothing changes

  @LS-02 @LS-07 @vcenter
  Scenario: A server without VCHs has an empty table
    Given the world "empty"
    When I run "vic-machine ls --target <target> --user <user> --password <password>"
    Then it succeeds
    And the table is:
      | ID | PATH | NAME |
    And nothing changes

  # A VCH that is off can still be named and deleted, so it is listed (DIV-04).
  @LS-01 @LS-09 @vcenter
  Scenario: VCHs that are powered off are listed too
    Given the world "many"
    When I run "vic-machine ls -t <user>:<password>@<host>/east -r esx-10.east.example.com"
    Then it succeeds
    And the table is:
      | ID      | PATH                                                  | NAME    |
      | vm-\\d+ | /east/host/esx-10.east.example.com/Resources/Lab      | vch-lab |
    And nothing changes

  @LS-01 @LS-07 @vcenter
  Scenario: What only looks like a VCH is not listed
    Given the world "many"
    When I run "vic-machine ls -t <user>:<password>@<host>/east -r alpha"
    Then it succeeds
    And the table is:
      | ID      | PATH                                      | NAME      |
      | vm-\\d+ | /east/host/alpha/Resources                | vch-alpha |
      | vm-\\d+ | /east/host/alpha/Resources/Production/Web | vch-web   |
    And nothing changes

  # What ls shows, inspect takes: the path as place, or the ID.
  @LS-08 @LS-09 @vcenter
  Scenario Outline: The <fact> of a listed VCH leads to it
    Given the world "one-cluster"
    When I run "vic-machine inspect -t <user>:<password>@<host> <given>"
    Then it works on "team-blue"

    Examples:
      | fact | given                                             |
      | path | -r /DC0/host/DC0_C0/Resources/Teams -n team-blue |
      | ID   | --id <id of team-blue>                            |

  @LS-07 @own
  Scenario: --wide adds state, address and version to the documented columns
    Given the world "many"
    When I run "vic-machine ls -t <user>:<password>@<host>/east --all --wide"
    Then it succeeds
    And the table is:
      | ID      | PATH                                             | NAME                   | STATE      | ADDRESS           | VERSION |
      | vm-\\d+ | /east/host/alpha/Resources                       | vch-alpha              | poweredOn  | \\d+.\\d+.\\d+.\\d+ | 0.5     |
      | vm-\\d+ | /east/host/alpha/Resources/Production/Web        | vch-web                | poweredOn  | \\d+.\\d+.\\d+.\\d+ | 0.5     |
      | vm-\\d+ | /east/host/esx-10.east.example.com/Resources/Lab | vch-lab                | poweredOff | \\d+.\\d+.\\d+.\\d+ | 0.5     |
      | vm-\\d+ | /east/host/esx-11.east.example.com/Resources     | virtual-container-host | poweredOn  | \\d+.\\d+.\\d+.\\d+ | 0.5     |
    And nothing changes

  @LS-01 @own
  Scenario: --all needs no datacenter and no place
    Given the world "many"
    When I run "vic-machine ls -t <user>:<password>@<host> --all --json"
    Then it succeeds
    And stdout has '"path": "/Regions/west/host/gamma/Resources"'
    And stdout has '"path": "/east/host/esx-10.east.example.com/Resources/Lab"'
    And nothing changes
