Feature: Folders keep names unique and go whole or not at all

  Background:
    Given the world "one-vm"
    And I have called CreateFolder of "/DC0/vm" with:
      """
      name: apps
      """

  @error-path
  Scenario: A name that a sibling has is refused when an entity is made, moved or renamed
    Given I have called CreateFolder of "/DC0/vm/apps" with:
      """
      name: web
      """
    When I call CreateFolder of "/DC0/vm" with:
      """
      name: web
      """
    Then the fault is "DuplicateName" with:
      """
      name: web
      object: !ref /DC0/vm/web
      """
    When I call MoveIntoFolder_Task of "/DC0/vm/apps" with:
      """
      list: [!ref /DC0/vm/web]
      """
    Then the fault is "DuplicateName"
    When I call Rename_Task of "/DC0/vm/apps" with:
      """
      newName: web
      """
    Then the fault is "DuplicateName"
    And nothing changes

  Scenario: A folder is destroyed with its machines and their files
    Given I have called MoveIntoFolder_Task of "/DC0/vm/apps" with:
      """
      list: [!ref /DC0/vm/web]
      """
    When I call Destroy_Task of "/DC0/vm/apps"
    Then the changes are:
      | change  | what             |
      | removed | /DC0/vm/apps     |
      | removed | /DC0/vm/apps/web |
      | removed | [datastore1] web |

  @error-path
  Scenario: A folder with a running machine is not destroyed
    Given I have called MoveIntoFolder_Task of "/DC0/vm/apps" with:
      """
      list: [!ref /DC0/vm/web]
      """
    And I have called PowerOnVM_Task of "/DC0/vm/apps/web"
    When I call Destroy_Task of "/DC0/vm/apps"
    Then the fault is "InvalidPowerState"
    And nothing changes

  Scenario: A folder is unregistered, and the files of its machines stay
    Given I have called MoveIntoFolder_Task of "/DC0/vm/apps" with:
      """
      list: [!ref /DC0/vm/web]
      """
    When I call UnregisterAndDestroy_Task of "/DC0/vm/apps"
    Then "[datastore1] web/web.vmx" exists
    And the changes are:
      | change  | what             |
      | removed | /DC0/vm/apps     |
      | removed | /DC0/vm/apps/web |

  @error-path
  Scenario: A folder does not move into itself
    When I call MoveIntoFolder_Task of "/DC0/vm/apps" with:
      """
      list: [!ref /DC0/vm/apps]
      """
    Then the fault is "InvalidFolder"
    And nothing changes
