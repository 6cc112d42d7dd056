Feature: Licences are added, assigned and taken back

  Scenario: A host without a licence of its own may do what the evaluation allows
    Given the world "users"
    When I call CheckLicenseFeature of "licenseManager" with:
      """
      { host: !ref /DC0/host/C0/esx1.example.com, featureKey: serialuri }
      """
    Then the result is:
      """
      true
      """

  Scenario: An assigned licence is in use
    Given the world "users"
    And I have called UpdateAssignedLicense of "LicenseAssignmentManager:LicenseAssignmentManager" with:
      """
      { entity: domain-c7, licenseKey: 11111-22222-33333-44444-55555 }
      """
    When I call RemoveLicense of "licenseManager" with:
      """
      { licenseKey: 11111-22222-33333-44444-55555 }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: licenseKey
      """
    And nothing changes

  @error-path
  Scenario: A licence is for something that exists
    Given the world "users"
    When I call UpdateAssignedLicense of "LicenseAssignmentManager:LicenseAssignmentManager" with:
      """
      { entity: host-4711, licenseKey: 11111-22222-33333-44444-55555 }
      """
    Then the fault is "LicenseEntityNotFound" with:
      """
      entityId: host-4711
      """
    And nothing changes
