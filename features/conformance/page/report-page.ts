// A report as one HTML page: score, failures, divergences, and every statement with its scenarios. Pure but for the page's frame.
import { countOf, score, testable, type Counts, type Report, type ScenarioReport, type StatementReport, type Verdict } from '../report.ts';
import { shows } from '../selection.ts';
import { chip, colourOf, filters, html, page, timeText } from './page.ts';

const ANSI = /\x1b\[[0-9;?]*[A-Za-z]/g;

const scenarioLine = ({ name, uri, line, milliseconds, result }: ScenarioReport, at: number, open = false): string =>
  `<details class="scenario" data-scenario="${at}"${open ? ' open' : ''}><summary>${chip(result)} ${html(name)} <span class="where">${html(uri.split('/').at(-1)!)}:${line} · ${timeText(milliseconds)}</span></summary></details>`;

function statementRow({ id, kind, text, errorPath, verdict, milliseconds, scenarios: positions, reason, later }: StatementReport, { scenarios }: Report): string {
  const why = reason === undefined ? '' : `<div class="quiet">${html(reason)}.${later === undefined ? '' : ` Later: ${html(later)}.`}</div>`;
  const inner = positions.length === 0
    ? `${html(text)}${why}`
    : `<details><summary>${html(text)}</summary><ul class="scenarios">${positions.map((at) => `<li>${scenarioLine(scenarios[at]!, at)}</li>`).join('')}</ul></details>`;
  const words = [id, kind, text, reason ?? '', ...positions.map((at) => scenarios[at]!.name)].join(' ').toLowerCase();
  return `<tr id="${id}" data-verdict="${verdict}" data-kind="${kind}"${errorPath ? ' data-only' : ''} data-search="${html(words)}"><td><a class="id" href="#${id}">${id}</a>${errorPath ? '<span class="mark">error path</span>' : ''}</td><td class="text">${inner}</td><td class="kind">${kind}</td><td class="result">${chip(verdict)}</td><td class="number scenarios">${positions.length || ''}</td><td class="number time">${timeText(milliseconds)}</td></tr>`;
}

const statementTable = (title: string, statements: readonly StatementReport[], report: Report): string => `<section data-rows>
<h2>${title}</h2>
<table><thead><tr><th>ID</th><th class="text">Statement</th><th>Kind</th><th>Result</th><th class="number">Scenarios</th><th class="number">Time</th></tr></thead>
<tbody>
${statements.map((statement) => statementRow(statement, report)).join('\n')}
</tbody></table>
<p class="nothing" hidden>The filters leave nothing of this.</p>
</section>`;

function failures({ scenarios }: Report): string {
  const failed = scenarios.flatMap((scenario, at) => (scenario.result === 'failed' ? [at] : []));
  if (failed.length === 0) return '';
  const links = (scenario: ScenarioReport): string => shows(scenario).map((id) => `<a class="id" href="#${id}">${id}</a>`).join(' ');
  return `<section><h2>${failed.length} ${failed.length === 1 ? 'scenario' : 'scenarios'} failed</h2>
${failed.map((at, n) => `<div class="card">${links(scenarios[at]!)}${scenarioLine(scenarios[at]!, at, n < 3)}</div>`).join('\n')}
</section>`;
}

const STATES = { seen: 'seen', 'passes now': 'passes now: take it out', 'not run': 'not run' } as const;

function divergenceTable({ divergences }: Report): string {
  if (divergences.length === 0) return '';
  return `<section><h2>Known divergences</h2>
<table class="reasons"><thead><tr><th>Of</th><th class="text">Reason</th><th>State</th></tr></thead><tbody>
${divergences.map(({ key, reason, state }) => `<tr><td>${/^[A-Z]+-\d+$/.test(key) ? `<a class="id" href="#${key}">${key}</a>` : html(key)}</td><td class="text">${html(reason)}</td><td class="result"><span class="chip ${state === 'passes now' ? 'divergence' : 'other'}">${STATES[state]}</span></td></tr>`).join('\n')}
</tbody></table></section>`;
}

const BAR: readonly Verdict[] = ['passed', 'failed', 'known divergence', 'skipped', 'not run'];

/** Shares of the whole, for the eye. */
const bar = (counts: Counts): string => `<div class="bar" aria-hidden="true">${BAR.map((verdict) => `<i class="${colourOf(verdict)}" style="flex:${counts[verdict]}"></i>`).join('')}</div>`;

/** The page. */
export function reportPage(report: Report): string {
  const { subject, endpoint, started, milliseconds, order, statements, scenarios } = report;
  const guide = testable(report);
  const counts = countOf(guide);
  const { met, of, whole } = score(report);
  const all = countOf(statements);
  const ends = countOf(scenarios);
  const title = `Conformance of ${subject} on ${endpoint}`;
  const body = `<header>
<h1>${html(title)}</h1>
<p class="facts">${html(started.replace('T', ' ').replace(/\.\d+Z$/, ' UTC'))} · ${timeText(milliseconds)} · ${scenarios.length} scenarios: ${BAR.filter((verdict) => ends[verdict] > 0).map((verdict) => `${ends[verdict]} ${verdict}`).join(', ')}${order === 'defined' ? '' : ` · order ${html(order)}`}</p>
</header>
<div class="score"><strong>${met} of ${of}</strong><span>statements of the administrators' guide that ${whole ? 'can be tested on a simulator' : 'were run'} are met</span></div>
${bar(counts)}
${failures(report)}
${divergenceTable(report)}
${filters([...new Set(statements.map(({ kind }) => kind))], 'error paths only', (Object.entries(all) as [Verdict, number][]).filter(([, count]) => count > 0))}
${statementTable('The administrators\' guide', statements.filter(({ own }) => !own), report)}
${statementTable('Ours: create', statements.filter(({ own }) => own), report)}`;
  const shown = scenarios.map(({ step, message, reason, divergence, runs, changes, trace, again }) => ({ step, message: message?.replace(ANSI, ''), reason, divergence, runs: runs.map(({ argv, code, stdout, stderr }) => ({ argv, code, stdout: stdout.replace(ANSI, ''), stderr: stderr.replace(ANSI, '') })), changes, trace, again }));
  return page(title, body, { scenarios: shown });
}
