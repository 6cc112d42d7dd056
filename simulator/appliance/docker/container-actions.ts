// What is done to containers: start, stop, kill, restart, rm, logs.
import { containersOf, type Container } from '../port-layer/container.ts';
import { again, logOf, portKeys, removeContainer as remove, signalContainer, startContainer as start, stopContainer as stop } from '../port-layer/execution.ts';
import { ScopeError } from '../port-layer/networks.ts';
import { reasonOf } from '../port-layer/vsphere.ts';
import { containerNamed, type DockerContext, type Operation } from './context.ts';
import { done, DockerError, flag, PRODUCT, type DockerReply } from './http.ts';
import { assignPorts, readPort, writePort } from './ports.ts';

/** The ports that the appliance will pass on, and volumes that nobody else may have, before a container starts. */
function portsFor({ read, vch }: DockerContext, container: Container): ReadonlyMap<string, readonly string[]> {
  const others = read((tx) => containersOf(tx, vch)).filter(({ id }) => id !== container.id);
  for (const { volume } of container.mounts) {
    const user = others.find((other) => other.state === 'running' && other.mounts.some((mount) => mount.volume === volume));
    if (user) throw new DockerError(500, `volume ${volume} is in use by container ${user.name}`);
  }
  return new Map(container.networks.map(({ name, ports }) => [name, assignPorts(ports.map(readPort), others).map(writePort)]));
}

async function run(ctx: DockerContext, container: Container): Promise<void> {
  const ports = portsFor(ctx, container);
  try {
    await start(ctx.vsphere, ctx.vch, container, portKeys(ports));
  } catch (error) {
    if (error instanceof DockerError) throw error;
    if (error instanceof ScopeError) throw new DockerError(500, error.message);
    throw new DockerError(500, `Cannot start container ${container.id}: ${error instanceof Error && error.name === 'Error' ? error.message : reasonOf(error)}`);
  }
}

export const startContainer: Operation = async (ctx, _request, name) => {
  const container = containerNamed(ctx, name);
  if (container.state !== 'running') await run(ctx, container);
  return done();
};

const grace = (text: string | null): number | undefined => {
  if (text === null || text === '') return undefined;
  const seconds = Number(text);
  if (!Number.isFinite(seconds)) throw new DockerError(400, `Invalid time: ${text}`);
  return Math.max(0, seconds);
};

export const stopContainer: Operation = async (ctx, { query }, name) => {
  await stop(ctx.vsphere, containerNamed(ctx, name), grace(query.get('t')));
  return done();
};

export const restartContainer: Operation = async (ctx, { query }, name) => {
  const container = containerNamed(ctx, name);
  await stop(ctx.vsphere, container, grace(query.get('t')));
  await run(ctx, containerNamed(ctx, container.id));
  return done();
};

export const killContainer: Operation = (ctx, { query }, name) => {
  const container = containerNamed(ctx, name);
  if (container.state !== 'running') throw new DockerError(500, `Cannot kill container ${name}: Container ${container.id} is not running`);
  try {
    signalContainer(ctx.vsphere, container, query.get('signal') || 'KILL');
  } catch (error) {
    if (error instanceof TypeError) throw new DockerError(500, error.message);
    throw error;
  }
  return done();
};

export const removeContainer: Operation = async (ctx, request, name) => {
  const container = containerNamed(ctx, name);
  if (container.state === 'running') {
    if (!flag(request, 'force')) throw new DockerError(409, `You cannot remove a running container ${container.id}. Stop the container before attempting removal or use -f`);
    await stop(ctx.vsphere, container);
  }
  await remove(ctx.vsphere, ctx.vch, again(ctx.vsphere, container) ?? container);
  return done();
};

const STDOUT = 1;

/** Output without a terminal comes in frames: the stream, three zeros, the length, the bytes. */
function framed(output: string): Uint8Array {
  const bytes = Buffer.from(output, 'utf8');
  if (bytes.length === 0) return bytes;
  const head = Buffer.alloc(8);
  head[0] = STDOUT;
  head.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([head, bytes]);
}

export const logs: Operation = (ctx, request, name): DockerReply => {
  const container = containerNamed(ctx, name);
  const { query } = request;
  const wants = (flagName: string) => flag(request, flagName);
  if (!wants('stdout') && !wants('stderr')) throw new DockerError(400, 'Bad parameters: you must choose at least one stream');
  const tail = query.get('tail') ?? '';
  const asked = [['since', !['', '0'].includes(query.get('since') ?? '')], ['timestamps', wants('timestamps')], ['tail', !['', 'all'].includes(tail)], ['follow', wants('follow')]] as const;
  const refused = asked.find(([, given]) => given)?.[0];
  if (refused !== undefined) throw new DockerError(500, `${PRODUCT} does not yet support '--${refused}'`);
  const output = wants('stdout') ? logOf(ctx.vsphere, container) : '';
  const type = container.tty ? 'application/vnd.docker.raw-stream' : 'application/vnd.docker.multiplexed-stream';
  return { status: 200, headers: { 'Content-Type': type }, body: container.tty ? output : framed(output) };
};
