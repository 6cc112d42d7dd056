import { connect, findOne, followEvents, readInventory, runTask } from 'vic-testbed/client';

const thumbprint = process.env['VSPHERE_THUMBPRINT']!;
const session = await connect(process.env['VSPHERE_URL']!, { user: 'user', password: 'pass', thumbprint });
const vm = findOne(await readInventory(session), 'DC0_H0_VM0', { type: 'VirtualMachine' }).ref;
const since = await session.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {});

await runTask(session, vm, 'PowerOffVM_Task', {});
// From `since` on, or from now on without it; `filter` is an EventFilterSpec.
for await (const event of followEvents(session, { since, filter: { eventTypeId: ['VmPoweredOffEvent', 'VmPoweredOnEvent'] } })) {
  console.log(event._type, event.vm?.name);
  if (event._type === 'VmPoweredOnEvent') break;
  await runTask(session, vm, 'PowerOnVM_Task', {});
}
await session.close();

//=> VmPoweredOffEvent DC0_H0_VM0
//=> VmPoweredOnEvent DC0_H0_VM0
