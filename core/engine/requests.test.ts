// How often a verb asks the server, and how much: the same for any number of VCHs. The server is the simulator.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulator } from '../../simulator/index.ts';
import { labOptions } from '../../simulator/inventory/lab-options.ts';
import { parseLab } from '../../simulator/inventory/load-lab.ts';
import { connect } from '../client/index.ts';
import { deleteVch, inspectVch, listVchs } from './verbs.ts';

/** A cluster with that many VCHs of two container VMs each, ten in a pool. */
const lab = (vchs: number): string => JSON.stringify({
  product: 'vcenter',
  datacenters: [{
    name: 'DC0', datastores: [{ name: 'ds1', capacity: '900 TB' }], switches: [{ name: 'DVS0', portgroups: ['bridge'] }],
    clusters: [{
      name: 'C0', hosts: 4,
      pools: Array.from({ length: Math.ceil(vchs / 10) }, (_, p) => ({
        name: `pool${p}`, vchs: Array.from({ length: Math.min(10, vchs - p * 10) }, (_none, i) => ({ name: `vch${p}-${i}`, tls: false, containers: 2 })),
      })),
    }],
  }],
});

interface Asked {
  readonly methods: readonly string[];
  readonly bytes: number;
}

/** What each verb asks of a server with that many VCHs. */
async function asked(vchs: number): Promise<Readonly<Record<string, Asked>>> {
  const simulator = createSimulator({ ...labOptions(await parseLab(lab(vchs), 'lab.json')), freeze: true });
  try {
    const { url } = await simulator.listen({ port: 0 });
    let methods: string[] = [];
    let bytes = 0;
    const trace = (event: { readonly method: string; readonly response: () => string }): void => {
      methods.push(event.method);
      bytes += event.response().length;
    };
    const session = await connect(url, { user: 'u', password: 'p', insecure: true, trace });
    const during = async (work: () => Promise<unknown>): Promise<Asked> => {
      methods = [];
      bytes = 0;
      await work();
      return { methods, bytes };
    };
    const { id } = (await listVchs(session, { compute: 'C0/pool0' }))[0]!;
    const result = {
      'ls --all': await during(async () => assert.equal((await listVchs(session, { all: true })).length, vchs)),
      'ls of a pool': await during(() => listVchs(session, { compute: 'C0/pool0' })),
      'inspect by name': await during(() => inspectVch(session, { compute: 'C0/pool0', name: 'vch0-0' })),
      'inspect by id': await during(() => inspectVch(session, { id })),
      'delete that is refused': await during(() => assert.rejects(deleteVch(session, { id }))),
    };
    await session.close();
    return result;
  } finally {
    await simulator.close();
  }
}

const READ_INVENTORY = ['CreateContainerView', 'RetrievePropertiesEx', 'DestroyView'];

test('ls asks four times and inspect five times, whatever the number of VCHs', async () => {
  const [few, many] = [await asked(2), await asked(120)];
  for (const [verb, { methods }] of Object.entries(few)) assert.deepEqual(many[verb]!.methods, methods, verb);
  for (const verb of ['ls --all', 'ls of a pool']) assert.deepEqual(many[verb]!.methods, [...READ_INVENTORY, 'RetrievePropertiesEx'], verb);
  for (const verb of ['inspect by name', 'inspect by id']) assert.deepEqual(many[verb]!.methods, [...READ_INVENTORY, 'RetrievePropertiesEx', 'RetrievePropertiesEx'], verb);
  // A VCH costs ls some two thousand characters, of configurations of twenty thousand; with its containers in the inventory.
  const each = (many['ls --all']!.bytes - few['ls --all']!.bytes) / 118;
  assert.ok(each < 4000, `${Math.round(each)} characters for each VCH`);
});
