// vic-machine create: makes one VCH.
import { createVch, describePlan, localPorts, planVch } from '../../engine/index.ts';
import { connectionLines } from '../connection-text.ts';
import { CREATE_FLAGS, createOptions, validateCreate } from '../create-flags.ts';
import type { Command } from '../define-command.ts';
import { jsonText } from '../output.ts';
import { withSession } from '../session.ts';

export const command: Command = {
  name: 'create',
  summary: 'Create a virtual container host',
  usage: 'vic-machine create --target [user[:password]@]address[/datacenter] --image-store datastore[/path] --name <name> [flags]',
  flags: CREATE_FLAGS,
  examples: [
    'vCenter Server: vic-machine create --target administrator:password@vcenter.example.com/dc1 --compute-resource cluster1 --image-store datastore1 --bridge-network vic-bridge --name vch1',
    'ESXi: vic-machine create --target root:password@esxi.example.com --image-store datastore1 --name vch1',
    "More: … --volume-store datastore1/volumes:default --container-network vlan10:apps --container-network-gateway vlan10:10.10.10.1/24 --container-network-ip-range vlan10:10.10.10.100-120",
    'Look first: … --dry-run',
  ],
  validate: validateCreate,
  run: (values, io) =>
    withSession(
      'create',
      values,
      io,
      async ({ session, target, credentials, log }) => {
        if (!io.local) throw new Error('create needs files, and was given no way to them');
        const ports = localPorts(io.local);
        const options = createOptions(values, target.datacenter);
        const json = values.boolean('json');
        if (values.boolean('dry-run')) {
          const plan = await planVch(session, options, ports, log);
          for (const warning of plan.warnings) log.warn(warning);
          const steps = describePlan(plan);
          return json ? jsonText({ name: plan.name, dryRun: true, steps, warnings: plan.warnings }) : `This would be done; nothing was changed:\n${steps.map((step) => `  ${step}\n`).join('')}`;
        }
        const created = await createVch(session, options, { ports, target: { url: target.url, ...credentials } }, log);
        return json ? jsonText(created) : [...created.files.map((file) => `Wrote ${file}`), 'Initialization of appliance successful', '', ...connectionLines(created), 'Installer completed successfully', ''].join('\n');
      },
      { keepProgress: true },
    ),
};
