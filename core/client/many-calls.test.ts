// Many calls at once go over a few connections: hosts limit how many a client may have.
import assert from 'node:assert/strict';
import { connect as connectTcp, createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createSimulator } from '../../simulator/index.ts';
import { connect } from './connection.ts';

for (const tls of [true, false]) {
  test(`a hundred calls at once take eight connections, ${tls ? 'TLS' : 'plain'}`, async () => {
    const simulator = createSimulator({ freeze: true });
    const { url } = await simulator.listen({ port: 0, tls });
    let opened = 0;
    const between = createServer((client) => {
      opened++;
      const server = connectTcp(Number(new URL(url).port), '127.0.0.1');
      for (const [from, to] of [[client, server], [server, client]] as const) from.pipe(to).on('error', () => from.destroy());
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const session = await connect(`${tls ? 'https' : 'http'}://127.0.0.1:${(between.address() as AddressInfo).port}/sdk`, { user: 'u', password: 'p', insecure: true });
    try {
      const call = () => session.call({ type: 'ServiceInstance', value: 'ServiceInstance' }, 'CurrentTime', {});
      await Promise.all(Array.from({ length: 100 }, call));
      assert.ok(opened <= 8, `${opened} connections`);
    } finally {
      await session.close();
      between.close();
      await simulator.close();
    }
  });
}
