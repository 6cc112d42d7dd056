// What a descriptor says beside hardware: products and their properties, licence texts, how addresses are assigned.
import { fault, type VAppPropertyInfo, type VAppProductInfo, type VmConfigSpec } from '../../../core/vim25/index.ts';
import { isTrue, required, type Descriptor, type Entity } from './descriptor.ts';
import { malformed, type Problems } from './problems.ts';
import { childNamed, childrenNamed, type Node } from './xml.ts';

export interface Products {
  readonly products: readonly VAppProductInfo[];
  readonly properties: readonly VAppPropertyInfo[];
  readonly eula: readonly string[];
  readonly transport: readonly string[];
  readonly schemes: readonly string[];
  readonly protocols: readonly string[];
  readonly installBoot: boolean;
  readonly installBootStopDelay: number;
}

const words = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter((word) => word !== '');

/** Reads the sections of one machine or vApp. */
export function readProducts(descriptor: Descriptor, entity: Entity, option: string, problems: Problems): Products {
  const { text } = descriptor;
  const products: VAppProductInfo[] = [];
  const properties: VAppPropertyInfo[] = [];
  for (const node of childrenNamed(entity.node, 'ProductSection')) {
    const [classId, instanceId] = [node.attributes.get('class') ?? '', node.attributes.get('instance') ?? ''];
    const field = (name: string): string => text(childNamed(node, name));
    products.push({
      key: products.length, classId, instanceId, name: field('Product'), vendor: field('Vendor'), version: field('Version'), fullVersion: field('FullVersion'),
      vendorUrl: field('VendorUrl'), productUrl: field('ProductUrl'), appUrl: field('AppUrl'),
    });
    let category = '';
    for (const child of node.children) {
      if (child.name === 'Category') category = text(child);
      if (child.name !== 'Property') continue;
      const id = required(child, 'key', problems);
      if (id !== undefined) properties.push({ key: properties.length, classId, instanceId, id, category, ...propertyOf(child, text, option, problems) });
    }
  }
  const install = childNamed(entity.node, 'InstallSection');
  const addresses = childNamed(entity.node, 'IpAssignmentSection');
  return {
    products, properties,
    eula: childrenNamed(entity.node, 'EulaSection').map((node) => text(childNamed(node, 'License'))),
    transport: words(childNamed(entity.node, 'VirtualHardwareSection')?.attributes.get('transport')),
    schemes: words(addresses?.attributes.get('schemes') ?? addresses?.attributes.get('vmw:schemes')),
    protocols: words(addresses?.attributes.get('protocols') ?? addresses?.attributes.get('vmw:protocols')),
    installBoot: install !== undefined,
    installBootStopDelay: Number(install?.attributes.get('initialBootStopDelay') ?? 0) || 0,
  };
}

/** vSphere's types of properties for those of OVF. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'string', boolean: 'boolean', uint8: 'int(0..255)', sint8: 'int(-128..127)', uint16: 'int(0..65535)', sint16: 'int(-32768..32767)',
  uint32: 'int(0..2147483647)', sint32: 'int', uint64: 'int(0..2147483647)', sint64: 'int', real32: 'real', real64: 'real',
};

function propertyOf(node: Node, text: Descriptor['text'], option: string, problems: Problems): Partial<VAppPropertyInfo> {
  const given = node.attributes.get('type') ?? 'string';
  if (!Object.hasOwn(TYPES, given)) problems.error(malformed(node, 'type', given));
  const forOption = childrenNamed(node, 'Value').find((value) => value.attributes.get('configuration') === option);
  const qualifiers = node.attributes.get('qualifiers') ?? '';
  const vmw = node.attributes.get('vmw:qualifiers') ?? '';
  return {
    label: text(childNamed(node, 'Label')), description: text(childNamed(node, 'Description')),
    type: typeOf(TYPES[given] ?? 'string', qualifiers, vmw, isTrue(node.attributes.get('password'))),
    userConfigurable: isTrue(node.attributes.get('userConfigurable')), defaultValue: (forOption ?? node).attributes.get('value') ?? '', value: '',
  };
}

function typeOf(type: string, qualifiers: string, vmw: string, password: boolean): string {
  const ip = /^Ip(?::(.+))?$/i.exec(vmw.trim());
  if (ip) return ip[1] ? `ip:${ip[1]}` : 'ip';
  if (type !== 'string') return type;
  const [least, most] = [/MinLen\((\d+)\)/.exec(qualifiers)?.[1], /MaxLen\((\d+)\)/.exec(qualifiers)?.[1]];
  const choices = /ValueMap\{([^}]*)\}/.exec(qualifiers)?.[1];
  if (choices !== undefined) return `string[${choices}]`;
  return `${password ? 'password' : 'string'}${least || most ? `(${least ?? ''}..${most ?? ''})` : ''}`;
}

/** 'class.key.instance', as a property is named to the outside. */
export const qualifiedName = ({ classId, instanceId, id }: VAppPropertyInfo): string =>
  `${classId ? `${classId}.` : ''}${id}${instanceId ? `.${instanceId}` : ''}`;

/** Whether a value fits the type of a property. */
export function fits(type: string, value: string): boolean {
  if (value === '') return true;
  if (type === 'boolean') return /^(true|false)$/i.test(value);
  if (type === 'real') return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value);
  const int = /^int(?:\((-?\d+)\.\.(-?\d+)\))?$/.exec(type);
  if (int) return /^-?\d+$/.test(value) && Number(value) >= Number(int[1] ?? -Infinity) && Number(value) <= Number(int[2] ?? Infinity);
  const choices = /^string\[(.*)\]$/s.exec(type);
  if (choices) return [...choices[1]!.matchAll(/"([^"]*)"/g)].some(([, choice]) => choice === value);
  const length = /^(?:string|password)\((\d*)\.\.(\d*)\)$/.exec(type);
  if (length) return value.length >= Number(length[1] || 0) && value.length <= Number(length[2] || Infinity);
  if (type === 'ip') return /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]+)$/i.test(value);
  return true;
}

/** The values that were asked for, in the properties; errors for those that are unknown or do not fit. */
export function withValues(properties: readonly VAppPropertyInfo[], values: ReadonlyMap<string, string>, used: Set<string>, problems: Problems): VAppPropertyInfo[] {
  return properties.map((property) => {
    const name = qualifiedName(property);
    const value = values.get(name);
    if (value === undefined) return property;
    used.add(name);
    if (!fits(property.type ?? 'string', value)) {
      problems.error(fault('OvfPropertyValue', { lineNumber: 0, type: property.type ?? 'string', value }, `"${value}" is no value for the property "${name}", whose type is ${property.type}.`));
    }
    return { ...property, value };
  });
}

/** As a specification for a new machine or vApp; undefined when the descriptor says nothing of the kind. */
export function vAppSpec(read: Products, properties: readonly VAppPropertyInfo[], policy: string | undefined, protocol: string | undefined): VmConfigSpec | undefined {
  const { products, eula, transport, schemes, protocols, installBoot, installBootStopDelay } = read;
  if (products.length + properties.length + eula.length + transport.length === 0 && !installBoot) return undefined;
  const added = <T>(infos: readonly T[]) => infos.map((info) => ({ operation: 'add' as const, info }));
  return {
    product: added(products), property: added(properties), eula, ovfEnvironmentTransport: transport,
    ipAssignment: {
      supportedAllocationScheme: schemes, ipAllocationPolicy: policy || 'fixedPolicy', supportedIpProtocol: protocols.length > 0 ? protocols : ['IPv4'], ipProtocol: protocol || protocols[0] || 'IPv4',
    },
    installBootRequired: installBoot, installBootStopDelay,
  } as VmConfigSpec;
}

/** The notes of an entity. */
export const annotationOf = ({ text }: Descriptor, { node }: Entity): string => text(childNamed(childNamed(node, 'AnnotationSection'), 'Annotation'));
