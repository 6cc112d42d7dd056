// Content libraries: local, published and subscribed; files in both directions; OVF items that become machines.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { equal, includes, match, noMatch, ok, sameMembers, topic } from '../check.mjs';

/** Runs with a directory of its own that is gone afterwards. */
async function inDirectory(run) {
  const directory = mkdtempSync(join(tmpdir(), 'vic-testbed-library-'));
  try {
    return await run(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const withFile = (name, bytes, run) => inDirectory((directory) => {
  writeFileSync(join(directory, name), bytes);
  return run(join(directory, name), directory);
});

/** The certificate of a server, in PEM. */
async function certificateOf({ hostname, port }) {
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { raw } = socket.getPeerCertificate();
  socket.destroy();
  return `-----BEGIN CERTIFICATE-----\n${raw.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}

export default topic('govc.library', {
  'create: a local library, listed, read and removed': async (g) => {
    const id = await g.text('library.create -ds LocalDS_0 -d Images content');
    match(id, /^[0-9a-f-]{36}$/);
    equal(await g.text('library.ls'), '/content');
    const [library] = await g.json('library.info /content');
    equal([library.name, library.description, library.type, library.storage_backings[0].type], ['content', 'Images', 'LOCAL', 'DATASTORE']);
    includes(await g.text('datastore.ls -ds LocalDS_0'), `contentlib-${id}`);
    await g.run('library.rm /content');
    equal(await g.text('library.ls'), '');
    noMatch(await g.text('datastore.ls -ds LocalDS_0'), /contentlib-/);
  },
  'update: name and description change': async (g) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run('library.update -n images -d Pictures /content');
    const [library] = await g.json('library.info /images');
    equal([library.name, library.description], ['images', 'Pictures']);
  },
  'import: a file arrives byte by byte, and comes out again': async (g) => withFile('disc.iso', Buffer.from('a disc image'.repeat(1000)), async (file, directory) => {
    const id = await g.text('library.create -ds LocalDS_0 content');
    await g.run(['library.import', '/content', file]);
    equal(await g.text('library.ls /content/*'), '/content/disc');
    const [item] = await g.json('library.info /content/disc');
    equal([item.type, item.size], ['iso', 12_000]);
    includes(await g.text(`datastore.ls -ds LocalDS_0 -R contentlib-${id}`), 'disc.iso');
    const target = join(directory, 'out');
    mkdirSync(target);
    await g.run(['library.export', '/content/disc/disc.iso', join(target, 'disc.iso')]);
    ok(readFileSync(join(target, 'disc.iso')).equals(readFileSync(file)), 'the same bytes');
    match(await g.text('library.info -l -L /content/disc/disc.iso'), /contentlib-/);
  }),
  'duplicate: a second item of a name is refused': async (g) => withFile('disc.iso', 'x', async (file) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run(['library.import', '/content', file]);
    await g.fails(['library.import', '/content', file]);
    equal(await g.text('library.ls /content/*'), '/content/disc');
  }),
  'session: an update that nobody completed is listed, and removed': async (g) => withFile('disc.iso', 'x', async (file) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run(['library.import', '/content', file]);
    match(await g.text('library.session.ls'), /disc/);
    await g.run('library.session.rm -f');
  }),
  'item-update: name and description; then it is removed': async (g) => withFile('disc.iso', 'x', async (file) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run(['library.import', '/content', file]);
    await g.run('library.update -n cd -d Compact /content/disc');
    const [item] = await g.json('library.info /content/cd');
    equal([item.name, item.description], ['cd', 'Compact']);
    await g.run('library.rm /content/cd');
    equal(await g.text('library.ls /content/*'), '');
  }),
  'copy: an item with its files, into another library': async (g) => withFile('disc.iso', 'the bytes', async (file, directory) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run('library.create -ds LocalDS_0 other');
    await g.run(['library.import', '/content', file]);
    await g.run('library.cp /content/disc /other');
    await g.run('library.rm /content');
    await g.run(['library.export', '/other/disc/disc.iso', join(directory, 'copy')]);
    equal(readFileSync(join(directory, 'copy'), 'utf8'), 'the bytes');
  }),
  'subscribe: what is published is synchronised, evicted and fetched again': async (g) => withFile('disc.iso', 'the bytes', async (file, directory) => {
    await g.run('library.create -ds LocalDS_0 -pub content');
    await g.run(['library.import', '/content', file]);
    const [{ publish_info }] = await g.json('library.info /content');
    match(publish_info.publish_url, /^https:\/\/127\.0\.0\.1:\d+\/cls\/vcsp\/lib\//);
    await g.run(['library.create', '-ds', 'LocalDS_0', '-sub', publish_info.publish_url, '-sub-ondemand=true', 'copy']);
    equal(await g.text('library.ls /copy/*'), '/copy/disc');
    const cached = async () => (await g.json('library.info /copy/disc'))[0].cached ?? false;
    equal(await cached(), false);
    await g.run(['library.export', '/copy/disc/disc.iso', join(directory, 'out')]);
    equal(readFileSync(join(directory, 'out'), 'utf8'), 'the bytes');
    equal(await cached(), true);
    await g.run('library.evict /copy/disc');
    equal(await cached(), false);
    await g.run('library.rm /content/disc');
    await g.run('library.sync /copy');
    equal(await g.text('library.ls /copy/*'), '');
  }),
  'subscriber: made, listed, published to, and gone with its library': async (g) => withFile('disc.iso', 'x', async (file) => {
    await g.run('library.create -ds LocalDS_0 -pub content');
    const [{ publish_info }] = await g.json('library.info /content');
    await g.run(['library.create', '-ds', 'LocalDS_0', '-sub', publish_info.publish_url, '-sub-ondemand=true', 'copy']);
    await g.run('library.subscriber.create -net=DC0_DVPG0 -pool=/DC0/host/DC0_C0/Resources content copy');
    match(await g.text('library.subscriber.ls content'), /copy/);
    await g.run(['library.import', '/content', file]);
    await g.run('library.publish content');
    equal(await g.text('library.ls /copy/*'), '/copy/disc');
    const id = (await g.json('library.subscriber.ls content'))[0].subscription;
    match(await g.text(`library.subscriber.info content ${id}`), /copy/);
    // govc's library.subscriber.rm sends the library's name as the subscription: the one that goes here, goes with its library.
    await g.run('library.rm /copy');
    noMatch(await g.text('library.subscriber.ls content'), /copy/);
  }),
  'tag: an item carries tags, and loses them with itself': async (g) => withFile('disc.iso', 'x', async (file) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run(['library.import', '/content', file]);
    const [{ id }] = await g.json('library.info /content/disc');
    await g.run('tags.category.create kind');
    await g.run('tags.create -c kind os');
    await g.run(`tags.attach os com.vmware.content.library.Item:${id}`);
    match(await g.text('tags.attached.ls os'), new RegExp(id));
    await g.run('library.rm /content/disc');
    equal(await g.text('tags.attached.ls os'), '');
  }),
  'list: every library': async (g) => {
    await g.run('library.create -ds LocalDS_0 one');
    await g.run('library.create -ds LocalDS_0 two');
    sameMembers(await g.lines('library.ls'), ['/one', '/two']);
  },
  'capture: a machine becomes an OVF item, and the item a machine again': async (g) => inDirectory(async (directory) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run('vm.power -off /DC0/vm/DC0_H0_VM0');
    await g.run('library.clone -ovf -vm DC0_H0_VM0 content box');
    sameMembers((await g.lines('library.ls /content/box/*')).map((line) => line.split('/').at(-1)), ['box.ovf', 'box-1.vmdk', 'box.mf']);
    await g.run(['library.export', '/content/box/box.ovf', join(directory, 'box.ovf')]);
    match(readFileSync(join(directory, 'box.ovf'), 'utf8'), /<Envelope[\s\S]*box-1\.vmdk/);
    await g.run('library.deploy -pool /DC0/host/DC0_H0/Resources -ds LocalDS_0 -folder /DC0/vm /content/box copy');
    const size = (name) => g.json(`vm.info ${name}`).then(({ virtualMachines: [vm] }) => [vm.summary.config.memorySizeMB, vm.summary.config.numCpu, vm.summary.config.numVirtualDisks]);
    equal(await size('copy'), await size('DC0_H0_VM0'));
    equal(await g.value('/DC0/vm/copy', 'runtime.powerState'), 'poweredOff');
  }),
  'deploy-import: an OVF that was imported is deployed with the content of its disk': async (g) => inDirectory(async (directory) => {
    await g.run('vm.power -off /DC0/vm/DC0_H0_VM0');
    await g.run(['export.ovf', '-vm', '/DC0/vm/DC0_H0_VM0', directory]);
    await g.run('library.create -ds LocalDS_0 content');
    await g.run(['library.import', '/content', join(directory, 'DC0_H0_VM0', 'DC0_H0_VM0.ovf')]);
    const [item] = await g.json('library.info /content/DC0_H0_VM0');
    equal(item.type, 'ovf');
    await g.run('library.deploy -pool /DC0/host/DC0_C0/Resources -folder /DC0/vm /content/DC0_H0_VM0 copy');
    match(await g.text('find /DC0/vm -name copy'), /copy/);
    const failure = await g.fails('library.deploy -pool /DC0/host/DC0_C0/Resources -folder /DC0/vm /content/DC0_H0_VM0 copy');
    match(failure, /already exists/);
  }),
  'template: a VM template item is deployed, and goes with its template': async (g) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run('library.clone -pool /DC0/host/DC0_H0/Resources -folder /DC0/vm -ds LocalDS_0 -vm DC0_H0_VM0 content golden');
    const [item] = await g.json('library.info /content/golden');
    equal(item.type, 'vm-template');
    equal(await g.value('/DC0/vm/golden', 'config.template'), 'true');
    await g.run('library.deploy -pool /DC0/host/DC0_H0/Resources -ds LocalDS_0 -folder /DC0/vm /content/golden made');
    equal(await g.value('/DC0/vm/made', 'config.template'), 'false');
    await g.run('vm.destroy /DC0/vm/golden');
    equal(await g.text('library.ls /content/*'), '');
  },
  'check-out: a template is changed by way of a machine': async (g) => {
    await g.run('library.create -ds LocalDS_0 content');
    await g.run('library.clone -pool /DC0/host/DC0_C0/Resources -folder /DC0/vm -ds LocalDS_0 -vm DC0_C0_RP0_VM0 content golden');
    await g.run('library.checkout -pool /DC0/host/DC0_C0/Resources -folder /DC0/vm /content/golden changed');
    await g.fails('library.checkout -pool /DC0/host/DC0_C0/Resources -folder /DC0/vm /content/golden again');
    await g.run('vm.change -vm changed -m 512');
    await g.run('library.checkin -vm changed -m bigger /content/golden');
    equal(await g.value('/DC0/vm/golden', 'config.hardware.memoryMB'), '512');
    equal(await g.value('/DC0/vm/golden', 'config.template'), 'true');
    const [item] = await g.json('library.info /content/golden');
    equal(item.content_version, '2');
  },
  'policy: the security policy of every vCenter': { versions: ['newest'], run: async (g) => match(await g.text('library.policy.ls'), /OVF default policy/) },
  'trust: a certificate is kept, read and removed; anything else is refused': async (g) => inDirectory(async (directory) => {
    const file = join(directory, 'cert.pem');
    writeFileSync(file, 'no certificate');
    await g.fails(['library.trust.create', file]);
    const pem = await certificateOf(g.url);
    writeFileSync(file, pem);
    await g.run(['library.trust.create', file]);
    const [id] = (await g.text('library.trust.ls')).split(/\s/);
    match(await g.text(`library.trust.info ${id}`), /Thumbprint|Subject|Issuer/i);
    await g.run(`library.trust.rm ${id}`);
    equal(await g.text('library.trust.ls'), '');
  }),
});
