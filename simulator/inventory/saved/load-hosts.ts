// A loaded host: its managers under the ids that were saved, or new ones, holding what the host's configuration shows.
import type { HostVirtualNicManagerInfo, ManagedObjectReference } from '../../../core/vim25/index.ts';
import { managerPartsOf } from '../../objects/host-system/managers.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import type { SavedObject } from './read-saved.ts';
import { completed, renamed, type Template } from './template.ts';

type Ref = ManagedObjectReference;

/** Creates the host and what belongs to it. Managers that were not saved by themselves hold what the host shows of them. */
export function loadHost(tx: Transaction, { ref, props }: SavedObject, template: Template, saved: ReadonlyMap<string, SavedObject>): void {
  const original = template.of.get('HostSystem')!;
  const fields = original['configManager'] as Readonly<Record<string, Ref>>;
  const theirs = (props['configManager'] ?? {}) as Readonly<Record<string, Ref>>;
  const names = new Map<string, Ref>([[key(template.host), ref]]);
  const fieldOf = new Map<string, string>();
  for (const [field, own] of Object.entries(fields)) {
    if (!own?.value) continue;
    fieldOf.set(key(own), field);
    // The types of some managers differ between releases; ours is what the methods know.
    if (theirs[field]) names.set(key(own), { type: own.type, value: theirs[field].value });
  }
  const browser = props['datastoreBrowser'] as Ref | undefined;
  for (const part of template.parts) {
    if (part.ref.type === 'HostDatastoreBrowser' && browser) names.set(key(part.ref), browser);
    else if (!names.has(key(part.ref))) names.set(key(part.ref), freshName(tx, part.ref, template.host, ref));
  }
  const config = managerPartsOf((props['config'] ?? {}) as Props);
  for (const part of template.parts) {
    const name = names.get(key(part.ref))!;
    if (tx.has(name)) continue;
    const field = fieldOf.get(key(part.ref));
    const shown = field === undefined ? {} : config[field];
    const own = saved.get(name.value)?.props;
    const fresh = renamed(part.props, names) as Props;
    const made = withLists(filled(fresh, { ...shown, ...own }));
    tx.create(name.type, name.value, part.ref.type === 'HostVirtualNicManager' ? { ...fresh, _selected: selectedIn(made['info'] as HostVirtualNicManagerInfo) ?? fresh['_selected'] } : made);
  }
  const internal = Object.entries(original).filter(([name]) => name === '_executer' || name === '_typeManager');
  tx.create('HostSystem', ref.value, {
    ...completed(props, renamed(original, names) as Props),
    configManager: renamed(Object.fromEntries(Object.entries({ ...fields, ...pick(theirs, fields) })), names),
    ...(browser ? {} : { datastoreBrowser: renamed(original['datastoreBrowser'], names) }),
    ...(renamed(Object.fromEntries(internal), names) as Props),
  });
}

const key = ({ type, value }: Ref): string => `${type}:${value}`;

/** Those of `theirs` that the template has, with its types. */
const pick = (theirs: Readonly<Record<string, Ref>>, fields: Readonly<Record<string, Ref>>): Readonly<Record<string, Ref>> =>
  Object.fromEntries(Object.entries(theirs).flatMap(([field, { value }]) => (fields[field]?.value ? [[field, { type: fields[field].type, value }]] : [])));

/** What was saved, with the parts that a fresh manager has besides; lists are taken as they are. */
function filled(fresh: Props, saved: Readonly<Record<string, unknown>>): Props {
  const made: Record<string, unknown> = { ...fresh, ...saved };
  for (const [name, value] of Object.entries(saved)) {
    const [own, other] = [value, fresh[name]];
    if (isPlain(own) && isPlain(other)) made[name] = { ...Object.fromEntries(Object.entries(other).filter(([key, part]) => key !== '_type' && !Array.isArray(part) && own[key] === undefined)), ...own };
  }
  return made;
}

const LISTS = ['vswitch', 'proxySwitch', 'portgroup', 'pnic', 'vnic', 'consoleVnic'];

/** A network without adapters or switches says so by empty lists. */
function withLists(props: Props): Props {
  const network = props['networkInfo'];
  return isPlain(network) ? { ...props, networkInfo: { ...Object.fromEntries(LISTS.map((name) => [name, []])), ...network } } : props;
}

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

/** `firewallSystem-7` of the template's host 7 is `firewallSystem-21` of host 21. */
function freshName(tx: Transaction, part: Ref, template: Ref, host: Ref): Ref {
  const tail = (text: string): string => text.slice(text.lastIndexOf('-') + 1);
  let value = part.value.replace(new RegExp(`${tail(template.value)}$`), tail(host.value));
  while (tx.has({ type: part.type, value })) value = `${value}-${tail(host.value)}`;
  return { type: part.type, value };
}

/** Which devices each kind of traffic uses: selectedVnic names candidates by their keys. Undefined when it does not say. */
function selectedIn({ netConfig = [] }: HostVirtualNicManagerInfo): Readonly<Record<string, readonly string[]>> | undefined {
  if (netConfig.every(({ candidateVnic = [] }) => candidateVnic.length === 0)) return undefined;
  const selected: Record<string, readonly string[]> = {};
  for (const { nicType, candidateVnic = [], selectedVnic = [] } of netConfig) {
    const devices = selectedVnic.flatMap((one) => candidateVnic.filter((nic) => nic.key === one || nic.device === one).map(({ device }) => device!));
    if (devices.length > 0) selected[nicType] = devices;
  }
  return selected;
}
