import { connect, findOne, followTasks, isFault, readInventory, runTask } from 'vic-testbed/client';

const thumbprint = process.env['VSPHERE_THUMBPRINT']!;
const session = await connect(process.env['VSPHERE_URL']!, { user: 'user', password: 'pass', thumbprint });
const inventory = await readInventory(session);
const vm = findOne(inventory, 'DC0_H0_VM0', { type: 'VirtualMachine' }).ref;

// Starts a task, waits for it, gives its result; throws the fault it failed with.
await runTask(session, vm, 'PowerOffVM_Task', {}, { onProgress: (info) => console.log(info.descriptionId, info.state === 'success') });
await runTask(session, vm, 'PowerOffVM_Task', {}).catch((error) => console.log(isFault(error, 'InvalidPowerState')));

// Or started by hand and followed. When the signal fires, what has not ended is cancelled.
const controller = new AbortController();
const task = await session.call(vm, 'PowerOnVM_Task', {});
for await (const info of followTasks(session, [task], { signal: controller.signal })) {
  if (info.state === 'success') console.log(info.entityName);
}
await session.close();

//=> VirtualMachine.powerOff true
//=> true
//=> DC0_H0_VM0
