// The command vicsim itself: run to its end, or serving as the scenario's own in the place of the endpoint.
import { Given, When } from '@cucumber/cucumber';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { LOGIN, projectFile } from '../support/endpoints/worlds.ts';
import { SAME_NAMES } from '../support/names.ts';
import type { Testbed } from '../support/world.ts';

const BIN = projectFile('dist/simulator/bin.js');

/** Runs in the scenario's directory; `<url>` is the address of the endpoint, `<login>` the same with user and password. */
When('I run vicsim with {string}', { timeout: 60_000 }, async function (this: Testbed, line: string) {
  const { url, user, password } = this.place!;
  await this.lookFirst();
  const login = url.replace('://', `://${encodeURIComponent(user)}:${encodeURIComponent(password)}@`);
  const argv = line.replaceAll('<url>', url.replace(/\/sdk$/, '')).replaceAll('<login>', login).split(' ');
  const child = spawn(process.execPath, [BIN, ...argv], { cwd: await this.directory(), stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk: Buffer) => (stderr += String(chunk)));
  const [code] = (await once(child, 'close')) as [number | null];
  this.run = { argv, code: code ?? 128, stdout, stderr, prompted: false };
  this.checked = false;
});

Given('a vicsim of my own with {string}', { timeout: 60_000 }, async function (this: Testbed, line: string) {
  const old = this.place;
  const child = spawn(process.execPath, [BIN, '-l', '127.0.0.1:0', '-username', LOGIN.user, '-password', LOGIN.password, ...line.split(' ')], { cwd: await this.directory(), stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const url = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`vicsim ended with ${code}: ${said}`)));
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => {
      said += String(chunk);
      const host = /GOVC_URL=["']?https:\/\/(?:\S+@)?(127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (host !== undefined) resolve(`https://${host}/sdk`);
    });
  });
  await this.goTo({
    ...LOGIN, url, names: SAME_NAMES, trace: () => undefined,
    async close() {
      const ended = child.exitCode === null ? once(child, 'exit') : undefined;
      child.kill('SIGTERM');
      await ended;
      await old?.close();
    },
  });
});
