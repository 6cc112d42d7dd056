// Names for containers that their makers gave none.
import type { Random } from '../../runtime/random.ts';

const HOW = ['agile', 'bold', 'calm', 'clever', 'eager', 'gentle', 'happy', 'keen', 'lucid', 'merry', 'quick', 'quiet', 'serene', 'sharp', 'steady', 'witty'];
const WHO = ['babbage', 'bohr', 'curie', 'dijkstra', 'euler', 'fermat', 'gauss', 'hopper', 'kepler', 'lovelace', 'meitner', 'noether', 'pascal', 'ptolemy', 'ritchie', 'turing'];

/** A name that is not taken. */
export function freeName(random: Random, taken: ReadonlySet<string>): string {
  for (let n = 0; ; n++) {
    const name = `${random.pick(HOW)}_${random.pick(WHO)}${n > 8 ? n : ''}`;
    if (!taken.has(name)) return name;
  }
}
