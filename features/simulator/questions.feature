Feature: A machine that cannot go on asks, and the answer decides

  Background: a guest writes into a thin disk for which there is no room
    Given the world "users"
    And I have called CreateVirtualDisk_Task of "virtualDiskManager" with:
      """
      name: "[datastore1] ballast.vmdk"
      datacenter: !ref /DC0
      spec: { _type: FileBackedVirtualDiskSpec, diskType: preallocated, adapterType: lsiLogic, capacityKb: 524288000 }
      """
    And I have called ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec:
        deviceChange:
          - operation: add
            fileOperation: create
            device: { _type: VirtualDisk, key: -1, controllerKey: 1000, unitNumber: 1, capacityInKB: 734003200, backing: { _type: VirtualDiskFlatVer2BackingInfo, fileName: "", diskMode: persistent, thinProvisioned: true } }
      """
    And I have called ReconfigVM_Task of "/DC0/vm/web" with:
      """
      spec: { extraConfig: [{ key: "WRITE.scsi0:1", value: "751619276800" }] }
      """
    And I read "runtime.question.id" of "/DC0/vm/web"
    And I keep the result as "question"

  Scenario: It goes on when there is room
    When I call AnswerVM of "/DC0/vm/web" with:
      """
      { questionId: "<kept question>", answerChoice: "0" }
      """
    And I read "runtime.question.id" of "/DC0/vm/web"
    And I keep the result as "again"
    And I call DeleteVirtualDisk_Task of "virtualDiskManager" with:
      """
      { name: "[datastore1] ballast.vmdk", datacenter: !ref /DC0 }
      """
    And I call AnswerVM of "/DC0/vm/web" with:
      """
      { questionId: "<kept again>", answerChoice: "0" }
      """
    And I read "runtime.question" of "/DC0/vm/web"
    Then there is no result
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOn"

  Scenario: It ends when it is told so
    When I call AnswerVM of "/DC0/vm/web" with:
      """
      { questionId: "<kept question>", answerChoice: "1" }
      """
    And I read "runtime.question" of "/DC0/vm/web"
    Then there is no result
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOff"

  @error-path
  Scenario: An answer to a question that was not asked
    When I call AnswerVM of "/DC0/vm/web" with:
      """
      { questionId: none, answerChoice: "0" }
      """
    Then the fault is "ConcurrentAccess"
    When I read "runtime.question.id" of "/DC0/vm/web"
    Then the result is:
      """
      "<kept question>"
      """
    And "runtime.powerState" of "/DC0/vm/web" is "poweredOn"
