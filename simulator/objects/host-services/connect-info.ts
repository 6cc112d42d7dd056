// Datacenter: what a host would bring along, asked before it is added.
import { Fault, type HostConnectInfo, type HostConnectSpec, type HostListSummary, type VirtualMachineSummary } from '../../../core/vim25/index.ts';
import { fault } from '../../../core/vim25/index.ts';
import type { Methods } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import { hash } from '../../runtime/random.ts';
import { checkConnectSpec, connectionInfo } from '../host-system/connection.ts';
import { esxAbout } from '../host-system/defaults.ts';
import { CAPABILITY, hardwareSummary } from '../host-system/hardware.ts';
import { hostCertificate, thumbprint } from '../host-system/x509.ts';

/** A host that vCenter knows tells of itself; any other name is one of a fresh host. */
function infoOf(sim: Simulation, spec: HostConnectSpec): HostConnectInfo {
  checkConnectSpec(spec);
  if (!spec.userName || !spec.password) throw fault('InvalidLogin', {}, `Cannot complete login to host '${spec.hostName!}' due to an incorrect user name or password.`);
  const name = spec.hostName!.trim();
  for (const { props } of sim.store.ofType('HostSystem')) if (props['name'] === name) return connectionInfo(sim, props);
  const uuid = ['a', 'b', 'c', 'd'].map((part) => hash(`${name}/${part}`).toString(16).padStart(8, '0')).join('').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const host = {
    hardware: hardwareSummary(uuid), quickStats: {}, overallStatus: 'gray', rebootRequired: false,
    config: { name, port: spec.port !== undefined && spec.port > 0 ? spec.port : 443, sslThumbprint: thumbprint(hostCertificate(name)), product: esxAbout(sim.about), vmotionEnabled: false, faultToleranceEnabled: false },
  } as HostListSummary;
  return { host, inDasCluster: false, vm: [], vimAccountNameRequired: false, clusterSupported: true, network: [], datastore: [], capability: CAPABILITY };
}

const isOn = ({ runtime }: VirtualMachineSummary): boolean => runtime.powerState === 'poweredOn';

export const connectMethods: Methods<'Datacenter'> = {
  QueryConnectionInfo: {
    query: ({ sim }, { hostname, port, username, password, sslThumbprint }) =>
      infoOf(sim, { hostName: hostname, port, userName: username, password, force: false, ...(sslThumbprint === undefined ? {} : { sslThumbprint }) }),
  },
  QueryConnectionInfoViaSpec: { query: ({ sim }, { spec }) => infoOf(sim, spec) },
  BatchQueryConnectInfo: {
    query: ({ sim }, { hostSpecs = [] }) => hostSpecs.map((spec) => {
      const name = spec.hostName === undefined ? {} : { hostname: spec.hostName };
      try {
        const { host, vm = [], serverIp } = infoOf(sim, spec);
        return {
          ...name, ...(serverIp === undefined ? {} : { serverIp }), numVm: vm.length, numPoweredOnVm: vm.filter(isOn).length, ...(host.config.product ? { hostProductInfo: host.config.product } : {}),
          hardwareVendor: host.hardware!.vendor, hardwareModel: host.hardware!.model,
        };
      } catch (error) {
        if (error instanceof Fault) return { ...name, error: error.localized() };
        throw error;
      }
    }),
  },
};
