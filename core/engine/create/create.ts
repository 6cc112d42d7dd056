// The verb create: makes a VCH from a plan, step by step; what a failed run has made is taken away again, newest first.
import { openDatastore, formatDatastorePath, parseDatastorePath, parentPath, property, readInventory, retrieve, runTask, want, type Session } from '../../client/index.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import type { Context } from '../context.ts';
import { connectionFacts, type Inspected } from '../inspect.ts';
import { UserError } from '../issue.ts';
import { runSteps, type Step, type Undo } from '../step.ts';
import { readVchs } from '../vch-config.ts';
import { applianceExtraConfig, extensionKeyOf, type ApplianceFacts, type KeyPair } from './appliance-config.ts';
import { adaptersOf, createSpec, finishSpec } from './appliance-spec.ts';
import { waitForAppliance } from './await-appliance.ts';
import { createBridge } from './create-bridge.ts';
import { createPool } from './create-pool.ts';
import { createVolumeStores } from './create-stores.ts';
import type { NetworkFacts } from './facts.ts';
import type { CreatePlan } from './plan.ts';
import type { Ports } from './ports.ts';
import { selfSignedPair } from './tls.ts';

export interface Created extends Inspected {
  readonly warnings: readonly string[];
  /** Key and certificate files that were written. */
  readonly files: readonly string[];
}

/** What the steps share; filled as they go. */
export interface CreateRun {
  readonly context: Context;
  readonly session: Session;
  readonly target: ApplianceFacts['target'];
  readonly plan: CreatePlan;
  readonly ports: Ports;
  readonly warnings: string[];
  readonly files: string[];
  server?: KeyPair;
  extension?: KeyPair;
  pool?: ManagedObjectReference;
  bridge?: NetworkFacts;
  createdBridge?: boolean;
  vm?: ManagedObjectReference;
  uuid?: string;
  directory?: string;
}

type OnFailure = (undo: Undo) => void;

const STEPS: readonly Step<CreateRun>[] = [
  { title: 'Creating certificates', act: certificates },
  { title: 'Creating resource pool', act: createPool },
  { title: 'Creating bridge network', act: createBridge },
  { title: 'Creating volume stores', when: ({ plan }) => plan.volumes.length > 0, act: createVolumeStores },
  { title: 'Creating appliance VM', act: createAppliance },
  { title: 'Configuring appliance VM', act: configureAppliance },
  { title: 'Uploading images', act: uploadImages },
  { title: 'Registering VCH as a vSphere extension', when: ({ context }) => context.vCenter, act: registerExtension },
  { title: 'Powering on appliance VM', act: powerOn },
  { title: 'Waiting for the appliance to start', act: waitForAppliance },
];

/** Undoing must work after the time limit has passed, too. */
export const undoSignal = (): AbortSignal => AbortSignal.timeout(60_000);

/** Makes the VCH. A failure leaves the endpoint as it was. */
export async function createVch(context: Context, session: Session, target: ApplianceFacts['target'], plan: CreatePlan, ports: Ports): Promise<Created> {
  const run: CreateRun = { context, session, target, plan, ports, warnings: [...plan.warnings], files: [] };
  for (const warning of plan.warnings) context.log.warn(warning);
  await runSteps(STEPS, run, context.log);
  const inventory = await readInventory(session);
  const made = (await readVchs(session, inventory, [run.vm!])).find((vch) => vch.id === run.vm!.value);
  if (!made) throw new Error(`the new virtual container host ${run.vm!.value} is not there`);
  return { ...connectionFacts(made), warnings: run.warnings, files: run.files };
}

async function certificates(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { plan, ports } = run;
  const { certificates: wanted } = plan;
  if (wanted.mode === 'files') run.server = wanted.pair;
  else if (wanted.mode === 'generate') {
    run.server = await selfSignedPair(plan.name, ports.now());
    for (const [what, text] of [['key', run.server.key], ['cert', run.server.cert]] as const) {
      const path = await ports.writeFile(`${plan.name}-${what}.pem`, text, what === 'key');
      onFailure(() => ports.removeFile(path));
      run.files.push(path);
    }
  }
  run.extension = await selfSignedPair(plan.name, ports.now());
}

/** What the configuration says as of now. */
function applianceFacts(run: CreateRun): ApplianceFacts {
  const { plan, context } = run;
  const { facts, networks } = plan;
  const { slots } = adaptersOf({ external: networks.external, client: networks.client, management: networks.management, bridge: run.bridge! });
  return {
    name: plan.name, vm: run.vm, uuid: run.uuid, directory: run.directory ?? plan.name, pool: run.pool!, debug: plan.debug, server: run.server, extension: run.extension!,
    image: plan.image, volumes: plan.volumes, networks, bridge: run.bridge!.ref, createdBridge: run.createdBridge === true, slots, target: run.target, vCenter: context.vCenter,
    paths: {
      datacenter: facts.datacenter.name, compute: facts.compute.path, pool: facts.parent.path,
      vm: `${facts.datacenter.path}/vm/${plan.name}`,
    },
  };
}

async function createAppliance(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { plan, session, pool } = run;
  const { networks, image, facts } = plan;
  const { adapters } = adaptersOf({ external: networks.external, client: networks.client, management: networks.management, bridge: run.bridge! });
  const config = createSpec({ name: plan.name, datastore: image.datastore.name, memoryMB: plan.memoryMB, cpus: plan.cpus, adapters, extraConfig: applianceExtraConfig(applianceFacts(run)) });
  onFailure(async () => {
    if (run.vm) await runTask(session, run.vm, 'Destroy_Task', {}, { signal: undoSignal() });
  });
  run.vm = pool!.type === 'VirtualApp'
    ? await runTask(session, pool!, 'CreateChildVM_Task', { config })
    : await runTask(session, facts.vmFolder, 'CreateVM_Task', { config, pool: pool! });
  const [made] = await retrieve(session, [run.vm!], want('VirtualMachine', 'config.uuid', 'config.files.vmPathName'));
  run.uuid = made!.props['config.uuid'];
  const directory = parentPath(parseDatastorePath(made!.props['config.files.vmPathName']!)!);
  run.directory = directory.path;
}

async function configureAppliance(run: CreateRun): Promise<void> {
  const { session, plan } = run;
  const devices = (await property(session, run.vm!, 'VirtualMachine', 'config.hardware.device')) ?? [];
  const iso = formatDatastorePath({ datastore: plan.image.datastore.name, path: `${run.directory!}/appliance.iso` });
  const spec = finishSpec({ devices, iso, datastore: plan.image.datastore.ref, extraConfig: applianceExtraConfig(applianceFacts(run)) });
  await runTask(session, run.vm!, 'ReconfigVM_Task', { spec });
}

async function uploadImages(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { session, plan, context } = run;
  const files = await openDatastore(session, context.inventory, plan.image.datastore.name, { datacenter: plan.facts.datacenter.path });
  const uploads = [['appliance.iso', plan.isos.appliance], ['bootstrap.iso', plan.isos.bootstrap]] as const;
  // Some servers leave uploaded files when the VM is destroyed; the directory goes after it, when it is still there.
  onFailure(() => removeDirectory(run));
  await Promise.all(uploads.map(([name, file]) => files.upload(`${run.directory!}/${name}`, file.stream(), { size: file.size })));
}

async function removeDirectory({ session, plan, directory }: CreateRun): Promise<void> {
  const { fileManager } = session.content;
  if (!fileManager || !directory) return;
  for (const name of ['appliance.iso', 'bootstrap.iso']) {
    const path = formatDatastorePath({ datastore: plan.image.datastore.name, path: `${directory}/${name}` });
    await runTask(session, fileManager, 'DeleteDatastoreFile_Task', { name: path, datacenter: plan.facts.datacenter.ref }, { signal: undoSignal() }).catch(() => undefined);
  }
}

async function registerExtension(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { session, uuid, ports } = run;
  const manager = session.content.extensionManager;
  if (!manager) throw new UserError('state', { what: `${session.address} offers no extension manager` });
  const key = extensionKeyOf(uuid!);
  const extension = {
    key, company: 'VMware, Inc.', version: '0.0', lastHeartbeatTime: ports.now(),
    description: { label: 'VIC', summary: 'vSphere Integrated Containers Virtual Container Host' },
  };
  await session.call(manager, 'RegisterExtension', { extension });
  onFailure(() => session.call(manager, 'UnregisterExtension', { extensionKey: key }, { signal: undoSignal() }));
  await session.call(manager, 'SetExtensionCertificate', { extensionKey: key, certificatePem: run.extension!.cert });
}

async function powerOn(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { session, vm } = run;
  onFailure(async () => {
    await runTask(session, vm!, 'PowerOffVM_Task', {}, { signal: undoSignal() }).catch(() => undefined);
  });
  await runTask(session, vm!, 'PowerOnVM_Task', {});
}
