// Compiles the project into dist/ and copies what the compiler does not: schema, types, worlds' home stays fixtures/.
// Skips the compiler when the sources are those of the last build, so `npm start` stays quick. Names, sizes and times are
// compared for equality, not for age: a checkout of something older, or a restored dist/, is a change too.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const root = new URL('..', import.meta.url).pathname;
const stamp = join(root, 'dist/.built');
const rooms = ['core', 'simulator', 'features', 'scripts', 'examples'];

/** @param {string} path @returns {string[]} every file below it, or itself. */
function filesOf(path) {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path).sort().flatMap((name) => filesOf(join(path, name)));
}

const sources = [...rooms, 'package.json', 'tsconfig.json'].map((name) => join(root, name)).filter((path) => existsSync(path));
const files = sources.flatMap(filesOf);
const state = files.map((path) => [path, statSync(path)]).map(([path, { size, mtimeMs }]) => `${path} ${size} ${mtimeMs}\n`);
const built = createHash('sha256').update(state.join('')).digest('hex');
if (!process.argv.includes('--force') && existsSync(stamp) && readFileSync(stamp, 'utf8') === built) process.exit(0);

mkdirSync(join(root, 'dist/core/vim25'), { recursive: true });
mkdirSync(join(root, 'dist/core/vim25/namespaces'), { recursive: true });
const besides = readdirSync(join(root, 'core/vim25/namespaces')).map((name) => `namespaces/${name}`);
for (const name of ['schema.json', 'types.d.ts', ...besides]) {
  const from = join(root, 'core/vim25', name);
  if (existsSync(from)) cpSync(from, join(root, 'dist/core/vim25', name));
}
// The compiler remembers what it wrote, not whether it is still there: in a dist/ with holes it must forget.
const compiled = files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));
if (compiled.some((path) => !existsSync(join(root, 'dist', relative(root, path).replace(/ts$/, 'js'))))) rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', root], { stdio: 'inherit' });
if (tsc.status !== 0) process.exit(tsc.status ?? 1);
for (const bin of ['dist/simulator/bin.js', 'dist/core/cli/bin.js', 'dist/features/subjects/like-original.js']) {
  if (existsSync(join(root, bin))) chmodSync(join(root, bin), 0o755);
}
// The build number of `vic-machine version`: how many commits led here, and the last of them. A copy without git has none.
const git = (...args) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
const [commits, head] = [git('rev-list', '--count', 'HEAD'), git('rev-parse', '--short', 'HEAD')];
if (commits.status === 0 && head.status === 0) writeFileSync(join(root, 'dist/BUILD'), `${commits.stdout.trim()}-${head.stdout.trim()}\n`);
writeFileSync(stamp, built);
