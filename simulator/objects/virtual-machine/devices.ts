// Applies a spec's device changes to a machine's device list: keys, units, labels, controllers and backings come out
// as vCenter would have them. What disks and adapters are made of is in disks.ts and nics.ts.
import {
  fault, type Description, type VirtualController, type VirtualDevice, type VirtualDeviceConfigSpec, type VirtualDisk, type VirtualEthernetCard,
  type VirtualMachinePowerState,
} from '../../../core/vim25/index.ts';
import { description, familyOf, isFamily, keyAt, plainSummary, typeNameOf, unitsOf, type Family } from './device-types.ts';
import { withPolicy } from '../storage-policy/association.ts';
import { deleteChain } from './disk-chains.ts';
import { capacityOf, capacityText, growDiskFiles, openDisk, type DiskWork } from './disks.ts';
import { nicSummary, plugNic, unplugNic, type NicWork } from './nics.ts';

export interface DeviceWork extends DiskWork, NicWork {
  readonly power: VirtualMachinePowerState;
  /** True while the machine is being created: its default devices may then be given again. */
  readonly creating: boolean;
}

const FIXED = new Set(['pci', 'ps2', 'sio', 'ide', 'keyboard', 'pointing', 'video', 'vmci']);

/** The device list after the changes. Throws InvalidDeviceSpec and its kin with the index of the offending change. */
export function applyDeviceChanges(
  work: DeviceWork, devices: readonly VirtualDevice[], changes: readonly VirtualDeviceConfigSpec[],
): readonly VirtualDevice[] {
  const change = new Change(work, devices);
  changes.forEach((spec, index) => change.apply(spec, index));
  return change.result();
}

class Change {
  private readonly work: DeviceWork;
  private readonly devices = new Map<number, VirtualDevice>();
  /** Keys as the spec has them → as they are: a spec may refer to controllers that it adds itself. */
  private readonly renamed = new Map<number, number>();

  constructor(work: DeviceWork, devices: readonly VirtualDevice[]) {
    this.work = work;
    for (const device of devices) this.devices.set(device.key, device);
  }

  apply(spec: VirtualDeviceConfigSpec, index: number): void {
    if (spec.device === undefined) throw invalid(index, 'virtualDeviceSpec.device', 'there is no device');
    const operation = spec.operation ?? (this.work.creating ? 'add' : undefined);
    if (operation === 'add') this.add(spec, index);
    else if (operation === 'edit') this.edit(spec, index);
    else if (operation === 'remove') this.remove(spec, index);
    else throw fault('InvalidDeviceOperation', { deviceIndex: index }, `Invalid operation for device '${index}': it must be add, edit or remove.`);
  }

  result(): readonly VirtualDevice[] {
    const children = new Map<number, number[]>();
    for (const { key, controllerKey } of this.devices.values()) {
      if (controllerKey !== undefined) children.set(controllerKey, [...(children.get(controllerKey) ?? []), key]);
    }
    return [...this.devices.values()].map((device) => ('busNumber' in device ? withChildren(device as VirtualController, children.get(device.key)) : device));
  }

  private add({ device, fileOperation, profile }: VirtualDeviceConfigSpec, index: number): void {
    const type = typeNameOf(device);
    const family = familyOf(type);
    if (!family) throw fault('DeviceUnsupportedForVmPlatform', { deviceIndex: index }, `The device '${index}' (${type}) is not supported by this virtual machine.`);
    this.requirePower(family, index);
    const existing = this.ofFamily(family);
    if (this.work.creating && FIXED.has(family.name)) {
      const wanted = (device as Partial<VirtualController>).busNumber ?? 0;
      const born = existing.find((d) => ((d as Partial<VirtualController>).busNumber ?? 0) === wanted) ?? existing[0]!;
      this.renamed.set(device.key, born.key);
      return;
    }
    if (existing.length >= family.max) {
      throw fault('TooManyDevices', { property: `deviceChange[${index}]` }, `The virtual machine has ${existing.length} devices of type ${type} already; the maximum is ${family.max}.`);
    }
    const placed = this.place(device, family, index);
    this.renamed.set(device.key, placed.key);
    const made = this.complete(placed, family, fileOperation === 'create' || fileOperation === 'replace', index);
    this.devices.set(placed.key, withPolicy(this.work.tx, made, profile, `deviceChange[${index}].profile`));
  }

  /** Finds key, controller and unit of a new device. */
  private place(device: VirtualDevice, family: Family, index: number): VirtualDevice {
    const bus = this.busNumber(device, family, index);
    if (family.parents.length === 0) return { ...device, key: this.freeKey(family, bus.busNumber), ...bus };
    const parentKey = this.controllerFor(device, family, index);
    const controller = this.devices.get(parentKey)!;
    const controllerFamily = familyOf(typeNameOf(controller))!;
    const unit = this.unit(device, parentKey, controllerFamily, family, index);
    const onBus = family.name === 'disk' || family.name === 'cdrom';
    const key = onBus ? keyAt(controllerFamily, (controller as VirtualController).busNumber, unit) : this.freeKey(family, bus.busNumber);
    return { ...device, key, controllerKey: parentKey, unitNumber: unit, ...bus };
  }

  private controllerFor(device: VirtualDevice, family: Family, index: number): number {
    const asked = device.controllerKey;
    const optional = !family.parents.includes('scsi') && !family.parents.includes('ide');
    const fixed = this.devices.get({ pci: 100, ps2: 300, sio: 400 }[family.parents[0]!] ?? -1);
    if (optional && fixed) return fixed.key;
    if (asked === undefined) {
      if (!optional) throw fault('MissingController', { deviceIndex: index, property: 'virtualDeviceSpec.device.controllerKey' }, `A required controller for device '${index}' is missing.`);
      const any = [...this.devices.values()].find((d) => family.parents.includes(familyOf(typeNameOf(d))?.name ?? ''));
      if (any) return any.key;
    }
    const key = this.renamed.get(asked ?? 0) ?? asked ?? 0;
    const controller = this.devices.get(key);
    if (!controller || !family.parents.includes(familyOf(typeNameOf(controller))?.name ?? '')) {
      throw fault('InvalidController', { deviceIndex: index, controllerKey: asked ?? 0, property: 'virtualDeviceSpec.device.controllerKey' }, `The device '${index}' is referring to a nonexisting controller '${asked ?? 0}'.`);
    }
    return key;
  }

  private unit(device: VirtualDevice, parentKey: number, controller: Family, family: Family, index: number): number {
    const { count, reserved } = unitsOf(controller);
    const taken = new Set([reserved]);
    for (const other of this.devices.values()) if (other.controllerKey === parentKey && other.unitNumber !== undefined) taken.add(other.unitNumber);
    const asked = device.unitNumber;
    // On the PCI bus the server decides; elsewhere a number that is given must be free.
    if (asked !== undefined && asked >= 0 && controller.name !== 'pci') {
      if (asked < count && !taken.has(asked)) return asked;
      throw invalid(index, 'virtualDeviceSpec.device.unitNumber', `unit number ${asked} of controller ${parentKey} is not free`);
    }
    for (let unit = family.firstUnit ?? 0; unit < count; unit++) if (!taken.has(unit)) return unit;
    throw invalid(index, 'virtualDeviceSpec.device.unitNumber', `controller ${parentKey} has no free unit`);
  }

  private busNumber(device: VirtualDevice, family: Family, index: number): { busNumber?: number } {
    const asked = (device as Partial<VirtualController>).busNumber;
    if (!['scsi', 'sata', 'nvme', 'ide', 'usb', 'xhci'].includes(family.name)) return {};
    const taken = new Set(this.ofFamily(family).map((d) => (d as VirtualController).busNumber));
    if (asked !== undefined && asked >= 0 && asked < family.max && !taken.has(asked)) return { busNumber: asked };
    // Clients that leave busNumber at its zero value for every controller are served by vCenter, too.
    if (asked !== undefined && asked >= family.max) throw invalid(index, 'virtualDeviceSpec.device.busNumber', `bus number ${asked} is out of range`);
    for (let bus = 0; ; bus++) if (!taken.has(bus)) return { busNumber: bus };
  }

  private freeKey(family: Family, bus = 0): number {
    for (let key = family.firstKey + bus; ; key++) if (!this.devices.has(key)) return key;
  }

  /** Fills in what only the server knows, by kind of device. */
  private complete(device: VirtualDevice, family: Family, create: boolean, index: number): VirtualDevice {
    let made: VirtualDevice = device;
    if (family.name === 'disk') made = this.disk(openDisk(this.work, device as VirtualDisk, create, index));
    else if (family.name === 'nic') made = withSlot(plugNic(this.work, device as VirtualEthernetCard, index), 192 + 32 * (device.key - 4000));
    else if (family.name === 'scsi') {
      made = { hotAddRemove: true, sharedBus: 'noSharing', ...device, scsiCtlrUnitNumber: 7 } as VirtualDevice;
    } else if (family.name === 'serial') made = { yieldOnPoll: true, ...device } as VirtualDevice;
    if (family.connectable) made = { ...made, connectable: this.connectable(made) };
    return { ...made, deviceInfo: this.describe(made, family) };
  }

  private disk(disk: VirtualDisk): VirtualDisk {
    const number = /\d+$/.exec(this.work.vm.value)?.[0] ?? '0';
    return { ...disk, shares: disk.shares ?? NORMAL_DISK_SHARES, diskObjectId: `${number}-${disk.key}` };
  }

  private connectable(device: VirtualDevice): NonNullable<VirtualDevice['connectable']> {
    const start = device.connectable?.startConnected ?? true;
    const plugged = this.work.power === 'poweredOn' && (device.connectable?.connected ?? start);
    return connection(start, device.connectable?.allowGuestControl ?? true, plugged);
  }

  private describe(device: VirtualDevice, family: Family): Description {
    const old = this.devices.get(device.key);
    const label = old && typeNameOf(old) === typeNameOf(device) && old.deviceInfo ? old.deviceInfo.label : this.label(device, family);
    return description(label, summaryOf(device, family, label));
  }

  private label(device: VirtualDevice, family: Family): string {
    if ('busNumber' in device) return family.label((device as VirtualController).busNumber);
    if (family.name !== 'disk' && family.name !== 'cdrom') return family.label(device.key - family.firstKey);
    const used = new Set(this.ofFamily(family).map((d) => d.deviceInfo?.label));
    for (let n = 0; ; n++) if (!used.has(family.label(n))) return family.label(n);
  }

  private edit({ device, fileOperation, profile }: VirtualDeviceConfigSpec, index: number): void {
    const old = this.find(device, index);
    const family = familyOf(typeNameOf(old))!;
    if (fileOperation !== undefined) {
      throw fault('InvalidDeviceOperation', { deviceIndex: index, badOp: 'edit', badFileOp: fileOperation }, `Invalid file operation '${fileOperation}' for device '${index}': an edit has none.`);
    }
    const { deviceInfo: _, key: _key, controllerKey, unitNumber, ...rest } = device;
    let made = { ...old, ...rest } as VirtualDevice;
    if (controllerKey !== undefined || (unitNumber !== undefined && unitNumber !== old.unitNumber)) {
      this.devices.delete(old.key);
      const moved = this.place({ ...made, controllerKey: controllerKey ?? old.controllerKey, unitNumber: unitNumber ?? old.unitNumber }, family, index);
      made = { ...made, controllerKey: moved.controllerKey, unitNumber: moved.unitNumber };
      this.devices.set(old.key, old);
    }
    if (family.name === 'disk') made = this.editDisk(old as VirtualDisk, made as VirtualDisk, index);
    if (family.name === 'nic') made = plugNic(this.work, { ...made, macAddress: (device as VirtualEthernetCard).macAddress || (old as VirtualEthernetCard).macAddress, addressType: (device as VirtualEthernetCard).addressType || (old as VirtualEthernetCard).addressType } as VirtualEthernetCard, index, old as VirtualEthernetCard);
    if (family.connectable) made = { ...made, connectable: this.connectable({ ...made, connectable: made.connectable ?? old.connectable }) };
    made = withPolicy(this.work.tx, made, profile, `deviceChange[${index}].profile`);
    this.devices.set(old.key, { ...made, key: old.key, deviceInfo: this.describe({ ...made, key: old.key }, family) });
  }

  private editDisk(old: VirtualDisk, made: VirtualDisk, index: number): VirtualDisk {
    const before = capacityOf(old)!;
    const asked = made.capacityInBytes !== old.capacityInBytes ? capacityOf(made) : (Number(made.capacityInKB) || 0) * 1024;
    const bytes = asked || before;
    if (bytes < before) throw invalid(index, 'virtualDeviceSpec.device.capacityInKB', 'a disk cannot shrink');
    if (bytes > before && (old.backing as { parent?: object } | undefined)?.parent) {
      throw fault('InvalidDeviceOperation', { deviceIndex: index, badOp: 'edit' }, `Invalid operation for device '${index}': '${old.deviceInfo?.label ?? old.key}' has snapshots (or is a linked clone) and cannot grow.`);
    }
    if (bytes > before) growDiskFiles(this.work.sim, this.work.tx, old, bytes);
    const backing = { ...(old.backing as object), ...(made.backing as object), fileName: (old.backing as { fileName?: string }).fileName };
    const asFile = (made.backing as { fileName?: string } | undefined)?.fileName;
    const moved = asFile !== undefined && asFile !== '' && asFile !== backing.fileName;
    const disk = { ...made, backing: (moved ? made.backing : backing) as NonNullable<VirtualDisk['backing']>, capacityInKB: Math.floor(bytes / 1024), capacityInBytes: bytes };
    return moved ? this.disk(openDisk(this.work, disk, false, index)) : disk;
  }

  private remove({ device, fileOperation }: VirtualDeviceConfigSpec, index: number): void {
    const old = this.find(device, index);
    const family = familyOf(typeNameOf(old))!;
    if (FIXED.has(family.name)) {
      throw fault('InvalidDeviceOperation', { deviceIndex: index, badOp: 'remove' }, `The device '${index}' (${old.deviceInfo?.label}) is part of every virtual machine and cannot be removed.`);
    }
    this.requirePower(family, index);
    const child = [...this.devices.values()].find((d) => d.controllerKey === old.key);
    if (child) throw invalid(index, 'virtualDeviceSpec.device.key', `controller ${old.key} still has the device ${child.deviceInfo?.label ?? child.key}`);
    if (fileOperation === 'destroy') deleteChain(this.work.tx, this.work.vm, old);
    if (family.name === 'nic') unplugNic(this.work, old as VirtualEthernetCard);
    this.devices.delete(old.key);
  }

  private find(device: VirtualDevice, index: number): VirtualDevice {
    const found = this.devices.get(this.renamed.get(device.key) ?? device.key);
    if (found) return found;
    throw invalid(index, 'virtualDeviceSpec.device.key', `there is no device with key ${device.key}`);
  }

  private requirePower(family: Family, index: number): void {
    if (this.work.power === 'poweredOff' || family.hotPlug) return;
    throw fault('InvalidPowerState', { requestedState: 'poweredOff', existingState: this.work.power }, `The device '${index}' (${family.type}) cannot be added or removed while the virtual machine is ${this.work.power}.`);
  }

  private ofFamily(family: Family): VirtualDevice[] {
    return [...this.devices.values()].filter((d) => isFamily(d, family.name));
  }
}

const NORMAL_DISK_SHARES = Object.freeze({ _type: 'SharesInfo', shares: 1000, level: 'normal' as const });

const invalid = (index: number, property: string, why: string) =>
  fault('InvalidDeviceSpec', { deviceIndex: index, property }, `Invalid configuration for device '${index}': ${why}.`);

const connections = new Map<string, NonNullable<VirtualDevice['connectable']>>();

/** One object for each of the few states, shared between all devices. */
export function connection(startConnected: boolean, allowGuestControl: boolean, connected: boolean): NonNullable<VirtualDevice['connectable']> {
  const key = `${startConnected}${allowGuestControl}${connected}`;
  let found = connections.get(key);
  if (!found) {
    found = Object.freeze({ _type: 'VirtualDeviceConnectInfo', migrateConnect: 'unset', startConnected, allowGuestControl, connected, status: connected ? 'ok' : 'untried' });
    connections.set(key, found);
  }
  return found;
}

const slots = new Map<number, object>();

function withSlot(device: VirtualDevice, number: number): VirtualDevice {
  if (device.slotInfo) return device;
  let slot = slots.get(number);
  if (!slot) slots.set(number, (slot = Object.freeze({ _type: 'VirtualDevicePciBusSlotInfo', pciSlotNumber: number })));
  return { ...device, slotInfo: slot };
}

const controllers = new Map<string, VirtualController>();

/** The controller with its list of children; the default controllers with the usual children are shared. */
function withChildren(controller: VirtualController, keys: readonly number[] | undefined): VirtualController {
  const old = controller.device;
  if (old === keys || (old && keys && old.length === keys.length && old.every((key, i) => key === keys[i]))) return controller;
  const { device: _, ...rest } = controller;
  const made = (): VirtualController => (keys ? { ...rest, device: keys } : rest);
  if (controller.key >= 1000) return made();
  const name = `${controller.key} ${keys?.join() ?? ''}`;
  let found = controllers.get(name);
  if (!found) {
    if (controllers.size > 500) controllers.clear();
    controllers.set(name, (found = Object.freeze(made())));
  }
  return found;
}

function summaryOf(device: VirtualDevice, family: Family, label: string): string {
  const backing = device.backing as { fileName?: string; deviceName?: string; serviceURI?: string } | undefined;
  switch (family.name) {
    case 'disk': return capacityText(capacityOf(device as VirtualDisk) ?? 0);
    case 'nic': return nicSummary(device as VirtualEthernetCard);
    case 'cdrom': return backing?.fileName ? `ISO ${backing.fileName}` : backing?.deviceName ? `ATAPI ${backing.deviceName}` : 'Remote device';
    case 'floppy': return backing?.fileName ? `Image ${backing.fileName}` : 'Remote';
    case 'serial':
    case 'parallel': return backing?.serviceURI ? `Remote ${backing.serviceURI}` : (backing?.fileName ?? backing?.deviceName ?? label);
    default: return plainSummary(typeNameOf(device), family, label);
  }
}

