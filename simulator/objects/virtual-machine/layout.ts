// VirtualMachine.layoutEx, .layout and .storage: which files a machine consists of and the room they take.
// Follows config and the directory of the machine; disks outside it are looked up where they are.
import type { ManagedObjectReference, VirtualDevice, VirtualDisk, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Reader, Rule } from '../../store/derive.ts';
import { entriesIn } from '../datastore/directory-entries.ts';
import { extentOf, formatDatastorePath, parseDatastorePath, splitPath, stat, type FileEntry } from '../datastore/files.ts';
import type { Transaction } from '../../store/transaction.ts';
import { isFamily } from './device-types.ts';
import { chainOf, type Link } from './disk-chains.ts';

interface Usage {
  committed: number;
  uncommitted: number;
  readonly datastore: ManagedObjectReference;
}

const SUFFIXES: readonly (readonly [string, string])[] = [
  ['.vmx', 'config'], ['.vmxf', 'extendedConfig'], ['.nvram', 'nvram'], ['.log', 'log'], ['.vswp', 'swap'], ['.vmss', 'suspend'], ['.vmem', 'suspendMemory'], ['.vmsd', 'snapshotList'], ['.vmsn', 'snapshotData'], ['.vmtx', 'config'], ['.png', 'screenshot'],
];
const typeOfFile = (name: string): string | undefined =>
  /-Snapshot\d+\.vmem$/.test(name) ? 'snapshotMemory' : SUFFIXES.find(([suffix]) => name.endsWith(suffix))?.[1];

/** Gives stat() its one way to read. */
const reading = (read: Reader): Transaction => ({ find: read }) as unknown as Transaction;

export const layoutRule: Rule = {
  type: 'VirtualMachine',
  inputs: ['config', 'runtime', '_home', '_snapshots'],
  derive(props, read) {
    const config = props['config'] as VirtualMachineConfigInfo;
    const home = props['_home'] as ManagedObjectReference | undefined;
    if (!home || !config.files.vmPathName) return undefined;
    const { datastore: dsName, path } = parseDatastorePath(config.files.vmPathName);
    const directory = splitPath(path)[0];
    const files: object[] = [];
    const usage = new Map<string, Usage>();
    const use = (datastore: ManagedObjectReference, committed: number, uncommitted = 0) => {
      const entry = usage.get(datastore.value) ?? { datastore, committed: 0, uncommitted: 0 };
      entry.committed += committed;
      entry.uncommitted += uncommitted;
      usage.set(datastore.value, entry);
    };
    const add = (name: string, type: string, size: number): number => {
      files.push({ key: files.length, name, type, size, uniqueSize: size, accessible: true });
      return files.length - 1;
    };
    for (const [name, entry] of entriesIn<FileEntry>(read({ type: '_Directory', value: `dir:${home.value}:/${directory}` }))) {
      const type = typeOfFile(name);
      if (!type || entry.kind !== 'file') continue;
      add(formatDatastorePath(dsName, directory === '' ? name : `${directory}/${name}`), type, entry.size);
      use(home, entry.size);
    }
    const units = new Map<string, { readonly fileKey: number[] }>();
    const unit = (link: Link): { readonly fileKey: number[] } => {
      const { datastore } = link as { datastore: ManagedObjectReference };
      const place = parseDatastorePath(link.fileName);
      const key = `${datastore.value}:${place.path}`;
      let made = units.get(key);
      if (made) return made;
      const extent = stat(reading(read), datastore, extentOf(place.path));
      const descriptor = stat(reading(read), datastore, place.path);
      use(datastore, (extent?.size ?? 0) + (descriptor?.size ?? 0));
      const fileKey = [add(link.fileName, 'diskDescriptor', descriptor?.size ?? 0)];
      if (extent) fileKey.push(add(formatDatastorePath(place.datastore, extentOf(place.path)), 'diskExtent', extent.size));
      units.set(key, (made = { fileKey }));
      return made;
    };
    const layoutOf = (devices: readonly VirtualDevice[] | undefined) => disks(devices).map((device) => {
      const chain = chainOf(device);
      // Oldest first, as vCenter lists them.
      return { key: device.key, chain: chain.toReversed().map((link) => ({ fileKey: unit(link).fileKey })) };
    });
    const disk = layoutOf(config.hardware.device);
    for (const device of disks(config.hardware.device)) {
      const link = device.backing as Link;
      const written = files[units.get(`${link.datastore!.value}:${parseDatastorePath(link.fileName).path}`)!.fileKey[1] ?? -1] as { size: number } | undefined;
      use(link.datastore!, 0, Math.max(0, Number(device.capacityInBytes ?? 0) - (written?.size ?? 0)));
    }
    const keyOfFile = (name: string): number => (files as readonly { name: string; key: number }[]).find((file) => file.name === name)?.key ?? -1;
    const stem = splitPath(path)[1].replace(/\.vmx$/, '');
    const snapshot = ((props['_snapshots'] ?? NONE) as readonly ManagedObjectReference[]).map((key) => {
      const kept = read(key)!;
      const file = formatDatastorePath(dsName, `${directory === '' ? '' : `${directory}/`}${stem}-Snapshot${(kept['_facts'] as { id: number }).id}`);
      return { key, dataKey: keyOfFile(`${file}.vmsn`), memoryKey: keyOfFile(`${file}.vmem`), disk: layoutOf((kept['config'] as VirtualMachineConfigInfo).hardware.device), file };
    });
    const timestamp = config.modified;
    return {
      layoutEx: { file: files, disk, snapshot: snapshot.length === 0 ? NONE : snapshot.map(({ file: _, ...rest }) => rest), timestamp },
      layout: {
        configFile: [splitPath(path)[1]], logFile: LOGS,
        disk: disks(config.hardware.device).map((device) => ({ key: device.key, diskFile: chainOf(device).toReversed().map((link) => link.fileName) })),
        snapshot: snapshot.length === 0 ? NONE : snapshot.map(({ key, file }) => ({ key, snapshotFile: [`${file}.vmsn`] })),
      },
      storage: { perDatastoreUsage: [...usage.values()].map((entry) => ({ ...entry, unshared: entry.committed })), timestamp },
    };
  },
};

const NONE: readonly never[] = Object.freeze([]);
const LOGS: readonly string[] = Object.freeze(['vmware.log']);

/** Disks that are files in a datastore. */
const disks = (devices: readonly VirtualDevice[] | undefined): VirtualDisk[] =>
  (devices ?? []).filter((device) => isFamily(device, 'disk') && Boolean((device.backing as { fileName?: string; datastore?: unknown } | undefined)?.datastore)) as VirtualDisk[];
