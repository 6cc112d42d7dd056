// Facts of the VCHs of a world, read through the API the way their own tools read them.
import type { OptionValue } from '../../core/vim25/index.ts';
import { plain } from '../../core/vim25/index.ts';
import type { Testbed } from './world.ts';

const CLIENT = 'guestinfo..init.networks|client.ip.IP';

/** The client address that the appliance VM of this name has written down; IPv4. Throws when it has none. */
export async function clientAddress(world: Testbed, name: string): Promise<string> {
  const vms = await world.api.retrieve(await world.api.everything(['VirtualMachine']), [{ type: 'VirtualMachine', pathSet: ['name', 'config.extraConfig'] }]);
  for (const { propSet } of vms) {
    const value = (path: string): unknown => plain(propSet?.find((property) => property.name === path)?.val);
    const found = ((value('config.extraConfig') ?? []) as readonly OptionValue[]).find(({ key }) => key === CLIENT);
    if (value('name') !== name || !found) continue;
    const bytes = Buffer.from(String(plain(found.value)), 'base64');
    return [...bytes.subarray(-4)].join('.');
  }
  throw new Error(`no appliance "${name}" of this world has a client address`);
}
