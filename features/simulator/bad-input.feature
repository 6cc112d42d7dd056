Feature: Bad input is refused with the fault of a real vCenter, and the server goes on
  What took the whole process down elsewhere: references to nothing, cyclic traversals, names of data types as methods.

  Background:
    Given the world "empty"

  @error-path
  Scenario Outline: An argument that refers to nothing: <method>
    When I call <method> of "<object>" with:
      """
      <arguments>
      """
    Then the fault is "ManagedObjectNotFound" with:
      """
      obj: <gone>
      """
    And nothing changes
    And "name" of "/DC0" is "DC0"

    Examples:
      | method                    | object                     | arguments                                                                                                              | gone                                 |
      | RelocateVM_Task           | /DC0/vm/bystander          | { spec: { host: { type: HostSystem, value: host-9999 } } }                                                             | { type: HostSystem, value: host-9999 } |
      | RelocateVM_Task           | /DC0/vm/bystander          | { spec: { datastore: { type: Datastore, value: ds-9999 } } }                                                           | { type: Datastore, value: ds-9999 }    |
      | RelocateVM_Task           | /DC0/vm/bystander          | { spec: { disk: [{ diskId: 2000, datastore: { type: Datastore, value: ds-9999 } }] } }                                 | { type: Datastore, value: ds-9999 }    |
      | MigrateVM_Task            | /DC0/vm/bystander          | { host: { type: HostSystem, value: host-9999 }, priority: defaultPriority }                                            | { type: HostSystem, value: host-9999 } |
      | CloneVM_Task              | /DC0/vm/bystander          | { folder: !ref /DC0/vm, name: x, spec: { location: { datastore: { type: Datastore, value: ds-9999 } }, powerOn: false, template: false } } | { type: Datastore, value: ds-9999 } |
      | CloneVM_Task              | /DC0/vm/bystander          | { folder: { type: Folder, value: group-v9999 }, name: x, spec: { location: {}, powerOn: false, template: false } }     | { type: Folder, value: group-v9999 }   |
      | CreateVM_Task             | /DC0/vm                    | { config: { name: x }, pool: { type: ResourcePool, value: resgroup-9999 } }                                            | { type: ResourcePool, value: resgroup-9999 } |
      | CreateVM_Task             | /DC0/vm                    | { config: { name: x }, pool: !ref /DC0/host/DC0_C0/Resources, host: { type: HostSystem, value: host-9999 } }           | { type: HostSystem, value: host-9999 } |
      | MoveIntoFolder_Task       | /DC0/vm                    | { list: [{ type: VirtualMachine, value: vm-9999 }] }                                                                   | { type: VirtualMachine, value: vm-9999 } |
      | DeleteDatastoreFile_Task  | fileManager                | { name: "[datastore1] bystander", datacenter: { type: Datacenter, value: datacenter-9999 } }                           | { type: Datacenter, value: datacenter-9999 } |
      | CreateContainerView       | viewManager                | { container: { type: Folder, value: group-d9999 }, recursive: true }                                                   | { type: Folder, value: group-d9999 } |
      | FindByInventoryPath       | SearchIndex:NoSearchIndex  | { inventoryPath: DC0 }                                                                                                 | { type: SearchIndex, value: NoSearchIndex } |
      | RetrieveEntityPermissions | authorizationManager       | { entity: { type: Folder, value: group-d9999 }, inherited: true }                                                      | { type: Folder, value: group-d9999 } |
      | RetrievePropertiesEx      | propertyCollector          | { specSet: [{ propSet: [{ type: Folder, pathSet: [name] }], objectSet: [{ obj: { type: Folder, value: group-d9999 } }] }], options: {} } | { type: Folder, value: group-d9999 } |

  @error-path
  Scenario: An argument that refers to an object of another type
    When I call MigrateVM_Task of "/DC0/vm/bystander" with:
      """
      { host: !ref /DC0/vm, priority: defaultPriority }
      """
    Then the fault is "InvalidArgument" with:
      """
      invalidProperty: host
      """
    And nothing changes

  @error-path
  Scenario: A machine on a datastore that has no such name
    When I call CreateVM_Task of "/DC0/vm" with:
      """
      { config: { name: x, files: { vmPathName: "[nowhere]" } }, pool: !ref /DC0/host/DC0_C0/Resources }
      """
    Then the fault is "InvalidDatastore"
    And nothing changes

  @error-path
  Scenario: A machine in a cluster without hosts
    Given I have called CreateClusterEx of "/DC0/host" with:
      """
      { name: nobody, spec: {} }
      """
    When I call CreateVM_Task of "/DC0/vm" with:
      """
      { config: { name: x, files: { vmPathName: "[datastore1]" } }, pool: !ref /DC0/host/nobody/Resources }
      """
    Then the fault is "NoCompatibleHost"

  @error-path
  Scenario Outline: A request that is none: <what>
    When I post to "/sdk":
      """
      <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><body></soapenv:Body></soapenv:Envelope>
      """
    Then the HTTP status is 500
    And the reply has "<fault>Fault"
    And the reply has "<says>"
    And nothing changes

    Examples:
      | what                            | body | fault | says |
      | nothing in the body             |      | InvalidRequest | Body is empty |
      | a data object as a method       | <ObjectSpec xmlns="urn:vim25"><_this type="Folder">group-d1</_this></ObjectSpec> | InvalidRequest | ObjectSpec |
      | an unknown method               | <MakeCoffee xmlns="urn:vim25"><_this type="Folder">group-d1</_this></MakeCoffee> | InvalidRequest | MakeCoffee |
      | a member of every JS object     | <constructor xmlns="urn:vim25"><_this type="Folder">group-d1</_this></constructor> | InvalidRequest | constructor |
      | another namespace               | <CurrentTime xmlns="urn:vim26"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime> | InvalidRequest | urn:vim26 |
      | no receiver                     | <CurrentTime xmlns="urn:vim25"/> | InvalidRequest | _this |
      | a receiver without an id        | <CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance"></_this></CurrentTime> | InvalidRequest | _this |
      | a receiver of another type      | <CreateFolder xmlns="urn:vim25"><_this type="Folder">ServiceInstance</_this><name>x</name></CreateFolder> | ManagedObjectNotFound | ServiceInstance |
      | a word for a number             | <WaitForUpdatesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><options><maxObjectUpdates>abc</maxObjectUpdates></options></WaitForUpdatesEx> | InvalidRequest | is not a valid int |
      | a number that is too large      | <WaitForUpdatesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><options><maxObjectUpdates>99999999999</maxObjectUpdates></options></WaitForUpdatesEx> | InvalidRequest | 99999999999 |
      | a word for a truth              | <CreateContainerView xmlns="urn:vim25"><_this type="ViewManager">ViewManager</_this><container type="Folder">group-d1</container><recursive>maybe</recursive></CreateContainerView> | InvalidRequest | maybe |
      | a word for a time               | <QueryAvailablePerfMetric xmlns="urn:vim25"><_this type="PerformanceManager">PerfMgr</_this><entity type="Folder">group-d1</entity><beginTime>noon</beginTime></QueryAvailablePerfMetric> | InvalidRequest | noon |
      | elements for a word             | <CreateFolder xmlns="urn:vim25"><_this type="Folder">group-d1</_this><name><a/></name></CreateFolder> | InvalidRequest | name |
      | a word for a data object        | <WaitForUpdatesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><options>soon</options></WaitForUpdatesEx> | InvalidRequest | soon |
      | a value that the enum lacks     | <MigrateVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-1</_this><priority>urgent</priority></MigrateVM_Task> | InvalidArgument | defaultPriority |
      | an argument nobody knows        | <CreateFolder xmlns="urn:vim25"><_this type="Folder">group-d1</_this><name>x</name><colour>red</colour></CreateFolder> | InvalidRequest | colour |
      | an argument given twice         | <CreateFolder xmlns="urn:vim25"><_this type="Folder">group-d1</_this><name>x</name><name>y</name></CreateFolder> | InvalidRequest | given twice |
      | an argument left out            | <CreateFolder xmlns="urn:vim25"><_this type="Folder">group-d1</_this></CreateFolder> | InvalidArgument | name |
      | an unknown xsi:type             | <UpdateOptions xmlns="urn:vim25"><_this type="OptionManager">VpxSettings</_this><changedValue xsi:type="Teapot"/></UpdateOptions> | InvalidRequest | Teapot |
      | an xsi:type that does not fit   | <UpdateOptions xmlns="urn:vim25"><_this type="OptionManager">VpxSettings</_this><changedValue xsi:type="ObjectSpec"/></UpdateOptions> | InvalidRequest | ObjectSpec |
      | an undeclared prefix            | <vim:CurrentTime><_this type="ServiceInstance">ServiceInstance</_this></vim:CurrentTime> | InvalidRequest | vim |
      | an undeclared entity            | <CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">&nothing;</_this></CurrentTime> | InvalidRequest | InvalidRequest |

  @error-path
  Scenario Outline: A document that is refused: <what>
    When I post to "/sdk":
      """
      <body>
      """
    Then the HTTP status is 500
    And the reply has "InvalidRequestFault"
    And nothing changes

    Examples:
      | what         | body                                                                                                     |
      | nothing      |                                                                                                          |
      | a doctype    | <!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/passwd">]><Envelope><Body>&a;</Body></Envelope>               |
      | no SOAP      | <html/>                                                                                                  |
      | half of one  | <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>               |
      | JSON         | { "method": "CurrentTime" }                                                                              |

  Scenario: A receiver without a type is found by its id
    When I post to "/sdk":
      """
      <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><CurrentTime xmlns="urn:vim25"><_this>ServiceInstance</_this></CurrentTime></soapenv:Body></soapenv:Envelope>
      """
    Then the HTTP status is 200
    And the reply has "CurrentTimeResponse"

  @error-path
  Scenario: What cannot be read is said before who may ask
    Given no session
    When I post to "/sdk":
      """
      <soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><CreateFolder xmlns="urn:vim25"><_this type="Folder">group-d1</_this></CreateFolder></soapenv:Body></soapenv:Envelope>
      """
    Then the HTTP status is 500
    And the reply has "InvalidArgumentFault"

  @error-path
  Scenario Outline: The collector refuses <what>
    When I call <method> of "propertyCollector" with:
      """
      <arguments>
      """
    Then the fault is "<fault>"
    And nothing changes

    Examples:
      | what                       | method                        | arguments                                                                                                                     | fault           |
      | a type that is none        | RetrievePropertiesEx          | { specSet: [{ propSet: [{ type: Teapot, pathSet: [name] }], objectSet: [{ obj: !ref /DC0 }] }], options: {} }                  | InvalidType     |
      | a data object as type      | CreateFilter                  | { spec: { propSet: [{ type: ObjectSpec, all: true }], objectSet: [{ obj: !ref /DC0 }] }, partialUpdates: false }               | InvalidType     |
      | a property that is none    | RetrievePropertiesEx          | { specSet: [{ propSet: [{ type: Datacenter, pathSet: [nonsense] }], objectSet: [{ obj: !ref /DC0 }] }], options: {} }          | InvalidProperty |
      | a path that is none        | CreateFilter                  | { spec: { propSet: [{ type: Datacenter, pathSet: ["name..x"] }], objectSet: [{ obj: !ref /DC0 }] }, partialUpdates: false }    | InvalidProperty |
      | a traversal of no property | RetrievePropertiesEx          | { specSet: [{ propSet: [{ type: Folder, pathSet: [name] }], objectSet: [{ obj: !ref /DC0, selectSet: [{ _type: TraversalSpec, type: Datacenter, path: nonsense }] }] }], options: {} } | InvalidProperty |
      | a token that never was     | ContinueRetrievePropertiesEx  | { token: nonsense }                                                                                                           | InvalidArgument |
      | a version that never was   | WaitForUpdatesEx              | { version: "-7", options: { maxWaitSeconds: 0 } }                                                                             | InvalidCollectorVersion |
      | a version of words         | WaitForUpdates                | { version: nonsense }                                                                                                         | InvalidCollectorVersion |
      | a version of words         | CheckForUpdates               | { version: P }                                                                                                                | InvalidCollectorVersion |

  Scenario: A traversal in a circle ends
    When I call RetrievePropertiesEx of "propertyCollector" with:
      """
      options: {}
      specSet:
        - propSet: [{ type: Datacenter, pathSet: [name] }]
          objectSet:
            - obj: !ref /DC0/vm
              selectSet:
                - { _type: TraversalSpec, name: up, type: ManagedEntity, path: parent, selectSet: [{ name: up }, { name: down }] }
                - { _type: TraversalSpec, name: down, type: Folder, path: childEntity, selectSet: [{ name: up }, { name: down }] }
      """
    Then the result is:
      """
      objects:
        - obj: !ref /DC0
          propSet: [{ name: name, val: DC0 }]
      """
