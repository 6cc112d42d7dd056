// The verb ls: which VCHs are there.
import { compare } from '../client/index.ts';
import type { Context } from './context.ts';
import { datacenterOf, poolIn } from './context.ts';
import { resolveDatacenter } from './compute.ts';
import type { Vch } from './vch-config.ts';
import { runsBelow } from './vch-config.ts';

export interface ListOptions {
  readonly datacenter: string;
  readonly compute: string;
  /** Everything that the session may see, in the named datacenter when one is named. */
  readonly all: boolean;
}

export interface Listed {
  readonly id: string;
  /** Inventory path of the pool that holds the VCH's own pool. */
  readonly path: string;
  readonly name: string;
  readonly state: string;
  readonly address: string;
  readonly version: string;
}

/** The VCHs in the place that the options name, sorted by path and name. */
export function listIn(context: Context, options: ListOptions): Listed[] {
  return select(context, options)
    .map((vch) => ({
      id: vch.id,
      path: vch.pool?.parent?.path ?? vch.vm.parent?.path ?? '/',
      name: vch.name,
      state: vch.powerState ?? 'unknown',
      address: vch.clientAddress ?? '',
      version: vch.version === '' ? vch.layout : vch.version,
    }))
    .sort((a, b) => compare(a.path, b.path) || compare(a.name, b.name));
}

function select(context: Context, options: ListOptions): readonly Vch[] {
  if (options.all) {
    if (options.datacenter === '') return context.vchs;
    const datacenter = resolveDatacenter(context.inventory, options.datacenter);
    return context.vchs.filter((vch) => datacenterOf(vch) === datacenter);
  }
  const advice = ['Add --all to list every VCH that the target has.'];
  const { pool } = poolIn(context, options.datacenter, options.compute, advice);
  return context.vchs.filter((vch) => runsBelow(vch, pool));
}
