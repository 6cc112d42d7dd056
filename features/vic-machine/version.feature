Feature: vic-machine version says which build is in use

  @VER-01 @VER-03 @VER-04 @ADM-01
  Scenario: The version needs no server and no credentials
    When I run "vic-machine version"
    Then it succeeds
    And it says "version"
    And the files written are ""

  @ADM-04 @own
  Scenario: The version names the vSphere Integrated Containers that it is for
    When I run "vic-machine version"
    Then it succeeds
    And it says "vSphere Integrated Containers 0.5"

  @VER-02 @DEL-55 @error-path
  Scenario Outline: The version takes no argument <argument>
    When I run "vic-machine version <argument>"
    Then it fails as a usage error
    And it says "<argument>"

    Examples:
      | argument    |
      | --target    |
      | --debug     |
      | --name      |
      | --force     |
      | --timeout   |

  @VER-02 @error-path @own
  Scenario: Nor an argument without a flag
    When I run "vic-machine version please"
    Then it fails as a usage error
    And it says "please"

  @ADM-01
  Scenario: One utility carries the commands that manage virtual container hosts
    When I run "vic-machine --help"
    Then it succeeds
    And it says "inspect"
    And it says "ls"
    And it says "delete"
    And it says "version"

  @ADM-03
  Scenario Outline: <command> says what it takes, from wherever it is run, and leaves no file behind
    When I run "vic-machine <command> --help"
    Then it succeeds
    And it says "--target"
    And it says "--user"
    And it says "--password"
    And it says "--compute-resource"
    And it says "--debug"
    And the files written are ""

    Examples:
      | command |
      | ls      |
      | inspect |
      | delete  |

  # One program for every system, under the names that the guide's examples have.
  @ADM-02 @own
  Scenario: The program is installed under a name for each system
    Then the program is installed as "vic-machine-linux, vic-machine-darwin, vic-machine-windows"
