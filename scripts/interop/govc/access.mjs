// Roles and permissions: kept, inherited, enforced.
import { excludes, includes, match, noMatch, ok, topic } from '../check.mjs';

export default topic('govc.access', {
  'roles: the roles of every vCenter': async (g) => {
    const names = (await g.lines('role.ls')).map((line) => line.split(/\s+/)[0]);
    for (const name of ['Admin', 'ReadOnly', 'View', 'Anonymous', 'NoAccess']) includes(names, name, 'roles');
  },
  'admin: the administrator may do everything': async (g) => {
    const privileges = await g.lines('role.ls Admin');
    for (const name of ['VirtualMachine.Interact.PowerOn', 'Datastore.FileManagement', 'System.Read', 'Host.Config.Network']) includes(privileges, name, 'privileges');
    ok(privileges.length > 200, 'many privileges', privileges.length);
  },
  'create: a role with its privileges': async (g) => {
    await g.run('role.create Operator VirtualMachine.Interact.PowerOn VirtualMachine.Interact.PowerOff');
    const privileges = await g.lines('role.ls Operator');
    includes(privileges, 'VirtualMachine.Interact.PowerOn', 'privileges');
    excludes(privileges, 'VirtualMachine.Inventory.Delete', 'privileges');
  },
  'create-duplicate: a name that is taken is refused': async (g) => {
    await g.run('role.create Operator');
    match(await g.fails('role.create Operator'), /already exists/);
  },
  'create-unknown-privilege: a privilege that is not there is refused': async (g) => {
    await g.fails('role.create Operator No.Such.Privilege');
    noMatch(await g.text('role.ls'), /Operator/);
  },
  'update: privileges are added and removed, the name changes': async (g) => {
    await g.run('role.create Operator VirtualMachine.Interact.PowerOn');
    await g.run('role.update -a Operator VirtualMachine.Interact.PowerOff');
    includes(await g.lines('role.ls Operator'), 'VirtualMachine.Interact.PowerOff', 'privileges');
    await g.run('role.update -r Operator VirtualMachine.Interact.PowerOn');
    excludes(await g.lines('role.ls Operator'), 'VirtualMachine.Interact.PowerOn', 'privileges');
    await g.run('role.update -name Watcher Operator');
    match(await g.text('role.ls'), /Watcher/);
  },
  'remove: a role goes; one in use only by force': async (g) => {
    await g.run('role.create Operator');
    await g.run('permissions.set -principal someone@vsphere.local -role Operator /DC0');
    match(await g.fails('role.remove Operator'), /in use|still/i);
    await g.run('role.remove -force Operator');
    noMatch(await g.text('role.ls'), /Operator/);
    noMatch(await g.text('permissions.ls /DC0'), /someone/);
  },
  'remove-system: a role of the system stays': async (g) => {
    await g.fails('role.remove Admin');
    match(await g.text('role.ls'), /Admin/);
  },
  'usage: where a role is used': async (g) => {
    await g.run('permissions.set -principal someone@vsphere.local -role ReadOnly /DC0/vm');
    match(await g.text('role.usage ReadOnly'), /\/DC0\/vm.*someone/i);
  },
  'permissions: set, inherited, changed and removed': async (g) => {
    await g.run('permissions.set -principal someone@vsphere.local -role ReadOnly /DC0');
    match(await g.text('permissions.ls /DC0/vm/DC0_H0_VM0'), /ReadOnly\s+\/DC0\s+.*someone/i);
    noMatch(await g.text('permissions.ls -a=false /DC0/vm/DC0_H0_VM0'), /someone/i);
    await g.run('permissions.set -principal someone@vsphere.local -role Admin /DC0');
    match(await g.text('permissions.ls /DC0'), /Admin\s+\/DC0\s+.*someone/i);
    await g.run('permissions.remove -principal someone@vsphere.local /DC0');
    noMatch(await g.text('permissions.ls /DC0'), /someone/i);
  },
  'permissions-no-propagate: stays at its object': async (g) => {
    await g.run('permissions.set -principal someone@vsphere.local -role ReadOnly -propagate=false /DC0');
    noMatch(await g.text('permissions.ls /DC0/vm'), /someone/i);
  },
  'permissions-missing: removing one that is not there is refused': async (g) => {
    await g.fails('permissions.remove -principal nobody@vsphere.local /DC0');
    await g.run('permissions.remove -f -principal nobody@vsphere.local /DC0');
  },
});
