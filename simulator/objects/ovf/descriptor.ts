// An OVF descriptor as values: files, disks, networks, deployment options and the tree of machines. Reads what stands
// there; what vSphere makes of it is import-spec.ts'.
import { badReference, badXml, malformed, missingAttribute, missingElement, unsupportedSection, wrongElement, wrongNamespace, type Problems } from './problems.ts';
import { childNamed, childrenNamed, parseDocument, XmlError, type Node } from './xml.ts';

export interface FileReference {
  readonly id: string;
  readonly href: string;
  readonly size: number | undefined;
  readonly compression: string | undefined;
  readonly chunkSize: number | undefined;
}

export interface DiskDescription {
  readonly id: string;
  readonly file: FileReference | undefined;
  readonly capacityBytes: number;
  readonly populatedBytes: number | undefined;
}

export interface DeploymentOption {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly isDefault: boolean;
}

/** A VirtualSystem, or a VirtualSystemCollection with its children. */
export interface Entity {
  readonly kind: 'virtualSystem' | 'virtualSystemCollection';
  readonly id: string;
  readonly name: string;
  readonly node: Node;
  readonly children: readonly Entity[];
}

export interface Descriptor {
  readonly files: ReadonlyMap<string, FileReference>;
  readonly disks: ReadonlyMap<string, DiskDescription>;
  readonly networks: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly DeploymentOption[];
  readonly envelope: Node;
  readonly root: Entity;
  /** Text of an element in the language that was asked for. */
  text(node: Node | undefined): string;
}

export interface Language {
  readonly locale: string;
  readonly msgBundle?: readonly { readonly key: string; readonly value: string }[] | undefined;
}

const NAMESPACES = /^http:\/\/(schemas\.dmtf\.org\/ovf\/envelope\/[12]|www\.vmware\.com\/schema\/ovf\/1\/envelope)$/;
const SYSTEMS = ['VirtualSystem', 'VirtualSystemCollection'];
/** Sections of the envelope and of its systems that are understood. */
const SECTIONS = new Set([
  'DiskSection', 'NetworkSection', 'DeploymentOptionSection', 'References', 'Strings', 'VirtualHardwareSection', 'OperatingSystemSection', 'ProductSection', 'EulaSection',
  'AnnotationSection', 'StartupSection', 'ResourceAllocationSection', 'InstallSection', 'IpAssignmentSection', 'BootOrderSection', 'EnvironmentFilesSection', 'ConfigTarget',
]);

/** Reads a descriptor; undefined when it is so wrong that there is no machine in it. What is wrong goes to `problems`. */
export function readDescriptor(xml: string, language: Language, problems: Problems): Descriptor | undefined {
  let envelope: Node;
  try {
    envelope = parseDocument(xml);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    problems.error(badXml(error.message, error.line));
    return undefined;
  }
  if (envelope.name !== 'Envelope') {
    problems.error(wrongElement(envelope, 'Envelope'));
    return undefined;
  }
  if (!NAMESPACES.test(envelope.namespace)) {
    problems.error(wrongNamespace(envelope));
    return undefined;
  }
  const messages = messagesOf(envelope, language);
  const text = (node: Node | undefined): string => (node && messages.get(node.attributes.get('msgid') ?? '')) ?? node?.text.trim() ?? '';
  const system = envelope.children.find(({ name }) => SYSTEMS.includes(name));
  if (!system) {
    problems.error(missingElement(envelope, 'VirtualSystem'));
    return undefined;
  }
  const files = filesOf(envelope, problems);
  const descriptor = {
    files, envelope, text,
    disks: disksOf(envelope, files, problems),
    networks: childrenNamed(childNamed(envelope, 'NetworkSection'), 'Network').flatMap((node) => {
      const name = required(node, 'name', problems);
      return name === undefined ? [] : [{ name, description: text(childNamed(node, 'Description')) }];
    }),
    options: optionsOf(envelope, text, problems),
    root: entityOf(system, text, problems),
  };
  checkSections(envelope, problems);
  return descriptor;
}

function messagesOf(envelope: Node, { locale, msgBundle }: Language): ReadonlyMap<string, string> {
  const messages = new Map<string, string>();
  const strings = childrenNamed(envelope, 'Strings');
  const spoken = strings.find((node) => node.attributes.get('lang')?.toLowerCase().startsWith(locale.toLowerCase().slice(0, 2)) && locale !== '') ?? strings[0];
  for (const node of childrenNamed(spoken, 'Msg')) messages.set(node.attributes.get('msgid') ?? '', node.text.trim());
  for (const { key, value } of msgBundle ?? []) messages.set(key, value);
  messages.delete('');
  return messages;
}

export function required(node: Node, attribute: string, problems: Problems): string | undefined {
  const value = node.attributes.get(attribute);
  if (value === undefined || value === '') problems.error(missingAttribute(node, attribute));
  return value === '' ? undefined : value;
}

function wholeNumber(node: Node, attribute: string, problems: Problems): number | undefined {
  const value = node.attributes.get(attribute);
  if (value === undefined || value === '') return undefined;
  if (/^\d{1,18}$/.test(value)) return Number(value);
  problems.error(malformed(node, attribute, value));
  return undefined;
}

function filesOf(envelope: Node, problems: Problems): Map<string, FileReference> {
  const files = new Map<string, FileReference>();
  for (const node of childrenNamed(childNamed(envelope, 'References'), 'File')) {
    const [id, href] = [required(node, 'id', problems), required(node, 'href', problems)];
    if (id === undefined || href === undefined) continue;
    files.set(id, { id, href, size: wholeNumber(node, 'size', problems), compression: node.attributes.get('compression'), chunkSize: wholeNumber(node, 'chunkSize', problems) });
  }
  return files;
}

const UNITS: Readonly<Record<string, number>> = { byte: 1, bytes: 1, kilobytes: 1024, kilobyte: 1024, kb: 1024, megabytes: 1024 ** 2, megabyte: 1024 ** 2, mb: 1024 ** 2, gigabytes: 1024 ** 3, gigabyte: 1024 ** 3, gb: 1024 ** 3, terabytes: 1024 ** 4 };

/** Bytes of a unit: 'byte * 2^20' as DSP0004 has it, or 'MegaBytes'; undefined for what is none. */
export function bytesOf(unit: string): number | undefined {
  const power = /^byte\s*\*\s*2\s*\^\s*(\d{1,2})$/i.exec(unit.trim());
  return power ? 2 ** Number(power[1]) : UNITS[unit.trim().toLowerCase()];
}

function disksOf(envelope: Node, files: ReadonlyMap<string, FileReference>, problems: Problems): Map<string, DiskDescription> {
  const disks = new Map<string, DiskDescription>();
  for (const node of childrenNamed(childNamed(envelope, 'DiskSection'), 'Disk')) {
    const [id, capacity] = [required(node, 'diskId', problems), required(node, 'capacity', problems)];
    if (id === undefined || capacity === undefined) continue;
    const unit = node.attributes.get('capacityAllocationUnits') ?? 'byte';
    const factor = bytesOf(unit);
    if (factor === undefined) problems.error(malformed(node, 'capacityAllocationUnits', unit));
    if (!/^\d{1,18}$/.test(capacity) || Number(capacity) === 0) problems.error(malformed(node, 'capacity', capacity));
    const fileRef = node.attributes.get('fileRef');
    const file = fileRef ? files.get(fileRef) : undefined;
    if (fileRef && !file) problems.error(badReference(node, 'fileRef', fileRef));
    disks.set(id, { id, file, capacityBytes: Number(capacity) * (factor ?? 1), populatedBytes: wholeNumber(node, 'populatedSize', problems) });
  }
  return disks;
}

function optionsOf(envelope: Node, text: Descriptor['text'], problems: Problems): DeploymentOption[] {
  const found = childrenNamed(childNamed(envelope, 'DeploymentOptionSection'), 'Configuration').flatMap((node) => {
    const id = required(node, 'id', problems);
    if (id === undefined) return [];
    return [{ id, label: text(childNamed(node, 'Label')), description: text(childNamed(node, 'Description')), isDefault: isTrue(node.attributes.get('default')) }];
  });
  return found.some(({ isDefault }) => isDefault) ? found : found.map((option, i) => ({ ...option, isDefault: i === 0 }));
}

export const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';

function entityOf(node: Node, text: Descriptor['text'], problems: Problems): Entity {
  const id = required(node, 'id', problems) ?? '';
  const kind = node.name === 'VirtualSystem' ? 'virtualSystem' : 'virtualSystemCollection';
  checkSections(node, problems);
  return {
    kind, id, node, name: text(childNamed(node, 'Name')) || id,
    children: kind === 'virtualSystem' ? [] : node.children.filter(({ name }) => SYSTEMS.includes(name)).map((child) => entityOf(child, text, problems)),
  };
}

/** A section that is not known is an error, unless it says that it is not required. */
function checkSections(parent: Node, problems: Problems): void {
  for (const node of parent.children) {
    if (SECTIONS.has(node.name) || SYSTEMS.includes(node.name) || ['Info', 'Name'].includes(node.name)) continue;
    const problem = unsupportedSection(node, childNamed(node, 'Info')?.text.trim() ?? '');
    if (node.attributes.get('required') === 'false' || node.attributes.get('required') === '0') problems.warn(problem);
    else problems.error(problem);
  }
}

/** Every machine of a descriptor. */
export function* systemsOf(entity: Entity): Iterable<Entity> {
  if (entity.kind === 'virtualSystem') yield entity;
  for (const child of entity.children) yield* systemsOf(child);
}
