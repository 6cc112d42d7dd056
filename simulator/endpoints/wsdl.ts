// The service description that WSDL-driven clients read: vimService.wsdl, which imports vim.wsdl, which imports the types
// of vim-types.xsd. Made from the type tables for the version that is served; nothing in it is written by hand.
// The layout is that of the description that vSphere publishes (vSphere Web Services SDK, wsdl/vim25).
import {
  dataType, enumType, isOfVim25, managedType, typeNames, versionOf, type Field, type Method, type Version,
} from '../../core/vim25/index.ts';
import type { Simulation } from '../dispatch/simulation.ts';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACES = 'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:interface="urn:vim25" xmlns:vim25="urn:vim25" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';

/** Documents of one simulation, made when they are first asked for: the types take a while. */
const made = new WeakMap<Simulation, Map<string, string>>();

/**
 * The document at a path below /sdk, with the query: 'vimService.wsdl', 'vimService?wsdl', 'vim.wsdl', 'vim-types.xsd';
 * undefined when there is none. `origin` is how the client reaches the server: https://vcenter.example.
 */
export function serviceDescription(sim: Simulation, path: string, origin: string): string | undefined {
  const name = /^\/sdk(?:\/vimService)?\/?\?wsdl$/i.test(path) ? 'vimService.wsdl' : /^\/sdk\/([\w-]+\.(?:wsdl|xsd))$/.exec(path)?.[1];
  if (name === 'vimService.wsdl') return service(origin);
  const make = name === 'vim.wsdl' ? binding : name === 'vim-types.xsd' ? types : undefined;
  if (!make) return undefined;
  let documents = made.get(sim);
  if (!documents) made.set(sim, (documents = new Map()));
  let text = documents.get(name!);
  if (text === undefined) documents.set(name!, (text = make(versionOf(sim.about.apiVersion)!)));
  return text;
}

const service = (origin: string): string => `${HEAD}<definitions targetNamespace="urn:vim25Service" ${NAMESPACES}>
  <import location="vim.wsdl" namespace="urn:vim25"/>
  <service name="VimService">
    <port binding="interface:VimBinding" name="VimPort"><soap:address location="${origin.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}/sdk/vimService"/></port>
  </service>
</definitions>
`;

const isIn = (version: Version, since: number): boolean => since === 0 || version.includes.has(since);

/** Every method by wire name: the names are unique in the whole interface. */
function methodsOf(version: Version): readonly Method[] {
  const found = new Map<string, Method>();
  for (const type of typeNames('managed').filter(isOfVim25)) {
    for (const method of managedType(type)!.methods.values()) if (method.owner === type && isOfVim25(method.name) && isIn(version, method.since) && !found.has(method.name)) found.set(method.name, method);
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Every method may end in a RuntimeFault besides its own. */
const faultsOf = (method: Method): readonly string[] => [...new Set([...method.faults, 'RuntimeFault'])];

function binding(version: Version): string {
  const methods = methodsOf(version);
  const faults = [...new Set(methods.flatMap(faultsOf))].sort();
  const action = `urn:vim25/${version.api}`;
  const parts: string[] = [`${HEAD}<definitions targetNamespace="urn:vim25" ${NAMESPACES}>\n  <types><xsd:schema><xsd:import namespace="urn:vim25" schemaLocation="vim-types.xsd"/></xsd:schema></types>\n`];
  for (const name of faults) parts.push(`  <message name="${name}FaultMsg"><part name="fault" element="vim25:${name}Fault"/></message>\n`);
  for (const { name } of methods) {
    parts.push(`  <message name="${name}RequestMsg"><part name="parameters" element="vim25:${name}"/></message>\n  <message name="${name}ResponseMsg"><part name="parameters" element="vim25:${name}Response"/></message>\n`);
  }
  parts.push('  <portType name="VimPortType">\n');
  for (const method of methods) {
    parts.push(`    <operation name="${method.name}"><input message="vim25:${method.name}RequestMsg"/><output message="vim25:${method.name}ResponseMsg"/>${faultsOf(method).map((name) => `<fault name="${name}" message="vim25:${name}FaultMsg"/>`).join('')}</operation>\n`);
  }
  parts.push('  </portType>\n  <binding name="VimBinding" type="vim25:VimPortType">\n    <soap:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>\n');
  const literal = '<soap:body use="literal"/>';
  for (const method of methods) {
    parts.push(`    <operation name="${method.name}"><soap:operation soapAction="${action}" style="document"/><input>${literal}</input><output>${literal}</output>${faultsOf(method).map((name) => `<fault name="${name}"><soap:fault name="${name}" use="literal"/></fault>`).join('')}</operation>\n`);
  }
  parts.push('  </binding>\n</definitions>\n');
  return parts.join('');
}

const ARRAYS_OF = ['string', 'boolean', 'byte', 'short', 'int', 'long', 'double', 'anyType', 'anyURI', 'base64Binary'];

function types(version: Version): string {
  const parts: string[] = [`${HEAD}<schema targetNamespace="urn:vim25" xmlns="http://www.w3.org/2001/XMLSchema" xmlns:vim25="urn:vim25" xmlns:xsd="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified">\n`];
  parts.push('  <complexType name="ManagedObjectReference"><simpleContent><extension base="xsd:string"><attribute name="type" type="xsd:string"/></extension></simpleContent></complexType>\n');
  const arrays = [...ARRAYS_OF.map((name) => [capital(name), name, `xsd:${name}`]), ['ManagedObjectReference', 'ManagedObjectReference', 'vim25:ManagedObjectReference']];
  for (const name of typeNames('data').filter(isOfVim25)) {
    const type = dataType(name)!;
    if (!isIn(version, type.since)) continue;
    arrays.push([name, name, `vim25:${name}`]);
    const fields = type.own.filter(({ since }) => isIn(version, since)).map(element).join('');
    const sequence = fields === '' ? '<sequence/>' : `<sequence>\n${fields}    </sequence>`;
    parts.push(type.base === null ? `  <complexType name="${name}">${sequence}</complexType>\n` : `  <complexType name="${name}"><complexContent><extension base="vim25:${type.base}">${sequence}</extension></complexContent></complexType>\n`);
  }
  for (const name of typeNames('enum')) {
    const type = enumType(name)!;
    if (!isIn(version, type.since)) continue;
    arrays.push([name, name, `vim25:${name}`]);
    parts.push(`  <simpleType name="${name}"><restriction base="xsd:string">${[...type.values].map((value) => `<enumeration value="${value}"/>`).join('')}</restriction></simpleType>\n`);
  }
  for (const [name, item, type] of arrays) parts.push(`  <complexType name="ArrayOf${name}"><sequence><element name="${item}" type="${type}" minOccurs="0" maxOccurs="unbounded"/></sequence></complexType>\n`);
  const faults = new Set<string>();
  for (const method of methodsOf(version)) {
    for (const name of faultsOf(method)) faults.add(name);
    const request = `${method.name.replace(/_Task$/, '')}RequestType`;
    const params = method.params.filter(({ since }) => isIn(version, since)).map(element).join('');
    parts.push(`  <complexType name="${request}"><sequence>\n      <element name="_this" type="vim25:ManagedObjectReference"/>\n${params}    </sequence></complexType>\n`);
    parts.push(`  <element name="${method.name}" type="vim25:${request}"/>\n  <element name="${method.name}Response"><complexType><sequence>${method.result ? `\n${element(method.result)}    ` : ''}</sequence></complexType></element>\n`);
  }
  for (const name of [...faults].sort()) parts.push(`  <element name="${name}Fault" type="vim25:${name}"/>\n`);
  parts.push('</schema>\n');
  return parts.join('');
}

const capital = (name: string): string => `${name[0]!.toUpperCase()}${name.slice(1)}`;

const typeOf = ({ kind, type }: Field): string => (kind === 'primitive' ? `xsd:${type}` : kind === 'managed' ? 'vim25:ManagedObjectReference' : `vim25:${type}`);

const element = (field: Field): string =>
  `      <element name="${field.name}" type="${typeOf(field)}"${field.optional ? ' minOccurs="0"' : ''}${field.array ? ' maxOccurs="unbounded"' : ''}/>\n`;
