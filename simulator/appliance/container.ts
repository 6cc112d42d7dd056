// The virtual machine of a container, as the port layer of VIC 0.5 makes it: its specification, for whoever creates it,
// and the machine at once, for worlds that begin with containers.
import { createHash } from 'node:crypto';
import type { ManagedObjectReference, OptionValue, VirtualMachineConfigSpec } from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';
import { describePath, writeFile } from '../objects/datastore/files.ts';
import { createVirtualMachine } from '../objects/virtual-machine/create.ts';
import { setPower } from '../objects/virtual-machine/power.ts';
import type { Transaction } from '../store/transaction.ts';
import { containerKeys, type ContainerConfig, type Mount } from './container-keys.ts';
import { adapter, cdrom, controllers, rootDisk, serialToAddress, serialToFile, slotAt, volume } from './devices.ts';
import { describeImage, layerDisk, topLayer, type Place } from './images.ts';
import { toOptions } from './keys.ts';

export interface DiskMount extends Mount {
  readonly disk: Place;
}

/** What a container takes over from its VCH. */
export interface ContainerHome {
  readonly imageStore: Place;
  readonly vchUuid: string;
  readonly bootstrapImage: string;
  /** Management address of the appliance. */
  readonly appliance: string;
}

const DISK_KB = 8_388_608;
const VOLUME_KB = 1_048_576;
const NAME_LIMIT = 80;
export const DEFAULT_ENV: readonly string[] = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

/** The BIOS uuid of a container's machine: version 5, its id in the namespace of its VCH. */
export function containerUuid(vchUuid: string, id: string): string {
  const bytes = createHash('sha1').update(Buffer.from(vchUuid.replaceAll('-', ''), 'hex')).update(id).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The machine's name: the container's, cut so that the id fits behind it. */
export const machineName = (name: string, id: string): string => `${name.slice(0, NAME_LIMIT - id.length - 1)}-${id}`;

/** The specification of a container's machine; its files go to a directory of its id on the datastore of the images. */
export function containerSpec(
  tx: Transaction, home: ContainerHome, config: Omit<ContainerConfig, 'mounts'> & { readonly mounts: readonly DiskMount[] },
): VirtualMachineConfigSpec {
  const { id } = config;
  const { datastore } = home.imageStore;
  const path = (file: string) => describePath(tx, datastore, `${id}/${file}`);
  const layer = describePath(tx, datastore, layerDisk(home.imageStore, home.vchUuid, config.layer).path);
  // Networks of the same port group share a card.
  const cards = new Map(config.networks.map(({ slot, network }) => [slot, network]));
  const answers: OptionValue[] = [
    { _type: 'OptionValue', key: 'answer.msg.uuid.altered', value: 'I copied it' },
    { _type: 'OptionValue', key: 'answer.msg.serial.file.open', value: 'Append' },
  ];
  return {
    name: machineName(config.name, id),
    uuid: containerUuid(home.vchUuid, id),
    guestId: 'other3xLinux64Guest',
    files: { vmPathName: path(`${id}.vmx`) },
    numCPUs: 2,
    memoryMB: 2048,
    deviceChange: [
      ...controllers(),
      rootDisk(path(`${id}.vmdk`), DISK_KB, layer),
      ...config.mounts.map((mount, i) => volume(describePath(tx, mount.disk.datastore, mount.disk.path), VOLUME_KB, i)),
      cdrom(home.bootstrapImage),
      ...[...cards].map(([slot, network]) => adapter(tx, network, slot)),
      serialToAddress(-501, `tcp://${home.appliance}:8080`),
      serialToFile(-502, path(`${id}.debug`)),
      serialToFile(-503, path(`${id}.log`)),
    ],
    extraConfig: [...toOptions(containerKeys(config)), ...answers],
  };
}

/** Makes the files that a container's serial ports write to. */
export function writeSerialFiles(sim: Simulation, tx: Transaction, { datastore }: Place, id: string): void {
  for (const file of ['debug', 'log']) writeFile(sim, tx, datastore, `${id}/${id}.${file}`, { content: '' }, { parents: true });
}

/** A container of a world, as the world describes it. */
export interface ContainerOptions {
  readonly name: string;
  readonly image: string;
  readonly state: 'on' | 'off' | 'suspended';
  readonly command: readonly string[];
  readonly mounts: readonly DiskMount[];
}

/** Where a world puts a container. */
export interface ContainerSite extends ContainerHome {
  /** Pool or vApp of the VCH. */
  readonly pool: ManagedObjectReference;
  readonly folder: ManagedObjectReference;
  readonly host?: ManagedObjectReference;
  readonly bridge: ManagedObjectReference;
  /** '172.16.0.1/16' */
  readonly gateway: string;
  readonly address: string;
}

/** Makes a container's virtual machine beside its appliance. */
export function createContainer(sim: Simulation, tx: Transaction, site: ContainerSite, options: ContainerOptions): ManagedObjectReference {
  const { name, image, command, mounts } = options;
  const lease = { address: site.address, gateway: site.gateway, dns: [site.gateway.split('/')[0]!] };
  const id = sim.random.hex(32);
  const spec = containerSpec(tx, site, {
    id,
    name,
    created: Math.floor(sim.clock.now().getTime() / 1000) - sim.random.integer(60, 86_400),
    layer: topLayer(describeImage(image)),
    image,
    command,
    env: DEFAULT_ENV,
    networks: [{ name: 'bridge', network: site.bridge, slot: slotAt(0), default: true, lease }],
    mounts,
    key: Buffer.from(sim.random.hex(64), 'hex').toString('base64'),
    started: true,
  });
  const vm = createVirtualMachine(sim, tx, { name: spec.name!, ...place(site), host: site.host, spec });
  writeSerialFiles(sim, tx, site.imageStore, id);
  if (options.state !== 'off') setPower(sim, tx, vm, 'poweredOn');
  if (options.state === 'suspended') setPower(sim, tx, vm, 'suspended');
  return vm;
}

/** A machine in a vApp has no folder. */
export const place = (home: Pick<ContainerSite, 'pool' | 'folder'>): { pool: ManagedObjectReference; vApp?: ManagedObjectReference; folder?: ManagedObjectReference } =>
  home.pool.type === 'VirtualApp' ? { pool: home.pool, vApp: home.pool } : { pool: home.pool, folder: home.folder };
