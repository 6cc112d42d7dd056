// Which VMs are virtual container hosts: reads no more of each than the asker needs. Changes nothing.
import type { Connection, Inventory } from '../client/index.ts';
import { datastorePath, parseDatastorePath, retrieve, want } from '../client/index.ts';
import { isFault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference } from '../vim25/reference.ts';
import type { OptionValue, VirtualMachinePowerState } from '../vim25/types.d.ts';
import { extraConfigOf } from './extra-config.ts';
import type { Vch, WholeVch } from './vch-config.ts';
import { TELLING_KEYS, vchInBriefOf, vchOf } from './vch-config.ts';

const BRIEF = { type: 'VirtualMachine' as const, paths: ['runtime.powerState', ...TELLING_KEYS.map((key) => `config.extraConfig["${key}"]`)] };
const ALL_KEYS = { type: 'VirtualMachine' as const, paths: ['runtime.powerState', 'config.extraConfig'] };
const WHOLE = want('VirtualMachine', 'config.extraConfig', 'config.uuid', 'config.files.vmPathName', 'runtime.powerState');

/**
 * The VCHs among the VMs that could be one: those named like the pool they run in, and `alsoCheck`.
 * One request, whatever the number of VMs.
 */
export async function readVchs(connection: Connection, inventory: Inventory, alsoCheck: readonly ManagedObjectReference[] = []): Promise<Vch[]> {
  const extra = new Set(alsoCheck.map(formatReference));
  const candidates = inventory.all('VirtualMachine').filter((vm) => vm.pool?.name === vm.name || extra.has(formatReference(vm.ref)));
  const rows = await briefly(connection, candidates.map((vm) => vm.ref));
  return rows.flatMap(({ ref, powerState, options }) => {
    const vm = inventory.get(ref);
    const known = vm && vchInBriefOf(vm, extraConfigOf(options));
    return known ? [{ ...known, powerState }] : [];
  });
}

/** All that is known of these; one that is gone meanwhile, or no VCH any more, is left out. One request. */
export async function readWholeVchs(connection: Connection, vchs: readonly Vch[]): Promise<WholeVch[]> {
  const byRef = new Map(vchs.map((vch) => [formatReference(vch.vm.ref), vch.vm]));
  const rows = await retrieve(connection, vchs.map((vch) => vch.vm.ref), WHOLE);
  return rows.flatMap((row) => {
    const known = vchOf(byRef.get(formatReference(row.ref))!, extraConfigOf(row.props['config.extraConfig'] as readonly OptionValue[] | undefined));
    if (!known) return [];
    const file = row.props['config.files.vmPathName'];
    const vmx = file === undefined ? undefined : parseDatastorePath(file);
    return [{
      ...known,
      powerState: row.props['runtime.powerState'],
      uuid: row.props['config.uuid']?.toLowerCase(),
      directory: vmx && datastorePath(vmx.datastore, vmx.path, '..'),
    }];
  });
}

interface Brief {
  readonly ref: ManagedObjectReference;
  readonly powerState: VirtualMachinePowerState | undefined;
  readonly options: readonly OptionValue[];
}

/** The telling keys alone; all keys of a server that does not take them one by one. */
async function briefly(connection: Connection, refs: readonly ManagedObjectReference[]): Promise<Brief[]> {
  try {
    const rows = await retrieve(connection, refs, BRIEF);
    if (!rows.some(({ missing }) => [...missing.values()].some(({ fault }) => fault._type === 'InvalidProperty'))) return rows.map(({ ref, props }) => briefOf(ref, props));
  } catch (error) {
    if (!isFault(error, 'InvalidProperty')) throw error;
  }
  return (await retrieve(connection, refs, ALL_KEYS)).map(({ ref, props }) => briefOf(ref, props));
}

function briefOf(ref: ManagedObjectReference, props: Readonly<Record<string, unknown>>): Brief {
  const { 'runtime.powerState': powerState, 'config.extraConfig': all, ...single } = props;
  return { ref, powerState: powerState as VirtualMachinePowerState | undefined, options: (all ?? Object.values(single)) as readonly OptionValue[] };
}
