// Makes a VCH with nothing but calls of the API, on any server: pool, appliance with the configuration that vic-machine
// 0.5 wrote (fixtures/wire, ids filled in), images, volumes, container VMs, extension. It also plays the guest, who on
// most simulators is not there.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { findOne, formatReference, openDatastore, property, readInventory, runTask } from '../../../dist/core/client/index.js';

const captured = (name) => JSON.parse(readFileSync(new URL(`../../../fixtures/wire/${name}.json`, import.meta.url), 'utf8'));
const CONFIGURATION = { vCenter: captured('vch-extraconfig-vcenter'), esxi: captured('vch-extraconfig-esxi'), container: captured('container-extraconfig') };

const option = ([key, value]) => ({ _type: 'OptionValue', key, value: value === '' ? '<nil>' : value });
const add = (device, fileOperation) => ({ operation: 'add', device, ...(fileOperation === undefined ? {} : { fileOperation }) });
const SHARES = { level: 'normal', shares: 0 };
const ALLOCATION = { reservation: 1, limit: -1, expandableReservation: true, shares: SHARES };
export const RESOURCES = { cpuAllocation: ALLOCATION, memoryAllocation: ALLOCATION };

/** An IPv4 address as the appliance writes it. */
export const written = (address) => Buffer.from([...Array(10).fill(0), 255, 255, ...address.split('.').map(Number)]).toString('base64');

/** What a guest writes that has an address and whose components run. */
export const guestKeys = (address) => Object.fromEntries([
  ...['client', 'external', 'management'].flatMap((role) => [[`guestinfo..init.networks|${role}.ip.IP`, written(address)], [`guestinfo..init.networks|${role}.ip.Mask`, '///8AA==']]),
  ...['vicadmin', 'docker-personality', 'port-layer'].map((name) => [`guestinfo..init.sessions|${name}.started`, 'true']),
]);

/** Sets keys of a VM's extraConfig. */
export const writeKeys = (session, vm, keys) => runTask(session, vm, 'ReconfigVM_Task', { spec: { extraConfig: Object.entries(keys).map(option) } });

/** The same name, the same id. */
export const containerId = (name) => createHash('sha256').update(name).digest('hex');

/**
 * `pool`: inventory path of the pool it goes into. `kind`: 'vApp' or 'resource pool'. `address`: '' leaves it without one.
 * `imageStore`: directory. `volumeStores`: {label: directory}. `containers`: [{name, running, volume: 'label/volume'}].
 * `bridge`: name of a port group, or undefined to make a switch and a port group named like the VCH, as create does on ESXi.
 */
export async function addVch(session, options) {
  const { name = 'vch1', pool: place, datastore, vCenter, kind = vCenter ? 'vApp' : 'resource pool', tls = false, running = true, address = '10.17.109.23' } = options;
  const { imageStore = `${name}/images`, volumeStores = {}, containers = [], bridge } = options;
  const parent = findOne(await readInventory(session), place);
  const pool = kind === 'vApp'
    ? await session.call(parent.ref, 'CreateVApp', { name, resSpec: RESOURCES, configSpec: { annotation: 'vSphere Integrated Containers' }, ...(parent.ref.type === 'VirtualApp' ? {} : { vmFolder: await folderOf(session, place) }) })
    : await session.call(parent.ref, 'CreateResourcePool', { name, spec: RESOURCES });
  if (bridge === undefined) await makeBridge(session, name);
  const inventory = await readInventory(session);
  const networks = { client: findOne(inventory, 'VM Network', { type: 'Network', datacenter: place.split('/')[1] }).ref, bridge: findOne(inventory, bridge ?? name, { type: 'Network', datacenter: place.split('/')[1] }).ref };
  const at = { session, pool, datastore, folder: await folderOf(session, place), files: await openDatastore(session, inventory, datastore, { datacenter: place.split('/')[1] }) };

  const vm = await makeMachine(at, { name, directory: '', devices: await cardsOf(session, networks) });
  const [uuid, vmx] = [await property(session, vm, 'VirtualMachine', 'config.uuid'), await property(session, vm, 'VirtualMachine', 'config.files.vmPathName')];
  const directory = /^\[[^\]]+\] (.*)\/[^/]+$/.exec(vmx)[1];
  const extension = `com.vmware.vic.${uuid}`;
  const facts = { name, vm, uuid, directory, pool, datastore, imageStore, volumeStores, networks, tls, extension, place, server: session.address, created: bridge === undefined };
  await writeKeys(session, vm, applianceKeys(facts, vCenter));
  for (const iso of ['appliance.iso', 'bootstrap.iso']) await at.files.upload(`${directory}/${iso}`, Buffer.from(iso));
  await addImages(at, imageStore, uuid);
  for (const store of Object.values(volumeStores)) await at.files.mkdir(store);
  if (session.content.extensionManager && vCenter) {
    await session.call(session.content.extensionManager, 'RegisterExtension', { extension: { key: extension, company: 'VMware, Inc.', version: '0.0', lastHeartbeatTime: new Date(0), description: { label: 'VIC', summary: 'Virtual Container Host' } } });
  }
  const members = [];
  for (const { volume, ...container } of containers) members.push(await addContainer(at, { ...container, volume: volume && (await addVolume(at, volumeStores, volume)) }));
  if (running) {
    await runTask(session, vm, 'PowerOnVM_Task', {});
    if (address !== '') await writeKeys(session, vm, guestKeys(address));
  }
  return { ...facts, id: vm.value, address, containers: members };
}

/** A machine that is nobody's container, in the pool at that path. */
export async function addMachine(session, { name, pool: place, datastore, network }) {
  const inventory = await readInventory(session);
  const datacenter = place.split('/')[1];
  const networks = network === undefined ? {} : { only: findOne(inventory, network, { type: 'Network', datacenter }).ref };
  const at = { session, pool: findOne(inventory, place).ref, datastore, folder: await folderOf(session, place) };
  return { vm: await makeMachine(at, { name, directory: '', devices: await cardsOf(session, networks) }) };
}

export const folderOf = async (session, place) => findOne(await readInventory(session), `/${place.split('/')[1]}/vm`, { type: 'Folder' }).ref;

/** A machine below the pool; `directory` '' leaves the choice to the server. */
export function makeMachine({ session, pool, datastore, folder }, { name, directory, devices, keys = {} }) {
  const config = {
    name, guestId: 'other3xLinux64Guest', numCPUs: 1, memoryMB: 1024, files: { vmPathName: directory === '' ? `[${datastore}]` : `[${datastore}] ${directory}/${directory}.vmx` },
    deviceChange: [add({ _type: 'VirtualIDEController', key: -201, busNumber: 0 }), add({ _type: 'ParaVirtualSCSIController', key: -202, busNumber: 0, sharedBus: 'noSharing' }), ...devices],
    extraConfig: Object.entries(keys).map(option),
  };
  return pool.type === 'VirtualApp' ? runTask(session, pool, 'CreateChildVM_Task', { config }) : runTask(session, folder, 'CreateVM_Task', { config, pool });
}

/** One adapter for each network. */
const cardsOf = (session, networks) => Promise.all(Object.values(networks).map(async (network, i) => add({ _type: 'VirtualVmxnet3', key: -1 - i, addressType: 'generated', backing: await backingOf(session, network) })));

async function backingOf(session, network) {
  if (network.type !== 'DistributedVirtualPortgroup') return { _type: 'VirtualEthernetCardNetworkBackingInfo', deviceName: await property(session, network, 'Network', 'name'), network };
  const owner = await property(session, network, 'DistributedVirtualPortgroup', 'config.distributedVirtualSwitch');
  const port = { portgroupKey: await property(session, network, 'DistributedVirtualPortgroup', 'key'), switchUuid: await property(session, owner, 'DistributedVirtualSwitch', 'uuid') };
  return { _type: 'VirtualEthernetCardDistributedVirtualPortBackingInfo', port };
}

/** The captured configuration with the names and ids of this VCH. */
function applianceKeys({ name, vm, directory, pool, datastore, imageStore, volumeStores, networks, tls, extension, server, created }, vCenter) {
  const keys = { ...CONFIGURATION[vCenter ? 'vCenter' : 'esxi'] };
  // What a guest writes, and what this one has not, comes later or not at all.
  for (const key of Object.keys(keys)) if (/^guestinfo\.\.init\.(networks|sessions)|VolumeLocations|HostCertificate/.test(key)) delete keys[key];
  const stores = Object.entries(volumeStores);
  for (const [key, value] of Object.entries(keys)) {
    if (/\/Common\/id$/.test(key) && value.includes(':')) keys[key] = formatReference(/\|bridge\//.test(key) ? networks.bridge : networks.client);
  }
  return {
    ...keys,
    'guestinfo./init/common/id': formatReference(vm), 'guestinfo./init/common/name': name,
    'guestinfo./ComputeResources|0/Type': pool.type, 'guestinfo./ComputeResources|0/Value': pool.value,
    'guestinfo./target/Host': server, 'guestinfo./extension_name': extension, 'guestinfo./create_bridge_network': String(created),
    'guestinfo./image_stores|0/Host': datastore, 'guestinfo./image_stores|0/Path': imageStore,
    'guestinfo./bootstrap_image_path': `[${datastore}] ${directory}/bootstrap.iso`,
    ...(tls ? { 'guestinfo./HostCertificate/Key': Buffer.from('key').toString('base64'), 'guestinfo./HostCertificate/Cert': Buffer.from('certificate').toString('base64') } : {}),
    ...(stores.length === 0 ? {} : { 'guestinfo./VolumeLocations': stores.map(([label]) => label).join('|') }),
    ...Object.fromEntries(stores.flatMap(([label, path]) => Object.entries({ Scheme: 'ds', Host: datastore, Path: `[${datastore}] ${path}` }).map(([field, value]) => [`guestinfo./VolumeLocations|${label}/${field}`, value]))),
    // vicsim would boot it, and take the guest's part.
    'vicsim.boot.dhcp': 'none',
  };
}

async function addImages({ files }, store, uuid) {
  const directory = `${store}/VIC/${uuid}/images/scratch`;
  await files.mkdir(directory);
  await files.upload(`${directory}/scratch.vmdk`, Buffer.from('image'));
}

/** 'default/data' → the path of a new disk of that volume in the store of that label. */
async function addVolume({ session, files }, stores, volume) {
  const [label, name] = volume.split('/');
  const directory = `${stores[label]}/VIC/volumes/${name}`;
  await files.mkdir(directory);
  await files.upload(`${directory}/metadata.json`, Buffer.from('{}'));
  const path = files.format(`${directory}/${name}.vmdk`);
  const spec = { _type: 'FileBackedVirtualDiskSpec', adapterType: 'lsiLogic', diskType: 'thin', capacityKb: 1024 };
  const datacenter = session.content.about.apiType === 'VirtualCenter' ? { datacenter: (await findDatacenter(session, files)) } : {};
  await runTask(session, session.content.virtualDiskManager, 'CreateVirtualDisk_Task', { name: path, spec, ...datacenter });
  return path;
}

async function findDatacenter(session, { node }) {
  for (let at = node; at; at = at.parent) if (at.ref.type === 'Datacenter') return at.ref;
  throw new Error(`datastore ${node.name} is in no datacenter`);
}

async function addContainer(at, { name, running = false, volume }) {
  const { session, datastore } = at;
  const id = containerId(name);
  const keys = Object.fromEntries(Object.entries(CONFIGURATION.container).map(([key, value]) => [key.replaceAll('c0ffee', id), String(value).replaceAll('c0ffee', id)]));
  const disk = (unitNumber, fileName) => ({ _type: 'VirtualDisk', key: -10 - unitNumber, controllerKey: -202, unitNumber, capacityInKB: 1024, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName, diskMode: 'persistent', thinProvisioned: true } });
  const vm = await makeMachine(at, {
    name: `${name}-${id}`, directory: id, keys: { ...keys, 'guestinfo./common/name': name },
    devices: [add(disk(0, `[${datastore}] ${id}/${id}.vmdk`), 'create'), ...(volume === undefined ? [] : [add(disk(1, volume))])],
  });
  if (running) await runTask(session, vm, 'PowerOnVM_Task', {});
  return { vm, id, name: `${name}-${id}`, volume };
}

/** A switch without uplinks and a port group of the same name, as create makes them on an ESXi host. */
async function makeBridge(session, name) {
  const host = (await readInventory(session)).all('HostSystem')[0];
  const system = await property(session, host.ref, 'HostSystem', 'configManager.networkSystem');
  await session.call(system, 'AddVirtualSwitch', { vswitchName: name, spec: { numPorts: 1024 } });
  await session.call(system, 'AddPortGroup', { portgrp: { name, vlanId: 1, vswitchName: name, policy: {} } });
}
