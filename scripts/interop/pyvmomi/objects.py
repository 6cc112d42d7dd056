"""Reading: connection, views, property collector, every property of every type."""
from pyVmomi.VmomiSupport import IsChildVersion, ManagedObject

from harness import WaitForTask, check, equal, main, ok, raises, vim, vmodl


@check('pyvmomi.connect.about', 'connects and reads what the server is')
def about(w):
    equal(w.content.about.apiType, 'VirtualCenter')
    equal(w.content.about.name, 'VMware vCenter Server')
    ok(w.si._stub.version.startswith('vim.version'), 'a version', w.si._stub.version)
    equal(w.content.rootFolder._moId, 'group-d1')
    equal(w.content.sessionManager._moId, 'SessionManager')


@check('pyvmomi.connect.session', 'knows its own session, and has none after logout')
def session(w):
    current = w.content.sessionManager.currentSession
    ok(current.userName.lower().endswith('user') or 'user' in current.userName.lower(), 'user name', current.userName)
    w.content.sessionManager.Logout()
    equal(w.content.sessionManager.currentSession, None)


@check('pyvmomi.connect.cookie', 'the cookie is quoted as the storage samples split it')
def cookie(w):
    value = w.si._stub.cookie.split('"')[1]
    ok(len(value) > 16, 'a quoted value', w.si._stub.cookie)


@check('pyvmomi.connect.time', 'the time of the server')
def time_(w):
    ok(w.si.CurrentTime().tzinfo is not None, 'a time with a zone')


@check('pyvmomi.view.container', 'a container view has all of a type')
def container(w):
    equal(sorted(item.name for item in w.all(vim.VirtualMachine)), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1', 'DC0_H0_VM0', 'DC0_H0_VM1'])
    equal(len(w.all(vim.HostSystem)), 4)
    equal(len(w.all(vim.ComputeResource)), 2)


@check('pyvmomi.view.live', 'a view follows what is made and destroyed')
def live(w):
    view = w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.VirtualMachine], True)
    vm = w.vm()
    WaitForTask(vm.PowerOffVM_Task())
    folder = w.datacenter().vmFolder.CreateFolder('a')
    WaitForTask(folder.MoveIntoFolder_Task([vm]))
    WaitForTask(vm.Destroy_Task())
    equal(sorted(item.name for item in view.view), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1', 'DC0_H0_VM1'])


@check('pyvmomi.view.shallow', 'a view that is not recursive has children only')
def shallow(w):
    view = w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.ManagedEntity], False)
    equal([type(item) for item in view.view], [vim.Datacenter])


@check('pyvmomi.view.list', 'a list view takes and gives objects back')
def list_view(w):
    vms = w.all(vim.VirtualMachine)
    view = w.content.viewManager.CreateListView(vms[:1])
    equal(view.ModifyListView(add=vms[1:2], remove=[]) or [], [])
    equal(len(view.view), 2)
    view.DestroyView()
    raises(vmodl.fault.ManagedObjectNotFound, lambda: view.view)


def _spec(w, kind, paths, view):
    collector = vmodl.query.PropertyCollector
    traversal = collector.TraversalSpec(name='view', path='view', skip=False, type=type(view))
    return collector.FilterSpec(objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])],
                                propSet=[collector.PropertySpec(type=kind, pathSet=paths, all=False)])


@check('pyvmomi.collector.retrieve', 'properties of all machines in one call')
def retrieve(w):
    view = w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.VirtualMachine], True)
    spec = _spec(w, vim.VirtualMachine, ['name', 'runtime.powerState', 'config.hardware.memoryMB'], view)
    result = w.content.propertyCollector.RetrievePropertiesEx([spec], vmodl.query.PropertyCollector.RetrieveOptions())
    equal(len(result.objects), 4)
    for item in result.objects:
        values = {change.name: change.val for change in item.propSet}
        equal(sorted(values), ['config.hardware.memoryMB', 'name', 'runtime.powerState'])
        ok(isinstance(values['config.hardware.memoryMB'], int), 'a number', values)


@check('pyvmomi.collector.paging', 'pages of one object each, in one order, each once')
def paging(w):
    view = w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.ManagedEntity], True)
    spec = _spec(w, vim.ManagedEntity, ['name'], view)
    collector = w.content.propertyCollector
    page = collector.RetrievePropertiesEx([spec], vmodl.query.PropertyCollector.RetrieveOptions(maxObjects=3))
    seen = []
    while page is not None:
        ok(len(page.objects) <= 3, 'at most three', len(page.objects))
        seen += [item.obj._moId for item in page.objects]
        page = collector.ContinueRetrievePropertiesEx(page.token) if page.token else None
    equal(len(seen), len(set(seen)))
    equal(len(seen), len(view.view))


@check('pyvmomi.collector.cancel', 'a page that was cancelled cannot be continued')
def cancel(w):
    view = w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.ManagedEntity], True)
    collector = w.content.propertyCollector
    page = collector.RetrievePropertiesEx([_spec(w, vim.ManagedEntity, ['name'], view)], vmodl.query.PropertyCollector.RetrieveOptions(maxObjects=1))
    collector.CancelRetrievePropertiesEx(page.token)
    raises(vmodl.fault.InvalidArgument, collector.ContinueRetrievePropertiesEx, page.token)


@check('pyvmomi.collector.wait', 'a loop of updates sees create, change and removal')
def wait(w):
    view = w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.VirtualMachine], True)
    collector = w.content.propertyCollector
    collector.CreateFilter(_spec(w, vim.VirtualMachine, ['name', 'runtime.powerState', 'config.annotation'], view), True)
    options = vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=1)
    update = collector.WaitForUpdatesEx('', options)
    equal(sorted(item.kind for item in update.filterSet[0].objectSet), ['enter'] * 4)
    equal(collector.WaitForUpdatesEx(update.version, vmodl.query.PropertyCollector.WaitOptions(maxWaitSeconds=0)), None)
    vm = w.vm()
    seen = []

    def collect(version):
        while True:
            more = collector.WaitForUpdatesEx(version, options)
            if more is None:
                return version
            version = more.version
            for one in more.filterSet:
                for item in one.objectSet:
                    seen.append((item.kind, item.obj._moId, sorted((change.name, str(change.val)) for change in item.changeSet)))

    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(annotation='seen')))
    WaitForTask(vm.PowerOffVM_Task())
    version = collect(update.version)
    changes = [change for kind, id, list_ in seen if kind == 'modify' and id == vm._moId for change in list_]
    ok(('config.annotation', 'seen') in changes, 'the annotation', seen)
    ok(('runtime.powerState', 'poweredOff') in changes, 'the power state', seen)
    del seen[:]
    id = vm._moId
    WaitForTask(vm.Destroy_Task())
    collect(version)
    ok(any(kind == 'leave' and item == id for kind, item, _ in seen), 'the removal', seen)


@check('pyvmomi.collector.bad-property', 'an unknown property is named')
def bad_property(w):
    view = w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.VirtualMachine], True)
    fault = raises(vmodl.query.InvalidProperty, w.content.propertyCollector.RetrievePropertiesEx,
                   [_spec(w, vim.VirtualMachine, ['nonsense'], view)], vmodl.query.PropertyCollector.RetrieveOptions())
    equal(fault.name, 'nonsense')


@check('pyvmomi.collector.full-traversal', 'the recursive traversal of the samples and of oslo.vmware ends, with each object once')
def full_traversal(w):
    collector = vmodl.query.PropertyCollector
    names = ('folders', 'vms', 'hosts', 'stores', 'networks', 'computes', 'pools', 'nested', 'hostvms', 'poolvms')
    select = [collector.SelectionSpec(name=name) for name in names]

    def along(name, kind, path):
        return collector.TraversalSpec(name=name, type=kind, path=path, skip=False, selectSet=select)

    specs = [along('folders', vim.Folder, 'childEntity'), along('vms', vim.Datacenter, 'vmFolder'), along('hosts', vim.Datacenter, 'hostFolder'),
             along('stores', vim.Datacenter, 'datastoreFolder'), along('networks', vim.Datacenter, 'networkFolder'), along('computes', vim.ComputeResource, 'host'),
             along('pools', vim.ComputeResource, 'resourcePool'), along('nested', vim.ResourcePool, 'resourcePool'), along('hostvms', vim.HostSystem, 'vm'), along('poolvms', vim.ResourcePool, 'vm')]
    spec = collector.FilterSpec(objectSet=[collector.ObjectSpec(obj=w.content.rootFolder, skip=False, selectSet=specs)],
                                propSet=[collector.PropertySpec(type=vim.ManagedEntity, pathSet=['name'], all=False)])
    found = [item.obj._moId for item in w.content.propertyCollector.RetrieveContents([spec])]
    equal(sorted(found), sorted([item._moId for item in w.all(vim.ManagedEntity)] + [w.content.rootFolder._moId]))


@check('pyvmomi.collector.own', 'a collector of its own, with its own filters')
def own(w):
    collector = w.content.propertyCollector.CreatePropertyCollector()
    collector.CreateFilter(_spec(w, vim.VirtualMachine, ['name'], w.content.viewManager.CreateContainerView(w.content.rootFolder, [vim.VirtualMachine], True)), False)
    equal(len(collector.filter), 1)
    equal(len(w.content.propertyCollector.filter or []), 0)
    collector.DestroyPropertyCollector()


@check('pyvmomi.properties.inventory', 'every property of every type of the inventory can be read')
def every_property(w):
    _read_all({type(item).__name__: item for item in w.all(vim.ManagedEntity)}.values(), 10)


@check('pyvmomi.properties.managers', 'every property of every manager can be read')
def every_manager(w):
    objects = [w.si] + [value for value in (getattr(w.content, item.name, None) for item in w.content._GetPropertyList()) if isinstance(value, ManagedObject)]
    _read_all(objects, 25)


@check('pyvmomi.properties.host-managers', 'every property of every manager of a host can be read')
def every_host_manager(w):
    config = w.host().configManager
    _read_all([value for value in (getattr(config, item.name, None) for item in config._GetPropertyList()) if isinstance(value, ManagedObject)], 15)


def _read_all(objects, least):
    failures, count = [], 0
    for item in objects:
        for prop in item._GetPropertyList():
            if not IsChildVersion(item._stub.version, prop.version):
                continue  # younger than this server
            count += 1
            try:
                getattr(item, prop.name)
            except Exception as error:
                failures.append('%s.%s: %s %s' % (type(item).__name__, prop.name, type(error).__name__, str(error)[:100]))
    equal(failures, [])
    ok(count >= least, 'many properties', count)


@check('pyvmomi.properties.unset', 'what is unset reads as None, not as an error')
def unset(w):
    vm = w.vm()
    equal([vm.snapshot, vm.parentVApp, w.content.rootFolder.parent], [None, None, None])


@check('pyvmomi.properties.labels', 'devices have the labels that vCenter gives')
def labels(w):
    names = [device.deviceInfo.label for device in w.vm().config.hardware.device]
    for label in ('IDE 0', 'IDE 1', 'PS2 controller 0', 'PCI controller 0', 'SIO controller 0', 'Keyboard', 'Pointing device', 'Video card', 'Network adapter 1', 'Hard disk 1'):
        ok(label in names, label, names)


@check('pyvmomi.properties.host-facts', 'hosts have what inventory tools ask for')
def host_facts(w):
    host = w.host()
    ok(host.config.fileSystemVolume.mountInfo, 'volumes')
    ok(host.capability.maxSupportedVcpus, 'processors of a machine', host.capability.maxSupportedVcpus)
    ok(host.capability.screenshotSupported is not None, 'screenshots')
    for name in ('imageConfigManager', 'vsanSystem', 'serviceSystem', 'dateTimeSystem', 'powerSystem', 'autoStartManager', 'advancedOption', 'certificateManager', 'firewallSystem', 'networkSystem', 'storageSystem', 'datastoreSystem'):
        ok(getattr(host.configManager, name) is not None, name)
    equal(host.config.product.version.split('.')[0], w.content.about.version.split('.')[0])
    names = {item.config.network.dnsConfig.hostName for item in w.all(vim.HostSystem)}
    equal(len(names), 4)


@check('pyvmomi.properties.machine-facts', 'machines have what inventory tools ask for')
def machine_facts(w):
    vm = w.vm()
    ok(vm.guest.guestState is not None, 'guest state')
    disk = [device for device in vm.config.hardware.device if isinstance(device, vim.vm.device.VirtualDisk)][0]
    ok(disk.shares is not None, 'shares of a disk')
    ok(vm.config.tools is not None and vm.config.tools.lastInstallInfo is not None, 'tools')
    ok(vm.runtime.faultToleranceState is not None, 'fault tolerance state')
    ok(vm.storage.perDatastoreUsage, 'storage')
    ok(vm.layoutEx.file, 'files')


@check('pyvmomi.properties.cluster-facts', 'clusters, switches and licenses have what tools ask for')
def cluster_facts(w):
    cluster = w.all(vim.ClusterComputeResource)[0]
    ok(cluster.configurationEx.dpmConfigInfo is not None, 'DPM')
    ok(cluster.configuration.rule is not None, 'rules')
    dvs = w.all(vim.DistributedVirtualSwitch)[0]
    ok(dvs.config.uplinkPortPolicy.uplinkPortName, 'uplinks')
    portgroup = w.named(vim.dvs.DistributedVirtualPortgroup, 'DC0_DVPG0')
    ok(portgroup.config.defaultPortConfig.securityPolicy is not None, 'security')
    ok(all(item.used is not None for item in w.content.licenseManager.licenses), 'used licenses')
    ok([item for item in w.content.setting.QueryOptions('VirtualCenter.FQDN')], 'VirtualCenter.FQDN')


@check('pyvmomi.search.index', 'the search index finds by path, id, address, name and file')
def search(w):
    index, vm = w.content.searchIndex, w.vm()
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=[vim.option.OptionValue(key='SET.guest.ipAddress', value='10.9.8.7'), vim.option.OptionValue(key='SET.guest.hostName', value='box.example')])))
    equal(index.FindByInventoryPath('DC0/vm/DC0_H0_VM0'), vm)
    equal(index.FindByInventoryPath('DC0/vm/nobody'), None)
    equal(index.FindByUuid(None, vm.config.uuid, True, False), vm)
    equal(index.FindByUuid(None, vm.config.instanceUuid, True, True), vm)
    equal(list(index.FindAllByUuid(None, vm.config.uuid, True, False)), [vm])
    equal(index.FindByIp(None, '10.9.8.7', True), vm)
    equal(index.FindByDnsName(None, 'box.example', True), vm)
    equal(index.FindByDatastorePath(w.datacenter(), vm.config.files.vmPathName), vm)
    equal(index.FindChild(w.datacenter().vmFolder, 'DC0_H0_VM0'), vm)
    equal(index.FindByUuid(None, w.host().hardware.systemInfo.uuid, False), w.host())


@check('pyvmomi.search.host-name', 'a host is found by its name')
def search_host(w):
    equal(w.content.searchIndex.FindByDnsName(None, 'DC0_H0', False), w.host())


if __name__ == '__main__':
    main()
