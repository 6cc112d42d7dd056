Feature: vic-machine ls lists the virtual container hosts of a server

  @LS-01 @LS-05 @LS-07 @LS-08 @LS-09 @vcenter
  Scenario: Every VCH of a vCenter Server, with its ID, the path of its pool and its name
    Given the world "one-cluster"
    When I run "vic-machine ls --target <user>:<password>@<host>"
    Then the exit code is 0
    And the table is:
      | ID      | PATH                             | NAME                   |
      | vm-\\d+ | /DC0/host/DC0_C0/Resources       | virtual-container-host |
      | vm-\\d+ | /DC0/host/DC0_C0/Resources/Teams | team-blue              |
    And nothing changes

  @LS-06 @LS-13 @esxi
  Scenario: The VCHs of a standalone ESXi host
    Given the world "esxi-simple"
    When I run "vic-machine ls -t <host> -u <user> -p <password>"
    Then the exit code is 0
    And the table is:
      | ID   | PATH                                                       | NAME                   |
      | \\d+ | /ha-datacenter/host/localhost.localdomain/Resources        | virtual-container-host |
    And nothing changes

  @LS-02 @vcenter
  Scenario: A server without VCHs has an empty table
    Given the world "empty"
    When I run "vic-machine ls --target <target> --user <user> --password <password>"
    Then the exit code is 0
    And the table is:
      | ID | PATH | NAME |
    And nothing changes

  @LS-12 @error-path
  Scenario: Without a target it says which flag to use
    When I run "vic-machine ls --user root --password x"
    Then the exit code is 2
    And stderr has "--target"

  @LS-19 @LS-23 @error-path
  Scenario: Without a password and without a terminal it names the flag
    Given the world "empty"
    When I run "vic-machine ls --target <host> --user <user>"
    Then the exit code is 2
    And stderr has "--password"
    And nothing changes

  @LS-19 @LS-23
  Scenario: Without a password it asks for one on a terminal
    Given the world "empty"
    When I run "vic-machine ls --target <host> --user <user>" and type the password
    Then the exit code is 0
    And nothing changes

  @LS-18 @error-path @vcenter
  Scenario: An unknown datacenter fails and lists the datacenters
    Given the world "many"
    When I run "vic-machine ls --target <user>:<password>@<host>/nowhere"
    Then the exit code is 1
    And stderr has "nowhere"
    And stderr has "east"
    And stderr has "west"
    And nothing changes

  @LS-17 @error-path @vcenter
  Scenario: Several datacenters and none named fails and lists them
    Given the world "many"
    When I run "vic-machine ls --target <user>:<password>@<host>"
    Then the exit code is 1
    And stderr has "east"
    And stderr has "west"
    And nothing changes

  @error-path
  Scenario: A wrong password is a failed login
    Given the world "empty"
    When I run "vic-machine ls --target <host> --user <user> --password wrong"
    Then the exit code is 1
    And stderr has "incorrect user name or password"
    And nothing changes

  @error-path
  Scenario: Nobody listens there
    When I run "vic-machine ls --target 127.0.0.1:1 --user root --password x"
    Then the exit code is 1
    And stderr has "127.0.0.1:1"
