"""Managers: events, files, permissions, fields, extensions, environment."""
import datetime
import time

from harness import WaitForTask, check, equal, main, ok, raises, vim, vmodl


def _types(events):
    return [type(event).__name__.split('.')[-1] for event in events]


@check('pyvmomi.events.query', 'events of a machine in words and classes')
def query(w):
    vm = w.vm()
    WaitForTask(vm.PowerOffVM_Task())
    events = w.content.eventManager.QueryEvents(vim.event.EventFilterSpec(entity=vim.event.EventFilterSpec.ByEntity(entity=vm, recursion='self')))
    off = [event for event in events if isinstance(event, vim.event.VmPoweredOffEvent)]
    equal(len(off), 1)
    equal([off[0].vm.vm, off[0].vm.name, off[0].host.host, off[0].datacenter.name], [vm, 'DC0_H0_VM0', w.host(), 'DC0'])
    ok('is powered off' in off[0].fullFormattedMessage, 'a message', off[0].fullFormattedMessage)
    ok(off[0].userName, 'a user', off[0].userName)


@check('pyvmomi.events.many', 'more than ten events in one answer')
def many(w):
    vm = w.vm()
    for _ in range(8):
        WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(annotation=str(_))))
    spec = vim.event.EventFilterSpec(entity=vim.event.EventFilterSpec.ByEntity(entity=vm, recursion='self'), eventTypeId=['VmReconfiguredEvent', 'vim.event.VmReconfiguredEvent'])
    events = w.content.eventManager.QueryEvents(spec)
    equal(len(events), 8)
    ok(len(w.content.eventManager.QueryEvents(vim.event.EventFilterSpec())) > 10, 'more than ten')


@check('pyvmomi.events.collector', 'a collector reads back and forth, and has the newest page')
def collector(w):
    vm = w.vm()
    for state in ('Off', 'On'):
        WaitForTask(getattr(vm, 'Power%sVM_Task' % state)())
    spec = vim.event.EventFilterSpec(entity=vim.event.EventFilterSpec.ByEntity(entity=vm, recursion='self'))
    history = w.content.eventManager.CreateCollectorForEvents(spec)
    history.SetCollectorPageSize(2)
    equal(len(history.latestPage), 2)
    history.RewindCollector()
    seen = []
    while True:
        page = history.ReadNextEvents(2)
        if not page:
            break
        seen += page
    keys = [event.key for event in seen]
    equal(len(keys), len(set(keys)))
    ok('VmPoweredOffEvent' in _types(seen) and 'VmPoweredOnEvent' in _types(seen), 'both events', _types(seen))
    history.DestroyCollector()
    raises(vmodl.fault.ManagedObjectNotFound, history.ReadNextEvents, 1)


@check('pyvmomi.events.time', 'events of a time')
def events_time(w):
    vm = w.vm()
    after = w.si.CurrentTime()
    WaitForTask(vm.PowerOffVM_Task())
    by_time = vim.event.EventFilterSpec.ByTime(beginTime=after)
    events = w.content.eventManager.QueryEvents(vim.event.EventFilterSpec(time=by_time))
    ok('VmPoweredOffEvent' in _types(events), 'the event', _types(events))
    late = vim.event.EventFilterSpec.ByTime(beginTime=after + datetime.timedelta(hours=1))
    equal(len(w.content.eventManager.QueryEvents(vim.event.EventFilterSpec(time=late))), 0)


@check('pyvmomi.events.post', 'an event of a user')
def post(w):
    vm = w.vm()
    w.content.eventManager.PostEvent(vim.event.GeneralUserEvent(key=0, chainId=0, createdTime=w.si.CurrentTime(), userName='', message='hello', entity=vim.event.ManagedEntityEventArgument(entity=vm, name=vm.name)))
    w.content.eventManager.LogUserEvent(vm, 'hello again')
    messages = [event.fullFormattedMessage for event in w.content.eventManager.QueryEvents(vim.event.EventFilterSpec(eventTypeId=['GeneralUserEvent', 'vim.event.GeneralUserEvent']))]
    ok(any('hello again' in message for message in messages) and len(messages) == 2, 'both messages', messages)


@check('pyvmomi.events.description', 'every class of event is described')
def description(w):
    info = w.content.eventManager.description.eventInfo
    keys = {item.key for item in info}
    for kind in (vim.event.VmPoweredOnEvent, vim.event.VmCreatedEvent, vim.event.UserLoginSessionEvent, vim.event.HostConnectedEvent):
        ok(kind in keys, kind.__name__, len(keys))
    ok(all(item.category and item.fullFormat is not None for item in info), 'category and format')


@check('pyvmomi.files.upload', 'a file is uploaded with the quoted cookie, found and removed')
def upload(w):
    cookie = w.si._stub.cookie
    value = ' $Version=1; Path=/; vmware_soap_session="%s"' % cookie.split('"')[1]
    status, _, _ = w.http('PUT', '/folder/note.txt?dcPath=DC0&dsName=LocalDS_0', b'text', {'Cookie': value, 'Content-Type': 'application/octet-stream'})
    ok(status in (200, 201), 'uploaded', status)
    store = w.all(vim.Datastore)[0]
    task = store.browser.SearchDatastore_Task('[LocalDS_0]', vim.host.DatastoreBrowser.SearchSpec(matchPattern=['note.*'], details=vim.host.DatastoreBrowser.FileInfo.Details(fileSize=True, fileType=True, modification=True, fileOwner=False)))
    WaitForTask(task)
    equal([(item.path, item.fileSize) for item in task.info.result.file], [('note.txt', 4)])
    WaitForTask(w.content.fileManager.DeleteDatastoreFile_Task('[LocalDS_0] note.txt', w.datacenter()))
    equal(w.http('GET', '/folder/note.txt?dcPath=DC0&dsName=LocalDS_0', None, {'Cookie': value})[0], 404)


@check('pyvmomi.files.search', 'disks are searched for below all directories, with their facts')
def files_search(w):
    store = w.all(vim.Datastore)[0]
    query = vim.host.DatastoreBrowser.VmDiskQuery(details=vim.host.DatastoreBrowser.VmDiskQuery.Details(diskType=True, capacityKb=True, hardwareVersion=True, controllerType=True, diskExtents=False, thin=True))
    spec = vim.host.DatastoreBrowser.SearchSpec(query=[query], details=vim.host.DatastoreBrowser.FileInfo.Details(fileSize=True, fileType=True, modification=True, fileOwner=False))
    task = store.browser.SearchDatastoreSubFolders_Task('[LocalDS_0]', spec)
    WaitForTask(task)
    found = {result.folderPath: [item for item in result.file] for result in task.info.result if result.file}
    ok('[LocalDS_0] DC0_H0_VM0/' in found, 'folder paths', sorted(found))
    disk = found['[LocalDS_0] DC0_H0_VM0/'][0]
    ok(isinstance(disk, vim.host.DatastoreBrowser.VmDiskInfo) and disk.capacityKb > 0, 'a disk with size', disk)


@check('pyvmomi.files.missing', 'a file that is not there is named')
def files_missing(w):
    fault = raises(vim.fault.FileNotFound, w.content.fileManager.DeleteDatastoreFile_Task, '[LocalDS_0] none.txt', w.datacenter())
    ok('none.txt' in fault.file, 'the file', fault.file)


@check('pyvmomi.disks.life', 'a disk is made, asked, grown, moved and deleted')
def disks(w):
    manager, dc = w.content.virtualDiskManager, w.datacenter()
    spec = vim.VirtualDiskManager.FileBackedVirtualDiskSpec(diskType='thin', adapterType='lsiLogic', capacityKb=1048576)
    WaitForTask(manager.CreateVirtualDisk_Task('[LocalDS_0] one.vmdk', dc, spec))
    ok(manager.QueryVirtualDiskUuid('[LocalDS_0] one.vmdk', dc), 'an id')
    WaitForTask(manager.ExtendVirtualDisk_Task('[LocalDS_0] one.vmdk', dc, 2097152, False))
    WaitForTask(manager.MoveVirtualDisk_Task('[LocalDS_0] one.vmdk', dc, '[LocalDS_0] two.vmdk', dc, False))
    raises(vim.fault.FileNotFound, manager.DeleteVirtualDisk_Task, '[LocalDS_0] one.vmdk', dc)
    WaitForTask(manager.DeleteVirtualDisk_Task('[LocalDS_0] two.vmdk', dc))


def _limited(w, privileges, entity, propagate=True):
    """A session of a user who may do these things there."""
    manager = w.content.authorizationManager
    role = manager.AddAuthorizationRole('Limited', privileges)
    manager.SetEntityPermissions(entity, [vim.AuthorizationManager.Permission(principal='limited', group=False, roleId=role, propagate=propagate)])
    return w.connect('limited', 'pass')


@check('pyvmomi.access.enforced', 'a user with a role may do what it allows and nothing else')
def enforced(w):
    vm = w.vm()
    si = _limited(w, ['VirtualMachine.Interact.PowerOff'], w.content.rootFolder)
    same = [item for item in si.content.viewManager.CreateContainerView(si.content.rootFolder, [vim.VirtualMachine], True).view if item._moId == vm._moId][0]
    WaitForTask(same.PowerOffVM_Task())
    fault = raises(vim.fault.NoPermission, same.PowerOnVM_Task)
    equal([fault.privilegeId, fault.object._moId], ['VirtualMachine.Interact.PowerOn', vm._moId])
    equal(vm.runtime.powerState, 'poweredOff')


@check('pyvmomi.access.invisible', 'what a user may not see is not there')
def invisible(w):
    folder = w.datacenter().vmFolder.CreateFolder('mine')
    si = _limited(w, ['System.View'], folder)
    names = [item._moId for item in si.content.viewManager.CreateContainerView(si.content.rootFolder, [vim.VirtualMachine], True).view]
    equal(names, [])


@check('pyvmomi.access.privileges', 'a user can ask what it may')
def privileges(w):
    vm = w.vm()
    si = _limited(w, ['VirtualMachine.Interact.PowerOff'], w.content.rootFolder)
    manager = si.content.authorizationManager
    same = vim.VirtualMachine(vm._moId, si._stub)
    equal(list(manager.HasPrivilegeOnEntity(same, si.content.sessionManager.currentSession.key, ['VirtualMachine.Interact.PowerOff', 'VirtualMachine.Interact.PowerOn'])), [True, False])


@check('pyvmomi.access.roles', 'roles and privileges are listed, changed, removed')
def roles(w):
    manager = w.content.authorizationManager
    role = manager.AddAuthorizationRole('Operator', ['VirtualMachine.Interact.PowerOn'])
    manager.UpdateAuthorizationRole(role, 'Watcher', ['VirtualMachine.Interact.PowerOff'])
    found = [item for item in manager.roleList if item.roleId == role][0]
    equal(found.name, 'Watcher')
    ok('VirtualMachine.Interact.PowerOff' in found.privilege and 'VirtualMachine.Interact.PowerOn' not in found.privilege, 'privileges', list(found.privilege))
    raises(vim.fault.AlreadyExists, manager.AddAuthorizationRole, 'Watcher', [])
    manager.RemoveAuthorizationRole(role, True)
    raises(vim.fault.NotFound, manager.RemoveAuthorizationRole, role, True)
    ok({'VirtualMachine.Interact.PowerOn', 'System.Read'} <= {item.privId for item in manager.privilegeList}, 'privileges')


@check('pyvmomi.fields.values', 'a custom field is in every view of a machine')
def fields(w):
    manager, vm = w.content.customFieldsManager, w.vm()
    field = manager.AddCustomFieldDef('owner', vim.VirtualMachine)
    manager.SetField(vm, field.key, 'alice')
    for values in (vm.customValue, vm.value, vm.summary.customValue):
        equal([(item.key, item.value) for item in values], [(field.key, 'alice')])
    equal([item.name for item in vm.availableField], ['owner'])
    raises(vim.fault.DuplicateName, manager.AddCustomFieldDef, 'owner', vim.VirtualMachine)
    manager.RemoveCustomFieldDef(field.key)
    equal([list(vm.customValue), list(manager.field)], [[], []])


@check('pyvmomi.fields.set-custom', 'a value by name')
def set_custom(w):
    vm = w.vm()
    w.content.customFieldsManager.AddCustomFieldDef('owner')
    vm.setCustomValue('owner', 'bob')
    equal([item.value for item in vm.customValue], ['bob'])


@check('pyvmomi.extensions.life', 'an extension is registered, found, unregistered')
def extensions(w):
    manager = w.content.extensionManager
    manager.RegisterExtension(vim.Extension(key='com.example.interop', version='1.0', description=vim.Description(label='Interop', summary='A test'), lastHeartbeatTime=w.si.CurrentTime(), company='Example'))
    equal(manager.FindExtension('com.example.interop').version, '1.0')
    manager.UnregisterExtension('com.example.interop')
    equal(manager.FindExtension('com.example.interop'), None)
    raises(vim.fault.NotFound, manager.UnregisterExtension, 'com.example.interop')


@check('pyvmomi.licenses.list', 'licenses with use and expiry')
def licenses(w):
    manager = w.content.licenseManager
    equal([item.licenseKey for item in manager.licenses][0], '00000-00000-00000-00000-00000')
    added = manager.AddLicense('AAAAA-BBBBB-CCCCC-DDDDD-EEEEE')
    equal(added.licenseKey, 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE')
    manager.licenseAssignmentManager.UpdateAssignedLicense(w.host()._moId, added.licenseKey)
    equal([item.assignedLicense.licenseKey for item in manager.licenseAssignmentManager.QueryAssignedLicenses(w.host()._moId)], [added.licenseKey])


@check('pyvmomi.settings.options', 'settings are changed, and a wrong type is refused')
def settings(w):
    setting = w.content.setting
    setting.UpdateOptions([vim.option.OptionValue(key='log.level', value='verbose')])
    equal(setting.QueryOptions('log.level')[0].value, 'verbose')
    raises(vim.fault.InvalidName, setting.QueryOptions, 'no.such.setting')


@check('pyvmomi.environment.browser', 'what a cluster offers for new machines')
def environment(w):
    browser = w.all(vim.ClusterComputeResource)[0].environmentBrowser
    keys = [item.key for item in browser.QueryConfigOptionDescriptor()]
    ok('vmx-19' in keys, 'versions', keys)
    option = browser.QueryConfigOption(None, None)
    ok('ubuntu64Guest' in [item.id for item in option.guestOSDescriptor], 'guest systems')
    ok('vim.vm.device.VirtualVmxnet3' in [str(item.type.__name__) for item in option.hardwareOptions.virtualDeviceOption], 'devices')
    target = browser.QueryConfigTarget(None)
    ok('LocalDS_0' in [item.datastore.name for item in target.datastore], 'datastores')


@check('pyvmomi.diagnostic.logs', 'logs can be listed and read')
def diagnostic(w):
    manager = w.content.diagnosticManager
    keys = [item.key for item in manager.QueryDescriptions(None)]
    ok(keys, 'keys')
    header = manager.BrowseDiagnosticLog(None, keys[0], 1, 10)
    ok(header.lineEnd >= header.lineStart and header.lineText, 'lines', header)


@check('pyvmomi.diagnostic.bundles', 'a bundle of logs is made and can be fetched')
def bundles(w):
    task = w.content.diagnosticManager.GenerateLogBundles_Task(True, [w.host()])
    WaitForTask(task)
    equal(len(task.info.result), 2)
    path = '/' + task.info.result[0].url.split('/', 3)[3]
    status, _, body = w.http('GET', path, None, {'Cookie': w.si._stub.cookie.split(';')[0]})
    equal([status, len(body) > 100], [200, True])


@check('pyvmomi.service.message', 'the message of the day')
def message(w):
    w.content.sessionManager.UpdateServiceMessage('hello')
    equal(w.content.sessionManager.message, 'hello')


@check('pyvmomi.alarms.state', 'a machine sets an alarm off, which is acknowledged and removed')
def alarm_state(w):
    vm, root, manager = w.vm(), w.content.rootFolder, w.content.alarmManager
    expression = vim.alarm.StateAlarmExpression(operator='isEqual', type=vim.VirtualMachine, statePath='runtime.powerState', red='poweredOff')
    spec = vim.alarm.AlarmSpec(name='Interop off', description='', enabled=True, expression=expression)
    alarm = manager.CreateAlarm(root, spec)
    raises(vim.fault.DuplicateName, manager.CreateAlarm, root, spec)
    equal(list(vm.triggeredAlarmState), [])
    WaitForTask(vm.PowerOffVM_Task())
    for entity in (vm, root):
        equal([(state.alarm, state.entity, state.overallStatus) for state in entity.triggeredAlarmState], [(alarm, vm, 'red')])
    equal(vm.overallStatus, 'red')
    manager.AcknowledgeAlarm(alarm, vm)
    ok(vm.triggeredAlarmState[0].acknowledged, 'acknowledged')
    alarm.RemoveAlarm()
    equal([list(root.triggeredAlarmState), vm.overallStatus], [[], 'green'])
    ok('Host connection and power state' in [found.info.name for found in manager.GetAlarm(root)], 'an alarm of the installation')


@check('pyvmomi.scheduled_tasks', 'a scheduled task is made, run at once, and removed')
def scheduled_tasks(w):
    vm, manager = w.vm(), w.content.scheduledTaskManager
    spec = vim.scheduler.ScheduledTaskSpec(name='Interop off', description='', enabled=True,
                                           scheduler=vim.scheduler.DailyTaskScheduler(interval=1, hour=3, minute=0),
                                           action=vim.action.MethodAction(name=vim.VirtualMachine.PowerOff))
    task = manager.CreateScheduledTask(vm, spec)
    raises(vim.fault.DuplicateName, manager.CreateScheduledTask, vm, spec)
    equal([(found.info.name, found.info.nextRunTime.hour) for found in manager.RetrieveEntityScheduledTask(vm)], [('Interop off', 3)])
    task.RunScheduledTask()
    _until(lambda: task.info.state == 'success')
    equal([vm.runtime.powerState, task.info.prevRunTime is not None], ['poweredOff', True])
    task.RemoveScheduledTask()
    equal(list(manager.scheduledTask), [])


@check('pyvmomi.crypto.machine', 'a machine is encrypted with a key of a key server, and decrypted')
def crypto_machine(w):
    vm, manager = w.vm(), w.content.cryptoManager
    provider = vim.encryption.KeyProviderId(id='kp')
    manager.RegisterKmipServer(vim.encryption.KmipServerSpec(clusterId=provider, info=vim.encryption.KmipServerInfo(name='server', address='kms.example.com', port=5696)))
    key = manager.GenerateKey(provider).keyId
    WaitForTask(vm.PowerOffVM_Task())
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(crypto=vim.encryption.CryptoSpecEncrypt(cryptoKeyId=key))))
    equal([vm.config.keyId.keyId, vm.config.keyId.providerId.id], [key.keyId, 'kp'])
    raises(vim.fault.ResourceInUse, manager.RemoveKey, key, False)
    status = manager.QueryCryptoKeyStatus([key], 3)[0]
    equal([status.keyAvailable, list(status.encryptedVMs)], [True, [vm]])
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(crypto=vim.encryption.CryptoSpecDecrypt())))
    equal(vm.config.keyId, None)
    task = manager.RetrieveKmipServersStatus_Task()
    WaitForTask(task)
    equal([(found.clusterId.id, found.servers[0].name) for found in task.info.result], [('kp', 'server')])


def _until(done):
    for _ in range(200):
        if done():
            return
        time.sleep(0.02)
    raise AssertionError('it did not come to be so')


if __name__ == '__main__':
    main()
