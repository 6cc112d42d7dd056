// The docker command against a simulated VCH: what VIC 0.5 has, and what it has not.
import { equal, includes, match, ok, sameMembers, topic } from '../check.mjs';

const MAIN = 'virtual-container-host';
const BLUE = 'team-blue';

export default topic('docker', {
  'version: client and server agree on 1.22': async (d) => equal(await d.text(BLUE, ['version', '--format', '{{.Server.APIVersion}} {{.Server.Os}}']), '1.22 linux'),
  'info: the pool is the machine, the containers are counted': async (d) => {
    const text = await d.text(MAIN, 'info');
    match(text, /Containers: 3\n\s+Running: 2\n\s+Paused: 0\n\s+Stopped: 1/);
    match(text, /Name: virtual-container-host/);
    match(text, /VolumeStores: default/);
  },
  'ps: the running ones, and all': async (d) => {
    sameMembers(await d.lines(MAIN, ['ps', '--format', '{{.Names}}']), ['web', 'cache']);
    sameMembers(await d.lines(MAIN, ['ps', '-a', '--format', '{{.Names}} {{.Status}}']), ['web Running', 'cache Running', 'batch Stopped']);
    sameMembers(await d.lines(MAIN, ['ps', '-aq', '--filter', 'name=ba']), [(await d.text(MAIN, ['inspect', '--format', '{{.Id}}', 'batch'])).slice(0, 12)]);
  },
  'run: in the background, and its output afterwards': async (d) => {
    match(await d.text(BLUE, ['run', '-d', '--name', 'hello', 'busybox', 'echo', 'hello', 'there']), /^[0-9a-f]{64}$/);
    for (let n = 0; n < 50 && (await d.text(BLUE, ['inspect', '--format', '{{.State.Status}}', 'hello'])) !== 'exited'; n++);
    equal(await d.text(BLUE, ['logs', 'hello']), 'hello there');
  },
  'run-pulls: an image that is not there is pulled first': async (d) => {
    match(await d.text(BLUE, ['run', '-d', '--name', 'cache', 'redis:3.2']), /[0-9a-f]{64}$/);
    includes(await d.lines(BLUE, ['images', '--format', '{{.Repository}}:{{.Tag}}']), 'redis:3.2');
  },
  'create-start-stop-rm: the life of a container': async (d) => {
    const state = () => d.text(BLUE, ['inspect', '--format', '{{.State.Status}}', 'one']);
    await d.text(BLUE, ['create', '--name', 'one', 'busybox', 'top']);
    equal(await state(), 'created');
    await d.text(BLUE, 'start one');
    equal(await state(), 'running');
    await d.text(BLUE, 'restart one');
    equal(await state(), 'running');
    match(await d.refused(BLUE, 'rm one'), /cannot remove a running container/);
    await d.text(BLUE, 'stop one');
    equal(await state(), 'exited');
    await d.text(BLUE, 'rm one');
    match(await d.refused(BLUE, 'inspect --type container one'), /No such (object|container)/);
  },
  'kill: a hint, and the end': async (d) => {
    await d.text(MAIN, 'kill -s HUP web');
    equal(await d.text(MAIN, ['inspect', '--format', '{{.State.Running}}', 'web']), 'true');
    await d.text(MAIN, 'kill web');
    equal(await d.text(MAIN, ['inspect', '--format', '{{.State.Running}}', 'web']), 'false');
  },
  'ports: published, shown, and taken once': async (d) => {
    await d.text(BLUE, 'run -d --name a1 -p 8088:80 busybox top');
    match(await d.text(BLUE, ['ps', '--format', '{{.Ports}}']), /:8088->80\/tcp/);
    match(await d.refused(BLUE, 'run -d --name a2 -p 8088:80 busybox top'), /port 8088 is not available/);
  },
  'pull: an image with its digest, again, and one that is not there': async (d) => {
    match(await d.text(BLUE, 'pull alpine:3.4'), /Digest: sha256:[0-9a-f]{64}\nStatus: Downloaded newer image for library\/alpine:3\.4/);
    match(await d.text(BLUE, 'pull alpine:3.4'), /Image is up to date/);
    match(await d.text(BLUE, 'pull registry.example.com/team/app:1.0'), /Downloaded newer image/);
    match(await d.refused(BLUE, 'pull nosuch'), /image library\/nosuch not found/);
  },
  'images: names, tags, ids': async (d) => {
    sameMembers(await d.lines(MAIN, ['images', '--format', '{{.Repository}}:{{.Tag}}']), ['busybox:latest', 'nginx:1.11']);
    match(await d.text(MAIN, 'images -q busybox'), /^[0-9a-f]{12}$/);
    equal(await d.text(MAIN, ['inspect', '--type', 'image', '--format', '{{join .Config.Cmd " "}}', 'nginx:1.11']), 'nginx -g daemon off;');
  },
  'volumes: made, listed, mounted': async (d) => {
    equal(await d.text(MAIN, 'volume create --opt Capacity=2GB pgdata'), 'pgdata');
    sameMembers(await d.lines(MAIN, 'volume ls -q'), ['data', 'logs', 'pgdata']);
    await d.text(MAIN, 'create --name db -v pgdata:/data busybox top');
    equal(await d.text(MAIN, ['inspect', '--format', '{{range .Mounts}}{{.Name}} {{.Destination}}{{end}}', 'db']), 'pgdata /data');
    match(await d.refused(BLUE, 'volume create x'), /No volume store named \(default\)/);
  },
  'networks: made, joined, removed': async (d) => {
    equal(await d.lines(BLUE, ['network', 'ls', '--format', '{{.Name}}']), ['bridge']);
    await d.text(BLUE, 'network create backend');
    await d.text(BLUE, 'run -d --name one --net backend busybox top');
    equal(await d.text(BLUE, ['inspect', '--format', '{{(index .NetworkSettings.Networks "backend").IPAddress}}', 'one']), '172.17.0.2');
    await d.text(BLUE, 'network connect bridge one');
    match(await d.refused(BLUE, 'network rm backend'), /active endpoints/);
    await d.text(BLUE, 'rm -f one');
    await d.text(BLUE, 'network rm backend');
    equal(await d.lines(BLUE, ['network', 'ls', '--format', '{{.Name}}']), ['bridge']);
  },
  'missing: what VIC 0.5 has not says so': async (d) => {
    for (const line of ['pause web', 'exec web ls', 'rename web other', 'commit web image', 'rmi busybox', 'volume inspect data', 'top web']) {
      match(await d.refused(MAIN, line), /does not implement/, line);
    }
    ok((await d.refused(MAIN, 'run busybox true')) !== '', 'a container in the foreground cannot be had');
  },
}, { world: 'vch' });
