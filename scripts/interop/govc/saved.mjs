// Saved inventories: what govc saves goes on as a world, of ours, of vcsim, and ours in vcsim; and vicsim ctl beside govc.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GOVMOMI, vcsimPath } from '../../peers.mjs';
import { equal, includes, ok, topic } from '../check.mjs';
import { start, vcsim, VICSIM } from '../worlds.mjs';

/** Runs a check with a directory and a way to start servers; both are gone afterwards. */
const withServers = (run) => async (c) => {
  const folder = mkdtempSync(join(tmpdir(), 'vic-testbed-saved-'));
  const servers = [];
  const launch = async (product, ...flags) => {
    const server = await start(product, flags);
    servers.push(server);
    return { ...server, env: { GOVC_URL: server.url } };
  };
  try {
    await run(c, folder, launch);
  } finally {
    servers.forEach(({ stop }) => stop());
    rmSync(folder, { recursive: true, force: true });
  }
};

const MOMENT = /-(SessionManager|EventManager|ViewManager|TaskManager|Alarm)-/;

/** When alarms were last looked at is of the moment, too. */
const ALARMS = /<propSet>\s*<name>declaredAlarmState<\/name>[\s\S]*?<\/propSet>/g;

/** Every file below, but for those that tell of the moment: sessions, views, events, and alarms, which are not loaded. Numbers of files are left out. */
function files(dir, prefix = '') {
  return readdirSync(dir).flatMap((name) => {
    const path = join(dir, name);
    if (statSync(path).isDirectory()) return files(path, `${name}/`);
    return MOMENT.test(name) ? [] : [[prefix + name.replace(/^\d+-/, ''), readFileSync(path, 'utf8').replace(ALARMS, '')]];
  });
}

const ctl = (url, ...words) => execFileSync(process.execPath, [...VICSIM.first, 'ctl', ...words], { encoding: 'utf8', env: { ...process.env, GOVC_URL: url } });

export default topic('govc.saved', {
  'round-trip: saved, loaded and saved again, it is the same': withServers(async (c, folder, launch) => {
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    await c.run(['object.save', '-d', first]);
    const loaded = await launch(VICSIM, '-load', first);
    await c.run(['object.save', '-d', second], { env: loaded.env });
    // Each names its services at its own address.
    const at = (dir, origin) => new Map(files(dir).map(([name, text]) => [name, text.replaceAll(origin, 'ORIGIN')]));
    const [one, other] = [at(first, new URL(c.url.href).origin), at(second, new URL(loaded.url).origin)];
    includes(one.get('OptionManager-VpxSettings.xml'), 'ORIGIN/sts/STSService', 'the address of the token service');
    equal([...other.keys()].join('\n'), [...one.keys()].join('\n'), 'objects');
    ok(one.size > 60, `${one.size} objects`);
    for (const [name, text] of one) if (!/FetchDVPorts/.test(name)) equal(other.get(name), text, name);
  }),
  'of-vcsim: an inventory of vcsim is worked with': { versions: ['newest'], run: withServers(async (c, folder, launch) => {
    const theirs = await launch(vcsim(GOVMOMI.newest, vcsimPath(GOVMOMI.newest)));
    const dir = join(folder, 'vcsim');
    // It lacks a method that govc asks for besides; the objects are saved by then.
    await c.run(['object.save', '-d', dir], { env: theirs.env }).catch(() => undefined);
    const paths = await c.lines(['find', '/'], { env: theirs.env });
    const { env, log } = await launch(VICSIM, '-load', dir);
    equal((await c.lines(['find', '/'], { env })).sort().join('\n'), paths.sort().join('\n'), 'paths');
    includes(log.text, 'left out objects of type Task', 'what was left out');
    for (const line of [
      'vm.power -off DC0_C0_RP0_VM0', 'vm.power -on DC0_C0_RP0_VM0', 'vm.clone -vm DC0_C0_RP0_VM0 -pool /DC0/host/DC0_C0/Resources -on=true cloned', 'snapshot.create -vm DC0_C0_RP0_VM0 s1',
      'vm.destroy DC0_C0_RP0_VM1', 'cluster.create c9', 'dvs.portgroup.add -dvs DVS0 pg9', 'pool.create /DC0/host/DC0_C0/Resources/p9', 'host.portgroup.add -host /DC0/host/DC0_C0/DC0_C0_H1 -vswitch vSwitch0 bridge',
    ]) await c.run(line, { env });
    equal((await c.text(['object.collect', '-s', '/DC0/vm/cloned', 'runtime.powerState'], { env })), 'poweredOn');
    equal((await c.lines(['find', '/', '-type', 'm', '-name', 'DC0_C0_RP0_VM1'], { env })).length, 0);
    equal(log.text.includes('error'), false, log.text);
  }) },
  'in-vcsim: vcsim goes on with what vicsim saved': { versions: ['old'], run: withServers(async (c, folder, launch) => {
    const dir = join(folder, 'ours');
    includes(ctl(c.url.href, 'save', dir), ' objects in ', 'vicsim ctl save');
    const { env } = await launch(vcsim(GOVMOMI.old, vcsimPath(GOVMOMI.old)), '-load', dir);
    equal((await c.lines(['find', '/'], { env })).sort().join('\n'), (await c.lines(['find', '/'])).sort().join('\n'), 'paths');
    await c.run('vm.power -off DC0_H0_VM0', { env });
    equal(await c.text(['object.collect', '-s', '/DC0/vm/DC0_H0_VM0', 'runtime.powerState'], { env }), 'poweredOff');
    equal(await c.value('/DC0/vm/DC0_H0_VM0', 'runtime.powerState'), 'poweredOn', 'ours is as it was');
  }) },
  'replay: what govc called is answered alike by another vicsim': withServers(async (c, folder, launch) => {
    const file = join(folder, 'calls.ndjson');
    const first = await launch(VICSIM, '-record', file);
    for (const line of ['vm.power -off DC0_H0_VM0', 'vm.clone -vm DC0_H0_VM0 -host DC0_H0 -pool /DC0/host/DC0_H0/Resources -on=true made', 'vm.destroy made']) await c.run(line, { env: first.env });
    const second = await launch(VICSIM, '-username', 'other', '-password', 'secret', '-seed', '7');
    const result = JSON.parse(execFileSync(process.execPath, [...VICSIM.first, 'replay', file, '--against', second.url, '--json'], { encoding: 'utf8', maxBuffer: 1 << 26 }).trim());
    ok(result.calls > 20, `${result.calls} calls`);
    equal(JSON.stringify(result.differences), '[]', 'differences');
    equal(await c.text(['object.collect', '-s', '/DC0/vm/DC0_H0_VM0', 'runtime.powerState'], { env: second.env }), 'poweredOff');
    ok(!readFileSync(file, 'utf8').includes('>pass<'), 'no password is recorded');
  }),
  'ctl-restore: vicsim ctl goes back to a snapshot': async (c) => {
    ctl(c.url.href, 'snapshot', 'create', 'ctl');
    await c.run('vm.destroy DC0_H0_VM0');
    const before = (await c.lines(['find', '/', '-type', 'm'])).length;
    ctl(c.url.href, 'restore', 'ctl');
    equal((await c.lines(['find', '/', '-type', 'm'])).length, before + 1);
    ctl(c.url.href, 'snapshot', 'remove', 'ctl');
  },
  'ctl-fork: a fork goes its own way': async (c) => {
    const { url, name } = JSON.parse(ctl(c.url.href, 'fork', 'create', '--json'));
    try {
      const env = { GOVC_URL: url.replace('://', '://user:pass@') + '/sdk' };
      await c.run('vm.destroy DC0_H0_VM0', { env });
      equal((await c.lines(['find', '/', '-type', 'm', '-name', 'DC0_H0_VM0'], { env })).length, 0);
      equal((await c.lines(['find', '/', '-type', 'm', '-name', 'DC0_H0_VM0'])).length, 1);
    } finally {
      ctl(c.url.href, 'fork', 'close', name);
    }
  },
});
