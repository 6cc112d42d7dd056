// Real clients and rivals that we did not write, for interop and bench: govc and vcsim from the Go module proxy,
// pyVmomi from PyPI. Built once into node_modules/.cache/vic-testbed; nothing here is part of the product.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const cache = join(import.meta.dirname, '..', 'node_modules/.cache/vic-testbed');

/** The govmomi releases we test with: the newest (asked for by number: the proxy's list of versions is not complete everywhere), and the oldest of this layout. */
export const GOVMOMI = { newest: process.env.VIC_TESTBED_GOVMOMI ?? 'v0.54.0', old: 'v0.38.0' };

/** A client that cannot be had on this machine; the message says what to install. */
export class MissingPeer extends Error {}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, ...options });
  if (result.error) throw new MissingPeer(`${command} is not installed (${result.error.code ?? result.error.message})`);
  if (result.status !== 0) throw new MissingPeer(`${command} ${args.slice(0, 4).join(' ')} failed: ${(result.stderr || result.stdout).trim().split('\n').slice(-3).join(' | ')}`);
  return result.stdout;
}

/** Makes `target` by `build(folder)` in a fresh folder beside it; an interrupted build leaves nothing that looks finished. */
function once(target, build) {
  if (existsSync(target)) return target;
  const work = `${target}.${process.pid}.tmp`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  try {
    build(work);
    if (!existsSync(target)) renameSync(work, target);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return target;
}

// Since v0.47 the two main packages are Go modules of their own that the proxy does not serve; their work is in the
// packages of the main module, so two small programs of ours call those.
const GOVC_MAIN = (packages) => `package main

import (
	"os"

	"github.com/vmware/govmomi/cli"
${packages.map((name) => `	_ "${name}"`).join('\n')}
)

func main() { os.Exit(cli.Run(os.Args[1:])) }
`;

const VCSIM_MAIN = `package main

import (
	"crypto/tls"
	"flag"
	"fmt"
	"log"
	"net/url"
	"os"
	"os/signal"
	"syscall"

	_ "github.com/vmware/govmomi/pbm/simulator"
	"github.com/vmware/govmomi/simulator"
	_ "github.com/vmware/govmomi/vapi/simulator"
)

func main() {
	model := simulator.VPX()
	esx := flag.Bool("esx", false, "")
	secure := flag.Bool("tls", true, "")
	listen := flag.String("l", "127.0.0.1:8989", "")
	user := flag.String("username", "", "")
	password := flag.String("password", "", "")
	for name, field := range map[string]*int{
		"dc": &model.Datacenter, "cluster": &model.Cluster, "host": &model.ClusterHost, "standalone-host": &model.Host,
		"ds": &model.Datastore, "vm": &model.Machine, "pool": &model.Pool, "app": &model.App, "pod": &model.Pod, "pg": &model.Portgroup,
	} {
		flag.IntVar(field, name, *field, "")
	}
	flag.BoolVar(&model.Autostart, "autostart", model.Autostart, "")
	flag.Parse()
	if *esx {
		chosen := model
		model = simulator.ESX()
		model.Datastore, model.Machine, model.Autostart = chosen.Datastore, chosen.Machine, chosen.Autostart
	}
	if err := model.Create(); err != nil {
		log.Fatal(err)
	}
	model.Service.RegisterEndpoints = true
	model.Service.Listen = &url.URL{Host: *listen}
	if *user != "" {
		model.Service.Listen.User = url.UserPassword(*user, *password)
	}
	if *secure {
		model.Service.TLS = new(tls.Config)
	}
	server := model.Service.NewServer()
	fmt.Printf("export GOVC_URL=%s GOVC_SIM_PID=%d\\n", server.URL, os.Getpid())
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	<-stop
	model.Remove()
}
`;

function goTools(version) {
  const modern = Number(version.split('.')[1]) >= 47;
  // What was built from other programs of ours is not used.
  const ours = modern ? `-${createHash('sha256').update(GOVC_MAIN([]) + VCSIM_MAIN).digest('hex').slice(0, 8)}` : '';
  return once(join(cache, `govmomi-${version}${ours}`), (work) => {
    const env = { ...process.env, GOFLAGS: '-mod=mod -buildvcs=false', CGO_ENABLED: '0' };
    if (!modern) {
      for (const name of ['govc', 'vcsim']) run('go', ['install', '-ldflags', `-X github.com/vmware/govmomi/govc/flags.BuildVersion=${version}`, `github.com/vmware/govmomi/${name}@${version}`], { cwd: work, env: { ...env, GOBIN: work } });
      return;
    }
    writeFileSync(join(work, 'go.mod'), `module peer\n\ngo 1.24.0\n\nrequire github.com/vmware/govmomi ${version}\n`);
    const folder = run('go', ['mod', 'download', '-json', `github.com/vmware/govmomi@${version}`], { cwd: work, env });
    const listed = run('go', ['list', './cli/...'], { cwd: JSON.parse(folder).Dir, env }).trim().split('\n');
    const commands = listed.filter((name) => !/\/cli$|\/cli\/(flags|esx)$/.test(name));
    for (const [name, text] of [['govc', GOVC_MAIN(commands)], ['vcsim', VCSIM_MAIN]]) {
      mkdirSync(join(work, 'src', name), { recursive: true });
      writeFileSync(join(work, 'src', name, 'main.go'), text);
      run('go', ['build', '-ldflags', `-X github.com/vmware/govmomi/cli/flags.BuildVersion=${version}`, '-o', join(work, name), `./src/${name}`], { cwd: work, env });
    }
  });
}

/** Path of govc of that release, built when it is not there. Throws MissingPeer without Go or its proxy. */
export const govcPath = (version = GOVMOMI.newest) => process.env.GOVC && version === GOVMOMI.newest ? process.env.GOVC : join(goTools(version), 'govc');

/** Path of vcsim, the same way; VCSIM names another one. */
export const vcsimPath = (version = GOVMOMI.newest) => process.env.VCSIM && version === GOVMOMI.newest ? process.env.VCSIM : join(goTools(version), 'vcsim');

/** Path of a Python that can import the newest pyVmomi; PYVMOMI_PYTHON names another one. Throws MissingPeer. */
export const pythonWithPyvmomi = () => process.env.PYVMOMI_PYTHON ?? pythonWith('pyvmomi', ['pyvmomi']);

/** Path of a Python with those packages, in an environment of that name. Throws MissingPeer. */
export function pythonWith(name, packages) {
  // A venv knows its own path, so it is made in place and marked when it is whole.
  const venv = join(cache, name);
  const mark = join(venv, 'ready');
  if (!existsSync(mark)) {
    rmSync(venv, { recursive: true, force: true });
    mkdirSync(cache, { recursive: true });
    run('python3', ['-m', 'venv', venv]);
    run(join(venv, 'bin/pip'), ['install', '--quiet', '--disable-pip-version-check', ...packages]);
    writeFileSync(mark, run(join(venv, 'bin/pip'), ['freeze', '--disable-pip-version-check']));
  }
  return join(venv, 'bin/python');
}

/** The folder of those npm packages, installed apart from our own: a file URL to import from. Throws MissingPeer. */
export function nodePackages(name, packages) {
  const folder = join(cache, name);
  const mark = join(folder, 'ready');
  if (!existsSync(mark)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    run('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', '--silent', ...packages]);
    writeFileSync(mark, packages.join('\n'));
  }
  return folder;
}

/**
 * A program of Debian's packages, which are installed when it does not run with `test` and this is root on Debian.
 * Throws MissingPeer, which names the packages.
 */
export function debian(program, packages, test) {
  const works = () => spawnSync(program, test).status === 0;
  if (works()) return program;
  const missing = `${program} is not installed: apt-get install ${packages.join(' ')}`;
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) throw new MissingPeer(missing);
  run('apt-get', ['update', '-qq']);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  if (!works()) throw new MissingPeer(missing);
  return program;
}
