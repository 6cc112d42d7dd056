// Takes the bridge network that create made on an ESXi host away again: its port group and its virtual switch.
import type { Connection } from '../client/index.ts';
import { property } from '../client/index.ts';
import { isFault } from '../vim25/fault.ts';
import { parseReference, type ManagedObjectReference } from '../vim25/reference.ts';

/** Removes the port group `name`, then the switch of the same name unless other port groups use it. */
export async function removeBridge(connection: Connection, networks: ManagedObjectReference, name: string, warn: (text: string) => void): Promise<void> {
  try {
    await connection.call(networks, 'RemovePortGroup', { pgName: name });
  } catch (error) {
    if (isFault(error, 'ResourceInUse')) return warn(`the bridge network "${name}" stays, other VMs use it`);
    if (!isFault(error, 'NotFound')) throw error;
  }
  const groups = (await property(connection, networks, 'HostNetworkSystem', 'networkInfo.portgroup')) ?? [];
  const others = groups.filter((group) => group.spec.vswitchName === name && group.spec.name !== name).map((group) => group.spec.name);
  if (others.length > 0) return warn(`the virtual switch "${name}" stays, it carries other port groups: ${others.join(', ')}`);
  try {
    await connection.call(networks, 'RemoveVirtualSwitch', { vswitchName: name });
  } catch (error) {
    if (isFault(error, 'ResourceInUse')) return warn(`the virtual switch "${name}" stays, it is in use`);
    if (!isFault(error, 'NotFound')) throw error;
  }
}

/** Name of a network stored as 'Network:network-18'; undefined when it is not there (any more). */
export async function networkName(connection: Connection, stored: string): Promise<string | undefined> {
  if (!stored.startsWith('Network:')) return undefined;
  try {
    return await property(connection, parseReference(stored), 'Network', 'name');
  } catch (error) {
    if (isFault(error, 'ManagedObjectNotFound')) return undefined;
    throw error;
  }
}
