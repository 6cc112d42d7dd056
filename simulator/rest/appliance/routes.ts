// The appliance that vCenter runs in: access, shutdown, networking, logging, health, version and time.
import { invalid, notFound, RestError } from '../errors.ts';
import type { Input } from '../input.ts';
import { Entries, type RestCall, type Route, type Verb } from '../route.ts';
import { changeSettings, settings, type Proxy, type Settings } from './settings.ts';

const route = (verb: Verb, path: string, action: string | undefined, does: string, run: Route['run']): Route =>
  ({ verb, rest: `/appliance${path}`, api: `/appliance${path}`, does, run, ...(action === undefined ? {} : { action }) });

const look = (path: string, does: string, run: Route['run']): Route => route('GET', path, undefined, does, run);

function enabled(call: RestCall): boolean {
  const value = call.body.flag('enabled');
  if (value === undefined) throw invalid('A required value is missing: enabled.');
  return value;
}

const access: readonly Route[] = (['ssh', 'dcui', 'consolecli'] as const).flatMap((name) => [
  look(`/access/${name}`, `whether ${name} is open`, (call) => settings(call)[name]),
  route('PUT', `/access/${name}`, undefined, `opens or closes ${name}`, (call) => changeSettings(call, { [name]: enabled(call) })),
]);

const shell: readonly Route[] = [
  look('/access/shell', 'whether the shell is open', (call) => settings(call).shell),
  route('PUT', '/access/shell', undefined, 'opens or closes the shell', (call) => {
    const spec = call.body.optional('config') ?? call.body;
    const [open, timeout] = [spec.flag('enabled'), spec.optionalNumber('timeout') ?? 0];
    if (open === undefined) throw invalid('A required value is missing: enabled.');
    if (timeout < 0 || timeout > 86_400) throw invalid(`timeout is ${timeout}; it must be 0 to 86400 seconds.`);
    changeSettings(call, { shell: { enabled: open, timeout: open ? timeout : 0 } });
  }),
];

/** The action that is to come, or that there is none. */
const pending = (call: RestCall): unknown => settings(call).shutdown ?? { action: '', reason: '' };

const off = (action: 'poweroff' | 'reboot'): Route =>
  route('POST', '/shutdown', action, `${action} after a delay; vicsim itself goes on`, (call) => {
    const delay = call.body.optionalNumber('delay') ?? 0;
    if (delay < 0) throw invalid(`delay is ${delay}; it must be minutes, 0 or more.`);
    changeSettings(call, { shutdown: { action, reason: call.body.text('reason'), shutdown_time: new Date(call.sim.clock.now().getTime() + delay * 60_000) } });
  });

const shutdown: readonly Route[] = [
  look('/shutdown', 'the shutdown that is to come', pending), off('poweroff'), off('reboot'),
  route('POST', '/shutdown', 'cancel', 'cancels the shutdown that is to come', (call) => changeSettings(call, { shutdown: undefined })),
];

const PROTOCOLS = ['http', 'https', 'ftp'] as const;

function protocolOf(call: RestCall): (typeof PROTOCOLS)[number] {
  const name = PROTOCOLS.find((one) => one === call.path('protocol'));
  if (!name) throw notFound(`Proxy ${call.path('protocol')}, which is none of ${PROTOCOLS.join(', ')},`);
  return name;
}

const shown = ({ password: _secret, ...proxy }: Proxy): unknown => proxy;

function proxyIn(spec: Input): Proxy {
  const open = spec.flag('enabled');
  if (open === undefined) throw invalid('A required value is missing: enabled.');
  const [username, password] = [spec.optionalText('username'), spec.optionalText('password')];
  return { server: spec.text('server'), port: spec.optionalNumber('port') ?? -1, enabled: open, ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
}

const networking: readonly Route[] = [
  look('/networking/proxy', 'proxies by protocol', (call) => new Entries(PROTOCOLS.map((name) => [name, shown(settings(call).proxy[name]!)] as const))),
  look('/networking/proxy/{protocol}', 'the proxy of a protocol', (call) => shown(settings(call).proxy[protocolOf(call)]!)),
  route('PUT', '/networking/proxy/{protocol}', undefined, 'changes the proxy of a protocol', (call) => {
    const spec = call.body.optional('config') ?? call.body;
    changeSettings(call, { proxy: { ...settings(call).proxy, [protocolOf(call)]: proxyIn(spec) } });
  }),
  look('/networking/noproxy', 'what needs no proxy', (call) => settings(call).noproxy),
  route('PUT', '/networking/noproxy', undefined, 'changes what needs no proxy', (call) => changeSettings(call, { noproxy: call.body.texts('servers') })),
  look('/networking/dns/hostname', 'name of the appliance', (call) => settings(call).hostname),
  route('PUT', '/networking/dns/hostname', undefined, 'changes the name of the appliance', (call) => changeSettings(call, { hostname: call.body.text('name') })),
  look('/networking/dns/servers', 'name servers', (call) => settings(call).dns),
  route('PUT', '/networking/dns/servers', undefined, 'changes the name servers', (call) => {
    const spec = call.body.optional('config') ?? call.body;
    changeSettings(call, { dns: { mode: spec.word('mode', ['dhcp', 'is_static']), servers: spec.optionalTexts('servers') ?? [] } });
  }),
  look('/ntp', 'time servers', (call) => settings(call).ntp),
  route('PUT', '/ntp', undefined, 'changes the time servers', (call) => changeSettings(call, { ntp: call.body.texts('servers') })),
];

function forwardingIn(list: readonly Input[]): Settings['forwarding'] {
  if (list.length > 3) throw invalid(`cfg_list has ${list.length} entries; at most 3 are forwarded to.`);
  return list.map((entry) => ({ hostname: entry.text('hostname'), port: entry.number('port'), protocol: entry.word('protocol', ['TLS', 'UDP', 'TCP', 'RELP']) }));
}

const logging: readonly Route[] = [
  look('/logging/forwarding', 'where logs are sent', (call) => settings(call).forwarding),
  route('PUT', '/logging/forwarding', undefined, 'changes where logs are sent', (call) => changeSettings(call, { forwarding: forwardingIn(call.body.objects('cfg_list')) })),
];

const HEALTH = ['system', 'applmgmt', 'database-storage', 'load', 'mem', 'software-packages', 'storage', 'swap'] as const;

const health: readonly Route[] = [
  ...HEALTH.map((name) => look(`/health/${name}`, `health: ${name}`, () => 'green')),
  look('/health/system/lastcheck', 'when health was looked at', (call) => call.sim.clock.now()),
  look('/system/version', 'version of the appliance', (call) => {
    const { version, build, name } = call.sim.about;
    return { version: version.split('.').length > 3 ? version : `${version}.00000`, product: name, build, type: 'vCenter Server with an embedded Platform Services Controller', summary: 'A simulated vCenter Server', releasedate: '', install_time: '' };
  }),
  look('/system/time', 'time of the appliance', (call) => {
    const now = call.sim.clock.now();
    return { seconds_since_epoch: now.getTime() / 1000, date: now.toISOString().slice(0, 10), time: now.toISOString().slice(11, 19), timezone: 'UTC' };
  }),
];

/** An ESXi host has no appliance. */
const onVcenter = ({ run, ...rest }: Route): Route => ({
  ...rest,
  run(call) {
    if (call.sim.product !== 'vcenter') throw new RestError('NOT_FOUND', 'An ESXi host has no appliance.');
    return run(call);
  },
});

export const applianceRoutes: readonly Route[] = [...access, ...shell, ...shutdown, ...networking, ...logging, ...health].map(onVcenter);
