// What create is going to do: every option resolved against the server, nothing changed yet. All that is wrong is told
// at once.
import type { Node } from '../../client/index.ts';
import { enclosing, formatDatastorePath } from '../../client/index.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import type { ResourceConfigSpec } from '../../vim25/types.d.ts';
import { poolIn, type Context } from '../context.ts';
import { UserError, type Issue } from '../issue.ts';
import type { KeyPair } from './appliance-config.ts';
import { authorityFiles, serverFiles } from './certificates.ts';
import { readFacts, type CreateFacts } from './facts.ts';
import { firewallStates } from './firewall-state.ts';
import { Issues, readCertificates, readContainerNetworks, readDatastore, readName, readVolumeStores, type CreateOptions } from './options.ts';
import type { LocalFile, Ports } from './ports.ts';
import { checkSize, resourcesOf } from './resources.ts';
import { checkPair } from './tls.ts';
import { checkDrs, checkFirewall, checkLicences, checkManaged, closedHosts } from './validate-hosts.ts';
import { checkAttached, checkBridgeRange, checkExisting, checkImageStore, checkNetworks, checkVolumeStores, type Networks, type Store } from './validate.ts';

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
  readonly certificates: { readonly mode: 'generate' } | { readonly mode: 'authority'; readonly host: string } | { readonly mode: 'files'; readonly pair: KeyPair } | { readonly mode: 'none' };
  readonly isos: { readonly appliance: LocalFile; readonly bootstrap: LocalFile };
  readonly memoryMB: number;
  readonly cpus: number;
  readonly debug: number;
  readonly force: boolean;
  readonly warnings: readonly string[];
}

/** What is wrong with the options whatever the server has: what can be told before anything is contacted. */
export function checkCreateOptions(options: CreateOptions): readonly Issue[] {
  const issues = new Issues();
  readName(options.name, issues);
  checkSize(options, issues);
  resourcesOf(options, issues);
  if (options.imageStore !== '') readDatastore(options.imageStore, '--image-store', issues);
  readVolumeStores(options.volumeStores, issues);
  readContainerNetworks(options, issues);
  checkBridgeRange(options, issues);
  readCertificates(options, issues);
  return issues.all;
}

/** Resolves and validates. Throws one UserError with every issue. */
export async function planCreate(context: Context, options: CreateOptions, ports: Ports): Promise<CreatePlan> {
  const issues = new Issues();
  readName(options.name, issues);
  const isos = await findIsos(options, ports, issues);
  readCertificates(options, issues);
  const certificates = await findCertificates(options, ports, issues);
  const resources = resourcesOf(options, issues);
  checkSize(options, issues);
  const place = placeOf(context, options, issues);
  if (!place) throw new UserError('state', ...issues.all);

  const facts = await readFacts(context, place.datacenter, place.parent, place.compute);
  const image = checkImageStore(options, facts, issues);
  const volumes = checkVolumeStores(options, facts, issues);
  const networks = checkNetworks(options, facts, issues);
  checkAttached(image, facts, issues);
  checkManaged(facts, issues);
  const warnings = checkFirewall(facts, await firewallStates(context.connection, closedHosts(facts)), issues);
  checkDrs(facts, issues);
  warnings.push(...checkLicences(facts, issues));
  const existing = checkExisting(options, facts, context.vchs, context.inventory.all('VirtualMachine'), issues);
  if (issues.all.length > 0 || !image || !networks || !isos || !certificates) throw new UserError('state', ...issues.all);
  return {
    name: options.name, facts, kind: context.vCenter && !options.useRp ? 'vApp' : 'resource pool', resources, existingPool: existing?.ref, image, volumes, networks,
    certificates, isos, memoryMB: options.applianceMemory, cpus: options.applianceCpu, debug: options.debug, force: options.force, warnings,
  };
}

/** Where it goes; what is wrong with that is noted beside the other issues. */
function placeOf(context: Context, options: CreateOptions, issues: Issues): { readonly datacenter: Node; readonly parent: Node; readonly compute: Node } | undefined {
  try {
    const { compute: { datacenter }, pool: parent } = poolIn(context, options.datacenter, options.compute);
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

/** Files that create writes. */
const filesOf = (mode: CreatePlan['certificates']['mode'], name: string): readonly string[] =>
  mode === 'generate' ? Object.values(serverFiles(name)) : mode === 'authority' ? [...Object.values(serverFiles(name)), ...Object.values(authorityFiles(name))] : [];

async function findCertificates({ certificates, name }: CreateOptions, ports: Ports, issues: Issues): Promise<CreatePlan['certificates'] | undefined> {
  if (certificates.mode === 'none') return { mode: 'none' };
  if (certificates.mode !== 'files') {
    for (const file of filesOf(certificates.mode, name)) {
      if (await ports.exists(file)) issues.add(`the file ${file} is there already and would be overwritten`, { flag: '--key', details: ['Move it away, or use it: --key and --cert take an existing pair.'] });
    }
    return certificates;
  }
  const read = async (path: string, flag: string): Promise<string | undefined> => {
    const file = await ports.findFile(path);
    return file ? Buffer.from(await file.read()).toString('utf8') : issues.add(`there is no file "${path}"`, { flag });
  };
  const [key, cert] = [await read(certificates.key, '--key'), await read(certificates.cert, '--cert')];
  const pair = key === undefined || cert === undefined ? undefined : checkPair({ key, cert }, issues);
  return pair && { mode: 'files', pair };
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
    plan.certificates.mode === 'none' ? 'no TLS: the Docker endpoint listens on port 2375'
      : plan.certificates.mode === 'files' ? 'use the given certificate' : `write keys and certificates: ${filesOf(plan.certificates.mode, plan.name).join(', ')}`,
    'power it on and wait until it is ready',
  ];
}
