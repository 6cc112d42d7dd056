// docker create: what a client asks for, checked, becomes the virtual machine of a container.
import { DEFAULT_ENV, type DiskMount } from '../container.ts';
import { containersOf } from '../port-layer/container.ts';
import { createContainerVm, type Attachment } from '../port-layer/execution.ts';
import { findImage } from '../port-layer/images.ts';
import { findScope } from '../port-layer/networks.ts';
import { makeVolume, volumesOf } from '../port-layer/volumes.ts';
import { splitReference, type ImageConfig } from '../registry.ts';
import type { DockerContext, Operation } from './context.ts';
import { DockerError, json, objectIn, unimplemented } from './http.ts';
import { freeName } from './names.ts';
import { portsAsked, writePort } from './ports.ts';

interface Config {
  readonly Image?: string;
  readonly Cmd?: readonly string[] | string | null;
  readonly Entrypoint?: readonly string[] | string | null;
  readonly Env?: readonly string[] | null;
  readonly WorkingDir?: string;
  readonly Tty?: boolean;
  readonly User?: string;
  readonly StopSignal?: string;
  readonly ExposedPorts?: object | null;
  readonly Volumes?: object | null;
  readonly HostConfig?: HostConfig | null;
  readonly NetworkingConfig?: { readonly EndpointsConfig?: Readonly<Record<string, Endpoint | null>> | null } | null;
}

interface HostConfig {
  readonly Binds?: readonly string[] | null;
  readonly PortBindings?: object | null;
  readonly NetworkMode?: string;
  readonly Links?: readonly string[] | null;
}

interface Endpoint {
  readonly Links?: readonly string[] | null;
  readonly Aliases?: readonly string[] | null;
  readonly IPAMConfig?: { readonly IPv4Address?: string } | null;
}

const DEFAULT_CAPACITY_MB = 1024;
const NAME = /^[a-zA-Z0-9][\w.-]+$/;
const wordsOf = (value: readonly string[] | string | null | undefined): readonly string[] => (typeof value === 'string' ? [value] : value ?? []);

/** The command line: the entry point before the command; what the client says replaces what the image says. */
function commandOf(config: Config, image: ImageConfig): readonly string[] {
  const entrypoint = wordsOf(config.Entrypoint);
  const said = wordsOf(config.Cmd);
  // An entry point of the client's own makes the image's command void.
  const command = said.length > 0 || entrypoint.length > 0 ? said : wordsOf(image.Cmd);
  return [...(entrypoint.length > 0 ? entrypoint : wordsOf(image.Entrypoint)), ...command];
}

/** The environment: the image's, then the client's, each name once. */
function envOf(config: Config, image: ImageConfig): readonly string[] {
  const env = new Map<string, string>();
  for (const entry of [...(image.Env.length > 0 ? image.Env : DEFAULT_ENV), ...(config.Tty ? ['TERM=xterm'] : []), ...wordsOf(config.Env)]) env.set(entry.split('=')[0]!, entry);
  return [...env.values()];
}

function attachmentsOf({ read, vch }: DockerContext, config: Config): Attachment[] {
  const mode = config.HostConfig?.NetworkMode ?? 'default';
  if (mode === 'none') return [];
  if (mode === 'host' || mode.startsWith('container:')) throw unimplemented(`the network mode ${mode}`);
  const endpoints = config.NetworkingConfig?.EndpointsConfig ?? {};
  const names = new Set([mode === 'default' ? 'bridge' : mode, ...Object.keys(endpoints).map((name) => (name === 'default' ? 'bridge' : name))]);
  const ports = portsAsked(config.ExposedPorts, config.HostConfig?.PortBindings).map(writePort);
  return [...names].map((name, i) => {
    const scope = read((tx) => findScope(tx, vch, name));
    if (!scope) throw new DockerError(404, `network ${name} not found`);
    const endpoint = endpoints[name] ?? endpoints[scope.name];
    const links = [...wordsOf(endpoint?.Links), ...(i === 0 ? wordsOf(config.HostConfig?.Links) : [])].map((link) => (link.includes(':') ? link : `${link}:${link}`));
    if (endpoint?.IPAMConfig?.IPv4Address) throw unimplemented('an address of the client\'s choice');
    return { name: scope.name, network: scope.network, ports: i === 0 ? ports : [], aliases: [...links, ...wordsOf(endpoint?.Aliases).map((alias) => `:${alias}`)], external: scope.type === 'external' };
  });
}

interface Wanted {
  readonly volume: string;
  readonly path: string;
  readonly mode: 'rw' | 'ro';
}

/** 'volume:/path[:ro]' from -v, and '/path' alone for a volume without a name. Throws DockerError for a directory of a host. */
function mountsAsked({ vsphere }: DockerContext, config: Config): readonly Wanted[] {
  const named = wordsOf(config.HostConfig?.Binds).map((bind): Wanted => {
    const [volume = '', path = '', mode = 'rw'] = bind.split(':');
    if (volume.startsWith('/') || !path.startsWith('/')) throw new DockerError(500, `${bind}: a virtual container host has no directories to mount; name a volume: NAME:/path`);
    if (mode !== 'rw' && mode !== 'ro') throw new DockerError(400, `${bind}: the mode of a volume is rw or ro`);
    return { volume, path, mode };
  });
  const anonymous = Object.keys(config.Volumes ?? {}).filter((path) => !named.some((mount) => mount.path === path)).map((path): Wanted => ({ volume: vsphere.sim.random.uuid(), path, mode: 'rw' }));
  const all = [...named, ...anonymous];
  const twice = all.find((mount, i) => all.some((other, j) => j < i && (other.volume === mount.volume || other.path === mount.path)));
  if (twice) throw new DockerError(400, `${twice.volume}:${twice.path} is mounted twice`);
  return all;
}

async function disksOf({ read, vch, vsphere }: DockerContext, wanted: readonly Wanted[]): Promise<DiskMount[]> {
  const mounts: DiskMount[] = [];
  for (const { volume, path, mode } of wanted) {
    const known = read((tx) => volumesOf(tx, vch)).find(({ name }) => name === volume) ??
      (await makeVolume(vsphere, vch, { name: volume, capacityMb: DEFAULT_CAPACITY_MB, options: {}, labels: {} }));
    mounts.push({ volume, path, mode, disk: known.disk });
  }
  return mounts;
}

export const createContainer: Operation = async (ctx, request) => {
  const { read, vch, vsphere } = ctx;
  const config = objectIn(request) as Config;
  if (typeof config.Image !== 'string' || config.Image === '') throw new DockerError(400, 'Config.Image is missing');
  const image = read((tx) => findImage(tx, vch, config.Image!));
  if (!image) throw new DockerError(404, `No such image: ${config.Image}`);
  const command = commandOf(config, image.config);
  if (command.length === 0) throw new DockerError(404, 'No command specified');
  if (config.User !== undefined && !['', 'root', '0'].includes(config.User)) throw new DockerError(500, `containers run as root; user "${config.User}" is not supported`);
  const given = request.query.get('name') ?? '';
  if (given !== '' && !NAME.test(given)) throw new DockerError(500, `Invalid container name (${given}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed`);
  const others = read((tx) => containersOf(tx, vch));
  const holder = others.find(({ name }) => name === given);
  if (holder) throw new DockerError(409, `Conflict. The name "${given}" is already in use by container ${holder.id}. You have to remove (or rename) that container to be able to reuse that name.`);
  const attachments = attachmentsOf(ctx, config);
  const mounts = await disksOf(ctx, mountsAsked(ctx, config));
  const { name, tag } = splitReference(config.Image);
  const container = await createContainerVm(vsphere, vch, {
    name: given !== '' ? given : freeName(vsphere.sim.random, new Set(others.map((other) => other.name))),
    layer: image.layer, image: tag === 'latest' ? name : `${name}:${tag}`, command, env: envOf(config, image.config), directory: config.WorkingDir || image.config.WorkingDir || '/',
    tty: config.Tty ?? false, stopSignal: config.StopSignal ?? '', attachments, mounts,
  });
  return json({ Id: container.id, Warnings: null }, 201);
};
