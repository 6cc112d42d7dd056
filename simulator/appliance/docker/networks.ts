// Networks of containers, as Docker shows them and lets them be made.
import { containersOf } from '../port-layer/container.ts';
import { connectContainer } from '../port-layer/execution.ts';
import { findScope, makeScope, removeScope, scopesOf, ScopeError, type Scope } from '../port-layer/networks.ts';
import { containerNamed, type DockerContext, type Operation } from './context.ts';
import { done, DockerError, filtersOf, json, objectIn, text } from './http.ts';

const STATUS: Readonly<Record<ScopeError['kind'], number>> = { duplicate: 409, invalid: 400, 'in use': 403, 'built in': 403 };

/** Runs what the port layer may refuse. Throws DockerError for that. */
function asked<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof ScopeError) throw new DockerError(STATUS[error.kind], error.message);
    throw error;
  }
}

function shown({ read, vch }: DockerContext, scope: Scope): Readonly<Record<string, unknown>> {
  const members = read((tx) => containersOf(tx, vch)).filter(({ state, networks }) => state === 'running' && networks.some(({ name }) => name === scope.name));
  const subnets = scope.subnet === undefined ? [] : [{ Subnet: scope.subnet, ...(scope.ranges.length > 0 ? { IPRange: scope.ranges.map(({ first, last }) => `${first}-${last}`).join(',') } : {}), Gateway: scope.gateway }];
  return {
    Name: scope.name, Id: scope.id, Scope: '', Driver: scope.type, EnableIPv6: false, IPAM: { Driver: '', Options: {}, Config: subnets }, Internal: false,
    Containers: Object.fromEntries(members.map(({ id, name, networks }) => {
      const { mac, address, prefix } = networks.find((binding) => binding.name === scope.name)!;
      return [id, { Name: name, EndpointID: '', MacAddress: mac, IPv4Address: address === undefined ? '' : `${address}/${prefix}`, IPv6Address: '' }];
    })),
    Options: {}, Labels: {},
  };
}

function scopeNamed({ read, vch }: DockerContext, name: string): Scope {
  const scope = read((tx) => findScope(tx, vch, name));
  if (!scope) throw new DockerError(404, `network ${name} not found`);
  return scope;
}

export const listNetworks: Operation = (ctx, request) => {
  const filters = filtersOf(request, ['name', 'id', 'driver', 'type']);
  const wanted = (filter: string, holds: (value: string) => boolean) => filters.get(filter)?.some(holds) ?? true;
  const scopes = ctx.read((tx) => scopesOf(tx, ctx.vch)).filter((scope) =>
    wanted('name', (value) => scope.name.includes(value)) && wanted('id', (value) => scope.id.startsWith(value)) && wanted('driver', (value) => scope.type === value) &&
    wanted('type', (value) => value === (scope.builtIn ? 'builtin' : 'custom')));
  return json(scopes.map((scope) => shown(ctx, scope)));
};

export const inspectNetwork: Operation = (ctx, _request, name) => json(shown(ctx, scopeNamed(ctx, name)));

export const createNetwork: Operation = (ctx, request) => {
  const { Name = '', Driver, IPAM } = objectIn(request) as { Name?: string; Driver?: string; IPAM?: { Config?: readonly { Subnet?: string }[] | null } | null };
  if (Driver !== undefined && !['', 'default', 'bridge'].includes(Driver)) throw new DockerError(500, `Failed to create network: driver "${Driver}" is not supported; networks of clients are bridges`);
  const configs = IPAM?.Config ?? [];
  if (configs.length > 1) throw new DockerError(500, 'at most one ipam config supported');
  const { vsphere, vch } = ctx;
  const scope = asked(() => vsphere.write((tx) => makeScope(tx, vch, vsphere.sim.random.hex(16), { name: Name, subnet: configs[0]?.Subnet || undefined })));
  return json({ Id: scope.id, Warning: '' }, 201);
};

export const removeNetwork: Operation = (ctx, _request, name) => {
  const scope = scopeNamed(ctx, name);
  asked(() => ctx.vsphere.write((tx) => removeScope(tx, ctx.vch, scope)));
  return done();
};

export const connectNetwork: Operation = async (ctx, request, name) => {
  const { Container = '', EndpointConfig } = objectIn(request) as { Container?: string; EndpointConfig?: { Aliases?: readonly string[] | null; Links?: readonly string[] | null } | null };
  const scope = scopeNamed(ctx, name);
  const container = containerNamed(ctx, Container);
  if (container.networks.some((binding) => binding.name === scope.name)) throw new DockerError(403, `container ${container.name} is on network ${scope.name} already`);
  const external = ctx.read((tx) => container.networks.some((binding) => findScope(tx, ctx.vch, binding.name)?.type === 'external'));
  if (external && scope.type === 'external') throw new DockerError(403, 'a container can be on one container network only');
  const aliases = [...(EndpointConfig?.Links ?? []), ...(EndpointConfig?.Aliases ?? []).map((alias) => `:${alias}`)];
  try {
    await connectContainer(ctx.vsphere, ctx.vch, container, scope, aliases);
  } catch (error) {
    if (error instanceof ScopeError) throw new DockerError(STATUS[error.kind], error.message);
    throw error;
  }
  return text('');
};
