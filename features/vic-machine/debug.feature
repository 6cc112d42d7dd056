Feature: --debug adds what helps to find trouble, and never a secret

  Scenario Outline: <command> says no more than it must without --debug, or with 0: '<given>'
    Given the world "one-cluster"
    When I run "vic-machine <command> -t <user>:<password>@<host> <given>"
    Then it works on "virtual-container-host"
    And it does not say "debug"

    @INS-41
    Examples: inspect
      | command | given     |
      | inspect |           |
      | inspect | --debug 0 |
      | inspect | -v 0      |

    @LS-41
    Examples: ls
      | command | given     |
      | ls      |           |
      | ls      | --debug 0 |
      | ls      | -v 0      |

    @DEL-41
    Examples: delete
      | command        | given     |
      | delete --force |           |
      | delete --force | --debug 0 |
      | delete --force | -v 0      |

  Scenario Outline: <command> says more with --debug <level>
    Given the world "<world>"
    When I run "vic-machine <command> -t <user>:<password>@<host> --debug <level>"
    Then it works on "virtual-container-host"
    And it says "debug"
    And it does not say "<password>"

    @INS-42
    Examples: inspect
      | command | level | world       |
      | inspect | 1     | one-cluster |
      | inspect | 3     | one-cluster |
      | inspect | 9     | esxi-simple |

    @LS-42
    Examples: ls
      | command | level | world       |
      | ls      | 1     | one-cluster |
      | ls      | 3     | one-cluster |
      | ls      | 9     | esxi-simple |

    @DEL-42
    Examples: delete
      | command        | level | world       |
      | delete --force | 1     | one-cluster |
      | delete --force | 3     | one-cluster |
      | delete --force | 9     | esxi-simple |


  @INS-42 @own
  Scenario: Level 1 shows the steps and what decided them, 2 every call with its time, 3 the texts
    Given the world "one-cluster"
    When I run "vic-machine inspect -t <user>:<password>@<host> --debug 1"
    Then it succeeds
    And it says "Compute resource /DC0/host/DC0_C0/Resources, the default here"
    And it does not say "RetrieveServiceContent"
    When I run "vic-machine inspect -t <user>:<password>@<host> --debug 2"
    Then it succeeds
    And it says "RetrieveServiceContent ServiceInstance:ServiceInstance"
    And it says " ms ok"
    And it does not say "Envelope"
    When I run "vic-machine inspect -t <user>:<password>@<host> --debug 3"
    Then it succeeds
    And it says "Envelope"
    And it does not say "<password>"
    And nothing changes

  @error-path
  Scenario Outline: <command> refuses a level that is no number
    Given the world "one-cluster"
    When I run "vic-machine <command> -t <user>:<password>@<host> --debug loud"
    Then it fails as a usage error
    And it says "loud"
    And nothing changes

    @INS-40
    Examples: inspect
      | command |
      | inspect |

    @LS-40
    Examples: ls
      | command |
      | ls      |

    @DEL-40
    Examples: delete
      | command        |
      | delete --force |
