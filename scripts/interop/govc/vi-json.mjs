// govc over VI/JSON instead of SOAP: the same commands, the other protocol (GOVC_VI_JSON). A release is part of every URL,
// so the one of the server has to be named.
import { equal, includes, match, sameMembers, topic } from '../check.mjs';

const JSON_ENV = { env: { GOVC_VI_JSON: '1', GOVC_VIM_VERSION: '8.0.3.0', GOVC_PERSIST_SESSION: 'false' } };
const OLD_ENV = { env: { ...JSON_ENV.env, GOVC_VIM_VERSION: '8.0.1.0' } };

/** What it says, without what says nothing: Go tells an empty list as null or as [], by the way it came. */
const told = (text) => JSON.parse(text, (_key, value) => (value === null || (Array.isArray(value) && value.length === 0) ? undefined : value));

export default topic('govc.vi-json', {
  'about: the product is the one that SOAP tells': async (g) => {
    equal(await g.text('about', JSON_ENV), await g.text('about'));
  },
  'find: the inventory is the one that SOAP tells': async (g) => {
    for (const line of ['find / -type m', 'find / -type h', 'ls -l /DC0/host', 'ls /DC0/datastore']) equal(await g.lines(line, JSON_ENV), await g.lines(line), line);
  },
  'vm-info: values of every type come as by SOAP': async (g) => {
    for (const line of ['object.collect -json vm/DC0_H0_VM0 config capability', 'device.info -json -vm DC0_H0_VM0', 'object.collect -json /DC0/host/DC0_H0/DC0_H0 config', 'datastore.info -json LocalDS_0']) {
      equal(told(await g.text(line, JSON_ENV)), told(await g.text(line)), line);
    }
  },
  'power: a task is followed to its end': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0', JSON_ENV);
    equal(await g.value('vm/DC0_H0_VM0', 'runtime.powerState'), 'poweredOff');
    equal(await g.value('vm/DC0_H0_VM1', 'runtime.powerState'), 'poweredOn');
    match(await g.fails('vm.power -off DC0_H0_VM0', JSON_ENV), /current state/);
  },
  'change: extra configuration, hardware and annotation are written': async (g) => {
    await g.run('vm.change -vm DC0_H0_VM0 -e guestinfo.json=yes -annotation by-json', JSON_ENV);
    equal((await g.extraConfig('DC0_H0_VM0'))['guestinfo.json'], 'yes');
    equal(await g.value('vm/DC0_H0_VM0', 'config.annotation'), 'by-json');
    equal(await g.value('vm/DC0_H0_VM1', 'config.annotation'), '');
  },
  'create: a machine of a whole specification, and it goes again': async (g) => {
    await g.run('vm.create -on=false -m 64 -c 2 -host DC0_H0 -ds LocalDS_0 json-vm', { env: { ...JSON_ENV.env, GOVC_NETWORK: 'VM Network' } });
    equal((await g.properties('vm/json-vm', 'config.hardware.numCPU'))['config.hardware.numCPU'], 2);
    await g.run('vm.destroy json-vm', JSON_ENV);
    equal(await g.lines('find / -type m -name json-vm'), []);
  },
  'duplicate: a fault has its type and its words': async (g) => {
    await g.run('folder.create /json', JSON_ENV);
    match(await g.fails('folder.create /json', JSON_ENV), /The name 'json' already exists/);
    includes(await g.lines('ls /'), '/json');
  },
  'events: events come with their classes and words': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0', JSON_ENV);
    const kinds = async (options) => (await g.lines('events -l -n 50 vm/DC0_H0_VM0', options)).map((line) => /\[(\w+Event)\]/.exec(line)?.[1]).filter(Boolean);
    sameMembers(await kinds(JSON_ENV), await kinds());
    match(await g.text('events vm/DC0_H0_VM0', JSON_ENV), /powered off/);
  },
  'tasks: TaskInfo with its any-typed results': async (g) => {
    await g.run('vm.power -off DC0_H0_VM0', JSON_ENV);
    match(await g.text('tasks -l vm/DC0_H0_VM0', JSON_ENV), /Power ?Off.*DC0_H0_VM0.*success/i);
  },
  'nobody: who has not logged in is told so, by a fault': async (g) => {
    match(await g.fails('ls', { env: { ...JSON_ENV.env, GOVC_URL: `${g.url.protocol}//${g.url.host}/sdk` } }), /NotAuthenticated/);
  },
  'release: an older release works, one that the server does not have is not answered': async (g) => {
    equal(await g.lines('find / -type m', OLD_ENV), await g.lines('find / -type m'));
    match(await g.fails('about', { env: { ...JSON_ENV.env, GOVC_VIM_VERSION: '7.0.3.0' } }), /application\/json/);
  },
});
