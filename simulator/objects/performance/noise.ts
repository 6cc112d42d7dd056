// Seeded unrest around a mean, as a pure function of time: every 20 seconds have a deviation of their own, and so have
// every five minutes, half hours, two hours and days. What is below a block adds up to nothing in it, so an average over
// whole blocks is what the higher levels say, and a rollup agrees exactly with the samples it is made of.
import { hash } from '../../runtime/random.ts';

/** Ticks (of 20 seconds) in a block of each level. */
const SIZES = [1, 15, 90, 360, 4320] as const;
const DAYS = 4;
/** How far a block of each level deviates at most; twice the sum of all but the last is less than 1 with it, so nothing gets negative. */
const SWINGS = [0.15, 0.1, 0.08, 0.1, 0.07] as const;

/** splitmix's mixer: neighbouring numbers get far apart. */
function mixed(value: number): number {
  let z = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** A number from -1 to 1 for a block. */
const deviation = (seed: number, level: number, index: number): number =>
  mixed(seed ^ Math.imul(index + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(level + 1, 0xc2b2ae35)) / 0x7fffffff - 1;

export class Noise {
  private readonly seed: number;
  /** The newest block of each level with the deviations of what is in it: reading goes forward in time. */
  private readonly blocks: { index: number; parts: readonly number[] }[] = [];

  constructor(name: string) {
    this.seed = hash(name);
  }

  /** The sum of the relative deviations of ticks `from` up to, but not including, `to`. */
  total(from: number, to: number): number {
    let sum = 0;
    for (let level = 0; level < DAYS; level++) {
      const size = SIZES[level + 1]!;
      const [first, last] = [Math.floor(from / size), Math.floor((to - 1) / size)];
      sum += this.inBlock(level, first, from, to);
      if (last !== first) sum += this.inBlock(level, last, from, to);
    }
    const day = SIZES[DAYS];
    for (let index = Math.floor(from / day); index * day < to; index++) {
      sum += SWINGS[DAYS] * deviation(this.seed, DAYS, index) * (Math.min(to, (index + 1) * day) - Math.max(from, index * day));
    }
    return sum;
  }

  /** What the parts of one block add within a span of ticks: nothing when all of the block is in it. */
  private inBlock(level: number, index: number, from: number, to: number): number {
    const start = index * SIZES[level + 1]!;
    if (from <= start && to >= start + SIZES[level + 1]!) return 0;
    const size = SIZES[level]!;
    const parts = this.parts(level, index);
    const [first, end] = [Math.max(from, start), Math.min(to, start + SIZES[level + 1]!)];
    let sum = 0;
    for (let at = first; at < end;) {
      const part = Math.floor((at - start) / size);
      const next = Math.min(end, start + (part + 1) * size);
      sum += parts[part]! * (next - at);
      at = next;
    }
    return sum;
  }

  private parts(level: number, index: number): readonly number[] {
    const known = this.blocks[level];
    if (known?.index === index) return known.parts;
    const count = SIZES[level + 1]! / SIZES[level]!;
    const raw = Array.from({ length: count }, (_, i) => deviation(this.seed, level, index * count + i));
    const mean = raw.reduce((sum, value) => sum + value, 0) / count;
    const parts = raw.map((value) => (value - mean) * SWINGS[level]!);
    this.blocks[level] = { index, parts };
    return parts;
  }
}

/** A fixed number from 0 to 1 for a name. */
export const share = (name: string): number => mixed(hash(name)) / 0x1_0000_0000;
