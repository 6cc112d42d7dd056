import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { setupServer } from 'msw/node';
import { createSimulator } from 'vic-testbed/simulator';
import { vicsimHandlers } from 'vic-testbed/simulator/msw';
import { connect, readInventory } from 'vic-testbed/client';

const vcenter = createSimulator({ model: { host: 5 } });
const server = setupServer(...vicsimHandlers(vcenter, { origin: 'https://vcenter.example' }));
beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => vcenter.reset());
afterAll(() => server.close());

test('the cluster has five hosts', async () => {
  const session = await connect('https://vcenter.example/sdk', { user: 'user', password: 'pass' });
  const cluster = (await readInventory(session)).all('ClusterComputeResource')[0];
  expect(cluster.children.filter((node) => node.ref.type === 'HostSystem')).toHaveLength(5);
  await session.close();
});
