// Guest operations through the dispatcher: who may come in, files with the guest's permissions, programs by the
// simulator's clock, the registry, and what snapshots and clones take along.
import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import type { GuestListFileInfo, GuestProcessInfo, ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { ManualClock } from '../../runtime/clock.ts';
import { World } from '../world.testing.ts';

type Ref = ManagedObjectReference;

const ROOT = { _type: 'NamePasswordAuthentication', interactiveSession: false, username: 'root', password: 'x' };
const JOE = { ...ROOT, username: 'joe' };
const manager = (name: string): Ref => ({ type: `Guest${name}Manager`, value: `guestOperations${name}Manager` });
const FILES = manager('File');
const PROCESSES = manager('Process');
const REGISTRY = manager('WindowsRegistry');

describe('guest operations', () => {
  let world: World;
  let vm: Ref;

  const setOptions = (options: Record<string, string>, more: Record<string, unknown> = {}) =>
    world.call(vm, 'ReconfigVM_Task', { spec: { ...more, extraConfig: Object.entries(options).map(([key, value]) => ({ _type: 'OptionValue', key, value })) } });
  const call = (self: Ref, method: string, args: Record<string, unknown> = {}, auth: object = ROOT) => world.call(self, method, { vm, auth, ...args });
  const refuses = (type: string, self: Ref, method: string, args: Record<string, unknown> = {}, auth: object = ROOT) => world.refuses(type, self, method, { vm, auth, ...args });
  const sh = async (script: string, auth: object = ROOT) => Number(await call(PROCESSES, 'StartProgramInGuest', { spec: { programPath: '/bin/sh', arguments: `-c '${script}'` } }, auth));
  const names = async (filePath: string, auth: object = ROOT) => ((await call(FILES, 'ListFilesInGuest', { filePath }, auth)) as GuestListFileInfo).files!.map(({ path }) => path);
  const processOf = async (pid: number) => ((await call(PROCESSES, 'ListProcessesInGuest', { pids: [pid] })) as GuestProcessInfo[])[0];
  const read = async (guestFilePath: string): Promise<string> => {
    const { url } = (await call(FILES, 'InitiateFileTransferFromGuest', { guestFilePath })) as { url: string };
    return answer('GET', url);
  };
  const fetch_ = async (method: string, url: string, body?: string) => {
    const { pathname, search } = new URL(url.replace('*', 'host'));
    const pieces = (async function* () { if (body !== undefined) yield Buffer.from(body); })();
    return world.simulator.handleFiles({ method, url: pathname + search, headers: {}, body: pieces }, { ipAddress: '127.0.0.1', tls: true });
  };
  const answer = async (method: string, url: string, body?: string): Promise<string> => {
    const reply = await fetch_(method, url, body);
    assert.equal(reply.status, 200, String(reply.body));
    return typeof reply.body === 'string' ? reply.body : Buffer.concat([...(reply.body ?? [])]).toString();
  };

  beforeEach(async () => {
    world = new World();
    vm = world.named('DC0_H0_VM0');
    await setOptions({ 'SET.guest.toolsRunningStatus': 'guestToolsRunning' });
  });

  it('needs a running machine, running tools and the right credentials', async () => {
    await call(manager('Auth'), 'ValidateCredentialsInGuest');
    await refuses('InvalidGuestLogin', manager('Auth'), 'ValidateCredentialsInGuest', {}, { ...ROOT, password: '' });
    await refuses('NotSupported', manager('Auth'), 'ValidateCredentialsInGuest', {}, { _type: 'SAMLTokenAuthentication', interactiveSession: false, token: 't' });
    await setOptions({ 'SIM.guest.accounts': 'root:secret,joe:other' });
    await refuses('InvalidGuestLogin', FILES, 'ListFilesInGuest', { filePath: '/' });
    await call(FILES, 'ListFilesInGuest', { filePath: '/' }, { ...JOE, password: 'other' });
    await setOptions({ 'SET.guest.toolsRunningStatus': 'guestToolsNotRunning' });
    await refuses('GuestOperationsUnavailable', FILES, 'ListFilesInGuest', { filePath: '/' });
    await world.call(vm, 'PowerOffVM_Task');
    await refuses('InvalidPowerState', FILES, 'ListFilesInGuest', { filePath: '/' });
  });

  it('makes, moves and deletes files and directories, with the faults of files', async () => {
    await call(FILES, 'MakeDirectoryInGuest', { directoryPath: '/srv/a/b', createParentDirectories: true });
    await refuses('FileAlreadyExists', FILES, 'MakeDirectoryInGuest', { directoryPath: '/srv/a', createParentDirectories: true });
    await refuses('FileNotFound', FILES, 'MakeDirectoryInGuest', { directoryPath: '/none/a', createParentDirectories: false });
    await refuses('DirectoryNotEmpty', FILES, 'DeleteDirectoryInGuest', { directoryPath: '/srv/a', recursive: false });
    await refuses('NotAFile', FILES, 'DeleteFileInGuest', { filePath: '/srv/a' });
    await refuses('InvalidArgument', FILES, 'DeleteFileInGuest', { filePath: 'relative' });
    const file = String(await call(FILES, 'CreateTemporaryFileInGuest', { prefix: 'p-', suffix: '.s', directoryPath: '/srv/a/b' }));
    assert.match(file, /^\/srv\/a\/b\/p-\w+\.s$/);
    await call(FILES, 'MoveFileInGuest', { srcFilePath: file, dstFilePath: '/srv/f', overwrite: false });
    await refuses('FileAlreadyExists', FILES, 'MoveFileInGuest', { srcFilePath: '/srv/f', dstFilePath: '/etc/hostname', overwrite: false });
    await call(FILES, 'MoveDirectoryInGuest', { srcDirectoryPath: '/srv/a', dstDirectoryPath: '/srv/c' });
    assert.deepEqual(await names('/srv'), ['.', '..', 'c', 'f']);
    await call(FILES, 'DeleteDirectoryInGuest', { directoryPath: '/srv/c', recursive: true });
    await call(FILES, 'DeleteFileInGuest', { filePath: '/srv/f' });
    assert.deepEqual(await names('/srv'), ['.', '..']);
  });

  it('keeps the permissions of the guest', async () => {
    await refuses('GuestPermissionDenied', FILES, 'MakeDirectoryInGuest', { directoryPath: '/etc/x', createParentDirectories: false }, JOE);
    await refuses('GuestPermissionDenied', FILES, 'ListFilesInGuest', { filePath: '/root' }, JOE);
    await sh('echo mine > /tmp/f');
    await refuses('GuestPermissionDenied', FILES, 'DeleteFileInGuest', { filePath: '/tmp/f' }, JOE);
    await refuses('GuestPermissionDenied', FILES, 'ChangeFileAttributesInGuest', { guestFilePath: '/tmp/f', fileAttributes: { _type: 'GuestPosixFileAttributes', permissions: 0o777 } }, JOE);
    await call(FILES, 'ChangeFileAttributesInGuest', { guestFilePath: '/tmp/f', fileAttributes: { _type: 'GuestPosixFileAttributes', permissions: 0o600 } });
    await refuses('GuestPermissionDenied', FILES, 'InitiateFileTransferFromGuest', { guestFilePath: '/tmp/f' }, JOE);
    await refuses('InvalidArgument', FILES, 'ChangeFileAttributesInGuest', { guestFilePath: '/tmp/f', fileAttributes: { _type: 'GuestWindowsFileAttributes', hidden: true } });
    assert.equal(await read('/tmp/f'), 'mine\n');
  });

  it('takes and gives files over HTTP, each address once', async () => {
    const to = { guestFilePath: '/tmp/up', fileAttributes: { _type: 'GuestPosixFileAttributes', permissions: 0o640 }, fileSize: 5, overwrite: false };
    const url = String(await call(FILES, 'InitiateFileTransferToGuest', to));
    assert.equal((await fetch_('GET', url)).status, 404, 'an upload is no download');
    await answer('PUT', url, 'hello');
    assert.equal((await fetch_('PUT', url, 'again')).status, 404);
    assert.equal(await read('/tmp/up'), 'hello');
    await refuses('FileAlreadyExists', FILES, 'InitiateFileTransferToGuest', to);
    const over = String(await call(FILES, 'InitiateFileTransferToGuest', { ...to, overwrite: true }));
    assert.equal((await fetch_('PUT', over, 'other length')).status, 400);
    assert.equal(await read('/tmp/up'), 'hello', 'what was refused left the file');
  });

  it('runs programs, whose work is done when the clock gets there', async () => {
    const clock = world.simulator.clock as ManualClock;
    const pid = await sh('echo one > /tmp/a; sleep 10; echo two >> /tmp/a; exit 7');
    assert.equal((await processOf(pid))!.exitCode, undefined);
    assert.equal(await read('/tmp/a'), 'one\n');
    clock.advance(10_000);
    const { exitCode, endTime, cmdLine, owner } = (await processOf(pid))!;
    assert.deepEqual([exitCode, endTime!.getTime() - (await processOf(pid))!.startTime.getTime(), owner], [7, 10_000, 'root']);
    assert.match(cmdLine, /^\/bin\/sh -c/);
    assert.equal(await read('/tmp/a'), 'one\ntwo\n');
    clock.advance(5 * 60_000);
    assert.equal(await processOf(pid), undefined, 'forgotten after five minutes');
  });

  it('ends a program: what it was to do is not done', async () => {
    const pid = await sh('sleep 10; touch /tmp/late');
    await refuses('GuestPermissionDenied', PROCESSES, 'TerminateProcessInGuest', { pid }, JOE);
    await call(PROCESSES, 'TerminateProcessInGuest', { pid });
    await refuses('GuestProcessNotFound', PROCESSES, 'TerminateProcessInGuest', { pid });
    (world.simulator.clock as ManualClock).advance(20_000);
    assert.equal((await processOf(pid))!.exitCode, 143);
    assert.deepEqual(await names('/tmp'), ['.', '..']);
  });

  it('reads lines as a shell does', async () => {
    for (const [script, text] of [
      ['A=x; export A; echo "$A  y" | cat > /tmp/o', 'x  y\n'], ['false || echo b > /tmp/o', 'b\n'], ['(echo c; nothing) > /tmp/o 2>&1', 'c\nsh: nothing: not found\n'],
      ['cd /etc && pwd > /tmp/o', '/etc\n'], ['printf "%s-%s\\n" 1 2 > /tmp/o', '1-2\n'], ['cat /etc/none 2> /tmp/o', 'cat: No such file or directory\n'],
      ['if true; then echo; fi', 'cat: No such file or directory\n'],
    ] as const) {
      await sh(script);
      assert.equal(await read('/tmp/o'), text, script);
    }
    await refuses('FileNotFound', PROCESSES, 'StartProgramInGuest', { spec: { programPath: '/bin/none', arguments: '' } });
    await refuses('GuestPermissionDenied', PROCESSES, 'StartProgramInGuest', { spec: { programPath: '/etc/hosts', arguments: '' } });
    await sh('echo binary > /tmp/x; chmod +x /tmp/x');
    await refuses('OperationNotSupportedByGuest', PROCESSES, 'StartProgramInGuest', { spec: { programPath: '/tmp/x', arguments: '' } });
    const env = (await call(PROCESSES, 'ReadEnvironmentVariableInGuest', { names: ['HOME', 'NONE'] })) as string[];
    assert.deepEqual(env, ['HOME=/root']);
  });

  it('goes with snapshots and clones; a new boot runs nothing of the old', async () => {
    const pid = await sh('echo kept > /srv/f; sleep infinity');
    await world.call(vm, 'CreateSnapshot_Task', { name: 's', memory: false, quiesce: false });
    await sh('rm /srv/f');
    await world.call(vm, 'RevertToCurrentSnapshot_Task', {});
    await world.call(vm, 'PowerOnVM_Task', {});
    assert.equal(await read('/srv/f'), 'kept\n');
    assert.equal(await processOf(pid), undefined);
    const folder = world.get<Ref>(vm, 'parent');
    const source = vm;
    vm = (await world.call(vm, 'CloneVM_Task', { folder, name: 'copy', spec: { location: {}, powerOn: true, template: false } })) as Ref;
    await sh('rm /srv/f');
    vm = source;
    assert.equal(await read('/srv/f'), 'kept\n', "a clone's disk is its own");
  });

  it('has a registry in Windows only', async () => {
    const key = (registryPath: string) => ({ registryPath, wowBitness: 'WOWNative' });
    await refuses('OperationNotSupportedByGuest', REGISTRY, 'ListRegistryKeysInGuest', { keyName: key('HKLM'), recursive: false });
    await world.call(vm, 'PowerOffVM_Task');
    await setOptions({}, { guestId: 'windows9Server64Guest' });
    await world.call(vm, 'PowerOnVM_Task', {});
    const admin = { ...ROOT, username: 'Administrator' };
    const keyName = key('HKLM\\Software\\Acme');
    await call(REGISTRY, 'CreateRegistryKeyInGuest', { keyName, isVolatile: false }, admin);
    await refuses('GuestRegistryKeyAlreadyExists', REGISTRY, 'CreateRegistryKeyInGuest', { keyName, isVolatile: false }, admin);
    await refuses('GuestPermissionDenied', REGISTRY, 'CreateRegistryKeyInGuest', { keyName: key('HKLM\\Software\\Other'), isVolatile: false }, JOE);
    await call(REGISTRY, 'SetRegistryValueInGuest', { value: { name: { keyName, name: 'n' }, data: { _type: 'GuestRegValueDwordSpec', value: 7 } } }, admin);
    const values = (await call(REGISTRY, 'ListRegistryValuesInGuest', { keyName, expandStrings: false }, admin)) as { data: { value: number } }[];
    assert.deepEqual(values.map(({ data }) => data.value), [7]);
    await refuses('GuestRegistryValueNotFound', REGISTRY, 'DeleteRegistryValueInGuest', { valueName: { keyName, name: 'none' } }, admin);
    await refuses('GuestRegistryKeyHasSubkeys', REGISTRY, 'DeleteRegistryKeyInGuest', { keyName: key('HKLM\\SOFTWARE'), recursive: false }, admin);
    await call(REGISTRY, 'DeleteRegistryKeyInGuest', { keyName, recursive: false }, admin);
    await refuses('GuestRegistryKeyInvalid', REGISTRY, 'ListRegistryValuesInGuest', { keyName, expandStrings: false }, admin);
    await call(PROCESSES, 'StartProgramInGuest', { spec: { programPath: 'C:\\Windows\\System32\\cmd.exe', arguments: '/c echo %USERNAME%> C:\\Users\\Public\\o.txt' } }, admin);
    const { url } = (await call(FILES, 'InitiateFileTransferFromGuest', { guestFilePath: 'c:\\users\\public\\O.TXT' }, admin)) as { url: string };
    assert.equal(await answer('GET', url), 'Administrator\r\n');
  });
});
