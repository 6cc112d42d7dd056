// vic-machine create: makes one VCH.
import { createVch, describePlan, planCreate } from '../../engine/index.ts';
import { connectionLines } from '../connection-text.ts';
import { CREATE_FLAGS, createOptions, validateCreate } from '../create-flags.ts';
import type { Command } from '../define-command.ts';
import { EXIT } from '../exit-codes.ts';
import { localPorts } from '../local-files.ts';
import { withContext } from '../session.ts';

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
    withContext(
      'create',
      values,
      io,
      async ({ context, session, target, credentials }) => {
        if (!io.local) throw new Error('create needs files, and was given no way to them');
        const ports = localPorts(io.local);
        const print = (value: object): void => io.stdout(`${JSON.stringify(value, null, 2)}\n`);
        const json = values.boolean('json');
        const plan = await planCreate(context, createOptions(values, target.datacenter), ports);
        if (values.boolean('dry-run')) {
          const steps = describePlan(plan);
          if (json) print({ name: plan.name, dryRun: true, steps, warnings: plan.warnings });
          else {
            for (const warning of plan.warnings) context.log.warn(warning);
            io.stdout(`This would be done; nothing was changed:\n${steps.map((step) => `  ${step}\n`).join('')}`);
          }
          return EXIT.ok;
        }
        const created = await createVch(context, session, { url: target.url, ...credentials }, plan, ports);
        if (json) print(created);
        else io.stdout([...created.files.map((file) => `Wrote ${file}`), 'Initialization of appliance successful', '', ...connectionLines(created), 'Installer completed successfully', ''].join('\n'));
        return EXIT.ok;
      },
      { progress: true },
    ),
};
