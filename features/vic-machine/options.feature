Feature: Every option is known by its long and its short name, with the value behind a blank or an equals sign, and from the environment

  # The option matrix: option x spelling x command x vCenter Server or ESXi. What the options mean is said in the other features.

  Scenario Outline: <command> takes --target as '<spelled>' on <kind>
    Given the world "<world>"
    When I run "vic-machine <command> -u <user> -p <password> <spelled>"
    Then it works on "virtual-container-host"

    @INS-10
    Examples: inspect
      | command | spelled         | kind    | world       |
      | inspect | --target <host> | vCenter | one-cluster |
      | inspect | -t <host>       | vCenter | one-cluster |
      | inspect | --target=<host> | vCenter | one-cluster |
      | inspect | -t=<host>       | vCenter | one-cluster |
      | inspect | --target <host> | ESXi    | esxi-simple |
      | inspect | -t <host>       | ESXi    | esxi-simple |
      | inspect | --target=<host> | ESXi    | esxi-simple |
      | inspect | -t=<host>       | ESXi    | esxi-simple |

    @LS-10
    Examples: ls
      | command | spelled         | kind    | world       |
      | ls      | --target <host> | vCenter | one-cluster |
      | ls      | -t <host>       | vCenter | one-cluster |
      | ls      | --target=<host> | vCenter | one-cluster |
      | ls      | -t=<host>       | vCenter | one-cluster |
      | ls      | --target <host> | ESXi    | esxi-simple |
      | ls      | -t <host>       | ESXi    | esxi-simple |
      | ls      | --target=<host> | ESXi    | esxi-simple |
      | ls      | -t=<host>       | ESXi    | esxi-simple |

    @DEL-10
    Examples: delete
      | command        | spelled         | kind    | world       |
      | delete --force | --target <host> | vCenter | one-cluster |
      | delete --force | -t <host>       | vCenter | one-cluster |
      | delete --force | --target=<host> | vCenter | one-cluster |
      | delete --force | -t=<host>       | vCenter | one-cluster |
      | delete --force | --target <host> | ESXi    | esxi-simple |
      | delete --force | -t <host>       | ESXi    | esxi-simple |
      | delete --force | --target=<host> | ESXi    | esxi-simple |
      | delete --force | -t=<host>       | ESXi    | esxi-simple |

  Scenario Outline: <command> takes --user as '<spelled>' on <kind>
    Given the world "<world>"
    When I run "vic-machine <command> -t <host> -p <password> <spelled>"
    Then it works on "virtual-container-host"

    @INS-20
    Examples: inspect
      | command | spelled       | kind    | world       |
      | inspect | --user <user> | vCenter | one-cluster |
      | inspect | -u <user>     | vCenter | one-cluster |
      | inspect | --user=<user> | vCenter | one-cluster |
      | inspect | -u=<user>     | vCenter | one-cluster |
      | inspect | --user <user> | ESXi    | esxi-simple |
      | inspect | -u <user>     | ESXi    | esxi-simple |
      | inspect | --user=<user> | ESXi    | esxi-simple |
      | inspect | -u=<user>     | ESXi    | esxi-simple |

    @LS-20
    Examples: ls
      | command | spelled       | kind    | world       |
      | ls      | --user <user> | vCenter | one-cluster |
      | ls      | -u <user>     | vCenter | one-cluster |
      | ls      | --user=<user> | vCenter | one-cluster |
      | ls      | -u=<user>     | vCenter | one-cluster |
      | ls      | --user <user> | ESXi    | esxi-simple |
      | ls      | -u <user>     | ESXi    | esxi-simple |
      | ls      | --user=<user> | ESXi    | esxi-simple |
      | ls      | -u=<user>     | ESXi    | esxi-simple |

    @DEL-20
    Examples: delete
      | command        | spelled       | kind    | world       |
      | delete --force | --user <user> | vCenter | one-cluster |
      | delete --force | -u <user>     | vCenter | one-cluster |
      | delete --force | --user=<user> | vCenter | one-cluster |
      | delete --force | -u=<user>     | vCenter | one-cluster |
      | delete --force | --user <user> | ESXi    | esxi-simple |
      | delete --force | -u <user>     | ESXi    | esxi-simple |
      | delete --force | --user=<user> | ESXi    | esxi-simple |
      | delete --force | -u=<user>     | ESXi    | esxi-simple |

  Scenario Outline: <command> takes --password as '<spelled>' on <kind>
    Given the world "<world>"
    When I run "vic-machine <command> -t <host> -u <user> <spelled>"
    Then it works on "virtual-container-host"

    @INS-22
    Examples: inspect
      | command | spelled               | kind    | world       |
      | inspect | --password <password> | vCenter | one-cluster |
      | inspect | -p <password>         | vCenter | one-cluster |
      | inspect | --password=<password> | vCenter | one-cluster |
      | inspect | -p=<password>         | vCenter | one-cluster |
      | inspect | --password <password> | ESXi    | esxi-simple |
      | inspect | -p <password>         | ESXi    | esxi-simple |
      | inspect | --password=<password> | ESXi    | esxi-simple |
      | inspect | -p=<password>         | ESXi    | esxi-simple |

    @LS-22
    Examples: ls
      | command | spelled               | kind    | world       |
      | ls      | --password <password> | vCenter | one-cluster |
      | ls      | -p <password>         | vCenter | one-cluster |
      | ls      | --password=<password> | vCenter | one-cluster |
      | ls      | -p=<password>         | vCenter | one-cluster |
      | ls      | --password <password> | ESXi    | esxi-simple |
      | ls      | -p <password>         | ESXi    | esxi-simple |
      | ls      | --password=<password> | ESXi    | esxi-simple |
      | ls      | -p=<password>         | ESXi    | esxi-simple |

    @DEL-22
    Examples: delete
      | command        | spelled               | kind    | world       |
      | delete --force | --password <password> | vCenter | one-cluster |
      | delete --force | -p <password>         | vCenter | one-cluster |
      | delete --force | --password=<password> | vCenter | one-cluster |
      | delete --force | -p=<password>         | vCenter | one-cluster |
      | delete --force | --password <password> | ESXi    | esxi-simple |
      | delete --force | -p <password>         | ESXi    | esxi-simple |
      | delete --force | --password=<password> | ESXi    | esxi-simple |
      | delete --force | -p=<password>         | ESXi    | esxi-simple |

  Scenario Outline: <command> takes --compute-resource as '<spelled>' on <kind>
    Given the world "<world>"
    When I run "vic-machine <command> -t <host> -u <user> -p <password> <spelled>"
    Then it works on "virtual-container-host"

    @INS-25
    Examples: inspect
      | command | spelled                   | kind    | world       |
      | inspect | --compute-resource DC0_C0 | vCenter | one-cluster |
      | inspect | -r DC0_C0                 | vCenter | one-cluster |
      | inspect | --compute-resource=DC0_C0 | vCenter | one-cluster |
      | inspect | -r=DC0_C0                 | vCenter | one-cluster |
      | inspect | --compute-resource /      | ESXi    | esxi-simple |
      | inspect | -r /                      | ESXi    | esxi-simple |
      | inspect | --compute-resource=/      | ESXi    | esxi-simple |
      | inspect | -r=/                      | ESXi    | esxi-simple |

    @LS-25
    Examples: ls
      | command | spelled                   | kind    | world       |
      | ls      | --compute-resource DC0_C0 | vCenter | one-cluster |
      | ls      | -r DC0_C0                 | vCenter | one-cluster |
      | ls      | --compute-resource=DC0_C0 | vCenter | one-cluster |
      | ls      | -r=DC0_C0                 | vCenter | one-cluster |
      | ls      | --compute-resource /      | ESXi    | esxi-simple |
      | ls      | -r /                      | ESXi    | esxi-simple |
      | ls      | --compute-resource=/      | ESXi    | esxi-simple |
      | ls      | -r=/                      | ESXi    | esxi-simple |

    @DEL-25
    Examples: delete
      | command        | spelled                   | kind    | world       |
      | delete --force | --compute-resource DC0_C0 | vCenter | one-cluster |
      | delete --force | -r DC0_C0                 | vCenter | one-cluster |
      | delete --force | --compute-resource=DC0_C0 | vCenter | one-cluster |
      | delete --force | -r=DC0_C0                 | vCenter | one-cluster |
      | delete --force | --compute-resource /      | ESXi    | esxi-simple |
      | delete --force | -r /                      | ESXi    | esxi-simple |
      | delete --force | --compute-resource=/      | ESXi    | esxi-simple |
      | delete --force | -r=/                      | ESXi    | esxi-simple |

  Scenario Outline: <command> takes --name as '<spelled>' on <kind>
    Given the world "<world>"
    When I run "vic-machine <command> -t <host> -u <user> -p <password> <spelled>"
    Then it works on "virtual-container-host"

    @INS-37
    Examples: inspect
      | command | spelled                       | kind    | world       |
      | inspect | --name virtual-container-host | vCenter | one-cluster |
      | inspect | -n virtual-container-host     | vCenter | one-cluster |
      | inspect | --name=virtual-container-host | vCenter | one-cluster |
      | inspect | -n=virtual-container-host     | vCenter | one-cluster |
      | inspect | --name virtual-container-host | ESXi    | esxi-simple |
      | inspect | -n virtual-container-host     | ESXi    | esxi-simple |
      | inspect | --name=virtual-container-host | ESXi    | esxi-simple |
      | inspect | -n=virtual-container-host     | ESXi    | esxi-simple |

    @DEL-37
    Examples: delete
      | command        | spelled                       | kind    | world       |
      | delete --force | --name virtual-container-host | vCenter | one-cluster |
      | delete --force | -n virtual-container-host     | vCenter | one-cluster |
      | delete --force | --name=virtual-container-host | vCenter | one-cluster |
      | delete --force | -n=virtual-container-host     | vCenter | one-cluster |
      | delete --force | --name virtual-container-host | ESXi    | esxi-simple |
      | delete --force | -n virtual-container-host     | ESXi    | esxi-simple |
      | delete --force | --name=virtual-container-host | ESXi    | esxi-simple |
      | delete --force | -n=virtual-container-host     | ESXi    | esxi-simple |

  Scenario Outline: <command> takes --debug as '<spelled>' on <kind>
    Given the world "<world>"
    When I run "vic-machine <command> -t <host> -u <user> -p <password> <spelled>"
    Then it works on "virtual-container-host"

    @INS-40
    Examples: inspect
      | command | spelled   | kind    | world       |
      | inspect | --debug 1 | vCenter | one-cluster |
      | inspect | -v 1      | vCenter | one-cluster |
      | inspect | --debug=1 | vCenter | one-cluster |
      | inspect | -v=1      | vCenter | one-cluster |
      | inspect | --debug 1 | ESXi    | esxi-simple |
      | inspect | -v 1      | ESXi    | esxi-simple |
      | inspect | --debug=1 | ESXi    | esxi-simple |
      | inspect | -v=1      | ESXi    | esxi-simple |

    @LS-40
    Examples: ls
      | command | spelled   | kind    | world       |
      | ls      | --debug 1 | vCenter | one-cluster |
      | ls      | -v 1      | vCenter | one-cluster |
      | ls      | --debug=1 | vCenter | one-cluster |
      | ls      | -v=1      | vCenter | one-cluster |
      | ls      | --debug 1 | ESXi    | esxi-simple |
      | ls      | -v 1      | ESXi    | esxi-simple |
      | ls      | --debug=1 | ESXi    | esxi-simple |
      | ls      | -v=1      | ESXi    | esxi-simple |

    @DEL-40
    Examples: delete
      | command        | spelled   | kind    | world       |
      | delete --force | --debug 1 | vCenter | one-cluster |
      | delete --force | -v 1      | vCenter | one-cluster |
      | delete --force | --debug=1 | vCenter | one-cluster |
      | delete --force | -v=1      | vCenter | one-cluster |
      | delete --force | --debug 1 | ESXi    | esxi-simple |
      | delete --force | -v 1      | ESXi    | esxi-simple |
      | delete --force | --debug=1 | ESXi    | esxi-simple |
      | delete --force | -v=1      | ESXi    | esxi-simple |

  Scenario Outline: <command> takes target, user and password from the environment on <kind>
    Given the world "<world>"
    And the environment variable "VIC_MACHINE_TARGET" is "<host>"
    And the environment variable "VIC_MACHINE_USER" is "<user>"
    And the environment variable "VIC_MACHINE_PASSWORD" is "<password>"
    When I run "vic-machine <command>"
    Then it works on "virtual-container-host"

    @INS-10 @INS-20 @INS-22 @own
    Examples: inspect
      | command | kind    | world       |
      | inspect | vCenter | one-cluster |
      | inspect | ESXi    | esxi-simple |

    @LS-10 @LS-20 @LS-22 @own
    Examples: ls
      | command | kind    | world       |
      | ls      | vCenter | one-cluster |
      | ls      | ESXi    | esxi-simple |

    @DEL-10 @DEL-20 @DEL-22 @own
    Examples: delete
      | command        | kind    | world       |
      | delete --force | vCenter | one-cluster |
      | delete --force | ESXi    | esxi-simple |

  @own
  Scenario Outline: What the command line says outranks the environment: <spelled>
    Given the world "one-cluster"
    And the environment variable "VIC_MACHINE_TARGET" is "127.0.0.1:1"
    And the environment variable "VIC_MACHINE_USER" is "nobody"
    And the environment variable "VIC_MACHINE_PASSWORD" is "wrong"
    When I run "vic-machine inspect <spelled>"
    Then it works on "virtual-container-host"

    @INS-15 @INS-20 @INS-22
    Examples:
      | spelled                           |
      | -t <host> -u <user> -p <password> |
      | -t <user>:<password>@<host>       |

  Scenario Outline: delete takes force as '<spelled>'
    Given the world "one-cluster"
    When I run "vic-machine delete -t <user>:<password>@<host> <spelled>"
    Then it works on "virtual-container-host"

    @DEL-43
    Examples:
      | spelled      |
      | --force      |
      | -f           |
      | --force=true |
      | -f=1         |

  @DEL-43 @DEL-48 @error-path
  Scenario Outline: Force is off unless it is given: '<spelled>'
    Given the world "one-cluster"
    When I run "vic-machine delete -t <user>:<password>@<host> <spelled>"
    Then it fails
    And it says "powered on"
    And nothing changes

    Examples:
      | spelled                   |
      | -n virtual-container-host |
      | --force=false             |
      | -f=0                      |

  @DEL-55 @error-path
  Scenario Outline: <command> has no <option>
    Given the world "one-cluster"
    When I run "vic-machine <command> -t <user>:<password>@<host> <option>=<value>"
    Then it fails as a usage error
    And it says "<option>"
    And nothing changes

    Examples:
      | command | option    | value |
      | ls      | --force   | true  |
      | ls      | --timeout | 1m    |
      | ls      | --name    | x     |
      | inspect | --force   | true  |
      | inspect | --timeout | 1m    |
