// CreateDescriptor: a machine or a vApp as an OVF 1.1 descriptor that CreateImportSpec reads again.
import {
  fault, type LocalizedMethodFault, type ManagedObjectReference, type OvfCreateDescriptorParams, type OvfCreateDescriptorResult, type OvfFile, type VAppConfigInfo, type VirtualDevice,
  type VirtualMachineConfigInfo, type VmConfigInfo,
} from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { placeName } from './devices.ts';
import { machinesOf } from './export.ts';
import { numberOfGuest } from './guest-ids.ts';
import { EXPORT_OPTIONS } from './options.ts';
import { hardwareItems, networkNames } from './write-hardware.ts';
import { escapeXml } from './xml.ts';

type Ref = ManagedObjectReference;

/** One machine with the files that belong to its disks. */
export interface Machine {
  readonly vm: Ref;
  readonly config: VirtualMachineConfigInfo;
  readonly name: string;
  /** Its disks with the numbers that they have in the document. */
  readonly disks: readonly { readonly device: VirtualDevice; readonly id: string; readonly file: OvfFile | undefined; readonly fileId: string }[];
}

interface Writing {
  readonly tx: Transaction;
  readonly options: ReadonlySet<string>;
  readonly machines: ReadonlyMap<string, Machine>;
  readonly warnings: LocalizedMethodFault[];
}

/** Throws InvalidArgument for an option or a file that is unknown. */
export function createDescriptor(tx: Transaction, obj: Ref, { ovfFiles = [], name, description, includeImageFiles, exportOption = [], snapshot }: OvfCreateDescriptorParams): OvfCreateDescriptorResult {
  for (const option of exportOption) {
    if (!Object.hasOwn(EXPORT_OPTIONS, option)) throw fault('InvalidArgument', { invalidProperty: 'cdp.exportOption' }, `'${option}' is no option of an export; use ${Object.keys(EXPORT_OPTIONS).join(', ')}.`);
  }
  if (snapshot && (!tx.has(snapshot) || (tx.get(snapshot, 'vm') as Ref).value !== obj.value)) {
    throw fault('InvalidArgument', { invalidProperty: 'cdp.snapshot' }, `'${snapshot.value}' is no snapshot of '${String(tx.get(obj, 'name'))}'.`);
  }
  const all = obj.type === 'VirtualApp' ? machinesOf(tx, obj) : [obj];
  const machines = new Map<string, Machine>();
  const known = new Set<OvfFile>();
  let disks = 0;
  for (const vm of all) {
    const config = tx.get(snapshot ?? vm, 'config') as VirtualMachineConfigInfo;
    const devices = config.hardware.device ?? [];
    const own = devices.filter((device) => (device as { _type?: string })._type === 'VirtualDisk').map((device) => {
      const file = ovfFiles.find(({ deviceId }) => deviceId === `/${vm.value}/${placeName(devices, device)}`);
      if (file) known.add(file);
      disks += 1;
      return { device, id: `vmdisk${disks}`, file, fileId: file ? `file${ovfFiles.indexOf(file) + 1}` : '' };
    });
    machines.set(vm.value, { vm, config, name: String(obj.value === vm.value && name ? name : tx.get(vm, 'name')), disks: own });
  }
  const writing: Writing = { tx, options: new Set(exportOption), machines, warnings: [] };
  const others = ovfFiles.filter((file) => !known.has(file));
  for (const file of others) {
    if (!all.some((vm) => file.deviceId.startsWith(`/${vm.value}/`))) throw fault('InvalidArgument', { invalidProperty: 'cdp.ovfFiles' }, `The file '${file.path}' names the device '${file.deviceId}', which what is exported does not have.`);
  }
  const body = obj.type === 'VirtualApp' ? collection(writing, obj, name, description) : system(writing, machines.get(obj.value)!, description);
  const networks = [...new Set([...machines.values()].flatMap(({ config }) => networkNames(tx, config)))];
  const ovfDescriptor = envelope(ovfFiles, [...machines.values()], networks, body);
  return { ovfDescriptor, ...(includeImageFiles === undefined ? {} : { includeImageFiles }), ...(writing.warnings.length > 0 ? { warning: writing.warnings } : {}) };
}

const attribute = (name: string, value: string | number | undefined): string => (value === undefined ? '' : ` ${name}="${escapeXml(String(value))}"`);

function envelope(files: readonly OvfFile[], machines: readonly Machine[], networks: readonly string[], body: readonly string[]): string {
  const disks = machines.flatMap((machine) => machine.disks);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData" xmlns:vssd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData" xmlns:vmw="http://www.vmware.com/schema/ovf" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">',
    '  <References>',
    ...files.map(({ path, size, compressionMethod, chunkSize }, i) => `    <File ovf:id="file${i + 1}"${attribute('ovf:href', path)}${attribute('ovf:size', Number(size))}${attribute('ovf:compression', compressionMethod || undefined)}${attribute('ovf:chunkSize', Number(chunkSize) || undefined)}/>`),
    '  </References>',
    '  <DiskSection>', '    <Info>Virtual disk information</Info>',
    ...disks.map(({ device, id, file, fileId }) => {
      const bytes = Number((device as { capacityInBytes?: number }).capacityInBytes ?? 0);
      return `    <Disk ovf:capacity="${bytes}" ovf:capacityAllocationUnits="byte" ovf:diskId="${id}"${attribute('ovf:fileRef', fileId || undefined)} ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"${attribute('ovf:populatedSize', file?.populatedSize === undefined ? undefined : Number(file.populatedSize))}/>`;
    }),
    '  </DiskSection>',
    ...(networks.length === 0 ? [] : [
      '  <NetworkSection>', '    <Info>The list of logical networks</Info>',
      ...networks.flatMap((network) => [`    <Network${attribute('ovf:name', network)}>`, `      <Description>The ${escapeXml(network)} network</Description>`, '    </Network>']),
      '  </NetworkSection>',
    ]),
    ...body.map((line) => `  ${line}`), '</Envelope>', '',
  ].join('\n');
}

function annotation(text: string | undefined): string[] {
  return text ? ['  <AnnotationSection>', '    <Info>A human-readable annotation</Info>', `    <Annotation>${escapeXml(text)}</Annotation>`, '  </AnnotationSection>'] : [];
}

function system({ tx, options, warnings }: Writing, machine: Machine, description?: string): string[] {
  const { config, name } = machine;
  const vApp = config.vAppConfig;
  const transport = vApp?.ovfEnvironmentTransport?.join(' ');
  const { items, warnings: own } = hardwareItems(tx, machine, options);
  warnings.push(...own);
  return [
    `<VirtualSystem${attribute('ovf:id', name)}>`, '  <Info>A virtual machine</Info>', `  <Name>${escapeXml(name)}</Name>`,
    `  <OperatingSystemSection ovf:id="${numberOfGuest(config.guestId)}"${attribute('vmw:osType', config.guestId)}>`, '    <Info>The kind of installed guest operating system</Info>', `    <Description>${escapeXml(config.guestFullName)}</Description>`, '  </OperatingSystemSection>',
    `  <VirtualHardwareSection${attribute('ovf:transport', transport || undefined)}>`, '    <Info>Virtual hardware requirements</Info>',
    '    <System>', '      <vssd:ElementName>Virtual Hardware Family</vssd:ElementName>', '      <vssd:InstanceID>0</vssd:InstanceID>', `      <vssd:VirtualSystemIdentifier>${escapeXml(name)}</vssd:VirtualSystemIdentifier>`, `      <vssd:VirtualSystemType>${config.version}</vssd:VirtualSystemType>`, '    </System>',
    ...items.map((line) => `    ${line}`), ...settings(config, options).map((line) => `    ${line}`), '  </VirtualHardwareSection>',
    ...annotation(description ?? config.annotation), ...(vApp ? productSections(vApp) : []), '</VirtualSystem>',
  ];
}

function settings(config: VirtualMachineConfigInfo, options: ReadonlySet<string>): string[] {
  const one = (key: string, value: unknown): string => `<vmw:Config ovf:required="false"${attribute('vmw:key', key)}${attribute('vmw:value', String(value))}/>`;
  const lines = [
    one('cpuHotAddEnabled', config.cpuHotAddEnabled ?? false), one('cpuHotRemoveEnabled', config.cpuHotRemoveEnabled ?? false), one('memoryHotAddEnabled', config.memoryHotAddEnabled ?? false),
    one('firmware', config.firmware ?? 'bios'), one('bootOptions.efiSecureBootEnabled', config.bootOptions?.efiSecureBootEnabled ?? false),
    one('nestedHVEnabled', config.nestedHVEnabled ?? false), one('tools.syncTimeWithHost', config.tools?.syncTimeWithHost ?? false), one('tools.toolsUpgradePolicy', config.tools?.toolsUpgradePolicy ?? 'manual'),
  ];
  if (options.has('uuid')) lines.push(`<vmw:ExtraConfig ovf:required="false" vmw:key="uuid.bios"${attribute('vmw:value', config.uuid)}/>`);
  if (!options.has('extraconfig')) return lines;
  return [...lines, ...(config.extraConfig ?? []).map(({ key, value }) => `<vmw:ExtraConfig ovf:required="false"${attribute('vmw:key', key)}${attribute('vmw:value', textOf(value))}/>`)];
}

const textOf = (value: unknown): string => String(typeof value === 'object' && value !== null && '_value' in value ? value._value : value);

/** Products with the properties of each, and licence texts. */
function productSections({ product, property, eula }: VmConfigInfo): string[] {
  const sections = (product ?? []).flatMap((one) => {
    const own = (property ?? []).filter(({ classId, instanceId }) => (classId ?? '') === (one.classId ?? '') && (instanceId ?? '') === (one.instanceId ?? ''));
    const field = (element: string, value: string | undefined) => (value ? [`    <${element}>${escapeXml(value)}</${element}>`] : []);
    return [
      `  <ProductSection${attribute('ovf:class', one.classId || undefined)}${attribute('ovf:instance', one.instanceId || undefined)}>`, '    <Info>Information about the installed software</Info>',
      ...field('Product', one.name), ...field('Vendor', one.vendor), ...field('Version', one.version), ...field('FullVersion', one.fullVersion), ...field('ProductUrl', one.productUrl), ...field('VendorUrl', one.vendorUrl), ...field('AppUrl', one.appUrl),
      ...own.flatMap((each, i) => [
        ...(each.category && each.category !== own[i - 1]?.category ? [`    <Category>${escapeXml(each.category)}</Category>`] : []),
        `    <Property${attribute('ovf:key', each.id)}${typeAttributes(each.type ?? 'string')} ovf:userConfigurable="${each.userConfigurable ?? false}"${attribute('ovf:value', each.value || each.defaultValue || '')}>`,
        ...field('  Label', each.label).map((line) => line.replace('<  ', '  <').replace('</  ', '</')), ...field('  Description', each.description).map((line) => line.replace('<  ', '  <').replace('</  ', '</')), '    </Property>',
      ]),
      '  </ProductSection>',
    ];
  });
  return [...sections, ...(eula ?? []).filter((text) => text !== '').flatMap((text) => ['  <EulaSection>', '    <Info>An end-user license agreement</Info>', `    <License>${escapeXml(text)}</License>`, '  </EulaSection>'])];
}

/** vSphere's type of a property in the words of OVF. */
function typeAttributes(type: string): string {
  if (type.startsWith('boolean')) return ' ovf:type="boolean"';
  if (type.startsWith('int')) return type === 'int(0..65535)' ? ' ovf:type="uint16"' : type === 'int(0..255)' ? ' ovf:type="uint8"' : type.startsWith('int(0') ? ' ovf:type="uint32"' : ' ovf:type="sint32"';
  if (type.startsWith('real')) return ' ovf:type="real64"';
  if (type.startsWith('ip')) return ` ovf:type="string"${attribute('vmw:qualifiers', type.replace(/^ip/, 'Ip'))}`;
  const choices = /^string\[(.*)\]$/s.exec(type)?.[1];
  const length = /^(?:string|password)\((\d*)\.\.(\d*)\)$/.exec(type);
  const qualifiers = choices !== undefined ? `ValueMap{${choices}}` : length ? [length[1] && `MinLen(${length[1]})`, length[2] && `MaxLen(${length[2]})`].filter(Boolean).join(',') : undefined;
  return ` ovf:type="string"${type.startsWith('password') ? ' ovf:password="true"' : ''}${attribute('ovf:qualifiers', qualifiers)}`;
}

function collection(writing: Writing, vApp: Ref, given: string | undefined, description: string | undefined): string[] {
  const { tx, machines } = writing;
  const name = given ?? String(tx.get(vApp, 'name'));
  const config = tx.get(vApp, 'vAppConfig') as VAppConfigInfo;
  const children = [...((tx.get(vApp, 'vm') ?? []) as readonly Ref[]), ...((tx.get(vApp, 'resourcePool') ?? []) as readonly Ref[])].filter(({ type }) => type === 'VirtualMachine' || type === 'VirtualApp');
  const order = (ref: Ref): number => config.entityConfig?.find(({ key }) => key?.value === ref.value)?.startOrder ?? 0;
  children.sort((a, b) => order(a) - order(b));
  const nameOf = (ref: Ref): string => machines.get(ref.value)?.name ?? String(tx.get(ref, 'name'));
  return [
    `<VirtualSystemCollection${attribute('ovf:id', name)}>`, '  <Info>A collection of virtual machines</Info>', `  <Name>${escapeXml(name)}</Name>`,
    '  <StartupSection>', '    <Info>Specifies the order in which entities are powered on</Info>',
    ...children.map((child) => {
      const entity = config.entityConfig?.find(({ key }) => key?.value === child.value);
      return `    <Item${attribute('ovf:id', nameOf(child))}${attribute('ovf:order', entity?.startOrder ?? 0)}${attribute('ovf:startDelay', entity?.startDelay)}${attribute('ovf:waitingForGuest', String(entity?.waitingForGuest ?? false))}${attribute('ovf:startAction', entity?.startAction)}${attribute('ovf:stopDelay', entity?.stopDelay)}${attribute('ovf:stopAction', entity?.stopAction)} vmw:destroyWithParent="${entity?.destroyWithParent ?? false}"/>`;
    }),
    '  </StartupSection>',
    ...annotation(description ?? config.annotation), ...productSections(config),
    ...children.flatMap((child) => (child.type === 'VirtualApp' ? collection(writing, child, undefined, undefined) : system(writing, machines.get(child.value)!)).map((line) => `  ${line}`)),
    '</VirtualSystemCollection>',
  ];
}
