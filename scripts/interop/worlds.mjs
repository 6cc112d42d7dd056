// The simulators that checks run against: one process per product, kind of world and lane, put back to its first state
// before each check. Knows no client.
import { spawn } from 'node:child_process';
import { request } from 'node:https';
import { join } from 'node:path';

/** Kinds of world, as flags that vicsim and vcsim have in common. */
export const WORLDS = {
  vcenter: [],
  large: ['-dc', '2', '-ds', '2', '-app', '1', '-pool', '1', '-pod', '1'],
  esxi: ['-esx'],
  /** A standalone host with the login that its clients expect. */
  root: ['-esx', '-username', 'root', '-password', 'secret'],
  /** One user with one password; the others take any. */
  strict: ['-username', 'user', '-password', 'pass'],
  /** With virtual container hosts; their ports are not opened, because several of these worlds run at once. */
  vch: ['-appliances=false', '--lab', join(import.meta.dirname, '../../fixtures/worlds/one-cluster.yaml')],
};

/** Ours; it can be put back to an earlier state. */
export const VICSIM = { name: 'vicsim', command: process.execPath, first: [join(import.meta.dirname, '../../dist/simulator/bin.js')], restores: true };

/** A vcsim; it knows no way back, so every check has a process of its own. */
export const vcsim = (version, command) => ({ name: `vcsim ${version.replace(/^v/, '')}`, command, first: [], restores: false });

const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** The servers of one lane: started when first asked for, fresh each time they are. */
export class Lane {
  #servers = new Map();

  /** Address (with credentials) of a world of that kind as it was at its start. */
  async fresh(kind, product = VICSIM) {
    const key = `${product.name} ${kind}`;
    const known = this.#servers.get(key);
    if (known && product.restores && !known.log.ended) {
      known.log.text = '';
      await post(known.url, 'restore');
      return known.url;
    }
    known?.stop();
    const server = await start(product, WORLDS[kind]);
    this.#servers.set(key, server);
    if (product.restores) await post(server.url, 'snapshot');
    return server.url;
  }

  /** What that server wrote of its own mistakes since it was last fresh, and that it ended when it did. */
  mistakes(kind, product = VICSIM) {
    const { text = '', ended } = this.#servers.get(`${product.name} ${kind}`)?.log ?? {};
    if (ended) return `${ended}\n${text}`.trim();
    return text.split(/^(?=vicsim: )/m).filter((entry) => entry.startsWith('vicsim: error: ')).join('').trim();
  }
}

/** Ends every server. */
export function stopAll() {
  running.forEach((child) => child.kill('SIGTERM'));
  running.clear();
}

/** Starts a server with flags of its own: its address, its log, and `stop`. */
export function start({ name, command, first }, flags) {
  const child = spawn(command, [...first, '-l', '127.0.0.1:0', ...flags], { stdio: ['ignore', 'pipe', 'pipe'] });
  running.add(child);
  const log = { text: '', ended: undefined };
  const stop = () => running.delete(child) && child.kill('SIGTERM');
  return new Promise((resolve, reject) => {
    let said = '';
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      log.ended = `${name} ended with ${code ?? signal}`;
      reject(new Error(`${log.ended}: ${log.text}`));
    });
    child.stderr.on('data', (chunk) => (log.text = (log.text + chunk).slice(-20_000)));
    child.stdout.on('data', (chunk) => {
      said += chunk;
      const found = /GOVC_URL='?(https:\/\/[^\s']+)/.exec(said);
      if (found) resolve({ url: found[1], log, stop });
    });
  });
}

/** The admin plane of vicsim, beside the API. `query` names what is meant: `name=interop`. */
export function post(url, action, query = 'name=interop') {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path: `/sim/${action}?${query}`, method: 'POST', rejectUnauthorized: false }, (reply) => {
      reply.resume();
      reply.once('end', () => (reply.statusCode === 200 ? resolve() : reject(new Error(`/sim/${action} answered ${reply.statusCode}`))));
    });
    call.once('error', reject);
    call.end();
  });
}

/** One request to the admin plane; gives its JSON. */
export function admin(url, method, action) {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path: `/sim/${action}`, method, rejectUnauthorized: false }, async (reply) => {
      const chunks = [];
      for await (const chunk of reply) chunks.push(chunk);
      if (reply.statusCode === 200) resolve(JSON.parse(Buffer.concat(chunks)));
      else reject(new Error(`/sim/${action} answered ${reply.statusCode}`));
    });
    call.once('error', reject);
    call.end();
  });
}
