Feature: Files of a datastore over HTTP

  Background:
    Given the world "empty"

  Scenario: A file is uploaded, read, replaced and deleted
    When I send "PUT /folder/notes.txt?dcPath=DC0&dsName=datastore1" with:
      """
      hello world
      """
    Then the HTTP status is 201
    And "[datastore1] notes.txt" exists
    When I send "GET /folder/notes.txt?dcPath=DC0&dsName=datastore1"
    Then the HTTP status is 200
    And the body is "hello world"
    When I send "PUT /folder/notes.txt?dcPath=DC0&dsName=datastore1" with:
      """
      hi
      """
    Then the HTTP status is 200
    When I send "GET /folder/notes.txt?dcPath=DC0&dsName=datastore1"
    Then the body is "hi"
    When I send "DELETE /folder/notes.txt?dcPath=DC0&dsName=datastore1"
    Then the HTTP status is 204
    And nothing changes

  Scenario: A part of a file
    When I send "PUT /folder/digits?dcPath=DC0&dsName=datastore1" with:
      """
      0123456789
      """
    And I send "GET /folder/digits?dcPath=DC0&dsName=datastore1" with the header "Range: bytes=-3"
    Then the HTTP status is 206
    And the body is "789"
    When I send "GET /folder/digits?dcPath=DC0&dsName=datastore1" with the header "Range: bytes=10-"
    Then the HTTP status is 416

  Scenario: Free space follows
    Given I have called MakeDirectory of "fileManager" with:
      """
      name: "[datastore1] a"
      datacenter: !ref /DC0
      """
    When I send "PUT /folder/a/five?dcPath=DC0&dsName=datastore1" with:
      """
      12345
      """
    Then the HTTP status is 201
    And the changes are:
      | change | what                |
      | added  | [datastore1] a/five |

  Scenario: A browser finds its way from the datacenters
    When I send "GET /folder"
    Then the reply has "/folder?dcPath=DC0"
    When I send "GET /folder?dcPath=DC0"
    Then the reply has "/folder?dcPath=DC0&amp;dsName=datastore1"
    When I send "GET /folder?dcPath=DC0&dsName=datastore1"
    Then the HTTP status is 200

  @error-path
  Scenario: Nobody
    Given no session
    When I send "GET /folder?dcPath=DC0&dsName=datastore1"
    Then the HTTP status is 401

  @error-path
  Scenario Outline: No path leaves the datastore
    When I send "GET /folder/<path>?dcPath=DC0&dsName=datastore1"
    Then the HTTP status is 400
    And nothing changes

    Examples:
      | path                 |
      | ../../etc/passwd     |
      | %2e%2e/etc/passwd    |
      | a%2f..%2f..%2fpasswd |
      | a%5c..%5cb           |
      | a%00b                |

  @error-path
  Scenario: A datastore that is not there
    When I send "GET /folder/x?dcPath=DC0&dsName=datastore9"
    Then the HTTP status is 404
    And the reply has "Valid values of dsName: 'datastore1'"

  @error-path
  Scenario: A directory that is not there
    When I send "PUT /folder/no/such?dcPath=DC0&dsName=datastore1" with:
      """
      x
      """
    Then the HTTP status is 404
    And the reply has "The directory [datastore1] no does not exist"
    And nothing changes
