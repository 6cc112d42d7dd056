"""VMware's own vSphere Automation SDK for Python, over its REST connector: it checks every answer against its types."""
import sys
import warnings
from importlib.metadata import version
from os.path import abspath, dirname

warnings.simplefilter('ignore')
sys.path.insert(0, dirname(dirname(abspath(__file__))))

import requests  # noqa: E402
from com.vmware.cis.tagging_client import Category, CategoryModel, Tag, TagAssociation  # noqa: E402
from com.vmware.content.library_client import Item, ItemModel, StorageBacking  # noqa: E402
from com.vmware.content_client import Library, LibraryModel, LocalLibrary  # noqa: E402
from com.vmware.vapi.std_client import DynamicID  # noqa: E402
from com.vmware.vcenter.vm_client import Power  # noqa: E402
from com.vmware.vcenter_client import VM, Cluster, Datacenter, Datastore, Folder, Host, Network, ResourcePool  # noqa: E402
from vmware.vapi.bindings import stub  # noqa: E402
from vmware.vapi.lib.connect import get_requests_connector  # noqa: E402
from vmware.vapi.stdlib.client.factories import StubConfigurationFactory  # noqa: E402

from checks import Server, check, equal, ok, run  # noqa: E402

WORLD = 'vcenter'

# The stubs ask for the values of /rest, wrapped, at the paths of /api: here they take the plain values of /api.
_init = stub.ApiInterfaceStub.__init__


def _plain(self, *args, **named):
    named['is_vapi_rest'] = False
    _init(self, *args, **named)


stub.ApiInterfaceStub.__init__ = _plain


class World(Server):
    config = None

    def fresh(self):
        self.restore()
        session = requests.Session()
        session.verify = False
        session.trust_env = False
        reply = session.post(self.base + '/api/session', auth=(self.url.username, self.url.password))
        session.headers['vmware-api-session-id'] = reply.json()
        self.config = StubConfigurationFactory.new_std_configuration(get_requests_connector(session=session, url=self.base + '/api', msg_protocol='rest'))

    def vm(self, name):
        # The REST connector sends filters in the body of a GET, where no server looks for them.
        return next(item.vm for item in VM(self.config).list() if item.name == name)


@check('sdk.lists', 'every list of the inventory is of its type')
def lists(w):
    for service in (Datacenter, Cluster, Host, Folder, Datastore, Network, ResourcePool):
        ok(len(service(w.config).list()) > 0, service.__name__)
    equal(sorted(item.name for item in VM(w.config).list()), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1', 'DC0_H0_VM0', 'DC0_H0_VM1'])


@check('sdk.vm', 'a machine whole, with its devices')
def machine(w):
    info = VM(w.config).get(w.vm('DC0_H0_VM0'))
    equal((info.name, info.cpu.count, len(info.disks)), ('DC0_H0_VM0', 1, 1))


@check('sdk.power', 'power off')
def power(w):
    vm = w.vm('DC0_H0_VM0')
    equal(Power(w.config).get(vm).state, Power.State.POWERED_ON)
    Power(w.config).stop(vm)
    equal(Power(w.config).get(vm).state, Power.State.POWERED_OFF)


@check('sdk.tags', 'a tag on a machine')
def tags(w):
    category = Category(w.config).create(Category.CreateSpec(name='region', description='', cardinality=CategoryModel.Cardinality.SINGLE, associable_types=set()))
    tag = Tag(w.config).create(Tag.CreateSpec(name='eu', description='', category_id=category))
    vm = w.vm('DC0_H0_VM0')
    TagAssociation(w.config).attach(tag, DynamicID(type='VirtualMachine', id=vm))
    equal([item.id for item in TagAssociation(w.config).list_attached_objects(tag)], [vm])
    equal(Tag(w.config).list_tags_for_category(category), [tag])


@check('sdk.library', 'a library and an item')
def library(w):
    store = Datastore(w.config).list()[0].datastore
    backing = StorageBacking(type=StorageBacking.Type.DATASTORE, datastore_id=store)
    made = LocalLibrary(w.config).create(create_spec=LibraryModel(name='lib', type=LibraryModel.LibraryType.LOCAL, storage_backings=[backing]))
    item = Item(w.config).create(create_spec=ItemModel(name='disc', library_id=made, type='iso'))
    equal(Library(w.config).get(made).name, 'lib')
    equal(Item(w.config).get(item).library_id, made)


if __name__ == '__main__':
    run(World(sys.argv[1]), version('vmware-vcenter'))
