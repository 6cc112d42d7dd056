// Facts of the VCHs of a world, read through the API the way their own tools read them.
import type { ManagedObjectReference, OptionValue } from '../../core/vim25/index.ts';
import { plain } from '../../core/vim25/index.ts';
import { observe } from './observe.ts';
import type { Testbed } from './world.ts';

const OWN_ID = 'guestinfo./init/common/id';
const addressKey = (role: string): string => `guestinfo..init.networks|${role}.ip.IP`;

/** A VCH as a step names it: by its name, or by the inventory path of its own pool where several have the name. */
export const nameOf = (vch: string): string => vch.slice(vch.lastIndexOf('/') + 1);

interface Appliance {
  readonly id: string;
  readonly address: string;
  readonly management: string;
}

/** The appliance VM of a VCH: its reference value, and the addresses that it has written down (IPv4). Throws when there is not exactly one. */
async function applianceOf(world: Testbed, vch: string): Promise<Appliance> {
  const vms = await world.api.retrieve(await world.api.everything(['VirtualMachine']), [{ type: 'VirtualMachine', pathSet: ['name', 'config.extraConfig', 'resourcePool'] }]);
  const { pathOf } = vch.startsWith('/') ? await observe(await world.observer()) : { pathOf: new Map<string, string>() };
  const found = vms.flatMap(({ obj, propSet }) => {
    const value = (path: string): unknown => plain(propSet?.find((property) => property.name === path)?.val);
    const options = (value('config.extraConfig') ?? []) as readonly OptionValue[];
    const text = (key: string): string | undefined => options.filter((option) => option.key === key).map((option) => String(plain(option.value)))[0];
    if (value('name') !== nameOf(vch) || text(OWN_ID) !== `VirtualMachine:${obj.value}`) return [];
    if (vch.startsWith('/') && pathOf.get((value('resourcePool') as ManagedObjectReference).value) !== vch) return [];
    const address = (role: string): string => [...Buffer.from(text(addressKey(role)) ?? '', 'base64').subarray(-4)].join('.');
    return [{ id: obj.value, address: address('client'), management: address('management') }];
  });
  if (found.length !== 1) throw new Error(`${found.length} appliances are called "${vch}" in this world; a step must name one`);
  return found[0]!;
}

export const clientAddress = async (world: Testbed, vch: string): Promise<string> => (await applianceOf(world, vch)).address;
export const applianceId = async (world: Testbed, vch: string): Promise<string> => (await applianceOf(world, vch)).id;
export const managementAddress = async (world: Testbed, vch: string): Promise<string> => (await applianceOf(world, vch)).management;
