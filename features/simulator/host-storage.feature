Feature: A host's storage is prepared

  Background:
    Given the world "esxi-simple"

  Scenario: Software iSCSI has an adapter once it is enabled
    When I call UpdateSoftwareInternetScsiEnabled of "HostStorageSystem:storageSystem" with:
      """
      enabled: true
      """
    And I call AddInternetScsiSendTargets of "HostStorageSystem:storageSystem" with:
      """
      iScsiHbaDevice: vmhba64
      targets: [{ address: 10.0.0.9 }]
      """
    And I call RescanHba of "HostStorageSystem:storageSystem" with:
      """
      hbaDevice: vmhba64
      """
    And I read "storageDeviceInfo.hostBusAdapter[\"key-vim.host.InternetScsiHba-vmhba64\"].configuredStaticTarget" of "HostStorageSystem:storageSystem"
    Then the result is:
      """
      [{ address: 10.0.0.9, port: 3260, iScsiName: "iqn.2014-01.com.example:10.0.0.9", discoveryMethod: sendTargetMethod, parent: "10.0.0.9:3260" }]
      """
    And nothing changes

  @error-path
  Scenario Outline: What a host has not, or uses, is refused
    When I call <method> of "HostStorageSystem:storageSystem" with:
      """
      <arguments>
      """
    Then the fault is "<fault>"
    And nothing changes

    Examples:
      | method                     | arguments                                                                                        | fault           |
      | AddInternetScsiSendTargets | { iScsiHbaDevice: vmhba64, targets: [{ address: 10.0.0.9 }] }                                    | NotFound        |
      | AddInternetScsiSendTargets | { iScsiHbaDevice: vmhba0, targets: [{ address: 10.0.0.9 }] }                                     | HostConfigFault |
      | SetMultipathLunPolicy      | { lunId: x, policy: { policy: VMW_PSP_RR } }                                                     | NotFound        |
      | DisableMultipathPath       | { pathName: "vmhba0:C0:T0:L0" }                                                                  | HostConfigFault |
      | UpdateDiskPartitions       | { devicePath: "/vmfs/devices/disks/mpx.vmhba0:C0:T0:L0", spec: { partition: [] } }               | HostConfigFault |
      | FormatVmfs                 | { createSpec: { extent: { diskName: "mpx.vmhba0:C0:T1:L0", partition: 1 }, majorVersion: 6, volumeName: v } } | NotFound |
      | UpgradeVmfs                | { vmfsPath: /vmfs/volumes/none }                                                                 | NotFound        |
      | DestroyVffs                | { vffsPath: /vmfs/volumes/none }                                                                 | NotFound        |
      | ChangeNFSUserPassword      | { password: secret }                                                                             | HostConfigFault |
