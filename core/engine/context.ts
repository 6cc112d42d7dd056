// What every verb starts from: a session, the inventory, and the VCHs in it, read in a constant number of requests.
import type { Connection, Inventory, Node } from '../client/index.ts';
import { enclosing, readInventory } from '../client/index.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import type { Compute } from './compute.ts';
import { computeOf, computeValues, resolveCompute, resolveDatacenter } from './compute.ts';
import { UserError } from './issue.ts';
import { readVchs } from './read-vchs.ts';
import { referenceOf, type Selection } from './selection.ts';
import type { StepLog } from './step.ts';
import type { Vch } from './vch-config.ts';

export interface Context {
  readonly connection: Connection;
  readonly log: StepLog;
  readonly vCenter: boolean;
  readonly inventory: Inventory;
  /** Every VCH that the session may see. */
  readonly vchs: readonly Vch[];
}

/** Reads what the verbs need. `check`: a VM to look at even when its name is not its pool's. */
export async function openContext(connection: Connection, log: StepLog, check: readonly ManagedObjectReference[] = []): Promise<Context> {
  const inventory = await readInventory(connection);
  const vchs = await readVchs(connection, inventory, check);
  log.note?.(`Read the inventory; virtual container hosts: ${vchs.map(({ name, id, layout }) => `${name} (${id}, ${layout})`).join(', ') || 'none'}`);
  return { connection, log, vCenter: connection.content.about.apiType === 'VirtualCenter', inventory, vchs };
}

/** The compute side of the datacenter that the target names. */
export function computeIn(context: Context, datacenter: string): Compute {
  const { inventory, vchs, vCenter, log } = context;
  const taken = vchs.flatMap((vch) => (vch.pool && vch.pool.name === vch.name ? [vch.pool] : []));
  const found = resolveDatacenter(inventory, datacenter);
  log.note?.(`Datacenter ${found.path}${datacenter === '' ? ', the only one' : ''}`);
  return computeOf(inventory, found, vCenter, taken);
}

/** The pool that --compute-resource names in the datacenter that the target names. */
export function poolIn(context: Context, datacenter: string, value: string, advice: readonly string[] = []): { readonly compute: Compute; readonly pool: Node } {
  const compute = computeIn(context, datacenter);
  const pool = resolveCompute(compute, value, advice);
  context.log.note?.(`Compute resource ${pool.path}${value === '' ? ', the default here' : ''}`);
  return { compute, pool };
}

export interface Place {
  readonly vch: Vch | undefined;
  /** The pool named like the VCH, when there is one. */
  readonly pool: Node | undefined;
  readonly notFound: () => UserError;
}

/** Looks for the VCH; what is there instead of it is the caller's business. */
export function locateVch(context: Context, selection: Selection): Place {
  if (selection.id !== '') return locateById(context, selection);
  const { compute, pool: parent } = poolIn(context, selection.datacenter, selection.compute);
  const { name } = selection;
  const pool = parent.children.find((child) => child.name === name && (child.ref.type === 'ResourcePool' || child.ref.type === 'VirtualApp'));
  const vch = pool && context.vchs.find((candidate) => candidate.pool === pool && candidate.name === name);
  return { vch, pool, notFound: () => notFound(context, compute, parent, pool, name) };
}

/** The VCH, or an error that says what is there instead and how to name the one that was meant. */
export function findVch(context: Context, selection: Selection): Vch {
  const { vch, notFound: error } = locateVch(context, selection);
  if (!vch) throw error();
  return vch;
}

/** It was there when the inventory was read. */
export const disappeared = ({ name, id }: Vch): UserError => new UserError('state', { what: `the VM "${name}" (${id}) disappeared while it was looked at: run the command again` });

function locateById(context: Context, selection: Selection): Place {
  const ref = referenceOf(selection.id);
  const node = context.inventory.get(ref);
  const datacenter = selection.datacenter === '' ? undefined : resolveDatacenter(context.inventory, selection.datacenter);
  const here = (candidate: Vch): boolean => !datacenter || datacenterOf(candidate) === datacenter;
  const vch = context.vchs.find((candidate) => candidate.id === ref.value && here(candidate));
  const notFound = (): UserError =>
    new UserError('state', {
      what: node ? `VM "${node.name}" (${ref.value}) is not a virtual container host` : `there is no VM with the ID "${ref.value}"`,
      details: ['The IDs are those that vic-machine ls shows.'],
      flag: '--id',
      valid: context.vchs.filter(here).map((candidate) => candidate.id),
    });
  return { vch, pool: vch?.pool, notFound };
}

/** The datacenter a VCH runs in. */
export const datacenterOf = (vch: Vch): Node | undefined => enclosing(vch.pool, 'Datacenter') ?? enclosing(vch.vm, 'Datacenter');

function notFound(context: Context, compute: Compute, parent: Node, pool: Node | undefined, name: string): UserError {
  const here = context.vchs.filter((vch) => vch.pool?.parent === parent).map((vch) => vch.name);
  const elsewhere = context.vchs.filter((vch) => vch.name === name && vch.pool?.parent !== undefined);
  const details: string[] = [];
  if (pool) {
    const vm = context.inventory.all('VirtualMachine').find((node) => node.pool === pool && node.name === name);
    details.push(vm ? `The VM "${name}" in ${pool.path} is not a virtual container host.` : `${pool.path} exists, but holds no VM "${name}".`);
  }
  for (const vch of elsewhere) {
    const place = placeOf(compute, vch.pool!.parent!);
    details.push(`A VCH "${name}" is in ${vch.pool!.parent!.path}: use --compute-resource ${/\s/.test(place) ? `'${place}'` : place}`);
  }
  return new UserError('state', { what: `there is no virtual container host "${name}" in ${parent.path}`, details, flag: '--name', valid: here });
}

/** The value of --compute-resource for a pool: the short form when there is one. */
function placeOf(compute: Compute, pool: Node): string {
  const short = computeValues(compute).find((value) => {
    try {
      return resolveCompute(compute, value) === pool;
    } catch {
      return false;
    }
  });
  return short ?? pool.path;
}
