// vicadmin's pages: how the VCH is, and its logs. What is shown is read from vSphere when somebody looks.
import { gzipSync } from 'node:zlib';
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { tar, type TarFile } from '../../objects/diagnostics/tar.ts';
import type { Transaction } from '../../store/transaction.ts';
import { text, type DockerReply, type DockerRequest } from '../docker/http.ts';
import { containersOf } from '../port-layer/container.ts';
import { readVch, type Vch } from '../port-layer/vch.ts';
import { outputOf } from '../tether/guest.ts';
import { COMPONENTS } from '../vch-keys.ts';

const GIB = 2 ** 30;

/** The log files of an appliance, and who writes each. */
const LOGS: Readonly<Record<string, string>> = {
  'init.log': 'init', 'vicadmin.log': 'vicadmin', 'docker-personality.log': 'docker-engine-server', 'port-layer.log': 'port-layer-server',
};

const escaped = (value: string): string => value.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** What a component has to say: that it started, and when. */
function logText({ bootTime }: Vch, file: string): string {
  const when = (bootTime ?? new Date(0)).toISOString();
  return `${when} INFO ${LOGS[file]} started\n`;
}

function page(tx: Transaction, vch: Vch): string {
  const containers = containersOf(tx, vch);
  const running = containers.filter(({ state }) => state === 'running').length;
  const free = Number(tx.get(vch.imageStore.datastore, 'summary.freeSpace') ?? 0);
  const row = (name: string, ok: boolean, more: string) => `<tr><th>${escaped(name)}</th><td>${ok ? 'OK' : 'FAILED'}</td><td>${escaped(more)}</td></tr>`;
  const fact = (name: string, value: string) => `<tr><th>${escaped(name)}</th><td colspan="2">${escaped(value)}</td></tr>`;
  const logs = Object.keys(LOGS).map((file) => `<li><a href="/logs/${file}">${file}</a> <a href="/logs/tail/${file}">Live Log</a></li>`);
  return `<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>VCH Admin</title></head><body>
<h1>${escaped(vch.name.replace(/^./, (letter) => letter.toUpperCase()))} Admin</h1>
<table>
${COMPONENTS.map((component) => row(component, vch.running.has(component), vch.running.has(component) ? 'running' : 'not running')).join('\n')}
${row('Containers', true, `${running} of ${containers.length} running`)}
${fact('Docker Endpoint', `${vch.addresses.client ?? ''}:${vch.certificate ? 2376 : 2375}`)}
${fact('Storage remaining', `${(free / GIB).toFixed(1)} GB`)}
</table>
<h2>Logs</h2>
<ul>
<li><a href="/logs.tar.gz">Log bundle</a></li>
<li><a href="/container-logs.tar.gz">Log bundle with container logs</a></li>
${logs.join('\n')}
</ul>
</body></html>
`;
}

const applianceLogs = (vch: Vch, modified: Date): TarFile[] => Object.keys(LOGS).map((file) => ({ path: `appliance/${file}`, text: logText(vch, file), modified }));

/** The output of each container, in a directory of its id. */
const containerLogs = (tx: Transaction, vch: Vch, modified: Date): TarFile[] =>
  containersOf(tx, vch).map(({ id, vm }) => ({ path: `${id}/${id}.log`, text: outputOf(tx, vm), modified }));

const bundle = (files: readonly TarFile[]): DockerReply => ({ status: 200, headers: { 'Content-Type': 'application/x-gzip' }, body: gzipSync(tar(files)) });

/** Answers a request to vicadmin; whatever it does not know it answers with its page. */
export function vicadmin(sim: Simulation, appliance: ManagedObjectReference, { method, path }: DockerRequest): DockerReply {
  return sim.store.transaction((tx) => {
    const vch = tx.has(appliance) ? readVch(tx, appliance) : undefined;
    if (!vch?.running.has('vicadmin')) return text('vicadmin does not run\n', 503);
    if (method !== 'GET' && method !== 'HEAD') return { ...text('405 method not allowed\n', 405), headers: { Allow: 'GET' } };
    const file = /^\/logs\/(?:tail\/)?([\w.-]+)$/.exec(path)?.[1];
    if (file !== undefined) return Object.hasOwn(LOGS, file) ? text(logText(vch, file)) : text('404 page not found\n', 404);
    const now = sim.clock.now();
    if (path === '/logs.tar.gz') return bundle(applianceLogs(vch, now));
    if (path === '/container-logs.tar.gz') return bundle([...applianceLogs(vch, now), ...containerLogs(tx, vch, now)]);
    return { status: 200, headers: { 'Content-Type': 'text/html; charset=utf-8' }, body: page(tx, vch) };
  });
}
