// CustomizationSpecManager: named guest customizations, kept for clones. What a spec does to a guest is in
// virtual-machine/customization.ts.
import { fault, type CustomizationSpecItem, type ManagedObjectReference } from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';

type Items = readonly CustomizationSpecItem[];

/** Specs that a fresh server has: one for each common case, under the names that vcsim's users know. */
const item = (name: string, type: 'Linux' | 'Windows', identity: object, ip: object): CustomizationSpecItem => ({
  _type: 'CustomizationSpecItem',
  info: { name, description: '', type, changeVersion: '1569965707' },
  spec: { identity, globalIPSettings: {}, nicSettingMap: [{ adapter: { ip } }], options: { _type: type === 'Linux' ? 'CustomizationLinuxOptions' : 'CustomizationWinOptions', ...(type === 'Linux' ? {} : { changeSID: true, deleteAccounts: false, reboot: 'reboot' }) } },
} as unknown as CustomizationSpecItem);

const LINUX = { _type: 'CustomizationLinuxPrep', hostName: { _type: 'CustomizationVirtualMachineName' }, domain: 'example.com', timeZone: 'Pacific/Apia', hwClockUTC: false };
const windows = (identification: object) => ({
  _type: 'CustomizationSysprep', identification,
  guiUnattended: { timeZone: 0, autoLogon: false, autoLogonCount: 1 },
  userData: { fullName: 'vcsim', orgName: 'VMware', computerName: { _type: 'CustomizationVirtualMachineName' }, productId: '' },
});
const DHCP = { _type: 'CustomizationDhcpIpGenerator' };
const UNKNOWN = { _type: 'CustomizationUnknownIpGenerator' };

const DEFAULTS: Items = Object.freeze([
  item('vcsim-linux', 'Linux', LINUX, DHCP), item('vcsim-linux-static', 'Linux', LINUX, UNKNOWN),
  item('vcsim-windows-static', 'Windows', windows({ joinWorkgroup: 'WORKGROUP' }), UNKNOWN),
  item('vcsim-windows-domain', 'Windows', windows({ joinDomain: 'example.com', domainAdmin: 'vcsim' }), DHCP),
]);

const itemsOf = (tx: Transaction, self: ManagedObjectReference): Items => (tx.get(self, '_items') ?? DEFAULTS) as Items;

function store({ tx, self }: TransactionContext, items: Items): void {
  tx.update(self.ref, { _items: items, info: items.map(({ info }) => info) });
}

function find(items: Items, name: string): CustomizationSpecItem {
  const found = items.find(({ info }) => info.name === name);
  if (!found) throw fault('NotFound', {}, `There is no customization specification '${name}'.`);
  return found;
}

function requireFree(items: Items, name: string): void {
  if (name.trim() === '') throw fault('InvalidArgument', { invalidProperty: 'name' }, 'A specified parameter was not correct: name (it is empty)');
  if (items.some(({ info }) => info.name === name)) throw fault('AlreadyExists', { name }, `A customization specification '${name}' exists already.`);
}

const stamped = (ctx: TransactionContext, given: CustomizationSpecItem): CustomizationSpecItem => {
  const now = ctx.sim.clock.now();
  return { ...given, info: { ...given.info, lastUpdateTime: now, changeVersion: String(now.getTime()) } };
};

export const customizationSpecManager = define('CustomizationSpecManager', {
  DoesCustomizationSpecExist: ({ tx, self }, { name }) => itemsOf(tx, self.ref).some(({ info }) => info.name === name),
  GetCustomizationSpec: ({ tx, self }, { name }) => find(itemsOf(tx, self.ref), name),
  CreateCustomizationSpec(ctx, { item: given }) {
    const items = itemsOf(ctx.tx, ctx.self.ref);
    requireFree(items, given.info.name);
    store(ctx, [...items, stamped(ctx, given)]);
  },
  OverwriteCustomizationSpec(ctx, { item: given }) {
    const items = itemsOf(ctx.tx, ctx.self.ref);
    const old = find(items, given.info.name);
    if (given.info.changeVersion && given.info.changeVersion !== old.info.changeVersion) {
      throw fault('ConcurrentAccess', {}, `The customization specification '${given.info.name}' was changed in the meantime (changeVersion).`);
    }
    store(ctx, items.map((each) => (each === old ? stamped(ctx, given) : each)));
  },
  DeleteCustomizationSpec(ctx, { name }) {
    const items = itemsOf(ctx.tx, ctx.self.ref);
    const old = find(items, name);
    store(ctx, items.filter((each) => each !== old));
  },
  DuplicateCustomizationSpec(ctx, { name, newName }) {
    const items = itemsOf(ctx.tx, ctx.self.ref);
    const old = find(items, name);
    requireFree(items, newName);
    store(ctx, [...items, stamped(ctx, { ...old, info: { ...old.info, name: newName } })]);
  },
  RenameCustomizationSpec(ctx, { name, newName }) {
    const items = itemsOf(ctx.tx, ctx.self.ref);
    const old = find(items, name);
    requireFree(items, newName);
    store(ctx, items.map((each) => (each === old ? stamped(ctx, { ...old, info: { ...old.info, name: newName } }) : each)));
  },
  // Every guest can be customized here: there are no resources to be missing.
  CheckCustomizationResources() {},
}, {
  rules: [{
    type: 'CustomizationSpecManager', inputs: ['_items'],
    derive: (props) => (props['_items'] === undefined && props['info'] === undefined ? { info: DEFAULTS.map(({ info }) => info) } : undefined),
  }],
});
