// The verb inspect: how to reach a VCH.
import { hostPort } from './address.ts';
import type { Context } from './context.ts';
import { disappeared, findVch } from './context.ts';
import { UserError } from './issue.ts';
import { readWholeVchs } from './read-vchs.ts';
import type { Selection } from './selection.ts';
import type { WholeVch } from './vch-config.ts';

export interface Inspected {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly tls: boolean;
  /** 'https://10.17.109.23:2378' */
  readonly adminPortal: string;
  /** '10.17.109.23:2376' */
  readonly dockerHost: string;
  /** The command that reaches the Docker endpoint. */
  readonly dockerCommand: string;
}

/** Connection facts of a VCH that runs and has an address. */
export async function inspectIn(context: Context, selection: Selection): Promise<Inspected> {
  const found = findVch(context, selection);
  const [vch] = await readWholeVchs(context.connection, [found]);
  if (!vch) throw disappeared(found);
  return connectionFacts(vch);
}

/** The same for a VCH that is known already. */
export function connectionFacts(vch: Pick<WholeVch, 'id' | 'name' | 'powerState' | 'clientAddress' | 'tls'>): Inspected {
  if (vch.powerState !== 'poweredOn') {
    throw new UserError('state', {
      what: `the virtual container host "${vch.name}" (${vch.id}) is not powered on, its state is ${vch.powerState ?? 'unknown'}`,
      details: ['Power on its VM and try again.'],
    });
  }
  const address = vch.clientAddress;
  if (address === undefined) {
    throw new UserError('state', {
      what: `the virtual container host "${vch.name}" (${vch.id}) has no client IP address yet`,
      details: ['It gets one while it starts; if this lasts, check that its client network offers DHCP.'],
    });
  }
  const dockerHost = hostPort(address, vch.tls ? 2376 : 2375);
  return {
    id: vch.id,
    name: vch.name,
    address,
    tls: vch.tls,
    adminPortal: `${vch.tls ? 'https' : 'http'}://${hostPort(address, 2378)}`,
    dockerHost,
    dockerCommand: `docker -H ${dockerHost}${vch.tls ? ' --tls' : ''} info`,
  };
}
