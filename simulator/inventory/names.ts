// Names that a lab leaves open, from a private Faker fed by the simulator's seeded source: the same seed, the same
// names. Loads the word lists only when asked; never touches the global faker.
import type { Faker } from '@faker-js/faker';
import { Random } from '../runtime/random.ts';

export interface Names {
  /** 'esx-brisk.example.com' */
  host(): string;
  /** 'web-orchid' */
  machine(): string;
  /** 'gifted_okuneva', in the manner of docker */
  container(): string;
  /** 'vch-lagoon' */
  vch(): string;
}

const WORDS = /[^a-z0-9]+/g;
const plain = (word: string): string => word.toLowerCase().normalize('NFD').replace(WORDS, '');

/** Names drawn from the seed; `taken` are never given, nor any name twice. */
export async function createNames(seed: number, taken: Iterable<string> = []): Promise<Names> {
  const { faker: shared } = await import('@faker-js/faker/locale/en');
  const random = new Random(seed);
  // The package exports its class only together with all languages: make an own instance from the shared one's class.
  const Private = shared.constructor as typeof Faker;
  const faker = new Private({ locale: shared.rawDefinitions, randomizer: { next: () => random.next() / 2 ** 32, seed: () => undefined } });
  const used = new Set(taken);
  const fresh = (make: () => string): string => {
    for (let attempt = 0; ; attempt++) {
      const name = attempt < 50 ? make() : `${make()}-${attempt}`;
      if (used.has(name)) continue;
      used.add(name);
      return name;
    }
  };
  return {
    host: () => fresh(() => `esx-${plain(faker.word.adjective())}.example.com`),
    machine: () => fresh(() => `${plain(faker.hacker.noun())}-${plain(faker.word.noun())}`),
    container: () => fresh(() => `${plain(faker.word.adjective())}_${plain(faker.person.lastName())}`),
    vch: () => fresh(() => `vch-${plain(faker.word.noun())}`.slice(0, 31)),
  };
}
