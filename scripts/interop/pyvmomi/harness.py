"""Runs the checks of one file: a fresh world before each, one JSON line after each. Knows pyVmomi and the admin plane."""
import json
import ssl
import sys
import time
import traceback
import urllib.parse
import urllib.request
from importlib.metadata import version

from pyVim.connect import Disconnect, SmartConnect
from pyVim.task import WaitForTask
from pyVmomi import vim, vmodl  # noqa: F401 (for the files of checks)

_checks = []
_insecure = ssl._create_unverified_context()


class Mismatch(Exception):
    """Expected and got differ."""

    def __init__(self, what, expected, got):
        super().__init__(what)
        self.expected, self.got = expected, got


def check(id, title):
    """Registers a check: a function of a World."""
    def register(function):
        _checks.append((id, title, function))
        return function
    return register


def equal(got, expected, what='value'):
    if got != expected:
        raise Mismatch(what, expected, got)


def ok(condition, what, got=None):
    if not condition:
        raise Mismatch('condition', what, got)


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


class World:
    """One server and the ways a script finds things on it."""

    def __init__(self, url):
        self.url = urllib.parse.urlsplit(url)
        self.base = 'https://%s:%d' % (self.url.hostname, self.url.port)
        self.si = None

    def connect(self, user=None, password=None):
        return SmartConnect(host=self.url.hostname, port=self.url.port, user=user or self.url.username,
                            pwd=password or self.url.password, disableSslCertValidation=True)

    def fresh(self):
        urllib.request.urlopen(urllib.request.Request(self.base + '/sim/restore?name=interop', method='POST'), context=_insecure).read()
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

    def http(self, method, path, data=None, headers=None):
        """A plain HTTP request: (status, headers, body)."""
        request = urllib.request.Request(self.base + path, data=data, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, context=_insecure) as reply:
                return reply.status, dict(reply.headers), reply.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()


def main():
    world = World(sys.argv[1])
    chosen = sys.argv[2:]
    for id, title, function in _checks:
        if chosen and id not in chosen:
            continue
        started = time.monotonic()
        result = {'id': id, 'title': title, 'version': version('pyvmomi'), 'passed': True}
        try:
            world.fresh()
            function(world)
        except Exception as error:  # a check may fail in any way: all are reported
            where = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == function.__code__.co_filename]
            result.update(passed=False, what='%s: %s' % (type(error).__name__, getattr(error, 'msg', None) or error),
                          stack='line %s: %s' % (where[-1].lineno, where[-1].line) if where else '')
            if isinstance(error, Mismatch):
                result.update(what=str(error), expected=str(error.expected), got=str(error.got))
        result['milliseconds'] = round((time.monotonic() - started) * 1000)
        print(json.dumps(result), flush=True)
