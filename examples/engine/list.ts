import { connect } from 'vic-testbed/client';
import { inspectVch, listVchs } from 'vic-testbed/engine';

const url = process.env['VSPHERE_URL']!; // https://vcenter.example/sdk
const thumbprint = process.env['VSPHERE_THUMBPRINT']!;
const session = await connect(url, { user: 'administrator@vsphere.local', password: 'VMware1!', thumbprint });

// Every VCH that the account may see; without `all` those of the one cluster or host, or of `compute`.
for (const { id, path, name, state } of await listVchs(session, { all: true })) console.log(id, path, name, state);

// By name and place, or by id.
const vch = await inspectVch(session, { name: 'team-blue', compute: 'DC0_C0/Teams' });
console.log(vch.dockerHost, vch.tls ? 'TLS' : 'no TLS');
await session.close();
//=> vm-23 /DC0/host/DC0_C0/Resources virtual-container-host poweredOn
//=> vm-30 /DC0/host/DC0_C0/Resources/Teams team-blue poweredOn
//=> 127.17.109.40:2375 no TLS
