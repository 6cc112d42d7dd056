import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setupServer } from 'msw/node';
import { createSimulator } from 'vic-testbed/simulator';
import { vicsimHandlers } from 'vic-testbed/simulator/msw';
import { connect, findOne, property, readInventory, runTask } from 'vic-testbed/client';

const vcenter = createSimulator();
const server = setupServer(...vicsimHandlers(vcenter, { origin: 'https://vcenter.example' }));
before(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => vcenter.reset()); // each test begins with the same inventory
after(() => server.close());

test('a machine is switched off', async () => {
  const session = await connect('https://vcenter.example/sdk', { user: 'user', password: 'pass' });
  const vm = findOne(await readInventory(session), 'DC0_H0_VM0', { type: 'VirtualMachine' });
  await runTask(session, vm.ref, 'PowerOffVM_Task', {});
  assert.equal(await property(session, vm.ref, 'VirtualMachine', 'runtime.powerState'), 'poweredOff');
  await session.close();
});
