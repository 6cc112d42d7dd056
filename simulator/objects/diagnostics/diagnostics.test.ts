import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type DiagnosticManagerBundleInfo, type DiagnosticManagerLogDescriptor, type DiagnosticManagerLogHeader, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { fetchBundle } from '../../endpoints/diagnostics.ts';
import { World } from '../world.testing.ts';
import { tar } from './tar.ts';

type Ref = ManagedObjectReference;

class Logs extends World {
  readonly manager = this.simulator.sim.wellKnown['diagnosticManager']!;

  async browse(key: string, more: { host?: Ref; start?: number; lines?: number } = {}): Promise<DiagnosticManagerLogHeader> {
    return (await this.call(this.manager, 'BrowseDiagnosticLog', { key, ...more })) as DiagnosticManagerLogHeader;
  }

  async keys(host?: Ref): Promise<string[]> {
    return ((await this.call(this.manager, 'QueryDescriptions', { host })) as DiagnosticManagerLogDescriptor[]).map(({ key }) => key);
  }

  /** Asks for the end first, as vic-machine does, then for what came after. */
  async after(key: string, host: Ref | undefined, act: () => Promise<unknown>): Promise<string> {
    const { lineEnd, lineText } = await this.browse(key, { ...(host ? { host } : {}), start: 2_147_483_647 });
    assert.deepEqual(lineText, []);
    await act();
    return (await this.browse(key, { ...(host ? { host } : {}), start: lineEnd + 1 })).lineText!.join('\n');
  }
}

test('the logs tell what happens, each what concerns it', async () => {
  const world = new Logs();
  const [host, other] = [world.named('DC0_H0', 'HostSystem'), world.named('DC0_C0_H0')];
  const vm = world.named('DC0_H0_VM0');
  assert.deepEqual(await world.keys(), ['vpxd:vpxd.log', 'vpxd:vpxd-alert.log']);
  assert.deepEqual(await world.keys(host), ['hostd', 'vmkernel', 'vpxa']);
  const off = () => world.call(vm, 'PowerOffVM_Task');
  const on = () => world.call(vm, 'PowerOnVM_Task');
  const vpxd = await world.after('vpxd:vpxd.log', undefined, off);
  assert.match(vpxd, /BEGIN task-\d+ -- vm-\d+ -- vim\.VirtualMachine\.powerOff -- user/);
  assert.match(vpxd, /\[vim\.event\.VmPoweredOffEvent\] \[info\] \[user\] \[DC0\] .* DC0_H0_VM0 on DC0_H0 in DC0 is powered off\]/);
  assert.match(await world.after('hostd', host, on), /State Transition \(VM_STATE_POWERING_ON -> VM_STATE_ON\)\n.*Event \d+ : Virtual machine DC0_H0_VM0 .* is powered on/);
  assert.match(await world.after('vmkernel', host, off), /Stopping world vmm0:DC0_H0_VM0/);
  assert.match(await world.after('vpxa', host, on), /VpxaEventHostd/);
  assert.equal(await world.after('hostd', other, off), '', 'what happens on another host is not told');
  assert.equal(await world.after('vpxd:vpxd-alert.log', undefined, on), '', 'nothing to look at');
  assert.match(await world.after('vpxd:vpxd-alert.log', undefined, () => world.refuses('InvalidPowerState', vm, 'PowerOnVM_Task')), /VmFailedToPowerOnEvent\] \[error\]/);
});

test('what is not there is refused with what is', async () => {
  const world = new Logs();
  const host = world.named('DC0_H0', 'HostSystem');
  await world.refuses('CannotAccessFile', world.manager, 'BrowseDiagnosticLog', { key: 'hostd' });
  await world.refuses('CannotAccessFile', world.manager, 'BrowseDiagnosticLog', { key: 'vpxd:vpxd.log', host });
  await world.refuses('InvalidArgument', world.manager, 'BrowseDiagnosticLog', { key: 'vpxd:vpxd.log', lines: -1 });
  await world.call(host, 'DisconnectHost_Task');
  await world.refuses('HostNotConnected', world.manager, 'BrowseDiagnosticLog', { key: 'hostd', host });
  await world.refuses('HostNotConnected', world.manager, 'QueryDescriptions', { host });
  const esxi = new Logs({}, 'esxi');
  assert.deepEqual(await esxi.keys(), ['hostd', 'vmkernel']);
  assert.match((await esxi.browse('hostd')).lineText!.join('\n'), /ha-host_VM0 /);
});

test('any window of a log is that part of the whole', async () => {
  const world = new Logs();
  const whole: string[] = [];
  for (;;) {
    const { lineText, lineEnd, lineStart } = await world.browse('vpxd:vpxd.log', { start: whole.length + 1, lines: 7 });
    assert.equal(lineStart, whole.length + 1);
    whole.push(...lineText!);
    if (whole.length >= lineEnd) break;
  }
  assert.ok(whole.length > 50);
  assert.deepEqual((await world.browse('vpxd:vpxd.log')).lineText, whole);
  await fc.assert(fc.asyncProperty(fc.integer({ min: -5, max: 300 }), fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }), async (start, lines) => {
    const reply = await world.browse('vpxd:vpxd.log', { start, ...(lines === undefined ? {} : { lines }) });
    const from = Math.max(1, start) - 1;
    assert.deepEqual(reply.lineText, whole.slice(from, lines === undefined ? undefined : from + lines));
    assert.equal(reply.lineEnd, whole.length);
  }));
});

test('one answer has at most 500 lines, 1000 from a host', async () => {
  for (const [product, key, most] of [['vcenter', 'vpxd:vpxd.log', 500], ['esxi', 'hostd', 1000]] as const) {
    const world = new Logs({}, product);
    const vm = [...world.store.ofType('VirtualMachine')][0]!.ref;
    for (let i = 0; i < most / 2; i++) world.store.transaction((tx) => tx.set(vm, 'name', `vm${i}`));
    for (let i = 0; i < most / 2; i++) world.store.transaction((tx) => tx.set(vm, 'name', `web${i}`));
    assert.ok((await world.browse(key, { start: 2_147_483_647 })).lineEnd > most);
    assert.equal((await world.browse(key)).lineText!.length, most);
    assert.equal((await world.browse(key, { lines: 5000 })).lineText!.length, most);
  }
});

/** Names and texts of a tar archive, read by its format. */
function untar(bytes: Buffer): Record<string, string> {
  const files: Record<string, string> = {};
  const text = (from: number, to: number) => bytes.toString('utf8', from, to).replace(/\0.*$/s, '');
  for (let at = 0; bytes[at] !== 0; ) {
    const sum = Number.parseInt(text(at + 148, at + 156), 8);
    const counted = bytes.subarray(at, at + 512).reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
    assert.equal(sum, counted, 'checksum');
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const prefix = text(at + 345, at + 500);
    files[`${prefix === '' ? '' : `${prefix}/`}${text(at, at + 100)}`] = bytes.toString('utf8', at + 512, at + 512 + size);
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return files;
}

test('a tar archive gives back what was put into it', () => {
  const part = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'é', '.'), minLength: 1, maxLength: 40 });
  fc.assert(fc.property(fc.uniqueArray(fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')), { minLength: 1, maxLength: 5 }), fc.array(fc.string({ unit: fc.constantFrom('x', 'ü', '\n', '\0'), maxLength: 1200 }), { minLength: 5, maxLength: 5 }), (paths, texts) => {
    const files = paths.map((path, i) => ({ path, text: texts[i]!, modified: new Date(i * 1000) }));
    assert.deepEqual(untar(Buffer.from(tar(files))), Object.fromEntries(files.map(({ path, text }) => [path, text])));
  }), { numRuns: 30 });
});

test('a bundle holds the logs as they were when it was made, for those who are logged in', async () => {
  const world = new Logs();
  const { sim } = world.simulator;
  const host = world.named('DC0_C0_H0');
  await world.refuses('LogBundlingFailed', world.manager, 'GenerateLogBundles_Task', { includeDefault: false });
  const before = (await world.browse('vpxd:vpxd.log')).lineText!;
  const result = await world.call(world.manager, 'GenerateLogBundles_Task', { includeDefault: true, host: [host] });
  const bundles = result as DiagnosticManagerBundleInfo[];
  assert.deepEqual(bundles.map(({ system }) => system), [undefined, host]);
  await world.call(world.named('DC0_H0_VM0'), 'PowerOffVM_Task');
  const fetch = (url: string, method = 'GET', headers: Record<string, string> = { authorization: `Basic ${btoa('user:pass')}` }) =>
    fetchBundle(sim, method, new URL(url.replace('*', 'server')).pathname, headers, '127.0.0.1');
  const reply = fetch(bundles[0]!.url);
  assert.equal(reply.status, 200);
  const files = untar(gunzipSync(Buffer.concat([...(reply.body as Iterable<Uint8Array>)])));
  const [path, text] = Object.entries(files).find(([name]) => name.endsWith('/vpxd.log'))!;
  assert.match(path, /^vcsupport-.*\/var\/log\/vmware\/vpxd\/vpxd\.log$/);
  assert.ok(text.startsWith(before.join('\n')));
  assert.doesNotMatch(text, /is powered off/);
  assert.equal(fetch(bundles[1]!.url, 'HEAD').body, undefined);
  assert.deepEqual([
    fetch(bundles[0]!.url, 'GET', {}).status, fetch(bundles[0]!.url, 'PUT').status, fetch('https://*/diagnostics/other.tgz').status, fetch('https://*/diagnostics/a/b').status,
  ], [401, 405, 404, 404]);
  for (let i = 0; i < 25; i++) await world.call(world.manager, 'GenerateLogBundles_Task', { includeDefault: true });
  assert.equal([...world.store.ofType('_LogBundle')].length, 20);
  assert.equal(fetch(bundles[0]!.url).status, 404, 'the oldest are forgotten');
});

test('a host makes bundles of its own logs', async () => {
  const world = new Logs({}, 'esxi');
  await world.refuses('InvalidArgument', world.manager, 'GenerateLogBundles_Task', { includeDefault: false });
  const result = await world.call(world.manager, 'GenerateLogBundles_Task', { includeDefault: true });
  assert.match((result as DiagnosticManagerBundleInfo[])[0]!.url, /^https:\/\/\*\/diagnostics\/esxsupport-/);
});
