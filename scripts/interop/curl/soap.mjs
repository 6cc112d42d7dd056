// SOAP by hand: how answers are spelled, and what wrong questions get.
import { equal, match, noMatch, ok, topic } from '../check.mjs';

const CONTENT = '<RetrieveServiceContent xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>';
const read = (type, value, ...paths) => `<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>${type}</type>${paths.map((path) => `<pathSet>${path}</pathSet>`).join('')}</propSet><objectSet><obj type="${type}">${value}</obj></objectSet></specSet><options/></RetrievePropertiesEx>`;
const machine = async (c, cookie) => /VirtualMachine[^>]*>(vm-\d+)</.exec((await c.soap(read('Folder', 'group-v3', 'childEntity'), { cookie })).body)[1];

/** The answer is a SOAP fault of status 500 with this vim fault in its detail. */
function faulted({ status, body, headers }, name, message = /./) {
  equal(status, 500, 'status');
  match(headers['content-type'], /^text\/xml/);
  match(body, /<faultcode>[\w-]*:?(Server|Client|ServerFaultCode)<\/faultcode>|<faultcode>ServerFaultCode<\/faultcode>/);
  if (name !== undefined) match(body, new RegExp(`<${name}Fault[^>]* xsi:type="${name}"`));
  match(/<faultstring>([\s\S]*?)<\/faultstring>/.exec(body)?.[1] ?? '', message, 'faultstring');
}

export default topic('curl.soap', {
  'prefixes: soapenv and xsi are spelled as clients expect that do not resolve them': async (c) => {
    const { cookie } = await c.login();
    const { body } = await c.soap(read('Folder', 'group-d1', 'name', 'childEntity'), { cookie });
    match(body, /<soapenv:Envelope[^>]*xmlns:soapenv="http:\/\/schemas\.xmlsoap\.org\/soap\/envelope\/"/);
    match(body, /<soapenv:Body>/);
    match(body, /<val xsi:type="xsd:string">Datacenters<\/val>/);
    match(body, /xmlns:xsi="http:\/\/www\.w3\.org\/2001\/XMLSchema-instance"/);
    noMatch(body, /XMLSchema-instance:type/);
  },
  'array-items: every item of an array of references carries its type': async (c) => {
    const { cookie } = await c.login();
    match((await c.soap(read('Folder', 'group-d1', 'childEntity'), { cookie })).body, /<val xsi:type="ArrayOfManagedObjectReference"><ManagedObjectReference type="Datacenter" xsi:type="ManagedObjectReference">datacenter-2</);
  },
  'response-element: the answer is named for the method, in its namespace': async (c) => match((await c.soap(CONTENT)).body, /<RetrieveServiceContentResponse xmlns="urn:vim25"><returnval>/),
  'fetch-unset: a property that is unset is an empty answer': async (c) => {
    const { cookie } = await c.login();
    match((await c.soap('<Fetch xmlns="urn:vim25"><_this type="Folder">group-d1</_this><prop>parent</prop></Fetch>', { cookie })).body, /<FetchResponse xmlns="urn:vim25"\s*(\/>|><\/FetchResponse>)/);
  },
  'fetch-set: a property that is set': async (c) => {
    const { cookie } = await c.login();
    match((await c.soap('<Fetch xmlns="urn:vim25"><_this type="Folder">group-d1</_this><prop>name</prop></Fetch>', { cookie })).body, /<FetchResponse xmlns="urn:vim25"><returnval xsi:type="xsd:string">Datacenters<\/returnval>/);
  },
  'this-untyped: a target without type attribute is found': async (c) => match((await c.soap('<RetrieveServiceContent xmlns="urn:vim25"><_this>ServiceInstance</_this></RetrieveServiceContent>')).body, /RetrieveServiceContentResponse/),
  'no-namespace: a body element without namespace is taken': async (c) => match((await c.soap('<RetrieveServiceContent><_this>ServiceInstance</_this></RetrieveServiceContent>')).body, /RetrieveServiceContentResponse/),
  'no-action: a call without SOAPAction is taken': async (c) => match((await c.soap(CONTENT, { action: undefined })).body, /RetrieveServiceContentResponse/),
  'version-old: an old version gets no younger fields': async (c) => {
    const { cookie } = await c.login();
    const vm = await machine(c, cookie);
    const young = (await c.soap(read('VirtualMachine', vm, 'summary.config'), { cookie, action: '"urn:vim25/8.0.3.0"' })).body;
    const old = (await c.soap(read('VirtualMachine', vm, 'summary.config'), { cookie, action: '"urn:vim25/6.5"' })).body;
    match(young, /<hwVersion>/);
    noMatch(old, /<hwVersion>/);
  },
  'not-logged-in: a call that needs a session': async (c) => faulted(await c.soap('<CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime>'), 'NotAuthenticated', /The session is not authenticated\./),
  'not-logged-in-properties: properties that need a session are missing, with the reason': async (c) => {
    const { body } = await c.soap(read('Folder', 'group-d1', 'childEntity'));
    match(body, /<missingSet><path>childEntity<\/path><fault><fault xsi:type="NotAuthenticated">|NotAuthenticatedFault/);
    noMatch(body, /datacenter-2/);
  },
  'wrong-password: a login that fails': {
    world: 'strict',
    run: async (c) => faulted(await c.login('user', 'nothing'), 'InvalidLogin', /Cannot complete login due to an incorrect user name or password\./),
  },
  'unknown-object: an object that is not there': async (c) => {
    const { cookie } = await c.login();
    const answer = await c.soap('<PowerOnVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">vm-99999</_this></PowerOnVM_Task>', { cookie });
    faulted(answer, 'ManagedObjectNotFound', /has already been deleted or has not been completely created/);
    match(answer.body, /<obj type="VirtualMachine"[^>]*>vm-99999<\/obj>/);
  },
  'unknown-argument: a reference in an argument that is not there': async (c) => {
    const { cookie } = await c.login();
    faulted(await c.soap('<MoveIntoFolder_Task xmlns="urn:vim25"><_this type="Folder">group-v3</_this><list type="VirtualMachine">vm-99999</list></MoveIntoFolder_Task>', { cookie }), 'ManagedObjectNotFound');
  },
  'unknown-method: a method that is not there': async (c) => {
    const { cookie } = await c.login();
    faulted(await c.soap('<FlyToTheMoon xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></FlyToTheMoon>', { cookie }), undefined, /FlyToTheMoon|method/i);
  },
  'type-as-method: the name of a data type is no method': async (c) => {
    const { cookie } = await c.login();
    faulted(await c.soap('<VirtualMachineConfigSpec xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></VirtualMachineConfigSpec>', { cookie }), undefined, /VirtualMachineConfigSpec|method/i);
    match((await c.soap(CONTENT)).body, /RetrieveServiceContentResponse/);
  },
  'wrong-target: a method of another type': async (c) => {
    const { cookie } = await c.login();
    faulted(await c.soap('<PowerOnVM_Task xmlns="urn:vim25"><_this type="Folder">group-d1</_this></PowerOnVM_Task>', { cookie }), undefined);
  },
  'missing-this: a call without a target': async (c) => {
    const { cookie } = await c.login();
    faulted(await c.soap('<CurrentTime xmlns="urn:vim25"></CurrentTime>', { cookie }), undefined);
  },
  'wrong-namespace: a body of another namespace': async (c) => faulted(await c.soap('<RetrieveServiceContent xmlns="urn:nothing"><_this type="ServiceInstance">ServiceInstance</_this></RetrieveServiceContent>'), undefined),
  'bad-number: text where a number is wanted': async (c) => {
    const { cookie } = await c.login();
    const vm = await machine(c, cookie);
    faulted(await c.soap(`<ReconfigVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">${vm}</_this><spec><numCPUs>many</numCPUs></spec></ReconfigVM_Task>`, { cookie }), undefined, /many|numCPUs|int/);
  },
  'bad-enum: a word that an enumeration does not have': async (c) => {
    const { cookie } = await c.login();
    const vm = await machine(c, cookie);
    faulted(await c.soap(`<MigrateVM_Task xmlns="urn:vim25"><_this type="VirtualMachine">${vm}</_this><priority>tomorrow</priority></MigrateVM_Task>`, { cookie }), undefined, /tomorrow|priority/);
  },
  'no-xml: a body that is no XML': async (c) => {
    const answer = await c.request('/sdk', ['-H', 'Content-Type: text/xml', '--data-binary', 'not xml at all']);
    ok(answer.status >= 400, 'refused', answer.status);
    match((await c.soap(CONTENT)).body, /RetrieveServiceContentResponse/);
  },
  'empty-body: no body at all': async (c) => ok((await c.request('/sdk', ['-X', 'POST', '-H', 'Content-Type: text/xml', '-d', ''])).status >= 400, 'refused'),
  'entities: entities of a document type are not resolved': async (c) => {
    const text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body><Login xmlns="urn:vim25"><_this type="SessionManager">SessionManager</_this><userName>&secret;</userName><password>x</password></Login></soapenv:Body></soapenv:Envelope>';
    const { status, body } = await c.request('/sdk', ['-H', 'Content-Type: text/xml', '--data-binary', '@-'], { input: text });
    equal(status, 500);
    noMatch(body, /root:/);
  },
  'deep: a document nested a hundred thousand deep does not end the server': async (c) => {
    const depth = 100_000;
    const { status } = await c.request('/sdk', ['-H', 'Content-Type: text/xml', '--data-binary', '@-'], { input: `<a>${'<b>'.repeat(depth)}${'</b>'.repeat(depth)}</a>` });
    ok(status >= 400, 'refused', status);
    match((await c.soap(CONTENT)).body, /RetrieveServiceContentResponse/);
  },
  'cyclic-traversal: a traversal that names itself ends': async (c) => {
    const { cookie } = await c.login();
    const { status, body } = await c.soap('<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>ManagedEntity</type><pathSet>name</pathSet></propSet><objectSet><obj type="Folder">group-d1</obj><skip>false</skip><selectSet xsi:type="TraversalSpec"><name>visit</name><type>Folder</type><path>childEntity</path><skip>false</skip><selectSet><name>visit</name></selectSet><selectSet><name>down</name></selectSet></selectSet><selectSet xsi:type="TraversalSpec"><name>down</name><type>Datacenter</type><path>vmFolder</path><skip>false</skip><selectSet><name>visit</name></selectSet></selectSet></objectSet></specSet><options/></RetrievePropertiesEx>', { cookie });
    equal(status, 200);
    match(body, />DC0_H0_VM0</);
  },
  'bad-selection: a selection that names nothing': async (c) => {
    const { cookie } = await c.login();
    faulted(await c.soap('<RetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><specSet><propSet><type>Folder</type><pathSet>name</pathSet></propSet><objectSet><obj type="Folder">group-d1</obj><selectSet><name>nothing</name></selectSet></objectSet></specSet><options/></RetrievePropertiesEx>', { cookie }), undefined);
  },
  'bad-property: a property that is not there': async (c) => {
    const { cookie } = await c.login();
    const answer = await c.soap(read('Folder', 'group-d1', 'nonsense'), { cookie });
    faulted(answer, 'InvalidProperty');
    match(answer.body, /<name>nonsense<\/name>/);
  },
  'bad-version: a version of the collector that never was': async (c) => {
    const { cookie } = await c.login();
    faulted(await c.soap('<WaitForUpdatesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><version>nonsense</version><options><maxWaitSeconds>0</maxWaitSeconds></options></WaitForUpdatesEx>', { cookie }), 'InvalidCollectorVersion');
  },
  'bad-token: a page that never was': async (c) => {
    const { cookie } = await c.login();
    faulted(await c.soap('<ContinueRetrievePropertiesEx xmlns="urn:vim25"><_this type="PropertyCollector">propertyCollector</_this><token>nonsense</token></ContinueRetrievePropertiesEx>', { cookie }), undefined);
  },
  'fault-detail: a fault of a method names its reason in the detail': async (c) => {
    const { cookie } = await c.login();
    const { status, body } = await c.soap('<CreateFolder xmlns="urn:vim25"><_this type="Folder">group-v3</_this><name></name></CreateFolder>', { cookie });
    equal(status, 500);
    match(body, /<detail>\s*<InvalidNameFault xmlns="urn:vim25" xsi:type="InvalidName">/);
  },
  'duplicate-detail: a duplicate name tells the name and the object': async (c) => {
    const { cookie } = await c.login();
    const create = '<CreateFolder xmlns="urn:vim25"><_this type="Folder">group-v3</_this><name>a</name></CreateFolder>';
    const first = /<returnval type="Folder"[^>]*>(group-v\d+)</.exec((await c.soap(create, { cookie })).body)[1];
    const answer = await c.soap(create, { cookie });
    faulted(answer, 'DuplicateName', /The name 'a' already exists\./);
    match(answer.body, new RegExp(`<name>a</name><object type="Folder"[^>]*>${first}</object>`));
  },
  'unicode: names of every script come back as they went': async (c) => {
    const { cookie } = await c.login();
    const name = 'Ordner – 文件夹 – 🚀 &amp; &lt;b&gt;';
    const folder = /<returnval type="Folder"[^>]*>(group-v\d+)</.exec((await c.soap(`<CreateFolder xmlns="urn:vim25"><_this type="Folder">group-v3</_this><name>${name}</name></CreateFolder>`, { cookie })).body)[1];
    match((await c.soap(read('Folder', folder, 'name'), { cookie })).body, new RegExp(`>${name.replace('&gt;', '(&gt;|>)')}<`));
  },
  'operation-id: a header of the envelope is overlooked': async (c) => {
    const { cookie } = await c.login();
    const text = `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header><operationID>interop</operationID></soapenv:Header><soapenv:Body><CurrentTime xmlns="urn:vim25"><_this type="ServiceInstance">ServiceInstance</_this></CurrentTime></soapenv:Body></soapenv:Envelope>`;
    const { body } = await c.request('/sdk', ['-H', 'Content-Type: text/xml', '-H', `Cookie: ${cookie}`, '--data-binary', '@-'], { input: text });
    match(body, /<returnval>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z<\/returnval>/);
  },
});
