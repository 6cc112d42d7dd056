// The appliance and cluster modules: settings that stay, groups whose members are machines of the cluster.
import { equal, match, noMatch, topic } from '../check.mjs';

const MODULE_VMS = ['/DC0/vm/DC0_C0_RP0_VM0', '/DC0/vm/DC0_C0_RP0_VM1'];

export default topic('govc.vcsa', {
  'access: ssh, dcui and consolecli are closed and opened': async (g) => {
    for (const name of ['ssh', 'dcui', 'consolecli']) {
      match(await g.text(`vcsa.access.${name}.get`), /true/);
      await g.run(`vcsa.access.${name}.set -enabled=false`);
      match(await g.text(`vcsa.access.${name}.get`), /false/);
    }
  },
  'shell: opened for a time': async (g) => {
    await g.run('vcsa.access.shell.set -enabled=true -timeout=240');
    const shell = await g.json('vcsa.access.shell.get');
    equal([shell.enabled ?? shell.Enabled, shell.timeout ?? shell.Timeout], [true, 240]);
  },
  'shutdown: told, and cancelled': async (g) => {
    await g.run(['vcsa.shutdown.reboot', '-delay', '10', 'updates']);
    match(await g.text('vcsa.shutdown.get'), /reboot[\s\S]*updates|updates[\s\S]*reboot/i);
    await g.run('vcsa.shutdown.cancel');
    noMatch(await g.text('vcsa.shutdown.get'), /reboot/i);
  },
  'proxy: none at first; log forwarding, too': async (g) => {
    match(await g.text('vcsa.net.proxy.info'), /localhost/);
    await g.run('vcsa.log.forwarding.info');
  },
  'modules: created, filled, emptied and removed': async (g) => {
    const id = await g.text('cluster.module.create -cluster DC0_C0');
    match(await g.text('cluster.module.ls'), new RegExp(id));
    await g.run(['cluster.module.vm.add', '-id', id, ...MODULE_VMS]);
    equal((await g.lines(`cluster.module.ls -id ${id}`)).length, 2);
    await g.fails(['cluster.module.vm.add', '-id', id, '/DC0/vm/DC0_H0_VM0']);
    await g.run(['cluster.module.vm.rm', '-id', id, MODULE_VMS[0]]);
    match(await g.text(`cluster.module.ls -id ${id}`), new RegExp(`^VirtualMachine[: ]+${(await g.reference(MODULE_VMS[1])).split(/[: ]+/)[1]}$`));
    await g.run(`cluster.module.rm ${id}`);
    equal(await g.text('cluster.module.ls'), '');
  },
});
