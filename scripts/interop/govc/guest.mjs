// Guest operations: files and programs in a machine whose tools run. No containers are needed.
import { equal, excludes, includes, match, topic } from '../check.mjs';

const VM = 'DC0_H0_VM0';
const AS = (user) => ({ env: { GOVC_GUEST_LOGIN: `${user}:secret` } });
const root = AS('root');

/** A check in a guest whose tools run. */
const inGuest = (run) => async (g) => {
  await g.run(`vm.change -vm ${VM} -e SET.guest.toolsRunningStatus=guestToolsRunning`);
  await run(g, (line, options = root) => g.text(typeof line === 'string' ? line.replace(/^\S+/, (command) => `${command} -vm ${VM}`) : [line[0], '-vm', VM, ...line.slice(1)], options));
};
const refused = (g, line, options = root) => g.fails(line.replace(/^\S+/, (command) => `${command} -vm ${VM}`), options);

export default topic('govc.guest', {
  'ls: a new guest has the usual directories': inGuest(async (g, guest) => {
    const text = await guest('guest.ls /');
    for (const name of ['etc', 'tmp', 'root', 'var']) match(text, new RegExp(` ${name}$`, 'm'));
  }),
  'no-tools: without running tools nobody comes in': async (g) => {
    match(await refused(g, 'guest.ls /'), /VMware Tools is not running/);
  },
  'off: a machine that is off has no guest': inGuest(async (g) => {
    await g.run(`vm.power -off ${VM}`);
    match(await refused(g, 'guest.ls /'), /current state \(Powered off\)/);
  }),
  'login: accounts that were named are the only ones': inGuest(async (g, guest) => {
    await g.run(['vm.change', '-vm', VM, '-e', 'SIM.guest.accounts=root:right']);
    match(await refused(g, 'guest.ls /'), /Failed to authenticate/);
    match(await guest('guest.ls /', { env: { GOVC_GUEST_LOGIN: 'root:right' } }), /etc/);
  }),
  'start: a program starts, does its work and has an exit code': inGuest(async (g, guest) => {
    const pid = await guest(['guest.start', '/bin/sh', `-c 'echo "hi there" > /tmp/hello; exit 4'`]);
    match(pid, /^\d+$/);
    equal(await guest('guest.download /tmp/hello -'), 'hi there');
    const text = await guest(`guest.ps -json -p ${pid}`);
    const [process] = JSON.parse(text).processInfo;
    equal([process.name, process.owner, process.exitCode], ['sh', 'root', 4]);
  }),
  'start-unknown: a program that is not there is refused': inGuest(async (g, guest) => {
    match(await refused(g, 'guest.start /bin/nothing'), /\/bin\/nothing was not found/);
    excludes(await guest('guest.ps -e'), 'nothing', 'processes');
  }),
  'ps-kill: a program that sleeps is listed until it is killed': inGuest(async (g, guest) => {
    const pid = await guest('guest.start /bin/sleep 1000');
    match(await guest(`guest.ps -e -p ${pid}`), /\/bin\/sleep 1000/);
    await guest(`guest.kill -p ${pid}`);
    const [process] = JSON.parse(await guest(`guest.ps -json -p ${pid}`)).processInfo;
    equal(typeof process.endTime, 'string');
    match(await refused(g, `guest.kill -p ${pid}`), /no process/);
  }),
  'upload-download: a file goes in and comes out again': inGuest(async (g, guest) => {
    await guest('guest.upload - /tmp/up', { ...root, input: 'some text\n' });
    equal(await guest('guest.download /tmp/up -'), 'some text');
    match(await refused(g, 'guest.download /tmp/none -'), /\/tmp\/none was not found/);
  }),
  'run: output and exit code of a command come back': inGuest(async (g, guest) => {
    equal(await guest('guest.run cat /etc/hostname'), VM.replaceAll('_', '-'));
    match(await guest('guest.run -e COLOUR=blue env'), /^COLOUR=blue$/m);
    match(await refused(g, 'guest.run cat /etc/none'), /No such file or directory/);
  }),
  'files: directories and files are made, moved, and deleted': inGuest(async (g, guest) => {
    await guest('guest.mkdir -p /srv/a/b');
    await guest('guest.touch /srv/a/f');
    await guest('guest.mv /srv/a/f /srv/a/b/g');
    includes(await guest('guest.ls /srv/a/b'), ' g', 'list');
    match(await refused(g, 'guest.rmdir /srv/a'), /not empty/);
    await guest('guest.rm /srv/a/b/g');
    await guest('guest.rmdir -r /srv/a');
    excludes(await guest('guest.ls /srv'), ' a', 'list');
  }),
  'attributes: mode and owner are as set, and kept from others': inGuest(async (g, guest) => {
    await guest('guest.touch /tmp/f');
    await guest('guest.chmod 0600 /tmp/f');
    await guest('guest.chown 12:34 /tmp/f');
    match(await guest('guest.ls /tmp'), /^-rw-------\s+12\s+34\s.* f$/m);
    match(await refused(g, 'guest.download /tmp/f -', AS('joe')), /denied by the guest/);
    match(await refused(g, 'guest.rm /tmp/f', AS('joe')), /denied by the guest/);
    match(await guest('guest.ls /tmp'), / f$/m);
  }),
  'mktemp-getenv: temporary names and the environment': inGuest(async (g, guest) => {
    match(await guest('guest.mktemp -t pre -s .suf'), /^\/tmp\/pre\w+\.suf$/);
    match(await guest('guest.mktemp -d'), /^\/tmp\/\w+$/);
    match(await guest('guest.getenv'), /^HOME=\/root$/m);
  }),
  'instant-clone: what runs and what is on the disk is in the copy, too': inGuest(async (g, guest) => {
    const pid = await guest(['guest.start', '/bin/sh', `-c 'echo shared > /tmp/f; sleep 1000'`]);
    await g.run(`vm.instantclone -vm ${VM} -pool DC0_H0/Resources -e guestinfo.me=child child`);
    equal(await g.value('/DC0/vm/child', 'runtime.powerState'), 'poweredOn');
    equal(await g.text('guest.download -vm child /tmp/f -', root), 'shared');
    match(await g.text(`guest.ps -vm child -e -p ${pid}`, root), /sleep 1000/);
    await g.text('guest.rm -vm child /tmp/f', root);
    equal(await guest('guest.download /tmp/f -'), 'shared');
    match(await g.text('vm.info -e child'), /guestinfo\.me:\s+child/);
    match(await g.fails(`vm.instantclone -vm ${VM} -pool DC0_H0/Resources child`), /already exists/);
  }),
  'snapshot: files go back with a snapshot': inGuest(async (g, guest) => {
    await guest('guest.touch /srv/before');
    await g.run(`snapshot.create -vm ${VM} -m=false s`);
    await guest('guest.rm /srv/before');
    await g.run(`snapshot.revert -vm ${VM} s`);
    await g.run(`vm.power -on ${VM}`);
    match(await guest('guest.ls /srv'), / before$/m);
  }),
});
