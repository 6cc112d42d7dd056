Feature: vic-machine version says which build is in use

  @VER-01 @VER-03 @VER-04
  Scenario: The version needs no server and no credentials
    When I run "vic-machine version"
    Then the exit code is 0
    And stdout has "vic-machine version"

  @VER-02 @DEL-55 @error-path
  Scenario: The version takes no arguments
    When I run "vic-machine version --target x"
    Then the exit code is 2
    And stderr has "--target"
