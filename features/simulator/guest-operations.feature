Feature: Guest operations reach into a running machine

  Background:
    Given the world "users"
    And I have called ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { extraConfig: [{ key: SET.guest.toolsRunningStatus, value: guestToolsRunning }, { key: SIM.guest.accounts, value: "root:secret,joe:other" }] }
      """
    And I have called MakeDirectoryInGuest of "GuestFileManager:guestOperationsFileManager" with:
      """
      vm: !ref /DC0/vm/web
      auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: root, password: secret }
      directoryPath: /srv/app
      createParentDirectories: true
      """

  Scenario: A file goes in over HTTP, a program works on it, and the file comes out
    When I call InitiateFileTransferToGuest of "GuestFileManager:guestOperationsFileManager" with:
      """
      vm: !ref /DC0/vm/web
      auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: root, password: secret }
      guestFilePath: /srv/app/in
      fileAttributes: { _type: GuestPosixFileAttributes, permissions: 416 }
      fileSize: 5
      overwrite: false
      """
    And I keep the result as "url"
    And I send "PUT <kept url>" with:
      """
      hello
      """
    Then the HTTP status is 200
    When I send "PUT <kept url>" with:
      """
      hello
      """
    Then the HTTP status is 404
    When I call StartProgramInGuest of "GuestProcessManager:guestOperationsProcessManager" with:
      """
      vm: !ref /DC0/vm/web
      auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: root, password: secret }
      spec: { programPath: /bin/sh, arguments: "-c 'cat /srv/app/in > /srv/app/out; exit 3'" }
      """
    And I keep the result as "pid"
    And I call ListProcessesInGuest of "GuestProcessManager:guestOperationsProcessManager" with:
      """
      vm: !ref /DC0/vm/web
      auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: root, password: secret }
      pids: [<kept pid>]
      """
    Then the result is:
      """
      - { name: sh, owner: root, exitCode: 3 }
      """
    When I call InitiateFileTransferFromGuest of "GuestFileManager:guestOperationsFileManager" with:
      """
      vm: !ref /DC0/vm/web
      auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: root, password: secret }
      guestFilePath: /srv/app/out
      """
    And I keep "url" of the result as "url"
    And I send "GET <kept url>"
    Then the body is "hello"
    And nothing changes

  @error-path
  Scenario: Nobody comes in with a wrong password
    When I call ListFilesInGuest of "GuestFileManager:guestOperationsFileManager" with:
      """
      vm: !ref /DC0/vm/web
      auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: root, password: other }
      filePath: /
      """
    Then the fault is "InvalidGuestLogin"
    And nothing changes

  @error-path
  Scenario Outline: The guest refuses what its permissions do not allow: <method>
    When I call <method> of "GuestFileManager:guestOperationsFileManager" with:
      """
      { vm: !ref /DC0/vm/web, auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: <user>, password: <password> }, <arguments> }
      """
    Then the fault is "<fault>"
    When I call ListFilesInGuest of "GuestFileManager:guestOperationsFileManager" with:
      """
      vm: !ref /DC0/vm/web
      auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: root, password: secret }
      filePath: /srv
      """
    Then the result is:
      """
      files: [{ path: "." }, { path: ".." }, { path: app, type: directory }]
      """
    And nothing changes

    Examples:
      | method                 | user | password | arguments                                                  | fault                 |
      | MakeDirectoryInGuest   | joe  | other    | directoryPath: /srv/joe, createParentDirectories: false | GuestPermissionDenied |
      | DeleteDirectoryInGuest | joe  | other    | directoryPath: /srv/app, recursive: true                | GuestPermissionDenied |
      | MakeDirectoryInGuest   | root | secret   | directoryPath: /srv/app, createParentDirectories: false | FileAlreadyExists     |
      | DeleteFileInGuest      | root | secret   | filePath: /srv/app                                      | NotAFile              |
      | DeleteFileInGuest      | root | secret   | filePath: /srv/none                                     | FileNotFound          |

  @error-path
  Scenario: A machine that is off has no guest to reach
    Given I have called PowerOffVM_Task of "/DC0/vm/web"
    When I call ListFilesInGuest of "GuestFileManager:guestOperationsFileManager" with:
      """
      vm: !ref /DC0/vm/web
      auth: { _type: NamePasswordAuthentication, interactiveSession: false, username: root, password: secret }
      filePath: /
      """
    Then the fault is "InvalidPowerState"
    And nothing changes
