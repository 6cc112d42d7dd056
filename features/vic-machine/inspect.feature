Feature: vic-machine inspect prints how to reach a virtual container host

  @INS-02 @INS-03 @INS-04 @INS-05 @INS-06 @INS-07 @INS-38 @vcenter
  Scenario: The connection facts of the VCH with the default name
    Given the world "one-cluster"
    When I run "vic-machine inspect --target <user>:<password>@<host>"
    Then the exit code is 0
    And it prints in order:
      | vic-admin portal:                                 |
      | https://10.17.109.23:2378                         |
      | DOCKER_HOST=10.17.109.23:2376                     |
      | Connect to docker:                                |
      | docker -H 10.17.109.23:2376 --tls info            |
      | Completed successfully                            |
    And nothing changes

  @INS-36 @INS-37 @vcenter
  Scenario: A VCH in a pool of a cluster, without TLS
    Given the world "one-cluster"
    When I run "vic-machine inspect -t <host> -u <user> -p <password> -r DC0_C0/Teams -n team-blue"
    Then the exit code is 0
    And stdout has "DOCKER_HOST=10.17.109.40:2375"
    And stdout has "docker -H 10.17.109.40:2375 info"
    And nothing changes

  @INS-13 @esxi
  Scenario: A VCH on an ESXi host
    Given the world "esxi-simple"
    When I run "vic-machine inspect -t <host> -u <user> -p <password>"
    Then the exit code is 0
    And stdout has "Completed successfully"
    And nothing changes

  @INS-38 @INS-39 @error-path @vcenter
  Scenario: An unknown name says which VCHs there are
    Given the world "one-cluster"
    When I run "vic-machine inspect --target <user>:<password>@<host> --name nosuch"
    Then the exit code is 1
    And stderr has "nosuch"
    And stderr has "virtual-container-host"
    And nothing changes

  @INS-31 @error-path @vcenter
  Scenario: Several compute resources and none named fails with the valid values
    Given the world "many"
    When I run "vic-machine inspect --target <user>:<password>@<host>/east"
    Then the exit code is 1
    And stderr has "--compute-resource"
    And nothing changes
