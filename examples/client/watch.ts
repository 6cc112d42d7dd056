import { connect, findOne, readInventory, runTask, want, watch } from 'vic-testbed/client';

const thumbprint = process.env['VSPHERE_THUMBPRINT']!;
const session = await connect(process.env['VSPHERE_URL']!, { user: 'user', password: 'pass', thumbprint });
const vm = findOne(await readInventory(session), 'DC0_H0_VM0', { type: 'VirtualMachine' }).ref;

// Every machine below the root folder, those that appear later too. `{ refs: [vm] }` watches given objects.
let seen = 0;
for await (const batch of watch(session, want('VirtualMachine', 'name', 'runtime.powerState'), { below: session.content.rootFolder })) {
  if (seen++ === 0) {
    console.log(batch.length, batch[0]!.kind); // first, what is there
    await runTask(session, vm, 'PowerOffVM_Task', {});
    await runTask(session, vm, 'Destroy_Task', {});
    continue;
  }
  for (const { kind, props, changed } of batch) console.log(kind, props.name, changed);
  if (batch.some(({ kind }) => kind === 'leave')) break; // the filter on the server is destroyed
}
await session.close();

//=> 4 enter
//=> leave DC0_H0_VM0 {}
