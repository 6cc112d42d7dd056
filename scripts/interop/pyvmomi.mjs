// The pyVmomi checks: each file of pyvmomi/ is one Python process that puts its world back before each of its checks
// and prints one JSON line for it. Ids are read from the files, so that what cannot run can still be named.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Commands } from './command.mjs';

const folder = join(import.meta.dirname, 'pyvmomi');

const files = () =>
  readdirSync(folder).filter((name) => name.endsWith('.py') && name !== 'harness.py').map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return {
      path: join(folder, name),
      world: /^WORLD = '(\w+)'/m.exec(text)?.[1] ?? 'vcenter',
      checks: [...text.matchAll(/^@check\('([^']+)', ['"](.+)['"]\)/gm)].map(([, id, title]) => ({ id, title })),
    };
  });

/** Jobs for the lanes, and what is left out when there is no pyVmomi. */
export function pythonJobs({ name, program, missing }, only) {
  const wanted = (id) => only === undefined || only.some((prefix) => id.startsWith(prefix));
  const chosen = files().map((file) => ({ ...file, checks: file.checks.filter(({ id }) => wanted(id)) })).filter(({ checks }) => checks.length > 0);
  if (missing !== undefined) {
    const checks = chosen.flatMap((file) => file.checks.map(({ id }) => id));
    return { jobs: [], skipped: checks.length === 0 ? [] : [{ name, checks, reason: missing }] };
  }
  return { jobs: chosen.map((file) => ({ check: { id: file.checks.map(({ id }) => id).join(' '), title: '' }, name, python: (lane) => run(file, program, lane) })), skipped: [] };
}

async function run(file, program, lane) {
  const commands = new Commands('python', program, { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }, 120_000);
  const { code, stdout, stderr } = await lane.fresh(file.world).then(
    (url) => commands.start([file.path, url, ...file.checks.map(({ id }) => id)]).done,
    (error) => ({ code: 'nothing to talk to', stdout: '', stderr: error.message }),
  );
  const results = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const version = results[0]?.version;
  const lost = file.checks.filter(({ id }) => !results.some((result) => result.id === id));
  const server = lane.mistakes(file.world);
  return [
    ...results.map((result) => ({ ...result, ...(result.passed ? {} : { server }), client: `pyVmomi ${version}`, command: `python ${file.path.slice(folder.length + 1)} ${result.id}` })),
    ...lost.map(({ id, title }) => ({ id, title, client: `pyVmomi ${version ?? ''}`.trim(), passed: false, milliseconds: 0, command: file.path, what: `no result: python ended with ${code}`, stderr: stderr.trim() })),
  ];
}
