// The npm package soap: a client of node that is made from the served description.
import { createRequire } from 'node:module';
import { check, equal, run } from './harness.mjs';

export const WORLD = 'vcenter';

const require = createRequire(`${process.env.PEERS}/package.json`);
const soap = require('soap');

const url = new URL(process.argv[2]);

class World {
  async fresh() {
    this.client ??= await soap.createClientAsync(`${url.origin}/sdk/vimService.wsdl`, { endpoint: `${url.origin}/sdk` });
    this.client.clearHttpHeaders();
    this.content = (await this.call('RetrieveServiceContent', ref('ServiceInstance', 'ServiceInstance'))).returnval;
    await this.call('Login', this.content.sessionManager, { userName: url.username, password: url.password });
    this.client.addHttpHeader('Cookie', this.client.lastResponseHeaders['set-cookie'][0].split(';')[0]);
  }

  /** One call; gives the body of the answer. */
  async call(method, self, args = {}) {
    const [result] = await this.client[`${method}Async`]({ _this: self, ...args });
    return result;
  }

  async at(inventoryPath) {
    return (await this.call('FindByInventoryPath', this.content.searchIndex, { inventoryPath })).returnval;
  }

  async read(obj, path) {
    const specSet = [{ propSet: [{ type: obj.attributes.type, all: false, pathSet: [path] }], objectSet: [{ obj, skip: false }] }];
    const { returnval } = await this.call('RetrieveProperties', this.content.propertyCollector, { specSet });
    const { val } = [returnval].flat()[0].propSet[0];
    return val?.$value ?? val;
  }
}

const ref = (type, value) => ({ attributes: { type }, $value: value });

check('wsdl.node.login', 'the description is read, and a login answers', async (w) => {
  equal(w.content.about.apiType, 'VirtualCenter');
});

check('wsdl.node.power', 'a machine is powered off, and another is not', async (w) => {
  const vm = await w.at('DC0/vm/DC0_H0_VM0');
  const { returnval: task } = await w.call('PowerOffVM_Task', vm);
  for (let i = 0; i < 200 && (await w.read(task, 'info.state')) !== 'success'; i += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  equal(await w.read(vm, 'runtime.powerState'), 'poweredOff');
  equal(await w.read(await w.at('DC0/vm/DC0_H0_VM1'), 'runtime.powerState'), 'poweredOn');
});

check('wsdl.node.fault', 'a fault comes with its type and fields', async (w) => {
  await w.call('CreateFolder', w.content.rootFolder, { name: 'node' });
  const error = await w.call('CreateFolder', w.content.rootFolder, { name: 'node' }).then(() => undefined, (caught) => caught);
  equal(error?.root?.Envelope?.Body?.Fault?.detail?.DuplicateNameFault?.name, 'node');
});

await run(new World(), require('soap/package.json').version);
