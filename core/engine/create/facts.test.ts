import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulator } from '../../../simulator/index.ts';
import { connect, enclosing, type Connection } from '../../client/index.ts';
import { openContext } from '../context.ts';
import { readFacts, type LicenceFacts } from './facts.ts';

/** The licences of a cluster's hosts, when the server answers the question about all of them with `all(its own answer)`; and how often it was asked. */
async function licences(all: (own: readonly object[]) => readonly object[]): Promise<{ readonly found: readonly LicenceFacts[]; readonly asked: number }> {
  const simulator = createSimulator({ freeze: true });
  try {
    const { url } = await simulator.listen({ port: 0 });
    const session = await connect(url, { user: 'u', password: 'p', insecure: true });
    let asked = 0;
    const call = async (self: never, method: string, args: { readonly entityId?: string }, options: never): Promise<unknown> => {
      const answer = await (session.call as (...rest: unknown[]) => Promise<unknown>)(self, method, args, options);
      if (method !== 'QueryAssignedLicenses') return answer;
      asked += 1;
      return args.entityId === undefined ? all(answer as readonly object[]) : answer;
    };
    const connection = { content: session.content, address: session.address, api: session.api, signal: undefined, call, close: () => session.close() } as unknown as Connection;
    const context = await openContext(connection, { step: () => undefined, warn: () => undefined });
    const pool = context.inventory.all('ResourcePool').find(({ path }) => path === '/DC0/host/DC0_C0/Resources')!;
    const facts = await readFacts(context, enclosing(pool, 'Datacenter')!, pool, enclosing(pool, 'ComputeResource')!);
    await session.close();
    return { found: facts.licences, asked };
  } finally {
    await simulator.close();
  }
}

test('the licences of all hosts come in one answer', async () => {
  const { found, asked } = await licences((own) => own);
  assert.equal(asked, 1);
  assert.deepEqual(found.map(({ entity, evaluation }) => [entity, evaluation]), ['DC0_C0_H0', 'DC0_C0_H1', 'DC0_C0_H2'].map((name) => [name, true]));
});

test('hosts that the answer leaves out are asked about one by one', async () => {
  const { found, asked } = await licences((own) => own.slice(0, 1).map((licence) => ({ ...licence, entityId: '' })));
  assert.equal(asked, 4);
  assert.deepEqual(found.map(({ evaluation }) => evaluation), [true, true, true]);
});
