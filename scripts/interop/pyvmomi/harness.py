"""What the pyVmomi checks share: a logged-in world, and faults that are expected."""
import sys
from importlib.metadata import version
from os.path import abspath, dirname

sys.path.insert(0, dirname(dirname(abspath(__file__))))

from pyVim.connect import Disconnect, SmartConnect  # noqa: E402
from pyVim.task import WaitForTask  # noqa: E402
from pyVmomi import vim, vmodl  # noqa: E402, F401 (for the files of checks)

from checks import Mismatch, Server, check, equal, ok, run  # noqa: E402, F401


def raises(fault, call, *args, **named):
    """The call must answer with this fault, which is given back."""
    try:
        value = call(*args, **named)
        if isinstance(value, vim.Task):
            WaitForTask(value)
    except fault as caught:
        return caught
    except vmodl.MethodFault as other:
        raise Mismatch('fault', getattr(fault, '__name__', fault), '%s: %s' % (type(other).__name__, other.msg))
    raise Mismatch('fault', getattr(fault, '__name__', fault), 'none')


class World(Server):
    """One server and the ways a script finds things on it."""

    def __init__(self, url):
        super().__init__(url)
        self.si = None

    def connect(self, user=None, password=None):
        return SmartConnect(host=self.url.hostname, port=self.url.port, user=user or self.url.username,
                            pwd=password or self.url.password, disableSslCertValidation=True)

    def fresh(self):
        self.restore()
        if self.si is not None:
            try:
                Disconnect(self.si)
            except vmodl.MethodFault:
                pass
        self.si = self.connect()
        self.content = self.si.RetrieveContent()

    def all(self, *kinds, root=None):
        """Every object of these types, through a container view."""
        view = self.content.viewManager.CreateContainerView(root or self.content.rootFolder, list(kinds), True)
        try:
            return list(view.view)
        finally:
            view.Destroy()

    def named(self, kind, name):
        found = [item for item in self.all(kind) if item.name == name]
        equal(len(found), 1, 'objects named %s' % name)
        return found[0]

    def vm(self, name='DC0_H0_VM0'):
        return self.named(vim.VirtualMachine, name)

    def host(self, name='DC0_H0'):
        return self.named(vim.HostSystem, name)

    def datacenter(self):
        return self.all(vim.Datacenter)[0]


def main():
    run(World(sys.argv[1]), version('pyvmomi'))
