// SearchIndex: finds entities by what a client knows of them. Scans the objects of one type, which for ten thousand
// virtual machines costs about a millisecond; nothing found is an answer without a value, not a fault.
import { fault, isSubtype, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { notFound } from '../collector/retrieve.ts';
import { define, type Context } from '../dispatch/define.ts';
import { readPath, type Props, type StoredObject } from '../store/object.ts';
import { escapeName } from './entity.ts';

type Matches = (props: Props) => boolean;

export const searchIndex = define('SearchIndex', {
  FindByUuid: { query: (ctx, args) => first(search(ctx, args, byUuid(args.uuid, args.vmSearch, args.instanceUuid ?? false))) },
  FindAllByUuid: { query: (ctx, args) => [...search(ctx, args, byUuid(args.uuid, args.vmSearch, args.instanceUuid ?? false))] },
  FindByDnsName: { query: (ctx, args) => first(search(ctx, args, byDnsName(args.dnsName, args.vmSearch))) },
  FindAllByDnsName: { query: (ctx, args) => [...search(ctx, args, byDnsName(args.dnsName, args.vmSearch))] },
  FindByIp: { query: (ctx, args) => first(search(ctx, args, byIp(args.ip, args.vmSearch))) },
  FindAllByIp: { query: (ctx, args) => [...search(ctx, args, byIp(args.ip, args.vmSearch))] },
  FindByDatastorePath: { query: (ctx, { datacenter, path }) => findByDatastorePath(ctx, datacenter, path) },
  FindByInventoryPath: { query: (ctx, { inventoryPath }) => findByInventoryPath(ctx, inventoryPath) },
  FindChild: {
    query(ctx, { entity, name }) {
      if (ctx.sim.store.get(entity) === undefined) throw notFound(entity);
      return childNamed(ctx, entity, name);
    },
  },
});

const first = <T>(items: Iterable<T>): T | undefined => {
  for (const item of items) return item;
  return undefined;
};

const text = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

function* search(ctx: Context, where: { datacenter?: ManagedObjectReference; vmSearch: boolean }, matches: Matches): Iterable<ManagedObjectReference> {
  const { store } = ctx.sim;
  const { datacenter } = where;
  if (datacenter !== undefined && store.get(datacenter) === undefined) throw notFound(datacenter);
  for (const { ref, props } of store.ofType(where.vmSearch ? 'VirtualMachine' : 'HostSystem')) {
    if (matches(props) && (datacenter === undefined || isBelow(ctx, ref, datacenter))) yield ref;
  }
}

/** True when the way up from the entity leads through `ancestor`. */
function isBelow(ctx: Context, entity: ManagedObjectReference, ancestor: ManagedObjectReference): boolean {
  const seen = new Set<string>();
  let at: ManagedObjectReference | undefined = entity;
  while (at !== undefined && !seen.has(at.value)) {
    if (at.value === ancestor.value) return true;
    seen.add(at.value);
    const props: Props | undefined = ctx.sim.store.get(at)?.props;
    at = (props?.['parent'] ?? props?.['parentVApp']) as ManagedObjectReference | undefined;
  }
  return false;
}

function byUuid(uuid: string, ofVm: boolean, instance: boolean): Matches {
  const wanted = uuid.toLowerCase();
  const path = ofVm ? (instance ? 'config.instanceUuid' : 'config.uuid') : 'hardware.systemInfo.uuid';
  return (props) => wanted !== '' && text(readPath(props, path)) === wanted;
}

function byDnsName(dnsName: string, ofVm: boolean): Matches {
  const wanted = dnsName.toLowerCase();
  if (wanted === '') return () => false;
  if (ofVm) {
    return (props) => text(readPath(props, 'guest.hostName')) === wanted || items(props, 'guest.ipStack').some((stack) => isDnsName(wanted, stack['dnsConfig']));
  }
  return (props) => text(props['name']) === wanted || isDnsName(wanted, readPath(props, 'config.network.dnsConfig'));
}

/** A host answers to its bare name and to the name with its domain. */
function isDnsName(wanted: string, dnsConfig: unknown): boolean {
  const host = text(readPath(dnsConfig, 'hostName'));
  const domain = text(readPath(dnsConfig, 'domainName'));
  return host !== '' && (wanted === host || (domain !== '' && wanted === `${host}.${domain}`));
}

function byIp(ip: string, ofVm: boolean): Matches {
  const wanted = ip.toLowerCase();
  if (wanted === '') return () => false;
  if (ofVm) {
    return (props) =>
      text(readPath(props, 'guest.ipAddress')) === wanted ||
      items(props, 'guest.net').some((nic) => ((nic['ipAddress'] ?? []) as readonly string[]).some((address) => text(address) === wanted));
  }
  return (props) =>
    [...items(props, 'config.network.vnic'), ...items(props, 'config.network.consoleVnic')].some((nic) => text(readPath(nic, 'spec.ip.ipAddress')) === wanted);
}

const items = (props: Props, path: string): readonly Props[] => {
  const value = readPath(props, path);
  return Array.isArray(value) ? (value as readonly Props[]) : [];
};

function findByDatastorePath(ctx: Context, datacenter: ManagedObjectReference, path: string): ManagedObjectReference | undefined {
  const { store } = ctx.sim;
  const inside = store.get(datacenter);
  if (inside === undefined) throw notFound(datacenter);
  const match = /^\s*\[([^\]]+)\]\s*(.*?)\s*$/.exec(path);
  if (!match) throw fault('InvalidDatastorePath', { datastorePath: path }, `Invalid datastore path '${path}': it must look like '[datastore] directory/file.vmx'.`);
  const [, name = '', file = ''] = match;
  const datastores = (inside.props['datastore'] ?? []) as readonly ManagedObjectReference[];
  if (!datastores.some((ref) => store.get(ref)?.props['name'] === name)) {
    throw fault('InvalidDatastore', { name }, `Invalid datastore '${name}': this datacenter has no datastore of that name.`);
  }
  const wanted = `[${name}] ${file}`;
  const vms = search(ctx, { datacenter, vmSearch: true }, (props) => readPath(props, 'config.files.vmPathName') === wanted);
  return first(vms);
}

function findByInventoryPath(ctx: Context, path: string): ManagedObjectReference | undefined {
  let at: ManagedObjectReference | undefined = ctx.sim.wellKnown['rootFolder'];
  for (const name of path.split('/')) {
    if (name === '') continue;
    if (at === undefined) return undefined;
    at = childNamed(ctx, at, name);
  }
  return at;
}

/** Where children of each type are listed, in the order they are looked through. */
const CHILDREN: readonly (readonly [type: string, properties: readonly string[]])[] = [
  ['Folder', ['childEntity']],
  ['Datacenter', ['vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder']],
  ['ComputeResource', ['resourcePool', 'host']],
  ['ResourcePool', ['resourcePool', 'vm']],
];

/** The immediate child of that name; names may be given as the inventory stores them ('a%2fb') or plain ('a/b'). */
function childNamed(ctx: Context, parent: ManagedObjectReference, name: string): ManagedObjectReference | undefined {
  const object = ctx.sim.store.get(parent);
  if (object === undefined) return undefined;
  const escaped = escapeName(name);
  for (const child of children(object)) {
    const found = ctx.sim.store.get(child)?.props['name'];
    if (found === name || found === escaped) return child;
  }
  return undefined;
}

function children({ ref, props }: StoredObject): readonly ManagedObjectReference[] {
  const lists = CHILDREN.find(([type]) => isSubtype(ref.type, type))?.[1] ?? [];
  return lists.flatMap((list) => (props[list] ?? []) as ManagedObjectReference | readonly ManagedObjectReference[]);
}
