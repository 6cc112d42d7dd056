@vcenter
Feature: Single sign-on gives tokens, and its services say where they are

  @error-path
  Scenario: Who does not say who he is gets no token
    Given the world "empty"
    When I post to "/sts/STSService/vsphere.local":
      """
      <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
        <RequestSecurityToken xmlns="http://docs.oasis-open.org/ws-sx/ws-trust/200512">
          <RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</RequestType>
        </RequestSecurityToken>
      </soap:Body></soap:Envelope>
      """
    Then the HTTP status is 500
    And the reply has "InvalidSecurity"
    And nothing changes

  Scenario: A user name and password give a token
    Given the world "empty"
    When I post to "/sts/STSService/vsphere.local":
      """
      <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"
          xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><soap:Header>
        <wsse:Security><wsse:UsernameToken><wsse:Username>carla</wsse:Username><wsse:Password>Carla1!</wsse:Password></wsse:UsernameToken></wsse:Security>
      </soap:Header><soap:Body>
        <RequestSecurityToken xmlns="http://docs.oasis-open.org/ws-sx/ws-trust/200512">
          <RequestType>http://docs.oasis-open.org/ws-sx/ws-trust/200512/Issue</RequestType>
        </RequestSecurityToken>
      </soap:Body></soap:Envelope>
      """
    Then the HTTP status is 200
    And the reply has "carla@VSPHERE.LOCAL</saml2:NameID>"
    And nothing changes

  Scenario: The lookup service names the token service
    Given the world "empty"
    When I post to "/lookupservice/sdk":
      """
      <soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
        <List xmlns="urn:lookup"><_this type="LookupServiceRegistration">ServiceRegistration</_this><filterCriteria/></List>
      </soap:Body></soap:Envelope>
      """
    Then the HTTP status is 200
    And the reply has "/sts/STSService/vsphere.local</url>"
    And nothing changes
