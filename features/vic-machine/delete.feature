Feature: vic-machine delete removes a virtual container host and nothing else

  @DEL-03 @DEL-48 @error-path @vcenter
  Scenario: Powered-on containers stop a delete without force before anything changes
    Given the world "one-cluster"
    When I run "vic-machine delete --target <user>:<password>@<host>"
    Then the exit code is 1
    And stderr has "powered on"
    And stderr has "--force"
    And nothing changes

  @DEL-04 @DEL-05 @DEL-45 @DEL-46 @vcenter
  Scenario: With force the containers and the volume stores go too
    Given the world "one-cluster"
    When I run "vic-machine delete --target <user>:<password>@<host> --force"
    Then the exit code is 0
    And stdout has "Completed successfully"
    And the world no longer has the VCH "virtual-container-host"
    And "/DC0/host/DC0_C0/Resources/Teams/team-blue" exists

  @DEL-01 @DEL-02 @DEL-06 @DEL-49 @DEL-50 @vcenter
  Scenario: Without force a VCH whose containers are off goes, and its volume stores stay and are named
    Given the world "one-cluster"
    And every container of "virtual-container-host" is powered off
    When I run "vic-machine delete --target <user>:<password>@<host>"
    Then the exit code is 0
    And stdout has "Completed successfully"
    And stdout has "volumes"
    And the world no longer has the VCH "virtual-container-host"
    And the volumes of "virtual-container-host" are still there

  @DEL-13 @DEL-43 @esxi
  Scenario: A VCH on ESXi goes with the bridge that create made
    Given the world "esxi-simple"
    When I run "vic-machine delete -t <host> -u <user> -p <password> -f"
    Then the exit code is 0
    And the world no longer has the VCH "virtual-container-host"

  @DEL-38 @error-path @vcenter
  Scenario: An unknown name changes nothing
    Given the world "one-cluster"
    When I run "vic-machine delete --target <user>:<password>@<host> --name nosuch --force"
    Then the exit code is 1
    And stderr has "nosuch"
    And nothing changes

  @DEL-53 @error-path
  Scenario: A malformed timeout is refused with an example
    When I run "vic-machine delete --target x --user y --password z --timeout 5"
    Then the exit code is 2
    And stderr has "--timeout"
    And stderr has "5m0s"
