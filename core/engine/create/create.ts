// The verb create: makes a VCH from a plan, step by step; what a failed run has made is taken away again, newest first.
import {
  deletePath, formatDatastorePath, listDirectory, openDatastore, parentPath, parseDatastorePath, property, retrieve, runTask, want,
  type Connection, type Session,
} from '../../client/index.ts';
import { isFault } from '../../vim25/fault.ts';
import type { ManagedObjectReference } from '../../vim25/reference.ts';
import { hostPort } from '../address.ts';
import type { Context } from '../context.ts';
import type { Inspected } from '../inspect.ts';
import { UserError } from '../issue.ts';
import { runSteps, type Step } from '../step.ts';
import { applianceExtraConfig, extensionKeyOf, type ApplianceFacts } from './appliance-config.ts';
import { adaptersOf, createSpec, finishSpec } from './appliance-spec.ts';
import { waitForAppliance } from './await-appliance.ts';
import { authorityFiles, certificates } from './certificates.ts';
import { createBridge } from './create-bridge.ts';
import { createPool } from './create-pool.ts';
import { createVolumeStores } from './create-stores.ts';
import type { CreatePlan } from './plan.ts';
import type { Ports } from './ports.ts';
import { undoable, undoableTask, unlessGone, type CreateRun, type OnFailure } from './run.ts';

export interface Created extends Inspected {
  readonly warnings: readonly string[];
  /** Key and certificate files that were written. */
  readonly files: readonly string[];
}

const STEPS: readonly Step<CreateRun>[] = [
  { title: 'Creating certificates', act: certificates },
  { title: 'Creating resource pool', act: createPool },
  { title: 'Creating bridge network', when: ({ plan }) => plan.networks.bridge === undefined, act: createBridge },
  { title: 'Creating volume stores', when: ({ plan }) => plan.volumes.length > 0, act: createVolumeStores },
  { title: 'Creating appliance VM', act: createAppliance },
  { title: 'Configuring appliance VM', act: configureAppliance },
  { title: 'Uploading images', act: uploadImages },
  { title: 'Registering VCH as a vSphere extension', when: ({ context }) => context.vCenter, act: registerExtension },
  { title: 'Powering on appliance VM', act: powerOn },
  { title: 'Waiting for the appliance to start', act: waitForAppliance },
];

/** Makes the VCH. A failure leaves the endpoint, and the directory of the key files, as they were. */
export async function createIn(context: Context, session: Session, target: ApplianceFacts['target'], plan: CreatePlan, ports: Ports): Promise<Created> {
  const run: CreateRun = {
    context, session, target, plan, ports, warnings: [...plan.warnings], files: [],
    ...(plan.networks.bridge ? { bridge: plan.networks.bridge } : {}),
  };
  for (const warning of plan.warnings) context.log.warn(warning);
  await runSteps(STEPS, run, context.log);
  const verified = plan.certificates.mode === 'authority' ? { dockerCommand: verifiedCommand(plan.certificates.host, plan.name) } : {};
  return { ...run.reached!, ...verified, warnings: run.warnings, files: run.files };
}

/** Only clients with a certificate of the VCH's authority get in, and they see that it is the right VCH. */
function verifiedCommand(host: string, name: string): string {
  const { authority, client, clientKey } = authorityFiles(name);
  return `docker -H ${hostPort(host, 2376)} --tlsverify --tlscacert='${authority}' --tlscert='${client}' --tlskey='${clientKey}' info`;
}

/** What the configuration says as of now. */
function applianceFacts(run: CreateRun): ApplianceFacts {
  const { plan, context } = run;
  const { facts, networks } = plan;
  const { slots } = adaptersOf({ external: networks.external, client: networks.client, management: networks.management, bridge: run.bridge! });
  return {
    name: plan.name, vm: run.vm, uuid: run.uuid, directory: run.directory ?? plan.name, pool: run.pool!, debug: plan.debug, server: run.server, authority: run.authority, extension: run.extension!,
    image: plan.image, volumes: plan.volumes, networks, bridge: run.bridge!.ref, createdBridge: run.createdBridge === true, slots, target: run.target, vCenter: context.vCenter,
    paths: {
      datacenter: facts.datacenter.name, compute: facts.compute.path, pool: facts.parent.path,
      vm: `${facts.datacenter.path}/vm/${plan.name}`,
    },
  };
}

async function createAppliance(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const { plan, session } = run;
  const { networks, image, facts } = plan;
  const pool = run.pool!;
  const { adapters } = adaptersOf({ external: networks.external, client: networks.client, management: networks.management, bridge: run.bridge! });
  const config = createSpec({ name: plan.name, datastore: image.datastore.name, memoryMB: plan.memoryMB, cpus: plan.cpus, adapters, extraConfig: applianceExtraConfig(applianceFacts(run)) });
  const undo = (connection: Connection) => removeAppliance(run, connection);
  run.vm = pool.type === 'VirtualApp'
    ? await undoableTask(run, onFailure, pool, 'CreateChildVM_Task', { config }, undo)
    : await undoableTask(run, onFailure, facts.vmFolder, 'CreateVM_Task', { config, pool }, undo);
  const [made] = await retrieve(session, [run.vm], want('VirtualMachine', 'config.uuid', 'config.files.vmPathName'));
  run.uuid = made!.props['config.uuid'];
  run.directory = directoryOf(made!.props['config.files.vmPathName']);
}

const directoryOf = (vmPathName: string | undefined): string => parentPath(parseDatastorePath(vmPathName ?? '') ?? { datastore: '', path: '' }).path;

/** Takes the appliance VM away, with what is left of its directory: some servers leave files there that they did not make. */
async function removeAppliance(run: CreateRun, connection: Connection): Promise<void> {
  const vm = run.vm ?? (await vmIn(connection, run.pool!, run.plan.name));
  if (!vm) return;
  const { image, facts } = run.plan;
  const directory = run.directory ?? directoryOf(await property(connection, vm, 'VirtualMachine', 'config.files.vmPathName').catch(() => undefined));
  await unlessGone(() => runTask(connection, vm, 'Destroy_Task', {}));
  const path = { datastore: image.datastore.name, path: directory };
  const { browser } = image.datastore;
  if (directory !== '' && browser && (await listDirectory(connection, browser, path)) !== undefined) await unlessGone(() => deletePath(connection, path, facts.datacenter.ref));
}

/** The VM of the name in a pool that was made, or was empty, when this run began. */
async function vmIn(connection: Connection, pool: ManagedObjectReference, name: string): Promise<ManagedObjectReference | undefined> {
  const [row] = await retrieve(connection, [pool], want('ResourcePool', 'vm'));
  const rows = await retrieve(connection, row?.props.vm ?? [], want('VirtualMachine', 'name'));
  return rows.find((vm) => vm.props.name === name)?.ref;
}

async function configureAppliance(run: CreateRun): Promise<void> {
  const { session, plan } = run;
  const devices = (await property(session, run.vm!, 'VirtualMachine', 'config.hardware.device')) ?? [];
  const iso = formatDatastorePath({ datastore: plan.image.datastore.name, path: `${run.directory!}/appliance.iso` });
  const spec = finishSpec({ devices, iso, datastore: plan.image.datastore.ref, extraConfig: applianceExtraConfig(applianceFacts(run)) });
  await runTask(session, run.vm!, 'ReconfigVM_Task', { spec });
}

/** Both files at once, into the directory of the appliance VM, which goes with it when a later step fails. */
async function uploadImages(run: CreateRun): Promise<void> {
  const { session, plan, context } = run;
  const files = await openDatastore(session, context.inventory, plan.image.datastore.name, { datacenter: plan.facts.datacenter.path });
  const uploads = [['appliance.iso', plan.isos.appliance], ['bootstrap.iso', plan.isos.bootstrap]] as const;
  const results = await Promise.allSettled(uploads.map(([name, file]) => files.upload(`${run.directory!}/${name}`, file.stream(), { size: file.size })));
  const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : []));
  if (failed.length === 0) return;
  if (!plan.force || session.signal?.aborted) throw failed[0];
  const warning = `the images could not be uploaded: ${failed.map((error) => (error instanceof Error ? error.message : String(error))).join('; ')}`;
  run.warnings.push(warning);
  context.log.warn(warning);
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
  await undoable(run, onFailure,
    () => session.call(manager, 'RegisterExtension', { extension }),
    (connection) => unlessGone(() => connection.call(manager, 'UnregisterExtension', { extensionKey: key })));
  await session.call(manager, 'SetExtensionCertificate', { extensionKey: key, certificatePem: run.extension!.cert });
}

async function powerOn(run: CreateRun, onFailure: OnFailure): Promise<void> {
  const vm = run.vm!;
  await undoableTask(run, onFailure, vm, 'PowerOnVM_Task', {}, async (connection) => {
    try {
      await runTask(connection, vm, 'PowerOffVM_Task', {});
    } catch (error) {
      if (!isFault(error, 'InvalidPowerState') && !isFault(error, 'ManagedObjectNotFound')) throw error;
    }
  });
}
