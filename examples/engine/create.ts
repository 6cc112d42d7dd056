import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'vic-testbed/client';
import { createVch, deleteVch, describePlan, localPorts, planVch } from 'vic-testbed/engine';

const url = new URL(process.env['VSPHERE_URL']!);
const account = { user: 'administrator@vsphere.local', password: 'VMware1!' };
const session = await connect(url, { ...account, thumbprint: process.env['VSPHERE_THUMBPRINT']! });

// Where key files are written, and where the two images of VIC lie; a simulator takes any two files.
const directory = await mkdtemp(join(tmpdir(), 'vch-'));
for (const name of ['appliance.iso', 'bootstrap.iso']) await writeFile(join(directory, name), name);
const ports = localPorts({ directory, program: directory, now: () => new Date() });

// The options are those of the command; all but the image store have a default.
const options = { name: 'ci', imageStore: 'nfs-1', bridgeNetwork: 'apps', volumeStores: ['nfs-1/ci-volumes:default'], certificates: { mode: 'none' } } as const;
console.log(describePlan(await planVch(session, options, ports)).slice(0, 2).join('; '));

const log = { step: (title: string) => console.log(`… ${title}`), warn: () => undefined };
const created = await createVch(session, options, { ports, target: { url, ...account } }, log);
console.log(created.name, created.dockerHost);

const deleted = await deleteVch(session, { name: 'ci' });
console.log('kept:', deleted.keptVolumeStores.map(({ label, path }) => `${label} = [${path.datastore}] ${path.path}`).join());
await session.close();
await rm(directory, { recursive: true });
//=> create vApp "ci" in /DC0/host/DC0_C0/Resources; use network "apps" as bridge network
//=> … Creating certificates
//=> … Creating resource pool
//=> … Creating volume stores
//=> … Creating appliance VM
//=> … Configuring appliance VM
//=> … Uploading images
//=> … Registering VCH as a vSphere extension
//=> … Powering on appliance VM
//=> … Waiting for the appliance to start
//=> ci 127.17.201.199:2375
//=> kept: default = [nfs-1] ci-volumes
