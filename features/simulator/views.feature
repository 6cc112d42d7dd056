Feature: Views list what there is, and go with their session

  Background:
    Given the world "users"

  Scenario: A container view follows the inventory
    When I call CreateContainerView of "viewManager" with:
      """
      { container: !ref /DC0, type: [VirtualMachine], recursive: true }
      """
    And I keep the result as "view"
    And I read "view" of "<kept view>"
    Then the result has:
      """
      - !ref /DC0/vm/web
      - !ref /DC0/vm/db
      """
    When I call Destroy_Task of "/DC0/vm/db"
    And I read "view" of "<kept view>"
    Then the result is:
      """
      - !ref /DC0/vm/web
      """
    When I call DestroyView of "<kept view>"
    And I read "view" of "<kept view>"
    Then the fault is "ManagedObjectNotFound"

  Scenario: A list view has what it is told, and says what is not there
    When I call CreateListView of "viewManager" with:
      """
      obj: [!ref /DC0/vm/web]
      """
    And I keep the result as "view"
    And I call ModifyListView of "<kept view>" with:
      """
      { add: [!ref /DC0/vm/db, { type: VirtualMachine, value: vm-9999 }], remove: [!ref /DC0/vm/web] }
      """
    Then the result is:
      """
      - { type: VirtualMachine, value: vm-9999 }
      """
    When I read "view" of "<kept view>"
    Then the result is:
      """
      - !ref /DC0/vm/db
      """
    And nothing changes

  Scenario: Views go with the session
    Given I have called CreateListView of "viewManager" with:
      """
      obj: [!ref /DC0/vm/web]
      """
    And I keep the result as "view"
    When I call Logout of "sessionManager"
    And I call Login of "sessionManager" with:
      """
      { userName: carla, password: Carla1! }
      """
    And I call DestroyView of "<kept view>"
    Then the fault is "ManagedObjectNotFound"
    And nothing changes

  @error-path
  Scenario: A machine contains nothing
    When I call CreateContainerView of "viewManager" with:
      """
      { container: !ref /DC0/vm/web, recursive: true }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: container
      """
    And nothing changes
