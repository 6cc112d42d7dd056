"""Hosts, networks, clusters, pools: what administrators' scripts do."""
from harness import WaitForTask, check, equal, main, ok, raises, vim, vmodl


@check('pyvmomi.host.vswitch', 'a switch and a port group are seen in the configuration of that host only')
def vswitch(w):
    host, other = w.host(), w.host('DC0_C0_H0')
    system = host.configManager.networkSystem
    system.AddVirtualSwitch('vSwitch9', vim.host.VirtualSwitch.Specification(numPorts=64, mtu=9000))
    system.AddPortGroup(vim.host.PortGroup.Specification(name='lab', vlanId=5, vswitchName='vSwitch9', policy=vim.host.NetworkPolicy()))
    ok('vSwitch9' in [item.name for item in host.config.network.vswitch], 'the switch')
    ok('lab' in [item.spec.name for item in host.config.network.portgroup], 'the port group')
    ok('vSwitch9' not in [item.name for item in other.config.network.vswitch], 'not on the other host')
    ok('lab' in [item.name for item in host.network], 'the network')
    raises(vim.fault.AlreadyExists, system.AddVirtualSwitch, 'vSwitch9')
    system.UpdateVirtualSwitch('vSwitch9', vim.host.VirtualSwitch.Specification(numPorts=64, mtu=1600))
    equal([item.mtu for item in host.config.network.vswitch if item.name == 'vSwitch9'], [1600])
    system.RemovePortGroup('lab')
    system.RemoveVirtualSwitch('vSwitch9')
    equal(list(w.content.searchIndex.FindByInventoryPath('DC0/network/lab') or []), [])

@check('pyvmomi.host.iscsi', 'a target that is asked for brings a disk, and a datastore is made on it')
def iscsi(w):
    host = w.host()
    storage = host.configManager.storageSystem
    storage.UpdateSoftwareInternetScsiEnabled(True)
    adapter = [hba for hba in host.config.storageDevice.hostBusAdapter if isinstance(hba, vim.host.InternetScsiHba)][0]
    target = vim.host.InternetScsiHba.SendTarget(address='10.0.0.9')
    storage.AddInternetScsiSendTargets(adapter.device, [target])
    before = {lun.canonicalName for lun in host.config.storageDevice.scsiLun}
    storage.RescanHba(adapter.device)
    found = [lun for lun in host.config.storageDevice.scsiLun if lun.canonicalName not in before]
    equal(len(found), 1)
    system = host.configManager.datastoreSystem
    option = system.QueryVmfsDatastoreCreateOptions(found[0].devicePath)[0]
    option.spec.vmfs.volumeName = 'far'
    equal(system.CreateVmfsDatastore(option.spec).summary.name, 'far')
    raises(vim.fault.HostConfigFault, storage.RemoveInternetScsiSendTargets, adapter.device, [target])
    raises(vim.fault.NotFound, storage.AddInternetScsiSendTargets, 'vmhba9', [target])


@check('pyvmomi.host.multipath', 'a path is switched off, and another one takes over')
def multipath(w):
    host = w.host()
    storage = host.configManager.storageSystem
    unit = [one for one in host.config.storageDevice.multipathInfo.lun if len(one.path) > 1][0]
    storage.DisableMultipathPath(unit.path[0].name)
    now = [one for one in host.config.storageDevice.multipathInfo.lun if one.id == unit.id][0]
    equal([path.state for path in now.path], ['disabled', 'active'])
    ok(now.path[1].isWorkingPath, 'it works')
    raises(vim.fault.HostConfigFault, storage.DisableMultipathPath, now.path[1].name)
    storage.SetMultipathLunPolicy(unit.id, vim.host.MultipathInfo.LogicalUnitPolicy(policy='VMW_PSP_RR'))


@check('pyvmomi.host.settings', 'product locker, dump partition and vSAN disks are set and seen')
def host_settings(w):
    host = w.host()
    WaitForTask(host.UpdateProductLockerLocation_Task('/vmfs/volumes/LocalDS_0/tools'))
    equal(host.QueryProductLockerLocation(), '/vmfs/volumes/LocalDS_0/tools')
    dumps = host.configManager.diagnosticSystem
    dumps.SelectActivePartition(dumps.QueryAvailablePartition()[0].id)
    ok(host.config.activeDiagnosticPartition is not None, 'the partition')
    vsan = host.configManager.vsanSystem
    disks = [result.disk for result in vsan.QueryDisksForVsan() if result.state == 'eligible']
    mapping = vim.vsan.host.DiskMapping(ssd=[disk for disk in disks if disk.ssd][0], nonSsd=[disk for disk in disks if not disk.ssd])
    WaitForTask(vsan.InitializeDisks_Task([mapping]))
    equal(len(host.config.vsanHostConfig.storageInfo.diskMapping), 1)
    raises(vim.fault.NotFound, dumps.SelectActivePartition, vim.host.ScsiDisk.Partition(diskName='none', partition=1))


@check('pyvmomi.dvs.backup', 'a switch is saved and made again under another name')
def dvs_backup(w):
    dvs = w.all(vim.DistributedVirtualSwitch)[0]
    manager = w.content.dvSwitchManager
    task = manager.DVSManagerExportEntity_Task([vim.dvs.DistributedVirtualSwitchSelection(dvsUuid=dvs.uuid)])
    WaitForTask(task)
    backup = task.info.result[0]
    backup.name = 'copy'
    task = manager.DVSManagerImportEntity_Task([backup], 'createEntityWithNewIdentifier')
    WaitForTask(task)
    equal(task.info.result.distributedVirtualSwitch[0].name, 'copy')
    WaitForTask(dvs.UpdateDVSHealthCheckConfig_Task([vim.dvs.VmwareDistributedVirtualSwitch.TeamingHealthCheckConfig(enable=True, interval=1)]))
    equal(dvs.config.healthCheckConfig[0].enable, True)


@check('pyvmomi.host.dns', 'the DNS of a host')
def dns(w):
    host = w.host()
    config = host.config.network.dnsConfig
    config.domainName, config.address = 'example.org', ['10.0.0.53']
    host.configManager.networkSystem.UpdateDnsConfig(config)
    equal([host.config.network.dnsConfig.domainName, list(host.config.network.dnsConfig.address)], ['example.org', ['10.0.0.53']])
    ok(w.host('DC0_C0_H0').config.network.dnsConfig.domainName != 'example.org', 'not on the other host')


@check('pyvmomi.host.vmkernel', 'an adapter is added, found and removed')
def vmkernel(w):
    host = w.host()
    system = host.configManager.networkSystem
    system.AddPortGroup(vim.host.PortGroup.Specification(name='storage', vlanId=0, vswitchName='vSwitch0', policy=vim.host.NetworkPolicy()))
    device = system.AddVirtualNic('storage', vim.host.VirtualNic.Specification(ip=vim.host.IpConfig(dhcp=False, ipAddress='10.5.0.1', subnetMask='255.255.255.0'), mtu=9000))
    nic = [item for item in host.config.network.vnic if item.device == device][0]
    equal([nic.spec.ip.ipAddress, nic.spec.mtu, nic.portgroup], ['10.5.0.1', 9000, 'storage'])
    system.RemoveVirtualNic(device)
    ok(device not in [item.device for item in host.config.network.vnic], 'gone')


@check('pyvmomi.host.nfs', 'a share is mounted on two hosts as one datastore')
def nfs(w):
    spec = vim.host.NasVolume.Specification(remoteHost='10.0.0.9', remotePath='/share', localPath='nfs', accessMode='readWrite')
    first = w.host('DC0_C0_H0').configManager.datastoreSystem.CreateNasDatastore(spec)
    second = w.host('DC0_C0_H1').configManager.datastoreSystem.CreateNasDatastore(spec)
    equal(first, second)
    equal([first.summary.type, len(first.host), first.summary.multipleHostAccess], ['NFS', 2, True])
    raises((vim.fault.AlreadyExists, vim.fault.DuplicateName), w.host('DC0_C0_H0').configManager.datastoreSystem.CreateNasDatastore, spec)
    w.host('DC0_C0_H0').configManager.datastoreSystem.RemoveDatastore(first)
    equal(len(first.host), 1)


@check('pyvmomi.host.firewall', 'rule sets are enabled, disabled and limited')
def firewall(w):
    host = w.host()
    system = host.configManager.firewallSystem
    keys = [item.key for item in system.firewallInfo.ruleset]
    ok('sshServer' in keys and len(keys) > 10, 'rule sets', keys)
    system.DisableRuleset('sshServer')
    equal([item.enabled for item in host.config.firewall.ruleset if item.key == 'sshServer'], [False])
    system.EnableRuleset('sshServer')
    equal([item.enabled for item in system.firewallInfo.ruleset if item.key == 'sshServer'], [True])
    hosts = vim.host.Ruleset.IpList(ipAddress=['10.0.0.1'], allIp=False)
    system.UpdateRuleset('sshServer', vim.host.Ruleset.RulesetSpec(allowedHosts=hosts))
    equal([list(item.allowedHosts.ipAddress) for item in system.firewallInfo.ruleset if item.key == 'sshServer'], [['10.0.0.1']])
    raises(vim.fault.NotFound, system.EnableRuleset, 'nothing')


@check('pyvmomi.host.services', 'services are started and stopped')
def services(w):
    host = w.host()
    system = host.configManager.serviceSystem
    system.StartService('TSM-SSH')
    equal([item.running for item in host.config.service.service if item.key == 'TSM-SSH'], [True])
    system.StopService('TSM-SSH')
    system.UpdateServicePolicy('TSM-SSH', 'off')
    equal([(item.running, item.policy) for item in system.serviceInfo.service if item.key == 'TSM-SSH'], [(False, 'off')])
    raises(vim.fault.NotFound, system.StartService, 'nothing')


@check('pyvmomi.host.options', 'advanced options')
def options(w):
    host = w.host()
    manager = host.configManager.advancedOption
    manager.UpdateOptions([vim.option.OptionValue(key='Syslog.global.logHost', value='tcp://log.example:514')])
    equal(manager.QueryOptions('Syslog.global.logHost')[0].value, 'tcp://log.example:514')
    equal([item.value for item in host.config.option if item.key == 'Syslog.global.logHost'], ['tcp://log.example:514'])
    raises(vim.fault.InvalidName, manager.QueryOptions, 'no.such.option')


@check('pyvmomi.host.ntp', 'time servers')
def ntp(w):
    host = w.host()
    host.configManager.dateTimeSystem.UpdateDateTimeConfig(vim.host.DateTimeConfig(ntpConfig=vim.host.NtpConfig(server=['pool.example'])))
    equal(list(host.config.dateTimeInfo.ntpConfig.server), ['pool.example'])


@check('pyvmomi.host.maintenance', 'maintenance mode waits for running machines')
def maintenance(w):
    host = w.host()
    for vm in host.vm:
        WaitForTask(vm.PowerOffVM_Task())
    WaitForTask(host.EnterMaintenanceMode_Task(0))
    equal([host.runtime.inMaintenanceMode, host.summary.runtime.inMaintenanceMode], [True, True])
    WaitForTask(host.ExitMaintenanceMode_Task(0))
    equal(host.runtime.inMaintenanceMode, False)
    raises(vim.fault.InvalidState, host.ExitMaintenanceMode_Task, 0)


@check('pyvmomi.host.disconnect', 'a host that is disconnected takes its machines along')
def disconnect(w):
    host = w.host()
    WaitForTask(host.DisconnectHost_Task())
    equal([host.runtime.connectionState, host.vm[0].runtime.connectionState], ['disconnected', 'disconnected'])
    WaitForTask(host.ReconnectHost_Task())
    equal(host.runtime.connectionState, 'connected')


@check('pyvmomi.host.add-remove', 'a host is added to a cluster and removed, and no view shows it any more')
def add_remove(w):
    cluster = w.all(vim.ClusterComputeResource)[0]
    view = w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.HostSystem], True)
    task = cluster.AddHost_Task(vim.host.ConnectSpec(hostName='esx9.example', userName='root', password='pass', force=True), True)
    WaitForTask(task)
    host = task.info.result
    equal([host.name, host.parent, host.runtime.connectionState, host in list(view.view)], ['esx9.example', cluster, 'connected', True])
    WaitForTask(host.EnterMaintenanceMode_Task(0))
    WaitForTask(host.Destroy_Task())
    equal(len(view.view), 4)
    [item.name for item in view.view]
    equal(cluster.summary.numHosts, 3)


@check('pyvmomi.dvs.create', 'a distributed switch with hosts and port groups')
def dvs(w):
    host = w.host('DC0_C0_H0')
    pnic = host.config.network.pnic[-1].device
    backing = vim.dvs.HostMember.PnicBacking(pnicSpec=[vim.dvs.HostMember.PnicSpec(pnicDevice=pnic)])
    config = vim.dvs.VmwareDistributedVirtualSwitch.ConfigSpec(name='DSwitch', maxPorts=2000, uplinkPortPolicy=vim.DistributedVirtualSwitch.NameArrayUplinkPortPolicy(uplinkPortName=['up1', 'up2']),
                                                               host=[vim.dvs.HostMember.ConfigSpec(operation='add', host=host, backing=backing)])
    task = w.datacenter().networkFolder.CreateDVS_Task(vim.DistributedVirtualSwitch.CreateSpec(configSpec=config))
    WaitForTask(task)
    switch = task.info.result
    equal([switch.name, list(switch.config.uplinkPortPolicy.uplinkPortName), [member.config.host for member in switch.config.host]], ['DSwitch', ['up1', 'up2'], [host]])
    spec = vim.dvs.DistributedVirtualPortgroup.ConfigSpec(name='lab', numPorts=8, type='earlyBinding', defaultPortConfig=vim.dvs.VmwareDistributedVirtualSwitch.VmwarePortConfigPolicy(
        vlan=vim.dvs.VmwareDistributedVirtualSwitch.VlanIdSpec(inherited=False, vlanId=77)))
    WaitForTask(switch.AddDVPortgroup_Task([spec]))
    group = w.named(vim.dvs.DistributedVirtualPortgroup, 'lab')
    equal([group.config.numPorts, group.config.defaultPortConfig.vlan.vlanId, group.config.distributedVirtualSwitch, len(group.portKeys)], [8, 77, switch, 8])
    equal(w.content.dvSwitchManager.QueryDvsByUuid(switch.uuid), switch)
    ports = switch.FetchDVPorts(vim.dvs.PortCriteria(portgroupKey=[group.key], inside=True))
    equal(len(ports), 8)
    WaitForTask(group.ReconfigureDVPortgroup_Task(vim.dvs.DistributedVirtualPortgroup.ConfigSpec(configVersion=group.config.configVersion, numPorts=12)))
    equal(group.config.numPorts, 12)
    raises(vim.fault.ConcurrentAccess, group.ReconfigureDVPortgroup_Task, vim.dvs.DistributedVirtualPortgroup.ConfigSpec(configVersion='nonsense', numPorts=13))


@check('pyvmomi.dvs.connect', 'a machine on a port group has a port, and gives it back')
def dvs_connect(w):
    group = w.named(vim.dvs.DistributedVirtualPortgroup, 'DC0_DVPG0')
    switch, vm = group.config.distributedVirtualSwitch, w.vm()
    card = [device for device in vm.config.hardware.device if isinstance(device, vim.vm.device.VirtualEthernetCard)][0]
    card.backing = vim.vm.device.VirtualEthernetCard.DistributedVirtualPortBackingInfo(port=vim.dvs.PortConnection(portgroupKey=group.key, switchUuid=switch.uuid))
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[vim.vm.device.VirtualDeviceSpec(operation='edit', device=card)])))
    card = [device for device in vm.config.hardware.device if isinstance(device, vim.vm.device.VirtualEthernetCard)][0]
    ok(card.backing.port.portKey, 'a port', card.backing.port)
    port = switch.FetchDVPorts(vim.dvs.PortCriteria(portKey=[card.backing.port.portKey]))[0]
    equal(port.connectee.connectedEntity, vm)
    raises(vim.fault.ResourceInUse, group.Destroy_Task)


@check('pyvmomi.dvs.available', 'what the manager of switches offers')
def dvs_available(w):
    manager = w.content.dvSwitchManager
    versions = [item.version for item in manager.QueryAvailableDvsSpec()]
    ok('7.0.0' in versions, 'versions', versions)


@check('pyvmomi.cluster.rules', 'rules, groups and settings of a cluster')
def rules(w):
    cluster = w.all(vim.ClusterComputeResource)[0]
    vms = [w.vm('DC0_C0_RP0_VM0'), w.vm('DC0_C0_RP0_VM1')]
    rule = vim.cluster.AntiAffinityRuleSpec(name='apart', enabled=True, vm=vms)
    spec = vim.cluster.ConfigSpecEx(rulesSpec=[vim.cluster.RuleSpec(operation='add', info=rule)], drsConfig=vim.cluster.DrsConfigInfo(enabled=True, defaultVmBehavior='manual'), dasConfig=vim.cluster.DasConfigInfo(enabled=True))
    WaitForTask(cluster.ReconfigureComputeResource_Task(spec, True))
    found = cluster.configurationEx.rule[0]
    equal([found.name, list(found.vm), cluster.configurationEx.drsConfig.defaultVmBehavior, cluster.configurationEx.dasConfig.enabled], ['apart', vms, 'manual', True])
    equal([item.name for item in cluster.configuration.rule], ['apart'])
    WaitForTask(cluster.ReconfigureComputeResource_Task(vim.cluster.ConfigSpecEx(rulesSpec=[vim.cluster.RuleSpec(operation='remove', removeKey=found.key)]), True))
    equal(list(cluster.configurationEx.rule), [])


@check('pyvmomi.cluster.create', 'a cluster is made and destroyed')
def cluster_create(w):
    cluster = w.datacenter().hostFolder.CreateClusterEx('C9', vim.cluster.ConfigSpecEx(drsConfig=vim.cluster.DrsConfigInfo(enabled=True)))
    equal([cluster.name, cluster.configurationEx.drsConfig.enabled, cluster.resourcePool.owner], ['C9', True, cluster])
    raises(vim.fault.DuplicateName, w.datacenter().hostFolder.CreateClusterEx, 'C9', vim.cluster.ConfigSpecEx())
    WaitForTask(cluster.Destroy_Task())
    raises(vmodl.fault.ManagedObjectNotFound, lambda: cluster.name)


@check('pyvmomi.cluster.ha', 'HA of a host of a cluster is set up anew; a host on its own has none')
def cluster_ha(w):
    cluster = w.all(vim.ClusterComputeResource)[0]
    WaitForTask(cluster.ReconfigureComputeResource_Task(vim.cluster.ConfigSpecEx(dasConfig=vim.cluster.DasConfigInfo(enabled=True)), True))
    task = cluster.host[0].ReconfigureHostForDAS_Task()
    WaitForTask(task)
    equal(task.info.entity, cluster.host[0])
    raises(vim.fault.DasConfigFault, w.host().ReconfigureHostForDAS_Task)


@check('pyvmomi.pod.settings', 'a datastore cluster is made, set, filled, emptied and destroyed; its task names it')
def pod(w):
    folder = w.datacenter().datastoreFolder
    group = folder.CreateStoragePod('pod')
    spec = vim.storageDrs.ConfigSpec(podConfigSpec=vim.storageDrs.PodConfigSpec(enabled=True, defaultVmBehavior='automated'))
    task = w.content.storageResourceManager.ConfigureStorageDrsForPod_Task(group, spec, True)
    WaitForTask(task)
    equal(task.info.entity, group)
    equal([group.podStorageDrsEntry.storageDrsConfig.podConfig.enabled, group.podStorageDrsEntry.storageDrsConfig.podConfig.defaultVmBehavior], [True, 'automated'])
    store = w.all(vim.Datastore)[0]
    WaitForTask(group.MoveIntoFolder_Task([store]))
    equal([list(group.childEntity), group.summary.capacity], [[store], store.summary.capacity])
    WaitForTask(folder.MoveIntoFolder_Task([store]))
    WaitForTask(group.Destroy_Task())
    raises(vmodl.fault.ManagedObjectNotFound, lambda: group.name)


@check('pyvmomi.pool.life', 'a pool is made, changed, moved and destroyed')
def pool(w):
    root = w.all(vim.ClusterComputeResource)[0].resourcePool
    def spec(**cpu):
        shares = vim.SharesInfo(level='normal', shares=4000)
        allocation = dict(reservation=0, limit=-1, expandableReservation=True, shares=shares)
        return vim.ResourceConfigSpec(cpuAllocation=vim.ResourceAllocationInfo(**{**allocation, **cpu}), memoryAllocation=vim.ResourceAllocationInfo(**allocation))
    one = root.CreateResourcePool('one', spec(reservation=100))
    two = root.CreateResourcePool('two', spec())
    equal([one.config.cpuAllocation.reservation, one.parent, one.owner], [100, root, root.owner])
    one.UpdateConfig('uno', spec(limit=500))
    equal([one.name, one.config.cpuAllocation.limit], ['uno', 500])
    two.MoveIntoResourcePool([one])
    equal([one.parent, list(two.resourcePool)], [two, [one]])
    WaitForTask(two.Destroy_Task())
    equal(one.parent, root)
    raises(vim.fault.DuplicateName, root.CreateResourcePool, 'uno', spec())


@check('pyvmomi.vapp.life', 'a vApp is made, started, stopped and destroyed')
def vapp(w):
    root = w.all(vim.ClusterComputeResource)[0].resourcePool
    allocation = vim.ResourceAllocationInfo(reservation=0, limit=-1, expandableReservation=True, shares=vim.SharesInfo(level='normal', shares=4000))
    app = root.CreateVApp('app', vim.ResourceConfigSpec(cpuAllocation=allocation, memoryAllocation=allocation), vim.vApp.VAppConfigSpec(annotation='an app'), w.datacenter().vmFolder)
    vm = w.vm('DC0_C0_RP0_VM0')
    app.MoveIntoResourcePool([vm])
    # It stays in its folder, so that it has one way up.
    equal([list(app.vm), vm.resourcePool, vm.parentVApp, app.vAppConfig.annotation], [[vm], app, None, 'an app'])
    WaitForTask(app.PowerOffVApp_Task(True)) if app.summary.vAppState != 'stopped' else WaitForTask(vm.PowerOffVM_Task())
    WaitForTask(app.PowerOnVApp_Task())
    equal([vm.runtime.powerState, app.summary.vAppState], ['poweredOn', 'started'])
    WaitForTask(app.PowerOffVApp_Task(True))
    equal(vm.runtime.powerState, 'poweredOff')
    WaitForTask(app.Destroy_Task())
    raises(vmodl.fault.ManagedObjectNotFound, lambda: vm.name)


@check('pyvmomi.folder.life', 'folders are made, renamed, moved, refused and destroyed')
def folder(w):
    root = w.datacenter().vmFolder
    one, two = root.CreateFolder('one'), root.CreateFolder('two')
    WaitForTask(one.MoveIntoFolder_Task([two]))
    equal([two.parent, [item.name for item in one.childEntity]], [one, ['two']])
    raises(vim.fault.DuplicateName, root.CreateFolder, 'one')
    WaitForTask(one.Rename_Task('uno'))
    equal(one.name, 'uno')
    raises(vmodl.fault.NotSupported, root.CreateDatacenter, 'DC9')
    WaitForTask(one.UnregisterAndDestroy_Task())
    raises(vmodl.fault.ManagedObjectNotFound, lambda: two.name)


@check('pyvmomi.datacenter.life', 'a datacenter has its folders, and goes')
def datacenter(w):
    dc = w.content.rootFolder.CreateDatacenter('DC9')
    equal([dc.vmFolder.name, dc.hostFolder.name, dc.datastoreFolder.name, dc.networkFolder.name], ['vm', 'host', 'datastore', 'network'])
    WaitForTask(dc.Destroy_Task())
    equal([item.name for item in w.content.rootFolder.childEntity], ['DC0'])


if __name__ == '__main__':
    main()
