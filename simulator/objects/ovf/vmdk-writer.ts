// Writes the content of a disk as a stream-optimized VMDK, grain by grain: what a download of an export is.
import { deflateSync } from 'node:zlib';
import { readBytes, type Content } from '../datastore/blocks.ts';
import {
  AT_END, GRAIN, GRAIN_SECTORS, MARKER, marker, OVERHEAD_SECTORS, SECTOR, TABLE_ENTRIES, wholeSectors, writeHeader,
} from './vmdk-format.ts';

export interface Source {
  readonly capacityBytes: number;
  /** undefined for a disk of zeros. */
  readonly content: Content | undefined;
}

const EMPTY = Buffer.alloc(GRAIN);

/** The image in pieces, always the same bytes for the same content. */
export function* writeVmdk({ capacityBytes, content }: Source): Iterable<Uint8Array> {
  const capacity = Math.ceil(capacityBytes / SECTOR);
  let at = 0;
  const placed = (piece: Buffer): Buffer => {
    at += piece.length / SECTOR;
    return piece;
  };
  yield placed(writeHeader(capacity, AT_END));
  yield placed(descriptor(capacity));
  const tables: number[] = [];
  let table = new Uint32Array(TABLE_ENTRIES);
  let used = false;
  for (const { index, bytes } of grains(content, capacityBytes)) {
    for (; tables.length < Math.floor(index / TABLE_ENTRIES); used = false) {
      yield* flush(table, used);
      table = new Uint32Array(TABLE_ENTRIES);
    }
    table[index % TABLE_ENTRIES] = at;
    used = true;
    yield placed(grain(index * GRAIN_SECTORS, bytes));
  }
  const count = Math.ceil(Math.ceil(capacity / GRAIN_SECTORS) / TABLE_ENTRIES);
  for (; tables.length < count; used = false) {
    yield* flush(table, used);
    table = new Uint32Array(TABLE_ENTRIES);
  }
  const directory = Buffer.alloc(wholeSectors(count * 4));
  tables.forEach((sector, i) => directory.writeUInt32LE(sector, i * 4));
  yield placed(marker(MARKER.grainDirectory, directory.length / SECTOR));
  const directoryAt = at;
  yield placed(directory);
  yield marker(MARKER.footer, 1);
  yield writeHeader(capacity, BigInt(directoryAt));
  yield marker(MARKER.endOfStream, 0);

  function* flush(entries: Uint32Array, isUsed: boolean): Iterable<Uint8Array> {
    if (!isUsed) {
      tables.push(0);
      return;
    }
    const bytes = Buffer.alloc(TABLE_ENTRIES * 4);
    entries.forEach((sector, i) => bytes.writeUInt32LE(sector, i * 4));
    yield placed(marker(MARKER.grainTable, bytes.length / SECTOR));
    tables.push(at);
    yield placed(bytes);
  }
}

/** The grains that are not all zeros. */
function* grains(content: Content | undefined, capacityBytes: number): Iterable<{ index: number; bytes: Buffer }> {
  if (content === undefined) return;
  if (typeof content === 'object' && 'blocks' in content) {
    // Runs of zeros are passed over without being made.
    let at = 0;
    let next = 0;
    for (const block of content.blocks) {
      const length = typeof block === 'number' ? block : block.length;
      const last = Math.ceil(Math.min(at + length, capacityBytes) / GRAIN);
      if (typeof block !== 'number') for (let index = Math.max(next, Math.floor(at / GRAIN)); index < last; index++) yield* one(content, capacityBytes, index);
      if (typeof block !== 'number') next = last;
      at += length;
    }
    return;
  }
  const size = Math.min(capacityBytes, typeof content === 'string' ? Buffer.byteLength(content) : content.byteLength);
  for (let index = 0; index * GRAIN < size; index++) yield* one(content, size, index);
}

function* one(content: Content, size: number, index: number): Iterable<{ index: number; bytes: Buffer }> {
  const bytes = Buffer.alloc(GRAIN);
  let filled = 0;
  for (const piece of readBytes(content, index * GRAIN, Math.min((index + 1) * GRAIN, size))) {
    bytes.set(piece, filled);
    filled += piece.length;
  }
  if (bytes.compare(EMPTY) !== 0) yield { index, bytes };
}

function grain(sector: number, bytes: Buffer): Buffer {
  const packed = deflateSync(bytes);
  const piece = Buffer.alloc(wholeSectors(12 + packed.length));
  piece.writeBigUInt64LE(BigInt(sector), 0);
  piece.writeUInt32LE(packed.length, 8);
  packed.copy(piece, 12);
  return piece;
}

/** The text that tells tools what the image is, in the room between header and grains. */
function descriptor(capacity: number): Buffer {
  const text = [
    '# Disk DescriptorFile', 'version=1', 'CID=7e5b80a7', 'parentCID=ffffffff', 'createType="streamOptimized"', '', '# Extent description',
    `RDONLY ${capacity} SPARSE "call-me-stream.vmdk"`, '', '# The Disk Data Base', '#DDB', '', 'ddb.adapterType = "lsilogic"',
    `ddb.geometry.cylinders = "${Math.max(1, Math.floor(capacity / (255 * 63)))}"`, 'ddb.geometry.heads = "255"', 'ddb.geometry.sectors = "63"', 'ddb.virtualHWVersion = "13"', '',
  ].join('\n');
  const bytes = Buffer.alloc((OVERHEAD_SECTORS - 1) * SECTOR);
  bytes.write(text);
  return bytes;
}
