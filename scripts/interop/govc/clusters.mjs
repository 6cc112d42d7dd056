// Clusters: creation, members, settings, groups, rules, overrides, usage.
import { equal, excludes, includes, match, ok, sameMembers, topic } from '../check.mjs';

const configuration = async (g) => (await g.properties('/DC0/host/DC0_C0', 'configurationEx')).configurationEx;

export default topic('govc.cluster', {
  'create: an empty cluster with its root pool': async (g) => {
    await g.run('cluster.create C9');
    equal(await g.text('ls /DC0/host/C9'), '/DC0/host/C9/Resources');
    equal((await g.properties('/DC0/host/C9', 'summary')).summary.numHosts, 0);
  },
  'create-duplicate: a name that is taken is refused': async (g) => match(await g.fails('cluster.create DC0_C0'), /already exists/),
  'add: a host makes the cluster larger': async (g) => {
    const before = (await g.properties('/DC0/host/DC0_C0', 'summary')).summary;
    await g.run('cluster.add -cluster DC0_C0 -hostname esx9.example -username root -password pass -noverify');
    const after = (await g.properties('/DC0/host/DC0_C0', 'summary')).summary;
    equal([after.numHosts, after.numEffectiveHosts], [4, 4]);
    ok(after.totalCpu > before.totalCpu && after.totalMemory > before.totalMemory, 'more to share', [before, after]);
    includes(await g.lines('ls /DC0/host/DC0_C0'), '/DC0/host/DC0_C0/esx9.example');
  },
  'mv: a standalone host moves into the cluster, and its compute resource goes': async (g) => {
    await g.run('host.add -hostname esx9.example -username root -password pass -noverify');
    await g.run('cluster.mv -cluster DC0_C0 esx9.example');
    includes(await g.lines('ls /DC0/host/DC0_C0'), '/DC0/host/DC0_C0/esx9.example');
    excludes(await g.lines('ls /DC0/host'), '/DC0/host/esx9.example');
  },
  'change: DRS and HA': async (g) => {
    await g.run('cluster.change -drs-enabled -drs-mode manual -drs-vmotion-rate 4 -ha-enabled -ha-admission-control-enabled=false DC0_C0');
    const { drsConfig, dasConfig } = await configuration(g);
    equal([drsConfig.enabled, drsConfig.defaultVmBehavior, drsConfig.vmotionRate, dasConfig.enabled, dasConfig.admissionControlEnabled], [true, 'manual', 4, true, false]);
    await g.run('cluster.change -ha-enabled=false DC0_C0');
    const after = await configuration(g);
    equal([after.dasConfig.enabled, after.drsConfig.enabled], [false, true]);
  },
  'groups: of machines and of hosts': async (g) => {
    await g.run('cluster.group.create -cluster DC0_C0 -name vms -vm DC0_C0_RP0_VM0 DC0_C0_RP0_VM1');
    await g.run('cluster.group.create -cluster DC0_C0 -name hosts -host DC0_C0_H0');
    sameMembers(await g.lines('cluster.group.ls -cluster DC0_C0'), ['vms', 'hosts']);
    sameMembers(await g.lines('cluster.group.ls -cluster DC0_C0 -name vms'), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1']);
    await g.run('cluster.group.change -cluster DC0_C0 -name vms DC0_C0_RP0_VM1');
    equal(await g.lines('cluster.group.ls -cluster DC0_C0 -name vms'), ['DC0_C0_RP0_VM1']);
    await g.run('cluster.group.remove -cluster DC0_C0 -name vms');
    equal(await g.lines('cluster.group.ls -cluster DC0_C0'), ['hosts']);
  },
  'group-foreign: a machine of another host cannot be in a group': async (g) => {
    await g.fails('cluster.group.create -cluster DC0_C0 -name vms -vm DC0_H0_VM0');
    equal(await g.lines('cluster.group.ls -cluster DC0_C0'), []);
  },
  'rule: machines that stay apart': async (g) => {
    await g.run('cluster.rule.create -cluster DC0_C0 -name apart -enable -anti-affinity DC0_C0_RP0_VM0 DC0_C0_RP0_VM1');
    equal(await g.lines('cluster.rule.ls -cluster DC0_C0'), ['apart']);
    sameMembers((await g.lines('cluster.rule.ls -cluster DC0_C0 -name apart')).map((line) => line.trim()), ['DC0_C0_RP0_VM0', 'DC0_C0_RP0_VM1']);
    const { rule: [rule] } = await configuration(g);
    equal([rule.name, rule.enabled, rule.vm.length], ['apart', true, 2]);
    match(await g.text('cluster.rule.ls -cluster DC0_C0 -l'), /apart \(ClusterAntiAffinityRuleSpec\)/);
    await g.run('cluster.rule.change -cluster DC0_C0 -name apart -enable=false');
    equal((await configuration(g)).rule[0].enabled, false);
    await g.run('cluster.rule.remove -cluster DC0_C0 -name apart');
    equal(await g.lines('cluster.rule.ls -cluster DC0_C0'), []);
  },
  'rule-hosts: machines that run on hosts of a group': async (g) => {
    await g.run('cluster.group.create -cluster DC0_C0 -name vms -vm DC0_C0_RP0_VM0');
    await g.run('cluster.group.create -cluster DC0_C0 -name hosts -host DC0_C0_H0');
    await g.run('cluster.rule.create -cluster DC0_C0 -name near -enable -mandatory -vm-host -vm-group vms -host-affine-group hosts');
    match(await g.text('cluster.rule.info -cluster DC0_C0'), /near[\s\S]*ClusterVmHostRuleInfo[\s\S]*hosts/);
  },
  'override: one machine has settings of its own': async (g) => {
    await g.run('cluster.override.change -cluster DC0_C0 -vm DC0_C0_RP0_VM0 -drs-enabled=false');
    await g.run('cluster.override.change -cluster DC0_C0 -vm DC0_C0_RP0_VM0 -ha-restart-priority high');
    const { drsVmConfig, dasVmConfig } = await configuration(g);
    equal([drsVmConfig[0].enabled, dasVmConfig[0].dasSettings.restartPriority], [false, 'high']);
    match(await g.text('cluster.override.info -cluster DC0_C0'), /DC0_C0_RP0_VM0/);
    await g.run('cluster.override.remove -cluster DC0_C0 -vm DC0_C0_RP0_VM0');
    equal(((await configuration(g)).drsVmConfig ?? []).length, 0);
  },
  'usage: what is used and free': async (g) => {
    const usage = await g.json('cluster.usage DC0_C0');
    ok(usage.memory.capacity > 0 && usage.memory.free <= usage.memory.capacity, 'memory', usage);
    ok(usage.cpu.capacity > 0, 'processors', usage);
    ok(usage.storage.capacity > 0, 'storage', usage);
  },
  'destroy: an empty cluster goes': async (g) => {
    await g.run('cluster.create C9');
    await g.run('object.destroy /DC0/host/C9');
    equal(await g.text('ls /DC0/host/C9'), '');
  },
  'vm-create: a cluster finds a place for a new machine': async (g) => {
    await g.run('cluster.change -drs-enabled DC0_C0');
    await g.run('vm.create -cluster DC0_C0 new');
    const host = await g.value('/DC0/vm/new', 'runtime.host');
    includes(await g.lines('find -i /DC0/host/DC0_C0 -type h'), host);
  },
});
