// A snapshot of the inventory tree, read in a constant number of requests, with inventory paths. Knows nothing of VIC.
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import { isSubtype } from '../vim25/schema.ts';
import type { Connection } from './connection.ts';
import type { RawRow } from './properties.ts';
import { retrieveBelow, want } from './properties.ts';

/** One object of the inventory. */
export interface Node {
  readonly ref: ManagedObjectReference;
  /** As people know it: %2f, %5c and %25 are decoded. */
  readonly name: string;
  /** Inventory path with escaped names: '/DC0/host/DC0_C0/Resources'; the root folder is '/'. */
  readonly path: string;
  readonly parent: Node | undefined;
  readonly children: readonly Node[];
  /** The pool or vApp a VM runs in; undefined for anything else. */
  readonly pool: Node | undefined;
}

interface Growing extends Node {
  parent: Growing | undefined;
  children: Growing[];
  pool: Growing | undefined;
  path: string;
}

/** vSphere escapes the three characters that paths cannot hold. */
export const unescapeName = (name: string): string => name.replace(/%(2f|5c|25)/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
export const escapeName = (name: string): string => name.replace(/[%/\\]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);

/** The inventory as it was when it was read. */
export class Inventory {
  private readonly byRef: ReadonlyMap<string, Growing>;

  constructor(rows: readonly RawRow[]) {
    const nodes = new Map<string, Growing>();
    const raw = new Map<Growing, RawRow>();
    for (const row of rows) {
      const name = unescapeName(String(row.props['name'] ?? row.ref.value));
      const node: Growing = { ref: row.ref, name, path: '', parent: undefined, children: [], pool: undefined };
      nodes.set(formatReference(row.ref), node);
      raw.set(node, row);
    }
    const find = (ref: unknown): Growing | undefined => (ref === undefined ? undefined : nodes.get(formatReference(ref as ManagedObjectReference)));
    for (const [node, { props }] of raw) {
      // A VM in a vApp may have no parent folder.
      node.pool = node.ref.type === 'VirtualMachine' ? (find(props['parentVApp']) ?? find(props['resourcePool'])) : undefined;
      node.parent = find(props['parent']) ?? node.pool;
      node.parent?.children.push(node);
    }
    for (const node of nodes.values()) node.path = pathOf(node);
    this.byRef = nodes;
  }

  /** The root folder. */
  get root(): Node {
    for (const node of this.byRef.values()) if (!node.parent && node.ref.type === 'Folder') return node;
    throw new Error('the inventory was read without its root folder');
  }

  get(ref: ManagedObjectReference): Node | undefined {
    return this.byRef.get(formatReference(ref));
  }

  /** Every object of a type or a subtype of it, sorted by path. */
  all(type: string): Node[] {
    return [...this.byRef.values()].filter((node) => isSubtype(node.ref.type, type)).sort((a, b) => compare(a.path, b.path));
  }
}

export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function pathOf(node: Growing): string {
  if (node.path !== '') return node.path;
  if (!node.parent) return (node.path = node.ref.type === 'Folder' ? '/' : `/${escapeName(node.name)}`);
  const above = pathOf(node.parent);
  return (node.path = `${above === '/' ? '' : above}/${escapeName(node.name)}`);
}

/** The nearest node upwards, itself included, of a type. */
export function enclosing(node: Node | undefined, type: string): Node | undefined {
  for (let current = node; current; current = current.parent) if (isSubtype(current.ref.type, type)) return current;
  return undefined;
}

/** True when `node` is `ancestor` or lies below it. */
export function isBelow(node: Node | undefined, ancestor: Node): boolean {
  for (let current = node; current; current = current.parent) if (current === ancestor) return true;
  return false;
}

/** Reads folders, datacenters, compute resources, pools, vApps, VMs, hosts, datastores and networks: three requests. */
export async function readInventory(connection: Connection): Promise<Inventory> {
  return new Inventory(
    await retrieveBelow(connection, connection.content.rootFolder, [
      want('Folder', 'name', 'parent'),
      want('Datacenter', 'name', 'parent'),
      want('ComputeResource', 'name', 'parent'),
      want('HostSystem', 'name', 'parent'),
      want('ResourcePool', 'name', 'parent'),
      want('VirtualMachine', 'name', 'parent', 'resourcePool', 'parentVApp'),
      want('Datastore', 'name', 'parent'),
      want('Network', 'name', 'parent'),
    ]),
  );
}
