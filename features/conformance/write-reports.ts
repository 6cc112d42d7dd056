// Writes what a run leaves: the page, the report as JSON, JUnit XML, the badge, and cucumber's messages.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { badge } from './badge.ts';
import type { Compared } from './compare.ts';
import { junit } from './junit.ts';
import { shownPath } from './options.ts';
import { comparePage } from './page/compare-page.ts';
import { reportPage } from './page/report-page.ts';
import type { Report } from './report.ts';

/** Writes all of them into a folder; gives their names as seen from `directory`, the page first. */
export function writeReports(report: Report, messages: readonly string[], folder: string, directory: string): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const files: readonly (readonly [string, string])[] = [
    ['conformance.html', reportPage(report)],
    ['conformance.json', `${JSON.stringify(report, null, 1)}\n`],
    ['conformance.xml', junit(report)],
    ['conformance.svg', badge(report)],
    ['conformance.ndjson', messages.map((line) => `${line}\n`).join('')],
  ];
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return files.map(([name]) => shownPath(join(folder, name), directory));
}

/** Writes the page of a comparison; gives its name as seen from `directory`. */
export function writeCompared(compared: Compared, folder: string, directory: string): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'compare.html');
  writeFileSync(file, comparePage(compared));
  return shownPath(file, directory);
}
