// Containers as Docker shows them.
import { containersOf, type Binding, type Container } from '../port-layer/container.ts';
import { findImage } from '../port-layer/images.ts';
import { containerNamed, type DockerContext, type Operation } from './context.ts';
import { filtersOf, flag, json, PRODUCT } from './http.ts';
import { publishedOf, type Published } from './ports.ts';

const STATUS = { created: 'Created', running: 'Running', stopped: 'Stopped' } as const;
/** The words of `docker inspect` for them. */
export const STATES = { created: 'created', running: 'running', stopped: 'exited' } as const;
const NEVER = '0001-01-01T00:00:00Z';
const FILTERS: readonly string[] = ['id', 'name', 'status'];

/** The ports that clients of the VCH reach, and those that only other containers do. */
function portList({ vch }: DockerContext, container: Container): object[] {
  return publishedOf(container).map(({ host, port, protocol }) => ({
    PrivatePort: port, Type: protocol,
    ...(host !== undefined && container.state === 'running' ? { IP: vch.addresses.client ?? '0.0.0.0', PublicPort: host } : {}),
  }));
}

export const listContainers: Operation = (ctx, request) => {
  const { read, vch } = ctx;
  const filters = filtersOf(request, FILTERS);
  const limit = Number(request.query.get('limit') ?? 0);
  const all = flag(request, 'all') || limit > 0 || filters.has('status');
  const found = read((tx) => containersOf(tx, vch)).toReversed().filter((container) => {
    const { id, name, state } = container;
    const texts: Readonly<Record<string, (wanted: string) => boolean>> = {
      id: (wanted) => id.startsWith(wanted), name: (wanted) => name.includes(wanted.replace(/^\//, '')), status: (wanted) => STATES[state] === wanted,
    };
    return (all || state === 'running') && [...filters].every(([filter, wanted]) => wanted.some((one) => texts[filter]!(one)));
  });
  return json((limit > 0 ? found.slice(0, limit) : found).map((container) => ({
    Id: container.id, Names: [`/${container.name}`], Image: container.image, ImageID: container.layer, Command: container.command.join(' '),
    Created: container.created.getTime() / 1000, Ports: portList(ctx, container), Labels: {}, Status: STATUS[container.state],
    HostConfig: { NetworkMode: container.networks[0]?.name ?? 'none' }, NetworkSettings: { Networks: networks(container) }, SizeRw: 0, SizeRootFs: 0,
  })));
};

const settings = ({ address, gateway, prefix, mac, aliases }: Binding, on: boolean): object => ({
  IPAMConfig: null, Links: aliases.filter((alias) => !alias.startsWith(':')), Aliases: aliases.filter((alias) => alias.startsWith(':')).map((alias) => alias.slice(1)),
  NetworkID: '', EndpointID: '', Gateway: on ? gateway ?? '' : '', IPAddress: on ? address ?? '' : '', IPPrefixLen: on ? prefix : 0, IPv6Gateway: '',
  GlobalIPv6Address: '', GlobalIPv6PrefixLen: 0, MacAddress: mac,
});

/** What a container is told on its networks, by their names; addresses only while it runs. */
const networks = (container: Container): Readonly<Record<string, object>> =>
  Object.fromEntries(container.networks.map((binding) => [binding.name, settings(binding, container.state === 'running')]));

const portMap = (published: readonly Published[], show: (host: number) => object): Readonly<Record<string, object[] | null>> =>
  Object.fromEntries(published.map(({ host, port, protocol }) => [`${port}/${protocol}`, host === undefined ? null : [show(host)]]));

export const inspectContainer: Operation = (ctx, _request, name) => {
  const { read, vch } = ctx;
  const container = containerNamed(ctx, name);
  const { id, command, state } = container;
  const on = state === 'running';
  const image = read((tx) => findImage(tx, vch, container.image));
  const published = publishedOf(container);
  const main = container.networks.find((binding) => binding.default) ?? container.networks[0];
  return json({
    Id: id, Created: container.created.toISOString(), Path: command[0] ?? '', Args: command.slice(1), Name: `/${container.name}`,
    State: {
      Status: STATES[state], Running: on, Paused: false, Restarting: false, OOMKilled: false, Dead: false, Pid: 0, ExitCode: container.exitCode, Error: container.error,
      StartedAt: container.startedAt?.toISOString() ?? NEVER, FinishedAt: NEVER,
    },
    Image: image?.id ?? container.layer, ResolvConfPath: '', HostnamePath: '', HostsPath: '', LogPath: '', RestartCount: 0, Driver: PRODUCT, MountLabel: '', ProcessLabel: '',
    AppArmorProfile: '', ExecIDs: null, GraphDriver: { Name: PRODUCT, Data: null },
    HostConfig: {
      Binds: container.mounts.map(({ volume, path, mode }) => `${volume}:${path}:${mode}`), NetworkMode: main?.name ?? 'none',
      PortBindings: portMap(published.filter(({ host }) => host !== undefined), (host) => ({ HostIp: '', HostPort: String(host) })), Links: null,
      RestartPolicy: { Name: '', MaximumRetryCount: 0 }, LogConfig: { Type: '', Config: {} },
    },
    Mounts: container.mounts.map(({ volume, path, mode }) => ({ Name: volume, Source: '', Destination: path, Driver: 'vsphere', Mode: mode, RW: mode !== 'ro', Propagation: '' })),
    Config: {
      Hostname: id.slice(0, 12), Domainname: '', User: '', AttachStdin: false, AttachStdout: true, AttachStderr: true, Tty: container.tty, OpenStdin: false, StdinOnce: false,
      Env: container.env, Cmd: command, Image: container.image, Volumes: null, WorkingDir: container.directory, Entrypoint: null, Labels: {},
      ExposedPorts: Object.fromEntries(published.map(({ port, protocol }) => [`${port}/${protocol}`, {}])), StopSignal: container.stopSignal,
    },
    NetworkSettings: {
      Bridge: '', SandboxID: '', HairpinMode: false, SandboxKey: '', Ports: on ? portMap(published, (host) => ({ HostIp: vch.addresses.client ?? '', HostPort: String(host) })) : {},
      ...(main ? settings(main, on) : {}), Networks: networks(container),
    },
  });
};
