Feature: vic-machine inspect prints how to reach a virtual container host

  @INS-01 @INS-02 @INS-03 @INS-04 @INS-05 @INS-06 @INS-07 @vcenter
  Scenario: The connection facts of a VCH with TLS, in the guide's order
    Given the world "one-cluster"
    When I run "vic-machine inspect --target <user>:<password>@<host> --name virtual-container-host"
    Then it succeeds
    And it prints in order:
      | vic-admin portal:                                                 |
      | https://<address of virtual-container-host>:2378                  |
      | DOCKER_HOST=<address of virtual-container-host>:2376              |
      | Connect to docker:                                                |
      | docker -H <address of virtual-container-host>:2376 --tls info     |
      | Completed successfully                                            |
    And nothing changes

  # The guide shows the TLS case only; without TLS the Docker endpoint is on 2375 and the portal is plain http (DIV-10).
  @INS-03 @INS-04 @INS-05 @INS-06 @INS-07 @vcenter
  Scenario: The connection facts of a VCH without TLS
    Given the world "one-cluster"
    When I run "vic-machine inspect --target <user>:<password>@<host> --compute-resource DC0_C0/Teams --name team-blue"
    Then it succeeds
    And it prints in order:
      | vic-admin portal:                          |
      | http://<address of team-blue>:2378         |
      | DOCKER_HOST=<address of team-blue>:2375    |
      | Connect to docker:                         |
      | docker -H <address of team-blue>:2375 info |
      | Completed successfully                     |
    And nothing changes

  @INS-01 @INS-13 @esxi
  Scenario: A VCH on an ESXi host
    Given the world "esxi-simple"
    When I run "vic-machine inspect -t <host> -u <user> -p <password>"
    Then it succeeds
    And it prints in order:
      | DOCKER_HOST=<address of virtual-container-host>:2376 |
      | Completed successfully                               |
    And nothing changes

  @INS-01 @error-path @vcenter
  Scenario: A VCH that is powered off cannot be reached, and its state is named
    Given the world "many"
    When I run "vic-machine inspect -t <user>:<password>@<host>/east -r esx-10.east.example.com/Lab -n vch-lab"
    Then it fails
    And it says "not powered on"
    And it says "poweredOff"
    And nothing changes

  @INS-01 @error-path @vcenter
  Scenario: A VCH that has no address yet cannot be reached
    Given the world "one-cluster"
    And I have called ReconfigVM_Task of "/DC0/host/DC0_C0/Resources/virtual-container-host/virtual-container-host" with:
      """
      spec: { extraConfig: [{ key: "guestinfo..init.networks|client.ip.IP", value: "" }] }
      """
    When I run "vic-machine inspect -t <user>:<password>@<host>"
    Then it fails
    And it says "no client IP address"
    And nothing changes

  @INS-03 @own
  Scenario: The same facts as JSON
    Given the world "one-cluster"
    When I run "vic-machine inspect -t <user>:<password>@<host> --json"
    Then it succeeds
    And stdout has '"dockerHost": "127.17.109.23:2376"'
    And stdout has '"adminPortal": "https://127.17.109.23:2378"'
    And nothing changes
