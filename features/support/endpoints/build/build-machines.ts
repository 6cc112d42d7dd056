// The machines of a world and their files: disks first that machines only attach, then machines, then the rest.
import { formatReference, isWithin, makeDirectory, parentPath, parseDatastorePath, property, runTask, enclosing, type DatastorePath, type ManagedObjectReference } from '../../../../core/client/index.ts';
import { isSubtype, type VirtualDevice } from '../../../../core/vim25/index.ts';
import type { Builder } from './build-world.ts';
import type { WorldMachine } from './read-world.ts';

const fileOf = (device: VirtualDevice): DatastorePath | undefined => {
  const name = (device.backing as { fileName?: string } | undefined)?.fileName;
  return name === undefined ? undefined : parseDatastorePath(name);
};
const isDisk = (device: VirtualDevice): boolean => isSubtype(device._type ?? '', 'VirtualDisk');
const homeOf = ({ props }: WorldMachine): DatastorePath => parentPath(parseDatastorePath(props.file)!);
/** Controllers of a new machine, by the keys that its disks name. */
const SCSI = -202;

export class Machines {
  private readonly builder: Builder;

  constructor(builder: Builder) {
    this.builder = builder;
  }

  async build(): Promise<void> {
    const { builder } = this;
    const { machines } = builder.world;
    for (const machine of machines) for (const disk of this.attached(machine)) await builder.step(`the disk [${disk.datastore}] ${disk.path}`, () => this.disk(machine, disk));
    for (const machine of machines) await builder.step(`the machine "${machine.node.name}"`, () => this.machine(machine));
    await builder.step('the files', () => builder.files());
    // References are known now; what is stored as text names the new ones.
    for (const machine of machines) if (machine.props.extraConfig.length > 0) await builder.step(`the configuration of "${machine.node.name}"`, () => this.configuration(machine));
    for (const machine of machines) await builder.step(`the state of "${machine.node.name}"`, () => this.power(machine));
  }

  /** Disks outside of the machine's own directory. */
  private attached(machine: WorldMachine): DatastorePath[] {
    return machine.props.devices.filter(isDisk).flatMap((device) => {
      const file = fileOf(device);
      return file && !isWithin(file, homeOf(machine)) ? [file] : [];
    });
  }

  private datacenterOf(machine: WorldMachine): ManagedObjectReference {
    return this.builder.of((enclosing(machine.node, 'Datacenter') ?? enclosing(machine.node.pool, 'Datacenter'))!);
  }

  private async disk(machine: WorldMachine, disk: DatastorePath): Promise<void> {
    const { session } = this.builder;
    const datacenter = this.datacenterOf(machine);
    await makeDirectory(session, parentPath(disk), datacenter);
    const spec = { _type: 'FileBackedVirtualDiskSpec' as const, adapterType: 'lsiLogic', diskType: 'thin', capacityKb: 1024 };
    await runTask(session, session.content.virtualDiskManager!, 'CreateVirtualDisk_Task', { name: `[${disk.datastore}] ${disk.path}`, datacenter, spec });
  }

  private async machine(machine: WorldMachine): Promise<void> {
    const { builder } = this;
    const { session } = builder;
    const { node, props } = machine;
    const pool = builder.of(node.pool!);
    const devices: VirtualDevice[] = [];
    for (const device of props.devices) {
      const made = await this.device(machine, device, devices.length);
      if (made) devices.push(made);
    }
    const isOwn = (device: VirtualDevice): boolean => isDisk(device) && isWithin(fileOf(device)!, homeOf(machine));
    const config = {
      name: node.name, uuid: props.uuid, guestId: props.guestId, numCPUs: props.cpus, memoryMB: props.memoryMB, files: { vmPathName: props.file },
      deviceChange: [
        { _type: 'VirtualIDEController', key: -201, busNumber: 0 }, { _type: 'ParaVirtualSCSIController', key: SCSI, busNumber: 0, sharedBus: 'noSharing' }, ...devices,
      ].map((device) => ({ operation: 'add' as const, device: device as VirtualDevice, ...(isOwn(device as VirtualDevice) ? { fileOperation: 'create' as const } : {}) })),
    };
    const made = pool.type === 'VirtualApp' ? await runTask(session, pool, 'CreateChildVM_Task', { config }) : await runTask(session, builder.of(node.parent!), 'CreateVM_Task', { config, pool });
    builder.became(node, made as ManagedObjectReference);
  }

  private async device(machine: WorldMachine, device: VirtualDevice, count: number): Promise<VirtualDevice | undefined> {
    const { builder } = this;
    const key = -10 - count;
    if (isDisk(device)) {
      const file = fileOf(device)!;
      return { _type: 'VirtualDisk', key, controllerKey: SCSI, unitNumber: count, capacityInKB: 1024, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: `[${file.datastore}] ${file.path}`, diskMode: 'persistent', thinProvisioned: true } } as unknown as VirtualDevice;
    }
    if (!isSubtype(device._type ?? '', 'VirtualEthernetCard')) return undefined;
    const backing = device.backing as { network?: ManagedObjectReference; deviceName?: string; port?: { portgroupKey: string } };
    const group = builder.world.switches.flatMap(({ node, portgroups }) => portgroups.map((one) => ({ node, one }))).find(({ one }) => one.ref.value === backing.port?.portgroupKey);
    if (group) {
      const switchUuid = await property(builder.session, builder.of(group.node), 'DistributedVirtualSwitch', 'uuid');
      const portgroupKey = await property(builder.session, builder.of(group.one), 'DistributedVirtualPortgroup', 'key');
      return { _type: 'VirtualVmxnet3', key, addressType: 'generated', slotInfo: device.slotInfo, backing: { _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port: { switchUuid, portgroupKey } } } as unknown as VirtualDevice;
    }
    const network = builder.world.networks.find((one) => one.ref.value === backing.network?.value);
    return { _type: 'VirtualVmxnet3', key, addressType: 'generated', slotInfo: device.slotInfo, backing: { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: backing.deviceName, ...(network ? { network: builder.of(network) } : {}) } } as unknown as VirtualDevice;
  }

  private async configuration({ node, props }: WorldMachine): Promise<void> {
    const { builder } = this;
    const keys = new Map(props.extraConfig);
    const renamed = (key: string, value: string): string => {
      const whole = builder.made.get(value);
      if (whole) return formatReference(whole);
      // References in two keys: …/Type and …/Value.
      const type = key.endsWith('/Value') ? keys.get(key.replace(/Value$/, 'Type')) : undefined;
      return (type !== undefined && builder.made.get(`${type}:${value}`)?.value) || value;
    };
    const extraConfig = props.extraConfig.map(([key, value]) => ({ _type: 'OptionValue' as const, key, value: renamed(key, value) }));
    await runTask(builder.session, builder.of(node), 'ReconfigVM_Task', { spec: { extraConfig } });
  }

  private async power({ node, props }: WorldMachine): Promise<void> {
    const { session } = this.builder;
    if (props.powerState === 'poweredOff') return;
    await runTask(session, this.builder.of(node), 'PowerOnVM_Task', {});
    if (props.powerState === 'suspended') await runTask(session, this.builder.of(node), 'SuspendVM_Task', {});
    // A guest that boots may have written its own addresses: those of the world are the ones that scenarios name.
    const addresses = props.extraConfig.filter(([key]) => key.startsWith('guestinfo..init.')).map(([key, value]) => ({ _type: 'OptionValue' as const, key, value }));
    if (addresses.length > 0) await runTask(session, this.builder.of(node), 'ReconfigVM_Task', { spec: { extraConfig: addresses } });
  }
}
