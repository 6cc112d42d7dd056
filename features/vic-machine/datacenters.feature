Feature: With several datacenters the target says which one

  Scenario Outline: <command> looks in the datacenter that the target names: <datacenter>
    Given the world "many"
    When I run "vic-machine <command> -t <user>:<password>@<host>/<datacenter> -r <place> -n virtual-container-host"
    Then it works on "<pool>"

    @INS-17
    Examples: inspect
      | command | datacenter   | place                   | pool                                                                   |
      | inspect | east         | esx-11.east.example.com | /east/host/esx-11.east.example.com/Resources/virtual-container-host    |
      | inspect | west         | gamma                   | /Regions/west/host/gamma/Resources/virtual-container-host              |
      | inspect | Regions/west | gamma                   | /Regions/west/host/gamma/Resources/virtual-container-host              |

    @DEL-17
    Examples: delete
      | command        | datacenter   | place                   | pool                                                                |
      | delete --force | east         | esx-11.east.example.com | /east/host/esx-11.east.example.com/Resources/virtual-container-host |
      | delete --force | west         | gamma                   | /Regions/west/host/gamma/Resources/virtual-container-host           |
      | delete --force | Regions/west | gamma                   | /Regions/west/host/gamma/Resources/virtual-container-host           |

  @LS-17
  Scenario Outline: ls shows the VCHs of the datacenter that the target names
    Given the world "many"
    When I run "vic-machine ls -t <user>:<password>@<host>/<datacenter> -r <place>"
    Then it succeeds
    And the table is:
      | ID     | PATH   | NAME   |
      | vm-\\d+ | <path> | <name> |
    And nothing changes

    Examples:
      | datacenter   | place            | path                                      | name                   |
      | east         | alpha/Production | /east/host/alpha/Resources/Production/Web | vch-web                |
      | west         | gamma            | /Regions/west/host/gamma/Resources        | virtual-container-host |
      | Regions/west | gamma            | /Regions/west/host/gamma/Resources        | virtual-container-host |

  @error-path
  Scenario Outline: <command> with an unknown datacenter fails and names the ones there are
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host>/nowhere -r <place>"
    Then it fails
    And it says "nowhere"
    And it says "<first>"
    And it says "<second>"
    And nothing changes

    @INS-18
    Examples: inspect
      | command | world       | place  | first           | second   |
      | inspect | many        | alpha  | east          | west   |
      | inspect | one-cluster | DC0_C0 | DC0           | --target |
      | inspect | esxi-simple | /      | ha-datacenter | --target |

    @LS-18
    Examples: ls
      | command | world       | place  | first           | second   |
      | ls      | many        | alpha  | east          | west   |
      | ls      | one-cluster | DC0_C0 | DC0           | --target |
      | ls      | esxi-simple | /      | ha-datacenter | --target |

    @DEL-18
    Examples: delete
      | command        | world       | place  | first           | second   |
      | delete --force | many        | alpha  | east          | west   |
      | delete --force | one-cluster | DC0_C0 | DC0           | --target |
      | delete --force | esxi-simple | /      | ha-datacenter | --target |

  @error-path
  Scenario Outline: <command> without the name of one of several datacenters fails and names them
    Given the world "many"
    When I run "vic-machine <command> -t <user>:<password>@<host> -r alpha"
    Then it fails
    And it says "east"
    And it says "west"
    And it says "--target"
    And nothing changes

    @INS-17
    Examples: inspect
      | command |
      | inspect |

    @LS-17
    Examples: ls
      | command |
      | ls      |

    @DEL-17
    Examples: delete
      | command        |
      | delete --force |

  Scenario Outline: <command> needs no datacenter where there is one only
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host><path>"
    Then it works on "virtual-container-host"

    @INS-17
    Examples: inspect
      | command | world       | path           |
      | inspect | one-cluster |                |
      | inspect | one-cluster | /DC0           |
      | inspect | esxi-simple |                |
      | inspect | esxi-simple | /ha-datacenter |

    @LS-17
    Examples: ls
      | command | world       | path           |
      | ls      | one-cluster |                |
      | ls      | one-cluster | /DC0           |
      | ls      | esxi-simple |                |
      | ls      | esxi-simple | /ha-datacenter |

    @DEL-17
    Examples: delete
      | command        | world       | path           |
      | delete --force | one-cluster |                |
      | delete --force | one-cluster | /DC0           |
      | delete --force | esxi-simple |                |
      | delete --force | esxi-simple | /ha-datacenter |
