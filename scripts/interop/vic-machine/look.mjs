// Everything that a server has, as text: objects with the facts that vic-machine could change, files with their sizes,
// extensions, switches of hosts. Two looks that are the same mean that nothing was changed.
import { formatReference, property, readInventory, retrieveBelow, runTask } from '../../../dist/core/client/index.js';

const wanted = (type, ...paths) => ({ type, paths });
const OBJECTS = [
  wanted('Folder', 'name', 'parent', 'childEntity'),
  wanted('Datacenter', 'name', 'parent'),
  wanted('ComputeResource', 'name', 'parent', 'resourcePool', 'host'),
  wanted('HostSystem', 'name', 'parent', 'runtime.connectionState', 'configManager.networkSystem'),
  wanted('ResourcePool', 'name', 'parent', 'resourcePool', 'vm', 'config'),
  wanted('VirtualMachine', 'name', 'parent', 'resourcePool', 'parentVApp', 'runtime.powerState', 'runtime.host', 'config.uuid', 'config.files.vmPathName', 'config.hardware.device', 'config.extraConfig', 'network', 'datastore'),
  wanted('Datastore', 'name', 'parent', 'host'),
  wanted('Network', 'name', 'parent', 'host'),
  wanted('DistributedVirtualSwitch', 'name', 'parent', 'portgroup'),
];

/** References by themselves; lists in the order of their text, as far as the order says nothing. */
const shown = (value) => {
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return `[${value.map(shown).sort().join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value, (_key, plain) => (typeof plain === 'bigint' ? String(plain) : plain));
  if (typeof value.type === 'string' && typeof value.value === 'string') return formatReference(value);
  return `{${Object.keys(value).filter((key) => !STAMPS.has(key)).sort().map((key) => `${key}: ${shown(value[key])}`).join(', ')}}`;
};

/** When something was last touched says nothing of what it is. */
const STAMPS = new Set(['lastModified', 'changeVersion', 'changeTrackingEnabled']);

/** One line for each fact. */
export async function look(session) {
  const inventory = await readInventory(session);
  const rows = await retrieveBelow(session, session.content.rootFolder, OBJECTS);
  const lines = rows.flatMap(({ ref, props }) => {
    const place = `${formatReference(ref)} ${inventory.get(ref)?.path ?? ''}`.trimEnd();
    return [place, ...Object.keys(props).sort().flatMap((name) => (name === 'config.extraConfig' ? props[name].map(({ key, value }) => `${place} ${key} = ${value}`) : [`${place} ${name} ${shown(props[name])}`]))];
  });
  return [...new Set([...lines, ...(await files(session, rows)), ...(await extensions(session)), ...(await switches(session, rows))])].sort();
}

async function files(session, rows) {
  const lines = [];
  const details = { fileType: true, fileSize: true, modification: false, fileOwner: false };
  for (const { ref, props } of rows.filter((row) => row.ref.type === 'Datastore')) {
    const browser = await property(session, ref, 'Datastore', 'browser');
    for (const { folderPath, file = [] } of (await runTask(session, browser, 'SearchDatastoreSubFolders_Task', { datastorePath: `[${props.name}]`, searchSpec: { matchPattern: ['*'], details } })) ?? []) {
      // vcsim writes '[ds]/dir'.
      const folder = folderPath.replace(/^(\[[^\]]+\])\/?\s*/, '$1 ').replace(/\/$/, '').trimEnd();
      lines.push(`${folder}/`);
      for (const { path, fileSize, _type } of file) lines.push(`${folder}${folder.endsWith(']') ? ' ' : '/'}${path}${_type === 'FolderFileInfo' ? '/' : ` ${fileSize}`}`);
    }
  }
  return lines;
}

/** Standard switches and port groups of hosts, by name. */
async function switches(session, rows) {
  const lines = [];
  for (const { ref, props } of rows.filter((row) => row.props['configManager.networkSystem'] !== undefined)) {
    const system = props['configManager.networkSystem'];
    for (const { name, portgroup = [] } of (await property(session, system, 'HostNetworkSystem', 'networkInfo.vswitch')) ?? []) lines.push(`${formatReference(ref)} switch ${name} ${shown(portgroup)}`);
    for (const { spec } of (await property(session, system, 'HostNetworkSystem', 'networkInfo.portgroup')) ?? []) lines.push(`${formatReference(ref)} port group ${spec.name} on ${spec.vswitchName}`);
  }
  return lines;
}

async function extensions(session) {
  const { extensionManager } = session.content;
  const list = extensionManager && (await property(session, extensionManager, 'ExtensionManager', 'extensionList'));
  return (list ?? []).map(({ key }) => `extension ${key}`);
}

/** Lines of which one look has more than the other. */
export function differences(before, after) {
  const count = new Map();
  for (const line of before) count.set(line, (count.get(line) ?? 0) - 1);
  for (const line of after) count.set(line, (count.get(line) ?? 0) + 1);
  return [...count].filter(([, number]) => number !== 0).map(([line, number]) => `${number > 0 ? '+' : '-'} ${line}`).sort();
}
