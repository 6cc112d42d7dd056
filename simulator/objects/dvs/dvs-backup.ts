// Backups of distributed switches and port groups: their configuration as bytes, made into an entity again, or into the
// specification that takes one back to it. The bytes are JSON of a specification.
import { fault, Fault, type DVPortgroupConfigSpec, type DVSConfigSpec, type EntityBackupConfig, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { TransactionContext } from '../../dispatch/define.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { assertFreeName } from '../entity.ts';
import { createDvs, createPortgroup } from './dvs-create.ts';
import { findDvs } from './dvs-ports.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const SWITCH = ['name', 'maxPorts', 'uplinkPortPolicy', 'defaultPortConfig', 'description', 'policy', 'contact', 'switchIpAddress', 'extensionKey', 'defaultProxySwitchMaxNumPorts', 'networkResourceControlVersion', 'maxMtu', 'linkDiscoveryProtocolConfig', 'lacpApiVersion', 'multicastFilteringMode', 'numStandalonePorts'];
const GROUP = ['name', 'numPorts', 'type', 'defaultPortConfig', 'description', 'policy', 'autoExpand', 'portNameFormat', 'vmVnicNetworkResourcePoolKey'];

type Kind = 'distributedVirtualSwitch' | 'distributedVirtualPortgroup';

interface Saved {
  readonly kind: Kind;
  /** The UUID of the switch itself, or of the switch of a port group. */
  readonly uuid: string;
  readonly spec: Props;
}

const kindOf = (ref: Ref): Kind => (ref.type === 'DistributedVirtualPortgroup' ? 'distributedVirtualPortgroup' : 'distributedVirtualSwitch');

/** The specification that would make an entity as it is. */
export function specOf(tx: Transaction, ref: Ref): Props {
  const config = tx.get(ref, 'config') as Props;
  const kind = kindOf(ref);
  const fields = kind === 'distributedVirtualSwitch' ? SWITCH : GROUP;
  const spec = Object.fromEntries(fields.filter((key) => config[key] !== undefined).map((key) => [key, config[key]]));
  return kind === 'distributedVirtualSwitch' ? { _type: 'VMwareDVSConfigSpec', ...spec } : spec;
}

const switchOf = (tx: Transaction, group: Ref): Ref => tx.get(group, 'config.distributedVirtualSwitch') as Ref;

function backup(tx: Transaction, ref: Ref): EntityBackupConfig {
  const kind = kindOf(ref);
  const uuid = String(tx.get(kind === 'distributedVirtualSwitch' ? ref : switchOf(tx, ref), 'uuid'));
  const saved: Saved = { kind, uuid, spec: specOf(tx, ref) };
  return {
    entityType: kind, configBlob: new TextEncoder().encode(JSON.stringify(saved)), key: kind === 'distributedVirtualSwitch' ? uuid : ref.value, name: String(tx.get(ref, 'name')),
    container: kind === 'distributedVirtualSwitch' ? tx.get(ref, 'parent') as Ref : switchOf(tx, ref), configVersion: String(tx.get(ref, 'config.configVersion')),
  };
}

function read({ configBlob, entityType }: EntityBackupConfig): Saved {
  try {
    const saved = JSON.parse(new TextDecoder().decode(configBlob as Uint8Array)) as Saved;
    if (saved.kind === entityType && typeof saved.spec === 'object') return saved;
  } catch {
    // Said below.
  }
  throw fault('InvalidArgument', { invalidProperty: 'entityBackup.configBlob' }, `The bytes are not a backup of a ${entityType}.`);
}

const dvsByUuid = (tx: Transaction, uuid: string): Ref => {
  const found = findDvs(tx, uuid);
  if (!found) throw fault('NotFound', {}, `There is no distributed switch with the UUID '${uuid}'.`);
  return found;
};

const groupByKey = (tx: Transaction, dvs: Ref, key: string): Ref => {
  const found = ((tx.get(dvs, 'portgroup') ?? []) as Refs).find(({ value }) => value === key);
  if (!found) throw fault('NotFound', {}, `The switch '${String(tx.get(dvs, 'name'))}' has no port group '${key}'.`);
  return found;
};

/** What a selection names, each as a backup. Throws NotFound. */
export const exported = (tx: Transaction, selections: readonly object[]): EntityBackupConfig[] =>
  selections.flatMap((selection) => {
    const { dvsUuid, portgroupKey } = selection as { dvsUuid?: string; portgroupKey?: readonly string[] };
    if (dvsUuid === undefined) throw fault('InvalidArgument', { invalidProperty: 'selectionSet' }, 'A selection is of a distributed switch, or of port groups of one.');
    const dvs = dvsByUuid(tx, dvsUuid);
    return portgroupKey ? portgroupKey.map((key) => backup(tx, groupByKey(tx, dvs, key))) : [backup(tx, dvs)];
  });

export interface Imported {
  readonly distributedVirtualSwitch: Ref[];
  readonly distributedVirtualPortgroup: Ref[];
  readonly importFault: { entityType?: string; key?: string; fault: ReturnType<Fault['localized']> }[];
}

const MODES = ['createEntityWithNewIdentifier', 'createEntityWithOriginalIdentifier', 'applyToEntitySpecified'];

/** `apply` reconfigures an entity that is there. What fails is told, and the rest goes on. */
export function imported(ctx: TransactionContext, backups: readonly EntityBackupConfig[], mode: string, apply: (ref: Ref, spec: Props) => void): Imported {
  if (!MODES.includes(mode)) throw fault('InvalidArgument', { invalidProperty: 'importType' }, `A specified parameter was not correct: importType ('${mode}'; valid: ${MODES.join(', ')})`);
  const { tx } = ctx;
  const result: Imported = { distributedVirtualSwitch: [], distributedVirtualPortgroup: [], importFault: [] };
  for (const one of backups) {
    try {
      const saved = read(one);
      const ref = mode === 'applyToEntitySpecified' ? target(tx, one, saved) : create(ctx, one, saved, mode === 'createEntityWithOriginalIdentifier');
      if (mode === 'applyToEntitySpecified') apply(ref, saved.spec);
      result[saved.kind].push(ref);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      result.importFault.push({ entityType: one.entityType, ...(one.key === undefined ? {} : { key: one.key }), fault: error.localized() });
    }
  }
  return result;
}

const target = (tx: Transaction, { key }: EntityBackupConfig, { kind, uuid }: Saved): Ref =>
  kind === 'distributedVirtualSwitch' ? dvsByUuid(tx, key ?? uuid) : groupByKey(tx, dvsByUuid(tx, uuid), key ?? '');

function create({ sim, tx }: TransactionContext, { container, name }: EntityBackupConfig, { kind, uuid, spec }: Saved, original: boolean): Ref {
  const called = name ?? String(spec['name']);
  if (kind === 'distributedVirtualSwitch') {
    if (!container) throw fault('InvalidArgument', { invalidProperty: 'entityBackup.container' }, 'A new switch needs a folder to be in: container is not set.');
    if (original && findDvs(tx, uuid)) throw fault('AlreadyExists', { name: uuid }, `There is a distributed switch with the UUID '${uuid}' already.`);
    assertFreeName(tx, container, called);
    return createDvs(sim, tx, container, called, [], { ...spec, name: called } as DVSConfigSpec, undefined, original ? uuid : undefined);
  }
  if (original) throw fault('NotSupported', {}, 'The key of a port group is its id: a new one has another. Use createEntityWithNewIdentifier.');
  const dvs = container && container.type.endsWith('VirtualSwitch') ? container : dvsByUuid(tx, uuid);
  assertFreeName(tx, tx.get(dvs, 'parent') as Ref, called);
  return createPortgroup(sim, tx, dvs, { ...spec, name: called } as DVPortgroupConfigSpec);
}

/** The specification that takes an entity back: that of the backup, or of what it was before its last change. */
export function rolledBack<S extends DVSConfigSpec | DVPortgroupConfigSpec>({ tx, self }: TransactionContext, given: EntityBackupConfig | undefined): S {
  const spec = given ? read(given).spec : tx.get(self.ref, '_previous') as Props | undefined;
  const name = String(tx.get(self.ref, 'name'));
  if (!spec || (given && given.entityType !== kindOf(self.ref))) throw fault('RollbackFailure', { entityName: name, entityType: kindOf(self.ref) }, `'${name}' cannot be taken back: ${spec ? `the backup is of a ${given!.entityType}` : 'it was not changed since it was made, and no backup is given'}.`);
  return { ...spec, configVersion: String(tx.get(self.ref, 'config.configVersion')) } as S;
}
