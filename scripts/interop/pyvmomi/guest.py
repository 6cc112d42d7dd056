"""Guest operations: the flows of the community samples."""
import re
import ssl
import urllib.request

from harness import WaitForTask, check, equal, main, ok, raises, vim

ROOT = vim.vm.guest.NamePasswordAuthentication(username='root', password='secret')


def _guest(w):
    """A machine whose tools run, and the managers."""
    vm = w.vm()
    WaitForTask(vm.ReconfigVM_Task(vim.vm.ConfigSpec(extraConfig=[vim.option.OptionValue(key='SET.guest.toolsRunningStatus', value='guestToolsRunning')])))
    operations = w.content.guestOperationsManager
    return vm, operations.fileManager, operations.processManager


def _http(w, method, url, body=None):
    """A transfer as the samples make it: the star is the host that one is connected to."""
    request = urllib.request.Request(re.sub(r'://\*', '://' + w.url.hostname, url), data=body, method=method)
    with urllib.request.urlopen(request, context=ssl._create_unverified_context()) as reply:
        return reply.read()


@check('pyvmomi.guest.upload', 'a file is uploaded, listed and downloaded')
def upload(w):
    vm, files, _ = _guest(w)
    url = files.InitiateFileTransferToGuest(vm, ROOT, '/tmp/up', vim.vm.guest.FileManager.FileAttributes(), 5, False)
    _http(w, 'PUT', url, b'hello')
    listed = files.ListFilesInGuest(vm, ROOT, '/tmp', 0, 50, '^up$')
    equal([(item.path, item.type, item.size) for item in listed.files], [('up', 'file', 5)])
    info = files.InitiateFileTransferFromGuest(vm, ROOT, '/tmp/up')
    equal(info.size, 5)
    equal(_http(w, 'GET', info.url), b'hello')


@check('pyvmomi.guest.process', 'a program runs and its exit code is there')
def process(w):
    vm, files, processes = _guest(w)
    spec = vim.vm.guest.ProcessManager.ProgramSpec(programPath='/bin/sh', arguments="-c 'echo $COLOUR > /tmp/o; exit 3'", envVariables=['COLOUR=blue'])
    pid = processes.StartProgramInGuest(vm, ROOT, spec)
    info = processes.ListProcessesInGuest(vm, ROOT, [pid])[0]
    equal((info.name, info.owner, info.exitCode), ('sh', 'root', 3))
    ok(info.endTime is not None, 'endTime', info)
    equal(_http(w, 'GET', files.InitiateFileTransferFromGuest(vm, ROOT, '/tmp/o').url), b'blue\n')


@check('pyvmomi.guest.refused', 'wrong credentials, paths and states have their faults')
def refused(w):
    vm, files, processes = _guest(w)
    nobody = vim.vm.guest.NamePasswordAuthentication(username='root', password='')
    raises(vim.fault.InvalidGuestLogin, files.ListFilesInGuest, vm, nobody, '/')
    raises(vim.fault.FileNotFound, files.DeleteFileInGuest, vm, ROOT, '/tmp/none')
    raises(vim.fault.GuestProcessNotFound, processes.TerminateProcessInGuest, vm, ROOT, 99999)
    WaitForTask(vm.PowerOffVM_Task())
    raises(vim.fault.InvalidPowerState, files.ListFilesInGuest, vm, ROOT, '/')


if __name__ == '__main__':
    main()
