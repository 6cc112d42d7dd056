// What the VCH says about itself: the pool stands for the machine that Docker would run on.
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import { containersOf } from '../port-layer/container.ts';
import { imagesOf } from '../port-layer/images.ts';
import type { Operation } from './context.ts';
import { API_VERSION, json, PRODUCT, text } from './http.ts';

const RELEASE = '0.5.0';
const MIB = 2 ** 20;

export const ping: Operation = () => text('OK');

/** Nothing is ever told, but clients wait for it. */
export const events: Operation = () => ({ status: 200, headers: { 'Content-Type': 'application/json' }, body: '', endless: true });

export const version: Operation = ({ vsphere }) => json({
  Version: RELEASE, ApiVersion: API_VERSION, GitCommit: '-', GoVersion: '-', Os: 'linux', Arch: 'amd64', KernelVersion: '-', Experimental: true,
  BuildTime: vsphere.sim.clock.now().toISOString(),
});

export const info: Operation = ({ read, vch, vsphere }) => json(read((tx) => {
  const containers = containersOf(tx, vch);
  const running = containers.filter(({ state }) => state === 'running').length;
  const usage = tx.get(vch.pool, 'runtime') as { cpu: { maxUsage: number }; memory: { maxUsage: number } };
  const host = tx.get(vch.appliance, 'runtime.host') as ManagedObjectReference | undefined;
  const product = (host && tx.get(host, 'config.product')) as { name?: string; version?: string; osType?: string } | undefined;
  const { about } = vsphere.sim;
  const backend = `${PRODUCT} ${RELEASE} Backend Engine`;
  return {
    ID: PRODUCT, Name: vch.name,
    Containers: containers.length, ContainersRunning: running, ContainersPaused: 0, ContainersStopped: containers.length - running,
    Images: imagesOf(tx, vch).length,
    Driver: backend, DriverStatus: null, ExecutionDriver: backend, LoggingDriver: '', CgroupDriver: '',
    SystemStatus: [
      ['VolumeStores', vch.volumeStores.map(({ label }) => label).join(' ')],
      [backend, 'RUNNING'],
      [' VCH mhz limit', ` ${usage.cpu.maxUsage} Mhz`],
      [' VCH memory limit', ` ${(usage.memory.maxUsage / MIB / 1024).toFixed(1)} GiB`],
      [' VMware Product', ` ${about.name}`],
      [' VMware OS', ` ${about.osType}`],
      [' VMware OS version', ` ${about.version}`],
    ],
    Plugins: { Volume: [], Network: ['bridge', ...vch.networks.map(({ alias }) => alias)], Authorization: null },
    MemoryLimit: true, SwapLimit: false, CpuCfsPeriod: false, CpuCfsQuota: false, CPUShares: false, CPUSet: false, IPv4Forwarding: true,
    BridgeNfIptables: false, BridgeNfIp6tables: false, OomKillDisable: false, Debug: false, NFd: 0, NGoroutines: 0, NEventsListener: 0,
    SystemTime: vsphere.sim.clock.now().toISOString(),
    KernelVersion: product?.version ?? about.version, OperatingSystem: product?.osType ?? about.osType, OSType: product?.osType ?? about.osType, Architecture: 'x86_64',
    NCPU: usage.cpu.maxUsage, MemTotal: usage.memory.maxUsage,
    IndexServerAddress: 'registry-1.docker.io', RegistryConfig: null, InitSha1: '', InitPath: '', DockerRootDir: '', HttpProxy: '', HttpsProxy: '', NoProxy: '',
    Labels: [], ExperimentalBuild: true, ServerVersion: RELEASE, ClusterStore: '', ClusterAdvertise: '',
  };
}));
