// Facts of the stream-optimized VMDK: header, markers and the numbers that reader and writer share. The layout is that
// of VMware's "Virtual Disk Format 5.0"; numbers are little-endian, places count sectors of 512 bytes.

export const SECTOR = 512;
/** Sectors of a grain: 64 KB, what every stream-optimized disk has. */
export const GRAIN_SECTORS = 128;
export const GRAIN = GRAIN_SECTORS * SECTOR;
/** Grains that one grain table covers. */
export const TABLE_ENTRIES = 512;
/** Where the grains begin: header, descriptor and room for more. */
export const OVERHEAD_SECTORS = 128;
/** The grain directory is told by the footer, not by the header. */
export const AT_END = 0xffff_ffff_ffff_ffffn;

const MAGIC = 0x564d444b;
const HAS_COMPRESSED_GRAINS = 1 << 16;
const HAS_MARKERS = 1 << 17;
const DEFLATE = 1;
const DESCRIPTOR_SECTORS = 20;

/** What a metadata marker announces. */
export const MARKER = { endOfStream: 0, grainTable: 1, grainDirectory: 2, footer: 3 } as const;

export interface VmdkHeader {
  readonly capacitySectors: number;
  readonly grainSectors: number;
  readonly overheadSectors: number;
}

/** Bytes that are no disk image which can be imported. */
export class BadImage extends Error {}

/** Reads a header. Throws BadImage, saying what it is instead of a stream-optimized disk. */
export function readHeader(bytes: Buffer): VmdkHeader {
  if (bytes.length < SECTOR) throw new BadImage('the disk image is shorter than its header');
  if (bytes.readUInt32LE(0) !== MAGIC) throw new BadImage('it is no sparse VMDK: it does not begin with KDMV');
  const flags = bytes.readUInt32LE(8);
  if ((flags & HAS_COMPRESSED_GRAINS) === 0 || (flags & HAS_MARKERS) === 0 || bytes.readUInt16LE(77) !== DEFLATE) {
    throw new BadImage('it is not stream-optimized: convert it with qemu-img convert -O vmdk -o subformat=streamOptimized');
  }
  const [capacitySectors, grainSectors, overheadSectors] = [bytes.readBigUInt64LE(12), bytes.readBigUInt64LE(20), bytes.readBigUInt64LE(64)].map(Number) as [number, number, number];
  if (capacitySectors < 1 || capacitySectors > 62 * 2 ** 31) throw new BadImage(`its header tells a capacity of ${capacitySectors} sectors`);
  if (grainSectors < 1 || grainSectors > 2048 || (grainSectors & (grainSectors - 1)) !== 0) throw new BadImage(`its header tells grains of ${grainSectors} sectors`);
  if (overheadSectors < 1 || overheadSectors > 2 ** 20) throw new BadImage(`its header tells grains from sector ${overheadSectors} on`);
  return { capacitySectors, grainSectors, overheadSectors };
}

/** A header, or the footer, which repeats it with the place of the grain directory. */
export function writeHeader(capacitySectors: number, directoryOffset: bigint): Buffer {
  const header = Buffer.alloc(SECTOR);
  header.writeUInt32LE(MAGIC, 0);
  header.writeUInt32LE(3, 4);
  header.writeUInt32LE(1 | HAS_COMPRESSED_GRAINS | HAS_MARKERS, 8);
  header.writeBigUInt64LE(BigInt(capacitySectors), 12);
  header.writeBigUInt64LE(BigInt(GRAIN_SECTORS), 20);
  header.writeBigUInt64LE(1n, 28);
  header.writeBigUInt64LE(BigInt(DESCRIPTOR_SECTORS), 36);
  header.writeUInt32LE(TABLE_ENTRIES, 44);
  header.writeBigUInt64LE(directoryOffset, 56);
  header.writeBigUInt64LE(BigInt(OVERHEAD_SECTORS), 64);
  header.write('\n \r\n', 73, 'latin1');
  header.writeUInt16LE(DEFLATE, 77);
  return header;
}

/** A metadata marker: what follows it, and how many sectors that has. */
export function marker(type: number, sectors: number): Buffer {
  const bytes = Buffer.alloc(SECTOR);
  bytes.writeBigUInt64LE(BigInt(sectors), 0);
  bytes.writeUInt32LE(type, 12);
  return bytes;
}

/** Filled up with zeros to whole sectors. */
export const wholeSectors = (bytes: number): number => Math.ceil(bytes / SECTOR) * SECTOR;
