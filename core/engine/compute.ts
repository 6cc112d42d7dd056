// Which datacenter and which resource pool the user means: --target …/datacenter and --compute-resource. Pure.
import type { Inventory, Node } from '../client/index.ts';
import { compare, enclosing, escapeName, unescapeName } from '../client/index.ts';
import { isSubtype } from '../vim25/schema.ts';
import { UserError } from './issue.ts';

/** The datacenter named in the target, or the only one. */
export function resolveDatacenter(inventory: Inventory, wanted: string): Node {
  const all = inventory.all('Datacenter');
  const valid = all.map((datacenter) => (all.filter((other) => other.name === datacenter.name).length > 1 ? datacenter.path.slice(1) : datacenter.name)).sort(compare);
  const advice = { flag: '--target', valid, ...(valid[0] === undefined ? {} : { example: `--target <address>/${valid[0]}` }) };
  if (wanted === '') {
    if (all.length === 1) return all[0]!;
    if (all.length === 0) throw new UserError('state', { what: 'the server has no datacenter that you may see' });
    throw new UserError('state', {
      what: 'the target has several datacenters: append the name of one, <address>/<datacenter>',
      ...advice,
    });
  }
  const found = all.filter((datacenter) => datacenter.name === wanted || datacenter.path === `/${wanted}` || datacenter.path === `/${escapeName(wanted)}`);
  if (found.length === 1) return found[0]!;
  const what = found.length === 0 ? `there is no datacenter "${wanted}"` : `"${wanted}" names several datacenters: give the path of one`;
  throw new UserError('state', { what, ...advice });
}

/** The compute side of one datacenter. */
export interface Compute {
  readonly datacenter: Node;
  /** Clusters and standalone hosts. */
  readonly resources: readonly Node[];
  /** False on an ESXi host that is addressed directly: pools are named without the host. */
  readonly vCenter: boolean;
  /** Pools that VCHs made for themselves; they are never offered as a place for one. */
  readonly taken: ReadonlySet<Node>;
}

export const computeOf = (inventory: Inventory, datacenter: Node, vCenter: boolean, taken: Iterable<Node>): Compute => ({
  datacenter,
  resources: inventory.all('ComputeResource').filter((node) => enclosing(node, 'Datacenter') === datacenter),
  vCenter,
  taken: new Set(taken),
});

const pools = (node: Node): Node[] => node.children.filter((child) => isSubtype(child.ref.type, 'ResourcePool'));
const rootPool = (resource: Node): Node | undefined => pools(resource)[0];

/** The name of a cluster or host as --compute-resource takes it: its path when the name alone is not unique. */
function formOf(compute: Compute, resource: Node): string {
  if (compute.resources.filter((other) => other.name === resource.name).length === 1) return escapeName(resource.name);
  return relative(compute, resource).map(escapeName).join('/');
}

/** Elements below the datacenter's host folder. */
const relative = (compute: Compute, node: Node): string[] => node.path.slice(compute.datacenter.path.length + 1).split('/').slice(1).map(unescapeName);

/** Pools below `root` that people made, depth first; those that VCHs made are left out with all below them. */
function userPools(compute: Compute, root: Node, prefix: readonly string[] = []): string[] {
  return pools(root)
    .filter((pool) => !compute.taken.has(pool))
    .flatMap((pool) => {
      const path = [...prefix, escapeName(pool.name)];
      return [path.join('/'), ...userPools(compute, pool, path)];
    });
}

/** Every value that --compute-resource accepts here, sorted. */
export function computeValues(compute: Compute): string[] {
  const values = compute.resources.flatMap((resource) => {
    const root = rootPool(resource);
    if (!root) return [];
    const below = userPools(compute, root);
    if (!compute.vCenter) return ['/', ...below];
    const form = formOf(compute, resource);
    return [form, ...below.map((pool) => `${form}/${pool}`)];
  });
  return values.sort(compare);
}

/** The pool that --compute-resource names. Without a value: the only possible one; several are an error that lists them. */
export function resolveCompute(compute: Compute, value: string, advice: readonly string[] = []): Node {
  const fail = (what: string): UserError => {
    const valid = computeValues(compute);
    const [first] = valid;
    return new UserError('state', {
      what,
      ...(advice.length > 0 ? { details: advice } : {}),
      flag: '--compute-resource',
      valid,
      ...(first === undefined ? {} : { example: `--compute-resource ${/\s/.test(first) ? `'${first}'` : first}` }),
    });
  };
  const inDatacenter = `in datacenter ${compute.datacenter.name}`;
  if (compute.resources.length === 0) throw fail(`there is no host or cluster ${inDatacenter}`);
  if (value === '' || (value === '/' && compute.vCenter)) return defaultPool(compute, fail);
  const found = [...new Set(matches(compute, value))];
  if (found.length === 1) return found[0]!;
  if (found.length > 1) throw fail(`--compute-resource "${value}" is ambiguous: it fits ${found.map((pool) => pool.path).sort(compare).join(', ')}`);
  throw fail(`there is no compute resource "${value}" ${inDatacenter}`);
}

function defaultPool(compute: Compute, fail: (what: string) => UserError): Node {
  const [resource, ...others] = compute.resources;
  const root = resource && rootPool(resource);
  if (!root) throw fail(`there is no resource pool in datacenter ${compute.datacenter.name}`);
  if (others.length > 0) throw fail(`datacenter ${compute.datacenter.name} has several hosts or clusters: say which with --compute-resource`);
  // One pool beside the root leaves the root as the natural default; several do not.
  if (!compute.vCenter && userPools(compute, root).length > 1) throw fail('the host has several resource pools: say which with --compute-resource');
  return root;
}

const glob = (pattern: string): ((name: string) => boolean) => {
  const decoded = unescapeName(pattern);
  if (!decoded.includes('*')) return (name) => name === decoded;
  const expression = new RegExp(`^${decoded.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 's');
  return (name) => expression.test(name);
};

function matches(compute: Compute, value: string): Node[] {
  const elements = value.split('/').filter((element) => element !== '');
  const inside = unescapeName(compute.datacenter.path).split('/').filter((element) => element !== '');
  const absolute = value.startsWith('/') && inside.every((element, i) => unescapeName(elements[i] ?? '') === element);
  // /DC0/host/… is an inventory path; any other leading slash is ignored.
  const path = absolute ? elements.slice(inside.length + 1) : elements;
  return compute.resources.flatMap((resource) => {
    const root = rootPool(resource);
    if (!root) return [];
    const found: Node[] = [];
    for (const own of [relative(compute, resource), [resource.name]]) {
      if (own.length <= path.length && own.every((name, i) => glob(path[i]!)(name))) found.push(...descend(root, path.slice(own.length)));
    }
    if (!compute.vCenter && !absolute) found.push(...descend(root, path));
    return found;
  });
}

function descend(root: Node, path: readonly string[]): Node[] {
  const below = (from: readonly Node[], rest: readonly string[]): Node[] =>
    rest.reduce<Node[]>((level, element) => level.flatMap((node) => pools(node).filter((pool) => glob(element)(pool.name))), [...from]);
  // 'Resources' may be written or left out.
  const found = below([root], path);
  return found.length === 0 && path[0] === root.name ? below([root], path.slice(1)) : found;
}
