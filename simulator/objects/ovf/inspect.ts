// ParseDescriptor and ValidateHost: what a descriptor has in it, and whether a host can run that.
import { fault, type ManagedObjectReference, type OvfParseDescriptorParams, type OvfParseDescriptorResult, type OvfValidateHostParams, type OvfValidateHostResult } from '../../../core/vim25/index.ts';
import type { Transaction } from '../../store/transaction.ts';
import { readDescriptor, systemsOf, type Descriptor } from './descriptor.ts';
import { HardwareReader } from './hardware.ts';
import { chooseOption, PROVISIONING } from './import-spec.ts';
import { networkBacking } from './networks.ts';
import { Problems } from './problems.ts';
import { annotationOf, readProducts } from './products.ts';

interface Sizes {
  readonly download: number;
  readonly flat: number;
  readonly sparse: number;
}

function sizesOf({ files, disks }: Descriptor): Sizes {
  const sum = (numbers: Iterable<number>): number => [...numbers].reduce((total, n) => total + n, 0);
  return {
    download: sum([...files.values()].map(({ size }) => size ?? 0)),
    flat: sum([...disks.values()].map(({ capacityBytes }) => capacityBytes)),
    sparse: sum([...disks.values()].map(({ populatedBytes, file }) => populatedBytes ?? file?.size ?? 0)),
  };
}

/** What a descriptor says of itself: networks, properties, options, sizes. */
export function parseDescriptor(xml: string, params: OvfParseDescriptorParams): OvfParseDescriptorResult {
  const problems = new Problems();
  const descriptor = readDescriptor(xml, params, problems);
  if (!descriptor) return { annotation: '', defaultEntityName: '', virtualApp: false, defaultDeploymentOption: '', ...problems.result() };
  const { root, networks, options } = descriptor;
  const option = chooseOption(descriptor, params.deploymentOption, problems);
  const read = readProducts(descriptor, root, option, problems);
  const inside = [...systemsOf(root)].filter((entity) => entity !== root).map((entity) => readProducts(descriptor, entity, option, problems));
  const properties = [read, ...inside].flatMap((each) => each.properties).map((property, key) => ({ ...property, key }));
  const { download, flat, sparse } = sizesOf(descriptor);
  const product = read.products[0];
  return {
    ...(read.eula.length > 0 ? { eula: read.eula } : {}), ...(networks.length > 0 ? { network: networks } : {}),
    ...(read.schemes.length > 0 ? { ipAllocationScheme: read.schemes } : {}), ...(read.protocols.length > 0 ? { ipProtocols: read.protocols } : {}),
    ...(properties.length > 0 ? { property: properties } : {}), ...(product ? { productInfo: product } : {}),
    annotation: annotationOf(descriptor, root), approximateDownloadSize: download, approximateFlatDeploymentSize: flat, approximateSparseDeploymentSize: sparse,
    defaultEntityName: root.name, virtualApp: root.kind === 'virtualSystemCollection',
    ...(options.length > 0 ? { deploymentOption: options.map(({ id, label, description }) => ({ key: id, label, description })) } : {}),
    defaultDeploymentOption: options.find(({ isDefault }) => isDefault)?.id ?? '',
    entityName: [root, ...systemsOf(root)].filter((entity, i, all) => all.indexOf(entity) === i).map(({ id, name }) => ({ key: id, value: name })),
    annotatedOst: { id: '', type: 'envelope', child: [{ id: root.id, type: root.kind, ...(root.children.length > 0 ? { child: root.children.map(({ id, kind }) => ({ id, type: kind })) } : {}) }] },
    ...problems.result(),
  };
}

/** Whether a host can run what is in the descriptor, and how large it is. */
export function validateHost(tx: Transaction, xml: string, host: ManagedObjectReference, params: OvfValidateHostParams): OvfValidateHostResult {
  const problems = new Problems();
  const descriptor = readDescriptor(xml, params, problems);
  if (!descriptor) return { ...problems.result() };
  const option = chooseOption(descriptor, params.deploymentOption, problems);
  const { cpuInfo, memorySize } = tx.get(host, 'hardware') as { cpuInfo: { numCpuThreads: number }; memorySize: number };
  for (const entity of systemsOf(descriptor.root)) {
    const reader = new HardwareReader(descriptor, { option, thin: true, eager: false, path: '', backing: (name) => networkBacking(tx, host, name, undefined, problems) }, problems);
    const { numCPUs = 1, memoryMB = 0 } = reader.read(entity).spec;
    const constraint = (name: string, value: string, why: string) => problems.error(fault('OvfHostResourceConstraint', { lineNumber: entity.node.line, name, value }, `Line ${entity.node.line}: '${entity.name}' needs ${why}.`));
    if (numCPUs > cpuInfo.numCpuThreads) constraint('numCPUs', String(numCPUs), `${numCPUs} processors; the host has ${cpuInfo.numCpuThreads}`);
    if (Number(memoryMB) * 1024 ** 2 > Number(memorySize)) constraint('memoryMB', String(memoryMB), `${memoryMB} MB of memory; the host has ${Math.floor(Number(memorySize) / 1024 ** 2)}`);
  }
  const { download, flat, sparse } = sizesOf(descriptor);
  return { downloadSize: download, flatDeploymentSize: flat, sparseDeploymentSize: sparse, supportedDiskProvisioning: Object.keys(PROVISIONING), ...problems.result() };
}
