// The registry of the simulated world: the images that can be pulled. Those of Docker Hub that everybody uses are always
// there; a world may add its own.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import type { Transaction } from '../store/transaction.ts';

/** What an image says about the containers made from it. */
export interface ImageConfig {
  readonly Cmd: readonly string[];
  readonly Entrypoint?: readonly string[];
  readonly Env: readonly string[];
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
}

interface Known {
  readonly tags: readonly string[];
  readonly command: readonly string[];
  readonly entrypoint?: readonly string[];
  readonly ports?: readonly string[];
}

const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const HUB: Readonly<Record<string, Known>> = {
  alpine: { tags: ['3.3', '3.4'], command: ['/bin/sh'] },
  busybox: { tags: ['1.24', '1.25'], command: ['sh'] },
  debian: { tags: ['8', 'jessie'], command: ['/bin/bash'] },
  'hello-world': { tags: [], command: ['/hello'] },
  httpd: { tags: ['2.4'], command: ['httpd-foreground'], ports: ['80/tcp'] },
  mysql: { tags: ['5.6', '5.7'], command: ['mysqld'], entrypoint: ['docker-entrypoint.sh'], ports: ['3306/tcp'] },
  nginx: { tags: ['1.10', '1.11'], command: ['nginx', '-g', 'daemon off;'], ports: ['80/tcp', '443/tcp'] },
  postgres: { tags: ['9.4', '9.5'], command: ['postgres'], entrypoint: ['/docker-entrypoint.sh'], ports: ['5432/tcp'] },
  redis: { tags: ['3.0', '3.2'], command: ['redis-server'], entrypoint: ['docker-entrypoint.sh'], ports: ['6379/tcp'] },
  ubuntu: { tags: ['14.04', '16.04'], command: ['/bin/bash'] },
};
const known = (name: string): Known | undefined => (Object.hasOwn(HUB, name) ? HUB[name] : undefined);

/** 'docker.io/library/nginx:1.11@sha256:…' → name 'nginx', tag '1.11'. A tag does not hide in 'host:5000/name'. */
export function splitReference(reference: string): { readonly name: string; readonly tag: string } {
  const bare = reference.replace(/@sha256:[0-9a-f]+$/, '').replace(/^(?:registry-1\.|index\.)?docker\.io\//, '').replace(/^library\//, '');
  const [, name, tag] = /^(.+):([\w][\w.-]*)$/.exec(bare) ?? [];
  return name === undefined || tag === undefined ? { name: bare, tag: 'latest' } : { name, tag };
}

/** What an image of that name runs, and how; a shell when nothing is known of it. */
export function configOf(name: string): ImageConfig {
  const { command, entrypoint, ports } = known(name) ?? { command: ['sh'] };
  return {
    Cmd: command,
    ...(entrypoint ? { Entrypoint: entrypoint } : {}),
    Env: [PATH],
    ...(ports ? { ExposedPorts: Object.fromEntries(ports.map((port) => [port, {}])) } : {}),
  };
}

/** Where a world keeps what it adds. */
const REGISTRY: ManagedObjectReference = { type: '_Registry', value: 'registry' };

/** Adds images to what can be pulled. */
export function addToRegistry(tx: Transaction, references: readonly string[]): void {
  const old = (tx.find(REGISTRY)?.['images'] ?? []) as readonly string[];
  const images = [...new Set([...old, ...references.map(splitReference).map(({ name, tag }) => `${name}:${tag}`)])];
  if (tx.has(REGISTRY)) tx.set(REGISTRY, 'images', images);
  else tx.create(REGISTRY.type, REGISTRY.value, { images });
}

/** True when the image can be pulled. */
export function inRegistry(tx: Transaction, reference: string): boolean {
  const { name, tag } = splitReference(reference);
  const added = (tx.find(REGISTRY)?.['images'] ?? []) as readonly string[];
  return tag === 'latest' ? known(name) !== undefined || added.includes(`${name}:latest`) : (known(name)?.tags.includes(tag) ?? false) || added.includes(`${name}:${tag}`);
}
