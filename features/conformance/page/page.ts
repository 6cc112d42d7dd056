// The frame of the suite's HTML pages: one file with everything in it.
import { readFileSync } from 'node:fs';
import { projectFile } from '../../support/endpoints/worlds.ts';
import type { Verdict } from '../report.ts';

export const html = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** The class that gives a verdict its colour. */
export const colourOf = (verdict: Verdict): string => (verdict === 'known divergence' ? 'divergence' : verdict === 'passed' || verdict === 'failed' ? verdict : 'other');

export const chip = (verdict: Verdict): string => `<span class="chip ${colourOf(verdict)}">${verdict}</span>`;

/** Milliseconds as people read them. */
export const timeText = (milliseconds: number): string => (milliseconds >= 1000 ? `${(milliseconds / 1000).toFixed(1)} s` : milliseconds === 0 ? '' : `${milliseconds} ms`);

/** JSON that may stand inside of a script element. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');

const own = (name: string): string => readFileSync(projectFile(`features/conformance/page/${name}`), 'utf8');

/** The filters above a table: words, kind, one switch, and a button for each verdict with its count. */
export function filters(kinds: readonly string[], only: string, verdicts: readonly (readonly [Verdict, number])[]): string {
  return `<form class="filters" onsubmit="return false">
<input type="search" placeholder="Search: DEL-03, timeout, datacenter …" aria-label="Search">
<select aria-label="Kind"><option value="">every kind</option>${kinds.map((kind) => `<option>${html(kind)}</option>`).join('')}</select>
<label><input type="checkbox"> ${html(only)}</label>
<div class="verdicts" role="group" aria-label="Results">${verdicts.map(([verdict, count]) => `<button type="button" class="${colourOf(verdict)}" data-verdict="${verdict}" aria-pressed="true" title="Show these alone, or add them">${verdict} ${count}</button>`).join('')}</div>
</form>`;
}

/** The whole document. `data` is what its script reads. */
export function page(title: string, body: string, data: unknown): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${html(title)}</title>
<style>
${own('page.css')}</style>
</head>
<body>
${body}
<noscript><p class="note">Filters and the details of scenarios need JavaScript.</p></noscript>
<script type="application/json" id="data">${inScript(data)}</script>
<script>
${own('page.js')}</script>
</body>
</html>
`;
}
