import { connect } from 'vic-testbed/client';
import { deleteVch, listVchs, UserError } from 'vic-testbed/engine';

const session = await connect(process.env['VSPHERE_URL']!, { user: 'administrator@vsphere.local', password: 'VMware1!', thumbprint: process.env['VSPHERE_THUMBPRINT']! });

// What the user can mend is a UserError: each issue with the wrong value, the option's flag and the valid values.
try {
  await listVchs(session, { compute: 'DC0_C1' });
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  for (const { what, flag, valid } of error.issues) console.log(`${what}; ${flag}: ${valid?.join(', ')}`);
}

// Nothing has been changed when delete refuses.
await deleteVch(session, { name: 'virtual-container-host' }).catch((error: UserError) => console.log(error.issues.at(-1)?.what));
await session.close();
//=> there is no compute resource "DC0_C1" in datacenter DC0; --compute-resource: DC0_C0, DC0_C0/Teams
//=> the virtual container host has powered-on container VMs; nothing was changed
