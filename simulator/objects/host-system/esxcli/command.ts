// What an esxcli command is, and what one gets to work with: a host, its managers and its machines in a transaction.
import type { HostConfigInfo, ManagedObjectReference } from '../../../../core/vim25/index.ts';
import type { Simulation } from '../../../dispatch/simulation.ts';
import type { Props } from '../../../store/object.ts';
import type { Transaction } from '../../../store/transaction.ts';

type Ref = ManagedObjectReference;

/** A field of a record: several values are several elements of the same name. */
export type Cell = string | number | boolean | readonly string[];
export type Row = Readonly<Record<string, Cell>>;

export interface Parameter {
  readonly name: string;
  /** '--world-id -w' */
  readonly aliases: string;
  readonly help: string;
  readonly required?: boolean;
  /** Takes no value. */
  readonly flag?: boolean;
}

export interface Command {
  /** 'network firewall ruleset list' */
  readonly path: string;
  readonly help: string;
  readonly params?: readonly Parameter[];
  /**
   * What it answers: rows shown as a table or as blocks, one record, a text, true or false. `type` names the record.
   */
  readonly result: { readonly kind: 'table' | 'blocks' | 'record'; readonly type: string; readonly columns: readonly string[] } | { readonly kind: 'string' | 'boolean' };
  run(shell: Shell): readonly Row[] | Row | string | boolean;
}

/** What goes wrong in a command, in the words that esxcli prints. */
export class CommandError extends Error {}

/** One command run on one host. */
export class Shell {
  readonly sim: Simulation;
  readonly tx: Transaction;
  readonly host: Ref;
  private readonly args: ReadonlyMap<string, readonly string[]>;

  constructor(sim: Simulation, tx: Transaction, host: Ref, args: ReadonlyMap<string, readonly string[]>) {
    this.sim = sim;
    this.tx = tx;
    this.host = host;
    this.args = args;
  }

  /** The value of a parameter, if it was given. */
  arg(name: string): string | undefined {
    return this.args.get(name)?.[0];
  }

  /** A parameter that is true or false. Throws a CommandError for anything else. */
  truth(name: string): boolean | undefined {
    const text = this.arg(name)?.toLowerCase();
    if (text === undefined) return undefined;
    if (['true', 't', 'yes', 'y', '1', ''].includes(text)) return true;
    if (['false', 'f', 'no', 'n', '0'].includes(text)) return false;
    throw new CommandError(`Invalid value for ${name}: '${text}' is neither true nor false.`);
  }

  /** The manager of the host that HostConfigManager calls so. */
  manager(field: string): Ref {
    return this.tx.get(this.host, `configManager.${field}`) as Ref;
  }

  managerProps(field: string): Props {
    return this.tx.props(this.manager(field));
  }

  get config(): HostConfigInfo {
    return this.tx.get(this.host, 'config') as HostConfigInfo;
  }

  /** Running machines of the host, each with the id that the kernel knows it by. */
  worlds(): readonly { readonly vm: Ref; readonly id: number }[] {
    const machines = (this.tx.get(this.host, 'vm') ?? []) as readonly Ref[];
    return machines.filter((vm) => this.tx.get(vm, 'runtime.powerState') === 'poweredOn').map((vm) => ({ vm, id: worldOf(vm) }));
  }

  /** The machine of a world id. Throws a CommandError when none runs under it. */
  world(text: string | undefined): Ref {
    const found = this.worlds().find(({ id }) => String(id) === text);
    if (!found) throw new CommandError(`Unable to find the world with id ${text ?? ''}.`);
    return found.vm;
  }
}

/** The number of a machine, spread as the kernel spreads worlds. */
const worldOf = (vm: Ref): number => 2_099_000 + Number(vm.value.replace(/\D+/g, '')) * 4;
