// The verbs of `vicsim ctl`: what each asks the admin plane, and how its answer looks to people.
import { UsageError } from '../cli-flags.ts';
import type { CallCount, CallRecord, ClockState, Delay, StandingRule } from '../index.ts';
import type { ForkEntry } from '../endpoints/admin-action.ts';
import type { SavedFile } from '../inventory/saved/write-saved.ts';
import { facts, table } from './table.ts';
import type { Given, Verb } from './verb.ts';

interface SnapshotEntry {
  readonly name: string;
  readonly objects: number;
  readonly version: number;
  readonly time: string;
}

const worldNow = ({ objects, version }: { objects: number; version: number }): string => `${objects} objects, version ${version}\n`;
const snapshots = ({ snapshots: list }: { snapshots: readonly SnapshotEntry[] }): string => table(['name', 'objects', 'version', 'time'], list.map(({ name, objects, version, time }) => [name, objects, version, time]), 'no snapshots');
const forkTable = (list: readonly ForkEntry[]): string => table(['name', 'url', 'objects', 'version'], list.map(({ name, url, objects, version }) => [name, url, objects, version]), 'no forks');
const forks = ({ forks: list }: { forks: readonly ForkEntry[] }): string => forkTable(list);
const clock = ({ now, rate, frozen, waiting }: Omit<ClockState, 'now'> & { now: string }): string => facts({ now, rate: frozen ? 'frozen' : `${rate}x`, waiting });
const delays = ({ delays: list, all }: { delays: readonly ({ method: string } & Delay)[]; all: number }): string =>
  `${all > 0 ? `every call: ${all} ms\n` : ''}${table(['method', 'ms', 'up to', 'jitter', 'steps'], list.map(({ method, milliseconds, upTo, jitter, steps }) => [method, milliseconds, upTo, jitter, steps]), 'no delays of methods')}`;
const rules = ({ rules: list }: { rules: readonly StandingRule[] }): string =>
  table(['id', 'method', 'on', 'does', 'matched', 'struck'], list.map((rule) => [rule.id, rule.method, rule.on, deed(rule), rule.matched, rule.struck]), 'no fault rules');
const boots = ({ rules: list }: { rules: readonly { name?: string; delay?: number; dhcp?: boolean; failures?: object; hangs?: readonly string[] }[] }): string =>
  table(['name', 'delay', 'dhcp', 'fails', 'hangs'], list.map(({ name = '(all)', delay, dhcp, failures, hangs }) => [name, delay, dhcp === undefined ? '' : dhcp ? 'any' : 'none', Object.keys(failures ?? {}).join(', '), (hangs ?? []).join(', ')]), 'no boot rules');
const callHead = ['time', 'method', 'object', 'user', 'ms', 'answer'];
const callRow = ({ time, method, object, user, ms, status, fault }: CallRecord): readonly (string | number)[] => [String(time), method, object, user, ms, fault ?? status];

function deed({ latency, fault, task, drop, truncate, status }: StandingRule): string {
  const parts = [
    latency === undefined ? '' : `wait ${latency} ms`, fault === undefined ? '' : `${task ? 'task ends in ' : ''}${fault.type}`,
    drop === undefined ? '' : `drop ${drop}`, truncate === undefined ? '' : `cut at ${truncate}`, status === undefined ? '' : `HTTP ${status}`,
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function rulesIn(given: Given): unknown {
  const [text = ''] = given.words;
  const json = text.startsWith('{') || text.startsWith('[') ? text : given.read(text);
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new UsageError(`the fault rule is no JSON: ${(error as Error).message}; for example '{"method":"PowerOnVM_Task","fault":{"type":"NotSupported"}}'`);
  }
}

function delayIn({ words: [method = '', range = ''], options: { jitter, steps } }: Given): Record<string, string> {
  const [, milliseconds, upTo] = /^(\d+)(?:-(\d+))?$/.exec(range) ?? [];
  if (milliseconds === undefined) throw new UsageError(`"${range}" is no delay: MILLISECONDS, or MIN-MAX`);
  return { method, milliseconds, ...(upTo === undefined ? {} : { upTo }), ...(jitter === undefined ? {} : { jitter }), ...(steps === undefined ? {} : { steps }) };
}

function pairs(words: readonly string[]): Record<string, string> {
  return Object.fromEntries(words.map((word) => {
    const at = word.indexOf('=');
    if (at <= 0) throw new UsageError(`"${word}" is no KEY=VALUE: name=vch1 delay=30 dhcp=none fail.vicadmin=TEXT hang.port-layer=true`);
    return [word.slice(0, at), word.slice(at + 1)];
  }));
}

const trace = ({ options: { last, method, follow } }: Given) => ({ ...(last === undefined ? {} : { last }), ...(method === undefined ? {} : { method }), ...(follow === undefined ? {} : { follow: 'true' }) });

export const VERBS: readonly Verb[] = [
  { name: 'reset', help: 'go back to the world as it was built', ask: () => ({ method: 'POST', action: 'reset' }), show: worldNow },
  { name: 'world', takes: 'FILE', help: 'show the world of a lab file', ask: ({ words: [file = ''], read }) => ({ method: 'POST', action: 'world', body: read(file) }), show: worldNow },
  { name: 'save', takes: 'DIR', help: 'write the world as govc object.save does: vicsim -load DIR takes it', ask: () => ({ method: 'GET', action: 'inventory' }),
    collects: async (lines, { words: [dir = ''] }) => ({ dir, objects: await (await import('../saved.ts')).writeSaved(dir, lines as AsyncIterable<SavedFile>) }),
    show: ({ dir, objects }: { dir: string; objects: number }) => `${objects} objects in ${dir}\n` },
  { name: 'snapshot list', help: 'list the snapshots', ask: () => ({ method: 'GET', action: 'snapshot' }), show: snapshots },
  { name: 'snapshot create', takes: '[NAME]', help: 'keep the world as it is under a name', ask: ({ words: [name = 'default'] }) => ({ method: 'POST', action: 'snapshot', query: { name } }), show: (one: SnapshotEntry) => `snapshot "${one.name}": ${worldNow(one)}` },
  { name: 'snapshot remove', takes: 'NAME', help: 'forget a snapshot', ask: ({ words: [name = ''] }) => ({ method: 'DELETE', action: 'snapshot', query: { name } }), show: snapshots },
  { name: 'restore', takes: '[NAME]', help: 'go back to a snapshot', ask: ({ words: [name = 'default'] }) => ({ method: 'POST', action: 'restore', query: { name } }), show: (one: SnapshotEntry) => `back at "${one.name}": ${worldNow(one)}` },
  { name: 'fork list', help: 'list the copies that are served', ask: () => ({ method: 'GET', action: 'forks' }), show: forks },
  { name: 'fork create', takes: '[NAME]', options: ['port'], help: 'serve a copy of the world at another port', ask: ({ words: [name], options: { port } }) => ({ method: 'POST', action: 'forks', query: { ...(name === undefined ? {} : { name }), ...(port === undefined ? {} : { port }) } }), show: (one: ForkEntry) => forkTable([one]) },
  { name: 'fork close', takes: 'NAME', help: 'stop serving a copy', ask: ({ words: [name = ''] }) => ({ method: 'DELETE', action: 'forks', query: { name } }), show: forks },
  { name: 'clock show', help: 'tell the time of the simulated world', ask: () => ({ method: 'GET', action: 'clock' }), show: clock },
  { name: 'clock rate', takes: 'RATE', help: 'let time pass faster or slower: 60x', ask: ({ words: [rate = ''] }) => ({ method: 'POST', action: 'clock', query: { rate } }), show: clock },
  { name: 'clock freeze', help: 'let it stand still', ask: () => ({ method: 'POST', action: 'clock', query: { rate: 'frozen' } }), show: clock },
  { name: 'clock step', takes: 'DURATION', help: 'let a while pass at once: 90s, 1h30m', ask: ({ words: [step = ''] }) => ({ method: 'POST', action: 'clock', query: { step } }), show: clock },
  { name: 'clock set', takes: 'TIME', help: 'go on to a moment that has not passed', ask: ({ words: [to = ''] }) => ({ method: 'POST', action: 'clock', query: { to } }), show: clock },
  { name: 'faults list', help: 'list the fault rules', ask: () => ({ method: 'GET', action: 'faults' }), show: rules },
  { name: 'faults add', takes: 'RULE', help: 'add a rule or a list of them: JSON, a file with it, or - for standard input', ask: (given) => ({ method: 'POST', action: 'faults', body: rulesIn(given) }), show: rules },
  { name: 'faults remove', takes: 'ID', help: 'take a rule away', ask: ({ words: [id = ''] }) => ({ method: 'DELETE', action: 'faults', query: { id } }), show: rules },
  { name: 'faults clear', help: 'take all of them away', ask: () => ({ method: 'DELETE', action: 'faults' }), show: rules },
  { name: 'delays list', help: 'list how long calls and tasks take', ask: () => ({ method: 'GET', action: 'delays' }), show: delays },
  { name: 'delays set', takes: 'METHOD MS|MIN-MAX', options: ['jitter', 'steps'], help: 'CloneVM 2000-5000: the work of its task; CloneVM_Task: the call; "*": all tasks', ask: (given) => ({ method: 'POST', action: 'delays', query: delayIn(given) }), show: delays },
  { name: 'delays remove', takes: 'METHOD', help: 'take the delay of a method away', ask: ({ words: [method = ''] }) => ({ method: 'DELETE', action: 'delays', query: { method } }), show: delays },
  { name: 'delays clear', help: 'take all of them away', ask: () => ({ method: 'DELETE', action: 'delays' }), show: delays },
  { name: 'trace', options: ['follow!', 'last', 'method'], help: 'the last calls; --follow goes on with those to come, --method CreateVM* picks', ask: (given) => ({ method: 'GET', action: 'trace', query: trace(given) }), follows: ({ options }) => options['follow'] !== undefined,
    show: (reply: { calls: readonly CallRecord[] } | CallRecord) => ('calls' in reply ? table(callHead, reply.calls.map(callRow), 'no calls') : `${callRow(reply).join('  ')}\n`) },
  { name: 'coverage', help: 'the methods that were called, how often and with which faults', ask: () => ({ method: 'GET', action: 'coverage' }),
    show: ({ called }: { called: readonly (CallCount & { state: string })[] }) => table(['method', 'calls', 'ms', 'vicsim', 'faults'], called.map(({ method, calls, ms, state, faults }) => [method, calls, ms, state, Object.entries(faults).map(([type, count]) => `${type} ${count}`).join(', ')]), 'nothing was called') },
  { name: 'appliances list', help: 'list how virtual container hosts boot', ask: () => ({ method: 'GET', action: 'appliances' }), show: boots },
  { name: 'appliances set', takes: 'KEY=VALUE…', help: 'name=vch1 delay=30 dhcp=none fail.vicadmin=TEXT hang.port-layer=true', ask: ({ words }) => ({ method: 'POST', action: 'appliances', query: pairs(words) }), show: boots },
  { name: 'dhcp', takes: 'NETWORK [RANGE]', help: 'the addresses that a network gives: 10.0.0.10-20, none; without RANGE the default', ask: ({ words: [network = '', range] }) => ({ method: 'POST', action: 'dhcp', query: { network, ...(range === undefined ? {} : { range }) } }), show: ({ network, range }: { network: string; range: string }) => `${network} gives ${range}\n` },
];
