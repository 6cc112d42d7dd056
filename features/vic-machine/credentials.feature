Feature: User and password come with the target, in flags of their own, or from a terminal

  Scenario Outline: <command> takes <what>
    Given the world "<world>"
    When I run "vic-machine <command> <given>"
    Then it works on "virtual-container-host"

    @INS-15 @INS-20 @INS-22
    Examples: inspect
      | command | what                   | world       | given                                |
      | inspect | both in the target     | one-cluster | -t <user>:<password>@<host>          |
      | inspect | both in a URL          | one-cluster | -t https://<user>:<password>@<host>/ |
      | inspect | the user in the target | one-cluster | -t <user>@<host> -p <password>       |
      | inspect | both in flags          | one-cluster | -t <host> -u <user> -p <password>    |
      | inspect | both in the target     | esxi-simple | -t <user>:<password>@<host>          |
      | inspect | both in a URL          | esxi-simple | -t https://<user>:<password>@<host>/ |
      | inspect | the user in the target | esxi-simple | -t <user>@<host> -p <password>       |
      | inspect | both in flags          | esxi-simple | -t <host> -u <user> -p <password>    |

    @LS-15 @LS-20 @LS-22 @LS-04
    Examples: ls
      | command | what                   | world       | given                                |
      | ls      | both in the target     | one-cluster | -t <user>:<password>@<host>          |
      | ls      | both in a URL          | one-cluster | -t https://<user>:<password>@<host>/ |
      | ls      | the user in the target | one-cluster | -t <user>@<host> -p <password>       |
      | ls      | both in flags          | one-cluster | -t <host> -u <user> -p <password>    |
      | ls      | both in the target     | esxi-simple | -t <user>:<password>@<host>          |
      | ls      | both in a URL          | esxi-simple | -t https://<user>:<password>@<host>/ |
      | ls      | the user in the target | esxi-simple | -t <user>@<host> -p <password>       |
      | ls      | both in flags          | esxi-simple | -t <host> -u <user> -p <password>    |

    @DEL-15 @DEL-20 @DEL-22
    Examples: delete
      | command        | what                   | world       | given                                |
      | delete --force | both in the target     | one-cluster | -t <user>:<password>@<host>          |
      | delete --force | both in a URL          | one-cluster | -t https://<user>:<password>@<host>/ |
      | delete --force | the user in the target | one-cluster | -t <user>@<host> -p <password>       |
      | delete --force | both in flags          | one-cluster | -t <host> -u <user> -p <password>    |
      | delete --force | both in the target     | esxi-simple | -t <user>:<password>@<host>          |
      | delete --force | both in a URL          | esxi-simple | -t https://<user>:<password>@<host>/ |
      | delete --force | the user in the target | esxi-simple | -t <user>@<host> -p <password>       |
      | delete --force | both in flags          | esxi-simple | -t <host> -u <user> -p <password>    |

  Scenario Outline: <command> lets the flags outrank the target
    Given the world "one-cluster"
    When I run "vic-machine <command> -t nobody:wrong@<host> -u <user> -p <password>"
    Then it works on "virtual-container-host"

    @INS-20 @INS-22
    Examples: inspect
      | command |
      | inspect |

    @LS-20 @LS-22
    Examples: ls
      | command |
      | ls      |

    @DEL-20 @DEL-22
    Examples: delete
      | command        |
      | delete --force |

  # Quoted for the shell, a user name or password is taken as it stands.
  Scenario Outline: <command> takes <account> with signs as it stands: <given>
    Given the world "accounts"
    When I run "vic-machine <command> <given>"
    Then it works on "virtual-container-host"

    @INS-16
    Examples: inspect, in the target
      | command | account        | given                                               |
      | inspect | at             | -t 'at:p@ss@word@<host>'                            |
      | inspect | signs          | -t 'signs:a:b/c?d#e&f=g@<host>'                     |
      | inspect | percent        | -t 'percent:100%sure@<host>'                        |
      | inspect | blanks         | -t 'blanks:two words@<host>'                        |
      | inspect | umlaut         | -t 'umlaut:größe-пароль@<host>'                     |
      | inspect | CORP-eve       | -t 'CORP\\eve:back\\slash@<host>'                   |
      | inspect | eve@corp       | -t 'eve@corp.example.com:at-home@<host>'            |
      | inspect | at, encoded    | -t 'at:p%40ss%40word@<host>'                        |
      | inspect | signs, encoded | -t 'https://signs:a%3Ab%2Fc%3Fd%23e%26f%3Dg@<host>' |

    @INS-24
    Examples: inspect, in flags
      | command | account  | given                                        |
      | inspect | at       | -t <host> -u at -p 'p@ss@word'               |
      | inspect | signs    | -t <host> -u signs -p 'a:b/c?d#e&f=g'        |
      | inspect | percent  | -t <host> -u percent -p '100%sure'           |
      | inspect | blanks   | -t <host> -u blanks -p 'two words'           |
      | inspect | umlaut   | -t <host> -u umlaut -p 'größe-пароль'        |
      | inspect | CORP-eve | -t <host> -u 'CORP\\eve' -p 'back\\slash'    |
      | inspect | eve@corp | -t <host> -u eve@corp.example.com -p at-home |

    @LS-16
    Examples: ls, in the target
      | command | account        | given                                               |
      | ls      | at             | -t 'at:p@ss@word@<host>'                            |
      | ls      | signs          | -t 'signs:a:b/c?d#e&f=g@<host>'                     |
      | ls      | percent        | -t 'percent:100%sure@<host>'                        |
      | ls      | blanks         | -t 'blanks:two words@<host>'                        |
      | ls      | umlaut         | -t 'umlaut:größe-пароль@<host>'                     |
      | ls      | CORP-eve       | -t 'CORP\\eve:back\\slash@<host>'                   |
      | ls      | eve@corp       | -t 'eve@corp.example.com:at-home@<host>'            |
      | ls      | at, encoded    | -t 'at:p%40ss%40word@<host>'                        |
      | ls      | signs, encoded | -t 'https://signs:a%3Ab%2Fc%3Fd%23e%26f%3Dg@<host>' |

    @LS-24
    Examples: ls, in flags
      | command | account  | given                                        |
      | ls      | at       | -t <host> -u at -p 'p@ss@word'               |
      | ls      | signs    | -t <host> -u signs -p 'a:b/c?d#e&f=g'        |
      | ls      | percent  | -t <host> -u percent -p '100%sure'           |
      | ls      | blanks   | -t <host> -u blanks -p 'two words'           |
      | ls      | umlaut   | -t <host> -u umlaut -p 'größe-пароль'        |
      | ls      | CORP-eve | -t <host> -u 'CORP\\eve' -p 'back\\slash'    |
      | ls      | eve@corp | -t <host> -u eve@corp.example.com -p at-home |

    @DEL-16
    Examples: delete, in the target
      | command        | account        | given                                               |
      | delete --force | at             | -t 'at:p@ss@word@<host>'                            |
      | delete --force | signs          | -t 'signs:a:b/c?d#e&f=g@<host>'                     |
      | delete --force | percent        | -t 'percent:100%sure@<host>'                        |
      | delete --force | blanks         | -t 'blanks:two words@<host>'                        |
      | delete --force | umlaut         | -t 'umlaut:größe-пароль@<host>'                     |
      | delete --force | CORP-eve       | -t 'CORP\\eve:back\\slash@<host>'                   |
      | delete --force | eve@corp       | -t 'eve@corp.example.com:at-home@<host>'            |
      | delete --force | at, encoded    | -t 'at:p%40ss%40word@<host>'                        |
      | delete --force | signs, encoded | -t 'https://signs:a%3Ab%2Fc%3Fd%23e%26f%3Dg@<host>' |

    @DEL-24
    Examples: delete, in flags
      | command        | account  | given                                        |
      | delete --force | at       | -t <host> -u at -p 'p@ss@word'               |
      | delete --force | signs    | -t <host> -u signs -p 'a:b/c?d#e&f=g'        |
      | delete --force | percent  | -t <host> -u percent -p '100%sure'           |
      | delete --force | blanks   | -t <host> -u blanks -p 'two words'           |
      | delete --force | umlaut   | -t <host> -u umlaut -p 'größe-пароль'        |
      | delete --force | CORP-eve | -t <host> -u 'CORP\\eve' -p 'back\\slash'    |
      | delete --force | eve@corp | -t <host> -u eve@corp.example.com -p at-home |

  @error-path
  Scenario Outline: <command> without a user names the flag
    Given the world "one-cluster"
    When I run "vic-machine <command> -t <host> -p <password>"
    Then it fails as a usage error
    And it says "--user"
    And nothing changes

    @INS-21
    Examples: inspect
      | command |
      | inspect |

    @LS-21 @LS-04
    Examples: ls
      | command |
      | ls      |

    @DEL-21
    Examples: delete
      | command        |
      | delete --force |

  Scenario Outline: <command> asks for the password on a terminal, with <given>
    Given the world "<world>"
    When I run "vic-machine <command> <given>" and type the password
    Then it asks for the password
    And it works on "virtual-container-host"

    @INS-19 @INS-23
    Examples: inspect
      | command | given               | world       |
      | inspect | -t <user>@<host>    | one-cluster |
      | inspect | -t <host> -u <user> | esxi-simple |

    @LS-19 @LS-23 @LS-04
    Examples: ls
      | command | given               | world       |
      | ls      | -t <user>@<host>    | one-cluster |
      | ls      | -t <host> -u <user> | esxi-simple |

    @DEL-19 @DEL-23
    Examples: delete
      | command        | given               | world       |
      | delete --force | -t <user>@<host>    | one-cluster |
      | delete --force | -t <host> -u <user> | esxi-simple |

  Scenario Outline: <command> does not ask for a password that it was given
    Given the world "one-cluster"
    When I run "vic-machine <command> -t <user>:<password>@<host>" and type the password
    Then it does not ask for the password
    And it works on "virtual-container-host"

    @INS-23
    Examples: inspect
      | command |
      | inspect |

    @LS-23
    Examples: ls
      | command |
      | ls      |

    @DEL-23
    Examples: delete
      | command        |
      | delete --force |

  @error-path @own
  Scenario Outline: Without a terminal <command> says how else to give the password
    Given the world "one-cluster"
    When I run "vic-machine <command> -t <user>@<host>"
    Then it fails as a usage error
    And it says "--password"
    And it says "VIC_MACHINE_PASSWORD"
    And nothing changes

    @INS-19
    Examples: inspect
      | command |
      | inspect |

    @LS-19
    Examples: ls
      | command |
      | ls      |

    @DEL-19
    Examples: delete
      | command        |
      | delete --force |

  @error-path
  Scenario Outline: A wrong password ends <command>, and is not repeated
    Given the world "<world>"
    And the endpoint looks at passwords
    When I run "vic-machine <command> -t <host> -u <user> -p wr0ng-secret"
    Then it fails
    And it says "user name or password"
    And it does not say "wr0ng-secret"
    And nothing changes

    @INS-22
    Examples: inspect
      | command | world       |
      | inspect | one-cluster |
      | inspect | esxi-simple |

    @LS-22
    Examples: ls
      | command | world       |
      | ls      | one-cluster |
      | ls      | esxi-simple |

    @DEL-22
    Examples: delete
      | command        | world       |
      | delete --force | one-cluster |
      | delete --force | esxi-simple |
