Feature: Machines come from OVF descriptors and go out as such, through leases

  Background:
    Given the world "one-vm"

  Scenario: A disk that is uploaded is the machine's, and is exported as it came
    Given I have called CreateImportSpec of "ovfManager" with:
      """
      ovfDescriptor: !file fixtures/ovf/tiny.ovf
      resourcePool: !ref /DC0/host/DC0_C0/Resources
      datastore: !ref /DC0/datastore/datastore1
      cisp: { locale: "", deploymentOption: "", entityName: tiny, diskProvisioning: thin }
      """
    And I keep "importSpec" of the result as "spec"
    When I call ImportVApp of "/DC0/host/DC0_C0/Resources" with:
      """
      { folder: !ref /DC0/vm, spec: <kept spec> }
      """
    And I keep the result as "lease"
    Then "state" of "<kept lease>" becomes "ready"
    When I read "info" of "<kept lease>"
    And I keep "deviceUrl[0].url" of the result as "url"
    And I send "POST <kept url>" with the file "fixtures/ovf/tiny-disk1.vmdk"
    Then the HTTP status is 200
    When I call HttpNfcLeaseGetManifest of "<kept lease>"
    Then the result is:
      """
      - { sha1: cea2795464a8d7ac6d44c3fcc0db60f463d63946, disk: true }
      """
    When I call HttpNfcLeaseComplete of "<kept lease>"
    Then "state" of "<kept lease>" is "done"
    And "summary.config.vmPathName" of "/DC0/vm/tiny" is "[datastore1] tiny/tiny.vmx"
    And "config.hardware.memoryMB" of "/DC0/vm/tiny" is "64"
    And the changes are:
      | change | what              |
      | added  | /DC0/vm/tiny      |
      | added  | [datastore1] tiny |
    When I send "POST <kept url>" with the file "fixtures/ovf/tiny-disk1.vmdk"
    Then the HTTP status is 404
    When I call ExportVm of "/DC0/vm/tiny"
    And I keep the result as "export"
    Then "state" of "<kept export>" becomes "ready"
    When I read "info" of "<kept export>"
    And I keep "deviceUrl[0].url" of the result as "url"
    And I send "GET <kept url>"
    Then the HTTP status is 200
    When I call HttpNfcLeaseGetManifest of "<kept export>"
    Then the result is:
      """
      - { sha1: cea2795464a8d7ac6d44c3fcc0db60f463d63946 }
      """

  @error-path
  Scenario: An import that is aborted leaves nothing
    Given I have called CreateImportSpec of "ovfManager" with:
      """
      ovfDescriptor: !file fixtures/ovf/tiny.ovf
      resourcePool: !ref /DC0/host/DC0_C0/Resources
      datastore: !ref /DC0/datastore/datastore1
      cisp: { locale: "", deploymentOption: "", entityName: tiny }
      """
    And I keep "importSpec" of the result as "spec"
    When I call ImportVApp of "/DC0/host/DC0_C0/Resources" with:
      """
      { folder: !ref /DC0/vm, spec: <kept spec> }
      """
    And I keep the result as "lease"
    Then "state" of "<kept lease>" becomes "ready"
    And "/DC0/vm/tiny" exists
    When I call HttpNfcLeaseAbort of "<kept lease>" with:
      """
      fault: { fault: { _type: OutOfBounds, argumentName: x }, localizedMessage: no more }
      """
    Then "state" of "<kept lease>" is "error"
    When I call HttpNfcLeaseComplete of "<kept lease>"
    Then the fault is "InvalidState"
    And nothing changes

  @error-path
  Scenario: A lease that nobody goes on with ends by the clock, and takes the machine along
    Given the endpoint has an admin plane
    And I have called CreateImportSpec of "ovfManager" with:
      """
      ovfDescriptor: !file fixtures/ovf/tiny.ovf
      resourcePool: !ref /DC0/host/DC0_C0/Resources
      datastore: !ref /DC0/datastore/datastore1
      cisp: { locale: "", deploymentOption: "", entityName: tiny }
      """
    And I keep "importSpec" of the result as "spec"
    When I call ImportVApp of "/DC0/host/DC0_C0/Resources" with:
      """
      { folder: !ref /DC0/vm, spec: <kept spec> }
      """
    And I keep the result as "lease"
    Then "state" of "<kept lease>" becomes "ready"
    When I send "POST /sim/clock?step=10m"
    And I call HttpNfcLeaseProgress of "<kept lease>" with:
      """
      percent: 5
      """
    Then the fault is "ManagedObjectNotFound"
    And nothing changes

  @error-path
  Scenario Outline: A descriptor that is wrong is told by type: <fault>
    When I call CreateImportSpec of "ovfManager" with:
      """
      ovfDescriptor: <descriptor>
      resourcePool: !ref /DC0/host/DC0_C0/Resources
      datastore: !ref /DC0/datastore/datastore1
      cisp: { locale: "", deploymentOption: "", entityName: tiny }
      """
    Then the result is:
      """
      error: [{ fault: { _type: <fault> } }]
      """
    And nothing changes

    Examples:
      | descriptor                                                   | fault             |
      | "<Envelope"                                                  | OvfXmlFormat      |
      | "<a xmlns='urn:x'/>"                                         | OvfWrongElement   |
      | "<Envelope xmlns='http://schemas.dmtf.org/ovf/envelope/1'/>" | OvfMissingElement |

  @error-path
  Scenario: A running machine is not exported
    Given I have called PowerOnVM_Task of "/DC0/vm/web"
    When I call ExportVm of "/DC0/vm/web"
    Then the fault is "InvalidPowerState" with:
      """
      { existingState: poweredOn, requestedState: poweredOff }
      """
    And nothing changes
