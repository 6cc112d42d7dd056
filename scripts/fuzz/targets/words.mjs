// Texts that people and programs write for us: world files, command lines, targets, paths, configurations of VCHs. What
// makes no sense is refused with the error that is meant for it.
import { readdirSync, readFileSync } from 'node:fs';
import { parseFlags as parseMachineFlags } from '../../../dist/core/cli/define-command.js';
import { reportError } from '../../../dist/core/cli/report-error.js';
import { main } from '../../../dist/core/cli/main.js';
import { parseDatastorePath as clientPath } from '../../../dist/core/client/datastore-files.js';
import { decode, encode, extraConfigOf } from '../../../dist/core/engine/extra-config.js';
import { decodeLater } from '../../../dist/core/engine/later-layout.js';
import { parseTarget } from '../../../dist/core/engine/target.js';
import { vchLayout } from '../../../dist/core/engine/vch-layout.js';
import { isFault } from '../../../dist/core/vim25/index.js';
import { formatPath, parsePath, pathsOverlap } from '../../../dist/core/vim25/path.js';
import { parseFlags as parseSimulatorFlags, UsageError } from '../../../dist/simulator/cli-flags.js';
import { parseLab } from '../../../dist/simulator/inventory/load-lab.js';
import { parseDatastorePath } from '../../../dist/simulator/objects/datastore/paths.js';
import { specFromVmx } from '../../../dist/simulator/objects/virtual-machine/vmx.js';
import { Mutator } from '../mutate.mjs';

const fixtures = new URL('../../../fixtures/', import.meta.url);
const read = (name) => readFileSync(new URL(name, fixtures), 'utf8');

/** A target that needs no server: `run(input)` gives an outcome, or throws what `isMeant` knows. */
const plain = (name, share, make, run, isMeant) => ({
  name,
  share,
  make,
  open: async () => ({
    begin: async () => undefined,
    async run(input) {
      try {
        return { outcome: (await run(input)) ?? 'taken', problems: [] };
      } catch (error) {
        return isMeant(error) ? { outcome: 'refused', problems: [] } : { outcome: 'error', problems: [error.stack ?? String(error)] };
      }
    },
  }),
});
const texts = (corpus, words) => (random) => new Mutator(random, corpus, words).text();

const WORLDS = readdirSync(new URL('worlds/', fixtures)).filter((name) => name.endsWith('.yaml')).map((name) => read(`worlds/${name}`));
const labs = plain('labs', 1, texts(WORLDS, ['datacenters:', 'vchs:', '- ', '{', '}', '*a', '&a', '<<: ', '!!binary', '? ', '|\n', 'hosts: 3', '.inf', '~', 'yes']), (text) => parseLab(text, 'lab').then(() => undefined), (error) => error.name === 'DocumentError');

const MACHINE = ['ls', 'inspect', 'delete', 'create'];
const ARGUMENTS = ['--target', '-t', '--target=root:p@h/dc', '--user', '-u', 'root', '--password', '-p', '--compute-resource', '-r', 'cluster/pool', '--name', '-n', '--id', 'vm-1', '--force', '-f', '--timeout', '3m', '--timeout=-1s', '--debug', '3', '--thumbprint', '--all', '--wide', '--json', '--image-store', 'ds/a', '--volume-store', 'ds/a:label', '--bridge-network', 'b', '--container-network', 'n:a', '--container-network-gateway', 'n:10.0.0.1/24', '--container-network-ip-range', 'n:10.0.0.2-10.0.0.9', '--container-network-dns', 'n:1.1.1.1', '--tls-cname', '*.x', '--no-tls', '--dns-server', '--cpu', '--memory', '--registry-ca', '--http-proxy', 'http://x', '--help', '-x', '-h', '--', '=', '--=', '-'];
const commands = {};
const machineLines = plain('vic-machine', 2, (random) => {
  const mutator = new Mutator(random, ARGUMENTS, ARGUMENTS);
  return [random.pick([...MACHINE, ...MACHINE, mutator.text()]), ...Array.from({ length: random.integer(0, 8) }, () => (random.integer(0, 2) === 0 ? mutator.text() : random.pick(ARGUMENTS)))];
}, async ([name, ...argv]) => {
  let told = '';
  const io = { stdout: (text) => (told += text), stderr: (text) => (told += text), isTTY: false, env: {} };
  if (!MACHINE.includes(name)) return `exit ${await main([name === 'completion' ? 'version' : name, ...argv], io)}`;
  const command = (commands[name] ??= (await import(`../../../dist/core/cli/commands/${name}.js`)).command);
  try {
    const values = parseMachineFlags(command, argv, {});
    if (typeof values === 'string') return values;
    // Files that a flag names are not read here: what follows would need a server.
    if (name !== 'create') command.validate?.(values);
    return 'valid';
  } catch (error) {
    const code = reportError(error, io, { command: name });
    if (code === 70 || code === 0 || / at .*:\d+:\d+/.test(told)) throw error;
    return `exit ${code}`;
  }
}, () => false);

const FLAGS = ['-l', '127.0.0.1:0', '-vm', '3', '-tls=false', '--lab', 'x', '-esx', '-E', 'f', '-delay', '1.5', '-method-delay', 'a:1', '-state', 'd', 'version', '-h', '--', '-vm=', '-=', '-pg-nsx', '1'];
const simulatorLines = plain('vicsim', 1, (random) => {
  const mutator = new Mutator(random, FLAGS, FLAGS);
  return Array.from({ length: random.integer(0, 6) }, () => (random.integer(0, 1) === 0 ? mutator.text() : random.pick(FLAGS)));
}, (argv) => void parseSimulatorFlags(argv), (error) => error instanceof UsageError);

const TARGETS = ['root:password@esx.example.com', 'https://user:p%40ss@vcenter.example:443/DC0', '10.0.0.1', '[fe80::1%25eth0]:443/dc', 'administrator@vsphere.local:a:b@vc/Data Center'];
const targets = plain('targets', 1, texts(TARGETS, ['https://', '@', ':443', '[::1]', '%40']), (text) => void parseTarget(text), (error) => error.name === 'UserError' || error.constructor.name === 'UserError');

const PATHS = ['config.hardware.device[4000].backing.fileName', 'config.extraConfig["a.b"].value', 'summary.runtime', 'name', 'a["x\\"y"][3].b'];
const propertyPaths = plain('property paths', 2, (random) => {
  const mutator = new Mutator(random, PATHS, ['.', '[', ']', '["', '"]', '\\']);
  return [mutator.text(), mutator.text()];
}, ([a, b]) => {
  const steps = parsePath(a);
  pathsOverlap(a, b);
  if (steps === null) return 'no path';
  const again = parsePath(formatPath(steps));
  if (JSON.stringify(again) !== JSON.stringify(steps)) throw new Error(`${JSON.stringify(a)} becomes ${JSON.stringify(formatPath(steps))}, which reads otherwise`);
  return 'path';
}, () => false);

const DATASTORE_PATHS = ['[LocalDS_0] a/b.vmdk', '[a b] ', '[x]', '[ds] /a//b/../c', '[ds1] folder/日本.vmx'];
const datastorePaths = plain('datastore paths', 2, texts(DATASTORE_PATHS, ['[', '] ', '/', '..', '.']), (text) => {
  clientPath(text);
  const { path } = parseDatastorePath(text);
  if (path.split('/').some((part) => part === '..')) throw new TypeError(`${JSON.stringify(text)} leaves its datastore: ${path}`);
  return 'path';
}, (error) => isFault(error));

const CONFIGS = ['wire/vch-extraconfig-esxi.json', 'wire/vch-extraconfig-empty.json', 'wire/container-extraconfig.json'].map((name) => Object.entries(JSON.parse(read(name))).map(([key, value]) => ({ key, value: String(value) })));
const configurations = plain('configurations', 2, (random) => {
  const options = [...random.pick(CONFIGS)];
  const mutator = new Mutator(random, options.flatMap(({ key, value }) => [key, value]), ['|', '~', '|0', '|1', 'guestinfo.vice.', 'guestinfo.', '<nil>', '/']);
  for (let count = random.integer(1, 6); count > 0; count -= 1) {
    const at = random.integer(0, options.length - 1);
    const { key, value } = options[at];
    options[at] = random.integer(0, 1) === 0 ? { key, value: random.pick([mutator.damage(value), mutator.text()]) } : { key: mutator.damage(key), value };
  }
  return options;
}, (options) => {
  const config = extraConfigOf(options);
  const { value, issues } = decode(vchLayout, config);
  encode(vchLayout, value);
  decodeLater(config);
  return issues.length === 0 ? 'clean' : 'issues';
}, () => false);

const VMX = ['.encoding = "UTF-8"\nconfig.version = "8"\nvirtualHW.version = "13"\nguestOS = "other3xlinux-64"\ndisplayName = "a"\nmemSize = "32"\nnumvcpus = "1"\nscsi0.present = "TRUE"\nscsi0.virtualDev = "pvscsi"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "a.vmdk"\nethernet0.present = "TRUE"\nethernet0.networkName = "VM Network"\nguestinfo.a = "b|22c"\n'];
const vmx = plain('vmx', 1, texts(VMX, ['scsi0:', 'sata0.', 'ethernet9.', '.present = "TRUE"', '|22', '|0', ' = ', '"']), (text) => void specFromVmx(text, '[ds] a'), (error) => isFault(error));

export default [labs, machineLines, simulatorLines, targets, propertyPaths, datastorePaths, configurations, vmx];
