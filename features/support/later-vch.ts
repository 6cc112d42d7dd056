// A VCH as vic-machine 1.5 leaves it, made through the public API alone: its pool, its VM folder, the appliance with the
// configuration that 1.5 wrote, images, a volume, and one container VM.
import { readFileSync } from 'node:fs';
import { Fault, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { finished } from './observe.ts';
import type { Testbed } from './world.ts';

const captured = JSON.parse(readFileSync(new URL('../../../fixtures/wire/vch-extraconfig-later.json', import.meta.url), 'utf8')) as Record<string, string>;
const CONTAINER_ID = 'c0ffee'.padEnd(64, '0');
/** 10.17.109.99, as the guest writes it. */
const ADDRESS = 'ChFtYw==';

const UNLIMITED = { reservation: 0, expandableReservation: true, limit: -1, shares: { level: 'normal', shares: 0 } };
const option = (key: string, value: string) => ({ _type: 'OptionValue', key, value });

/** Makes the VCH below the pool `place`, on that datastore. `running`: its container is powered on. */
export async function makeLaterVch(world: Testbed, name: string, place: string, datastore: string, running: boolean): Promise<void> {
  const { api } = world;
  const parent = await world.find(place);
  const datacenter = place.split('/')[1]!;
  const vCenter = api.content.about.apiType === 'VirtualCenter';
  const at = vCenter ? { datacenter: await world.find(`/${datacenter}`) } : {};
  const pool = (await api.call(parent, 'CreateResourcePool', { name, spec: { cpuAllocation: UNLIMITED, memoryAllocation: UNLIMITED } })) as ManagedObjectReference;
  const vmFolder = await world.find(`/${datacenter}/vm`);
  const folder = vCenter ? ((await api.call(vmFolder, 'CreateFolder', { name })) as ManagedObjectReference) : vmFolder;
  const task = async (self: ManagedObjectReference, method: string, args: object): Promise<unknown> => finished(api, (await api.call(self, method, args as Record<string, unknown>)) as ManagedObjectReference);
  const create = async (vm: string, vmPathName: string, extraConfig: readonly object[]): Promise<ManagedObjectReference> =>
    (await task(folder, 'CreateVM_Task', { config: { name: vm, guestId: 'otherGuest64', numCPUs: 1, memoryMB: 1024, files: { vmPathName }, extraConfig }, pool })) as ManagedObjectReference;

  const appliance = await create(name, `[${datastore}]`, []);
  const uuid = String(await api.read(appliance, 'config.uuid'));
  const own: Record<string, string> = {
    'guestinfo.vice./init/common/id': `VirtualMachine:${appliance.value}`, 'init/common/name': name,
    'guestinfo.vice./container/ComputeResources|0/Value': pool.value,
    'guestinfo.vice./storage/image_stores|0/Host': datastore, 'guestinfo.vice./storage/image_stores|0/Path': name,
    'guestinfo.vice./storage/VolumeLocations': 'default', 'guestinfo.vice./storage/VolumeLocations|default/Scheme': 'ds',
    'guestinfo.vice./storage/VolumeLocations|default/Host': datastore, 'guestinfo.vice./storage/VolumeLocations|default/Path': `[${datastore}] vols/${name}`,
    'guestinfo.vice./init/version/Version': 'v1.5.7', 'guestinfo.vice./init/version/BuildNumber': '21872', 'guestinfo.vice./init/version/GitCommit': 'abcdef0',
  };
  const secrets = ['guestinfo.ovfEnv', 'guestinfo.vice./connect/token@secret'];
  const config = Object.entries({ ...captured, ...own }).filter(([key]) => !secrets.includes(key));
  await task(appliance, 'ReconfigVM_Task', { spec: { extraConfig: config.map(([key, value]) => option(key, value)) } });
  const container = await create(`web-${CONTAINER_ID}`, `[${datastore}] ${CONTAINER_ID}/${CONTAINER_ID}.vmx`, [option('guestinfo.vice./common/id', CONTAINER_ID)]);
  for (const path of [`${name}/VIC/${uuid}/images/scratch`, `${name}/kvStores`, `vols/${name}/volumes/data`]) {
    await api.call(api.content.fileManager!, 'MakeDirectory', { name: `[${datastore}] ${path}`, ...at, createParentDirectories: true });
  }
  await task(appliance, 'PowerOnVM_Task', {});
  await task(appliance, 'ReconfigVM_Task', { spec: { extraConfig: [option('guestinfo.vice..init.networks|client.assigned.IP', ADDRESS)] } });
  if (running) await task(container, 'PowerOnVM_Task', {});
  if (!vCenter) return;
  // 1.5 goes on, too, where a server knows no such method.
  await api.call(api.content.authorizationManager!, 'DisableMethods', { entity: [appliance], method: [{ method: 'Destroy_Task', reasonId: 'VIC' }], sourceId: 'VIC' }).catch((error: unknown) => {
    if (!(error instanceof Fault)) throw error;
  });
}
