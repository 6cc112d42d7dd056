Feature: The service describes itself

  Scenario: The description names the service, what it imports, and every method and type
    Given the world "one-vm"
    When I send "GET /sdk/vimService.wsdl"
    Then the HTTP status is 200
    And the reply has "<soap:address location="
    And the reply has "vim.wsdl"
    When I send "GET /sdk/vim.wsdl"
    Then the reply has "<operation name=\"PowerOnVM_Task\">"
    When I send "GET /sdk/vim-types.xsd"
    Then the reply has "<complexType name=\"VirtualMachineConfigSpec\">"

  Scenario: Versions are told to everybody
    Given the world "one-vm"
    And no session
    When I send "GET /sdk/vimServiceVersions.xml"
    Then the HTTP status is 200
    And the reply has "urn:vim25"

  @error-path
  Scenario: A document that is not there
    Given the world "one-vm"
    When I send "GET /sdk/other.wsdl"
    Then the HTTP status is 404
