// The bytes of files that nobody wrote: a .vmx and a disk's descriptor follow from the machine and the disk, and
// are made when somebody reads them. Other files without content read as zeros.
import type { ManagedObjectReference, VirtualMachineConfigInfo } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { renderVmx } from '../virtual-machine/vmx.ts';
import { flatten, sizeOf, type Content } from './blocks.ts';
import { extentOf, stat, type DiskFacts, type FileEntry } from './files.ts';

/** The text or bytes of a small file (of a large one the beginning), undefined for one that has only a size. */
export function contentOf(tx: Transaction, name: string, entry: FileEntry): Uint8Array | string | undefined {
  const content = wholeContent(tx, name, entry);
  return content === undefined ? undefined : flatten(content);
}

/** All that a file holds; undefined for one that has only a size. `name` is the file's own name. */
export function wholeContent(tx: Transaction, name: string, entry: FileEntry): Content | undefined {
  if (entry.content !== undefined) return entry.content;
  if (entry.vm !== undefined) {
    const config = tx.find({ type: 'VirtualMachine', value: entry.vm })?.['config'] as VirtualMachineConfigInfo | undefined;
    return config ? renderVmx(config) : undefined;
  }
  return entry.disk ? descriptor(name, entry.disk) : undefined;
}

/**
 * A file as its readers see it, and its length. The extent of a thin disk is as long as the disk, whatever it takes up.
 */
export function logicalContent(tx: Transaction, datastore: ManagedObjectReference, path: string, entry: FileEntry): { content: Content | undefined; size: number } {
  const content = wholeContent(tx, path.slice(path.lastIndexOf('/') + 1), entry);
  if (content !== undefined) return { content, size: sizeOf(content) };
  const disk = /-flat\.vmdk$/.test(path) ? stat(tx, datastore, path.replace(/-flat\.vmdk$/, '.vmdk'))?.disk : undefined;
  return { content, size: disk ? Math.max(entry.size, disk.capacityKb * 1024) : entry.size };
}

/** How long a file is for its readers; descriptors and .vmx files are as long as their text. */
export function lengthOf(tx: Transaction, name: string, entry: FileEntry): number {
  if (entry.content === undefined && entry.vm === undefined && !entry.disk) return entry.size;
  const content = wholeContent(tx, name, entry);
  return content === undefined ? entry.size : sizeOf(content);
}

function descriptor(name: string, { capacityKb, thin, uuid, parent }: NonNullable<FileEntry['disk']>): string {
  const sectors = capacityKb * 2;
  const hex = uuid.replaceAll('-', '').toLowerCase().match(/../g) ?? [];
  return [
    '# Disk DescriptorFile', 'version=1', 'encoding="UTF-8"', 'CID=fffffffe', `parentCID=${parent === undefined ? 'ffffffff' : 'fffffffe'}`,
    'isNativeSnapshot="no"', `createType="${parent === undefined ? 'vmfs' : 'vmfsSparse'}"`, ...(parent === undefined ? [] : [`parentFileNameHint="${parent}"`]), '',
    '# Extent description', `RW ${sectors} ${parent === undefined ? 'VMFS' : 'VMFSSPARSE'} "${extentOf(name)}"`, '',
    '# The Disk Data Base', '#DDB', '', 'ddb.adapterType = "lsilogic"', `ddb.geometry.cylinders = "${Math.max(1, Math.floor(sectors / (255 * 63)))}"`,
    'ddb.geometry.heads = "255"', 'ddb.geometry.sectors = "63"', ...(thin ? ['ddb.thinProvisioned = "1"'] : []),
    `ddb.uuid = "${hex.slice(0, 8).join(' ')}-${hex.slice(8).join(' ')}"`, 'ddb.virtualHWVersion = "13"', '',
  ].join('\n');
}

/** What an uploaded file says when it is a disk's descriptor; undefined for any other file. */
export function readDescriptor(name: string, content: Content): DiskFacts | undefined {
  if (!/\.vmdk$/i.test(name) || sizeOf(content) > 64 * 1024) return undefined;
  const text = Buffer.from(flatten(content)).toString('utf8');
  if (!/^# Disk DescriptorFile/.test(text)) return undefined;
  const sectors = [...text.matchAll(/^RW (\d{1,15}) /gm)].reduce((sum, [, count]) => sum + Number(count), 0);
  const hex = /^ddb\.uuid\s*=\s*"([0-9a-f -]*)"/im.exec(text)?.[1]?.replace(/[ -]/g, '').toLowerCase() ?? '';
  const uuid = /^[0-9a-f]{32}$/.test(hex) ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : '';
  const parent = /^parentFileNameHint\s*=\s*"([^"]+)"/m.exec(text)?.[1];
  return { capacityKb: Math.floor(sectors / 2), thin: /^ddb\.thinProvisioned\s*=\s*"1"/m.test(text), uuid, ...(parent === undefined ? {} : { parent }) };
}
