// Waiting for a started appliance: first its address on the client network, then its three programs. What is missing
// when time runs out is told by name.
import { waitFor } from '../../client/index.ts';
import { formatReference } from '../../vim25/reference.ts';
import type { OptionValue } from '../../vim25/types.d.ts';
import { formatAddress } from '../address.ts';
import { decode, extraConfigOf } from '../extra-config.ts';
import { connectionFacts } from '../inspect.ts';
import { UserError } from '../issue.ts';
import type { VchData } from '../vch-layout.ts';
import { vchLayout } from '../vch-layout.ts';
import type { CreateRun } from './run.ts';

const COMPONENTS = ['vicadmin', 'docker-personality', 'port-layer'] as const;
const INTERFACES = ['client', 'external', 'management'] as const;

export async function waitForAppliance(run: CreateRun): Promise<void> {
  const { session, vm, context, plan } = run;
  let seen: VchData | undefined;
  let powered = 'poweredOn';
  try {
    const data = await waitFor(session, { refs: [vm!], type: 'VirtualMachine', paths: ['config.extraConfig', 'runtime.powerState'] }, (state) => {
      const props = state.get(formatReference(vm!));
      powered = String(props?.['runtime.powerState'] ?? 'gone');
      if (powered !== 'poweredOn') return 'off' as const;
      seen = decode(vchLayout, extraConfigOf(props?.['config.extraConfig'] as readonly OptionValue[])).value;
      return hasAddress(seen) && COMPONENTS.every((name) => startedOf(seen!, name) !== '') ? seen : undefined;
    });
    if (data === 'off') throw new UserError('state', { what: `the appliance VM stopped while it was starting (its state is ${powered})`, details: statesOf(seen) });
    for (const name of COMPONENTS) {
      const started = startedOf(data, name);
      if (started === 'true') continue;
      const warning = `${name} did not start: ${started}`;
      run.warnings.push(warning);
      context.log.warn(warning);
    }
    const tls = data.hostCertificate.key.length > 0 || data.hostCertificate.cert.length > 0;
    run.reached = connectionFacts({ id: vm!.value, name: plan.name, powerState: 'poweredOn', clientAddress: addressOf(data, 'client'), tls });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'TimeoutError') throw error;
    const what = seen && hasAddress(seen) ? 'the appliance did not start completely in time' : 'the appliance got no IP address on its client network in time';
    throw new UserError('state', { what, details: [...statesOf(seen), 'Give it more time, or check that the networks offer DHCP.'], flag: '--timeout', example: '--timeout 10m0s' });
  }
}

const addressOf = (data: VchData, role: string): string | undefined => formatAddress(data.init.networks[role]?.assigned.ip ?? new Uint8Array());
const hasAddress = (data: VchData): boolean => addressOf(data, 'client') !== undefined;
const startedOf = (data: VchData, name: string): string => data.init.sessions[name]?.started ?? '';

function statesOf(data: VchData | undefined): string[] {
  if (!data) return [];
  return [
    ...INTERFACES.map((role) => `${role}: ${addressOf(data, role) ?? 'no address'}`),
    ...COMPONENTS.map((name) => `${name}: ${startedOf(data, name) === 'true' ? 'started' : startedOf(data, name) || 'not started'}`),
  ];
}
