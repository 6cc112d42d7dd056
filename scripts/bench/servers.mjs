// Starting the servers that are compared, and what a process costs.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Connection } from './connection.mjs';
import { SERVICE_CONTENT } from './vsphere.mjs';

/** Ours, from the build. */
export const VICSIM = { name: 'vicsim', command: process.execPath, first: [join(import.meta.dirname, '../../dist/simulator/bin.js')] };

/** The rival, when it could be built. */
export const rival = (path) => ({ name: 'vcsim', command: path, first: [] });

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/**
 * Starts a server on a free port and calls it once. `flags` as of vcsim. Gives its address, the milliseconds until the
 * first answer, its resident kilobytes now, and stop().
 */
export async function start({ name, command, first }, flags = []) {
  const begun = performance.now();
  const child = spawn(command, [...first, '-l', '127.0.0.1:0', ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  running.add(child);
  const over = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it was ready: ${text}`)));
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const found = /(https?):\/\/(?:[^@\s"]*@)?([\d.]+:\d+)\S*\s/.exec(text);
      if (found) resolve(`${found[1]}://${found[2]}`);
    });
  });
  const connection = await Connection.open(url);
  await connection.call(SERVICE_CONTENT);
  const milliseconds = performance.now() - begun;
  connection.close();
  return {
    url,
    milliseconds,
    kilobytes: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0),
    async stop() {
      child.kill('SIGTERM');
      await over;
      running.delete(child);
    },
  };
}

/** Runs `work(server)` on a started server and stops it whatever happens. */
export async function withServer(product, flags, work) {
  const server = await start(product, flags);
  try {
    return await work(server);
  } finally {
    await server.stop();
  }
}
