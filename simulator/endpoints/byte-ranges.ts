// The Range header (RFC 9110 section 14) over something of known size, and the multipart reply to several ranges. Pure.

/** Bytes `start` up to but not including `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

const MOST_RANGES = 64;

/**
 * The ranges that are asked for; undefined when the header is to be ignored (no byte ranges, malformed, or more bytes
 * than the whole); an empty list when none lies inside.
 */
export function parseRanges(header: string | undefined, size: number): readonly ByteRange[] | undefined {
  const specs = /^\s*bytes\s*=(.*)$/i.exec(header ?? '')?.[1]?.split(',').map((spec) => spec.trim()).filter((spec) => spec !== '');
  if (!specs || specs.length === 0 || specs.length > MOST_RANGES) return undefined;
  const ranges: ByteRange[] = [];
  for (const spec of specs) {
    const match = /^(\d{0,15})\s*-\s*(\d{0,15})$/.exec(spec);
    if (!match || (match[1] === '' && match[2] === '')) return undefined;
    const [first, last] = [match[1]!, match[2]!];
    if (first === '') {
      if (Number(last) > 0 && size > 0) ranges.push({ start: Math.max(0, size - Number(last)), end: size });
      continue;
    }
    if (last !== '' && Number(last) < Number(first)) return undefined;
    if (Number(first) < size) ranges.push({ start: Number(first), end: last === '' ? size : Math.min(size, Number(last) + 1) });
  }
  // Overlapping ranges that add up to more than the whole are an attack or a mistake: the whole answers both.
  return ranges.length > 1 && ranges.reduce((sum, { start, end }) => sum + end - start, 0) > size ? undefined : ranges;
}

export const contentRange = ({ start, end }: ByteRange, size: number): string => `bytes ${start}-${end - 1}/${size}`;

export interface Multipart {
  readonly type: string;
  readonly length: number;
  readonly body: Iterable<Uint8Array>;
}

/** Several ranges as one multipart/byteranges body. `boundary` must not occur in the parts. */
export function multipart(
  ranges: readonly ByteRange[], size: number, partType: string, boundary: string, read: (range: ByteRange) => Iterable<Uint8Array>,
): Multipart {
  const heads = ranges.map((range) => Buffer.from(`\r\n--${boundary}\r\nContent-Type: ${partType}\r\nContent-Range: ${contentRange(range, size)}\r\n\r\n`));
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  const length = ranges.reduce((sum, { start, end }, i) => sum + heads[i]!.length + end - start, tail.length);
  const body = function* () {
    for (const [i, range] of ranges.entries()) {
      yield heads[i]!;
      yield* read(range);
    }
    yield tail;
  };
  return { type: `multipart/byteranges; boundary=${boundary}`, length, body: body() };
}
