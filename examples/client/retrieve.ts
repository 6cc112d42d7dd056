import { connect, property, retrieveAll, want } from 'vic-testbed/client';

const thumbprint = process.env['VSPHERE_THUMBPRINT']!;
const session = await connect(process.env['VSPHERE_URL']!, { user: 'user', password: 'pass', thumbprint });

// Three requests, however many machines there are; pages are followed. A wrong path does not compile.
const wanted = want('VirtualMachine', 'name', 'runtime.powerState', 'config.hardware.memoryMB');
const machines = await retrieveAll(session, session.content.rootFolder, wanted);
for (const { props } of machines.sort((a, b) => (a.props.name! < b.props.name! ? -1 : 1))) {
  console.log(props.name, props['runtime.powerState'], props['config.hardware.memoryMB']);
}

// One property of one object, with its type.
const folders: string | undefined = await property(session, session.content.rootFolder, 'Folder', 'name');
console.log(folders);
await session.close();

//=> DC0_C0_RP0_VM0 poweredOn 32
//=> DC0_C0_RP0_VM1 poweredOn 32
//=> DC0_H0_VM0 poweredOn 32
//=> DC0_H0_VM1 poweredOn 32
//=> Datacenters
