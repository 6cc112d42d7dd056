// The VirtualHardwareSection of a machine as changes to a new virtual machine: CPU, memory, controllers, adapters,
// disks. Knows the descriptor and device types, not the inventory.
import { fault, type ManagedObjectReference, type OvfFileItem, type VirtualDevice, type VirtualDeviceConfigSpec, type VirtualMachineConfigSpec } from '../../../core/vim25/index.ts';
import { familyOf, unitsOf } from '../virtual-machine/device-types.ts';
import { bytesOf, type Descriptor, type Entity } from './descriptor.ts';
import { badReference, badValue, missingElement, type Problems } from './problems.ts';
import { childNamed, childrenNamed, textOf, type Node } from './xml.ts';

export interface HardwareChoices {
  readonly option: string;
  /** How a disk takes its room. */
  readonly thin: boolean;
  readonly eager: boolean;
  /** The backing of an adapter in the network of that name. */
  backing(network: string): object | undefined;
  /** Where the disks go when that is not the machine's directory. */
  readonly datastore?: ManagedObjectReference | undefined;
  /** Names the machine in the ids of its files: '/appliance'. */
  readonly path: string;
}

export interface Hardware {
  readonly spec: Pick<VirtualMachineConfigSpec, 'numCPUs' | 'numCoresPerSocket' | 'memoryMB' | 'deviceChange' | 'version' | 'cpuAllocation' | 'memoryAllocation'>;
  readonly files: readonly OvfFileItem[];
}

/** What an Item says, in the terms of OVF. */
interface Item {
  readonly node: Node;
  readonly type: number;
  readonly subtype: string;
  readonly id: string;
  readonly name: string;
  readonly isRequired: boolean;
}

const TYPE = { cpu: 3, memory: 4, ide: 5, scsi: 6, nic: 10, floppy: 14, cdrom: 15, dvd: 16, disk: 17, sata: 20, serial: 21, parallel: 22, usb: 23, video: 24, sound: 35, other: 1 } as const;

const SUBTYPES: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  [TYPE.scsi]: { '': 'VirtualLsiLogicController', lsilogic: 'VirtualLsiLogicController', lsilogicsas: 'VirtualLsiLogicSASController', buslogic: 'VirtualBusLogicController', virtualscsi: 'ParaVirtualSCSIController' },
  [TYPE.nic]: { '': 'VirtualE1000', e1000: 'VirtualE1000', e1000e: 'VirtualE1000e', vmxnet3: 'VirtualVmxnet3', vmxnet2: 'VirtualVmxnet2', vmxnet: 'VirtualVmxnet3', pcnet32: 'VirtualPCNet32' },
  [TYPE.sata]: { '': 'VirtualAHCIController', ahci: 'VirtualAHCIController', 'vmware.sata.ahci': 'VirtualAHCIController', 'vmware.nvme.controller': 'VirtualNVMEController', 'vmware.nvme': 'VirtualNVMEController' },
  [TYPE.usb]: { '': 'VirtualUSBController', 'vmware.usb.ehci': 'VirtualUSBController', 'vmware.usb.xhci': 'VirtualUSBXHCIController' },
  [TYPE.sound]: { '': 'VirtualSoundBlaster16', 'vmware.soundcard.ensoniq1371': 'VirtualEnsoniq1371', 'vmware.soundcard.hdaudio': 'VirtualHdAudioCard', 'vmware.soundcard.sb16': 'VirtualSoundBlaster16' },
};

/** What every machine has: nothing to add. */
const BUILT_IN = /^(vmware\.vmci|vmware\.pci|vmware\.keyboard|vmware\.pointer)?$/;

/** Newest virtual hardware that a host here runs, and the oldest that can be imported. */
const HARDWARE = { oldest: 4, newest: 22 };

export class HardwareReader {
  private readonly descriptor: Descriptor;
  private readonly choices: HardwareChoices;
  private readonly problems: Problems;
  private readonly changes: VirtualDeviceConfigSpec[] = [];
  private readonly files: OvfFileItem[] = [];
  private readonly controllers = new Map<string, { readonly device: VirtualDevice & { busNumber: number }; readonly taken: Set<number> }>();
  private key = 0;

  constructor(descriptor: Descriptor, choices: HardwareChoices, problems: Problems) {
    this.descriptor = descriptor;
    this.choices = choices;
    this.problems = problems;
  }

  read(entity: Entity): Hardware {
    const section = childrenNamed(entity.node, 'VirtualHardwareSection').find((node) => familiesOf(node).some(isSupported)) ?? childNamed(entity.node, 'VirtualHardwareSection');
    if (!section) {
      this.problems.error(missingElement(entity.node, 'VirtualHardwareSection'));
      return { spec: {}, files: [] };
    }
    const items = this.items(section);
    const hardware: { -readonly [K in keyof Hardware['spec']]: Hardware['spec'][K] } = {};
    const family = familiesOf(section).filter(isSupported).at(-1);
    if (family) hardware.version = family;
    else if (familiesOf(section).length > 0) {
      const version = familiesOf(section).join(' ');
      this.problems.error(fault('OvfNoSupportedHardwareFamily', { lineNumber: section.line, version }, `Line ${section.line}: no virtual hardware family of '${version}' is supported; vmx-04 to vmx-${HARDWARE.newest} are.`));
    }
    for (const item of items) {
      if (item.type === TYPE.cpu) {
        hardware.numCPUs = this.quantity(item, 1);
        const cores = Number(childNamed(item.node, 'CoresPerSocket')?.text.trim());
        if (cores > 0) hardware.numCoresPerSocket = cores;
        hardware.cpuAllocation = allocationOf(item.node);
      } else if (item.type === TYPE.memory) {
        hardware.memoryMB = Math.ceil(this.quantity(item, bytesOf(textOf(item.node, 'AllocationUnits') ?? 'byte * 2^20') ?? 1024 ** 2) / 1024 ** 2);
        hardware.memoryAllocation = allocationOf(item.node);
      }
    }
    // Controllers first: items may come in any order.
    for (const item of items) if ([TYPE.ide, TYPE.scsi, TYPE.sata].includes(item.type as 5)) this.controller(item);
    for (const item of items) this.device(item);
    hardware.deviceChange = this.changes;
    return { spec: hardware, files: this.files };
  }

  /** The items of the chosen deployment option; of several with one id the last counts. */
  private items(section: Node): Item[] {
    const byId = new Map<string, Item>();
    for (const node of section.children.filter(({ name }) => ['Item', 'StorageItem', 'EthernetPortItem'].includes(name))) {
      const options = (node.attributes.get('configuration') ?? '').split(/\s+/).filter((option) => option !== '');
      if (options.length > 0 && !options.includes(this.choices.option)) continue;
      if (node.attributes.has('bound')) continue;
      const [id, type] = [textOf(node, 'InstanceID') ?? textOf(node, 'InstanceId'), textOf(node, 'ResourceType')];
      if (id === undefined) this.problems.error(missingElement(node, 'InstanceID'));
      else if (type === undefined) this.problems.error(missingElement(node, 'ResourceType'));
      else if (!/^\d+$/.test(type)) this.problems.error(badValue(childNamed(node, 'ResourceType')!, type));
      else {
        byId.set(id, {
          node, id, type: Number(type), subtype: textOf(node, 'ResourceSubType')?.split(/\s+/)[0] ?? '', name: textOf(node, 'ElementName') ?? textOf(node, 'Caption') ?? id,
          isRequired: !['false', '0'].includes(node.attributes.get('required') ?? 'true'),
        });
      }
    }
    return [...byId.values()];
  }

  private quantity({ node }: Item, unit: number): number {
    const text = textOf(node, 'VirtualQuantity');
    if (text !== undefined && /^\d+$/.test(text)) return Number(text) * unit;
    if (text === undefined) this.problems.error(missingElement(node, 'VirtualQuantity'));
    else this.problems.error(badValue(childNamed(node, 'VirtualQuantity')!, text));
    return unit;
  }

  private typeFor(item: Item): string | undefined {
    const table = SUBTYPES[item.type]!;
    const known = item.subtype.toLowerCase();
    if (Object.hasOwn(table, known)) return table[known];
    const { line } = item.node;
    this.report(item, fault('OvfUnsupportedSubType', { lineNumber: line, elementName: item.name, instanceId: item.id, deviceType: item.type, deviceSubType: item.subtype },
      `Line ${line}: the device '${item.name}' (InstanceID ${item.id}) has the resource subtype '${item.subtype}', which is not supported; supported: ${Object.keys(table).filter((name) => name !== '').join(', ')}.`));
    return undefined;
  }

  private report(item: Item, problem: ReturnType<typeof fault>): void {
    if (item.isRequired) this.problems.error(problem);
    else this.problems.warn(problem);
  }

  private add(type: string, fields: object, fileOperation?: 'create'): VirtualDevice {
    const device = { _type: type, key: (this.key -= 1), ...fields } as unknown as VirtualDevice;
    this.changes.push({ operation: 'add', ...(fileOperation ? { fileOperation } : {}), device } as VirtualDeviceConfigSpec);
    return device;
  }

  private controller(item: Item): void {
    const type = item.type === TYPE.ide ? 'VirtualIDEController' : this.typeFor(item);
    if (!type) return;
    const family = familyOf(type)!.name;
    const busNumber = [...this.controllers.values()].filter(({ device }) => familyOf((device as { _type?: string })._type!)!.name === family).length;
    const device = this.add(type, { busNumber, ...(family === 'scsi' ? { sharedBus: 'noSharing' } : {}) }) as VirtualDevice & { busNumber: number };
    this.controllers.set(item.id, { device, taken: new Set(family === 'scsi' ? [7] : []) });
  }

  private device(item: Item): void {
    switch (item.type) {
      case TYPE.cpu: case TYPE.memory: case TYPE.ide: case TYPE.scsi: case TYPE.sata: return;
      case TYPE.nic: return this.adapter(item);
      case TYPE.disk: return this.disk(item);
      case TYPE.cdrom: case TYPE.dvd: return this.drive(item);
      case TYPE.usb: case TYPE.sound: {
        const type = this.typeFor(item);
        if (type) this.add(type, item.type === TYPE.sound ? { backing: { _type: 'VirtualSoundCardDeviceBackingInfo', deviceName: '', useAutoDetect: true } } : {});
        return;
      }
      case TYPE.floppy:
        this.add('VirtualFloppy', { backing: { _type: 'VirtualFloppyRemoteDeviceBackingInfo', deviceName: '', useAutoDetect: false }, connectable: CLOSED });
        return;
      case TYPE.serial:
        this.add('VirtualSerialPort', { yieldOnPoll: true, backing: { _type: 'VirtualSerialPortRemoteDeviceBackingInfo', deviceName: '', useAutoDetect: false }, connectable: CLOSED });
        return;
      case TYPE.video: return;
      default:
        if (item.type === TYPE.other && BUILT_IN.test(item.subtype.toLowerCase())) return;
        this.report(item, fault('OvfUnsupportedType', { lineNumber: item.node.line, name: item.name, instanceId: item.id, deviceType: item.type },
          `Line ${item.node.line}: the device '${item.name}' (InstanceID ${item.id}) has the resource type ${item.type}, which is not supported.`));
    }
  }

  private adapter(item: Item): void {
    const type = this.typeFor(item);
    const network = textOf(item.node, 'Connection');
    if (network !== undefined && !this.descriptor.networks.some(({ name }) => name === network)) this.problems.error(badReference(childNamed(item.node, 'Connection')!, 'Connection', network));
    const backing = this.choices.backing(network ?? '');
    if (!type || !backing) return;
    const automatic = textOf(item.node, 'AutomaticAllocation') !== 'false';
    const mac = textOf(item.node, 'Address');
    this.add(type, { backing, connectable: { startConnected: automatic, allowGuestControl: true, connected: false }, ...(mac && /^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(mac) ? { macAddress: mac, addressType: 'manual' } : { addressType: 'assigned' }) });
  }

  /** The controller and unit of a drive; the id that its file goes by. */
  private place(item: Item): { controllerKey: number; unitNumber: number; id: string } | undefined {
    const parent = textOf(item.node, 'Parent');
    const controller = parent === undefined ? undefined : this.controllers.get(parent);
    if (!controller) {
      this.problems.error(parent === undefined ? missingElement(item.node, 'Parent') : badReference(childNamed(item.node, 'Parent')!, 'Parent', parent));
      return undefined;
    }
    const { device, taken } = controller;
    const type = (device as { _type?: string })._type!;
    const { count } = unitsOf(familyOf(type)!);
    const asked = textOf(item.node, 'AddressOnParent');
    let unit = asked !== undefined && /^\d+$/.test(asked) ? Number(asked) : 0;
    if (asked === undefined || taken.has(unit)) for (unit = 0; taken.has(unit);) unit += 1;
    if (unit >= count) {
      const { line } = item.node;
      this.problems.error(fault('OvfNoSpaceOnController', { lineNumber: line, name: item.name, value: asked ?? '', parent: parent! } as never, `Line ${line}: controller ${parent} has no unit ${unit} for '${item.name}'; it has ${count}.`));
      return undefined;
    }
    taken.add(unit);
    return { controllerKey: device.key, unitNumber: unit, id: `${this.choices.path}/${type}${device.busNumber}:${unit}` };
  }

  private disk(item: Item): void {
    const place = this.place(item);
    const resource = childNamed(item.node, 'HostResource');
    const id = /^(?:ovf:)?\/disk\/(.+)$/.exec(resource?.text.trim() ?? '')?.[1];
    const disk = id === undefined ? undefined : this.descriptor.disks.get(id);
    if (!disk) {
      this.problems.error(resource ? badReference(resource, 'HostResource', resource.text.trim()) : missingElement(item.node, 'HostResource'));
      return;
    }
    if (!place) return;
    const { thin, eager, datastore } = this.choices;
    this.add('VirtualDisk', {
      controllerKey: place.controllerKey, unitNumber: place.unitNumber, capacityInKB: Math.ceil(disk.capacityBytes / 1024), capacityInBytes: disk.capacityBytes,
      backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: '', diskMode: 'persistent', thinProvisioned: thin, ...(eager ? { eagerlyScrub: true } : {}), ...(datastore ? { datastore } : {}) },
    }, 'create');
    if (disk.file) this.file(place.id, disk.file.id, TYPE.disk);
  }

  private drive(item: Item): void {
    const place = this.place(item);
    if (!place) return;
    const resource = childNamed(item.node, 'HostResource');
    const id = /^(?:ovf:)?\/file\/(.+)$/.exec(resource?.text.trim() ?? '')?.[1];
    if (resource && id !== undefined && !this.descriptor.files.has(id)) {
      this.problems.error(badReference(resource, 'HostResource', resource.text.trim()));
      return;
    }
    const isFile = id !== undefined;
    this.add('VirtualCdrom', {
      controllerKey: place.controllerKey, unitNumber: place.unitNumber,
      connectable: isFile ? { startConnected: textOf(item.node, 'AutomaticAllocation') !== 'false', allowGuestControl: true, connected: false } : CLOSED,
      backing: isFile ? { _type: 'VirtualCdromIsoBackingInfo', fileName: '' } : { _type: 'VirtualCdromRemotePassthroughBackingInfo', deviceName: '', useAutoDetect: false, exclusive: false },
    });
    if (isFile) this.file(place.id, id, item.type);
  }

  private file(deviceId: string, id: string, cimType: number): void {
    const { href, size, compression, chunkSize } = this.descriptor.files.get(id)!;
    this.files.push({ deviceId, path: href, ...(compression && compression !== 'identity' ? { compressionMethod: compression } : {}), ...(chunkSize ? { chunkSize } : {}), ...(size === undefined ? {} : { size }), cimType, create: cimType !== TYPE.disk });
  }
}

const CLOSED = { startConnected: false, allowGuestControl: true, connected: false };

const familiesOf = (section: Node): string[] => (textOf(childNamed(section, 'System'), 'VirtualSystemType') ?? '').split(/[\s,]+/).filter((text) => text !== '');

const isSupported = (family: string): boolean => {
  const number = Number(/^vmx-(\d\d)$/.exec(family)?.[1] ?? NaN);
  return number >= HARDWARE.oldest && number <= HARDWARE.newest;
};

function allocationOf(node: Node): VirtualMachineConfigSpec['cpuAllocation'] {
  const number = (name: string): number | undefined => (/^\d+$/.test(textOf(node, name) ?? '') ? Number(textOf(node, name)) : undefined);
  const [reservation, limit, shares] = [number('Reservation'), number('Limit'), number('Weight')];
  if (reservation === undefined && limit === undefined && shares === undefined) return undefined;
  return {
    ...(reservation === undefined ? {} : { reservation }), ...(limit === undefined ? {} : { limit }),
    ...(shares === undefined ? {} : { shares: { shares, level: 'custom' } }),
  } as VirtualMachineConfigSpec['cpuAllocation'];
}
