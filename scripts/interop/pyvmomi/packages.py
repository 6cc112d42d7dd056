"""OVF packages: descriptors, leases, uploads and downloads, and what a lease leaves behind."""
import hashlib
import os
import time

from harness import WaitForTask, check, equal, main, ok, raises, vim, vmodl

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../../../fixtures/ovf')


def _read(name):
    with open(os.path.join(FIXTURES, name), 'rb') as file:
        return file.read()


def _spec(w, name='tiny', **choices):
    params = vim.OvfManager.CreateImportSpecParams(entityName=name, **choices)
    return w.content.ovfManager.CreateImportSpec(_read('tiny.ovf').decode(), _pool(w), w.named(vim.Datastore, 'LocalDS_0'), params)


def _pool(w):
    return w.named(vim.ClusterComputeResource, 'DC0_C0').resourcePool


def _ready(lease):
    for _ in range(200):
        if lease.state != vim.HttpNfcLease.State.initializing:
            return lease
        time.sleep(0.02)
    raise AssertionError('the lease is still initializing')


def _path(w, url):
    return '/' + url.replace('*', w.url.hostname).split('/', 3)[3]


def _import(w, name='tiny'):
    spec = _spec(w, name)
    equal(list(spec.error), [])
    lease = _ready(_pool(w).ImportVApp(spec.importSpec, w.datacenter().vmFolder))
    equal([device.importKey for device in lease.info.deviceUrl], [item.deviceId for item in spec.fileItem])
    for device in lease.info.deviceUrl:
        status, _, _ = w.http('POST', _path(w, device.url), _read('tiny-disk1.vmdk'), {'Content-Type': 'application/x-vnd.vmware-streamVmdk'})
        equal(status, 200)
    return lease


@check('pyvmomi.ovf.parse', 'a descriptor is described')
def parse(w):
    parsed = w.content.ovfManager.ParseDescriptor(_read('tiny.ovf').decode(), vim.OvfManager.ParseDescriptorParams())
    equal([parsed.defaultEntityName, parsed.virtualApp, [n.name for n in parsed.network], [o.key for o in parsed.deploymentOption]], ['tiny', False, ['VM Network'], ['small', 'large']])
    equal(parsed.approximateFlatDeploymentSize, 8 * 1024 * 1024)


@check('pyvmomi.ovf.validate', 'a host says what it can deploy')
def validate(w):
    result = w.content.ovfManager.ValidateHost(_read('tiny.ovf').decode(), w.host(), vim.OvfManager.ValidateHostParams())
    equal([list(result.error), result.downloadSize], [[], len(_read('tiny-disk1.vmdk'))])
    ok('thin' in result.supportedDiskProvisioning, 'thin', list(result.supportedDiskProvisioning))


@check('pyvmomi.ovf.errors', 'errors are OvfFaults with the line')
def errors(w):
    bad = _read('tiny.ovf').decode().replace('>lsilogic<', '>warp<')
    result = w.content.ovfManager.CreateImportSpec(bad, _pool(w), w.named(vim.Datastore, 'LocalDS_0'), vim.OvfManager.CreateImportSpecParams(entityName='x'))
    ok(result.importSpec is None, 'no spec')
    fault = [error.fault if hasattr(error, 'fault') else error for error in result.error][0]
    ok(isinstance(fault, vim.fault.OvfUnsupportedSubType), 'OvfUnsupportedSubType', type(fault))
    equal([fault.deviceSubType, fault.instanceId], ['warp', '3'])
    ok(fault.lineNumber > 0, 'a line', fault.lineNumber)


@check('pyvmomi.ovf.import', 'a machine is imported with its disk')
def imported(w):
    lease = _import(w)
    equal(lease.info.leaseTimeout, 300)
    [entry] = lease.HttpNfcLeaseGetManifest()
    equal([entry.sha1, entry.size, entry.disk], [hashlib.sha1(_read('tiny-disk1.vmdk')).hexdigest(), len(_read('tiny-disk1.vmdk')), True])
    lease.HttpNfcLeaseProgress(60)
    equal(lease.transferProgress, 60)
    lease.HttpNfcLeaseComplete()
    equal(lease.state, 'done')
    vm = w.vm('tiny')
    equal([vm.config.hardware.memoryMB, vm.config.guestId, vm.config.vAppConfig.property[0].id], [64, 'otherLinux64Guest', 'hostname'])
    WaitForTask(vm.PowerOnVM_Task())


@check('pyvmomi.ovf.abort', 'an aborted import leaves nothing')
def abort(w):
    datastore = w.named(vim.Datastore, 'LocalDS_0')
    before = datastore.summary.freeSpace
    lease = _import(w)
    url = _path(w, lease.info.deviceUrl[0].url)
    lease.HttpNfcLeaseAbort()
    equal(lease.state, 'error')
    ok('tiny' not in [vm.name for vm in w.all(vim.VirtualMachine)], 'no machine')
    equal(datastore.summary.freeSpace, before)
    equal(w.http('POST', url, b'x')[0], 404)
    raises(vim.fault.InvalidState, lease.HttpNfcLeaseComplete)


@check('pyvmomi.ovf.export', 'a machine is exported, and its descriptor written')
def export(w):
    _import(w).HttpNfcLeaseComplete()
    vm = w.vm('tiny')
    lease = _ready(vm.ExportVm())
    disk = [device for device in lease.info.deviceUrl if device.disk][0]
    status, _, body = w.http('GET', _path(w, disk.url))
    equal([status, body == _read('tiny-disk1.vmdk')], [200, True])
    equal([entry.sha1 for entry in lease.HttpNfcLeaseGetManifest()], [hashlib.sha1(body).hexdigest()])
    file = vim.OvfManager.OvfFile(deviceId=disk.key, path='tiny.vmdk', size=len(body))
    result = w.content.ovfManager.CreateDescriptor(vm, vim.OvfManager.CreateDescriptorParams(ovfFiles=[file], name='tiny'))
    ok('ovf:href="tiny.vmdk"' in result.ovfDescriptor, 'the file', result.ovfDescriptor[:300])
    lease.HttpNfcLeaseComplete()
    raises(vim.fault.InvalidPowerState, w.vm().ExportVm)


@check('pyvmomi.ovf.vapp', 'a vApp is exported with all its machines')
def vapp(w):
    allocation = vim.ResourceAllocationInfo(reservation=0, expandableReservation=True, limit=-1, shares=vim.SharesInfo(level='normal', shares=0))
    app = _pool(w).CreateVApp('app', vim.ResourceConfigSpec(cpuAllocation=allocation, memoryAllocation=allocation), vim.vApp.VAppConfigSpec(), w.datacenter().vmFolder)
    lease = _ready(app.ImportVApp(_spec(w, 'inside').importSpec))
    equal(app.vm[0].name, 'inside')
    lease.HttpNfcLeaseComplete()
    out = _ready(app.ExportVApp())
    equal([device.disk for device in out.info.deviceUrl], [True, False])
    text = w.content.ovfManager.CreateDescriptor(app, vim.OvfManager.CreateDescriptorParams()).ovfDescriptor
    ok('<VirtualSystemCollection ovf:id="app">' in text and '<VirtualSystem ovf:id="inside">' in text, 'both', text)
    raises(vmodl.fault.InvalidArgument, w.content.ovfManager.CreateDescriptor, w.host(), vim.OvfManager.CreateDescriptorParams())


if __name__ == '__main__':
    main()
