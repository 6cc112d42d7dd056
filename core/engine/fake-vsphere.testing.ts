// For unit tests: a Connection over a handful of objects in memory, with just the calls that the engine makes. Records every change.
import type { Connection } from '../client/index.ts';
import { fault } from '../vim25/fault.ts';
import type { ManagedObjectReference } from '../vim25/reference.ts';
import { formatReference, parseReference } from '../vim25/reference.ts';
import { isSubtype } from '../vim25/schema.ts';
import type { PropertyFilterSpec, ServiceContent } from '../vim25/types.d.ts';

type Props = Record<string, unknown>;
export const ref = (text: string): ManagedObjectReference => parseReference(text);

/** A small vCenter or ESXi host; objects are 'Type:value' → properties by full path. */
export class FakeVsphere implements Connection {
  readonly objects = new Map<string, Props>();
  /** Directories and files: '[ds] a/b'. */
  readonly files = new Set<string>();
  readonly extensions = new Set<string>();
  /** What was changed, in order: 'Destroy_Task VirtualMachine:vm-1'. */
  readonly changes: string[] = [];
  /** Some servers remove a destroyed VM's directory with all it holds. */
  destroysDirectories = false;
  /** What it makes of a key in a property path: some servers have no such thing, and say so in one way or the other. */
  keys: 'taken' | 'refused' | 'missing' = 'taken';
  /** Number of calls, changes included. */
  calls = 0;
  /** Faults to answer instead: by 'Method Type:value'. */
  readonly failures = new Map<string, Error>();
  readonly address = 'fake:443';
  readonly api = '6.0';
  readonly signal = undefined;
  readonly content: ServiceContent;
  private readonly tasks = new Map<string, unknown>();
  private next = 0;
  private watched: readonly ManagedObjectReference[] = [];

  constructor(apiType: 'VirtualCenter' | 'HostAgent') {
    const about = { name: 'fake', fullName: 'fake', vendor: '', version: '6.0', build: '1', osType: '', productLineId: '', apiType, apiVersion: '6.0' };
    this.content = {
      rootFolder: ref('Folder:root'), propertyCollector: ref('PropertyCollector:pc'), viewManager: ref('ViewManager:vm'), about,
      fileManager: ref('FileManager:fm'), ...(apiType === 'VirtualCenter' ? { extensionManager: ref('ExtensionManager:em') } : {}),
    };
    this.add('Folder:root', { name: 'Datacenters' });
  }

  add(key: string, props: Props): this {
    this.objects.set(key, Object.fromEntries(Object.entries(props).map(([name, value]) => [name, typeof value === 'string' && /^(parent|resourcePool|parentVApp)$/.test(name) ? ref(value) : value])));
    return this;
  }

  /** Adds a path and all directories above it. */
  file(...paths: string[]): this {
    for (const path of paths) {
      const [, ds = '', rest = ''] = /^\[(.*?)\] (.*)$/.exec(path) ?? [];
      rest.split('/').forEach((_, i, all) => this.files.add(`[${ds}] ${all.slice(0, i + 1).join('/')}`));
    }
    return this;
  }

  call = (async (self: ManagedObjectReference, method: string, args: Props): Promise<unknown> => {
    this.calls++;
    const key = `${method} ${formatReference(self)}`;
    const planned = this.failures.get(key);
    if (planned) throw planned;
    return this.answer(self, method, args, key);
  }) as unknown as Connection['call'];

  close = (): Promise<void> => Promise.resolve();

  private answer(self: ManagedObjectReference, method: string, args: Props, key: string): unknown {
    const own = this.objects.get(formatReference(self));
    switch (method) {
      case 'CreateContainerView': return ref('ContainerView:v');
      case 'DestroyView': case 'DestroyPropertyCollector': return undefined;
      case 'CreatePropertyCollector': return ref('PropertyCollector:own');
      case 'RetrievePropertiesEx': return { objects: this.retrieve((args['specSet'] as PropertyFilterSpec[])[0]!) };
      case 'CreateFilter': this.watched = (args['spec'] as PropertyFilterSpec).objectSet.map((entry) => entry.obj); return ref('PropertyFilter:f');
      case 'WaitForUpdatesEx': {
        const objectSet = this.watched.map((obj) => ({ kind: 'enter', obj, changeSet: [{ name: 'info', op: 'assign', val: this.tasks.get(obj.value) }] }));
        return { version: '1', filterSet: [{ filter: ref('PropertyFilter:f'), objectSet }] };
      }
      case 'SearchDatastore_Task': return this.search(String(args['datastorePath']));
      case 'PowerOffVM_Task': own!['runtime.powerState'] = 'poweredOff'; break;
      case 'ReconfigVM_Task': {
        const { deviceChange, extraConfig = [] } = (args as { spec: { deviceChange?: { device: { key: number } }[]; extraConfig?: { key: string }[] } }).spec;
        if (!deviceChange) {
          own!['config.extraConfig'] = [...(own!['config.extraConfig'] as { key: string }[]).filter((old) => !extraConfig.some((option) => option.key === old.key)), ...extraConfig];
          key += ' notes';
          break;
        }
        const removed = deviceChange.map((change) => change.device.key);
        own!['config.hardware.device'] = (own!['config.hardware.device'] as { key: number }[]).filter((device) => !removed.includes(device.key));
        key += ` removes ${removed.join(',')}`;
        break;
      }
      case 'UnregisterVM': case 'Destroy_Task':
        if (!own) throw fault('ManagedObjectNotFound', { obj: self }, 'gone');
        this.objects.delete(formatReference(self));
        if (method === 'Destroy_Task' && this.destroysDirectories) this.removeFiles(String(own['config.files.vmPathName']).replace(/\/[^/]*$/, ''));
        break;
      case 'DeleteDatastoreFile_Task':
        key = `${method} ${args['name'] as string}`;
        this.removeFiles(args['name'] as string);
        break;
      case 'UnregisterExtension':
        key = `${method} ${args['extensionKey'] as string}`;
        if (!this.extensions.delete(args['extensionKey'] as string)) throw fault('NotFound', {}, 'not found');
        break;
      case 'RemovePortGroup': key = `${method} ${args['pgName'] as string}`; break;
      case 'RemoveVirtualSwitch': key = `${method} ${args['vswitchName'] as string}`; break;
      default: throw new Error(`the fake does not know ${method}`);
    }
    this.changes.push(key);
    return method.endsWith('_Task') ? this.task({ state: 'success' }) : undefined;
  }

  private removeFiles(path: string): void {
    for (const file of [...this.files]) if (file === path || file.startsWith(`${path}/`)) this.files.delete(file);
  }

  private task(info: object): ManagedObjectReference {
    const value = `task-${++this.next}`;
    this.tasks.set(value, { key: value, ...info });
    return { type: 'Task', value };
  }

  private search(path: string): ManagedObjectReference {
    const root = /^\[[^\]]*\]$/.test(path);
    if (!root && !this.files.has(path)) {
      return this.task({ state: 'error', error: { fault: { _type: 'FileNotFound', file: path }, localizedMessage: 'not found' } });
    }
    const prefix = root ? `${path} ` : `${path}/`;
    const names = [...this.files].filter((file) => file.startsWith(prefix) && !file.slice(prefix.length).includes('/')).map((file) => file.slice(prefix.length));
    return this.task({ state: 'success', result: { folderPath: path, file: names.map((name) => ({ _type: 'FolderFileInfo', path: name })) } });
  }

  private retrieve(spec: PropertyFilterSpec): object[] {
    const all = spec.objectSet.some((entry) => entry.obj.type === 'ContainerView');
    const keys = all ? [...this.objects.keys()] : spec.objectSet.map((entry) => formatReference(entry.obj));
    return keys.flatMap((key) => {
      const obj = ref(key);
      const wanted = spec.propSet.find((entry) => isSubtype(obj.type, entry.type));
      const props = this.objects.get(key);
      // The empty answer to emptiness is computed, everything else is stored.
      if (!wanted) return [];
      if (!props) throw fault('ManagedObjectNotFound', { obj }, `${key} is gone`);
      const computed: Props = { ...props, vm: this.pointing('resourcePool', key), resourcePool: isSubtype(obj.type, 'ResourcePool') ? this.pointing('parent', key, 'ResourcePool') : props['resourcePool'] };
      const valueAt = (path: string): unknown => computed[path] ?? this.optionAt(computed, path);
      const paths = wanted.pathSet ?? [];
      const missing = this.keys === 'missing' ? paths.filter((path) => path.includes('[')) : [];
      return [{
        obj, propSet: paths.filter((path) => valueAt(path) !== undefined).map((name) => ({ name, val: valueAt(name) })),
        missingSet: missing.map((path) => ({ path, fault: { fault: { _type: 'InvalidProperty', name: path }, localizedMessage: '' } })),
      }];
    });
  }

  /** 'config.extraConfig["key"]' */
  private optionAt(props: Props, path: string): unknown {
    const [, key] = /^config\.extraConfig\["(.+)"\]$/.exec(path) ?? [];
    if (key === undefined || this.keys === 'missing') return undefined;
    if (this.keys === 'refused') throw fault('InvalidProperty', { name: path }, `${path} is no property`);
    return (props['config.extraConfig'] as readonly { readonly key: string }[] | undefined)?.find((option) => option.key === key);
  }

  private pointing(property: string, key: string, type = 'VirtualMachine'): ManagedObjectReference[] {
    return [...this.objects].filter(([other, props]) => isSubtype(ref(other).type, type) && props[property] !== undefined && formatReference(props[property] as ManagedObjectReference) === key).map(([other]) => ref(other));
  }
}

const option = ([key, value]: readonly [string, string]): object => ({ key, value });
export const options = (config: Readonly<Record<string, string>>): object[] => Object.entries(config).map(option);

/** Adds a VCH in a pool of its own below `parent`; returns the fake. */
export function addVch(fake: FakeVsphere, parent: string, name: string, number: number, more: { readonly config?: Record<string, string>; readonly vm?: Props } = {}): FakeVsphere {
  const pool = `ResourcePool:resgroup-${number}`;
  const config = {
    'guestinfo./init/common/id': `VirtualMachine:vm-${number}`, 'guestinfo./init/common/name': name, 'guestinfo./init/networks': 'client',
    'guestinfo..init.networks|client.ip.IP': 'ChFtFw==', 'guestinfo./HostCertificate/Cert': 'aGM=', 'guestinfo./HostCertificate/Key': 'aGs=',
    'guestinfo./image_stores': '0', 'guestinfo./image_stores|0/Host': 'ds1', 'guestinfo./image_stores|0/Path': 'images',
    'guestinfo./ComputeResources': '0', 'guestinfo./ComputeResources|0/Type': 'ResourcePool', 'guestinfo./ComputeResources|0/Value': `resgroup-${number}`,
    ...more.config,
  };
  fake.add(pool, { name, parent });
  return fake.add(`VirtualMachine:vm-${number}`, {
    name, parent: 'Folder:vm', resourcePool: pool, 'runtime.powerState': 'poweredOn', 'config.uuid': `uuid-${number}`,
    'config.files.vmPathName': `[ds1] ${name}/${name}.vmx`, 'config.extraConfig': options(config),
    'config.hardware.device': [{ _type: 'VirtualVmxnet3', key: 4000 }], ...more.vm,
  });
}

/** A container VM in the pool of VCH `number`. */
export function addContainer(fake: FakeVsphere, number: number, name: string, more: Props = {}): FakeVsphere {
  return fake.add(`VirtualMachine:${name}`, {
    name, parent: 'Folder:vm', resourcePool: `ResourcePool:resgroup-${number}`, 'runtime.powerState': 'poweredOff',
    'config.files.vmPathName': `[ds1] ${name}/${name}.vmx`, 'config.extraConfig': options({ 'guestinfo./common/id': name }),
    'config.hardware.device': [{ _type: 'VirtualDisk', key: 2000, backing: { _type: 'VirtualDiskFlatVer2BackingInfo', fileName: `[ds1] ${name}/${name}.vmdk` } }], ...more,
  });
}

/** One datacenter with one cluster 'C0' (or an ESXi host 'esx1') and one datastore 'ds1'. */
export function smallWorld(apiType: 'VirtualCenter' | 'HostAgent' = 'VirtualCenter'): FakeVsphere {
  const resource = apiType === 'VirtualCenter' ? 'ClusterComputeResource:C0' : 'ComputeResource:C0';
  return new FakeVsphere(apiType)
    .add('Datacenter:dc', { name: 'DC0', parent: 'Folder:root' })
    .add('Folder:host', { name: 'host', parent: 'Datacenter:dc' })
    .add('Folder:vm', { name: 'vm', parent: 'Datacenter:dc' })
    .add('Folder:datastore', { name: 'datastore', parent: 'Datacenter:dc' })
    .add('Datastore:ds1', { name: 'ds1', parent: 'Folder:datastore', browser: ref('HostDatastoreBrowser:b1') })
    .add(resource, { name: apiType === 'VirtualCenter' ? 'C0' : 'esx1', parent: 'Folder:host' })
    .add('HostSystem:h1', { name: 'h1', parent: resource, 'configManager.networkSystem': ref('HostNetworkSystem:n1') })
    .add('HostNetworkSystem:n1', {})
    .add('ResourcePool:root', { name: 'Resources', parent: resource });
}
