Feature: --target says where vSphere is: an address, a name or a URL, with or without credentials

  Scenario Outline: <command> reaches <what> as '<address>'
    Given the world "<world>"
    And the endpoint has no datacenters of others
    When I run "vic-machine <command> -t <address> -u <user> -p <password>"
    Then it works on "virtual-container-host"

    @INS-11 @INS-14
    Examples: inspect, vCenter Server
      | command | what                                 | address                      | world       |
      | inspect | an IPv4 address of vCenter Server    | 127.0.0.1:<port>             | one-cluster |
      | inspect | a name of vCenter Server             | localhost:<port>             | one-cluster |
      | inspect | a URL of vCenter Server              | https://127.0.0.1:<port>     | one-cluster |
      | inspect | a URL of the SDK of vCenter Server   | https://localhost:<port>/sdk | one-cluster |
      | inspect | a URL with a slash of vCenter Server | https://127.0.0.1:<port>/    | one-cluster |

    @INS-11 @INS-13
    Examples: inspect, ESXi
      | command | what                            | address                  | world       |
      | inspect | an IPv4 address of an ESXi host | 127.0.0.1:<port>         | esxi-simple |
      | inspect | a name of an ESXi host          | localhost:<port>         | esxi-simple |
      | inspect | a URL of an ESXi host           | https://127.0.0.1:<port> | esxi-simple |

    @LS-11 @LS-14
    Examples: ls, vCenter Server
      | command | what                                 | address                      | world       |
      | ls      | an IPv4 address of vCenter Server    | 127.0.0.1:<port>             | one-cluster |
      | ls      | a name of vCenter Server             | localhost:<port>             | one-cluster |
      | ls      | a URL of vCenter Server              | https://127.0.0.1:<port>     | one-cluster |
      | ls      | a URL of the SDK of vCenter Server   | https://localhost:<port>/sdk | one-cluster |
      | ls      | a URL with a slash of vCenter Server | https://127.0.0.1:<port>/    | one-cluster |

    @LS-11 @LS-13
    Examples: ls, ESXi
      | command | what                            | address                  | world       |
      | ls      | an IPv4 address of an ESXi host | 127.0.0.1:<port>         | esxi-simple |
      | ls      | a name of an ESXi host          | localhost:<port>         | esxi-simple |
      | ls      | a URL of an ESXi host           | https://127.0.0.1:<port> | esxi-simple |

    @DEL-11 @DEL-14
    Examples: delete, vCenter Server
      | command        | what                                 | address                      | world       |
      | delete --force | an IPv4 address of vCenter Server    | 127.0.0.1:<port>             | one-cluster |
      | delete --force | a name of vCenter Server             | localhost:<port>             | one-cluster |
      | delete --force | a URL of vCenter Server              | https://127.0.0.1:<port>     | one-cluster |
      | delete --force | a URL of the SDK of vCenter Server   | https://localhost:<port>/sdk | one-cluster |
      | delete --force | a URL with a slash of vCenter Server | https://127.0.0.1:<port>/    | one-cluster |

    @DEL-11 @DEL-13
    Examples: delete, ESXi
      | command        | what                            | address                  | world       |
      | delete --force | an IPv4 address of an ESXi host | 127.0.0.1:<port>         | esxi-simple |
      | delete --force | a name of an ESXi host          | localhost:<port>         | esxi-simple |
      | delete --force | a URL of an ESXi host           | https://127.0.0.1:<port> | esxi-simple |

  @error-path
  Scenario Outline: <command> without a target names the flag
    When I run "vic-machine <command> -u root -p x"
    Then it fails as a usage error
    And it says "--target"

    @INS-12
    Examples: inspect
      | command |
      | inspect |

    @LS-12 @LS-03
    Examples: ls
      | command |
      | ls      |

    @DEL-12
    Examples: delete
      | command        |
      | delete --force |

  @error-path @own
  Scenario Outline: The target '<address>' is refused: <problem>
    When I run "vic-machine ls -t <address> -u root -p x"
    Then it fails as a usage error
    And it says "--target"
    And it says "<said>"

    @LS-11
    Examples:
      | address         | problem               | said          |
      | ftp://127.0.0.1 | a scheme that is none | https         |
      | 127.0.0.1:99999 | a port that is none   | 99999         |
      | ::1             | IPv6 without brackets | [::1]         |
      | https://        | no host               | names no host |

  @error-path
  Scenario Outline: Nobody listens at the target of <command>
    When I run "vic-machine <command> -t 127.0.0.1:1 -u root -p x"
    Then it fails
    And it says "127.0.0.1:1"

    @INS-11
    Examples: inspect
      | command |
      | inspect |

    @LS-11
    Examples: ls
      | command |
      | ls      |

    @DEL-11
    Examples: delete
      | command        |
      | delete --force |

  @error-path @own
  Scenario: A certificate with another fingerprint than the given one ends the run before anything is sent
    Given the world "one-cluster"
    When I run "vic-machine delete -t <user>:<password>@<host> --force --thumbprint 0000000000000000000000000000000000000000"
    Then it fails
    And it says "thumbprint"
    And nothing changes
