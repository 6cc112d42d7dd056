"""Cloud native storage: volumes made, told of, grown and deleted through the vSAN health service."""
import ssl
from harness import check, equal, main, ok, vim
from pyVmomi import SoapStubAdapter


def _service(w):
    # pyVmomi knows the fields of a volume's results only in a version of vSAN's: tasks are read through the same stub.
    context = ssl._create_unverified_context()
    stub = SoapStubAdapter(host=w.url.hostname, port=w.url.port, version='vsan.version.version20', path='/vsanHealth', sslContext=context)
    stub.cookie = w.si._stub.cookie
    return vim.cns.VolumeManager('cns-volume-manager', stub)


def _results(task):
    while task.info.state not in ('success', 'error'):
        pass
    return task.info.result.volumeResults


def _spec(name, mb):
    cluster = vim.cns.ContainerCluster(clusterType='KUBERNETES', clusterId='c1', vSphereUser='user')
    return vim.cns.VolumeCreateSpec(name=name, volumeType='BLOCK', backingObjectDetails=vim.cns.BlockBackingDetails(capacityInMb=mb), metadata=vim.cns.VolumeMetadata(containerCluster=cluster))


@check('pyvmomi.cns.life', 'a volume is made, found, grown, attached, detached and deleted')
def life(w):
    manager, vm = _service(w), w.vm()
    made, refused = _results(manager.Create([_spec('data', 10), _spec(' ', 10)]))
    equal([made.fault, type(refused.fault).__name__], [None, 'vmodl.fault.InvalidArgument'])

    def sizes():
        return [(v.name, v.backingObjectDetails.capacityInMb) for v in manager.Query(vim.cns.QueryFilter()).volumes]
    equal(sizes(), [('data', 10)])
    results = _results(manager.Extend([vim.cns.VolumeExtendSpec(volumeId=made.volumeId, capacityInMb=20)]))
    equal([results[0].fault, sizes()], [None, [('data', 20)]])
    before = len(vm.config.hardware.device)
    attached = _results(manager.Attach([vim.cns.VolumeAttachDetachSpec(volumeId=made.volumeId, vm=vm)]))[0]
    ok(attached.diskUUID, 'the uuid of the disk', attached)
    equal(len(vm.config.hardware.device), before + 1)
    equal(type(_results(manager.Delete([made.volumeId], True))[0].fault).__name__, 'vim.fault.ResourceInUse')
    equal(_results(manager.Detach([vim.cns.VolumeAttachDetachSpec(volumeId=made.volumeId, vm=vm)]))[0].fault, None)
    equal([len(vm.config.hardware.device), sizes()], [before, [('data', 20)]])
    equal([_results(manager.Delete([made.volumeId], True))[0].fault, sizes()], [None, []])


if __name__ == '__main__':
    main()
