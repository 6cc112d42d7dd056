// A report as JUnit XML, as CI servers read it: a suite for each feature file, a case for each scenario. Pure.
import type { Report, ScenarioReport } from './report.ts';
import { shows } from './selection.ts';

/** XML has no way to write most control characters. */
const xml = (text: string): string =>
  text.replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const seconds = (milliseconds: number): string => (milliseconds / 1000).toFixed(3);

const said = ({ runs, changes }: ScenarioReport): string =>
  [...runs.map(({ argv, code, stdout, stderr }) => `$ vic-machine ${argv.join(' ')}\n${stdout}${stderr}exit code ${code}\n`), ...(changes ? ['changes:', ...(changes.length === 0 ? ['none'] : changes)] : [])].join('\n');

function testCase(scenario: ScenarioReport): string {
  const { name, uri, line, milliseconds, result, step, message = '', reason, divergence } = scenario;
  const inside = [
    `      <properties><property name="statements" value="${xml(shows(scenario).join(' '))}"/><property name="location" value="${xml(`${uri}:${line}`)}"/></properties>`,
    ...(result === 'failed' ? [`      <failure message="${xml(`${step ?? ''}: ${message.split('\n')[0]!}`)}">${xml(message)}</failure>`] : []),
    ...(result === 'known divergence' ? [`      <skipped message="${xml(`known divergence: ${divergence ?? ''}`)}"/>`] : []),
    ...(result === 'skipped' ? [`      <skipped message="${xml(reason ?? '')}"/>`] : []),
    ...(result === 'passed' ? [] : [`      <system-out>${xml(said(scenario))}</system-out>`]),
  ];
  return `    <testcase classname="${xml(uri.replace(/\.feature$/, '').replaceAll('/', '.'))}" name="${xml(name)}" time="${seconds(milliseconds)}">\n${inside.join('\n')}\n    </testcase>`;
}

const count = (scenarios: readonly ScenarioReport[]): string => {
  const failures = scenarios.filter(({ result }) => result === 'failed').length;
  const skipped = scenarios.filter(({ result }) => result === 'skipped' || result === 'known divergence').length;
  return `tests="${scenarios.length}" failures="${failures}" errors="0" skipped="${skipped}"`;
};

/** The whole document. */
export function junit({ subject, endpoint, started, milliseconds, scenarios }: Report): string {
  const suites = [...new Set(scenarios.map(({ uri }) => uri))].map((uri) => {
    const own = scenarios.filter((scenario) => scenario.uri === uri);
    const time = own.reduce((sum, scenario) => sum + scenario.milliseconds, 0);
    return `  <testsuite name="${xml(uri)}" ${count(own)} time="${seconds(time)}" timestamp="${started}">\n${own.map(testCase).join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(`conformance of ${subject} on ${endpoint}`)}" ${count(scenarios)} time="${seconds(milliseconds)}">\n${suites.join('\n')}\n</testsuites>\n`;
}
