"""zeep: a client that knows nothing of vSphere but what the served WSDL says."""
import sys
import time
from importlib.metadata import version
from os.path import abspath, dirname

sys.path.insert(0, dirname(dirname(abspath(__file__))))

import requests  # noqa: E402
import urllib3  # noqa: E402
from zeep import Client, Settings, Transport  # noqa: E402
from zeep.exceptions import Fault  # noqa: E402

from checks import Mismatch, Server, check, equal, ok, run  # noqa: E402

WORLD = 'vcenter'

urllib3.disable_warnings()


class World(Server):
    """A client made from the description, and logged in."""

    def __init__(self, url):
        super().__init__(url)
        session = requests.Session()
        # Neither proxies nor authorities of the environment: the server's certificate is its own.
        session.verify = session.trust_env = False
        self.client = Client(self.base + '/sdk/vimService.wsdl', transport=Transport(session=session), settings=Settings(strict=False, xml_huge_tree=True))
        self.service = self.client.service
        self.session = session

    def type(self, name):
        return self.client.get_type('ns0:' + name)

    def ref(self, type, value):
        return self.type('ManagedObjectReference')(value, type=type)

    def fresh(self):
        self.restore()
        self.session.cookies.clear()
        self.content = self.service.RetrieveServiceContent(self.ref('ServiceInstance', 'ServiceInstance'))
        self.user = self.service.Login(self.content.sessionManager, self.url.username, self.url.password)

    def at(self, path):
        return self.service.FindByInventoryPath(self.content.searchIndex, path)

    def read(self, ref, *paths):
        """{path: value} of one object."""
        spec = self.type('PropertyFilterSpec')(
            propSet=[self.type('PropertySpec')(type=ref.type, all=False, pathSet=list(paths))],
            objectSet=[self.type('ObjectSpec')(obj=ref, skip=False)])
        found = self.service.RetrievePropertiesEx(self.content.propertyCollector, [spec], self.type('RetrieveOptions')())
        return {item.name: item.val for item in found.objects[0].propSet}

    def done(self, task):
        """Waits for a task; gives its TaskInfo."""
        for _ in range(200):
            info = self.read(task, 'info')['info']
            if info.state in ('success', 'error'):
                return info
            time.sleep(0.02)
        raise Mismatch('state of ' + task._value_1, 'success or error', info.state)

    def fault(self, call, *args):
        """The detail of the fault that the call must end in, as its own type."""
        try:
            call(*args)
        except Fault as caught:
            return self.client.wsdl.types.deserialize(caught.detail[0])
        raise Mismatch('fault', 'one', 'none')


@check('wsdl.zeep.login', 'the description is read, and a login answers with a session')
def login(w):
    equal(w.content.about.apiType, 'VirtualCenter')
    equal(w.user.userName.split('\\')[-1], 'user')
    equal(w.service.CurrentTime(w.ref('ServiceInstance', 'ServiceInstance')).tzinfo is not None, True)


@check('wsdl.zeep.properties', 'properties of every kind come as their types')
def properties(w):
    vm = w.at('DC0/vm/DC0_H0_VM0')
    found = w.read(vm, 'name', 'runtime', 'config.hardware.device', 'parent')
    equal(found['name'], 'DC0_H0_VM0')
    equal(found['runtime'].powerState, 'poweredOn')
    equal(type(found['runtime']).__name__, 'VirtualMachineRuntimeInfo')
    devices = found['config.hardware.device']
    devices = devices.VirtualDevice if hasattr(devices, 'VirtualDevice') else devices
    ok('VirtualDisk' in [type(device).__name__ for device in devices], 'a VirtualDisk among the devices', [type(device).__name__ for device in devices])
    equal(found['parent'].type, 'Folder')


@check('wsdl.zeep.power', 'a task is followed to its end, and the machine is off')
def power(w):
    vm = w.at('DC0/vm/DC0_H0_VM0')
    equal(w.done(w.service.PowerOffVM_Task(vm)).state, 'success')
    equal(w.read(vm, 'runtime.powerState')['runtime.powerState'], 'poweredOff')
    other = w.at('DC0/vm/DC0_H0_VM1')
    equal(w.read(other, 'runtime.powerState')['runtime.powerState'], 'poweredOn')


@check('wsdl.zeep.task-error', 'the error of a task is the fault of its type')
def task_error(w):
    vm = w.at('DC0/vm/DC0_H0_VM0')
    info = w.done(w.service.PowerOnVM_Task(vm))
    equal(info.state, 'error')
    equal(type(info.error.fault).__name__, 'InvalidPowerState')
    equal(info.error.fault.existingState, 'poweredOn')


@check('wsdl.zeep.folder', 'a folder is made, and a second of its name is refused by a typed fault')
def folder(w):
    made = w.service.CreateFolder(w.content.rootFolder, 'zeep')
    equal(made.type, 'Folder')
    equal(w.at('zeep')._value_1, made._value_1)
    detail = w.fault(w.service.CreateFolder, w.content.rootFolder, 'zeep')
    equal((type(detail).__name__, detail.name, detail.object._value_1), ('DuplicateName', 'zeep', made._value_1))


@check('wsdl.zeep.create', 'a machine is made from a whole specification')
def create(w):
    spec = w.type('VirtualMachineConfigSpec')(
        name='zeep-vm', guestId='otherGuest', numCPUs=2, memoryMB=64,
        files=w.type('VirtualMachineFileInfo')(vmPathName='[LocalDS_0]'))
    info = w.done(w.service.CreateVM_Task(w.at('DC0/vm'), spec, w.at('DC0/host/DC0_C0/Resources')))
    equal(info.state, 'success', info.error)
    found = w.read(info.result, 'name', 'config.hardware.numCPU', 'config.hardware.memoryMB')
    equal(found, {'name': 'zeep-vm', 'config.hardware.numCPU': 2, 'config.hardware.memoryMB': 64})


@check('wsdl.zeep.wrong-login', 'a wrong login is InvalidLogin')
def wrong_login(w):
    equal(type(w.fault(w.service.Login, w.content.sessionManager, '', '')).__name__, 'InvalidLogin')


@check('wsdl.zeep.events', 'events are of their own classes')
def events(w):
    w.done(w.service.PowerOffVM_Task(w.at('DC0/vm/DC0_H0_VM0')))
    found = w.service.QueryEvents(w.content.eventManager, w.type('EventFilterSpec')(eventTypeId=['VmPoweredOffEvent']))
    equal([type(event).__name__ for event in found], ['VmPoweredOffEvent'])
    equal(found[0].vm.name, 'DC0_H0_VM0')


if __name__ == '__main__':
    run(World(sys.argv[1]), version('zeep'), 'zeep')
