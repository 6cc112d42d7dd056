// The bytes of files that nobody wrote: a .vmx and a disk's descriptor follow from the machine and the disk, and
// are made when somebody reads them. Other files without content read as zeros.
import type { VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { renderVmx } from '../virtual-machine/vmx.ts';
import type { FileEntry } from './files.ts';

/** The text or bytes of a file; undefined for one that has only a size. `name` is the file's own name. */
export function contentOf(tx: Transaction, name: string, entry: FileEntry): Uint8Array | string | undefined {
  if (entry.content !== undefined) return entry.content;
  if (entry.vm !== undefined) {
    const config = tx.find({ type: 'VirtualMachine', value: entry.vm })?.['config'] as VirtualMachineConfigInfo | undefined;
    return config ? renderVmx(config) : undefined;
  }
  return entry.disk ? descriptor(name, entry.disk) : undefined;
}

/** How long a file is for its readers; descriptors and .vmx files are as long as their text. */
export function lengthOf(tx: Transaction, name: string, entry: FileEntry): number {
  if (entry.content === undefined && entry.vm === undefined && !entry.disk) return entry.size;
  const content = contentOf(tx, name, entry);
  return content === undefined ? entry.size : typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength;
}

function descriptor(name: string, { capacityKb, thin, uuid }: NonNullable<FileEntry['disk']>): string {
  const sectors = capacityKb * 2;
  const hex = uuid.replaceAll('-', '').toLowerCase().match(/../g) ?? [];
  return [
    '# Disk DescriptorFile', 'version=1', 'encoding="UTF-8"', 'CID=fffffffe', 'parentCID=ffffffff', 'isNativeSnapshot="no"', 'createType="vmfs"', '',
    '# Extent description', `RW ${sectors} VMFS "${name.replace(/\.vmdk$/, '')}-flat.vmdk"`, '',
    '# The Disk Data Base', '#DDB', '', 'ddb.adapterType = "lsilogic"', `ddb.geometry.cylinders = "${Math.max(1, Math.floor(sectors / (255 * 63)))}"`,
    'ddb.geometry.heads = "255"', 'ddb.geometry.sectors = "63"', ...(thin ? ['ddb.thinProvisioned = "1"'] : []),
    `ddb.uuid = "${hex.slice(0, 8).join(' ')}-${hex.slice(8).join(' ')}"`, 'ddb.virtualHWVersion = "13"', '',
  ].join('\n');
}
