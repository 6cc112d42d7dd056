// The bridge network: on vCenter it is there already, on ESXi a switch without uplinks and a port group are made.
import { readInventory } from '../../client/index.ts';
import { UserError } from '../issue.ts';
import type { Undo } from '../step.ts';
import type { CreateRun } from './create.ts';
import { undoSignal } from './create.ts';

const PORTS = 1024;
const VLAN = 1;

export async function createBridge(run: CreateRun, onFailure: (undo: Undo) => void): Promise<void> {
  const { plan, session, context } = run;
  const { networks, facts } = plan;
  if (networks.bridge) {
    run.bridge = networks.bridge;
    return;
  }
  const system = facts.hosts[0]?.networkSystem;
  if (!system) throw new UserError('state', { what: `the host ${facts.compute.name} shows no network system: make the bridge network "${networks.bridgeName}" beforehand`, flag: '--bridge-network' });
  const name = networks.bridgeName;
  await session.call(system, 'AddVirtualSwitch', { vswitchName: name, spec: { numPorts: PORTS } });
  onFailure(() => session.call(system, 'RemoveVirtualSwitch', { vswitchName: name }, { signal: undoSignal() }));
  await session.call(system, 'AddPortGroup', { portgrp: { name, vlanId: VLAN, vswitchName: name, policy: {} } });
  onFailure(() => session.call(system, 'RemovePortGroup', { pgName: name }, { signal: undoSignal() }));
  run.createdBridge = true;
  const made = (await readInventory(session)).all('Network').find((network) => network.name === name);
  if (!made) throw new Error(`the port group "${name}" was made but shows no network`);
  run.bridge = { ref: made.ref, name, hosts: new Set(), uplink: false };
  context.log.step(`Created bridge network "${name}"`);
}
