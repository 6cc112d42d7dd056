// Brings a virtual machine into the world: checks the spec, chooses where it goes, writes its files.
// Folder.CreateVM_Task, ResourcePool.CreateChildVM_Task and the inventory builder all come here.
import { fault, type ManagedObjectReference, type VirtualMachineConfigInfo, type VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { describePath, fileExists, joinPath, makeDirectory, stat, writeFile } from '../datastore/files.ts';
import { assertFreeName, datacenterOf, entityProps, validName } from '../entity.ts';
import { keyAfter } from '../crypto/encryption.ts';
import { applyHomePolicy } from '../storage-policy/association.ts';
import { applyConfigSpec, initialConfig, wrong } from './config.ts';
import { applyDeviceChanges } from './devices.ts';
import { mergeExtraConfig } from './extra-config.ts';
import { defaultHardwareVersion } from './guest-os.ts';
import { chooseHost, choosePlace, ownerOf, type Place } from './placement.ts';
import { applySettings, INITIAL_RUNTIME, VM_CAPABILITY } from './properties.ts';

const NONE: readonly never[] = Object.freeze([]);

export interface NewVirtualMachine {
  /** Disks and networks of the spec may be missing, as those of a .vmx that is registered. */
  readonly registering?: boolean;
  readonly name: string;
  /** Where it shows in the inventory; when absent, nowhere for a machine in a vApp, else the datacenter's VM folder. */
  readonly folder?: ManagedObjectReference;
  readonly vApp?: ManagedObjectReference;
  readonly pool: ManagedObjectReference;
  readonly host?: ManagedObjectReference;
  readonly spec: VirtualMachineConfigSpec;
  /** The caller vouches that no sibling has the name: what makes thousands in one transaction linear. */
  readonly nameIsFree?: boolean;
}

/** Adds a powered-off virtual machine with its files. Throws the faults of CreateVM_Task. */
export function createVirtualMachine(sim: Simulation, tx: Transaction, given: NewVirtualMachine): ManagedObjectReference {
  const { spec } = given;
  const pool = given.vApp ?? given.pool;
  const name = validName(given.name);
  const owner = ownerOf(tx, pool);
  const vApp = pool.type === 'VirtualApp' ? pool : undefined;
  const folder = given.folder ?? (vApp ? undefined : vmFolder(tx, pool));
  if (!given.nameIsFree && folder) assertFreeName(tx, folder, name);
  const host = chooseHost(tx, pool, given.host, name);
  const place = choosePlace(tx, given.name, spec, pool, host);
  if (stat(tx, place.datastore, joinPath(place.directory, place.vmx))) {
    throw fileExists(describePath(tx, place.datastore, joinPath(place.directory, place.vmx)));
  }
  const ref = { type: 'VirtualMachine', value: sim.product === 'esxi' ? tx.nextId('') : tx.nextId('vm') };
  writeHome(sim, tx, ref, place);
  const { extraConfig, settings } = mergeExtraConfig(NONE, spec.extraConfig ?? NONE);
  const config = configure(sim, tx, ref, given, place, host, extraConfig);
  addVirtualMachine(tx, ref, { name, folder, vApp, pool, host, owner, place, config });
  applyHomePolicy(tx, ref, spec.vmProfile, 'config.vmProfile');
  applySettings(tx, ref, settings);
  return ref;
}

const vmFolder = (tx: Transaction, pool: ManagedObjectReference): ManagedObjectReference | undefined => {
  const datacenter = datacenterOf(tx, pool);
  return datacenter && (tx.get(datacenter, 'vmFolder') as ManagedObjectReference);
};

export interface Placed {
  readonly name: string;
  readonly folder: ManagedObjectReference | undefined;
  readonly vApp: ManagedObjectReference | undefined;
  readonly pool: ManagedObjectReference | undefined;
  readonly host: ManagedObjectReference;
  readonly owner: ManagedObjectReference;
  readonly place: Place;
  readonly config: VirtualMachineConfigInfo;
}

/** Creates the object itself; everything that follows from config and runtime is left to the rules. */
export function addVirtualMachine(tx: Transaction, ref: ManagedObjectReference, placed: Placed): void {
  const { name, folder, vApp, pool, host, owner, place, config } = placed;
  const props: Record<string, unknown> = {
    ...entityProps(name, folder),
    capability: VM_CAPABILITY,
    config,
    runtime: { ...INITIAL_RUNTIME, host },
    rootSnapshot: NONE,
    guestHeartbeatStatus: 'gray',
    _self: ref,
    _home: place.datastore,
  };
  if (pool) props['resourcePool'] = pool;
  // Clients climb by either: a machine that shows both has a path that leads nowhere.
  if (vApp && folder === undefined) props['parentVApp'] = vApp;
  const browser = tx.get(owner, 'environmentBrowser');
  if (browser) props['environmentBrowser'] = browser;
  tx.create('VirtualMachine', ref.value, props as Props);
}

/** Writes the files that every machine has. */
export function writeHome(sim: Simulation, tx: Transaction, ref: ManagedObjectReference, { datastore, directory, vmx }: Place): void {
  if (directory !== '' && !stat(tx, datastore, directory)) makeDirectory(sim, tx, datastore, directory, { parents: true });
  const stem = vmx.replace(/\.vmx$/, '');
  writeFile(sim, tx, datastore, joinPath(directory, vmx), { size: 2048, vm: ref.value });
  writeFile(sim, tx, datastore, joinPath(directory, `${stem}.nvram`), { size: 8684 });
  writeFile(sim, tx, datastore, joinPath(directory, 'vmware.log'), { size: 0 });
}

function configure(
  sim: Simulation, tx: Transaction, vm: ManagedObjectReference, { name, spec, registering }: NewVirtualMachine, place: Place, host: ManagedObjectReference,
  extraConfig: VirtualMachineConfigInfo['extraConfig'],
): VirtualMachineConfigInfo {
  const { datastore, directory, vmx } = place;
  const born = initialConfig({
    name, version: defaultHardwareVersion(sim.about.apiVersion), uuid: sim.random.uuid(), instanceUuid: sim.random.uuid(), now: sim.clock.now(),
  });
  const config = applyConfigSpec(born, spec);
  const home = describePath(tx, datastore, directory === '' ? '' : `${directory}/`);
  const device = applyDeviceChanges(
    {
      sim, tx, vm, host, power: 'poweredOff', creating: true, registering, scope: { datacenter: datacenterOf(tx, datastore) },
      home: { datastore, directory, stem: vmx.replace(/\.vmx$/, '') },
    },
    config.hardware.device!, spec.deviceChange ?? NONE,
  );
  return {
    ...config,
    ...(spec.crypto ? { keyId: keyAfter(tx, vm, undefined, spec.crypto) } : {}),
    hardware: { ...config.hardware, device },
    files: {
      vmPathName: describePath(tx, datastore, joinPath(directory, vmx)),
      snapshotDirectory: spec.files?.snapshotDirectory || home, suspendDirectory: spec.files?.suspendDirectory || home, logDirectory: spec.files?.logDirectory || home,
    },
    datastoreUrl: datastoreUrl(tx, datastore),
    extraConfig,
  };
}

export const datastoreUrl = (tx: Transaction, datastore: ManagedObjectReference): VirtualMachineConfigInfo['datastoreUrl'] => {
  // One pair per datastore object: machines share it as long as the datastore keeps its name.
  const props = tx.props(datastore);
  const summary = props['summary'] as { name: string; url: string };
  return [{ name: String(props['name']), url: summary.url.replace(/^ds:\/\//, '') }];
};

/** What a creation spec must have. Throws InvalidVmConfig or InvalidArgument. */
export function checkCreateSpec(spec: VirtualMachineConfigSpec): string {
  if (spec === undefined) throw wrong('config');
  if (spec.name === undefined || spec.name.trim() === '') {
    throw fault('InvalidName', { name: spec.name ?? '' }, "The name '' is not valid: a virtual machine needs a name.");
  }
  return spec.name;
}
