// `npm run conformance:vcsim`: the conformance suite at govmomi's vcsim, as a vCenter Server and as an ESXi host. Its worlds
// are built there through the public API; what vcsim does otherwise is named in features/divergences/vcsim.yaml.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { MissingPeer, vcsimPath } from './peers.mjs';

const root = join(import.meta.dirname, '..');
const [USER, PASSWORD] = ['tester', 'Vc5im!pass'];
const KINDS = { vcenter: ['-dc', '0'], esxi: ['-esx', '-vm', '0'] };

/** Starts a vcsim on a free port; gives its host:port. */
function start(command, flags) {
  const child = spawn(command, [...flags, '-username', USER, '-password', PASSWORD, '-l', '127.0.0.1:0'], { stdio: ['ignore', 'pipe', 'pipe'] });
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (chunk) => {
      said += chunk;
      const host = /GOVC_URL=\S*?(127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (host) resolve({ child, host });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`vcsim ended with ${code}: ${said}`)));
  });
}

let failed = false;
try {
  const command = vcsimPath();
  for (const [kind, flags] of Object.entries(KINDS)) {
    const { child, host } = await start(command, flags);
    console.log(`vcsim as ${kind === 'esxi' ? 'an ESXi host' : 'a vCenter Server'}`);
    const args = ['--endpoint', `https://${USER}:${encodeURIComponent(PASSWORD)}@${host}/sdk`, '--parallel', '1', '--divergences', join(root, 'features/divergences/vcsim.yaml'), '--reports', join(root, `reports/vcsim-${kind}`)];
    const { status } = spawnSync(process.execPath, [join(root, 'dist/features/conformance/bin.js'), ...args, ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' });
    failed ||= status !== 0;
    child.removeAllListeners('exit');
    child.kill();
  }
} catch (error) {
  if (!(error instanceof MissingPeer)) throw error;
  console.error(`vcsim cannot be had here: ${error.message}`);
  failed = true;
}
process.exitCode = failed ? 1 : 0;
