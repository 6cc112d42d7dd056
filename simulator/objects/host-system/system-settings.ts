// HostSystem, what a host as a whole is told: encryption, the product locker, where it swaps, and the shares of its own pools.
import {
  fault, type HostSystemResourceInfo, type HostSystemSwapConfiguration, type ManagedObjectReference, type OptionValue,
} from '../../../core/vim25/index.ts';
import type { Methods, TransactionContext } from '../../dispatch/define.ts';
import type { Transaction } from '../../store/transaction.ts';
import { setRuntime } from './host-state.ts';

type Ref = ManagedObjectReference;
type Refs = readonly Ref[];

const wrong = (property: string, why: string) => fault('InvalidArgument', { invalidProperty: property }, `A specified parameter was not correct: ${property} (${why})`);

// Encryption

const cryptoState = ({ tx, self }: TransactionContext): string => String(tx.get(self.ref, 'runtime.cryptoState'));

function mustBeIn(ctx: TransactionContext, states: readonly string[], what: string): void {
  const state = cryptoState(ctx);
  if (!states.includes(state)) throw fault('InvalidState', {}, `The operation is not allowed in the current state: a host ${what} is ${states.join(' or ')}; this one is ${state}.`);
}

// The product locker

const LOCKER = 'UserVars.ProductLockerLocation';
const DEFAULT_LOCKER = '/locker/packages/vmtoolsRepo/';

const optionsOf = (tx: Transaction, host: Ref): Ref => tx.get(host, 'configManager.advancedOption') as Ref;

function lockerOf(tx: Transaction, host: Ref): string {
  const setting = (tx.get(optionsOf(tx, host), 'setting') ?? []) as readonly OptionValue[];
  return String(setting.find(({ key }) => key === LOCKER)?.value ?? DEFAULT_LOCKER);
}

/** The locker is on the host itself, or on a volume that it mounts. */
function setLocker({ tx, self }: TransactionContext, path: string): string {
  if (!path.startsWith('/')) throw wrong('path', `'${path}' is not an absolute path`);
  const volume = /^\/vmfs\/volumes\/([^/]+)/.exec(path)?.[1];
  const isMounted = (ref: Ref): boolean => tx.get(ref, 'name') === volume || String(tx.get(ref, 'summary.url')).replace(/\/$/, '').endsWith(`/${volume ?? ''}`);
  const known = volume === undefined ? path.startsWith('/locker/') : ((tx.get(self.ref, 'datastore') ?? []) as Refs).some(isMounted);
  if (!known) throw fault('FileNotFound', { file: path }, `File ${path} was not found: the host has no such volume.`);
  const options = optionsOf(tx, self.ref);
  const setting = (tx.get(options, 'setting') ?? []) as readonly OptionValue[];
  tx.set(options, 'setting', [...setting.filter(({ key }) => key !== LOCKER), { key: LOCKER, value: path }]);
  return path;
}

// Swap

const SWAP_KINDS = ['DisabledOption', 'HostCacheOption', 'HostLocalSwapOption', 'DatastoreOption'].map((kind) => `HostSystemSwapConfiguration${kind}`);

function setSwap({ tx, self }: TransactionContext, { option = [] }: HostSystemSwapConfiguration): void {
  const kinds = option.map((one) => (one as { _type?: string })._type ?? '');
  for (const [i, kind] of kinds.entries()) {
    if (!SWAP_KINDS.includes(kind)) throw wrong('sysSwapConfig.option', `'${kind}'; valid: ${SWAP_KINDS.join(', ')}`);
    if (kinds.indexOf(kind) !== i) throw wrong('sysSwapConfig.option', `${kind} is there twice`);
  }
  if (kinds.includes(SWAP_KINDS[0]!) && kinds.length > 1) throw wrong('sysSwapConfig.option', 'swap is disabled, and configured');
  for (const one of option) {
    const { datastore } = one as { datastore?: string };
    if (datastore !== undefined && !((tx.get(self.ref, 'datastore') ?? []) as Refs).some((ref) => tx.get(ref, 'name') === datastore)) throw wrong('sysSwapConfig.option.datastore', `the host has not mounted '${datastore}'`);
  }
  tx.set(self.ref, 'config.systemSwapConfiguration', { option: option.map((one, i) => ({ ...one, key: i })) });
}

// The pools of the system itself

const allocation = (shares: number) => ({ reservation: 0, expandableReservation: true, limit: -1, shares: { level: 'custom', shares } });
const pool = (key: string, shares: number, child: readonly object[] = []): object => ({ key, config: { cpuAllocation: allocation(shares), memoryAllocation: allocation(shares) }, child });

/** HostSystem.systemResources of a host as it comes. */
export const SYSTEM_RESOURCES = Object.freeze(pool('host', 1000, [
  pool('host/system', 500, [pool('host/system/vmkapimod', 100), pool('host/system/kernel', 100)]), pool('host/vim', 500, [pool('host/vim/vmvisor', 100)]), pool('host/iofilters', 1000), pool('host/user', 9000),
])) as unknown as HostSystemResourceInfo;

/** The tree with the configurations of another one of the same keys. */
function withConfig(known: HostSystemResourceInfo, given: HostSystemResourceInfo): HostSystemResourceInfo {
  if (given.key !== known.key) throw wrong('resourceInfo.key', `there is no pool '${given.key}' at '${known.key}'`);
  for (const child of given.child ?? []) if (!known.child?.some(({ key }) => key === child.key)) throw wrong('resourceInfo.child.key', `there is no pool '${child.key}'; valid: ${(known.child ?? []).map(({ key }) => key).join(', ')}`);
  for (const kind of ['cpuAllocation', 'memoryAllocation'] as const) {
    const { reservation = 0, limit = -1 } = given.config?.[kind] ?? {};
    if (Number(reservation) < 0 || (Number(limit) !== -1 && Number(limit) < Number(reservation))) throw wrong(`resourceInfo.config.${kind}`, `reservation ${Number(reservation)}, limit ${Number(limit)}`);
  }
  return {
    ...known, ...(given.config ? { config: { ...known.config, ...given.config } } : {}),
    child: (known.child ?? []).map((one) => { const now = given.child?.find(({ key }) => key === one.key); return now ? withConfig(one, now) : one; }),
  };
}

interface Protected {
  readonly hardware?: { readonly sgxInfo?: { readonly totalEpcMemory: number } };
  readonly vm?: Refs;
}

export const settingMethods = {
  PrepareCrypto(ctx) {
    mustBeIn(ctx, ['incapable', 'pendingIncapable'], 'to be prepared for encryption');
    setRuntime(ctx.tx, ctx.self.ref, { cryptoState: 'prepared' });
  },
  EnableCrypto(ctx, { keyPlain: { keyId, keyData } }) {
    mustBeIn(ctx, ['prepared', 'safe'], 'to be given a key');
    if (!keyData) throw wrong('keyPlain.keyData', 'it is empty');
    setRuntime(ctx.tx, ctx.self.ref, { cryptoState: 'safe', cryptoKeyId: keyId });
  },
  ConfigureCryptoKey(ctx, { keyId }) {
    const { tx, self, sim } = ctx;
    const manager = sim.wellKnown['cryptoManager'];
    const provider = (manager === undefined ? undefined : ((tx.get(manager, 'kmipServers') ?? []) as readonly { clusterId: object; useAsDefault: boolean }[]).find(({ useAsDefault }) => useAsDefault))?.clusterId;
    if (keyId === undefined && provider === undefined) throw wrong('keyId', 'there is no default key provider to make a key');
    setRuntime(tx, self.ref, { cryptoState: 'safe', cryptoKeyId: keyId ?? { keyId: sim.random.uuid(), providerId: provider as never } });
  },
  RetrieveFreeEpcMemory: {
    query({ sim, self }) {
      const { hardware, vm = [] } = self.props as Protected;
      const used = vm.map((ref) => sim.store.get(ref)!.props as { runtime: { powerState: string }; config?: { sgxInfo?: { epcSize: number } } })
        .reduce((sum, { runtime, config }) => sum + (runtime.powerState === 'poweredOn' ? Number(config?.sgxInfo?.epcSize ?? 0) : 0), 0);
      return Math.max(0, Number(hardware?.sgxInfo?.totalEpcMemory ?? 0) - used);
    },
  },
  QueryProductLockerLocation: ({ tx, self }) => lockerOf(tx, self.ref),
  UpdateProductLockerLocation_Task: { task: (ctx, { path }) => setLocker(ctx, path) },
  UpdateSystemResources({ tx, self }, { resourceInfo }) {
    const now = withConfig(tx.get(self.ref, 'systemResources') as HostSystemResourceInfo, resourceInfo);
    tx.set(self.ref, 'systemResources', now);
  },
  UpdateSystemSwapConfiguration: (ctx, { sysSwapConfig }) => setSwap(ctx, sysSwapConfig),
} satisfies Methods<'HostSystem'>;
