Feature: Whatever step of create fails, the endpoint and the directory are as they were

  @CRE-05 @error-path @own @vcenter
  Scenario Outline: vCenter Server: <what> fails at "<step>"
    Given the world "empty"
    And the fault rule:
      """
      <rule>
      """
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 --vs datastore1/a/b:default"
    Then it fails
    And it says "<step>"
    And the fault rules have struck 1 time
    And the files written are ""
    And nothing changes

    Examples: the request is refused
      | what                            | step                                   | rule                                                                                              |
      | making the vApp                 | Creating resource pool                 | { method: CreateVApp, fault: { type: InvalidState } }                                             |
      | making a directory              | Creating volume stores                 | { method: MakeDirectory, fault: { type: CannotCreateFile, file: a } }                             |
      | making the VM                   | Creating appliance VM                  | { method: CreateChildVM_Task, fault: { type: NotSupported } }                                     |
      | the task that makes the VM      | Creating appliance VM                  | { method: CreateChildVM_Task, task: true, fault: { type: NoDiskSpace, file: x, datastore: y } }   |
      | the configuration               | Configuring appliance VM               | { method: ReconfigVM_Task, fault: { type: InvalidVmConfig } }                                     |
      | the task of the configuration   | Configuring appliance VM               | { method: ReconfigVM_Task, task: true, fault: { type: ConcurrentAccess } }                        |
      | uploading the first image       | Uploading images                       | { method: PUT /folder, count: 1, status: 503 }                                                    |
      | uploading the second image      | Uploading images                       | { method: PUT /folder, from: 2, count: 1, status: 507 }                                           |
      | registering the extension       | Registering VCH as a vSphere extension | { method: RegisterExtension, fault: { type: NoPermission, privilegeId: Extension.Register } }     |
      | its certificate                 | Registering VCH as a vSphere extension | { method: SetExtensionCertificate, fault: { type: InvalidArgument } }                             |
      | powering on                     | Powering on appliance VM               | { method: PowerOnVM_Task, fault: { type: InsufficientResourcesFault } }                           |
      | the task that powers on         | Powering on appliance VM               | { method: PowerOnVM_Task, task: true, fault: { type: InsufficientFailoverResourcesFault } }       |

    Examples: the connection breaks after the request was done, so that its answer is lost
      | what                            | step                                   | rule                                                          |
      | making the vApp                 | Creating resource pool                 | { method: CreateVApp, drop: after }                           |
      | making a directory              | Creating volume stores                 | { method: MakeDirectory, drop: after }                        |
      | making the VM                   | Creating appliance VM                  | { method: CreateChildVM_Task, drop: after }                   |
      | the configuration               | Configuring appliance VM               | { method: ReconfigVM_Task, count: 1, drop: after }            |
      | uploading an image              | Uploading images                       | { method: PUT /folder, count: 1, drop: after }                |
      | registering the extension       | Registering VCH as a vSphere extension | { method: RegisterExtension, drop: after }                    |
      | powering on                     | Powering on appliance VM               | { method: PowerOnVM_Task, drop: after }                       |

    Examples: the connection breaks before the request is done
      | what                            | step                                   | rule                                                          |
      | making the vApp                 | Creating resource pool                 | { method: CreateVApp, drop: before }                          |
      | making the VM                   | Creating appliance VM                  | { method: CreateChildVM_Task, drop: before }                  |
      | uploading an image              | Uploading images                       | { method: PUT /folder, count: 1, drop: before }               |
      | powering on                     | Powering on appliance VM               | { method: PowerOnVM_Task, drop: before }                      |

  @CRE-05 @error-path @own @esxi
  Scenario Outline: ESXi: <what> fails at "<step>"
    Given the world "esxi-simple"
    And the fault rule:
      """
      <rule>
      """
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -n vch1 --vs datastore1/a/b:default -k"
    Then it fails
    And it says "<step>"
    And the fault rules have struck 1 time
    And the files written are ""
    And nothing changes

    Examples:
      | what                            | step                                   | rule                                                                        |
      | making the pool                 | Creating resource pool                 | { method: CreateResourcePool, fault: { type: InsufficientResourcesFault } } |
      | making the switch               | Creating bridge network                | { method: AddVirtualSwitch, fault: { type: HostConfigFault } }              |
      | making the switch, answer lost  | Creating bridge network                | { method: AddVirtualSwitch, drop: after }                                   |
      | making the port group           | Creating bridge network                | { method: AddPortGroup, fault: { type: HostConfigFault } }                  |
      | making the port group, lost     | Creating bridge network                | { method: AddPortGroup, drop: after }                                       |
      | making a directory              | Creating volume stores                 | { method: MakeDirectory, fault: { type: CannotCreateFile, file: a } }       |
      | making the VM                   | Creating appliance VM                  | { method: CreateVM_Task, fault: { type: NotSupported } }                    |
      | the configuration               | Configuring appliance VM               | { method: ReconfigVM_Task, count: 1, fault: { type: InvalidVmConfig } }     |
      | uploading an image              | Uploading images                       | { method: PUT /folder, count: 1, status: 503 }                              |
      | powering on                     | Powering on appliance VM               | { method: PowerOnVM_Task, task: true, fault: { type: InvalidState } }       |

  @CRE-05 @error-path @own @vcenter
  Scenario Outline: An appliance <trouble> is taken back when the time is up, and what is missing is told
    Given the world "empty"
    And appliances boot with "<boot>"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 -k --timeout 2s"
    Then it fails
    And it says "<said>"
    And it says "--timeout"
    And the files written are ""
    And nothing changes

    Examples:
      | trouble                         | boot                      | said                                |
      | that gets no address            | dhcp=none                 | got no IP address                   |
      | with a component that hangs     | hang.port-layer=true      | port-layer                          |

  @CRE-05 @own @vcenter
  Scenario: A component that cannot start is a warning: the VCH is there to be looked at
    Given the world "empty"
    And appliances boot with "fail.port-layer=exec format error"
    When I run "vic-machine create -t <user>:<password>@<host> -i datastore1 -b bridge -n vch1 -k"
    Then it succeeds
    And it says "port-layer did not start: exec format error"
