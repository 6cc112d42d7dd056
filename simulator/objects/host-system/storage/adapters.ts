// HostStorageSystem, adapters that are made in software (NVMe over TCP and RDMA, FCoE) and the NVMe controllers behind them.
import {
  fault, type HostFibreChannelOverEthernetHba, type HostHostBusAdapter, type HostNetworkInfo, type HostNvmeConnectSpec, type HostNvmeDisconnectSpec, type HostNvmeSpec,
  type HostNvmeTransportParameters, type HostTcpHbaCreateSpec, type PhysicalNic,
} from '../../../../core/vim25/index.ts';
import type { Methods } from '../../../dispatch/define.ts';
import { hash } from '../../../runtime/random.ts';
import { ISCSI_DEVICE, namespaceDisk } from './device-info.ts';
import type { NvmeConnection } from './settings.ts';
import { adapterOf, byPath, entity, hostOf, inUse, notFound, partitions, refused, set, settingsOf, wrong, type Ctx } from './shared.ts';

const networkOf = (ctx: Ctx): HostNetworkInfo => ctx.tx.get(hostOf(ctx), 'config.network') as HostNetworkInfo;

function nicOf(ctx: Ctx, device: string): PhysicalNic {
  const nics = networkOf(ctx).pnic ?? [];
  const found = nics.find((nic) => nic.device === device);
  if (!found) throw notFound(`The network adapter ${device} (adapters: ${nics.map((nic) => nic.device).join(', ')})`);
  return found;
}

/** The next free name: those above the one of software iSCSI. */
function freeDevice(ctx: Ctx): string {
  const taken = new Set((settingsOf(ctx).adapters ?? []).map(({ device }) => device));
  for (let n = Number(ISCSI_DEVICE.slice('vmhba'.length)) + 1; ; n++) if (!taken.has(`vmhba${n}`)) return `vmhba${n}`;
}

function add(ctx: Ctx, type: 'HostTcpHba' | 'HostRdmaHba' | 'HostFibreChannelOverEthernetHba', values: object): void {
  const device = freeDevice(ctx);
  const adapter = { _type: type, key: `key-vim.host.${type.slice('Host'.length)}-${device}`, device, bus: 0, status: 'online', pci: '-', ...values };
  set(ctx, { adapters: [...(settingsOf(ctx).adapters ?? []), adapter as unknown as HostHostBusAdapter] });
}

const isOn = (ctx: Ctx, field: string, device: string): boolean => (settingsOf(ctx).adapters ?? []).some((hba) => (hba as unknown as Record<string, unknown>)[field] === device);

const controllersOf = (ctx: Ctx): readonly NvmeConnection[] => settingsOf(ctx).controllers ?? [];

function remove(ctx: Ctx, device: string, types: readonly string[]): void {
  adapterOf(ctx, device);
  const { adapters = [] } = settingsOf(ctx);
  const found = adapters.find((hba) => hba.device === device);
  if (!found || !types.includes((found as unknown as { _type: string })._type)) throw refused(`${device} is not an adapter that was made in software.`);
  if (controllersOf(ctx).some(({ hbaName }) => hbaName === device)) throw inUse('HostHostBusAdapter', device, 'NVMe controllers are connected through it.');
  set(ctx, { adapters: adapters.filter((hba) => hba !== found) });
}

/** The NVMe adapter of a spec, and its parameters, which must fit each other. */
function nvmeAdapter(ctx: Ctx, { hbaName, transportParameters }: HostNvmeSpec): HostHostBusAdapter {
  const hba = adapterOf(ctx, hbaName);
  if (hba.storageProtocol !== 'nvme') throw refused(`${hbaName} is not an NVMe adapter.`);
  const kind = (hba as unknown as { _type: string })._type;
  const wanted = kind === 'HostTcpHba' ? 'HostNvmeOverTcpParameters' : 'HostNvmeOverRdmaParameters';
  if ((transportParameters as unknown as { _type?: string })._type !== wanted) throw wrong('transportParameters', `${hbaName} needs ${wanted}`);
  if (!addressOf(transportParameters)) throw wrong('transportParameters.address', 'it is empty');
  return hba;
}

const addressOf = (parameters: HostNvmeTransportParameters): string => String((parameters as { address?: string }).address ?? '');

/** A simulated array has one subsystem at each of its addresses. */
const subsystemAt = (parameters: HostNvmeTransportParameters): string => `nqn.2014-08.org.nvmexpress:uuid:${hash(addressOf(parameters)).toString(16).padStart(8, '0')}`;

function connect(ctx: Ctx, spec: HostNvmeConnectSpec): void {
  const hba = nvmeAdapter(ctx, spec);
  const { subnqn, hbaName, transportParameters } = spec;
  if (!/^nqn\.\S+$/.test(subnqn)) throw wrong('connectSpec.subnqn', `'${subnqn}' is not the name of an NVMe subsystem: they begin with nqn.`);
  const known = controllersOf(ctx);
  if (known.some((one) => one.subnqn === subnqn && one.hbaName === hbaName)) throw refused(`${hbaName} is connected to ${subnqn} already.`);
  const taken = new Set(known.map(({ controllerNumber }) => controllerNumber));
  let controllerNumber = 256;
  while (taken.has(controllerNumber)) controllerNumber += 1;
  const disk = namespaceDisk(subnqn);
  const controller = {
    key: `key-vim.host.NvmeController-${controllerNumber}`, controllerNumber, subnqn, name: `${subnqn}#${hbaName}#${addressOf(transportParameters)}`, associatedAdapter: hba.key!,
    transportType: (hba as unknown as { _type: string })._type === 'HostTcpHba' ? 'tcp' : 'rdma', fusedOperationSupported: false, numberOfQueues: 4, queueSize: spec.adminQueueSize ?? 32,
    attachedNamespace: [{ key: `key-vim.host.NvmeNamespace-${disk.canonicalName!}@${controllerNumber}`, name: disk.canonicalName!, id: 1, blockSize: disk.capacity.blockSize, capacityInBlocks: disk.capacity.block }],
    model: 'VMware NVMe target', serialNumber: disk.uuid.slice(-16), firmwareVersion: '1.0', hbaName, transportParameters,
  };
  set(ctx, { controllers: [...known, controller as unknown as NvmeConnection] });
}

function disconnect(ctx: Ctx, { hbaName, subnqn, controllerNumber }: HostNvmeDisconnectSpec): void {
  adapterOf(ctx, hbaName);
  if (subnqn === undefined && controllerNumber === undefined) throw wrong('disconnectSpec', 'it names neither a subsystem nor a controller');
  const known = controllersOf(ctx);
  const gone = known.filter((one) => one.hbaName === hbaName && (subnqn === undefined || one.subnqn === subnqn) && (controllerNumber === undefined || one.controllerNumber === controllerNumber));
  if (gone.length === 0) throw notFound(`The NVMe controller ${subnqn ?? controllerNumber!} of ${hbaName}`);
  for (const one of gone) {
    const last = !known.some((other) => other.subnqn === one.subnqn && !gone.includes(other));
    const disk = byPath(ctx, namespaceDisk(one.subnqn).canonicalName!);
    if (last && partitions(ctx, disk).length > 0) throw refused(`the disk ${disk.canonicalName!} of ${one.subnqn} is in use.`);
  }
  set(ctx, { controllers: known.filter((one) => !gone.includes(one)) });
}

/** FCoE is started on a NIC of a virtual switch. */
function discoverFcoe(ctx: Ctx, device: string): void {
  const nic = nicOf(ctx, device);
  const { vswitch = [], proxySwitch = [] } = networkOf(ctx);
  if (![...vswitch, ...proxySwitch].some(({ pnic }) => pnic?.includes(nic.key!))) throw fault('FcoeFaultPnicHasNoPortSet', { nicDevice: device }, `The network adapter ${device} is not connected to a virtual switch.`);
  if (isOn(ctx, 'underlyingNic', device)) return;
  const name = hash(`fcoe/${hostOf(ctx).value}/${device}`);
  add(ctx, 'HostFibreChannelOverEthernetHba', {
    model: 'Software FCoE Adapter', driver: 'fcoe', storageProtocol: 'scsi', portWorldWideName: 0x2000_0000_0000 + name, nodeWorldWideName: 0x1000_0000_0000 + name, portType: 'unknown', speed: 0,
    underlyingNic: device, isSoftwareFcoe: true, markedForRemoval: false, linkInfo: { vnportMac: nic.mac, fcfMac: nic.mac, vlanId: 0 },
  });
}

export const adapterMethods: Methods<'HostStorageSystem'> = {
  CreateSoftwareAdapter: (ctx, { spec }) => {
    const { pnic } = spec as Partial<HostTcpHbaCreateSpec>;
    if (pnic === undefined) throw wrong('spec', 'the adapters that can be made are those of HostTcpHbaCreateSpec');
    nicOf(ctx, pnic);
    if (isOn(ctx, 'associatedPnic', pnic)) throw inUse('PhysicalNic', pnic, 'it has an adapter for NVMe over TCP.');
    add(ctx, 'HostTcpHba', { model: 'VMware NVMe over TCP Storage Adapter', driver: 'nvmetcp', storageProtocol: 'nvme', associatedPnic: pnic });
  },
  RemoveSoftwareAdapter: (ctx, { hbaDeviceName }) => remove(ctx, hbaDeviceName, ['HostTcpHba', 'HostRdmaHba']),
  CreateNvmeOverRdmaAdapter: (ctx, { rdmaDeviceName }) => {
    const devices = (ctx.tx.get(hostOf(ctx), 'config.rdmaDevice') ?? []) as readonly { device: string }[];
    if (!devices.some(({ device }) => device === rdmaDeviceName)) throw notFound(`The RDMA device ${rdmaDeviceName} (devices: ${devices.map(({ device }) => device).join(', ') || 'none'})`);
    if (isOn(ctx, 'associatedRdmaDevice', rdmaDeviceName)) throw inUse('HostRdmaDevice', rdmaDeviceName, 'it has an adapter for NVMe over RDMA.');
    add(ctx, 'HostRdmaHba', { model: 'VMware NVMe over RDMA Storage Adapter', driver: 'nvmerdma', storageProtocol: 'nvme', associatedRdmaDevice: rdmaDeviceName });
  },
  RemoveNvmeOverRdmaAdapter: (ctx, { hbaDeviceName }) => remove(ctx, hbaDeviceName, ['HostRdmaHba']),
  DiscoverNvmeControllers: (ctx, { discoverSpec }) => {
    nvmeAdapter(ctx, discoverSpec);
    const { hbaName, transportParameters, autoConnect = false } = discoverSpec;
    const subnqn = subsystemAt(transportParameters);
    const known = controllersOf(ctx).some((one) => one.subnqn === subnqn && one.hbaName === hbaName);
    if (autoConnect && !known) connect(ctx, { hbaName, transportParameters, subnqn });
    return {
      complete: true,
      entry: [{ subnqn, subsystemType: 'nvm', subsystemPortId: 1, controllerId: 65_535, adminQueueMaxSize: 32, transportParameters, transportRequirements: 'requirementsNotSpecified', connected: known || autoConnect }],
    };
  },
  ConnectNvmeController: (ctx, { connectSpec }) => connect(ctx, connectSpec),
  ConnectNvmeControllerEx_Task: { entity, task: (ctx, { connectSpec = [] }) => connectSpec.forEach((spec) => connect(ctx, spec)) },
  DisconnectNvmeController: (ctx, { disconnectSpec }) => disconnect(ctx, disconnectSpec),
  DisconnectNvmeControllerEx_Task: { entity, task: (ctx, { disconnectSpec = [] }) => disconnectSpec.forEach((spec) => disconnect(ctx, spec)) },
  DiscoverFcoeHbas: (ctx, { fcoeSpec }) => discoverFcoe(ctx, fcoeSpec.underlyingPnic),
  // It goes with the next boot; until then the mark can be taken back.
  MarkForRemoval: (ctx, { hbaName, remove: isMarked }) => {
    adapterOf(ctx, hbaName);
    const { adapters = [] } = settingsOf(ctx);
    if (!adapters.some((hba) => hba.device === hbaName && 'underlyingNic' in hba)) throw refused(`${hbaName} is not an adapter for FCoE in software.`);
    set(ctx, { adapters: adapters.map((hba) => (hba.device === hbaName ? { ...hba, markedForRemoval: isMarked } as HostFibreChannelOverEthernetHba : hba)) });
  },
};
