// Any vSphere that is not ours alone: a world would be built there through the public API. Says of every world why it is not.
import { Api } from '../api.ts';
import { worldProduct } from './worlds.ts';
import type { Endpoint } from './endpoint.ts';

const PRODUCTS: Readonly<Record<string, string>> = { VirtualCenter: 'vcenter', HostAgent: 'esxi' };
const TITLES: Readonly<Record<string, string>> = { vcenter: 'a vCenter Server', esxi: 'an ESXi host' };

/** The endpoint at an address with user and password. */
export function otherEndpoint(address: URL): Endpoint {
  let product: Promise<string> | undefined;
  const ask = async (): Promise<string> => {
    const api = new Api(address);
    try {
      await api.login(decodeURIComponent(address.username), decodeURIComponent(address.password));
      return PRODUCTS[api.content.about.apiType] ?? api.content.about.apiType;
    } catch (error) {
      throw new Error(`${address.host} cannot be used: ${(error as Error).message}`, { cause: error });
    } finally {
      api.close();
    }
  };
  return {
    name: address.host,
    async obstacle(world) {
      const [here, wanted] = [await (product ??= ask()), await worldProduct(world)];
      if (here !== wanted) return `the world "${world}" is ${TITLES[wanted]}, ${address.host} is ${TITLES[here] ?? here}`;
      return `the world "${world}" cannot be built at ${address.host}: worlds are built in simulators only so far`;
    },
    prepare: (world) => Promise.reject(new Error(`the world "${world}" cannot be built at ${address.host}`)),
    close: () => Promise.resolve(),
  };
}
