// Requests to /sdk: damaged XML, envelopes, arguments, property paths and versions. Every answer is an HTTP 200 with a
// result or a 500 with a fault, as XML that can be read.
import { parseXml } from '../../../dist/core/vim25/codec/xml.js';
import { Mutator } from '../mutate.mjs';
import { Server } from '../server.mjs';

const call = (method, type, id, args = '') => `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soapenv:Body><${method} xmlns="urn:vim25"><_this type="${type}">${id}</_this>${args}</${method}></soapenv:Body></soapenv:Envelope>`;
const retrieve = (type, paths, object = '<obj type="Folder">group-d1</obj>') =>
  call('RetrievePropertiesEx', 'PropertyCollector', 'propertyCollector', `<specSet><propSet><type>${type}</type>${paths.map((path) => `<pathSet>${path}</pathSet>`).join('')}</propSet><objectSet>${object}<skip>false</skip><selectSet xsi:type="TraversalSpec"><name>v</name><type>Folder</type><path>childEntity</path><skip>false</skip><selectSet><name>v</name></selectSet><selectSet xsi:type="TraversalSpec"><type>Datacenter</type><path>vmFolder</path><selectSet><name>v</name></selectSet></selectSet></selectSet></objectSet></specSet><options><maxObjects>3</maxObjects></options>`);

const CORPUS = [
  call('RetrieveServiceContent', 'ServiceInstance', 'ServiceInstance'),
  call('CurrentTime', 'ServiceInstance', 'ServiceInstance'),
  call('Login', 'SessionManager', 'SessionManager', '<userName>a</userName><password>b</password><locale>en</locale>'),
  retrieve('VirtualMachine', ['name', 'config.hardware.device[4000]', 'summary.runtime.powerState', 'config.extraConfig["SET.guest.ipAddress"]']),
  retrieve('ManagedEntity', ['name', 'parent', 'configIssue', 'customValue']),
  retrieve('HostSystem', ['config.network.vnic["key-vim.host.VirtualNic-vmk0"].spec.ip.ipAddress', 'hardware.systemInfo.uuid']),
  call('WaitForUpdatesEx', 'PropertyCollector', 'propertyCollector', '<version>1</version><options><maxWaitSeconds>0</maxWaitSeconds><maxObjectUpdates>1</maxObjectUpdates></options>'),
  call('CreateFilter', 'PropertyCollector', 'propertyCollector', '<spec><propSet><type>VirtualMachine</type><all>true</all></propSet><objectSet><obj type="VirtualMachine">vm-23</obj></objectSet></spec><partialUpdates>false</partialUpdates>'),
  call('CreateContainerView', 'ViewManager', 'ViewManager', '<container type="Folder">group-d1</container><type>VirtualMachine</type><recursive>true</recursive>'),
  call('Fetch', 'VirtualMachine', 'vm-23', '<prop>config</prop>'),
  call('CreateFolder', 'Folder', 'group-d1', '<name>a%2fb</name>'),
  call('Rename_Task', 'VirtualMachine', 'vm-23', '<newName>new</newName>'),
  call('ReconfigVM_Task', 'VirtualMachine', 'vm-23', '<spec><numCPUs>2</numCPUs><memoryMB>64</memoryMB><extraConfig xsi:type="OptionValue"><key>a</key><value xsi:type="xsd:string">b</value></extraConfig><deviceChange><operation>add</operation><device xsi:type="VirtualDisk"><key>-1</key><backing xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName></fileName><diskMode>persistent</diskMode></backing><controllerKey>1000</controllerKey><unitNumber>3</unitNumber><capacityInKB>1024</capacityInKB></device></deviceChange></spec>'),
  call('SearchDatastore_Task', 'HostDatastoreBrowser', 'datastoreBrowser-1', '<datastorePath>[LocalDS_0] DC0_H0_VM0</datastorePath><searchSpec><query xsi:type="VmDiskFileQuery"/><matchPattern>*.vmdk</matchPattern></searchSpec>'),
  call('MakeDirectory', 'FileManager', 'FileManager', '<name>[LocalDS_0] a/../b</name><createParentDirectories>true</createParentDirectories>'),
  call('QueryEvents', 'EventManager', 'EventManager', '<filter><time><beginTime>2026-01-01T00:00:00Z</beginTime></time><eventTypeId>vim.event.VmPoweredOnEvent</eventTypeId></filter>'),
  call('QueryPerf', 'PerformanceManager', 'PerfMgr', '<querySpec><entity type="VirtualMachine">vm-23</entity><startTime>2026-01-01T00:00:00Z</startTime><maxSample>3</maxSample><metricId><counterId>2</counterId><instance>*</instance></metricId><intervalId>20</intervalId><format>csv</format></querySpec>'),
];
const WORDS = ['config', 'summary.', '[4000]', '["a"]', 'xsi:type="', 'xsd:int', 'VirtualMachine', 'ManagedEntity', 'Folder', 'vm-23', 'group-d1', '<_this', '</specSet>', 'xmlns="urn:vim25"', '<skip>true</skip>', '[LocalDS_0]', 'soapenv:', 'PowerOnVM_Task', 'urn:vim25/8.0.3.0'];
const ACTIONS = ['', 'urn:vim25/8.0.3.0', '"urn:vim25/6.5"', 'urn:vim25/99', 'x'];

export default {
  name: 'soap',
  share: 4,
  make(random) {
    const mutator = new Mutator(random, CORPUS, WORDS);
    return { body: random.integer(0, 1) === 0 ? mutator.text() : mutator.value(), action: random.pick(ACTIONS) };
  },
  async open() {
    const server = new Server();
    return {
      begin: () => server.reset(),
      async run({ body, action }) {
        const reply = await server.soap(body, action === '' ? {} : { soapaction: action });
        const problems = server.take();
        if (!reply) return { outcome: 'none', problems };
        if (reply.status !== 200 && reply.status !== 500) problems.push(`status ${reply.status}`);
        try {
          parseXml(reply.body);
        } catch (error) {
          problems.push(`the answer is no XML: ${error.message}: ${reply.body.slice(0, 300)}`);
        }
        return { outcome: reply.status === 200 ? 'result' : 'fault', problems };
      },
    };
  },
};
