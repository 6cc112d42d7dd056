// Runs scenarios through cucumber's own API, and hands on its messages. Knows nothing of statements.
import { runCucumber } from '@cucumber/cucumber/api';
import type { Envelope } from '@cucumber/messages';
import { Writable } from 'node:stream';
import { projectFile } from '../support/endpoints/worlds.ts';
import type { Parameters } from '../support/parameters.ts';
import type { Scenario } from './scenarios.ts';

export interface RunOptions {
  /** Processes beside this one; 0 runs everything here. */
  readonly parallel: number;
  readonly order: 'defined' | `random:${string}`;
  readonly failFast: boolean;
  readonly parameters: Parameters;
}

const SUPPORT = ['dist/features/steps/*.js', 'dist/features/support/world.js', 'dist/features/support/hooks.js'];

/** 'features/a.feature:3:9' for each file. */
function placesOf(scenarios: readonly Scenario[]): string[] {
  const files = new Map<string, number[]>();
  for (const { uri, line } of scenarios) files.set(uri, [...(files.get(uri) ?? []), line]);
  return [...files].map(([uri, lines]) => [uri, ...lines].join(':'));
}

/** Runs these scenarios; `take` gets every message as it comes. Throws when cucumber cannot start. */
export async function runScenarios(scenarios: readonly Scenario[], { parallel, order, failFast, parameters }: RunOptions, take: (message: Envelope) => void): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const complaints: string[] = [];
  const stderr = new Writable({
    write(chunk, _encoding, done) {
      complaints.push(String(chunk));
      done();
    },
  });
  let ended = false;
  await runCucumber(
    {
      sources: { defaultDialect: 'en', paths: placesOf(scenarios), names: [], tagExpression: '', order },
      support: { importPaths: SUPPORT, requireModules: [], requirePaths: [], loaders: [] },
      runtime: { dryRun: false, failFast, filterStacktraces: true, parallel, retry: 0, retryTagFilter: '', strict: true, worldParameters: { ...parameters } },
      formats: { stdout: 'progress', files: {}, publish: false, options: {} },
    },
    { cwd: projectFile(''), stdout: nowhere, stderr, env: process.env },
    (message) => {
      ended ||= message.testRunFinished !== undefined;
      take(message);
    },
  );
  if (!ended) throw new Error(`cucumber did not run: ${complaints.join('').trim()}`);
}
