Feature: A watch reports each change once, and the same again when asked again

  Background:
    Given the world "one-vm"
    And I watch "runtime.powerState" of "VirtualMachine"

  Scenario: What is there enters first
    Then the updates are:
      | kind  | object      | path               | value      |
      | enter | /DC0/vm/web | runtime.powerState | poweredOff |

  Scenario: A change is reported with its new value
    Given the updates so far are seen
    When I call PowerOnVM_Task of "/DC0/vm/web"
    Then the updates are:
      | kind   | object      | path               | value     |
      | modify | /DC0/vm/web | runtime.powerState | poweredOn |

  Scenario: A lost reply is answered again
    Given the updates so far are seen
    When I call PowerOnVM_Task of "/DC0/vm/web"
    And the reply to the next wait is lost
    Then the updates are:
      | kind   | object      | path               | value     |
      | modify | /DC0/vm/web | runtime.powerState | poweredOn |

  Scenario: What is destroyed leaves
    Given the updates so far are seen
    When I call Destroy_Task of "/DC0/vm/web"
    Then the updates are:
      | kind  | object      |
      | leave | /DC0/vm/web |

  @error-path
  Scenario: A version that never was
    When I wait for updates after version "nonsense"
    Then the fault is "InvalidCollectorVersion"
