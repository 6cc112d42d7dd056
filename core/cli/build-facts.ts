// Version and build of this copy, as its package and its build recorded them.
import { readFileSync } from 'node:fs';
import type { VersionFacts } from '../engine/version.ts';

/** Compiled files lie one directory deeper than their sources. */
const PLACES = ['../../../', '../../'];

const read = (name: string): string | undefined => {
  for (const place of PLACES) {
    try {
      return readFileSync(new URL(place + name, import.meta.url), 'utf8');
    } catch {
      // Looked for in the next place.
    }
  }
  return undefined;
};

/** The build is what stands in BUILD (written when a release is made); a copy without it was built from source. */
export function buildFacts(): VersionFacts {
  const manifest = JSON.parse(read('package.json') ?? '{}') as { version?: string };
  const build = (read('dist/BUILD') ?? read('BUILD') ?? '').trim();
  return { version: manifest.version ?? '0.0.0', build: build === '' ? 'dev' : build };
}
