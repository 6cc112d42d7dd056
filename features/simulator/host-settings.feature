Feature: A host shows what its managers are told

  Background:
    Given the world "esxi-simple"

  Scenario: A rule set is opened for some addresses
    When I call UpdateRuleset of "HostFirewallSystem:firewallSystem" with:
      """
      id: sshServer
      spec: { allowedHosts: { allIp: false, ipAddress: [10.0.0.1] } }
      """
    And I read "firewallInfo.ruleset[\"sshServer\"].allowedHosts" of "HostFirewallSystem:firewallSystem"
    Then the result is:
      """
      { allIp: false, ipAddress: [10.0.0.1] }
      """
    And nothing changes

  @error-path
  Scenario Outline: What a host needs or does not know is refused
    When I call <method> of "<manager>" with:
      """
      <arguments>
      """
    Then the fault is "<fault>"
    And nothing changes

    Examples:
      | method                  | manager                                     | arguments                                                                  | fault           |
      | DisableRuleset          | HostFirewallSystem:firewallSystem           | { id: dhcp }                                                               | HostConfigFault |
      | EnableRuleset           | HostFirewallSystem:firewallSystem           | { id: nope }                                                               | NotFound        |
      | UninstallService        | HostServiceSystem:serviceSystem             | { id: ntpd }                                                               | HostConfigFault |
      | UpdateOptions           | OptionManager:ha-adv-options                | { changedValue: [{ key: Mem.Nope, value: x }] }                            | InvalidName     |
      | UpdateOptions           | OptionManager:ha-adv-options                | { changedValue: [{ key: Mem.ShareScanTime, value: x }] }                   | InvalidArgument |
      | UpdateDateTimeConfig    | HostDateTimeSystem:dateTimeSystem           | { config: { timeZone: Mars/Olympus } }                                     | HostConfigFault |
      | ConfigurePowerPolicy    | HostPowerSystem:powerSystem                 | { key: 9 }                                                                 | HostConfigFault |
      | InstallServerCertificate | HostCertificateManager:ha-certificate-manager | { cert: none }                                                          | HostConfigFault |

  Scenario: A host joins a domain, and the directory of its users knows it
    When I call JoinDomain_Task of "HostActiveDirectoryAuthentication:ha-ad-auth" with:
      """
      { domainName: corp.example.com, userName: admin, password: secret }
      """
    And I read "domainList" of "UserDirectory:ha-user-directory"
    Then the result is:
      """
      ["", CORP.EXAMPLE.COM]
      """
    And nothing changes

  @error-path
  Scenario Outline: A host leaves no domain that it is not in, and writes no dumps to what it has not
    When I call <method> of "<manager>" with:
      """
      <arguments>
      """
    Then the fault is "<fault>"
    And nothing changes

    Examples:
      | method                  | manager                                       | arguments                                                          | fault          |
      | LeaveCurrentDomain_Task | HostActiveDirectoryAuthentication:ha-ad-auth  | { force: false }                                                   | InvalidState   |
      | JoinDomain_Task         | HostActiveDirectoryAuthentication:ha-ad-auth  | { domainName: corp, userName: admin, password: secret }            | DomainNotFound |
      | SelectActivePartition   | HostDiagnosticSystem:diagnosticsystem         | { partition: { diskName: "mpx.vmhba0:C0:T1:L0", partition: 1 } }   | NotFound       |
      | HostRemoveVFlashResource | HostVFlashManager:ha-vflash-manager          | {}                                                                 | NotFound       |
