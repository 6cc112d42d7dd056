Feature: --compute-resource says in which host, cluster or pool a virtual container host was created

  Scenario Outline: <command> finds <name> in <what>, given as '<place>'
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host><path> -r '<place>' -n <name>"
    Then it works on "<name>"

    @INS-26
    Examples:
      | command | what                               | world       | path | place                      | name                   |
      | inspect | a cluster by its inventory path    | one-cluster |      | /DC0/host/DC0_C0/Resources | virtual-container-host |
      | inspect | a pool with its parent written out | one-cluster |      | DC0_C0/Resources/Teams     | team-blue              |
      | inspect | the root pool of an ESXi host      | esxi        |      | /                          | virtual-container-host |

    @INS-32 @INS-26 @INS-30 @ADM-05
    Examples:
      | command | what                   | world | path | place       | name    |
      | inspect | a pool of an ESXi host | esxi  |      | Development | vch-dev |

    @INS-33 @INS-26 @INS-28 @ADM-05
    Examples:
      | command | what                        | world      | path | place             | name                   |
      | inspect | a host named by its address | standalone |      | 10.20.0.11        | virtual-container-host |
      | inspect | a host named by its name    | standalone |      | esx-b.example.com | vch-b                  |

    @INS-34 @INS-26 @INS-28 @ADM-05
    Examples:
      | command | what      | world | path  | place | name      |
      | inspect | a cluster | many  | /east | alpha | vch-alpha |

    @INS-35 @INS-26 @INS-28 @INS-30 @ADM-05
    Examples:
      | command | what             | world      | path | place                 | name    |
      | inspect | a pool of a host | standalone |      | esx-b.example.com/Lab | vch-lab |

    @INS-36 @INS-26 @INS-30 @ADM-05
    Examples:
      | command | what                 | world       | path  | place                | name      |
      | inspect | a pool of a cluster  | one-cluster |       | DC0_C0/Teams         | team-blue |
      | inspect | a pool within a pool | many        | /east | alpha/Production/Web | vch-web   |

    @DEL-26
    Examples:
      | command        | what                               | world       | path | place                      | name                   |
      | delete --force | a cluster by its inventory path    | one-cluster |      | /DC0/host/DC0_C0/Resources | virtual-container-host |
      | delete --force | a pool with its parent written out | one-cluster |      | DC0_C0/Resources/Teams     | team-blue              |
      | delete --force | the root pool of an ESXi host      | esxi        |      | /                          | virtual-container-host |

    @DEL-32 @DEL-26 @DEL-30 @ADM-05
    Examples:
      | command        | what                   | world | path | place       | name    |
      | delete --force | a pool of an ESXi host | esxi  |      | Development | vch-dev |

    @DEL-33 @DEL-26 @DEL-28 @ADM-05
    Examples:
      | command        | what                        | world      | path | place             | name                   |
      | delete --force | a host named by its address | standalone |      | 10.20.0.11        | virtual-container-host |
      | delete --force | a host named by its name    | standalone |      | esx-b.example.com | vch-b                  |

    @DEL-34 @DEL-26 @DEL-28 @ADM-05
    Examples:
      | command        | what      | world | path  | place | name      |
      | delete --force | a cluster | many  | /east | alpha | vch-alpha |

    @DEL-35 @DEL-26 @DEL-28 @DEL-30 @ADM-05
    Examples:
      | command        | what             | world      | path | place                 | name    |
      | delete --force | a pool of a host | standalone |      | esx-b.example.com/Lab | vch-lab |

    @DEL-36 @DEL-26 @DEL-30 @ADM-05
    Examples:
      | command        | what                 | world       | path  | place                | name      |
      | delete --force | a pool of a cluster  | one-cluster |       | DC0_C0/Teams         | team-blue |
      | delete --force | a pool within a pool | many        | /east | alpha/Production/Web | vch-web   |

  Scenario Outline: ls shows what is in <what>, given as '<place>'
    Given the world "<world>"
    When I run "vic-machine ls -t <user>:<password>@<host><path> -r '<place>'"
    Then it succeeds
    And the table is:
      | ID     | PATH   | NAME   |
      | (vm-)?\\d+ | <pool> | <name> |
    And nothing changes

    @LS-26 @LS-43
    Examples:
      | what                         | world       | path | place                            | pool                             | name      |
      | a pool by its inventory path | one-cluster |      | /DC0/host/DC0_C0/Resources/Teams | /DC0/host/DC0_C0/Resources/Teams | team-blue |

    @LS-32 @LS-26 @LS-30 @LS-43 @ADM-05
    Examples:
      | what                   | world | path | place       | pool                                                      | name    |
      | a pool of an ESXi host | esxi  |      | Development | /ha-datacenter/host/esx.example.com/Resources/Development | vch-dev |

    @LS-33 @LS-26 @LS-28 @LS-43 @ADM-05
    Examples:
      | what                        | world      | path | place      | pool                           | name                   |
      | a host named by its address | standalone |      | 10.20.0.11 | /DC0/host/10.20.0.11/Resources | virtual-container-host |

    @LS-34 @LS-26 @LS-28 @LS-43 @ADM-05
    Examples:
      | what      | world | path  | place | pool                               | name                   |
      | a cluster | many  | /west | gamma | /Regions/west/host/gamma/Resources | virtual-container-host |

    @LS-35 @LS-26 @LS-28 @LS-30 @LS-43 @ADM-05
    Examples:
      | what             | world      | path | place                 | pool                                      | name    |
      | a pool of a host | standalone |      | esx-b.example.com/Lab | /DC0/host/esx-b.example.com/Resources/Lab | vch-lab |

    @LS-36 @LS-26 @LS-30 @LS-43 @ADM-05
    Examples:
      | what                | world       | path | place        | pool                             | name      |
      | a pool of a cluster | one-cluster |      | DC0_C0/Teams | /DC0/host/DC0_C0/Resources/Teams | team-blue |

  @LS-43
  Scenario: ls of a host shows the VCHs of the host and of its pools, and no others
    Given the world "standalone"
    When I run "vic-machine ls -t <user>:<password>@<host> -r esx-b.example.com"
    Then it succeeds
    And the table is:
      | ID     | PATH                                      | NAME    |
      | vm-\\d+ | /DC0/host/esx-b.example.com/Resources     | vch-b   |
      | vm-\\d+ | /DC0/host/esx-b.example.com/Resources/Lab | vch-lab |
    And nothing changes

  @error-path
  Scenario Outline: <command> without one of several compute resources fails and suggests them: <what>
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host><path>"
    Then it fails
    And it says "--compute-resource"
    And it suggests for "--compute-resource":
      | <first>  |
      | <second> |
      | <third>  |
    And nothing changes

    @INS-28 @INS-31
    Examples: inspect, vCenter Server
      | command | what      | world      | path | first      | second            | third                 |
      | inspect | two hosts | standalone |      | 10.20.0.11 | esx-b.example.com | esx-b.example.com/Lab |

    @INS-29 @INS-31
    Examples: inspect, ESXi
      | command | what                          | world | path | first | second      | third   |
      | inspect | several pools of an ESXi host | esxi  |      | /     | Development | Testing |

    @LS-28 @LS-31
    Examples: ls, vCenter Server
      | command | what      | world      | path | first      | second            | third                 |
      | ls      | two hosts | standalone |      | 10.20.0.11 | esx-b.example.com | esx-b.example.com/Lab |

    @LS-29 @LS-31
    Examples: ls, ESXi
      | command | what                          | world | path | first | second      | third   |
      | ls      | several pools of an ESXi host | esxi  |      | /     | Development | Testing |

    @DEL-28 @DEL-31
    Examples: delete, vCenter Server
      | command        | what      | world      | path | first      | second            | third                 |
      | delete --force | two hosts | standalone |      | 10.20.0.11 | esx-b.example.com | esx-b.example.com/Lab |

    @DEL-29 @DEL-31
    Examples: delete, ESXi
      | command        | what                          | world | path | first | second      | third   |
      | delete --force | several pools of an ESXi host | esxi  |      | /     | Development | Testing |

  @error-path
  Scenario Outline: <command> among a mixture of clusters and hosts fails and suggests them in the form that the flag takes
    Given the world "many"
    When I run "vic-machine <command> -t <user>:<password>@<host>/east"
    Then it fails
    And it suggests for "--compute-resource":
      | alpha |
      | alpha/Decoys |
      | alpha/Decoys/decoy |
      | alpha/Decoys/not-a-vch |
      | alpha/Production |
      | alpha/Production/Database |
      | alpha/Production/Web |
      | beta |
      | esx-10.east.example.com |
      | esx-10.east.example.com/Lab |
      | esx-11.east.example.com |
    And nothing changes

    @INS-28 @INS-31
    Examples: inspect
      | command |
      | inspect |

    @LS-28 @LS-31
    Examples: ls
      | command |
      | ls      |

    @DEL-28 @DEL-31
    Examples: delete
      | command        |
      | delete --force |

  @error-path
  Scenario Outline: <command> in an unknown place fails and suggests the ones there are: '<place>'
    Given the world "one-cluster"
    When I run "vic-machine <command> -t <user>:<password>@<host> -r '<place>'"
    Then it fails
    And it says "<place>"
    And it suggests for "--compute-resource":
      | DC0_C0       |
      | DC0_C0/Teams |
    And nothing changes

    @INS-31
    Examples: inspect
      | command | place                      |
      | inspect | nosuch                     |
      | inspect | DC0_C0/nosuch              |
      | inspect | Teams                      |
      | inspect | dc0_c0                     |
      | inspect | /DC0/host/nosuch/Resources |

    @LS-31
    Examples: ls
      | command | place                      |
      | ls      | nosuch                     |
      | ls      | DC0_C0/nosuch              |
      | ls      | Teams                      |
      | ls      | dc0_c0                     |
      | ls      | /DC0/host/nosuch/Resources |

    @DEL-31 @DEL-47
    Examples: delete
      | command        | place                      |
      | delete --force | nosuch                     |
      | delete --force | DC0_C0/nosuch              |
      | delete --force | Teams                      |
      | delete --force | dc0_c0                     |
      | delete --force | /DC0/host/nosuch/Resources |

  @error-path
  Scenario Outline: <command> finds nothing in another place than the one that create was given, and says where it is
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host> -r '<place>' -n <name>"
    Then it fails
    And it says "<name>"
    And it says "<right>"
    And nothing changes

    @INS-27 @INS-30
    Examples: inspect
      | command | world       | place        | name                   | right             |
      | inspect | one-cluster | DC0_C0       | team-blue              | DC0_C0/Teams      |
      | inspect | one-cluster | DC0_C0/Teams | virtual-container-host | DC0_C0            |
      | inspect | standalone  | 10.20.0.11   | vch-b                  | esx-b.example.com |
      | inspect | esxi        | /            | vch-dev                | Development       |

    @DEL-27 @DEL-30
    Examples: delete
      | command        | world       | place        | name                   | right             |
      | delete --force | one-cluster | DC0_C0       | team-blue              | DC0_C0/Teams      |
      | delete --force | one-cluster | DC0_C0/Teams | virtual-container-host | DC0_C0            |
      | delete --force | standalone  | 10.20.0.11   | vch-b                  | esx-b.example.com |
      | delete --force | esxi        | /            | vch-dev                | Development       |

  @LS-27 @LS-30
  Scenario: ls shows nothing of another place than the one that create was given
    Given the world "esxi"
    When I run "vic-machine ls -t <user>:<password>@<host> -r Testing"
    Then it succeeds
    And the table is:
      | ID | PATH | NAME |
    And nothing changes

  @error-path
  Scenario Outline: <command> of an ambiguous place fails with the valid ones
    Given the world "standalone"
    When I run "vic-machine <command> -t <user>:<password>@<host> -r '*'"
    Then it fails
    And it says "ambiguous"
    And it suggests for "--compute-resource":
      | 10.20.0.11            |
      | esx-b.example.com     |
      | esx-b.example.com/Lab |
    And nothing changes

    @INS-31
    Examples: inspect
      | command |
      | inspect |

    @LS-31
    Examples: ls
      | command |
      | ls      |

    @DEL-31
    Examples: delete
      | command        |
      | delete --force |

  @LS-31 @own
  Scenario: ls --all shows every VCH, whatever compute resources there are
    Given the world "standalone"
    When I run "vic-machine ls -t <user>:<password>@<host> --all"
    Then it succeeds
    And the table is:
      | ID     | PATH                                      | NAME                   |
      | vm-\\d+ | /DC0/host/10.20.0.11/Resources            | virtual-container-host |
      | vm-\\d+ | /DC0/host/esx-b.example.com/Resources     | vch-b                  |
      | vm-\\d+ | /DC0/host/esx-b.example.com/Resources/Lab | vch-lab                |
    And nothing changes

  Scenario Outline: <command> needs no place where there is one only
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host>"
    Then it works on "virtual-container-host"

    @INS-28 @INS-29 @ADM-05
    Examples: inspect
      | command | world       |
      | inspect | one-cluster |
      | inspect | esxi-simple |

    @LS-28 @LS-29 @ADM-05
    Examples: ls
      | command | world       |
      | ls      | one-cluster |
      | ls      | esxi-simple |

    @DEL-28 @DEL-29 @ADM-05
    Examples: delete
      | command        | world       |
      | delete --force | one-cluster |
      | delete --force | esxi-simple |
