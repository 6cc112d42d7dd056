// The badge of a report: how many of the statements that can be tested are met. Pure.
import { countOf, score, testable, type Report } from './report.ts';

/** Widths of Verdana 11 by character, roughly; badges need no more. */
const WIDTH = 6.7;
const NARROW = /[ ,.:/il1]/g;
const widthOf = (text: string): number => Math.round((text.length - (text.match(NARROW)?.length ?? 0) * 0.4) * WIDTH) + 14;

/** What stands on it, and its colour. */
export function badgeWords(report: Report): { readonly text: string; readonly colour: string } {
  const counts = countOf(testable(report));
  const { met, of, whole } = score(report);
  const more = [
    ...(counts.failed === 0 ? [] : [`${counts.failed} failed`]),
    ...(counts['known divergence'] === 0 ? [] : [`${counts['known divergence']} known ${counts['known divergence'] === 1 ? 'divergence' : 'divergences'}`]),
  ];
  const colour = counts.failed > 0 ? '#c0392b' : met === of && whole ? '#2e7d32' : '#9a6700';
  return { text: [`${met} of ${of}${whole ? '' : ' run'}`, ...more].join(', '), colour };
}

/** An SVG image. */
export function badge(report: Report): string {
  const label = 'VIC conformance';
  const { text, colour } = badgeWords(report);
  const [left, right] = [widthOf(label), widthOf(text)];
  const word = (content: string, x: number): string => `<text x="${x}" y="14">${content}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${text}">
<title>${label}: ${text}</title>
<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>
<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#444"/><rect x="${left}" width="${right}" height="20" fill="${colour}"/></g>
<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">${word(label, left / 2)}${word(text, left + right / 2)}</g>
</svg>
`;
}
