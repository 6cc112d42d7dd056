// What every operation of the Docker API gets: the VCH as it is now, and the way to vSphere.
import type { Transaction } from '../../store/transaction.ts';
import { findContainer, type Container } from '../port-layer/container.ts';
import type { Vch } from '../port-layer/vch.ts';
import type { VSphere } from '../port-layer/vsphere.ts';
import { DockerError, type DockerReply, type DockerRequest } from './http.ts';

export interface DockerContext {
  readonly vsphere: VSphere;
  readonly vch: Vch;
  read<T>(look: (tx: Transaction) => T): T;
}

/** An operation; `name` is what the path names. */
export type Operation = (ctx: DockerContext, request: DockerRequest, name: string) => DockerReply | Promise<DockerReply>;

/** The container that a client names. Throws DockerError. */
export function containerNamed({ read, vch }: DockerContext, name: string): Container {
  const found = read((tx) => findContainer(tx, vch, name));
  if (!found) throw new DockerError(404, `No such container: ${name}`);
  return found;
}
