// Reads a stream-optimized VMDK as it arrives and keeps its grains as the content of a flat disk. Holds one grain at a
// time beside what it keeps.
import { inflateSync } from 'node:zlib';
import type { Block, Content } from '../datastore/blocks.ts';
import { BadImage, MARKER, readHeader, SECTOR, wholeSectors, type VmdkHeader } from './vmdk-format.ts';

const ZEROS = Buffer.alloc(2048 * SECTOR);

/** What an image holds. */
export interface Image {
  readonly capacityBytes: number;
  /** As long as the capacity; runs without grains are zeros. */
  readonly content: Content;
  /** Bytes in grains that are not all zeros: what a thin disk takes up. */
  readonly populated: number;
}

export class VmdkReader {
  private header: VmdkHeader | undefined;
  private pending: Buffer[] = [];
  private available = 0;
  /** Bytes to pass over before the next marker. */
  private skip = 0;
  private ended = false;
  private readonly blocks: Block[] = [];
  private at = 0;
  private kept = 0;

  /** The capacity, as soon as the header was read. */
  get capacityBytes(): number | undefined {
    return this.header && this.header.capacitySectors * SECTOR;
  }

  /** Bytes kept so far. */
  get populated(): number {
    return this.kept;
  }

  /** Takes the next bytes. Throws BadImage. */
  write(chunk: Uint8Array): void {
    if (chunk.length === 0 || this.ended) return;
    this.pending.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    this.available += chunk.length;
    while (!this.ended && this.step());
  }

  /** The whole image. Throws BadImage when the stream stopped before its end. */
  end(): Image {
    if (!this.header || !this.ended) throw new BadImage(this.header ? 'the disk image breaks off before its end-of-stream marker' : 'the disk image is shorter than its header');
    const capacityBytes = this.capacityBytes!;
    this.gap(capacityBytes - this.at);
    return { capacityBytes, content: { size: capacityBytes, blocks: this.blocks }, populated: this.kept };
  }

  /** Does one piece of work; false when more bytes are needed for it. */
  private step(): boolean {
    if (!this.header) {
      if (this.available < SECTOR) return false;
      this.header = readHeader(this.take(SECTOR));
      this.skip = (this.header.overheadSectors - 1) * SECTOR;
      return true;
    }
    if (this.skip > 0) {
      if (this.available === 0) return false;
      this.skip -= this.take(Math.min(this.skip, this.available)).length;
      return true;
    }
    if (this.available < 16) return false;
    const head = this.peek(16);
    const value = Number(head.readBigUInt64LE(0));
    const size = head.readUInt32LE(8);
    return size === 0 ? this.metadata(value, head.readUInt32LE(12)) : this.grain(value, size);
  }

  private metadata(sectors: number, type: number): boolean {
    if (this.available < SECTOR) return false;
    if (type > MARKER.footer) throw new BadImage(`it has a marker of the unknown type ${type}`);
    this.take(SECTOR);
    if (type === MARKER.endOfStream) this.ended = true;
    else if (sectors > 2 ** 24) throw new BadImage(`a marker announces ${sectors} sectors`);
    else this.skip = sectors * SECTOR;
    return true;
  }

  private grain(sector: number, size: number): boolean {
    const { grainSectors, capacitySectors } = this.header!;
    const most = grainSectors * SECTOR;
    // Deflated data of a grain is hardly longer than the grain.
    if (size > 2 * most + 1024) throw new BadImage(`the grain at sector ${sector} has ${size} compressed bytes`);
    const length = wholeSectors(12 + size);
    if (this.available < length) return false;
    if (sector % grainSectors !== 0 || sector >= capacitySectors) throw new BadImage(`a grain is at sector ${sector} of ${capacitySectors}`);
    if (sector * SECTOR < this.at) throw new BadImage(`the grain at sector ${sector} is out of order`);
    const packed = this.take(length).subarray(12, 12 + size);
    let bytes: Buffer;
    try {
      bytes = inflateSync(packed, { maxOutputLength: most });
    } catch {
      throw new BadImage(`the grain at sector ${sector} cannot be unpacked`);
    }
    this.gap(sector * SECTOR - this.at);
    this.keep(bytes.subarray(0, capacitySectors * SECTOR - sector * SECTOR));
    return true;
  }

  private keep(bytes: Buffer): void {
    if (bytes.compare(ZEROS, 0, bytes.length) === 0) this.gap(bytes.length);
    else {
      // Copied: what zlib gives may be a view of a larger array.
      this.blocks.push(Buffer.from(bytes));
      this.kept += bytes.length;
      this.at += bytes.length;
    }
  }

  private gap(bytes: number): void {
    if (bytes <= 0) return;
    const last = this.blocks.at(-1);
    if (typeof last === 'number') this.blocks[this.blocks.length - 1] = last + bytes;
    else this.blocks.push(bytes);
    this.at += bytes;
  }

  private peek(count: number): Buffer {
    const first = this.pending[0]!;
    if (first.length >= count) return first.subarray(0, count);
    this.pending = [Buffer.concat(this.pending)];
    return this.pending[0]!.subarray(0, count);
  }

  private take(count: number): Buffer {
    const bytes = this.peek(count);
    const first = this.pending[0]!;
    if (first.length === count) this.pending.shift();
    else this.pending[0] = first.subarray(count);
    this.available -= count;
    return bytes;
  }
}
