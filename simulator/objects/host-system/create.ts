// Makes hosts: the HostSystem object, its managers, its datastore browser, its place in networks.
import type { HostConfigInfo, HostSystemProperties, ManagedObjectReference } from '../../../core/vim25/index.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { hash } from '../../runtime/random.ts';
import type { Transaction } from '../../store/transaction.ts';
import { SUPPORTED_QUERIES } from '../datastore-create.ts';
import { datacenterOf, entityProps } from '../entity.ts';
import { createNetwork, findNetwork } from '../network-create.ts';
import { esxAbout } from './defaults.ts';
import { CAPABILITY, hardwareInfo, hardwareSummary, LICENSABLE } from './hardware.ts';
import { certificateBytes } from './host-certificate-manager.ts';
import { createManagers } from './managers.ts';
import { SYSTEM_RESOURCES } from './system-settings.ts';
import { hostCertificate, thumbprint } from './x509.ts';

const REBOOT_FLAGS = { rebootRequired: false };
const MANAGEMENT_IP = '10.10.0.2';

/** A believable address for the n-th host, unique below 60,000 hosts. */
const address = (n: number): string => `10.10.${1 + Math.floor(n / 250)}.${1 + (n % 250)}`;

/** Adds a host below a compute resource that exists already; its standard networks join those of the datacenter. */
export function createHost(sim: Simulation, tx: Transaction, computeResource: ManagedObjectReference, name: string): ManagedObjectReference {
  const esxi = sim.product === 'esxi';
  const id = esxi ? 'ha-host' : tx.nextId('host');
  const host = { type: 'HostSystem', value: id };
  const number = esxi ? 0 : Number(id.slice(5));
  const uuid = sim.random.uuid();
  const tail = hash(uuid).toString(16).padStart(8, '0');
  const ip = address(number);
  const addresses = { hostName: name, ip, macTail: `${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}` };
  const certificate = hostCertificate(name.replace(/:\d+$/, ''));
  const { configManager, commandLine } = createManagers(sim, tx, host, { ...addresses, certificate, now: sim.clock.now(), memorySize: Number(hardwareSummary(uuid).memorySize) });
  const product = esxAbout(sim.about);
  const runtime: HostSystemProperties['runtime'] = {
    connectionState: 'connected', powerState: 'poweredOn', standbyMode: 'none', inMaintenanceMode: false, inQuarantineMode: false,
    bootTime: new Date(sim.clock.now().getTime() - 86_400_000), healthSystemRuntime: { systemHealthInfo: { numericSensorInfo: [] } },
    hostMaxVirtualDiskCapacity: 68_169_720_922_112, cryptoState: 'incapable',
  };
  const config: HostConfigInfo = {
    host, product, flags: { backgroundSnapshotsEnabled: true }, adminDisabled: false, lockdownMode: 'lockdownDisabled',
    wakeOnLanCapable: false, datastorePrincipal: 'root', domainList: [], certificate: certificateBytes(certificate),
    systemSwapConfiguration: { option: [] }, featureVersion: [], ioFilterInfo: [], sriovDevicePool: [],
  };
  tx.create('HostSystem', id, {
    ...entityProps(name, computeResource),
    runtime,
    hardware: hardwareInfo(uuid),
    capability: CAPABILITY,
    licensableResource: LICENSABLE,
    configManager,
    ...commandLine,
    config,
    systemResources: SYSTEM_RESOURCES,
    summary: {
      host, hardware: hardwareSummary(uuid), runtime,
      config: { name, port: 443, sslThumbprint: thumbprint(certificate), product, vmotionEnabled: true, faultToleranceEnabled: false },
      quickStats: { overallCpuUsage: 67, overallMemoryUsage: 1404, distributedCpuFairness: 1000, distributedMemoryFairness: 1000, uptime: 86_400 },
      overallStatus: 'green', ...REBOOT_FLAGS, ...(esxi ? {} : { managementServerIp: MANAGEMENT_IP }),
    },
    vm: [],
    datastore: [],
    network: [joinNetwork(sim, tx, computeResource, 'VM Network')],
    datastoreBrowser: tx.create('HostDatastoreBrowser', esxi ? 'ha-host-datastorebrowser' : `datastoreBrowser-${id}`, {
      datastore: [], supportedType: SUPPORTED_QUERIES, _host: host,
    }),
  });
  return host;
}

/** The network of that name in the datacenter, made when it is the first host that knows it. */
function joinNetwork(sim: Simulation, tx: Transaction, below: ManagedObjectReference, name: string): ManagedObjectReference {
  const datacenter = datacenterOf(tx, below);
  if (datacenter === undefined) throw new TypeError(`${below.value} is not in a datacenter`);
  return findNetwork(tx, datacenter, name) ?? createNetwork(sim, tx, datacenter, name, []);
}
