Feature: Extensions are registered once, and are gone when they are unregistered

  Background:
    Given the world "empty"
    And I have called RegisterExtension of "extensionManager" with:
      """
      extension: { key: com.example, version: "1", description: { label: one, summary: one }, lastHeartbeatTime: !date 2026-01-01T00:00:00Z }
      """

  Scenario: What is registered is found, and is no longer found when it is gone
    When I call FindExtension of "extensionManager" with:
      """
      extensionKey: com.example
      """
    Then the result is:
      """
      { key: com.example, version: "1" }
      """
    When I call UnregisterExtension of "extensionManager" with:
      """
      extensionKey: com.example
      """
    Then the changes are:
      | change  | what                  |
      | removed | extension com.example |

  @error-path
  Scenario: A key is registered once
    When I call RegisterExtension of "extensionManager" with:
      """
      extension: { key: com.example, version: "2", description: { label: two, summary: two }, lastHeartbeatTime: !date 2026-01-01T00:00:00Z }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: extension.key
      """
    And nothing changes
