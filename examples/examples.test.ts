// Runs every example of examples/client and examples/engine as its reader would, against a simulator, and compares what it prints with the
// lines that it says it prints. The examples of examples/msw are tests themselves.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { createSimulator } from 'vic-testbed/simulator';
import { labOptions } from 'vic-testbed/simulator/lab';

const run = promisify(execFile);
// Compiled to dist/examples/.
const sources = new URL('../../examples/', import.meta.url);
const examples = (folder: string): string[] => readdirSync(new URL(`${folder}/`, sources)).filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name.slice(0, -3)}`);
const lab = await labOptions(new URL('../../fixtures/worlds/one-cluster.yaml', import.meta.url).pathname);
const WORLDS = [
  { world: createSimulator(), names: examples('client') },
  { world: createSimulator(lab), names: examples('engine') },
];

describe('examples', { concurrency: 2 }, () => {
  before(() => assert.ok(WORLDS.every(({ names }) => names.length >= 3)));
  after(() => Promise.all(WORLDS.map(({ world }) => world.close())));
  for (const { world, names } of WORLDS) {
    for (const name of names) {
      test(name, async () => {
        const simulator = world.fork();
        const { url, thumbprint } = await simulator.listen();
        try {
          const env = { ...process.env, VSPHERE_URL: `${url}/sdk`, VSPHERE_THUMBPRINT: thumbprint };
          const { stdout } = await run(process.execPath, [new URL(`${name}.js`, import.meta.url).pathname], { env, timeout: 20_000 });
          const promised = readFileSync(new URL(`${name}.ts`, sources), 'utf8').split('\n').filter((line) => line.startsWith('//=> ')).map((line) => line.slice(5));
          assert.ok(promised.length > 0, 'the example does not say what it prints');
          assert.deepEqual(stdout.trimEnd().split('\n'), promised);
        } finally {
          await simulator.close();
        }
      });
    }
  }
});
