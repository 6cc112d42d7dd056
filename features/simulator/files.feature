Feature: Files of a datastore are real and seen by browsing

  Background:
    Given the world "empty"

  Scenario: A directory is made, found, and deleted
    When I call MakeDirectory of "fileManager" with:
      """
      name: "[datastore1] isos/linux"
      datacenter: !ref /DC0
      createParentDirectories: true
      """
    Then "[datastore1] isos/linux" exists
    And the changes are:
      | change | what              |
      | added  | [datastore1] isos  |
    When I call DeleteDatastoreFile_Task of "fileManager" with:
      """
      name: "[datastore1] isos"
      datacenter: !ref /DC0
      """
    Then nothing changes

  @error-path
  Scenario: A directory that is there already
    Given I have called MakeDirectory of "fileManager" with:
      """
      name: "[datastore1] isos"
      datacenter: !ref /DC0
      """
    When I call MakeDirectory of "fileManager" with:
      """
      name: "[datastore1] isos"
      datacenter: !ref /DC0
      """
    Then the fault is "FileAlreadyExists"
    And nothing changes

  @error-path
  Scenario: A file that is not there
    When I call DeleteDatastoreFile_Task of "fileManager" with:
      """
      name: "[datastore1] nothing"
      datacenter: !ref /DC0
      """
    Then the fault is "FileNotFound"
    And nothing changes

  @error-path
  Scenario: A path that leaves the datastore
    When I call MakeDirectory of "fileManager" with:
      """
      name: "[datastore1] ../../etc"
      datacenter: !ref /DC0
      createParentDirectories: true
      """
    Then the fault is "InvalidDatastorePath"
    And nothing changes

  @error-path
  Scenario Outline: A file that a running machine has open is not deleted: <file>
    Given the world "one-vm"
    And I have called PowerOnVM_Task of "/DC0/vm/web"
    When I call DeleteDatastoreFile_Task of "fileManager" with:
      """
      name: "[datastore1] <file>"
      datacenter: !ref /DC0
      """
    Then the fault is "FileLocked"
    And nothing changes

    Examples:
      | file         |
      | web/web.vmx  |
      | web/web.vmdk |
      | web          |
