// What vCenter keeps beside the inventory: extensions, licenses, custom fields, options.
import { equal, excludes, includes, match, noMatch, ok, topic } from '../check.mjs';

const EXTENSION = JSON.stringify({ key: 'com.example.interop', version: '1.0', company: 'Example', lastHeartbeatTime: '2020-01-01T00:00:00Z', description: { label: 'Interop', summary: 'An extension of a test' } });

export default topic('govc.managers', {
  'extension-register: is registered, updated, unregistered': async (g) => {
    await g.run('extension.register', { input: EXTENSION });
    match(await g.text('extension.info com.example.interop'), /Version:\s+1\.0/);
    await g.fails('extension.register', { input: EXTENSION });
    await g.run('extension.register -update', { input: EXTENSION.replace('"1.0"', '"1.1"') });
    match(await g.text('extension.info com.example.interop'), /Version:\s+1\.1/);
    await g.run('extension.unregister com.example.interop');
    const { extensions } = await g.json('extension.info');
    excludes((extensions ?? []).map(({ key }) => key), 'com.example.interop', 'keys');
  },
  'extension-cert: a certificate for an extension': async (g) => {
    await g.run('extension.register', { input: EXTENSION });
    const pem = (await g.text('about.cert -k -show'));
    await g.run('extension.setcert com.example.interop', { input: pem });
    match(JSON.stringify(await g.json('extension.info com.example.interop')), /com\.example\.interop/);
  },
  'licenses: an evaluation license': async (g) => match(await g.text('license.ls'), /00000-00000-00000-00000-00000\s+eval/),
  'license-add: is kept with its labels, and removed': async (g) => {
    const key = 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE';
    await g.run(`license.add ${key}`);
    match(await g.text('license.ls'), new RegExp(key));
    await g.run(`license.label.set ${key} team lab`);
    const licenses = await g.json('license.ls');
    equal(licenses.find(({ licenseKey }) => licenseKey === key).labels.map(({ key: name, value }) => [name, value]), [['team', 'lab']]);
    await g.run(`license.remove ${key}`);
    noMatch(await g.text('license.ls'), new RegExp(key));
  },
  'license-decode: what a key stands for': async (g) => match(await g.text('license.decode 00000-00000-00000-00000-00000'), /\seval\s/),
  'license-assign: a host gets a license': async (g) => {
    const key = 'AAAAA-BBBBB-CCCCC-DDDDD-EEEEE';
    await g.run(`license.add ${key}`);
    await g.run(`license.assign -host DC0_H0 ${key}`);
    match(await g.text('license.assigned.ls'), new RegExp(`DC0_H0\\s+${key}`));
    const [, id] = (await g.reference('/DC0/host/DC0_H0/DC0_H0')).split(':');
    match(await g.text(`license.assigned.ls -id ${id}`), new RegExp(key));
  },
  'field-add: for machines only': async (g) => {
    const key = await g.text('fields.add -type VirtualMachine owner');
    match(key, /^\d+$/);
    match(await g.text('fields.ls'), new RegExp(`^${key}\\s+owner\\s+VirtualMachine$`, 'm'));
    match(await g.fails('fields.add -type VirtualMachine owner'), /already exists/);
  },
  'field-set: a value is in every view of the machine': async (g) => {
    const key = Number(await g.text('fields.add owner'));
    await g.run('fields.set owner alice vm/DC0_H0_VM0');
    match(await g.text('fields.info vm/DC0_H0_VM0'), /\/DC0\/vm\/DC0_H0_VM0\s+owner\s+alice/);
    const { customValue, summary, value } = await g.properties('/DC0/vm/DC0_H0_VM0', 'customValue', 'summary', 'value');
    for (const list of [customValue, summary.customValue, value]) equal((list.CustomFieldValue ?? list).map(({ key: field, value: text }) => [field, text]), [[key, 'alice']]);
  },
  'field-find: machines are found by a value': async (g) => {
    await g.run('fields.add owner');
    await g.run('fields.set owner alice vm/DC0_H0_VM0');
    equal(await g.lines('find / -type m -customValue *:alice'), ['/DC0/vm/DC0_H0_VM0']);
  },
  'field-rename: the name changes, values stay; removal takes them': async (g) => {
    const key = await g.text('fields.add owner');
    await g.run('fields.set owner alice vm/DC0_H0_VM0');
    await g.run(`fields.rename ${key} keeper`);
    match(await g.text('fields.info vm/DC0_H0_VM0'), /keeper/);
    await g.run(`fields.rm ${key}`);
    equal(await g.text('fields.ls'), '');
    const { customValue } = await g.properties('/DC0/vm/DC0_H0_VM0', 'customValue');
    noMatch(JSON.stringify(customValue ?? ''), /alice/);
  },
  'field-unknown: a field that is not there is refused': async (g) => {
    await g.fails('fields.set nothing x vm/DC0_H0_VM0');
    await g.fails('fields.rm 9999');
  },
  'field-wrong-type: a field of hosts is not for machines': async (g) => {
    await g.run('fields.add -type HostSystem rack');
    await g.fails('fields.set rack r1 vm/DC0_H0_VM0');
  },
  'options: settings of vCenter': async (g) => {
    const options = await g.json('option.ls');
    ok(options.length > 5, 'some options', options.length);
    includes(options.map(({ key }) => key), 'VirtualCenter.FQDN', 'keys');
  },
  'option-set: is kept, and a subtree lists it': async (g) => {
    await g.run('option.set log.level verbose');
    match(await g.text('option.ls log.level'), /^log\.level:\s+verbose$/m);
    match(await g.text('option.ls log.'), /log\.level:\s+verbose/);
  },
  'option-unknown: a setting that is not there': async (g) => match(await g.fails('option.ls no.such.setting'), /no\.such\.setting/),
  'kms: a key server, its key, and the default': {
    versions: ['newest'],
    run: async (g) => {
      await g.run('kms.add -n server -a kms.example.com kp');
      await g.fails('kms.add -n server -a kms.example.com kp');
      match(await g.text('kms.ls'), /^kp\s+standard|^kp\s/im);
      await g.run('kms.default kp');
      match(await g.text('kms.ls -'), /server\s+kms\.example\.com:5696\s+green/);
      const certificate = await g.text('about.cert -show');
      await g.run(['kms.trust', '-server-cert', certificate, 'kp']);
      await g.fails(['kms.trust', '-server-cert', 'nonsense', 'kp']);
      await g.run('kms.rm kp');
      equal(await g.text('kms.ls'), '');
    },
  },
});
