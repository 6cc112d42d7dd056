// XML text by identity of the value it was made from. Owns how much is kept; knows nothing of types.

/** Shorter texts are cheaper to write again than to look up. */
const WORTH_KEEPING = 192;
const DEFAULT_BUDGET = 64 * 1024 * 1024;

interface Entry {
  readonly type: string;
  readonly xml: string;
}

export class XmlCache {
  private entries = new WeakMap<object, Entry>();
  private readonly budget: number;
  private kept = 0;

  /** `budget`: characters after which everything is forgotten, so that memory stays bounded. */
  constructor(budget: number = DEFAULT_BUDGET) {
    this.budget = budget;
  }

  get(value: object, type: string): string | undefined {
    const entry = this.entries.get(value);
    // An object without _type can stand in positions of different declared types.
    return entry?.type === type ? entry.xml : undefined;
  }

  set(value: object, type: string, xml: string): void {
    if (xml.length < WORTH_KEEPING) return;
    this.kept += xml.length;
    if (this.kept > this.budget) {
      this.entries = new WeakMap();
      this.kept = xml.length;
    }
    // Reading one character makes V8 turn the chain of concatenations into one flat, far smaller string.
    xml.charCodeAt(0);
    this.entries.set(value, { type, xml });
  }
}
