import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { NAMESPACES, useNamespace } from '../../../core/vim25/index.ts';
import { createSimulator, ManualClock, type Simulator } from '../../index.ts';
import { loadSaved } from '../../saved.ts';
import { createSnapshot } from '../../objects/virtual-machine/snapshots.ts';
import { setPower } from '../../objects/virtual-machine/power.ts';
import { labOptionsOfText } from '../../lab.ts';
import { list } from '../../objects/datastore/files.ts';

const folder = mkdtempSync(join(tmpdir(), 'vicsim-saved-'));
after(() => rmSync(folder, { recursive: true }));

/** The files without what a world says of the moment. */
function contents(dir: string): Map<string, string> {
  return new Map(readdirSync(dir).map((name) => [name.replace(/^\d+-/, ''), readFileSync(join(dir, name), 'utf8')] as const).filter(([name]) => !/^(SessionManager|EventManager|ViewManager|ServiceInstance)-/.test(name)));
}

async function again(simulator: Simulator, name: string): Promise<{ readonly first: string; readonly second: string; readonly loaded: Simulator; readonly skipped: ReadonlyMap<string, number> }> {
  const [first, second] = [join(folder, name), join(folder, `${name}-again`)];
  await simulator.save(first);
  const { options, skipped } = await loadSaved(first);
  const loaded = createSimulator({ ...options, clock: simulator.clock });
  await loaded.save(second);
  return { first, second, loaded, skipped };
}

for (const product of ['vcenter', 'esxi'] as const) {
  test(`what is saved of a ${product} is loaded whole`, async () => {
    const simulator = createSimulator({ product, clock: new ManualClock(), model: product === 'vcenter' ? { pool: 1, app: 1, pod: 1 } : {} });
    const vm = [...simulator.store.ofType('VirtualMachine')][0]!.ref;
    simulator.store.transaction((tx) => void createSnapshot(simulator.sim, tx, vm, { name: 'before', memory: false, quiesce: false }));
    simulator.store.transaction((tx) => void createSnapshot(simulator.sim, tx, vm, { name: 'after', memory: false, quiesce: false }));
    const { first, second, loaded, skipped } = await again(simulator, product);
    assert.deepEqual([...skipped.keys()], ['EventManager.latestEvent'].filter((what) => skipped.has(what)));
    const [one, other] = [contents(first), contents(second)];
    assert.deepEqual([...other.keys()].sort(), [...one.keys()].sort());
    for (const [name, text] of one) assert.equal(other.get(name), text, name);
    // Ids are never given twice, and files are where they were.
    const numbers = [...one.keys()].map((name) => Number(/-(\d{1,9})\.xml$/.exec(name)?.[1] ?? 0));
    assert.ok(Number(loaded.store.transaction((tx) => tx.nextId('vm')).slice(3)) > Math.max(...numbers));
    const [datastore] = [...simulator.store.ofType('Datastore')];
    const names = (of: Simulator) => of.store.transaction((tx) => list(tx, datastore!.ref, '').map(({ name }) => name));
    assert.deepEqual(names(loaded), names(simulator));
  });
}

test('only objects of vim25 are saved: other readers stop at the types of services beside it', async () => {
  const simulator = createSimulator({ clock: new ManualClock() });
  const dir = join(folder, 'vim25');
  // Their types are known from when somebody first speaks to them.
  for (const namespace of Object.keys(NAMESPACES)) useNamespace(namespace);
  await simulator.save(dir);
  const types = new Set(readdirSync(dir).map((name) => name.split('-')[1]!));
  assert.ok([...simulator.store.all()].some(({ ref }) => ref.type === 'PbmServiceInstance'));
  assert.ok(types.has('VirtualMachine') && types.has('HostVsanSystem'));
  assert.deepEqual([...types].filter((type) => /^(Vslm|Pbm|Cns)/.test(type)), []);
});

test('a loaded world is worked with: power, and events of it', async () => {
  const { options, skipped: _ } = await loadSaved(join(folder, 'vcenter'));
  const loaded = createSimulator({ ...options, clock: new ManualClock() });
  const vm = [...loaded.store.ofType('VirtualMachine')][0]!.ref;
  const state = () => (loaded.store.get(vm)!.props['summary'] as { runtime: { powerState: string } }).runtime.powerState;
  assert.equal(state(), 'poweredOn');
  loaded.store.transaction((tx) => setPower(loaded.sim, tx, vm, 'poweredOff'));
  assert.equal(state(), 'poweredOff');
});

test('what a host shows holds although its managers were not saved, as govc leaves them out', async () => {
  const dir = join(folder, 'without');
  const simulator = createSimulator({ clock: new ManualClock() });
  const host = [...simulator.store.ofType('HostSystem')][0]!;
  const services = (host.props['configManager'] as { serviceSystem: { type: string; value: string } }).serviceSystem;
  simulator.store.transaction((tx) => tx.set(services, 'serviceInfo', { service: [{ key: 'only', label: 'only', required: false, uninstallable: false, running: true, policy: 'on' }] }));
  await simulator.save(dir);
  for (const name of readdirSync(dir)) if (/-(HostServiceSystem|HostFirewallSystem|OptionManager)-/.test(name)) rmSync(join(dir, name));
  const { options } = await loadSaved(dir);
  const loaded = createSimulator(options);
  const config = (of: Simulator) => of.store.get(host.ref)!.props['config'] as { service: { service: { key: string }[] }; option: unknown[] };
  assert.deepEqual(config(loaded).service.service.map(({ key }) => key), ['only']);
  assert.equal(config(loaded).option.length, config(simulator).option.length);
});

test('permissions, roles and the rights they give come along', async () => {
  const simulator = createSimulator({ ...(await labOptionsOfText('product: vcenter\ndatacenters: [{ name: DC0, clusters: [{ name: C0, hosts: 1 }], datastores: [ds] }]\nusers: [{ name: reader, password: secret, role: ReadOnly }]\n')), clock: new ManualClock() });
  const { loaded } = await again(simulator, 'rights');
  const permissions = (of: Simulator) => of.store.get(of.sim.wellKnown['rootFolder']!)!.props['permission'] as readonly { principal: string; roleId: number }[];
  assert.deepEqual(permissions(loaded).map(({ principal, roleId }) => [principal, roleId]), permissions(simulator).map(({ principal, roleId }) => [principal, roleId]));
});

test('what is unknown is left out and counted; what is no inventory is named', async () => {
  const dir = join(folder, 'odd');
  await createSimulator({ clock: new ManualClock(), model: { cluster: 0, standaloneHost: 0, machine: 0 } }).save(dir);
  writeFileSync(join(dir, '9000-Oddity-odd-1.xml'), '<ObjectContent><obj type="Oddity">odd-1</obj></ObjectContent>');
  const root = readdirSync(dir).find((name) => name.includes('-Folder-group-d1.'))!;
  writeFileSync(join(dir, root), readFileSync(join(dir, root), 'utf8').replace('</ObjectContent>', '<propSet><name>oddness</name><val>1</val></propSet></ObjectContent>'));
  const { options, skipped } = await loadSaved(dir);
  createSimulator(options);
  assert.equal(skipped.get('objects of type Oddity'), 1);
  assert.equal(skipped.get('Folder.oddness'), 1);
  writeFileSync(join(dir, '9001-Folder-x.xml'), '<Envelope/>');
  await assert.rejects(loadSaved(dir), /9001-Folder-x\.xml: it is no saved object: an ObjectContent/);
  await assert.rejects(loadSaved(join(folder, 'nowhere')), /nowhere is no directory/);
  writeFileSync(join(folder, 'notes.txt'), '');
  await assert.rejects(createSimulator().save(folder), /something else in it/);
});
