// Two reports side by side as one HTML page. Pure but for the page's frame.
import type { Compared, Row, Side } from '../compare.ts';
import type { Verdict } from '../report.ts';
import { chip, filters, html, page } from './page.ts';

const cell = (verdict: Row['verdicts'][number]): string => `<td class="result">${verdict === 'absent' ? '<span class="quiet">not in this report</span>' : chip(verdict)}</td>`;

const tableRow = ({ id, text, kind, verdicts, different }: Row): string =>
  `<tr id="${id}" data-verdict="${verdicts[1]}" data-kind="${kind}"${different ? ' class="different" data-only' : ''} data-search="${html(`${id} ${kind} ${text} ${verdicts.join(' ')}`.toLowerCase())}"><td><a class="id" href="#${id}">${id}</a></td><td class="text">${html(text)}</td>${verdicts.map(cell).join('')}</tr>`;

const score = ({ title, counts, of, started }: Side, at: number): string =>
  `<div class="score"><strong>${counts.passed} of ${of}</strong><span>${'AB'[at]!}: ${html(title)} <span class="quiet">(${html(started.slice(0, 16).replace('T', ' '))})</span></span></div>`;

/** The page; differences can be shown alone. */
export function comparePage({ sides, rows }: Compared): string {
  const different = rows.filter((row) => row.different).length;
  const oneSided = rows.filter((row) => row.oneSided).length;
  const verdicts = [...new Set(rows.map((row) => row.verdicts[1]))].map((verdict) => [verdict as Verdict, rows.filter((row) => row.verdicts[1] === verdict).length] as const);
  const body = `<header><h1>${html(`${sides[0].title} beside ${sides[1].title}`)}</h1></header>
${sides.map(score).join('\n')}
<p>${different === 0 ? 'Every statement that both ran has the same result.' : `${different} statements differ.`}${oneSided === 0 ? '' : ` ${oneSided} were run for one of them only.`}</p>
${filters([...new Set(rows.map(({ kind }) => kind))], 'differences only', verdicts)}
<p class="quiet">The buttons filter by the result of B.</p>
<section data-rows>
<table class="sides"><thead><tr><th>ID</th><th class="text">Statement</th><th>A: ${html(sides[0].title)}</th><th>B: ${html(sides[1].title)}</th></tr></thead>
<tbody>
${rows.map(tableRow).join('\n')}
</tbody></table>
<p class="nothing" hidden>The filters leave nothing.</p>
</section>`;
  return page(`${sides[0].title} beside ${sides[1].title}`, body, { scenarios: [] });
}
