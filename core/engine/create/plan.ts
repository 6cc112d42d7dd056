// What create is going to do: every option resolved against the server, nothing changed yet. All that is wrong is told
// at once.
import type { Node } from '../../client/index.ts';
import { enclosing, formatDatastorePath } from '../../client/index.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import type { ResourceAllocationInfo, ResourceConfigSpec } from '../../vim25/types.d.ts';
import { computeOf, resolveCompute, resolveDatacenter } from '../compute.ts';
import type { Context } from '../context.ts';
import { UserError } from '../issue.ts';
import type { KeyPair } from './appliance-config.ts';
import { readFacts, type CreateFacts } from './facts.ts';
import { Issues, readName, readShares, type Allocation, type CreateOptions } from './options.ts';
import type { LocalFile, Ports } from './ports.ts';
import { checkPair } from './tls.ts';
import { checkDrs, checkFirewall, checkLicences } from './validate-hosts.ts';
import { checkAttached, checkExisting, checkImageStore, checkNetworks, checkVolumeStores, type Networks, type Store } from './validate.ts';

export interface CreatePlan {
  readonly name: string;
  readonly facts: CreateFacts;
  readonly kind: 'vApp' | 'resource pool';
  readonly resources: ResourceConfigSpec;
  /** An empty pool of the right name that is used as it is. */
  readonly existingPool: ManagedObjectReference | undefined;
  readonly image: Store;
  readonly volumes: readonly { readonly label: string; readonly store: Store }[];
  readonly networks: Networks;
  readonly certificates: { readonly mode: 'generate' } | { readonly mode: 'files'; readonly pair: KeyPair } | { readonly mode: 'none' };
  readonly isos: { readonly appliance: LocalFile; readonly bootstrap: LocalFile };
  readonly memoryMB: number;
  readonly cpus: number;
  readonly debug: number;
  readonly force: boolean;
  readonly warnings: readonly string[];
}

/** Resolves and validates. Throws one UserError with every issue. */
export async function planCreate(context: Context, options: CreateOptions, ports: Ports): Promise<CreatePlan> {
  const issues = new Issues();
  readName(options.name, issues);
  const isos = await findIsos(options, ports, issues);
  const certificates = await readCertificates(options, ports, issues);
  const resources = resourcesOf(options, issues);
  checkSize(options, issues);
  const place = placeOf(context, options, issues);
  if (!place) throw new UserError('state', ...issues.all);

  const facts = await readFacts(context, place.datacenter, place.parent, place.compute);
  const image = checkImageStore(options, facts, issues);
  const volumes = checkVolumeStores(options, facts, issues);
  const networks = checkNetworks(options, facts, issues);
  checkAttached(image, facts, issues);
  checkFirewall(facts, issues);
  checkDrs(facts, issues);
  const warnings = checkLicences(facts, issues);
  const vmsOf = (pool: Node): Node[] => context.inventory.all('VirtualMachine').filter((vm) => vm.pool === pool);
  const existing = checkExisting(options, place.parent, context.vchs, vmsOf, issues);
  if (issues.all.length > 0 || !image || !networks || !isos || !certificates) throw new UserError('state', ...issues.all);
  return {
    name: options.name, facts, kind: context.vCenter && !options.useRp ? 'vApp' : 'resource pool', resources, existingPool: existing?.ref, image, volumes, networks,
    certificates, isos, memoryMB: options.applianceMemory, cpus: options.applianceCpu, debug: options.debug, force: options.force, warnings,
  };
}

/** Where it goes; what is wrong with that is noted beside the other issues. */
function placeOf(context: Context, options: CreateOptions, issues: Issues): { readonly datacenter: Node; readonly parent: Node; readonly compute: Node } | undefined {
  try {
    const datacenter = resolveDatacenter(context.inventory, options.datacenter);
    const taken = context.vchs.flatMap((vch) => (vch.pool && vch.pool.name === vch.name ? [vch.pool] : []));
    const parent = resolveCompute(computeOf(context.inventory, datacenter, context.vCenter, taken), options.compute);
    return { datacenter, parent, compute: enclosing(parent, 'ComputeResource')! };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    issues.all.push(...error.issues);
    return undefined;
  }
}

async function findIsos(options: CreateOptions, ports: Ports, issues: Issues): Promise<CreatePlan['isos'] | undefined> {
  const find = async (path: string, flag: string): Promise<LocalFile | undefined> =>
    (await ports.findFile(path)) ?? issues.add(`there is no file "${path}"`, { flag, details: ['It was looked for in the current directory and beside vic-machine.'], example: `${flag} /path/to/${flag.includes('boot') ? 'bootstrap' : 'appliance'}.iso` });
  const appliance = await find(options.applianceIso, '--appliance-iso');
  const bootstrap = await find(options.bootstrapIso, '--bootstrap-iso');
  return appliance && bootstrap ? { appliance, bootstrap } : undefined;
}

async function readCertificates({ certificates }: CreateOptions, ports: Ports, issues: Issues): Promise<CreatePlan['certificates'] | undefined> {
  if (certificates.mode !== 'files') return { mode: certificates.mode };
  const read = async (path: string, flag: string): Promise<string | undefined> => {
    const file = await ports.findFile(path);
    return file ? Buffer.from(await file.read()).toString('utf8') : issues.add(`there is no file "${path}"`, { flag });
  };
  const [key, cert] = [await read(certificates.key, '--key'), await read(certificates.cert, '--cert')];
  const pair = key === undefined || cert === undefined ? undefined : checkPair({ key, cert }, issues);
  return pair && { mode: 'files', pair };
}

function checkSize(options: CreateOptions, issues: Issues): void {
  if (options.applianceMemory < 1024) issues.add(`--appliance-memory ${options.applianceMemory} is too little: the appliance needs 1024 MB`, { flag: '--appliance-memory', example: '--appliance-memory 2048' });
  if (options.applianceCpu < 1) issues.add(`--appliance-cpu ${options.applianceCpu} is too little: the appliance needs one`, { flag: '--appliance-cpu', example: '--appliance-cpu 1' });
}

function resourcesOf(options: CreateOptions, issues: Issues): ResourceConfigSpec {
  return { cpuAllocation: allocationOf(options.cpu, 'cpu', issues), memoryAllocation: allocationOf(options.memory, 'memory', issues) };
}

function allocationOf({ reservation, limit, shares }: Allocation, what: 'cpu' | 'memory', issues: Issues): ResourceAllocationInfo {
  for (const [word, value] of [['reservation', reservation], ['limit', limit]] as const) {
    if (value < 0) issues.add(`--pool-${what}-${word} ${value} is negative`, { flag: `--pool-${what}-${word}` });
  }
  if (limit > 0 && reservation > limit) issues.add(`--pool-${what}-reservation ${reservation} is more than the limit of ${limit}`, { flag: `--pool-${what}-limit`, example: `--pool-${what}-limit ${reservation}` });
  const level = readShares(shares, `--pool-${what}-shares`, issues);
  return {
    // The original's values for "nothing said": vSphere refuses a vApp without any reservation.
    reservation: reservation || 1, limit: limit || -1, expandableReservation: true,
    shares: typeof level === 'number' ? { level: 'custom', shares: level } : { level, shares: 0 },
  };
}

/** The plan in words, for --dry-run. */
export function describePlan(plan: CreatePlan): string[] {
  const { facts, networks, image } = plan;
  const bridge = networks.bridge ? `use network "${networks.bridgeName}" as bridge network` : `create virtual switch and port group "${networks.bridgeName}" as bridge network`;
  return [
    plan.existingPool ? `use the empty resource pool "${plan.name}" in ${facts.parent.path}` : `create ${plan.kind} "${plan.name}" in ${facts.parent.path}`,
    bridge,
    ...plan.volumes.map(({ label, store }) => `use ${formatDatastorePath(store.path)} as volume store "${label}"`),
    `keep images in ${formatDatastorePath(image.path)}`,
    `create appliance VM "${plan.name}" with ${plan.cpus} CPU and ${plan.memoryMB} MB on datastore "${image.datastore.name}"`,
    `connect it to ${[...new Set([networks.external.name, networks.client.name, networks.management.name, networks.bridgeName])].map((name) => `"${name}"`).join(', ')}`,
    ...networks.containers.map(({ network, alias }) => `offer network "${network}" to containers as "${alias}"`),
    `upload ${plan.isos.appliance.name} and ${plan.isos.bootstrap.name}`,
    ...(facts.vCenter ? ['register a vCenter extension for it'] : []),
    plan.certificates.mode === 'none' ? 'no TLS: the Docker endpoint listens on port 2375' : plan.certificates.mode === 'files' ? 'use the given certificate' : 'generate a key and certificate',
    'power it on and wait until it is ready',
  ];
}
