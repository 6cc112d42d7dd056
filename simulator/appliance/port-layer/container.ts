// A container as its machine tells it: configuration from extraConfig, state from vSphere.
import type { ManagedObjectReference, OptionValue } from '../../../core/vim25/index.ts';
import type { Props } from '../../store/object.ts';
import type { Transaction } from '../../store/transaction.ts';
import { kindOf } from '../boot.ts';
import { fromOptions, NIL, prefixOf, readAddress, type Keys } from '../keys.ts';
import type { Vch } from './vch.ts';

/** What is known of a container on one of its networks. */
export interface Binding {
  readonly name: string;
  readonly network: string;
  readonly slot: number;
  readonly default: boolean;
  readonly address: string | undefined;
  readonly gateway: string | undefined;
  readonly prefix: number;
  readonly mac: string;
  readonly ports: readonly string[];
  readonly aliases: readonly string[];
}

export interface ContainerMount {
  readonly volume: string;
  readonly path: string;
  readonly mode: string;
}

export interface Container {
  readonly vm: ManagedObjectReference;
  readonly id: string;
  readonly name: string;
  readonly created: Date;
  readonly image: string;
  readonly layer: string;
  readonly command: readonly string[];
  readonly env: readonly string[];
  readonly directory: string;
  readonly tty: boolean;
  readonly stopSignal: string;
  readonly state: 'created' | 'running' | 'stopped';
  /** Why it did not start, or how it ended. */
  readonly error: string;
  readonly exitCode: number;
  readonly startedAt: Date | undefined;
  readonly networks: readonly Binding[];
  readonly mounts: readonly ContainerMount[];
}

const plain = (value: string | undefined): string => (value === undefined || value === NIL ? '' : value);
const listOf = (value: string | undefined): string[] => (plain(value) === '' ? [] : value!.split('|'));

interface Card {
  readonly macAddress?: string;
  readonly slotInfo?: { readonly pciSlotNumber?: number };
}

function bindingOf(keys: Keys, name: string, cards: readonly Card[]): Binding {
  const key = `guestinfo./networks|${name.replaceAll('.', '/')}`;
  const runtime = `guestinfo..networks|${name.replaceAll('/', '.')}`;
  const slot = Number(plain(keys[`${key}/Common/id`]));
  const mask = readAddress(keys[`${runtime}.ip.Mask`]);
  return {
    name, slot, network: plain(keys[`${key}/network/Common/id`]), default: keys[`${key}/network/default`] === 'true',
    address: readAddress(keys[`${runtime}.ip.IP`]), gateway: readAddress(keys[`${runtime}.network.gateway.IP`]),
    prefix: mask === undefined ? 0 : prefixOf(mask),
    mac: cards.find((card) => card.slotInfo?.pciSlotNumber === slot)?.macAddress ?? '',
    ports: listOf(keys[`${key}/ports~`]), aliases: listOf(keys[`networks|${name.replaceAll('.', '/')}/network/aliases~`]),
  };
}

/** Reads a container from its machine; undefined for any other machine. */
export function readContainer(vm: ManagedObjectReference, props: Props): Container | undefined {
  if (kindOf(vm, props) !== 'container') return undefined;
  const config = props['config'] as { extraConfig: readonly OptionValue[]; hardware: { device?: readonly Card[] } };
  const runtime = props['runtime'] as { powerState: string; bootTime?: Date };
  const keys = fromOptions(config.extraConfig);
  const id = keys['guestinfo./common/id']!;
  const session = `guestinfo./sessions|${id}`;
  const started = plain(keys[`guestinfo..sessions|${id}.started`]);
  return {
    vm, id, name: plain(keys['guestinfo./common/name']),
    created: new Date(Number(keys['guestinfo./common/created']) * 1000),
    image: plain(keys['guestinfo./repo']), layer: plain(keys['guestinfo./layerid']),
    command: listOf(keys[`${session}/cmd/Args~`]), env: listOf(keys[`${session}/cmd/Env~`]), directory: plain(keys[`${session}/cmd/Dir`]),
    tty: keys[`${session}/tty`] === 'true', stopSignal: plain(keys['guestinfo./stopSignal']),
    state: runtime.powerState === 'poweredOn' ? 'running' : started === '' ? 'created' : 'stopped',
    error: started === 'true' ? '' : started,
    exitCode: Number(plain(keys[`guestinfo..sessions|${id}.status`]) || 0),
    startedAt: runtime.bootTime,
    networks: listOf(keys['guestinfo./networks']).map((name) => bindingOf(keys, name, config.hardware.device ?? [])),
    mounts: listOf(keys['guestinfo./mounts']).map((volume) => {
      const key = `guestinfo./mounts|${volume.replaceAll('.', '/')}`;
      return { volume, path: plain(keys[`${key}/dest`]), mode: plain(keys[`${key}/mode`]) };
    }),
  };
}

/** The containers of a VCH, oldest first. */
export function containersOf(tx: Transaction, vch: Vch): readonly Container[] {
  const machines = (tx.get(vch.pool, 'vm') ?? []) as readonly ManagedObjectReference[];
  return machines.flatMap((vm) => readContainer(vm, tx.props(vm)) ?? []).sort((a, b) => a.created.getTime() - b.created.getTime());
}

/** The container that a name, an id or the beginning of an id means; undefined when none or several are meant. */
export function findContainer(tx: Transaction, vch: Vch, name: string): Container | undefined {
  const all = containersOf(tx, vch);
  const wanted = name.replace(/^\//, '');
  const exact = all.find((container) => container.id === wanted || container.name === wanted);
  if (exact) return exact;
  const begun = /^[0-9a-f]+$/.test(wanted) ? all.filter((container) => container.id.startsWith(wanted)) : [];
  return begun.length === 1 ? begun[0] : undefined;
}
