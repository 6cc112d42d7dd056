import { connect, isFault, type ConnectionError } from 'vic-testbed/client';

const url = process.env['VSPHERE_URL']!; // https://vcenter.example/sdk
const thumbprint = process.env['VSPHERE_THUMBPRINT']!; // or `ca`, or `insecure: true`; else node's own authorities decide

const session = await connect(url, { user: 'administrator@vsphere.local', password: 'VMware1!', thumbprint });
console.log(session.content.about.name, session.content.about.apiType);

// Any method of vim25: names, arguments and results are checked by the compiler.
const index = session.content.searchIndex!;
const datacenter = await session.call(index, 'FindByInventoryPath', { inventoryPath: 'DC0' });
console.log(datacenter?.type);

// What the server refuses is thrown as the fault it is.
try {
  await session.call({ type: 'VirtualMachine', value: 'vm-9999' }, 'PowerOnVM_Task', {});
} catch (error) {
  console.log(isFault(error, 'ManagedObjectNotFound'));
}
await session.close();

// What keeps a call from arriving names the address and the cause.
await connect('https://127.0.0.1:1/sdk', { user: 'u', password: 'p' }).catch((error: ConnectionError) => console.log(error.message));

//=> VMware vCenter Server VirtualCenter
//=> Datacenter
//=> true
//=> cannot reach 127.0.0.1:1: connection refused (nothing listens there)
