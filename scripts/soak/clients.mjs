// The clients of the soak. Each goes on whatever happens to its connection or session, until it is told to stop.
import { connect as connectSocket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { connect, retrieveAll, runTask, watch } from '../../dist/core/client/index.js';

const LOGIN = { user: 'user', password: 'pass' };
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Does something again and again on a session that is opened anew when it breaks. */
async function again(url, counts, signal, work) {
  let session;
  while (!signal.aborted) {
    try {
      session ??= await connect(url, LOGIN);
      await work(session);
    } catch {
      counts.lost += 1;
      await session?.close().catch(() => undefined);
      session = undefined;
      await pause(5);
    }
  }
  await session?.close().catch(() => undefined);
}

const PATHS = {
  VirtualMachine: ['name', 'runtime.powerState', 'config.annotation', 'summary.config.numCpu', 'parent'],
  Folder: ['name', 'childEntity'],
  HostSystem: ['name', 'vm', 'summary.quickStats.uptime'],
  Datastore: ['name', 'vm', 'summary.freeSpace'],
  ManagedEntity: ['name', 'parent', 'overallStatus'],
};

/** Watches every object of a type, and keeps a copy of what it was told. */
export function watcher(url, type, counts) {
  const copy = new Map();
  const stop = new AbortController();
  const wanted = { type, paths: PATHS[type] };
  let last = performance.now();
  let session;
  const running = (async () => {
    while (!stop.signal.aborted) {
      try {
        session = await connect(url, LOGIN);
        // A new watch begins with all that is there.
        copy.clear();
        for await (const batch of watch(session, wanted, { below: session.content.rootFolder }, { signal: stop.signal, maxWaitSeconds: 5 })) {
          last = performance.now();
          for (const { kind, ref, props } of batch) {
            counts.updates += 1;
            if (kind === 'leave') copy.delete(`${ref.type}:${ref.value}`);
            else copy.set(`${ref.type}:${ref.value}`, { ...props });
          }
        }
      } catch {
        if (stop.signal.aborted) break;
        counts.lost += 1;
        await pause(5);
      }
    }
  })();
  return {
    /** Waits until nothing comes any more, and says what is not as a full retrieve has it. */
    async compare() {
      while (performance.now() - last < 1000) await pause(100);
      const fresh = await connect(url, LOGIN);
      const rows = await retrieveAll(fresh, fresh.content.rootFolder, wanted);
      await fresh.close();
      stop.abort();
      await running;
      await session?.close().catch(() => undefined);
      const problems = rows.length === copy.size ? [] : [`the watcher of ${type} has ${copy.size} objects, and there are ${rows.length}`];
      for (const { ref, props } of rows) {
        const has = copy.get(`${ref.type}:${ref.value}`);
        for (const path of wanted.paths) {
          if (!isDeepStrictEqual(plain(has?.[path]), plain(props[path]))) problems.push(`the watcher of ${type} has ${ref.value} ${path} ${brief(has?.[path])}, and it is ${brief(props[path])}`);
        }
      }
      return problems.slice(0, 5);
    },
  };
}

const plain = (value) => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
const brief = (value) => (JSON.stringify(value) ?? 'unset').slice(0, 200);

/** Changes machines, folders and files of its own. */
export function worker(url, number, random, counts, signal) {
  let step = 0;
  const name = (what) => `${what}${number}-${(step += 1)}`;
  return again(url, counts, signal, async (session) => {
    const find = (path) => session.call(session.content.searchIndex, 'FindByInventoryPath', { inventoryPath: path });
    const vm = await find(`DC0/vm/DC0_H0_VM${number}`);
    const folder = await find('DC0/vm');
    for (let i = 0; i < 20 && !signal.aborted; i += 1) {
      const kind = random.integer(0, 5);
      if (kind === 0) await runTask(session, vm, 'ReconfigVM_Task', { spec: { annotation: name('note') } });
      else if (kind === 1) await runTask(session, vm, 'PowerOffVM_Task', {}).catch(ifRefused);
      else if (kind === 2) await runTask(session, vm, 'PowerOnVM_Task', {}).catch(ifRefused);
      else if (kind === 3) {
        const made = await session.call(folder, 'CreateFolder', { name: name('f') });
        await runTask(session, made, 'Destroy_Task', {});
      } else if (kind === 4) {
        const clone = await runTask(session, vm, 'CloneVM_Task', { folder, name: name('clone'), spec: { location: {}, powerOn: random.integer(0, 1) === 1, template: false } });
        await runTask(session, clone, 'PowerOffVM_Task', {}).catch(ifRefused);
        await runTask(session, clone, 'Destroy_Task', {});
      } else {
        const file = new URL(`/folder/soak-${number}.txt?dcPath=DC0&dsName=LocalDS_0`, url);
        const reply = await fetch(file, { method: 'PUT', body: 'x'.repeat(random.integer(1, 200_000)), headers: { authorization: `Basic ${Buffer.from('user:pass').toString('base64')}` } });
        await reply.text();
      }
      counts.changes += 1;
    }
    await tidy(session, folder, number);
  });
}

/** What answers that were lost have left. */
async function tidy(session, folder, number) {
  const rows = await retrieveAll(session, folder, { type: 'ManagedEntity', paths: ['name'] });
  for (const { ref, props } of rows) {
    if (!new RegExp(`^(f|clone)${number}-`).test(props.name ?? '')) continue;
    if (ref.type === 'VirtualMachine') await runTask(session, ref, 'PowerOffVM_Task', {}).catch(ifRefused);
    await runTask(session, ref, 'Destroy_Task', {}).catch(ifRefused);
  }
}

function ifRefused(error) {
  if (error.name !== 'Fault') throw error;
}

/** Reads everything, and makes and drops views and filters. */
export function lister(url, random, counts, signal) {
  return again(url, counts, signal, async (session) => {
    const type = random.pick(Object.keys(PATHS));
    await retrieveAll(session, session.content.rootFolder, { type, paths: PATHS[type] });
    counts.reads += 1;
    // Views and collectors that are never destroyed go with the session.
    await session.call(session.content.viewManager, 'CreateContainerView', { container: session.content.rootFolder, type: [type], recursive: true });
    if (random.integer(0, 9) === 0) throw new Error('begin anew');
  });
}

/** Asks for much, reads a little of it, waits, and goes away in the middle. */
export async function slowReader(url, random, counts, signal) {
  const { hostname, port } = new URL(url);
  const body = '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent></Body></Envelope>';
  const request = `POST /sdk HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
  while (!signal.aborted) {
    const socket = connectSocket({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    socket.pause();
    // Many requests at once, and half of one: nobody reads the answers.
    socket.write(request.repeat(random.integer(1, 200)) + request.slice(0, random.integer(1, request.length)));
    await pause(random.integer(20, 400));
    if (random.integer(0, 1) === 1) socket.resume();
    await pause(random.integer(1, 50));
    socket.destroy();
    counts.reads += 1;
  }
}

/** Ends somebody's session now and then. */
export async function ended(simulator, random, counts, signal) {
  while (!signal.aborted) {
    await pause(random.integer(200, 2000));
    const open = [...simulator.sim.sessions.open()];
    if (open.length === 0) continue;
    simulator.sim.sessions.end(random.pick(open));
    counts.sessions += 1;
  }
}
