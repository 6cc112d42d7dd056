Feature: Hosts run esxcli commands, as govc and vic-machine send them

  Background:
    Given the world "esxi-simple"

  Scenario: The host hands out its executer
    When I call RetrieveManagedMethodExecuter of "HostSystem:ha-host"
    Then the result is:
      """
      { type: ReflectManagedMethodExecuter, value: ha-managed-method-executer }
      """
    And nothing changes

  Scenario: vic-machine asks for the state of the firewall
    When I call ExecuteSoap of "ReflectManagedMethodExecuter:ha-managed-method-executer" with:
      """
      { moid: ha-cli-handler-network-firewall, version: urn:vim25/5.0, method: vim.EsxCLI.network.firewall.get }
      """
    Then the result is:
      """
      response: >-
        <obj xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="urn:vim25" versionId="5.0" xsi:type="VimEsxCLInetworkfirewallgetFirewall"><DefaultAction>DROP</DefaultAction><Enabled>true</Enabled><Loaded>true</Loaded></obj>
      """
    And nothing changes

  Scenario: A command changes what the API shows
    When I call ExecuteSoap of "ReflectManagedMethodExecuter:ha-managed-method-executer" with:
      """
      moid: ha-cli-handler-network-firewall-ruleset
      version: urn:vim25/5.0
      method: vim.EsxCLI.network.firewall.ruleset.set
      argument:
        - { name: rulesetid, val: <rulesetid>sshClient</rulesetid> }
        - { name: enabled, val: <enabled>true</enabled> }
      """
    Then "firewallInfo.ruleset[\"sshClient\"].enabled" of "HostFirewallSystem:firewallSystem" is "true"
    And nothing changes

  @error-path
  Scenario: A command that the host refuses says why
    When I call ExecuteSoap of "ReflectManagedMethodExecuter:ha-managed-method-executer" with:
      """
      moid: ha-cli-handler-network-firewall-ruleset
      version: urn:vim25/5.0
      method: vim.EsxCLI.network.firewall.ruleset.set
      argument:
        - { name: rulesetid, val: <rulesetid>dhcp</rulesetid> }
        - { name: enabled, val: <enabled>false</enabled> }
      """
    Then the result is:
      """
      fault: { faultMsg: EsxCLI.CLIFault.summary }
      """
    And "firewallInfo.ruleset[\"dhcp\"].enabled" of "HostFirewallSystem:firewallSystem" is "true"
    And nothing changes
