"""Machines: the flows of the community samples."""
from harness import WaitForTask, check, equal, main, ok, raises, vim, vmodl


def _create(w, name='new', **spec):
    host = w.host()
    config = vim.vm.ConfigSpec(name=name, memoryMB=256, numCPUs=1, guestId='ubuntu64Guest', files=vim.vm.FileInfo(vmPathName='[LocalDS_0]'), **spec)
    task = w.datacenter().vmFolder.CreateVM_Task(config, host.parent.resourcePool, host)
    WaitForTask(task)
    return task.info.result


def _disk(key, unit, size_kb, controller=1000, operation='create'):
    backing = vim.vm.device.VirtualDisk.FlatVer2BackingInfo(fileName='', diskMode='persistent', thinProvisioned=True)
    return vim.vm.device.VirtualDeviceSpec(operation='add', fileOperation=operation,
                                           device=vim.vm.device.VirtualDisk(key=key, controllerKey=controller, unitNumber=unit, capacityInKB=size_kb, backing=backing))


def _scsi(key=-1):
    return vim.vm.device.VirtualDeviceSpec(operation='add', device=vim.vm.device.ParaVirtualSCSIController(key=key, busNumber=0, sharedBus='noSharing'))


def _of(vm, kind):
    return [device for device in vm.config.hardware.device if isinstance(device, kind)]


@check('pyvmomi.task.names', 'a task has the names that pyVim and people read')
def task_names(w):
    vm = w.vm()
    task = vm.PowerOffVM_Task()
    WaitForTask(task)
    equal(task.info.state, 'success')
    equal(task.info.name, vim.VirtualMachine.PowerOff)
    equal(task.info.entityName, 'DC0_H0_VM0')
    equal(task.info.descriptionId, 'VirtualMachine.powerOff')
    equal(task.info.entity, vm)
    ok(task.info.queueTime <= task.info.startTime <= task.info.completeTime, 'times', task.info)


@check('pyvmomi.task.fault', 'a task that fails raises its fault')
def task_fault(w):
    fault = raises(vim.fault.InvalidPowerState, w.vm().PowerOnVM_Task)
    equal([fault.existingState, fault.requestedState], ['poweredOn', 'poweredOn'])


@check('pyvmomi.task.collector', 'history of tasks of one machine')
def task_collector(w):
    vm = w.vm()
    WaitForTask(vm.PowerOffVM_Task())
    WaitForTask(vm.PowerOnVM_Task())
    spec = vim.TaskFilterSpec(entity=vim.TaskFilterSpec.ByEntity(entity=vm, recursion='self'))
    collector = w.content.taskManager.CreateCollectorForTasks(spec)
    ids = [info.descriptionId for info in collector.ReadNextTasks(10)]
    equal(sorted(ids), ['VirtualMachine.powerOff', 'VirtualMachine.powerOn'])
    collector.DestroyCollector()


@check('pyvmomi.vm.create', 'a machine with controller, disk and network card')
def create(w):
    network = w.named(vim.Network, 'VM Network')
    card = vim.vm.device.VirtualDeviceSpec(operation='add', device=vim.vm.device.VirtualVmxnet3(
        key=-3, backing=vim.vm.device.VirtualEthernetCard.NetworkBackingInfo(deviceName='VM Network', network=network),
        connectable=vim.vm.device.VirtualDevice.ConnectInfo(startConnected=True, allowGuestControl=True, connected=False), addressType='generated'))
    vm = _create(w, deviceChange=[_scsi(), _disk(-2, 0, 1024 * 1024, controller=-1), card])
    equal([type(vm).__name__, vm.name, vm.config.hardware.memoryMB, vm.runtime.powerState], ['vim.VirtualMachine', 'new', 256, 'poweredOff'])
    equal([_of(vm, vim.vm.device.VirtualDisk)[0].backing.fileName, _of(vm, vim.vm.device.VirtualDisk)[0].capacityInKB], ['[LocalDS_0] new/new.vmdk', 1024 * 1024])
    equal([device.deviceInfo.label for device in _of(vm, vim.vm.device.VirtualVmxnet3)], ['Network adapter 1'])
    equal(list(vm.network), [network])
    ok(vm in list(network.vm), 'the network knows the machine')


@check('pyvmomi.vm.duplicate', 'a second machine of one name is refused with the first')
def duplicate(w):
    vm = _create(w)
    fault = raises(vim.fault.DuplicateName, _create, w)
    equal([fault.name, fault.object], ['new', vm])


@check('pyvmomi.vm.reconfigure', 'processors, memory, annotation and extra configuration')
def reconfigure(w):
    vm = _create(w)
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(numCPUs=4, memoryMB=1024, annotation='note', extraConfig=[vim.option.OptionValue(key='guestinfo.a', value='1')])))
    equal([vm.config.hardware.numCPU, vm.config.hardware.memoryMB, vm.config.annotation, vm.summary.config.numCpu], [4, 1024, 'note', 4])
    equal([item.value for item in vm.config.extraConfig if item.key == 'guestinfo.a'], ['1'])
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=[vim.option.OptionValue(key='guestinfo.a', value='')])))
    equal([item for item in vm.config.extraConfig if item.key == 'guestinfo.a'], [])


@check('pyvmomi.vm.change-version', 'a reconfiguration of a version that is past is refused')
def change_version(w):
    vm = w.vm()
    before = vm.config.changeVersion
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(changeVersion=before, annotation='one')))
    ok(vm.config.changeVersion != before, 'another version', before)
    raises(vim.fault.ConcurrentAccess, vm.ReconfigVM_Task, vim.vm.ConfigSpec(changeVersion=before, annotation='two'))
    equal(vm.config.annotation, 'one')


@check('pyvmomi.vm.disk', 'a disk is added, grown and removed with its file')
def disk(w):
    vm = w.vm()
    controller = _of(vm, vim.vm.device.VirtualSCSIController)[0]
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[_disk(-1, 1, 2097152, controller=controller.key)])))
    added = _of(vm, vim.vm.device.VirtualDisk)[1]
    equal([added.deviceInfo.label, added.capacityInKB, added.unitNumber], ['Hard disk 2', 2097152, 1])
    ok(added.key in list(_of(vm, vim.vm.device.VirtualSCSIController)[0].device), 'the controller knows the disk')
    added.capacityInKB = 4194304
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[vim.vm.device.VirtualDeviceSpec(operation='edit', device=added)])))
    equal(_of(vm, vim.vm.device.VirtualDisk)[1].capacityInBytes, 4 << 30)
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[vim.vm.device.VirtualDeviceSpec(operation='remove', fileOperation='destroy', device=_of(vm, vim.vm.device.VirtualDisk)[1])])))
    equal(len(_of(vm, vim.vm.device.VirtualDisk)), 1)


@check('pyvmomi.vm.disk-bad', 'a disk on a controller that is not there is refused, and nothing changes')
def disk_bad(w):
    vm = w.vm()
    raises(vim.fault.InvalidDeviceSpec, vm.ReconfigVM_Task, vim.vm.ConfigSpec(annotation='no', deviceChange=[_disk(-1, 1, 1024, controller=9999)]))
    equal(len(_of(vm, vim.vm.device.VirtualDisk)), 1)
    ok(vm.config.annotation != 'no', 'the annotation is as it was')


@check('pyvmomi.vm.raw-disk', 'a raw device mapping that cannot be is refused, and the server goes on')
def raw_disk(w):
    vm = w.vm()
    controller = _of(vm, vim.vm.device.VirtualSCSIController)[0]
    backing = vim.vm.device.VirtualDisk.RawDiskMappingVer1BackingInfo(deviceName='/vmfs/devices/disks/naa.none', compatibilityMode='physicalMode', diskMode='independent_persistent', fileName='')
    device = vim.vm.device.VirtualDisk(key=-1, controllerKey=controller.key, unitNumber=1, capacityInKB=1024, backing=backing)
    try:
        WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[vim.vm.device.VirtualDeviceSpec(operation='add', fileOperation='create', device=device)])))
        equal(type(_of(vm, vim.vm.device.VirtualDisk)[1].backing).__name__, type(backing).__name__)
    except vmodl.MethodFault:
        equal(len(_of(vm, vim.vm.device.VirtualDisk)), 1)
    equal(vm.name, 'DC0_H0_VM0')


@check('pyvmomi.vm.network-card', 'a network card is found by its label, changed and removed')
def network_card(w):
    vm = w.vm()
    card = [device for device in _of(vm, vim.vm.device.VirtualEthernetCard) if device.deviceInfo.label == 'Network adapter 1'][0]
    card.connectable.connected = False
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[vim.vm.device.VirtualDeviceSpec(operation='edit', device=card)])))
    equal(_of(vm, vim.vm.device.VirtualEthernetCard)[0].connectable.connected, False)
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(deviceChange=[vim.vm.device.VirtualDeviceSpec(operation='remove', device=card)])))
    equal([_of(vm, vim.vm.device.VirtualEthernetCard), list(vm.network)], [[], []])


@check('pyvmomi.vm.clone', 'a clone with power, annotation and changes')
def clone(w):
    vm = w.vm()
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(pool=vm.resourcePool, datastore=vm.datastore[0]), powerOn=True,
                            config=vim.vm.ConfigSpec(annotation='twin', numCPUs=2))
    task = vm.CloneVM_Task(folder=vm.parent, name='copy', spec=spec)
    WaitForTask(task)
    copy = task.info.result
    equal([copy.name, copy.runtime.powerState, copy.config.annotation, copy.config.hardware.numCPU], ['copy', 'poweredOn', 'twin', 2])
    ok(copy.config.uuid != vm.config.uuid and copy.config.instanceUuid != vm.config.instanceUuid, 'ids of its own')
    ok(_of(copy, vim.vm.device.VirtualEthernetCard)[0].macAddress != _of(vm, vim.vm.device.VirtualEthernetCard)[0].macAddress, 'an address of its own')
    equal(_of(copy, vim.vm.device.VirtualDisk)[0].backing.fileName, '[LocalDS_0] copy/copy.vmdk')


@check('pyvmomi.vm.linked-clone', 'a linked clone rests on the disk of the snapshot')
def linked(w):
    vm = w.vm()
    WaitForTask(vm.CreateSnapshot_Task('base', '', False, False))
    spec = vim.vm.CloneSpec(location=vim.vm.RelocateSpec(pool=vm.resourcePool, diskMoveType='createNewChildDiskBacking'), powerOn=False, snapshot=vm.snapshot.currentSnapshot)
    task = vm.CloneVM_Task(vm.parent, 'copy', spec)
    WaitForTask(task)
    backing = _of(task.info.result, vim.vm.device.VirtualDisk)[0].backing
    ok(backing.parent is not None and 'DC0_H0_VM0' in backing.parent.fileName, 'a parent', backing)


@check('pyvmomi.vm.template', 'a template can be changed and unmarked, and not turned on')
def template(w):
    vm = w.vm()
    WaitForTask(vm.PowerOffVM_Task())
    pool = vm.resourcePool
    vm.MarkAsTemplate()
    equal([vm.config.template, vm.resourcePool], [True, None])
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(annotation='golden')))
    equal(vm.config.annotation, 'golden')
    raises(vmodl.fault.NotSupported, vm.PowerOnVM_Task)
    vm.MarkAsVirtualMachine(pool, w.host())
    equal([vm.config.template, vm.resourcePool], [False, pool])


@check('pyvmomi.vm.snapshots', 'a tree of snapshots, going back and removing')
def snapshots(w):
    vm = w.vm()
    WaitForTask(vm.PowerOffVM_Task())
    for name in ('one', 'two'):
        WaitForTask(vm.CreateSnapshot_Task(name, 'about ' + name, False, False))
    root = vm.snapshot.rootSnapshotList[0]
    equal([root.name, root.description, root.childSnapshotList[0].name, vm.snapshot.currentSnapshot], ['one', 'about one', 'two', root.childSnapshotList[0].snapshot])
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(numCPUs=8)))
    WaitForTask(root.snapshot.RevertToSnapshot_Task())
    equal([vm.config.hardware.numCPU, vm.snapshot.currentSnapshot], [1, root.snapshot])
    equal(root.snapshot.config.hardware.numCPU, 1)
    WaitForTask(root.snapshot.RemoveSnapshot_Task(True))
    equal(vm.snapshot, None)
    raises(vmodl.fault.ManagedObjectNotFound, lambda: root.snapshot.config)


@check('pyvmomi.vm.relocate', 'a machine moves to another host and pool with all references')
def relocate(w):
    vm = w.vm('DC0_C0_RP0_VM0')
    before = vm.runtime.host
    target = [host for host in vm.resourcePool.owner.host if host != before][0]
    WaitForTask(vm.RelocateVM_Task(vim.vm.RelocateSpec(host=target, pool=vm.resourcePool)))
    equal(vm.runtime.host, target)
    ok(vm in list(target.vm) and vm not in list(before.vm), 'lists of the hosts')


@check('pyvmomi.vm.destroy', 'a running machine cannot be destroyed; one that is off goes with its files')
def destroy(w):
    vm = w.vm()
    raises(vim.fault.InvalidPowerState, vm.Destroy_Task)
    WaitForTask(vm.PowerOffVM_Task())
    browser = vm.datastore[0].browser
    WaitForTask(vm.Destroy_Task())
    raises(vmodl.fault.ManagedObjectNotFound, lambda: vm.name)
    task = browser.SearchDatastore_Task('[LocalDS_0]')
    WaitForTask(task)
    ok('DC0_H0_VM0' not in [item.path for item in task.info.result.file], 'no directory')


@check('pyvmomi.vm.register', 'a machine is unregistered and registered from its files')
def register(w):
    vm = _create(w)
    path, uuid = vm.config.files.vmPathName, vm.config.uuid
    vm.UnregisterVM()
    raises(vmodl.fault.ManagedObjectNotFound, lambda: vm.name)
    host = w.host()
    task = w.datacenter().vmFolder.RegisterVM_Task(path=path, asTemplate=False, pool=host.parent.resourcePool, host=host)
    WaitForTask(task)
    equal([task.info.result.name, task.info.result.config.uuid, task.info.result.config.guestId], ['new', uuid, 'ubuntu64Guest'])


@check('pyvmomi.vm.register-uploaded', 'a vmx that was written by hand can be registered')
def register_uploaded(w):
    text = b'.encoding = "UTF-8"\nconfig.version = "8"\nvirtualHW.version = "19"\ndisplayName = "by hand"\nguestOS = "ubuntu-64"\nmemSize = "768"\nnumvcpus = "3"\nannotation = "typed|0Ain"\nguestinfo.a = "b"\n'
    w.content.fileManager.MakeDirectory('[LocalDS_0] hand', w.datacenter(), True)
    status, _, _ = w.http('PUT', '/folder/hand/hand.vmx?dcPath=DC0&dsName=LocalDS_0', text, {'Cookie': w.si._stub.cookie.split(';')[0]})
    ok(status in (200, 201), 'uploaded', status)
    host = w.host()
    task = w.datacenter().vmFolder.RegisterVM_Task(path='[LocalDS_0] hand/hand.vmx', asTemplate=False, pool=host.parent.resourcePool, host=host)
    WaitForTask(task)
    vm = task.info.result
    equal([vm.name, vm.config.hardware.memoryMB, vm.config.hardware.numCPU, vm.config.annotation], ['by hand', 768, 3, 'typed\nin'])
    equal([item.value for item in vm.config.extraConfig if item.key == 'guestinfo.a'], ['b'])


@check('pyvmomi.vm.guest', 'a guest that was told its address through extra configuration')
def guest(w):
    vm = w.vm()
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=[vim.option.OptionValue(key='SET.guest.ipAddress', value='10.1.2.3')])))
    equal([vm.guest.ipAddress, vm.summary.guest.ipAddress], ['10.1.2.3', '10.1.2.3'])


@check('pyvmomi.vm.screenshot', 'a picture of the screen is a file beside the machine')
def screenshot(w):
    vm = w.vm()
    task = vm.CreateScreenshot_Task()
    WaitForTask(task)
    ok(task.info.result.startswith('[LocalDS_0] DC0_H0_VM0/'), 'a path', task.info.result)
    path = task.info.result.split('] ')[1]
    status, _, body = w.http('GET', '/folder/%s?dcPath=DC0&dsName=LocalDS_0' % path, None, {'Cookie': w.si._stub.cookie.split(';')[0]})
    equal([status, body[:4]], [200, b'\x89PNG'])


@check('pyvmomi.vm.usb-keys', 'keys that are typed are counted')
def usb_keys(w):
    key = vim.UsbScanCodeSpecKeyEvent(usbHidCode=(4 << 16) | 7)
    equal(w.vm().PutUsbScanCodes(vim.UsbScanCodeSpec(keyEvents=[key, key])), 2)


@check('pyvmomi.vm.power-multi', 'power of several machines through the datacenter')
def power_multi(w):
    vms = [w.vm('DC0_H0_VM0'), w.vm('DC0_H0_VM1')]
    for vm in vms:
        WaitForTask(vm.PowerOffVM_Task())
    task = w.datacenter().PowerOnMultiVM_Task(vms)
    WaitForTask(task)
    equal([vm.runtime.powerState for vm in vms], ['poweredOn', 'poweredOn'])
    equal(len(task.info.result.attempted), 2)


if __name__ == '__main__':
    main()
