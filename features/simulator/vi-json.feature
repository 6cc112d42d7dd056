Feature: Every method and property of vim25 is there as JSON

  Background:
    Given the world "one-vm"
    And I have logged in to VI/JSON "/sdk/vim25/8.0.1.0"

  Scenario: A property is read, a method changes it
    When I send "GET /sdk/vim25/8.0.1.0/Folder/group-d1/childEntity"
    Then the reply is:
      """
      - { _typeName: ManagedObjectReference, type: Datacenter }
      """
    When I keep "[0].value" of the reply as "dc"
    And I send "GET /sdk/vim25/8.0.1.0/Datacenter/<kept dc>/vmFolder"
    And I keep "value" of the reply as "folder"
    And I send "POST /sdk/vim25/8.0.1.0/Folder/<kept folder>/CreateFolder" with:
      """
      { "name": "aside" }
      """
    Then the HTTP status is 200
    When I keep "value" of the reply as "made"
    And I send "GET /sdk/vim25/8.0.1.0/Folder/<kept made>/name"
    Then the body is "\"aside\""
    And "/DC0/vm/aside" exists

  @error-path
  Scenario: A fault is a status with the fault as its body
    When I send "GET /sdk/vim25/8.0.1.0/Folder/group-d1/childEntity"
    And I keep "[0].value" of the reply as "dc"
    And I send "GET /sdk/vim25/8.0.1.0/Datacenter/<kept dc>/vmFolder"
    And I keep "value" of the reply as "folder"
    And I send "POST /sdk/vim25/8.0.1.0/Folder/<kept folder>/CreateFolder" with:
      """
      { "name": "" }
      """
    Then the HTTP status is 500
    And the reply is:
      """
      { _typeName: InvalidName, name: "" }
      """
    And "/DC0/vm/aside" is gone

  @error-path
  Scenario Outline: What vim25 does not have is not found: <path>
    When I send "GET /sdk/vim25/<path>"
    Then the HTTP status is <status>

    Examples:
      | path                             | status |
      | 8.0.1.0/Folder/group-d1/colour   | 404    |
      | 6.5/Folder/group-d1/name         | 404    |

  @error-path
  Scenario: Who has logged out gets nothing
    When I send "POST /sdk/vim25/8.0.1.0/SessionManager/SessionManager/Logout"
    Then the HTTP status is 204
    When I send "GET /sdk/vim25/8.0.1.0/Folder/group-d1/name"
    Then the HTTP status is 500
    And the reply is:
      """
      _typeName: NotAuthenticated
      """
