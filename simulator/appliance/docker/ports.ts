// Ports of containers that the appliance passes on: '8080:80/tcp', ':80/tcp' for any free one, '80/tcp' for none.
import type { Container } from '../port-layer/container.ts';
import { DockerError } from './http.ts';

export interface Published {
  /** Port of the appliance; 0 for one that is found when the container starts, undefined when the appliance passes nothing on. */
  readonly host: number | undefined;
  readonly port: number;
  readonly protocol: string;
}

/** Ports of the appliance's own services. */
const RESERVED: ReadonlySet<number> = new Set([22, 2375, 2376, 2378, 8080]);
const FIRST_FREE = 32_768;
const LAST = 65_535;

/** Reads the form in which ports are kept. */
export function readPort(text: string): Published {
  const [, host, port, protocol = 'tcp'] = /^(?:(\d*):)?(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  return { host: host === undefined ? undefined : Number(host), port: Number(port), protocol };
}

export const writePort = ({ host, port, protocol }: Published): string => `${host === undefined ? '' : `${host === 0 ? '' : host}:`}${port}/${protocol}`;

/** The ports of a container, on whichever network they are. */
export const publishedOf = (container: Container): readonly Published[] =>
  container.networks.flatMap(({ ports }) => ports).map(readPort);

/** Gives each port that wants one a port of the appliance. Throws DockerError when one is taken. */
export function assignPorts(wanted: readonly Published[], others: readonly Container[]): readonly Published[] {
  const key = (host: number, protocol: string) => `${host}/${protocol}`;
  const taken = new Set(others.filter(({ state }) => state === 'running').flatMap(publishedOf).map(({ host, protocol }) => key(host ?? 0, protocol)));
  const free = (host: number, protocol: string) => !taken.has(key(host, protocol)) && !(protocol === 'tcp' && RESERVED.has(host));
  return wanted.map((published) => {
    const { protocol } = published;
    let { host } = published;
    if (host === undefined) return published;
    if (host === 0) for (host = FIRST_FREE; !free(host, protocol) && host < LAST; host++);
    if (!free(host, protocol)) throw new DockerError(500, `port ${host} is not available`);
    taken.add(key(host, protocol));
    return { ...published, host };
  });
}

/** Ports as a client asks for them: exposed ones, and those bound to ports of the appliance. Throws DockerError. */
export function portsAsked(exposed: unknown, bindings: unknown): readonly Published[] {
  const asked = new Map<string, Published[]>();
  const plain = (text: string) => {
    const published = readPort(text);
    if (!(published.port > 0 && published.port <= LAST)) throw new DockerError(400, `Invalid port: ${text}`);
    return published;
  };
  for (const text of Object.keys((exposed ?? {}) as object)) asked.set(text, [plain(text)]);
  for (const [text, list] of Object.entries((bindings ?? {}) as Record<string, readonly { HostIp?: string; HostPort?: string }[] | null>)) {
    asked.set(text, (list ?? []).map(({ HostIp, HostPort = '' }) => {
      if (HostIp !== undefined && HostIp !== '' && HostIp !== '0.0.0.0') throw new DockerError(500, 'host IP for port bindings is not supported');
      if (HostPort.includes('-')) throw new DockerError(500, 'host port ranges for port bindings are not supported');
      if (HostPort !== '' && !/^\d+$/.test(HostPort)) throw new DockerError(400, `Invalid port: ${HostPort}`);
      return { ...plain(text), host: Number(HostPort || 0) };
    }));
  }
  return [...asked.values()].flat();
}
