// Key providers and their servers: CryptoManagerKmip's methods about them (vim25).
import { enumType, type CryptoManagerKmipClusterStatus, type KeyProviderId, type KmipClusterInfo } from '../../../core/vim25/index.ts';
import type { Methods } from '../../dispatch/define.ts';
import type { Simulation } from '../../dispatch/simulation.ts';
import type { Transaction } from '../../store/transaction.ts';
import { hostCertificate } from '../host-system/x509.ts';
import { certificateInfo } from './certificates.ts';
import { defaultFor, dropProvider, machinesOf, keysIn, keyId, MANAGER, providerOf, providersIn, trustOf, writeProvider, wrong } from './providers.ts';

const fresh = ({ id }: KeyProviderId, managementType: string): KmipClusterInfo =>
  ({ _type: 'KmipClusterInfo', clusterId: { _type: 'KeyProviderId', id }, servers: [], useAsDefault: false, managementType, useAsEntityDefault: [] }) as KmipClusterInfo;

function checkId({ id }: KeyProviderId): void {
  if (id.trim() === '') throw wrong('clusterId', 'a key provider needs a name');
}

const isServer = (name: string) => (server: { readonly name: string }): boolean => server.name === name;

/** How a provider and its servers are; those that are asked for, all unless some are. */
function statusOf(sim: Simulation, tx: Transaction, info: KmipClusterInfo, asked: readonly { readonly name: string }[]): CryptoManagerKmipClusterStatus {
  const { client, servers: trusted = [] } = trustOf(tx, info.clusterId.id);
  const now = sim.clock.now();
  return {
    _type: 'CryptoManagerKmipClusterStatus', clusterId: info.clusterId, overallStatus: 'green', managementType: info.managementType,
    servers: (info.servers ?? []).filter(({ name }) => asked.length === 0 || asked.some(isServer(name))).map(({ name, address }) => {
      const shown = hostCertificate(address);
      return {
        _type: 'CryptoManagerKmipServerStatus', name, status: 'green', connectionStatus: 'connected', certInfo: certificateInfo(shown, now),
        clientTrustServer: trusted.some((pem) => pem.trim() === shown.trim()), serverTrustClient: client !== undefined,
      };
    }),
    ...(client === undefined ? {} : { clientCertInfo: certificateInfo(client, now) }),
  } as CryptoManagerKmipClusterStatus;
}

export const kmipServers: Methods<'CryptoManagerKmip'> = {
  RegisterKmipServer({ tx }, { server: { clusterId, info, defaultKeyType } }) {
    checkId(clusterId);
    if (info.name === '') throw wrong('server.info.name', 'a server needs a name');
    if (info.address === '') throw wrong('server.info.address', 'a server needs an address');
    const provider = providersIn(tx).find((one) => one.clusterId.id === clusterId.id) ?? fresh(clusterId, 'vCenter');
    if (provider.servers?.some(isServer(info.name))) throw wrong('server.info.name', `"${clusterId.id}" has a server "${info.name}" already`);
    if (provider.managementType === 'nativeProvider') throw wrong('server.clusterId', 'a native key provider has no servers');
    writeProvider(tx, { ...provider, servers: [...(provider.servers ?? []), info], ...(defaultKeyType === undefined ? {} : { defaultKeyType }) });
  },
  UpdateKmipServer({ tx }, { server: { clusterId, info, defaultKeyType } }) {
    const provider = providerOf(tx, clusterId, 'server.clusterId');
    if (!provider.servers?.some(isServer(info.name))) throw wrong('server.info.name', `"${clusterId.id}" has no server "${info.name}"`);
    writeProvider(tx, { ...provider, servers: provider.servers.map((one) => (one.name === info.name ? info : one)), ...(defaultKeyType === undefined ? {} : { defaultKeyType }) });
  },
  RemoveKmipServer({ tx }, { clusterId, serverName }) {
    const provider = providerOf(tx, clusterId);
    const servers = (provider.servers ?? []).filter(({ name }) => name !== serverName);
    if (servers.length === (provider.servers ?? []).length) throw wrong('serverName', `"${clusterId.id}" has no server "${serverName}"`);
    // A standard provider is its servers: it goes with the last one.
    if (servers.length === 0 && provider.managementType === 'vCenter') dropProvider(tx, clusterId.id);
    else writeProvider(tx, { ...provider, servers });
  },
  ListKmipServers: ({ tx }, { limit }) => providersIn(tx).slice(0, limit ?? undefined),
  RegisterKmsCluster({ tx }, { clusterId, managementType = 'unknown' }) {
    checkId(clusterId);
    if (providersIn(tx).some((one) => one.clusterId.id === clusterId.id)) throw wrong('clusterId', `there is a key provider "${clusterId.id}" already`);
    const kinds = [...enumType('KmipClusterInfoKmsManagementType')!.values].filter((kind) => kind !== 'vCenter');
    if (!kinds.includes(managementType)) throw wrong('managementType', `"${managementType}" cannot be registered by itself; valid: ${kinds.join(', ')}`);
    writeProvider(tx, fresh(clusterId, managementType));
  },
  UnregisterKmsCluster({ tx }, { clusterId }) {
    const provider = providerOf(tx, clusterId);
    const used = Object.entries(keysIn(tx)).find(([id, key]) => key.provider === clusterId.id && machinesOf(tx, keyId(id, clusterId.id)).length > 0);
    if (used) throw wrong('clusterId', `its key "${used[0]}" is in use`);
    dropProvider(tx, provider.clusterId.id);
  },
  ListKmsClusters({ tx }, { includeKmsServers }) {
    return providersIn(tx).map((info) => (includeKmsServers === true ? info : { ...info, servers: undefined }));
  },
  IsKmsClusterActive({ tx }, { cluster }) {
    const provider = cluster ? providerOf(tx, cluster, 'cluster') : defaultFor(tx, undefined, true);
    return provider !== undefined && (provider.managementType === 'nativeProvider' || (provider.servers ?? []).length > 0);
  },
  MarkDefault({ tx }, { clusterId }) {
    providerOf(tx, clusterId);
    tx.set(MANAGER, 'kmipServers', providersIn(tx).map((info) => ({ ...info, useAsDefault: info.clusterId.id === clusterId.id })));
  },
  SetDefaultKmsCluster({ tx }, { entity, clusterId }) {
    const id = clusterId?.id === '' ? undefined : clusterId?.id;
    if (id !== undefined) providerOf(tx, { ...clusterId!, id });
    tx.set(MANAGER, 'kmipServers', providersIn(tx).map((info) => {
      if (entity === undefined) return { ...info, useAsDefault: info.clusterId.id === id };
      const others = (info.useAsEntityDefault ?? []).filter(({ value }) => value !== entity.value);
      return { ...info, useAsEntityDefault: info.clusterId.id === id ? [...others, entity] : others };
    }));
  },
  GetDefaultKmsCluster: ({ tx }, { entity, defaultsToParent }) => defaultFor(tx, entity, defaultsToParent === true)?.clusterId,
  RetrieveKmipServersStatus_Task: {
    task({ sim, tx }, { clusters }) {
      const asked = clusters?.length ? clusters : providersIn(tx);
      return asked.flatMap(({ clusterId, servers }) => {
        const info = providersIn(tx).find((one) => one.clusterId.id === clusterId.id);
        return info ? [statusOf(sim, tx, info, servers ?? [])] : [];
      });
    },
  },
};
