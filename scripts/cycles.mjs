// Fails when files import each other in a circle. Type-only imports vanish at run time and do not count.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const files = ['core', 'simulator', 'features', 'scripts'].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true }).filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts')).map((name) => join(root, room, name)),
);

const IMPORT = /^(?:import|export)\s+(?!type\b)([^;]*?)\s*from\s+'(\.[^']+)'/gm;
const onlyTypes = (clause) => /^\{[^}]*\}$/.test(clause) && clause.slice(1, -1).split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
const graph = new Map(files.map((file) => [file, [...readFileSync(file, 'utf8').matchAll(IMPORT)].filter(([, clause]) => !onlyTypes(clause)).map(([, , to]) => resolve(dirname(file), to))]));

const done = new Set();
const cycles = [];
function visit(file, trail) {
  const at = trail.indexOf(file);
  if (at >= 0) {
    cycles.push([...trail.slice(at), file].map((name) => relative(root, name)).join(' → '));
    return;
  }
  if (done.has(file)) return;
  for (const next of graph.get(file) ?? []) visit(next, [...trail, file]);
  done.add(file);
}
for (const file of files) visit(file, []);
for (const cycle of cycles) console.log(`import cycle: ${cycle}`);
process.exitCode = cycles.length === 0 ? 0 : 1;
