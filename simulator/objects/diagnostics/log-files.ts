// Which logs a server has, and what stands in them: worked out from the recorded events, so the logs grow as things
// happen and are bounded as the events are. When old events are forgotten the logs begin anew, as rotated ones do.
import { isSubtype, type AboutInfo, type DiagnosticManagerLogDescriptor, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Product } from '../../dispatch/simulation.ts';
import { oldestFirst, stateOf, type Entry, type Source } from '../../events/log.ts';
import type { Readable } from '../../store/object.ts';
import { hostdLog, vmkernelLog, vpxaLog, vpxdAlertLog, vpxdLog, type LogForm, type Writer } from './log-lines.ts';

type Ref = ManagedObjectReference;

interface LogFile {
  readonly key: string;
  readonly fileName: string;
  readonly creator: string;
  readonly label: string;
  readonly form: LogForm;
}

const VCENTER: readonly LogFile[] = [
  { key: 'vpxd:vpxd.log', fileName: '/var/log/vmware/vpxd/vpxd.log', creator: 'vpxd', label: 'vCenter Server log', form: vpxdLog },
  { key: 'vpxd:vpxd-alert.log', fileName: '/var/log/vmware/vpxd/vpxd-alert.log', creator: 'vpxd', label: 'vCenter Server alerts', form: vpxdAlertLog },
];
const HOST: readonly LogFile[] = [
  { key: 'hostd', fileName: '/var/log/hostd.log', creator: 'hostd', label: 'Server log', form: hostdLog },
  { key: 'vmkernel', fileName: '/var/log/vmkernel.log', creator: 'vmkernel', label: 'VMkernel log', form: vmkernelLog },
];
/** The agent is there on hosts that a vCenter manages. */
const AGENT: LogFile = { key: 'vpxa', fileName: '/var/log/vpxa.log', creator: 'vpxa', label: 'vCenter agent log', form: vpxaLog };

/** Where logs are read: a store or a transaction, with what the server says of itself. */
export interface Server {
  readonly product: Product;
  readonly about: AboutInfo;
  readonly source: Source;
}

/** The logs of a host, or of the server itself when there is none. */
export function logFiles({ product }: Server, host: Ref | undefined): readonly LogFile[] {
  if (product === 'esxi') return HOST;
  return host === undefined ? VCENTER : [...HOST, AGENT];
}

export const describe = ({ key, fileName, creator, label }: LogFile): DiagnosticManagerLogDescriptor =>
  ({ key, fileName, creator, format: 'plain', mimeType: 'text/plain', info: { label, summary: label } });

/** Lines by log, for one state of the history: worked out once. */
const cache = new WeakMap<object, Map<string, readonly string[]>>();

/** All lines of a log; with `before`, those of events with a smaller key only. */
export function linesOf(server: Server, file: LogFile, host: Ref | undefined, before = Infinity): readonly string[] {
  const { source } = server;
  const self = host && source.find(host.value);
  const state = stateOf(source);
  const known = cache.get(state) ?? new Map<string, readonly string[]>();
  cache.set(state, known);
  const id = `${file.key} ${host?.value ?? ''} ${before}`;
  let lines = known.get(id);
  if (lines === undefined) {
    const told = [...entriesOf(server, host, before)];
    lines = [...file.form.begin(writer(server, self, told[0])), ...told.flatMap((entry) => file.form.lines(entry))];
    known.set(id, lines);
  }
  return lines;
}

function* entriesOf({ product, source }: Server, host: Ref | undefined, before: number): Iterable<Entry> {
  for (const entry of oldestFirst(source)) {
    if (entry.event.key >= before) return;
    // A standalone host has no history but its own.
    if (product === 'esxi' || host === undefined || entry.within.includes(host.value)) yield entry;
  }
}

function writer({ about, source }: Server, host: Readable | undefined, first: Entry | undefined): Writer {
  const product = (host && isSubtype(host.ref.type, 'HostSystem') ? (host.props['config'] as { product?: AboutInfo }).product : undefined) ?? about;
  const boot = (host?.props['runtime'] as { bootTime?: Date } | undefined)?.bootTime;
  const start = first?.event.createdTime ?? [...oldestFirst(source)][0]?.event.createdTime ?? boot ?? new Date(0);
  const since = boot !== undefined && boot < start ? boot : start;
  return { product: product.fullName, version: product.version, build: product.build, name: String(host?.props['name'] ?? about.name), since };
}
