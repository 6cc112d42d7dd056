Feature: --name says which virtual container host; without it the one with the default name

  Scenario Outline: <command> takes the default name on <world>
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host>"
    Then it works on "virtual-container-host"

    @INS-38
    Examples: inspect
      | command | world       |
      | inspect | one-cluster |
      | inspect | esxi-simple |

    @DEL-38
    Examples: delete
      | command        | world       |
      | delete --force | one-cluster |
      | delete --force | esxi-simple |

  @error-path
  Scenario Outline: <command> does not find a VCH with another name unless it is named: <what>
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host> -r '<place>' <named>"
    Then it fails
    And it says "<wrong>"
    And it suggests for "--name":
      | <right> |
    And nothing changes

    @INS-38
    Examples: inspect, no name
      | command | what       | world      | place             | named | wrong                  | right   |
      | inspect | none given | standalone | esx-b.example.com |       | virtual-container-host | vch-b   |
      | inspect | none given | esxi       | Development       |       | virtual-container-host | vch-dev |

    @INS-39 @INS-38
    Examples: inspect, not exactly the name
      | command | what               | world      | place             | named       | wrong  | right |
      | inspect | upper case         | standalone | esx-b.example.com | -n VCH-B    | VCH-B  | vch-b |
      | inspect | the beginning only | standalone | esx-b.example.com | -n vch      | vch    | vch-b |
      | inspect | a blank behind it  | standalone | esx-b.example.com | -n 'vch-b ' | vch-b  | vch-b |
      | inspect | a pattern          | standalone | esx-b.example.com | -n vch-*    | vch-*  | vch-b |
      | inspect | an unknown name    | standalone | esx-b.example.com | -n nosuch   | nosuch | vch-b |

    @DEL-38
    Examples: delete, no name
      | command        | what       | world      | place             | named | wrong                  | right   |
      | delete --force | none given | standalone | esx-b.example.com |       | virtual-container-host | vch-b   |
      | delete --force | none given | esxi       | Development       |       | virtual-container-host | vch-dev |

    @DEL-39 @DEL-38
    Examples: delete, not exactly the name
      | command        | what               | world      | place             | named       | wrong  | right |
      | delete --force | upper case         | standalone | esx-b.example.com | -n VCH-B    | VCH-B  | vch-b |
      | delete --force | the beginning only | standalone | esx-b.example.com | -n vch      | vch    | vch-b |
      | delete --force | a blank behind it  | standalone | esx-b.example.com | -n 'vch-b ' | vch-b  | vch-b |
      | delete --force | a pattern          | standalone | esx-b.example.com | -n vch-*    | vch-*  | vch-b |
      | delete --force | an unknown name    | standalone | esx-b.example.com | -n nosuch   | nosuch | vch-b |

  @error-path
  Scenario Outline: <command> of something that only has the name says what it is: <what>
    Given the world "many"
    When I run "vic-machine <command> -t <user>:<password>@<host>/east -r alpha/Decoys -n <decoy>"
    Then it fails
    And it says "<decoy>"
    And it says "not a virtual container host"
    And nothing changes

    @INS-39
    Examples: inspect
      | command | decoy     |
      | inspect | not-a-vch |
      | inspect | decoy     |

    @DEL-39
    Examples: delete
      | command        | decoy     |
      | delete --force | not-a-vch |
      | delete --force | decoy     |

  @own
  Scenario Outline: <command> finds a VCH by the ID that ls shows, wherever it is
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host> --id <id of team-blue>"
    Then it works on "team-blue"

    @INS-39
    Examples: inspect
      | command | world       |
      | inspect | one-cluster |

    @DEL-39
    Examples: delete
      | command        | world       |
      | delete --force | one-cluster |

  @error-path @own
  Scenario Outline: <command> of an unknown ID names the ones there are
    Given the world "esxi-simple"
    When I run "vic-machine <command> -t <user>:<password>@<host> --id vm-99999"
    Then it fails
    And it says "vm-99999"
    And it says "suggested values for --id:"
    And nothing changes

    @INS-39
    Examples: inspect
      | command |
      | inspect |

    @DEL-39
    Examples: delete
      | command        |
      | delete --force |
