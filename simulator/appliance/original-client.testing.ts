// For tests: plays the calls that the original vic-machine 0.5 made (fixtures/wire/original) against a simulator, in
// that client's spelling, and holds every answer against what the original needed of it.
import assert from 'node:assert/strict';
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { childOf, parseXml, type XmlElement } from '../../core/vim25/codec/xml.ts';
import type { Simulator } from '../index.ts';

/** Property → wire type, and the value where it matters. */
type Needs = Readonly<Record<string, readonly [type: string, value?: string]>>;

/** Objects have the names of the captured world; which ones they are here is learned from the answers. */
export type Step =
  | { readonly ask: string; readonly of: readonly string[]; readonly type?: string; readonly paths?: readonly string[]; readonly gives: Readonly<Record<string, Needs>> }
  | { readonly call: string; readonly self: string; readonly args: string; readonly gives?: string }
  | { readonly wait: string; readonly ends: string; readonly gives?: string }
  | { readonly until: string; readonly of: string }
  | { readonly put: string; readonly bytes: number };

const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
const TYPED = `xmlns:XMLSchema-instance="${XSI}" XMLSchema-instance:type`;
const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const childrenOf = (element: XmlElement, name: string): XmlElement[] => element.children.filter((child) => child.name === name);
const textOf = (element: XmlElement, name: string): string | undefined => childOf(element, name)?.text;

const propSet = (type: string, paths: readonly string[]): string =>
  `<propSet><type>${type}</type>${paths.map((path) => `<pathSet>${path}</pathSet>`).join('')}</propSet>`;
const traversal = (type: string, path: string): string => `<selectSet ${TYPED}="TraversalSpec"><type>${type}</type><path>${path}</path><skip>false</skip></selectSet>`;
const name = ['name'];

/** How it asks for the children of something. */
const LISTS: Readonly<Record<string, { readonly sets: string; readonly selects: string }>> = {
  ListFolder: {
    sets: [
      propSet('Folder', name), propSet('Datacenter', name), propSet('VirtualApp', name), propSet('VirtualMachine', name), propSet('Network', name),
      propSet('ComputeResource', ['name', 'resourcePool']), propSet('ClusterComputeResource', ['name', 'resourcePool']), propSet('Datastore', name),
      propSet('DistributedVirtualSwitch', name),
    ].join(''),
    selects: traversal('Folder', 'childEntity'),
  },
  ListDatacenter: {
    sets: propSet('Folder', name),
    selects: ['vmFolder', 'hostFolder', 'datastoreFolder', 'networkFolder'].map((path) => traversal('Datacenter', path)).join(''),
  },
  ListComputeResource: {
    sets: propSet('HostSystem', name) + propSet('ResourcePool', name),
    selects: traversal('ComputeResource', 'host') + traversal('ComputeResource', 'resourcePool'),
  },
  ListResourcePool: { sets: propSet('ResourcePool', name), selects: traversal('ResourcePool', 'resourcePool') },
  ListVirtualApp: {
    sets: propSet('ResourcePool', name) + propSet('VirtualMachine', name),
    selects: traversal('VirtualApp', 'resourcePool') + traversal('VirtualApp', 'vm'),
  },
};
const PARENTS = `<selectSet ${TYPED}="TraversalSpec"><name>traverseParent</name><type>ManagedEntity</type><path>parent</path><skip>false</skip>` +
  '<selectSet XMLSchema-instance:type="SelectionSpec"><name>traverseParent</name></selectSet></selectSet>';

interface Found {
  readonly ref: ManagedObjectReference;
  readonly props: ReadonlyMap<string, XmlElement>;
}

export interface Original {
  /** Makes the call of a step and checks its answer. Throws an AssertionError that names what is wrong. */
  play(step: Step): Promise<void>;
  /** Says which object one of the captured world is here. */
  bind(captured: string, ref: ManagedObjectReference): void;
  bound(captured: string): ManagedObjectReference;
}

export interface OriginalOptions {
  /** extraConfig that create gives the appliance, in names of the captured world. */
  readonly extraConfig?: Readonly<Record<string, string>>;
  readonly certificate?: string;
}

/** A client of its own, not yet logged in. */
export function original(simulator: Simulator, options: OriginalOptions = {}): Original {
  const bindings = new Map<string, ManagedObjectReference>();
  const tickets = new Map<string, { url: string; id: string }>();
  const facts: Record<string, string> = { certificate: escape(options.certificate ?? '') };
  let adapters: readonly XmlElement[] = [];
  let cookie = '';
  let lastSearch = '';

  const bound = (captured: string): ManagedObjectReference => {
    const found = bindings.get(captured);
    assert.ok(found, `${captured} has not been seen`);
    return found;
  };
  const bind = (captured: string, ref: ManagedObjectReference, strict = true): void => {
    const before = bindings.get(captured);
    if (before && strict) assert.deepEqual(ref, before, `${captured} is two things`);
    if (!before) bindings.set(captured, ref);
  };
  const pointer = (tag: string, captured: string): string => {
    const { type, value } = bound(captured);
    return `<${tag} type="${type}">${escape(value)}</${tag}>`;
  };

  /** Names of the captured world inside a text become those of this one. */
  const local = (text: string): string => {
    const byId = new Map([...bindings].map(([captured, ref]) => [captured.slice(captured.indexOf(':') + 1), ref.value]));
    return text
      .replaceAll(/>([^<]+)</g, (whole, id: string) => (byId.has(id) ? `>${escape(byId.get(id)!)}<` : whole))
      .replaceAll(/>(\w+):([^<]+)</g, (whole, type: string, id: string) => (byId.has(id) && bindings.has(`${type}:${id}`) ? `>${type}:${escape(byId.get(id)!)}<` : whole));
  };
  // Before there is a machine its id is empty.
  const unborn = (value: string): string => (value.startsWith('VirtualMachine:') && !bindings.has(value) ? '<nil>' : value);
  const extraConfig = (): string => local(Object.entries(options.extraConfig ?? {}).map(([key, value]) =>
    `<extraConfig ${TYPED}="OptionValue"><key>${escape(key)}</key><value XMLSchema-instance:type="xsd:string">${escape(unborn(value))}</value></extraConfig>`).join(''));
  const removeAdapters = (): string => adapters.map((device) =>
    `<deviceChange ${TYPED}="VirtualDeviceConfigSpec"><operation>remove</operation><device XMLSchema-instance:type="${device.xsiType!}"><key>${textOf(device, 'key')!}</key>` +
    `<controllerKey>${textOf(device, 'controllerKey')!}</controllerKey><unitNumber>${textOf(device, 'unitNumber')!}</unitNumber></device></deviceChange>`).join('');
  const fill = (text: string): string => local(text).replaceAll(/\{\{(\w+)\}\}/g, (_whole, what: string) => {
    if (what === 'extraConfig') return extraConfig();
    if (what === 'removeAdapters') return removeAdapters();
    assert.ok(facts[what] !== undefined, `${what} has not been seen`);
    return facts[what];
  });

  async function send(method: string, self: string, args: string): Promise<XmlElement> {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><${method} xmlns="urn:vim25">${self}${args}</${method}></Body></Envelope>`;
    const headers = { 'content-type': 'text/xml; charset="utf-8"', soapaction: 'urn:vim25/6.0', 'user-agent': 'Go-http-client/1.1', ...(cookie === '' ? {} : { cookie }) };
    const reply = await simulator.handleSoap(body, headers, { ipAddress: '127.0.0.1', tls: true });
    const set = Object.entries(reply.headers).find(([key]) => key.toLowerCase() === 'set-cookie')?.[1];
    if (set !== undefined) cookie = set.split(';')[0]!;
    const answer = childOf(parseXml(reply.body), 'Body')!.children[0]!;
    assert.equal(answer.name, `${method}Response`, `${method}: ${textOf(answer, 'faultstring') ?? reply.body.slice(0, 500)}`);
    return answer;
  }

  function readObjects(objects: readonly XmlElement[]): Found[] {
    return objects.map((object) => {
      assert.deepEqual(childrenOf(object, 'missingSet').map((missing) => textOf(missing, 'path')), [], 'missingSet');
      const obj = childOf(object, 'obj')!;
      const props = new Map(childrenOf(object, 'propSet').map((set) => [textOf(set, 'name')!, childOf(set, 'val')!]));
      return { ref: { type: obj.refType!, value: obj.text }, props };
    });
  }

  async function ask(step: Extract<Step, { ask: string }>): Promise<void> {
    const list = LISTS[step.ask];
    const sets = list ? list.sets : step.ask === 'Ancestors' ? propSet('ManagedEntity', ['name', 'parent']) : propSet(step.type!, step.paths!);
    const objects = step.of.map((captured) =>
      `<objectSet>${pointer('obj', captured)}<skip>${list !== undefined}</skip>${list?.selects ?? (step.ask === 'Ancestors' ? PARENTS : '')}</objectSet>`).join('');
    const answer = await send('RetrieveProperties', pointer('_this', 'PropertyCollector'), `<specSet>${sets}${objects}</specSet>`);
    const found = readObjects(childrenOf(answer, 'returnval'));
    const machine = step.of[0]!.startsWith('VirtualMachine:') && step.ask === 'Ancestors' ? found.find(({ ref }) => ref.type === 'VirtualMachine') : undefined;
    for (const [captured, needs] of Object.entries(step.gives)) {
      // A machine in a vApp has no folder above it: the original takes that as the end of the way up.
      if (machine && !machine.props.has('parent')) {
        if (captured === step.of[0]) check(captured, { name: needs['name']! }, found);
      } else check(captured, needs, found);
    }
  }

  function check(captured: string, needs: Needs, found: readonly Found[]): void {
    const type = captured.slice(0, captured.indexOf(':'));
    const known = bindings.get(captured)?.value;
    const object = found.find(({ ref, props }) => ref.type === type && (known === undefined ? props.get('name')?.text === needs['name']?.[1] : ref.value === known));
    assert.ok(object, `no ${captured} ("${needs['name']?.[1] ?? ''}") among ${found.map(({ ref, props }) => `${ref.type}:${ref.value} ("${props.get('name')?.text ?? ''}")`).join(', ')}`);
    bind(captured, object.ref);
    for (const [path, [wireType, value]] of Object.entries(needs)) {
      const val = object.props.get(path);
      assert.ok(val, `${captured} has no ${path}`);
      assert.equal(val.xsiType, wireType, `type of ${path} of ${captured}`);
      // Where a machine runs is nobody's business but the scheduler's.
      if (wireType === 'ManagedObjectReference') bind(value!, { type: val.refType!, value: val.text }, path !== 'runtime.host');
      else if (value !== undefined && path !== 'key') assert.equal(val.text, value, `${path} of ${captured}`);
      note(path, val);
    }
  }

  /** What the original keeps of an answer for calls to come, and what it insists on. */
  function note(path: string, val: XmlElement): void {
    if (path === 'config.uuid') facts['uuid'] = val.text;
    if (path === 'uuid') facts['switchUuid'] = val.text;
    if (path === 'config.hardware.device') {
      adapters = val.children.filter((device) => childOf(device, 'macAddress'));
      assert.ok(val.children.some((device) => device.xsiType === 'VirtualIDEController'), 'an IDE controller');
    }
    if (path === 'firewallInfo') {
      const open = childrenOf(val, 'ruleset').some((ruleset) => textOf(ruleset, 'enabled') === 'true' && childrenOf(ruleset, 'rule').some((rule) =>
        textOf(rule, 'direction') === 'outbound' && textOf(rule, 'portType') === 'dst' && textOf(rule, 'protocol') === 'tcp' &&
        Number(textOf(rule, 'port')) <= 8080 && Number(textOf(rule, 'endPort') ?? textOf(rule, 'port')) >= 8080));
      assert.ok(open, 'a rule set that lets TCP 8080 out');
    }
    if (path === 'host' && val.xsiType === 'ArrayOfDatastoreHostMount') {
      assert.ok(val.children.length > 0);
      for (const mount of val.children) {
        const info = childOf(mount, 'mountInfo')!;
        assert.deepEqual([textOf(info, 'mounted'), textOf(info, 'accessible'), textOf(info, 'accessMode')], ['true', 'true', 'readWrite'], 'mountInfo');
      }
    }
    if (path === 'configurationEx') assert.equal(textOf(childOf(val, 'drsConfig')!, 'enabled'), 'true', 'DRS');
    if (path === 'licenses') assert.ok(features(val.children).some((key) => key.startsWith('serialuri')), 'a licence for serial ports');
    if (path === 'config') assert.match(textOf(childOf(val, 'files')!, 'vmPathName')!, /^\[.+\] .+\/.+\.vmx$/);
  }

  const features = (licences: readonly XmlElement[]): string[] =>
    licences.flatMap((licence) => childrenOf(licence, 'properties').filter((property) => textOf(property, 'key') === 'feature').map((property) => {
      const value = childOf(property, 'value')!;
      assert.equal(value.xsiType, 'KeyValue');
      return textOf(value, 'key')!;
    }));

  /** What the original reads of the answers to calls. */
  function readAnswer(method: string, args: string, answer: XmlElement): void {
    const returned = childOf(answer, 'returnval');
    if (method === 'RetrieveServiceContent') {
      for (const child of returned!.children) if (child.refType !== undefined) bindings.set(child.refType, { type: child.refType, value: child.text });
      assert.equal(textOf(childOf(returned!, 'about')!, 'apiType'), simulator.sim.product === 'vcenter' ? 'VirtualCenter' : 'HostAgent');
      bindings.set('root', { type: 'Folder', value: textOf(returned!, 'rootFolder')! });
    } else if (method === 'QueryAssignedLicenses') {
      const found = features(childrenOf(answer, 'returnval').flatMap((one) => childrenOf(one, 'assignedLicense')));
      assert.ok(found.some((key) => key.startsWith('serialuri')) && found.some((key) => key.startsWith('dvs')), `features ${found.join()}`);
    } else if (method === 'ExecuteSoap') {
      const response = parseXml(textOf(returned!, 'response')!);
      if (args.includes('FetchCLIInfo')) assert.ok(childrenOf(response, 'method').some((one) => textOf(one, 'name') === 'get'));
      else for (const fact of ['Loaded', 'Enabled', 'DefaultAction']) assert.notEqual(textOf(response, fact), undefined, fact);
    } else if (method === 'BrowseDiagnosticLog') assert.match(textOf(returned!, 'lineEnd')!, /^\d+$/);
    else if (method === 'AcquireGenericServiceTicket') {
      const url = new URL(childOf(childOf(parseXml(`<a>${args}</a>`), 'spec')!, 'url')!.text);
      tickets.set(url.pathname + url.search, { url: url.host, id: textOf(returned!, 'id')! });
    } else if (method === 'SearchDatastore_Task') lastSearch = /<datastorePath>([^<]*)</.exec(args)![1]!;
  }

  async function call(step: Extract<Step, { call: string }>): Promise<void> {
    const type = step.self.slice(0, step.self.indexOf(':'));
    const self = bindings.has(step.self) ? step.self : bindings.has(type) ? type : step.self;
    const pointerToSelf = step.call === 'RetrieveServiceContent' ? '<_this type="ServiceInstance">ServiceInstance</_this>' : pointer('_this', self);
    const args = fill(step.args);
    const answer = await send(step.call, pointerToSelf, args);
    readAnswer(step.call, args, answer);
    if (step.gives === undefined) return;
    const returned = childOf(answer, 'returnval');
    assert.ok(returned?.refType, `${step.call} returns ${step.gives}`);
    bindings.set(step.gives, { type: returned.refType, value: returned.text });
    assert.equal(returned.refType, step.gives.slice(0, step.gives.indexOf(':')), `what ${step.call} returns`);
  }

  /** Waits as it does: a collector of its own, no options, the same version again after an answer that says nothing. */
  async function watch<T>(captured: string, path: string, wireType: string, read: (val: XmlElement) => T | undefined): Promise<T> {
    const made = childOf(await send('CreatePropertyCollector', pointer('_this', 'PropertyCollector'), ''), 'returnval')!;
    const self = `<_this type="PropertyCollector">${escape(made.text)}</_this>`;
    const type = bound(captured).type;
    await send('CreateFilter', self, `<spec>${propSet(type, [path])}<objectSet>${pointer('obj', captured)}</objectSet></spec><partialUpdates>false</partialUpdates>`);
    let result: T | undefined;
    for (let version = ''; result === undefined;) {
      const update = childOf(await send('WaitForUpdatesEx', self, version === '' ? '' : `<version>${version}</version>`), 'returnval')!;
      version = textOf(update, 'version')!;
      for (const changed of childrenOf(update, 'filterSet').flatMap((set) => childrenOf(set, 'objectSet')).flatMap((set) => childrenOf(set, 'changeSet'))) {
        assert.deepEqual([textOf(changed, 'name'), textOf(changed, 'op')], [path, 'assign']);
        const val = childOf(changed, 'val')!;
        assert.equal(val.xsiType, wireType);
        result ??= read(val);
      }
    }
    await send('DestroyPropertyCollector', self, '');
    return result;
  }

  async function wait(step: Extract<Step, { wait: string }>): Promise<void> {
    const info = await watch(step.wait, 'info', 'TaskInfo', (val) => (['success', 'error'].includes(textOf(val, 'state')!) ? val : undefined));
    const problem = childOf(info, 'error');
    const ended = problem ? childOf(problem, 'fault')!.xsiType! : textOf(info, 'state')!;
    if (step.ends === 'FileNotFound' && ended === 'success') {
      // Files that it uploaded itself outlive the machine: then it deletes the directory.
      const deleted = { call: 'DeleteDatastoreFile_Task', self: 'FileManager:', args: `<name>${lastSearch}</name><datacenter type="Datacenter">${bound('datacenter').value}</datacenter>`, gives: `Task:${lastSearch}` };
      await call(deleted);
      return wait({ wait: deleted.gives, ends: 'success' });
    }
    assert.equal(ended, step.ends, `how ${step.wait} ends: ${problem ? textOf(problem, 'localizedMessage') ?? '' : ''}`);
    if (step.gives === undefined) return;
    const result = childOf(info, 'result')!;
    bind(step.gives, { type: result.refType!, value: result.text });
  }

  async function put(step: Extract<Step, { put: string }>): Promise<void> {
    const ticket = tickets.get(step.put);
    assert.ok(ticket, `a ticket for ${step.put}`);
    async function* body() {
      yield new Uint8Array(step.bytes);
    }
    const headers = { host: ticket.url, 'content-type': 'application/octet-stream', 'content-length': String(step.bytes), cookie: `vmware_cgi_ticket=${ticket.id}; ${cookie}` };
    const reply = await simulator.handleFiles({ method: 'PUT', url: step.put, headers, body: body() }, { ipAddress: '127.0.0.1', tls: true });
    assert.ok(reply.status === 200 || reply.status === 201, `PUT ${step.put}: ${reply.status} ${String(reply.body)}`);
  }

  return {
    bind: (captured, ref) => bind(captured, ref),
    bound,
    async play(step) {
      if ('call' in step) return call(step);
      if ('wait' in step) return wait(step);
      if ('put' in step) return put(step);
      if ('ask' in step) {
        // The first question of all is about the root folder.
        for (const captured of step.of) if (!bindings.has(captured)) bindings.set(captured, bound(captured.startsWith('Folder:') ? 'root' : captured.slice(0, captured.indexOf(':'))));
        await ask(step);
        for (const captured of Object.keys(step.gives)) if (captured.startsWith('Datacenter:')) bindings.set('datacenter', bound(captured));
        return;
      }
      const { until } = step;
      await watch(step.of, 'config.extraConfig', 'ArrayOfOptionValue', (val) => {
        const option = val.children.find((child) => textOf(child, 'key') === until);
        const value = option && childOf(option, 'value')!;
        if (!value) return undefined;
        assert.equal(value.xsiType, 'string');
        return value.text === '' || value.text === '<nil>' ? undefined : value.text;
      });
    },
  };
}
