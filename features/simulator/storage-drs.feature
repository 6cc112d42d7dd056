Feature: A cluster of datastores says where a machine belongs

  Background:
    Given the world "one-cluster"
    And I have called CreateStoragePod of "/DC0/datastore" with:
      """
      name: pod
      """
    And I have called MoveIntoFolder_Task of "/DC0/datastore/pod" with:
      """
      list: [!ref /DC0/datastore/nfs-1, !ref /DC0/datastore/vsan-1]
      """
    And I have called ConfigureStorageDrsForPod_Task of "storageResourceManager" with:
      """
      { pod: !ref /DC0/datastore/pod, modify: true, spec: { podConfigSpec: { enabled: true } } }
      """

  Scenario: A recommendation names the emptiest, and is applied once
    When I call RecommendDatastores of "storageResourceManager" with:
      """
      storageSpec:
        type: create
        podSelectionSpec: { storagePod: !ref /DC0/datastore/pod }
        configSpec: { name: placed, guestId: otherGuest }
        resourcePool: !ref /DC0/host/DC0_C0/Resources
        folder: !ref /DC0/vm
      """
    And I keep "recommendations[0].key" of the result as "key"
    Then the result is:
      """
      recommendations: [{ action: [{ destination: !ref /DC0/datastore/pod/vsan-1 }] }, { action: [{ destination: !ref /DC0/datastore/pod/nfs-1 }] }]
      """
    And nothing changes
    When I call ApplyStorageDrsRecommendation_Task of "storageResourceManager" with:
      """
      key: ["<kept key>"]
      """
    Then "summary.config.vmPathName" of "/DC0/vm/placed" is "[vsan-1] placed/placed.vmx"
    When I call ApplyStorageDrsRecommendation_Task of "storageResourceManager" with:
      """
      key: ["<kept key>"]
      """
    Then the fault is "InvalidArgument"

  @error-path
  Scenario: Where it is off, nothing is recommended
    Given I have called ConfigureStorageDrsForPod_Task of "storageResourceManager" with:
      """
      { pod: !ref /DC0/datastore/pod, modify: true, spec: { podConfigSpec: { enabled: false } } }
      """
    When I call RecommendDatastores of "storageResourceManager" with:
      """
      storageSpec:
        type: create
        podSelectionSpec: { storagePod: !ref /DC0/datastore/pod }
        configSpec: { name: placed, guestId: otherGuest }
        resourcePool: !ref /DC0/host/DC0_C0/Resources
      """
    Then the fault is "InvalidArgument"
    And nothing changes
