// Checks that are written in the language of a client: each file of its folder is one process that puts its world back
// before each of its checks and prints one JSON line for it. Ids are read from the files, so that what cannot run can
// still be named.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Commands } from './command.mjs';

/** The files of a folder that end so, with their checks; what other files import is called harness. */
const filesOf = (folder, ending) =>
  readdirSync(folder).filter((name) => name.endsWith(ending) && !/^harness\./.test(name)).map((name) => {
    const text = readFileSync(join(folder, name), 'utf8');
    return {
      name,
      path: join(folder, name),
      world: /^(?:export const )?WORLD = '(\w+)'/m.exec(text)?.[1] ?? 'vcenter',
      checks: [...text.matchAll(/^@?check\('([^']+)', ['"](.+?)['"](?:\)$|\) do|, )/gm)].map(([, id, title]) => ({ id, title })),
    };
  });

/**
 * Jobs for the lanes, and what is left out when the client cannot be had. A client has a title, the folder and the ending
 * of its files, and `program`, the command and first arguments that run one; or `missing`, why there is none.
 */
export function programJobs({ title, folder, ending, program, missing }, only) {
  const wanted = (id) => only === undefined || only.some((prefix) => id.startsWith(prefix));
  const files = filesOf(join(import.meta.dirname, folder), ending);
  const chosen = files.map((file) => ({ ...file, checks: file.checks.filter(({ id }) => wanted(id)) })).filter(({ checks }) => checks.length > 0);
  if (missing !== undefined) {
    const checks = chosen.flatMap((file) => file.checks.map(({ id }) => id));
    return { jobs: [], skipped: checks.length === 0 ? [] : [{ name: title, checks, reason: missing }] };
  }
  return { jobs: chosen.map((file) => ({ check: { id: file.checks.map(({ id }) => id).join(' '), title: '' }, name: title, program: (lane) => run(title, file, program, lane) })), skipped: [] };
}

async function run(title, file, [command, ...first], lane) {
  const commands = new Commands(title, command, { ...process.env, PYTHONDONTWRITEBYTECODE: '1' }, 300_000);
  const { code, stdout, stderr } = await lane.fresh(file.world).then(
    (url) => commands.start([...first, file.path, url, ...file.checks.map(({ id }) => id)]).done,
    (error) => ({ code: 'nothing to talk to', stdout: '', stderr: error.message }),
  );
  const results = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const version = results[0]?.version;
  const lost = file.checks.filter(({ id }) => !results.some((result) => result.id === id));
  const server = lane.mistakes(file.world);
  return [
    ...results.map((result) => ({ ...result, ...(result.passed ? {} : { server }), client: `${result.client ?? title} ${version}`, command: `${file.name} ${result.id}` })),
    ...lost.map(({ id, title: what }) => ({ id, title: what, client: `${title} ${version ?? ''}`.trim(), passed: false, milliseconds: 0, command: file.path, what: `no result: it ended with ${code}`, stderr: stderr.trim() })),
  ];
}
