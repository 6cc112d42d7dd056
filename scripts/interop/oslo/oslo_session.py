"""oslo.vmware: what OpenStack's compute and block storage drivers speak to vCenter with."""
import sys
import warnings
from importlib.metadata import version
from os.path import abspath, dirname

warnings.simplefilter('ignore')
sys.path.insert(0, dirname(dirname(abspath(__file__))))

from oslo_vmware import api, exceptions, vim_util  # noqa: E402
from oslo_vmware.objects import datastore  # noqa: E402

from checks import Mismatch, Server, check, equal, ok, run  # noqa: E402

WORLD = 'vcenter'


class World(Server):
    session = None

    def fresh(self):
        self.restore()
        self.session = api.VMwareAPISession(self.url.hostname, self.url.username, self.url.password, 2, 0.05, port=self.url.port, insecure=True)
        self.vim = self.session.vim

    def objects(self, type, *paths):
        """{name: (ref, {path: value})} of every object of a type."""
        found = self.session.invoke_api(vim_util, 'get_objects', self.vim, type, 100, ['name', *paths])
        rows = [(item.obj, {value.name: value.val for value in item.propSet}) for item in found.objects]
        return {props['name']: (ref, props) for ref, props in rows}

    def vm(self, name='DC0_H0_VM0'):
        return self.objects('VirtualMachine')[name][0]

    def read(self, ref, path):
        return self.session.invoke_api(vim_util, 'get_object_property', self.vim, ref, path)

    def done(self, method, ref, **args):
        return self.session.wait_for_task(self.session.invoke_api(self.vim, method, ref, **args))


@check('oslo.login', 'a session is made, and the service content read')
def login(w):
    equal(w.vim.service_content.about.apiType, 'VirtualCenter')
    ok(w.session.is_current_session_active(), 'an active session')


@check('oslo.retrieve', 'machines are found through a container view')
def retrieve(w):
    equal(sorted(w.objects('VirtualMachine')), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1', 'DC0_H0_VM0', 'DC0_H0_VM1'])
    equal({props['runtime.powerState'] for _, props in w.objects('VirtualMachine', 'runtime.powerState').values()}, {'poweredOn'})


@check('oslo.power', 'a task is polled to its end')
def power(w):
    equal(w.done('PowerOffVM_Task', w.vm()).state, 'success')
    equal(w.read(w.vm(), 'runtime.powerState'), 'poweredOff')
    equal(w.read(w.vm('DC0_H0_VM1'), 'runtime.powerState'), 'poweredOn')


@check('oslo.task-error', 'the error of a task is its exception')
def task_error(w):
    try:
        w.done('PowerOnVM_Task', w.vm())
    except exceptions.InvalidPowerStateException:
        return
    raise Mismatch('exception', 'InvalidPowerStateException', 'none')


@check('oslo.fault', 'the fault of a call is its exception, with the fields of the fault')
def fault(w):
    root = w.vim.service_content.rootFolder
    w.session.invoke_api(w.vim, 'CreateFolder', root, name='oslo')
    try:
        w.session.invoke_api(w.vim, 'CreateFolder', root, name='oslo')
    except exceptions.DuplicateName as caught:
        equal(caught.details.get('name'), 'oslo')
        return
    raise Mismatch('exception', 'DuplicateName', 'none')


@check('oslo.datastore', 'a directory is made in a datastore and removed')
def files(w):
    ref, props = w.objects('Datastore', 'summary.capacity', 'summary.freeSpace')['LocalDS_0']
    place = datastore.Datastore(ref, 'LocalDS_0', props['summary.capacity'], props['summary.freeSpace'])
    ok(place.freespace > 0 and place.capacity > place.freespace, 'space that is taken and left', (place.capacity, place.freespace))
    manager = w.vim.service_content.fileManager
    datacenter = w.objects('Datacenter')['DC0'][0]
    path = str(datastore.DatastorePath('LocalDS_0', 'oslo'))
    w.session.invoke_api(w.vim, 'MakeDirectory', manager, name=path, datacenter=datacenter, createParentDirectories=True)
    equal(w.done('DeleteDatastoreFile_Task', manager, name=path, datacenter=datacenter).state, 'success')
    try:
        w.done('DeleteDatastoreFile_Task', manager, name=path, datacenter=datacenter)
    except exceptions.FileNotFoundException:
        return
    raise Mismatch('exception', 'FileNotFoundException', 'none')


@check('oslo.expired', 'a session that was ended is made anew')
def expired(w):
    w.session.invoke_api(w.vim, 'Logout', w.vim.service_content.sessionManager)
    equal(len(w.objects('VirtualMachine')), 4)


if __name__ == '__main__':
    run(World(sys.argv[1]), version('oslo.vmware'))
