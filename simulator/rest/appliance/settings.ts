// Settings of the appliance as one object of the store; what nobody has changed is as the installer leaves it.
import type { Transaction } from '../../store/transaction.ts';
import type { RestCall } from '../route.ts';

export interface Proxy {
  readonly server: string;
  readonly port: number;
  readonly enabled: boolean;
  readonly username?: string;
  readonly password?: string;
}

export interface Settings {
  readonly ssh: boolean;
  readonly dcui: boolean;
  readonly consolecli: boolean;
  readonly shell: { readonly enabled: boolean; readonly timeout: number };
  readonly proxy: Readonly<Record<string, Proxy>>;
  readonly noproxy: readonly string[];
  readonly forwarding: readonly { readonly hostname: string; readonly port: number; readonly protocol: string }[];
  readonly hostname: string;
  readonly dns: { readonly mode: 'dhcp' | 'is_static'; readonly servers: readonly string[] };
  readonly ntp: readonly string[];
  /** 'poweroff' or 'reboot' that is to come. */
  readonly shutdown?: { readonly action: string; readonly reason: string; readonly shutdown_time: Date };
}

const REF = { type: '_Appliance', value: 'appliance' };

const none = (): Proxy => ({ server: '', port: -1, enabled: false });

const INITIAL: Settings = {
  ssh: true, dcui: true, consolecli: true, shell: { enabled: false, timeout: 0 }, proxy: { http: none(), https: none(), ftp: none() }, noproxy: ['localhost', '127.0.0.1'],
  forwarding: [], hostname: 'localhost', dns: { mode: 'dhcp', servers: [] }, ntp: [],
};

export const settings = ({ sim }: RestCall): Settings => (sim.store.get(REF)?.props as unknown as Settings | undefined) ?? INITIAL;

/** Changes settings; an undefined value takes one away. Only who may change global settings may. */
export function changeSettings(call: RestCall, change: { readonly [K in keyof Settings]?: Settings[K] | undefined }): void {
  call.require('Global.Settings');
  call.change((tx: Transaction) => {
    const next = Object.fromEntries(Object.entries({ ...settings(call), ...change }).filter(([, value]) => value !== undefined));
    if (tx.has(REF)) tx.assign(REF.value, next);
    else tx.create(REF.type, REF.value, next);
  });
}
