// A small world with one VCH, and a Docker client for it that needs no sockets.
import { setImmediate as turn } from 'node:timers/promises';
import type { ManagedObjectReference } from '../../../core/vim25/index.ts';
import { createSimulator, type ManualClock, type Simulator } from '../../index.ts';
import { labOptions } from '../../inventory/lab-options.ts';
import { parseLab } from '../../inventory/load-lab.ts';

export const LAB = `product: vcenter
registry: ["registry.example.com:5000/team/app:2"]
datacenters:
  - name: DC0
    switches: [{ name: dvs, portgroups: [bridge, apps, dynamic] }]
    clusters:
      - name: C0
        hosts: [h1]
        vchs:
          - name: vch1
            tls: false
            networks:
              bridge: bridge
              containers:
                - { network: apps, gateway: 10.9.0.1/24, dns: [10.9.0.2], ranges: [10.9.0.10-11] }
                - { network: dynamic, alias: lan }
            volumeStores: [{ label: default, path: datastore1/volumes }]
            images: [busybox]
`;

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly bytes: Uint8Array;
  /** The body as JSON. */
  json<T = Record<string, unknown>>(): T;
}

export interface DockerWorld {
  readonly simulator: Simulator;
  readonly appliance: ManagedObjectReference;
  ask(line: string, body?: unknown): Promise<Answer>;
  /** The machine whose name begins so. */
  vm(name: string): ManagedObjectReference | undefined;
  powerOf(name: string): unknown;
  /** Lets what is under way come to rest. */
  settle(): Promise<void>;
}

/** Opens the world; `from` is another one to fork. */
export async function dockerWorld(options: { readonly clock?: ManualClock; readonly lab?: string; readonly from?: Simulator } = {}): Promise<DockerWorld> {
  const { clock, lab = LAB, from } = options;
  const simulator = from ? from.fork() : createSimulator({ ...labOptions(await parseLab(lab, 'lab.yaml')), freeze: true, ...(clock ? { clock } : {}) });
  const vm = (name: string) => [...simulator.store.ofType('VirtualMachine')].find(({ props }) => String(props['name']).startsWith(name))?.ref;
  const appliance = vm('vch1')!;
  return {
    simulator, appliance, vm,
    async ask(line, body) {
      const [method = '', url = ''] = line.split(' ');
      const { pathname, searchParams } = new URL(url, 'http://vch');
      const reply = await simulator.handleService(appliance, 'docker', { method, path: pathname, query: searchParams, body: body === undefined ? '' : JSON.stringify(body) });
      const bytes = Buffer.from(reply.body as Uint8Array);
      const text = bytes.toString('utf8');
      return { status: reply.status, body: text, bytes, json: <T>() => JSON.parse(text) as T };
    },
    powerOf: (name) => (simulator.store.get(vm(name)!)?.props['runtime'] as { powerState: string } | undefined)?.powerState,
    async settle() {
      for (let idle = 0, version = -1; idle < 10; idle++) {
        await turn();
        if (simulator.store.version !== version) idle = 0;
        version = simulator.store.version;
      }
    },
  };
}
