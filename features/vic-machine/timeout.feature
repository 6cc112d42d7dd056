Feature: --timeout bounds a delete

  @DEL-51 @DEL-53
  Scenario Outline: The timeout '<timeout>' is understood
    Given the world "esxi-simple"
    When I run "vic-machine delete -t <user>:<password>@<host> --timeout <timeout>"
    Then it works on "virtual-container-host"

    Examples:
      | timeout |
      | 5m0s    |
      | 90s     |
      | 1h      |
      | 2m30.5s |

  @DEL-52
  Scenario: The default is three minutes
    When I run "vic-machine delete --help"
    Then it succeeds
    And it says "3m0s"

  @DEL-53 @error-path
  Scenario Outline: The timeout '<timeout>' is refused, with an example
    Given the world "esxi-simple"
    When I run "vic-machine delete -t <user>:<password>@<host> --timeout <timeout>"
    Then it fails as a usage error
    And it says "timeout"
    And nothing changes

    Examples:
      | timeout |
      | 5       |
      | soon    |
      | 5x      |

  @DEL-51 @error-path
  Scenario: The timeout has no short name
    When I run "vic-machine delete -t 127.0.0.1:1 -u root -p x -to 5m"
    Then it fails as a usage error
    And it says "-to"

  @DEL-54 @error-path
  Scenario: A delete that takes longer than its timeout fails, and says how to give it more time
    Given the world "one-cluster"
    When I run "vic-machine delete -t <user>:<password>@<host> --force --timeout 1ms"
    Then it fails
    And it says one of:
      | timed out         |
      | deadline exceeded |
