Feature: A guest is customized by a specification, kept or given

  Background:
    Given the world "one-vm"

  Scenario: A specification is kept, and customizes a machine when it boots
    Given I have called CreateCustomizationSpec of "customizationSpecManager" with:
      """
      item:
        info: { name: linux, description: "", type: Linux }
        spec:
          identity: { _type: CustomizationLinuxPrep, hostName: { _type: CustomizationVirtualMachineName }, domain: example.org }
          globalIPSettings: {}
          nicSettingMap: [{ adapter: { ip: { _type: CustomizationFixedIp, ipAddress: 10.0.0.9 }, subnetMask: 255.255.255.0 } }]
      """
    And I have called GetCustomizationSpec of "customizationSpecManager" with:
      """
      name: linux
      """
    And I keep "spec" of the result as "spec"
    When I call CustomizeVM_Task of "/DC0/vm/web" with:
      """
      spec: <kept spec>
      """
    And I call PowerOnVM_Task of "/DC0/vm/web"
    Then "guest.ipAddress" of "/DC0/vm/web" is "10.0.0.9"
    And "guest.hostName" of "/DC0/vm/web" is "web.example.org"
    When I call QueryEvents of "eventManager" with:
      """
      filter: { eventTypeId: [CustomizationSucceeded], maxCount: 1 }
      """
    Then the result is:
      """
      - { _type: CustomizationSucceeded, vm: { name: web } }
      """

  @error-path
  Scenario: A running machine is not customized
    Given I have called PowerOnVM_Task of "/DC0/vm/web"
    When I call CustomizeVM_Task of "/DC0/vm/web" with:
      """
      spec:
        identity: { _type: CustomizationLinuxPrep, hostName: { _type: CustomizationVirtualMachineName }, domain: example.org }
        globalIPSettings: {}
        nicSettingMap: [{ adapter: { ip: { _type: CustomizationFixedIp, ipAddress: 10.0.0.9 }, subnetMask: 255.255.255.0 } }]
      """
    Then the fault is "InvalidPowerState"
    And nothing changes

  @error-path
  Scenario: A machine has as many adapters as it has
    When I call CustomizeVM_Task of "/DC0/vm/web" with:
      """
      spec:
        identity: { _type: CustomizationLinuxPrep, hostName: { _type: CustomizationVirtualMachineName }, domain: example.org }
        globalIPSettings: {}
        nicSettingMap: [{ adapter: { ip: { _type: CustomizationDhcpIpGenerator } } }, { adapter: { ip: { _type: CustomizationDhcpIpGenerator } } }]
      """
    Then the fault is "NicSettingMismatch" with:
      """
      { numberOfNicsInSpec: 2, numberOfNicsInVM: 1 }
      """
    And nothing changes

  @error-path
  Scenario: A specification that is not kept
    When I call GetCustomizationSpec of "customizationSpecManager" with:
      """
      name: none
      """
    Then the fault is "NotFound"
    And nothing changes
