// From a descriptor and the choices of whoever deploys it to a specification that ImportVApp takes. Reads the inventory
// for networks, hosts and datastores; changes nothing.
import {
  fault, isSubtype, type ImportSpec, type ManagedObjectReference, type OvfCreateImportSpecParams, type OvfCreateImportSpecResult, type OvfFileItem, type ResourceConfigSpec,
  type VAppConfigSpec, type VAppEntityConfigInfo, type VirtualMachineConfigSpec,
} from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { isGuestId, guestFullName } from '../virtual-machine/guest-os.ts';
import { ownerOf } from '../virtual-machine/placement.ts';
import { isTrue, readDescriptor, type Descriptor, type Entity } from './descriptor.ts';
import { guestOfNumber } from './guest-ids.ts';
import { HardwareReader, type HardwareChoices } from './hardware.ts';
import { networkBacking, networksOf } from './networks.ts';
import { Problems } from './problems.ts';
import { annotationOf, readProducts, vAppSpec, withValues } from './products.ts';
import { childNamed, childrenNamed } from './xml.ts';

type Ref = ManagedObjectReference;

/** How a disk may take its room on datastores of hosts; the words of other products are refused. */
export const PROVISIONING: Readonly<Record<string, { readonly thin: boolean; readonly eager: boolean }>> = {
  thin: { thin: true, eager: false }, thick: { thin: false, eager: false }, eagerZeroedThick: { thin: false, eager: true }, flat: { thin: false, eager: false },
  monolithicFlat: { thin: false, eager: false }, monolithicSparse: { thin: true, eager: false }, sparse: { thin: true, eager: false }, seSparse: { thin: true, eager: false },
};

const DEFAULT_ALLOCATION = { reservation: 0, expandableReservation: true, limit: -1, shares: { level: 'normal', shares: 0 } };
const DEFAULT_POOL = { cpuAllocation: DEFAULT_ALLOCATION, memoryAllocation: DEFAULT_ALLOCATION } as ResourceConfigSpec;

interface Deployment {
  readonly tx: Transaction;
  readonly descriptor: Descriptor;
  readonly params: OvfCreateImportSpecParams;
  readonly problems: Problems;
  readonly option: string;
  readonly datastore: Ref;
  readonly host: Ref;
  readonly values: ReadonlyMap<string, string>;
  readonly used: Set<string>;
  readonly files: OvfFileItem[];
}

/** CreateImportSpec: the specification and the files to upload, or what is wrong with the descriptor. */
export function createImportSpec(tx: Transaction, xml: string, pool: Ref, datastore: Ref, params: OvfCreateImportSpecParams): OvfCreateImportSpecResult {
  const host = hostFor(tx, pool, datastore, params.hostSystem);
  const problems = new Problems();
  const descriptor = readDescriptor(xml, params, problems);
  if (!descriptor) return { ...problems.result() };
  const option = chooseOption(descriptor, params.deploymentOption, problems);
  if (params.diskProvisioning && !Object.hasOwn(PROVISIONING, params.diskProvisioning)) {
    const supported = Object.keys(PROVISIONING).join(', ');
    problems.error(fault('OvfUnsupportedDiskProvisioning', { diskProvisioning: params.diskProvisioning, supportedDiskProvisioning: supported }, `The disk provisioning '${params.diskProvisioning}' is not supported by the host; supported: ${supported}.`));
  }
  const values = new Map((params.propertyMapping ?? []).map(({ key, value }) => [key, value]));
  const deployment: Deployment = { tx, descriptor, params, problems, option, datastore, host, values, used: new Set(), files: [] };
  checkMapping(deployment);
  const name = params.entityName || descriptor.root.name;
  const importSpec = specOf(deployment, descriptor.root, name, '', undefined);
  for (const key of values.keys()) {
    if (!deployment.used.has(key)) problems.error(fault('OvfPropertyQualifier', { lineNumber: 0, type: key, value: values.get(key)!, qualifier: 'key' }, `The descriptor has no property "${key}".`));
  }
  if (problems.failed) return { ...problems.result() };
  return { importSpec, ...(deployment.files.length > 0 ? { fileItem: deployment.files } : {}), ...problems.result() };
}

/** The deployment option that is meant; '' where a descriptor has none. */
export function chooseOption(descriptor: Descriptor, asked: string | undefined, problems: Problems): string {
  const fallback = descriptor.options.find(({ isDefault }) => isDefault)?.id ?? '';
  if (!asked) return fallback;
  if (descriptor.options.some(({ id }) => id === asked)) return asked;
  problems.error(fault('OvfInvalidValueConfiguration', { lineNumber: descriptor.envelope.line, elementName: 'DeploymentOptionSection', attributeName: 'id', value: asked },
    `The deployment option '${asked}' is unknown; the descriptor has ${descriptor.options.map(({ id }) => id).join(', ') || 'none'}.`));
  return fallback;
}

/** A host of the pool that has the datastore. Throws InvalidArgument, InvalidDatastore, ManagedObjectNotFound. */
export function hostFor(tx: Transaction, pool: Ref, datastore: Ref, asked: Ref | undefined): Ref {
  const owner = ownerOf(tx, pool);
  if (!tx.has(datastore)) throw fault('ManagedObjectNotFound', { obj: datastore }, `The object 'vim.${datastore.type}:${datastore.value}' has already been deleted or has not been completely created`);
  const hosts = (tx.get(owner, 'host') ?? []) as readonly Ref[];
  if (asked && !hosts.some(({ value }) => value === asked.value)) {
    throw fault('InvalidArgument', { invalidProperty: 'cisp.hostSystem' }, `A specified parameter was not correct: cisp.hostSystem (it is not in '${String(tx.get(owner, 'name'))}', whose pool was given)`);
  }
  const has = (host: Ref): boolean => ((tx.get(host, 'datastore') ?? []) as readonly Ref[]).some(({ value }) => value === datastore.value);
  const host = (asked ? [asked] : hosts).find(has);
  if (host) return host;
  const name = String(tx.get(datastore, 'name'));
  throw fault('InvalidDatastore', { datastore, name }, `Datastore '${name}' is not accessible from ${asked ? `the host '${String(tx.get(asked, 'name'))}'` : `'${String(tx.get(owner, 'name'))}'`}.`);
}

function checkMapping({ tx, params, problems, descriptor, host }: Deployment): void {
  for (const { name, network } of params.networkMapping ?? []) {
    if (!tx.has(network) || !isSubtype(network.type, 'Network')) throw fault('ManagedObjectNotFound', { obj: network }, `The object 'vim.${network.type}:${network.value}' has already been deleted or has not been completely created`);
    const known = descriptor.networks.some((wanted) => wanted.name === name);
    if (!known) problems.warn(fault('OvfNetworkMappingNotSupported', {}, `The descriptor has no network '${name}': its mapping is ignored.`));
    else if (!networksOf(tx, host).some(({ value }) => value === network.value)) {
      problems.error(fault('OvfNetworkMappingNotSupported', {}, `The network '${String(tx.get(network, 'name'))}', to which '${name}' is mapped, is not accessible from the host '${String(tx.get(host, 'name'))}'.`));
    }
  }
}

function specOf(deployment: Deployment, entity: Entity, name: string, above: string, start: VAppEntityConfigInfo | undefined): ImportSpec {
  const { descriptor, params, problems, option, values, used } = deployment;
  const path = `${above}/${name}`;
  const read = readProducts(descriptor, entity, option, problems);
  const properties = withValues(read.properties, values, used, problems);
  const vApp = vAppSpec(read, properties, params.ipAllocationPolicy, params.ipProtocol);
  const entityConfig = start ? { entityConfig: start } : {};
  if (entity.kind === 'virtualSystem') {
    const configSpec = { ...machine(deployment, entity, name, path), ...(vApp ? { vAppConfig: vApp } : {}) };
    return { _type: 'VirtualMachineImportSpec', ...entityConfig, configSpec, ...parentPool(deployment, entity) } as unknown as ImportSpec;
  }
  const startup = childrenNamed(childNamed(entity.node, 'StartupSection'), 'Item');
  const child = entity.children.map((each, i) => {
    const item = startup.find((node) => node.attributes.get('id') === each.id);
    return specOf(deployment, each, each.name, path, startOf(each.name, item?.attributes, i));
  });
  const resourcePoolSpec = params.resourceMapping?.find(({ source }) => source === entity.id)?.resourceSpec ?? DEFAULT_POOL;
  const vAppConfigSpec = { ...vApp, annotation: annotationOf(descriptor, entity) } as VAppConfigSpec;
  return { _type: 'VirtualAppImportSpec', ...entityConfig, name, vAppConfigSpec, resourcePoolSpec, child } as unknown as ImportSpec;
}

function parentPool({ params }: Deployment, entity: Entity): { resPoolEntity?: Ref } {
  const parent = params.resourceMapping?.find(({ source }) => source === entity.id)?.parent;
  return parent ? { resPoolEntity: parent } : {};
}

function startOf(tag: string, item: ReadonlyMap<string, string> | undefined, index: number): VAppEntityConfigInfo {
  const number = (name: string, otherwise: number): number => (/^\d+$/.test(item?.get(name) ?? '') ? Number(item!.get(name)) : otherwise);
  return {
    tag, startOrder: number('order', index + 1), startDelay: number('startDelay', 120), waitingForGuest: isTrue(item?.get('waitingForGuest')), startAction: item?.get('startAction') ?? 'powerOn',
    stopDelay: number('stopDelay', 120), stopAction: item?.get('stopAction') ?? 'powerOff', destroyWithParent: isTrue(item?.get('vmw:destroyWithParent')),
  };
}

function machine(deployment: Deployment, entity: Entity, name: string, path: string): VirtualMachineConfigSpec {
  const { tx, descriptor, params, problems, option, datastore, host, files } = deployment;
  const mapped = params.resourceMapping?.find(({ source }) => source === entity.id)?.datastore;
  const choices: HardwareChoices = {
    option, path, datastore: mapped, ...(PROVISIONING[params.diskProvisioning ?? ''] ?? PROVISIONING['thick']!),
    backing: (network) => networkBacking(tx, host, network, params.networkMapping, problems),
  };
  const { spec, files: own } = new HardwareReader(descriptor, choices, problems).read(entity);
  files.push(...own);
  const annotation = annotationOf(descriptor, entity);
  return {
    ...spec, name, ...guest(descriptor, entity, problems), files: { vmPathName: `[${String(tx.get(mapped ?? datastore, 'name'))}]` },
    ...(annotation === '' ? {} : { annotation }), ...vmwareConfig(entity),
  } as VirtualMachineConfigSpec;
}

/** The operating system, by VMware's own name or by its CIM number. */
function guest({ text }: Descriptor, entity: Entity, problems: Problems): { guestId?: string } {
  const section = childNamed(entity.node, 'OperatingSystemSection');
  if (!section) return {};
  const own = section.attributes.get('vmw:osType');
  if (own && isGuestId(own)) return { guestId: own };
  const number = Number(section.attributes.get('id') ?? 0);
  const guestId = guestOfNumber(number) ?? 'otherGuest';
  if (own !== undefined || guestOfNumber(number) === undefined) {
    const ovfDescription = text(childNamed(section, 'Description')) || (own ?? String(number));
    problems.warn(fault('OvfMappedOsId', { ovfId: number, ovfDescription, targetDescription: guestFullName(guestId) }, `The operating system '${ovfDescription}' (id ${number}) is mapped to '${guestFullName(guestId)}'.`));
  }
  return { guestId };
}

/** vmw:Config and vmw:ExtraConfig of the hardware section: settings that OVF has no words for. */
function vmwareConfig(entity: Entity): Partial<VirtualMachineConfigSpec> {
  const section = childNamed(entity.node, 'VirtualHardwareSection');
  const spec: Record<string, unknown> = {};
  for (const node of childrenNamed(section, 'Config')) {
    const [key, value] = [node.attributes.get('vmw:key'), node.attributes.get('vmw:value') ?? ''];
    const parts = key?.split('.') ?? [];
    const [group, field] = parts;
    if (key === 'firmware' && ['bios', 'efi'].includes(value)) spec['firmware'] = value;
    else if (key && FLAGS.has(key)) spec[key] = value === 'true';
    else if (parts.length === 2 && group && field && Object.hasOwn(GROUPED, group) && GROUPED[group]!.includes(field)) {
      spec[group] = { ...(spec[group] as object), [field]: value === 'true' || value === 'false' ? value === 'true' : value };
    }
  }
  const extraConfig = childrenNamed(section, 'ExtraConfig').flatMap((node) => {
    const key = node.attributes.get('vmw:key');
    return key && key !== 'uuid.bios' ? [{ key, value: node.attributes.get('vmw:value') ?? '' }] : [];
  });
  const uuid = childrenNamed(section, 'ExtraConfig').find((node) => node.attributes.get('vmw:key') === 'uuid.bios')?.attributes.get('vmw:value');
  if (uuid && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(uuid)) spec['uuid'] = uuid;
  return { ...spec, ...(extraConfig.length > 0 ? { extraConfig } : {}) } as Partial<VirtualMachineConfigSpec>;
}

const FLAGS = new Set(['cpuHotAddEnabled', 'cpuHotRemoveEnabled', 'memoryHotAddEnabled', 'nestedHVEnabled', 'virtualICH7MPresent', 'virtualSMCPresent']);
const GROUPED: Readonly<Record<string, readonly string[]>> = {
  bootOptions: ['efiSecureBootEnabled', 'enterBIOSSetup'],
  powerOpInfo: ['powerOffType', 'resetType', 'suspendType', 'standbyAction'],
  tools: ['afterPowerOn', 'afterResume', 'beforeGuestShutdown', 'beforeGuestStandby', 'syncTimeWithHost', 'toolsUpgradePolicy'],
};
