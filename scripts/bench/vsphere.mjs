// The few vSphere calls of the measurements, as text: the same bytes go to every server.
import { Connection } from './connection.mjs';

export const SERVICE_CONTENT = '<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>';

const call = (method, type, id, args = '') => `<${method} xmlns="urn:vim25"><_this type="${type}">${id}</_this>${args}</${method}>`;

const result = (text, tag = 'returnval') => new RegExp(`<${tag}[^>]*>([^<]*)<`).exec(text)?.[1];

/** A logged-in connection to a server, with the ids of its managers. */
export async function login(url) {
  const connection = await Connection.open(url);
  const content = await connection.call(SERVICE_CONTENT);
  const id = (field) => result(content, field);
  const ids = { root: id('rootFolder'), collector: id('propertyCollector'), views: id('viewManager'), sessions: id('sessionManager'), search: id('searchIndex') };
  await connection.call(call('Login', 'SessionManager', ids.sessions, '<userName>user</userName><password>pass</password>'));
  return { connection, ids };
}

const paths = (properties) => (properties === 'all' ? '<all>true</all>' : `<all>false</all>${properties.map((path) => `<pathSet>${path}</pathSet>`).join('')}`);

const overView = (view, properties) =>
  `<propSet><type>VirtualMachine</type>${paths(properties)}</propSet><objectSet><obj type="ContainerView">${view}</obj><skip>true</skip><selectSet xsi:type="TraversalSpec"><type>ContainerView</type><path>view</path><skip>false</skip></selectSet></objectSet>`;

/** A container view of all virtual machines; gives its id. */
export const viewOfMachines = async ({ connection, ids }) =>
  result(await connection.call(call('CreateContainerView', 'ViewManager', ids.views, `<container type="Folder">${ids.root}</container><type>VirtualMachine</type><recursive>true</recursive>`)));

/** The bytes of one RetrievePropertiesEx of those properties over a view. */
export const retrieval = ({ connection, ids }, view, properties) =>
  connection.prepare(call('RetrievePropertiesEx', 'PropertyCollector', ids.collector, `<specSet>${overView(view, properties)}</specSet><options/>`));

/** [{id, on}] of all machines. */
export async function machines(client) {
  const text = (await client.connection.send(retrieval(client, await viewOfMachines(client), ['runtime.powerState']))).text();
  return [...text.matchAll(/<obj type="VirtualMachine"[^>]*>([^<]+)<\/obj>.*?>(poweredOn|poweredOff|suspended)</gs)].map(([, id, state]) => ({ id, on: state === 'poweredOn' }));
}

/** Starts a power operation; gives the task's id when the server has accepted it. */
export const power = async ({ connection }, id, on) =>
  result(await connection.call(call(on ? 'PowerOnVM_Task' : 'PowerOffVM_Task', 'VirtualMachine', id)));

/** Waits by polling until the tasks are over. Throws when one failed. */
export async function tasksDone({ connection, ids }, tasks) {
  for (const task of tasks) {
    for (;;) {
      const text = await connection.call(call('RetrievePropertiesEx', 'PropertyCollector', ids.collector, `<specSet><propSet><type>Task</type><pathSet>info.state</pathSet></propSet><objectSet><obj type="Task">${task}</obj></objectSet></specSet><options/>`));
      if (text.includes('>success<')) break;
      if (text.includes('>error<')) throw new Error(`${task} failed: ${text.slice(0, 600)}`);
    }
  }
}

/** Waits for one task as govc does: a collector of its own with a filter on the state, and WaitForUpdatesEx. Throws when it failed. */
export async function taskDone({ connection, ids }, task) {
  const collector = result(await connection.call(call('CreatePropertyCollector', 'PropertyCollector', ids.collector)));
  await connection.call(call('CreateFilter', 'PropertyCollector', collector, `<spec><propSet><type>Task</type><pathSet>info.state</pathSet></propSet><objectSet><obj type="Task">${task}</obj></objectSet></spec><partialUpdates>false</partialUpdates>`));
  let version = '';
  for (;;) {
    // A server that forgets an update must not hold the measurement for ever.
    const text = await connection.call(call('WaitForUpdatesEx', 'PropertyCollector', collector, `<version>${version}</version><options><maxWaitSeconds>5</maxWaitSeconds></options>`));
    version = result(text, 'version') ?? version;
    if (text.includes('>error<')) throw new Error(`${task} failed: ${text.slice(0, 600)}`);
    if (text.includes('>success<')) break;
  }
  await connection.call(call('DestroyPropertyCollector', 'PropertyCollector', collector));
}

/** A waiting client: a filter over a view's machines (or one machine) in a collector of its own. */
export async function watcher(client, { view, machine }, properties) {
  const { connection, ids } = client;
  const collector = result(await connection.call(call('CreatePropertyCollector', 'PropertyCollector', ids.collector)));
  const spec = view
    ? overView(view, properties)
    : `<propSet><type>VirtualMachine</type>${paths(properties)}</propSet><objectSet><obj type="VirtualMachine">${machine}</obj></objectSet>`;
  await connection.call(call('CreateFilter', 'PropertyCollector', collector, `<spec>${spec}</spec><partialUpdates>true</partialUpdates>`));
  let version = '';
  /** One WaitForUpdatesEx from the last version; follows truncated answers. Gives how many objects changed. */
  const next = async (seconds = 120) => {
    let count = 0;
    for (;;) {
      const text = await connection.call(call('WaitForUpdatesEx', 'PropertyCollector', collector, `<version>${version}</version><options><maxWaitSeconds>${seconds}</maxWaitSeconds></options>`));
      version = result(text, 'version') ?? version;
      count += text.match(/<objectSet>/g)?.length ?? 0;
      if (!text.includes('<truncated>true</truncated>')) return count;
    }
  };
  await next();
  return { next };
}

/** An id by path: 'DC0/vm'. */
const at = async ({ connection, ids }, path) => result(await connection.call(call('FindByInventoryPath', 'SearchIndex', ids.search, `<inventoryPath>${path}</inventoryPath>`)));

/** Makes a small machine in the cluster; `wait(client, task)` waits for the task. Gives the machine's id. */
export async function createMachine(client, name, wait) {
  client.places ??= { folder: await at(client, 'DC0/vm'), pool: await at(client, 'DC0/host/DC0_C0/Resources') };
  const { folder, pool } = client.places;
  const config = `<config><name>${name}</name><guestId>otherGuest</guestId><files><vmPathName>[LocalDS_0]</vmPathName></files><numCPUs>1</numCPUs><memoryMB>32</memoryMB></config>`;
  const task = result(await client.connection.call(call('CreateVM_Task', 'Folder', folder, `${config}<pool type="ResourcePool">${pool}</pool>`)));
  await wait(client, task);
  const text = await client.connection.call(call('RetrievePropertiesEx', 'PropertyCollector', client.ids.collector, `<specSet><propSet><type>Task</type><pathSet>info.result</pathSet></propSet><objectSet><obj type="Task">${task}</obj></objectSet></specSet><options/>`));
  return /<val[^>]*>([^<]+)</.exec(text)[1];
}

export const destroy = async (client, id) => result(await client.connection.call(call('Destroy_Task', 'VirtualMachine', id)));

/** The uuid of a machine in DC0/vm. */
export async function uuidOf(client, name) {
  const id = await at(client, `DC0/vm/${name}`);
  const text = await client.connection.call(call('RetrievePropertiesEx', 'PropertyCollector', client.ids.collector, `<specSet><propSet><type>VirtualMachine</type><pathSet>config.uuid</pathSet></propSet><objectSet><obj type="VirtualMachine">${id}</obj></objectSet></specSet><options/>`));
  return /<val[^>]*>([^<]+)</.exec(text)[1];
}

/** The bytes of a FindByUuid. */
export const find = ({ connection, ids }, uuid) => connection.prepare(call('FindByUuid', 'SearchIndex', ids.search, `<uuid>${uuid}</uuid><vmSearch>true</vmSearch><instanceUuid>false</instanceUuid>`));
