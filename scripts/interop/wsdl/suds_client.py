"""suds: the older client of served descriptions, still in many scripts."""
import ssl
import sys
import tempfile
import time
import urllib.request
from importlib.metadata import version
from os.path import abspath, dirname

sys.path.insert(0, dirname(dirname(abspath(__file__))))

from suds import WebFault  # noqa: E402
from suds.cache import ObjectCache  # noqa: E402
from suds.client import Client  # noqa: E402
from suds.sudsobject import Property  # noqa: E402
from suds.transport.http import HttpTransport  # noqa: E402

from checks import Mismatch, Server, check, equal, run  # noqa: E402

WORLD = 'vcenter'


class Unchecked(HttpTransport):
    """Takes the server's own certificate."""

    def u2handlers(self):
        return super().u2handlers() + [urllib.request.HTTPSHandler(context=ssl._create_unverified_context())]


class World(Server):
    def __init__(self, url):
        super().__init__(url)
        self.client = Client(self.base + '/sdk/vimService?wsdl', location=self.base + '/sdk', transport=Unchecked(), cache=ObjectCache(tempfile.mkdtemp()))
        self.service = self.client.service

    def ref(self, type, value):
        ref = Property(value)
        ref._type = type
        return ref

    def fresh(self):
        self.restore()
        self.client.options.transport.cookiejar.clear()
        self.content = self.service.RetrieveServiceContent(self.ref('ServiceInstance', 'ServiceInstance'))
        self.service.Login(self.content.sessionManager, self.url.username, self.url.password)

    def at(self, path):
        return self.service.FindByInventoryPath(self.content.searchIndex, path)

    def read(self, ref, path):
        spec = self.client.factory.create('ns0:PropertyFilterSpec')
        properties = self.client.factory.create('ns0:PropertySpec')
        properties.type, properties.all, properties.pathSet = ref._type, False, [path]
        objects = self.client.factory.create('ns0:ObjectSpec')
        objects.obj, objects.skip = ref, False
        spec.propSet, spec.objectSet = [properties], [objects]
        return self.service.RetrieveProperties(self.content.propertyCollector, [spec])[0].propSet[0].val


@check('wsdl.suds.login', 'the description is read, and a login answers')
def login(w):
    equal(w.content.about.apiType, 'VirtualCenter')


@check('wsdl.suds.power', 'a machine is powered off, and another is not')
def power(w):
    vm = w.at('DC0/vm/DC0_H0_VM0')
    task = w.service.PowerOffVM_Task(vm)
    for _ in range(200):
        if w.read(task, 'info.state') == 'success':
            break
        time.sleep(0.02)
    equal(w.read(vm, 'runtime.powerState'), 'poweredOff')
    equal(w.read(w.at('DC0/vm/DC0_H0_VM1'), 'runtime.powerState'), 'poweredOn')


@check('wsdl.suds.fault', 'a fault comes with its type and fields')
def fault(w):
    made = w.service.CreateFolder(w.content.rootFolder, 'suds')
    try:
        w.service.CreateFolder(w.content.rootFolder, 'suds')
    except WebFault as caught:
        detail = caught.fault.detail.DuplicateNameFault
        equal((detail.name, detail.object.value), ('suds', made.value))
        return
    raise Mismatch('fault', 'DuplicateName', 'none')


if __name__ == '__main__':
    run(World(sys.argv[1]), version('suds-community'), 'suds')
