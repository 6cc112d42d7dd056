Feature: Clones are machines of their own

  Background:
    Given the world "one-vm"

  Scenario: A clone has files of its own
    When I call CloneVM_Task of "/DC0/vm/web" with:
      """
      folder: !ref /DC0/vm
      name: copy
      spec: { location: {}, powerOn: false, template: false }
      """
    Then "summary.config.vmPathName" of "/DC0/vm/copy" is "[datastore1] copy/copy.vmx"
    And the changes are:
      | change | what              |
      | added  | /DC0/vm/copy      |
      | added  | [datastore1] copy |

  Scenario: A guest is customized when it boots
    When I call CloneVM_Task of "/DC0/vm/web" with:
      """
      folder: !ref /DC0/vm
      name: app
      spec:
        location: {}
        powerOn: true
        template: false
        customization:
          identity: { _type: CustomizationLinuxPrep, hostName: { _type: CustomizationFixedName, name: app }, domain: example.org }
          globalIPSettings: {}
          nicSettingMap:
            - adapter: { ip: { _type: CustomizationFixedIp, ipAddress: 10.0.0.7 }, subnetMask: 255.255.255.0 }
      """
    Then "guest.ipAddress" of "/DC0/vm/app" is "10.0.0.7"
    And "guest.hostName" of "/DC0/vm/app" is "app.example.org"
    And the changes are:
      | change | what             |
      | added  | /DC0/vm/app      |
      | added  | [datastore1] app |

  @error-path
  Scenario: Two machines of a folder cannot have one name
    When I call CloneVM_Task of "/DC0/vm/web" with:
      """
      folder: !ref /DC0/vm
      name: web
      spec: { location: {}, powerOn: false, template: false }
      """
    Then the fault is "DuplicateName" with:
      """
      name: web
      """
    And nothing changes

  @error-path
  Scenario: A machine from a template needs a pool
    Given I have called MarkAsTemplate of "/DC0/vm/web"
    When I call CloneVM_Task of "/DC0/vm/web" with:
      """
      folder: !ref /DC0/vm
      name: copy
      spec: { location: {}, powerOn: false, template: false }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: spec.location.pool
      """
    And nothing changes
