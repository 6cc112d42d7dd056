// The bytes of a large file as immutable blocks, so that snapshots and copies share them and runs of zeros cost
// nothing. Knows nothing of where files are.

/** Bytes, or that many zeros. */
export type Block = Uint8Array | number;

export interface Blocks {
  readonly size: number;
  readonly blocks: readonly Block[];
}

/** What a file may hold: small files as they were given, large ones in blocks. */
export type Content = Uint8Array | string | Blocks;

/** Content that is stored by length and bytes, as large as one block or larger. */
export const BLOCK = 256 * 1024;

/** Arrays from this size on are kept as they come. */
const KEEP = 12 * 1024;

const ZEROS = Buffer.alloc(BLOCK);

const isBlocks = (content: Content): content is Blocks => typeof content === 'object' && 'blocks' in content;

/** How many bytes there are. */
export const sizeOf = (content: Content): number =>
  typeof content === 'string' ? Buffer.byteLength(content) : isBlocks(content) ? content.size : content.byteLength;

/** Takes bytes as they come and keeps them in blocks. Large arrays are kept as they are: they must not change. */
export class BlockWriter {
  private readonly blocks: Block[] = [];
  private block: Buffer | undefined;
  private filled = 0;
  private written = 0;

  get size(): number {
    return this.written;
  }

  write(chunk: Uint8Array): void {
    // What sockets deliver are arrays of their own: copying them would cost as much as receiving them.
    if (chunk.length >= KEEP && chunk.length <= BLOCK && chunk.buffer.byteLength < 2 * chunk.length) {
      this.flush();
      this.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      this.written += chunk.length;
      return;
    }
    for (let at = 0; at < chunk.length;) {
      this.block ??= Buffer.allocUnsafeSlow(BLOCK);
      const count = Math.min(chunk.length - at, BLOCK - this.filled);
      this.block.set(count === chunk.length ? chunk : chunk.subarray(at, at + count), this.filled);
      this.filled += count;
      at += count;
      if (this.filled === BLOCK) this.flush();
    }
    this.written += chunk.length;
  }

  /** The content; nothing may be written after it. */
  end(): Content {
    if (this.blocks.length === 0) return this.block ? Uint8Array.prototype.slice.call(this.block, 0, this.filled) : new Uint8Array(0);
    this.flush();
    return { size: this.written, blocks: this.blocks };
  }

  private flush(): void {
    const { block, filled } = this;
    if (block === undefined || filled === 0) return;
    this.filled = 0;
    const isKept = this.push(filled === BLOCK ? block : Buffer.from(block.subarray(0, filled)));
    if (isKept && filled === BLOCK) this.block = undefined;
  }

  /** Adds a block; false when it is zeros, of which the number is all that is kept. */
  private push(block: Buffer): boolean {
    if (block.compare(ZEROS, 0, block.length) !== 0) {
      this.blocks.push(block);
      return true;
    }
    const last = this.blocks.at(-1);
    if (typeof last === 'number') this.blocks[this.blocks.length - 1] = last + block.length;
    else this.blocks.push(block.length);
    return false;
  }
}

/** The bytes from `start` up to but not including `end`, in pieces; zeros where there is no content. */
export function* readBytes(content: Content | undefined, start: number, end: number): Iterable<Uint8Array> {
  if (content === undefined) yield* zeros(end - start);
  else if (typeof content === 'string') yield Buffer.from(content).subarray(start, end);
  else if (!isBlocks(content)) yield content.subarray(start, end);
  else {
    let at = 0;
    for (const block of content.blocks) {
      const length = typeof block === 'number' ? block : block.length;
      const [from, to] = [Math.max(start - at, 0), Math.min(end - at, length)];
      if (to > from) {
        if (typeof block === 'number') yield* zeros(to - from);
        else yield block.subarray(from, to);
      }
      at += length;
      if (at >= end) return;
    }
  }
}

function* zeros(count: number): Iterable<Uint8Array> {
  for (let left = count; left > 0; left -= BLOCK) yield left >= BLOCK ? ZEROS : ZEROS.subarray(0, left);
}

/** The content in one piece; of a large one only the first `limit` bytes. */
export function flatten(content: Content, limit = 1024 * 1024): Uint8Array | string {
  return isBlocks(content) ? Buffer.concat([...readBytes(content, 0, Math.min(content.size, limit))]) : content;
}

/** Bytes of content that are not in runs of zeros. */
export function allocated(content: Content | undefined): number {
  if (content === undefined) return 0;
  if (isBlocks(content)) return content.blocks.reduce<number>((sum, block) => (typeof block === 'number' ? sum : sum + block.length), 0);
  return sizeOf(content);
}

/** The content with zeros after it, up to a size. */
export function padded(content: Content, size: number): Content {
  const missing = size - sizeOf(content);
  if (missing <= 0) return content;
  const blocks = isBlocks(content) ? content.blocks : [typeof content === 'string' ? Buffer.from(content) : content];
  return { size, blocks: [...blocks, missing] };
}
