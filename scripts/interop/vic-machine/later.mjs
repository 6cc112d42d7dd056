// Makes a VCH as vic-machine 1.5 leaves it, with nothing but calls of the API: a resource pool, on vCenter a folder of its
// own, the appliance with the captured configuration of 1.5, images, key-value stores, one container VM.
import { readFileSync } from 'node:fs';
import { findOne, formatReference, openDatastore, property, readInventory, runTask } from '../../../dist/core/client/index.js';
import { isFault } from '../../../dist/core/vim25/index.js';
import { containerId, folderOf, makeMachine, RESOURCES, writeKeys } from './vch.mjs';

const CONFIGURATION = JSON.parse(readFileSync(new URL('../../../fixtures/wire/vch-extraconfig-later.json', import.meta.url), 'utf8'));
const WRITTEN_BY_GUEST = 'guestinfo.vice..init.networks|client.assigned.IP';

export async function addLaterVch(session, { name = 'later', pool: place, datastore, vCenter, address = '10.17.109.99' }) {
  const inventory = await readInventory(session);
  const pool = await session.call(findOne(inventory, place).ref, 'CreateResourcePool', { name, spec: RESOURCES });
  const machines = await folderOf(session, place);
  const folder = vCenter ? await session.call(machines, 'CreateFolder', { name }) : machines;
  const at = { session, pool, datastore, folder };
  const vm = await makeMachine(at, { name, directory: '', devices: [] });
  const uuid = await property(session, vm, 'VirtualMachine', 'config.uuid');
  await writeKeys(session, vm, {
    ...CONFIGURATION,
    'guestinfo.vice./init/common/id': formatReference(vm), 'init/common/name': name, 'guestinfo.vice./container/ComputeResources|0/Value': pool.value,
    'guestinfo.vice./storage/image_stores|0/Host': datastore, 'guestinfo.vice./storage/image_stores|0/Path': name, 'guestinfo.vice./init/version/Version': 'v1.5.7',
  });
  const id = containerId(`${name}-web`);
  await makeMachine(at, { name: `web-${id}`, directory: id, devices: [], keys: { 'guestinfo.vice./common/id': id } });
  const files = await openDatastore(session, inventory, datastore, { datacenter: place.split('/')[1] });
  for (const directory of [`${name}/VIC/${uuid}/images/scratch`, `${name}/kvStores`]) await files.mkdir(directory);
  await runTask(session, vm, 'PowerOnVM_Task', {});
  await writeKeys(session, vm, { [WRITTEN_BY_GUEST]: Buffer.from(address.split('.').map(Number)).toString('base64') });
  // 1.5 has vCenter refuse to destroy it; a server that does not know how refuses nothing.
  const method = [{ method: 'Destroy_Task', reasonId: 'VIC' }];
  await session.call(session.content.authorizationManager, 'DisableMethods', { entity: [vm], method, sourceId: 'VIC' }).catch((error) => {
    if (!isFault(error)) throw error;
  });
  return { id: vm.value, vm, name, uuid };
}
