import { connect, find, findOne, readInventory } from 'vic-testbed/client';

const thumbprint = process.env['VSPHERE_THUMBPRINT']!;
const session = await connect(process.env['VSPHERE_URL']!, { user: 'user', password: 'pass', thumbprint });

const inventory = await readInventory(session); // three requests; a picture of this moment
const paths = (pattern: string, type?: 'VirtualMachine' | 'HostSystem') => find(inventory, pattern, { type }).map((node) => node.path).join(' ');

console.log(paths('/DC0/vm/*_VM1')); // from the root folder
console.log(paths('./DC0_H0_VM?', 'VirtualMachine')); // from the folder of the type: vm, host, datastore, network
console.log(paths('*_C0_H[12]', 'HostSystem')); // a bare name: at any depth below that folder
console.log(find(inventory, '/DC0/host/...').length); // everything below

try {
  findOne(inventory, 'datastore1', { type: 'Datastore' });
} catch (error) {
  console.log((error as Error).message);
}
await session.close();

//=> /DC0/vm/DC0_C0_RP0_VM1 /DC0/vm/DC0_H0_VM1
//=> /DC0/vm/DC0_H0_VM0 /DC0/vm/DC0_H0_VM1
//=> /DC0/host/DC0_C0/DC0_C0_H1 /DC0/host/DC0_C0/DC0_C0_H2
//=> 8
//=> there is no Datastore "datastore1"; there is: /DC0/datastore/LocalDS_0
