// Names of files in a configuration begin with the name of their datastore: here they follow a datastore that is
// renamed. Pure.
import type { ManagedObjectReference, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Reader } from '../../store/derive.ts';

interface FileBacking {
  readonly fileName?: string;
  readonly datastore?: ManagedObjectReference;
  readonly parent?: FileBacking;
}

/** The configuration with all names of files as their datastores are called now; undefined when they are that already. */
export function renamedFiles(config: VirtualMachineConfigInfo, home: ManagedObjectReference | undefined, read: Reader): VirtualMachineConfigInfo | undefined {
  const nameOf = (ref: ManagedObjectReference | undefined) => ref && (read(ref)?.['name'] as string | undefined);
  const renamed = (file: string | undefined, name: string | undefined) =>
    file === undefined || name === undefined || file.startsWith(`[${name}]`) ? file : file.replace(/^\[[^\]]*\]/, `[${name}]`);
  const backingAs = (old: FileBacking | undefined): FileBacking | undefined => {
    if (!old) return undefined;
    const fileName = renamed(old.fileName, nameOf(old.datastore));
    const parent = old.parent && backingAs(old.parent);
    return fileName === old.fileName && parent === old.parent ? old : { ...old, fileName, ...(parent ? { parent } : {}) };
  };
  const homeName = nameOf(home);
  const files = Object.fromEntries(Object.entries(config.files).map(([key, value]) => [key, typeof value === 'string' && key !== '_type' ? renamed(value, homeName) : value]));
  const device = config.hardware.device?.map((old) => {
    const backing = backingAs(old.backing as FileBacking | undefined);
    return backing === old.backing ? old : { ...old, backing: backing as NonNullable<typeof old.backing> };
  });
  if (files['vmPathName'] === config.files.vmPathName && device?.every((made, i) => made === config.hardware.device![i])) return undefined;
  const datastoreUrl = config.datastoreUrl?.map((pair, i) => (i === 0 && homeName !== undefined ? { ...pair, name: homeName } : pair));
  return { ...config, files, datastoreUrl, hardware: { ...config.hardware, device } };
}
