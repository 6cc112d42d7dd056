// Seeded randomness: the same seed gives the same world. Names come from a private Faker instance fed by this source.

const MIX = 0x9e3779b9;

export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  /** A 32-bit unsigned integer (splitmix32: full period, every seed usable). */
  next(): number {
    this.state = (this.state + MIX) >>> 0;
    let z = this.state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** An integer from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    return low + (this.next() % (high - low + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[this.integer(0, items.length - 1)]!;
  }

  /** `count` random bytes as lower-case hex. */
  hex(count: number): string {
    let text = '';
    while (text.length < count * 2) text += this.next().toString(16).padStart(8, '0');
    return text.slice(0, count * 2);
  }

  /** A version 4 UUID. */
  uuid(): string {
    const h = this.hex(16);
    const variant = ((parseInt(h[16]!, 16) & 3) | 8).toString(16);
    return `${h.slice(0, 8)}-${h.slice(8, 12)}-4${h.slice(13, 16)}-${variant}${h.slice(17, 20)}-${h.slice(20)}`;
  }

  /** An independent source: what draws from it does not shift what draws from this one later. */
  split(): Random {
    return new Random(this.next());
  }
}

/** A stable 32-bit number for a text (FNV-1a): seeds for things that must not depend on the order of creation. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193);
  return value >>> 0;
}
