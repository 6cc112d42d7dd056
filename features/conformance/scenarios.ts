// The scenarios of feature files with their tags, without running them.
import { AstBuilder, compile, GherkinClassicTokenMatcher, Parser } from '@cucumber/gherkin';
import { IdGenerator } from '@cucumber/messages';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A scenario, or one row of an outline. */
export interface Scenario {
  readonly name: string;
  /** Path of its feature file from the top of the project. */
  readonly uri: string;
  /** Line of the scenario, or of the row. */
  readonly line: number;
  /** Without their @. */
  readonly tags: readonly string[];
}

const top = fileURLToPath(new URL('../../../', import.meta.url));

/** Every scenario of the project. Throws when a feature file cannot be parsed. */
export function readScenarios(folder = join(top, 'features')): readonly Scenario[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.feature'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .flatMap((path) => scenariosOf(readFileSync(path, 'utf8'), relative(top, path)));
}

/** The scenarios of one feature file. */
export function scenariosOf(text: string, uri: string): readonly Scenario[] {
  const newId = IdGenerator.incrementing();
  const document = new Parser(new AstBuilder(newId), new GherkinClassicTokenMatcher()).parse(text);
  return compile(document, uri, newId).map(({ name, location, tags }) => ({ name, uri, line: location?.line ?? 0, tags: tags.map((tag) => tag.name.slice(1)) }));
}
