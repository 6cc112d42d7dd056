Feature: A world is saved and loaded, kept over a restart, and a client is recorded and replayed

  Scenario: A world that is saved is loaded by another vicsim
    Given the world "one-vm"
    And the endpoint has an admin plane
    And I have called CreateFolder of "/DC0/vm" with:
      """
      name: aside
      """
    When I run vicsim with "ctl save saved --url <url>"
    Then it succeeds
    And nothing changes
    Given a vicsim of my own with "-load saved"
    Then "name" of "/DC0/vm/aside" is "aside"
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOff"

  Scenario: What was recorded is answered alike elsewhere
    Given the world "one-vm"
    And a vicsim of my own with "-record calls.ndjson"
    When I call CreateFolder of "/DC0/vm" with:
      """
      name: aside
      """
    And I run vicsim with "replay calls.ndjson --against <login>"
    Then it fails
    And it says "CreateFolder"
    And it says "DuplicateName"

  @error-path
  Scenario: A recording that is not there
    Given the world "one-vm"
    When I run vicsim with "replay none.ndjson --against <login>"
    Then it fails
    And it says "none.ndjson"
    And nothing changes
