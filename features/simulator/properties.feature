Feature: Properties are read through the collector as the schema has them

  Scenario: A nested path
    Given the world "one-vm"
    When I read "config.hardware.memoryMB" of "/DC0/vm/web"
    Then the result is:
      """
      512
      """

  Scenario: An element of an array by its key
    Given the world "one-vm"
    When I read "config.hardware.device[4000].deviceInfo.label" of "/DC0/vm/web"
    Then the result is:
      """
      Network adapter 1
      """

  Scenario: An unset property is not there
    Given the world "one-vm"
    When I read "snapshot" of "/DC0/vm/web"
    Then there is no result

  Scenario: The unset property of pyVmomi's Fetch is an empty answer
    Given the world "one-vm"
    When I fetch "snapshot" of "/DC0/vm/web"
    Then there is no result

  Scenario Outline: Every top-level property of every type can be fetched
    Given the world "<world>"
    When I fetch every property of one object of every type
    Then every fetch succeeds
    And nothing changes

    Examples:
      | world       |
      | one-cluster |
      | esxi-simple |
