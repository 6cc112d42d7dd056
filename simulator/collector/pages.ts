// Answers that are handed out in parts: what is left of them, by the token that asks for more.

export interface Page<T> {
  readonly items: readonly T[];
  /** Present when there is more. */
  readonly next: string | undefined;
}

interface Rest<T> {
  readonly items: readonly T[];
  readonly offset: number;
  readonly size: number | undefined;
}

export class Pages<T> {
  private readonly rests = new Map<string, Rest<T>>();
  private readonly keep: number;
  private count = 0;

  /** @param keep how many tokens stay valid; the oldest goes first */
  constructor(keep: number) {
    this.keep = keep;
  }

  /** The first part of `items`, at most `size` of them. `prefix` begins the token of the rest. */
  first(items: readonly T[], size: number | undefined, prefix: string): Page<T> {
    return this.part({ items, offset: 0, size }, prefix);
  }

  /**
   * The part that a token stands for, or undefined when it stands for none. The token stays valid. Parts keep the
   * size of the first one unless `resize` gives another.
   */
  next(token: string, prefix: string, resize?: { readonly size: number | undefined }): Page<T> | undefined {
    const rest = this.rests.get(token);
    return rest && this.part(resize ? { ...rest, ...resize } : rest, prefix);
  }

  /** Ends a token; false when there is no such token. */
  drop(token: string): boolean {
    return this.rests.delete(token);
  }

  clear(): void {
    this.rests.clear();
  }

  private part({ items, offset, size }: Rest<T>, prefix: string): Page<T> {
    const end = offset + (size ?? items.length);
    if (end >= items.length) return { items: offset === 0 ? items : items.slice(offset), next: undefined };
    this.count += 1;
    const next = `${prefix}${this.count}`;
    this.rests.set(next, { items, offset: end, size });
    if (this.rests.size > this.keep) this.rests.delete(this.rests.keys().next().value!);
    return { items: items.slice(offset, end), next };
  }
}
