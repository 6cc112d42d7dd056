"""First class disks: made, attached, snapshotted, cloned, tagged, and what outlives the machine."""
from harness import WaitForTask, check, equal, main, ok, raises, vim, vmodl


def _manager(w):
    return w.content.vStorageObjectManager


def _store(w):
    return w.named(vim.Datastore, 'LocalDS_0')


def _result(task):
    WaitForTask(task)
    return task.info.result


def _create(w, name='data', megabytes=20, **more):
    backing = vim.vslm.CreateSpec.DiskFileBackingSpec(datastore=_store(w), provisioningType='thin')
    return _result(_manager(w).CreateDisk_Task(vim.vslm.CreateSpec(name=name, capacityInMB=megabytes, backingSpec=backing, **more)))


@check('pyvmomi.fcd.create', 'a disk is made, and its task is about the datastore')
def create(w):
    backing = vim.vslm.CreateSpec.DiskFileBackingSpec(datastore=_store(w))
    task = _manager(w).CreateDisk_Task(vim.vslm.CreateSpec(name='data', capacityInMB=20, backingSpec=backing))
    WaitForTask(task)
    equal([task.info.entity, task.info.result.config.name, task.info.result.config.capacityInMB], [_store(w), 'data', 20])
    equal([i.id for i in _manager(w).ListVStorageObject(_store(w))], [task.info.result.config.id.id])


@check('pyvmomi.fcd.attach', 'a machine has it, and lets it go')
def attach(w):
    disk = _create(w)
    vm = w.vm()
    WaitForTask(vm.AttachDisk_Task(disk.config.id, _store(w)))
    device = [d for d in vm.config.hardware.device if isinstance(d, vim.vm.device.VirtualDisk)][-1]
    equal([device.vDiskId.id, device.capacityInKB, device.backing.fileName], [disk.config.id.id, 20480, disk.config.backing.filePath])
    shown = _manager(w).RetrieveVStorageObject(disk.config.id, _store(w))
    equal([c.id for c in shown.config.consumerId], [vm.config.instanceUuid])
    raises(vim.fault.InvalidState, _manager(w).DeleteVStorageObject_Task, disk.config.id, _store(w))
    WaitForTask(vm.DetachDisk_Task(disk.config.id))
    raises(vim.fault.NotFound, vm.DetachDisk_Task, disk.config.id)
    WaitForTask(_manager(w).DeleteVStorageObject_Task(disk.config.id, _store(w)))
    raises(vim.fault.NotFound, _manager(w).RetrieveVStorageObject, disk.config.id, _store(w))


@check('pyvmomi.fcd.keep', 'it outlives its machine when it is to be kept')
def keep(w):
    kept, lost = _create(w, 'kept', keepAfterDeleteVm=True), _create(w, 'lost', keepAfterDeleteVm=False)
    vm = w.vm()
    for disk in (kept, lost):
        WaitForTask(vm.AttachDisk_Task(disk.config.id, _store(w)))
    WaitForTask(vm.PowerOffVM_Task())
    WaitForTask(vm.Destroy_Task())
    equal([i.id for i in _manager(w).ListVStorageObject(_store(w))], [kept.config.id.id])


@check('pyvmomi.fcd.snapshots', 'snapshots are taken, gone back to, and made into disks')
def snapshots(w):
    disk = _create(w)
    where = (disk.config.id, _store(w))
    one = _result(_manager(w).VStorageObjectCreateSnapshot_Task(*where, 'one'))
    _result(_manager(w).VStorageObjectCreateSnapshot_Task(*where, 'two'))
    equal([s.description for s in _manager(w).RetrieveSnapshotInfo(*where).snapshots], ['one', 'two'])
    copy = _result(_manager(w).CreateDiskFromSnapshot_Task(*where, one, 'copy'))
    equal([copy.config.name, copy.config.capacityInMB], ['copy', 20])
    WaitForTask(_manager(w).RevertVStorageObject_Task(*where, one))
    equal([s.description for s in _manager(w).RetrieveSnapshotInfo(*where).snapshots], ['one'])
    raises(vim.fault.InvalidState, _manager(w).ExtendDisk_Task, *where, 40)
    WaitForTask(_manager(w).DeleteSnapshot_Task(*where, one))
    WaitForTask(_manager(w).ExtendDisk_Task(*where, 40))
    equal(_manager(w).RetrieveVStorageObject(*where).config.capacityInMB, 40)


@check('pyvmomi.fcd.clone', 'it is cloned and renamed; a tag that is not there is named')
def clone(w):
    disk = _create(w)
    backing = vim.vslm.CreateSpec.DiskFileBackingSpec(datastore=_store(w), provisioningType='eagerZeroedThick')
    before = _store(w).summary.freeSpace
    copy = _result(_manager(w).CloneVStorageObject_Task(disk.config.id, _store(w), vim.vslm.CloneSpec(name='copy', backingSpec=backing)))
    ok(before - _store(w).summary.freeSpace >= 20 * 1024 * 1024, 'a thick copy takes its room', before - _store(w).summary.freeSpace)
    _manager(w).RenameVStorageObject(copy.config.id, _store(w), 'other')
    equal(_manager(w).RetrieveVStorageObject(copy.config.id, _store(w)).config.name, 'other')
    raises(vim.fault.NotFound, _manager(w).AttachTagToVStorageObject, copy.config.id, 'category', 'tag')
    equal(list(_manager(w).ListTagsAttachedToVStorageObject(copy.config.id)), [])


@check('pyvmomi.fcd.errors', 'what cannot be is refused by type')
def errors(w):
    backing = vim.vslm.CreateSpec.DiskFileBackingSpec(datastore=_store(w), provisioningType='lazyZeroedThick')
    raises(vim.fault.NoDiskSpace, _manager(w).CreateDisk_Task, vim.vslm.CreateSpec(name='big', capacityInMB=20 * 1024 * 1024, backingSpec=backing))
    raises(vmodl.fault.InvalidArgument, _manager(w).CreateDisk_Task, vim.vslm.CreateSpec(name='', capacityInMB=1, backingSpec=backing))
    raises(vim.fault.NotFound, w.vm().AttachDisk_Task, vim.vslm.ID(id='none'), _store(w))
    raises(vim.fault.FileNotFound, _manager(w).RegisterDisk, '[LocalDS_0] none.vmdk', 'x')
    equal(list(_manager(w).ListVStorageObject(_store(w))), [])


if __name__ == '__main__':
    main()
