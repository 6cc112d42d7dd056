// Makes wrong inputs out of right ones: a text is taken from a corpus and damaged a few times, by a seeded source.

const EDGES = ['', '0', '-1', '1', '2147483647', '2147483648', '-9223372036854775809', '1e999', 'NaN', 'true', 'null', '\0', '\u{1f4a9}', '\ufffe', '%', '%00', '%2e%2e%2f', '../', '..\\', '/', '//', '[', ']', '"', "'", '<', '>', '&', '&#0;', '&#x110000;', ']]>', '<!--', '<![CDATA[', '<?xml', '<!DOCTYPE a [<!ENTITY b "c">]>', ':', ';', ',', '\n', '\r\n', '\t', '__proto__', 'constructor', 'toString', '*', '-', '--', '=', 'a'.repeat(300)];

export class Mutator {
  /** @param random seeded source  @param corpus texts that are right  @param words what else belongs to this language */
  constructor(random, corpus, words = []) {
    this.random = random;
    this.corpus = corpus;
    this.words = [...EDGES, ...words];
  }

  /** One damaged text; now and then it is left as it is, so that what is right is seen too. */
  text() {
    let text = this.random.pick(this.corpus);
    for (let count = this.random.integer(0, 6); count > 0; count -= 1) text = this.damage(text);
    return text.length > 200_000 ? text.slice(0, 200_000) : text;
  }

  /** A text of which only one value between tags is damaged: it stays well-formed, and is read to its end. */
  value() {
    const text = this.random.pick(this.corpus);
    const values = [...text.matchAll(/>([^<>]+)</g)];
    const { 1: value, index } = this.random.pick(values);
    const damaged = (this.random.integer(0, 2) === 0 ? this.random.pick(this.words) : this.damage(value)).replace(/[<>&]/g, '');
    return text.slice(0, index + 1) + damaged + text.slice(index + 1 + value.length);
  }

  damage(text) {
    const { random } = this;
    const at = random.integer(0, text.length);
    const to = Math.min(text.length, at + random.integer(0, random.pick([1, 8, 64, 4096])));
    switch (random.integer(0, 8)) {
      case 0: // cut
        return text.slice(0, at) + text.slice(to);
      case 1: // twice
        return text.slice(0, to) + text.slice(at);
      case 2: // many times
        return text.slice(0, at) + text.slice(at, to).repeat(random.integer(2, 40)) + text.slice(to);
      case 3: // something of another text
        return text.slice(0, at) + this.piece() + text.slice(to);
      case 4: // cut off
        return text.slice(0, at);
      case 5: // one character is another
        return text.slice(0, at) + String.fromCharCode(random.integer(0, random.pick([127, 255, 65_535]))) + text.slice(at + 1);
      case 6: // a number is another
        return text.replace(/\d+/, () => random.pick(EDGES));
      case 7: { // a word is another
        const words = [...text.matchAll(/[A-Za-z_][\w.-]*/g)];
        if (words.length === 0) return this.random.pick(this.words);
        const { 0: word, index } = random.pick(words);
        return text.slice(0, index) + this.random.pick(this.words) + text.slice(index + word.length);
      }
      default:
        return text.slice(0, at) + this.random.pick(this.words) + text.slice(at);
    }
  }

  piece() {
    const other = this.random.pick(this.corpus);
    const at = this.random.integer(0, other.length);
    return other.slice(at, at + this.random.integer(0, 200));
  }
}
