// The bridge network: on vCenter it is there already, on ESXi a switch without uplinks and a port group are made.
import { retrieveBelow, want } from '../../client/index.ts';
import { UserError } from '../issue.ts';
import { undoable, unlessGone, type CreateRun, type OnFailure } from './run.ts';

const PORTS = 1024;
const VLAN = 1;

export async function createBridge(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { plan, session, context } = run;
  const { networks, facts } = plan;
  if (networks.bridge) {
    run.bridge = networks.bridge;
    return;
  }
  const system = facts.hosts[0]?.networkSystem;
  if (!system) throw new UserError('state', { what: `the host ${facts.compute.name} shows no network system: make the bridge network "${networks.bridgeName}" beforehand`, flag: '--bridge-network' });
  const name = networks.bridgeName;
  await undoable(run, onFailure,
    () => session.call(system, 'AddVirtualSwitch', { vswitchName: name, spec: { numPorts: PORTS } }),
    (connection) => unlessGone(() => connection.call(system, 'RemoveVirtualSwitch', { vswitchName: name })));
  await undoable(run, onFailure,
    () => session.call(system, 'AddPortGroup', { portgrp: { name, vlanId: VLAN, vswitchName: name, policy: {} } }),
    (connection) => unlessGone(() => connection.call(system, 'RemovePortGroup', { pgName: name })));
  run.createdBridge = true;
  const made = (await retrieveBelow(session, facts.datacenter.ref, [want('Network', 'name')])).find((row) => row.props['name'] === name);
  if (!made) throw new UserError('state', { what: `the port group "${name}" was made, but the host shows no network of that name`, flag: '--bridge-network' });
  run.bridge = { ref: made.ref, name, hosts: new Set(), uplink: false };
  context.log.note?.(`Created bridge network "${name}"`);
}
