// Files, browsing, the file manager and the datastore itself.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isFault, plain, type FileInfo, type HostDatastoreBrowserSearchResults, type HostDatastoreBrowserSearchSpec, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { createDatastore } from '../datastore-create.ts';
import { hardwareSpec, World } from '../virtual-machine/machines.testing.ts';
import { matcher } from './browser.ts';
import { formatDatastorePath, list, makeDirectory, movePath, normalisePath, parseDatastorePath, stat, walk, writeFile } from './files.ts';

const FILES: ManagedObjectReference = { type: 'FileManager', value: 'FileManager' };
const DETAILS = { fileType: true, fileSize: true, modification: true, fileOwner: true };

const search = (world: World, datastorePath: string, searchSpec: HostDatastoreBrowserSearchSpec = {}) =>
  world.call('HostDatastoreBrowser', world.get(world.datastore, 'browser'), 'SearchDatastore_Task', { datastorePath, searchSpec }) as HostDatastoreBrowserSearchResults;
const paths = (results: HostDatastoreBrowserSearchResults) => (results.file ?? []).map(({ path }) => path);
const put = (world: World, path: string, size = 10) => world.write((tx) => writeFile(world.sim, tx, world.datastore, path, { size }, { parents: true }));
const has = (world: World, path: string) => world.write((tx) => stat(tx, world.datastore, path)) !== undefined;

describe('datastore paths', () => {
  it('read and write the bracket form', () => {
    assert.deepEqual(parseDatastorePath('[my ds] a//b/./c.vmx'), { datastore: 'my ds', path: 'a/b/c.vmx' });
    assert.deepEqual(parseDatastorePath('[ds]'), { datastore: 'ds', path: '' });
    assert.equal(formatDatastorePath('ds', 'a/b'), '[ds] a/b');
  });

  it('never leave the datastore', () => {
    for (const text of ['[ds] ../x', '[ds] a/../../x', '[ds] a/..', 'ds/x', '[] x', '', '[ds] a\\..\\b', '[ds] a\0b', '[ds] a\nb']) {
      assert.throws(() => parseDatastorePath(text), (e) => isFault(e, 'InvalidDatastorePath'), JSON.stringify(text));
    }
    fc.assert(fc.property(fc.array(fc.constantFrom('..', '.', '', 'a', 'b c')), (steps) => {
      try {
        const path = normalisePath(steps.join('/'));
        assert.ok(!path.split('/').some((step) => step === '..' || step === '.') && !path.startsWith('/') && !path.endsWith('/'));
        assert.ok(!steps.includes('..'));
      } catch (error) {
        if (!isFault(error)) throw error;
        assert.ok(steps.includes('..'));
      }
    }));
  });
});

describe('files', () => {
  it('are a tree: any sequence of changes leaves entries and directories in agreement', () => {
    const step = fc.constantFrom('a', 'b', 'c');
    const path = fc.array(step, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'));
    const action = fc.tuple(fc.constantFrom('mkdir', 'write', 'remove', 'move', 'copy'), path, path);
    fc.assert(fc.property(fc.array(action, { maxLength: 25 }), (actions) => {
      const world = new World();
      for (const [verb, from, to] of actions) {
        try {
          const dc = world.datacenter;
          if (verb === 'mkdir') world.call('FileManager', FILES, 'MakeDirectory', { name: `[ds1] ${from}`, datacenter: dc });
          else if (verb === 'write') put(world, from, 7);
          else if (verb === 'remove') world.call('FileManager', FILES, 'DeleteDatastoreFile_Task', { name: `[ds1] ${from}`, datacenter: dc });
          else world.call('FileManager', FILES, verb === 'move' ? 'MoveDatastoreFile_Task' : 'CopyDatastoreFile_Task', { sourceName: `[ds1] ${from}`, sourceDatacenter: dc, destinationName: `[ds1] ${to}` });
        } catch (error) {
          if (!isFault(error)) throw error;
        }
      }
      const found = world.write((tx) => [...walk(tx, world.datastore, '')]);
      const directories = [...world.store.ofType('_Directory')].map(({ ref }) => ref.value.split(':/')[1]!);
      assert.deepEqual(directories.sort(), found.filter(({ entry }) => entry.kind === 'directory').map((f) => f.path).sort());
      assert.equal(world.get(world.datastore, '_used'), found.reduce((sum, { entry }) => sum + entry.size, 0));
    }), { numRuns: 40 });
  });

  it('count against the capacity', () => {
    const world = new World('vcenter', 1000);
    put(world, 'a', 600);
    assert.equal(world.get(world.datastore, 'summary.freeSpace'), 400);
    assert.equal(world.get(world.datastore, 'info.freeSpace'), 400);
    assert.throws(() => put(world, 'b', 401), (e) => isFault(e, 'NoDiskSpace'));
    put(world, 'a', 900);
    assert.equal(world.get(world.datastore, 'summary.freeSpace'), 100);
  });

  it('roll back with their transaction and come back with a snapshot', () => {
    const world = new World();
    put(world, 'd/a');
    const snapshot = world.store.snapshot();
    assert.throws(() => world.write((tx) => {
      makeDirectory(world.sim, tx, world.datastore, 'e');
      movePath(world.sim, tx, { datastore: world.datastore, path: 'd/a' }, { datastore: world.datastore, path: 'e/a' });
      throw new Error('no');
    }), /no/);
    assert.ok(has(world, 'd/a') && !has(world, 'e'));
    world.call('FileManager', FILES, 'DeleteDatastoreFile_Task', { name: '[ds1] d', datacenter: world.datacenter });
    world.store.restore(snapshot);
    assert.ok(has(world, 'd/a'));
  });
});

describe('HostDatastoreBrowser', () => {
  it('lists one directory and names it as vCenter does', () => {
    const world = new World();
    put(world, 'dir/b.iso');
    put(world, 'dir/sub/c.txt');
    const results = search(world, '[ds1] dir', { details: DETAILS, matchPattern: ['*'] });
    assert.equal(results.folderPath, '[ds1] dir/');
    assert.deepEqual(results.datastore, world.datastore);
    const shown = results.file as (FileInfo & { _type: string })[];
    assert.deepEqual(shown.map((f) => [f._type, f.path, f.fileSize, f.owner]), [['IsoImageFileInfo', 'b.iso', 10, 'root'], ['FolderFileInfo', 'sub', 0, 'root']]);
    assert.equal((search(world, '[ds1] dir').file![0] as FileInfo & { _type: string })._type, 'FileInfo');
    assert.deepEqual(paths(search(world, '[ds1] dir', { sortFoldersFirst: true })), ['sub', 'b.iso']);
  });

  it('finds disks by query, without their extents', () => {
    const world = new World();
    world.createVm('a', { deviceChange: hardwareSpec(world.network) });
    const query = [{ _type: 'VmDiskFileQuery', details: { diskType: true, capacityKb: true, hardwareVersion: false, thin: true } }] as unknown as HostDatastoreBrowserSearchSpec['query'];
    const results = world.call('HostDatastoreBrowser', world.get(world.datastore, 'browser'), 'SearchDatastoreSubFolders_Task', { datastorePath: '[ds1]', searchSpec: { query } });
    const folders = plain(results) as HostDatastoreBrowserSearchResults[];
    assert.deepEqual(folders.map((f) => f.folderPath), ['[ds1] ', '[ds1] a/']);
    assert.deepEqual(folders[1]!.file, [{ _type: 'VmDiskFileInfo', path: 'a.vmdk', diskType: 'VirtualDiskFlatVer2BackingInfo', capacityKb: 1048576, thin: true }]);
    const vmx = [{ _type: 'VmConfigFileQuery' }] as unknown as HostDatastoreBrowserSearchSpec['query'];
    assert.deepEqual(paths(search(world, '[ds1] a', { query: vmx })), ['a.vmx']);
  });

  it('says what is missing', () => {
    const world = new World();
    assert.throws(() => search(world, '[ds1] no/such'), (e) => isFault(e, 'FileNotFound') && (e.detail as unknown as { file: string }).file === '[ds1] no/such');
    assert.throws(() => search(world, '[other] x'), (e) => isFault(e, 'InvalidDatastore'));
    assert.throws(() => search(world, 'x'), (e) => isFault(e, 'InvalidDatastorePath'));
  });

  it('matches patterns as a regular expression would, in linear time', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'B', '*', '?') }), fc.string({ unit: fc.constantFrom('a', 'b', 'B') }), (glob, name) => {
      const expected = new RegExp(`^${glob.replace(/\*/g, '.*').replace(/\?/g, '.')}$`).test(name);
      assert.equal(matcher(glob === '' ? ['', glob] : [glob], false)(name), glob === '' || expected);
    }));
    assert.ok(matcher(['A*'], true)('abc') && !matcher(['A*'], false)('abc'));
    assert.equal(matcher(['*a'.repeat(2000)], false)('a'.repeat(1999)), false);
  });
});

describe('FileManager', () => {
  const mkdir = (world: World, path: string, createParentDirectories?: boolean) =>
    world.call('FileManager', FILES, 'MakeDirectory', { name: path, datacenter: world.datacenter, createParentDirectories });

  it('makes directories', () => {
    const world = new World();
    mkdir(world, '[ds1] a');
    assert.throws(() => mkdir(world, '[ds1] a'), (e) => isFault(e, 'FileAlreadyExists'));
    assert.throws(() => mkdir(world, '[ds1] x/y'), (e) => isFault(e, 'FileNotFound'));
    mkdir(world, '[ds1] x/y/z', true);
    assert.ok(has(world, 'x/y/z'));
    assert.throws(() => mkdir(world, '[ds1] x/y/z', true), (e) => isFault(e, 'FileAlreadyExists'));
    put(world, 'file');
    assert.throws(() => mkdir(world, '[ds1] file/z', true), (e) => isFault(e, 'NotADirectory'));
  });

  it('wants the datacenter on vCenter, not on a host', () => {
    const world = new World();
    assert.throws(() => world.call('FileManager', FILES, 'MakeDirectory', { name: '[ds1] a' }), (e) => isFault(e, 'InvalidArgument'));
    assert.throws(() => world.call('FileManager', FILES, 'MakeDirectory', { name: '[nope] a', datacenter: world.datacenter }), (e) => isFault(e, 'InvalidDatastore'));
    const esxi = new World('esxi');
    esxi.call('FileManager', FILES, 'MakeDirectory', { name: '[ds1] a' });
    assert.ok(has(esxi, 'a'));
    esxi.call('FileManager', FILES, 'MakeDirectory', { name: '/vmfs/volumes/ds1/a/b' });
    esxi.call('FileManager', FILES, 'MakeDirectory', { name: 'https://h/folder/a/c?dcPath=ha-datacenter&dsName=ds1' });
    assert.ok(has(esxi, 'a/b') && has(esxi, 'a/c'));
  });

  it('copies, moves and deletes trees, but never the root', () => {
    const world = new World();
    put(world, 'a/b/c');
    const at = { sourceDatacenter: world.datacenter };
    world.call('FileManager', FILES, 'CopyDatastoreFile_Task', { ...at, sourceName: '[ds1] a', destinationName: '[ds1] copy' });
    assert.ok(has(world, 'a/b/c') && has(world, 'copy/b/c'));
    const again = { ...at, sourceName: '[ds1] a', destinationName: '[ds1] copy' };
    assert.throws(() => world.call('FileManager', FILES, 'MoveDatastoreFile_Task', again), (e) => isFault(e, 'FileAlreadyExists'));
    world.call('FileManager', FILES, 'MoveDatastoreFile_Task', { ...again, force: true });
    assert.ok(!has(world, 'a') && has(world, 'copy/b/c'));
    const remove = (name: string) => world.call('FileManager', FILES, 'DeleteDatastoreFile_Task', { name, datacenter: world.datacenter });
    remove('[ds1] copy');
    assert.ok(!has(world, 'copy'));
    assert.throws(() => remove('[ds1] copy'), (e) => isFault(e, 'FileNotFound'));
    for (const root of ['[ds1]', '[ds1] .', '[ds1] /']) assert.throws(() => remove(root), (e) => isFault(e, 'CannotDeleteFile'));
  });

  it('leaves the files of a running machine alone', () => {
    const world = new World();
    const vm = world.createVm('a', { deviceChange: hardwareSpec(world.network) });
    world.call('VirtualMachine', vm, 'PowerOnVM_Task', {});
    for (const name of ['[ds1] a', '[ds1] a/a.vmdk', '[ds1] a/a-flat.vmdk']) {
      assert.throws(() => world.call('FileManager', FILES, 'DeleteDatastoreFile_Task', { name, datacenter: world.datacenter }), (e) => isFault(e, 'FileLocked'), name);
    }
  });
});

describe('Datastore', () => {
  it('takes the names of its files along when it is renamed', () => {
    const world = new World();
    const vm = world.createVm('a', { deviceChange: hardwareSpec(world.network) });
    world.call('Datastore', world.datastore, 'RenameDatastore', { newName: 'fast' });
    assert.equal(world.get(vm, 'config.files.vmPathName'), '[fast] a/a.vmx');
    assert.equal(world.get(vm, 'summary.config.vmPathName'), '[fast] a/a.vmx');
    assert.deepEqual([world.get(world.datastore, 'summary.name'), world.get(world.datastore, 'info.vmfs.name')], ['fast', 'fast']);
    assert.deepEqual(world.write((tx) => list(tx, world.datastore, 'a').length), 5);
  });

  it('cannot go while machines are on it, and goes with everything in it', () => {
    const world = new World();
    const vm = world.createVm('a');
    const destroy = () => world.call('Datastore', world.datastore, 'DestroyDatastore', {});
    assert.throws(destroy, (e) => isFault(e, 'ResourceInUse'));
    world.call('VirtualMachine', vm, 'UnregisterVM', {});
    const { datastore } = world;
    const other = world.write((tx) => createDatastore(world.sim, tx, { name: 'ds2', datacenter: world.datacenter, hosts: world.hosts, capacity: 1, type: 'NFS' }));
    destroy();
    assert.equal(world.store.get(datastore), undefined);
    assert.deepEqual([...world.store.ofType('_Directory')].map(({ ref }) => ref.value), [`dir:${other.value}:/`]);
    for (const host of world.hosts) assert.deepEqual(world.get(host, 'datastore'), [other]);
  });

  it('is mounted on each of its hosts', () => {
    const world = new World();
    const mounts = world.get<{ key: ManagedObjectReference; mountInfo: { path: string; accessMode: string; mounted: boolean; accessible: boolean } }[]>(world.datastore, 'host');
    assert.deepEqual(mounts.map(({ key }) => key), world.hosts);
    for (const { mountInfo } of mounts) assert.deepEqual([mountInfo.accessMode, mountInfo.mounted, mountInfo.accessible, mountInfo.path.startsWith('/vmfs/volumes/')], ['readWrite', true, true, true]);
  });
});
