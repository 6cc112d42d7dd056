Feature: Custom attributes hang what people know on entities

  Scenario: A value is set and read
    Given the world "users"
    And I have called AddCustomFieldDef of "customFieldsManager" with:
      """
      { name: owner, moType: VirtualMachine }
      """
    When I call setCustomValue of "/DC0/vm/web" with:
      """
      { key: owner, value: ann }
      """
    And I read "summary.customValue" of "/DC0/vm/web"
    Then the result is:
      """
      - { key: 101, value: ann }
      """

  @error-path
  Scenario: An attribute of machines is none of hosts
    Given the world "users"
    And I have called AddCustomFieldDef of "customFieldsManager" with:
      """
      { name: owner, moType: VirtualMachine }
      """
    When I call SetField of "customFieldsManager" with:
      """
      { entity: !ref /DC0/host/C0, key: 101, value: ann }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: key
      """
    And nothing changes

  @error-path
  Scenario: A name is taken once
    Given the world "users"
    And I have called AddCustomFieldDef of "customFieldsManager" with:
      """
      { name: owner }
      """
    When I call AddCustomFieldDef of "customFieldsManager" with:
      """
      { name: owner, moType: HostSystem }
      """
    Then the fault is "DuplicateName"
    And nothing changes
