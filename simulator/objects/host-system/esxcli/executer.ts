// The way to a host's command line: ReflectManagedMethodExecuter runs commands, InternalDynamicTypeManager lists them.
// HostSystem hands both out. What a command does is in the lists of commands.
import { Fault, type ManagedObjectReference, type ReflectManagedMethodExecuterSoapArgument, type ReflectManagedMethodExecuterSoapResult } from '../../../../core/vim25/index.ts';
import { define, type QueryContext } from '../../../dispatch/define.ts';
import { CommandError, Shell, type Command } from './command.ts';
import { networkCommands } from './network-commands.ts';
import { rendered, renderedFault, renderedInfo, split, typeInfo } from './render.ts';
import { systemCommands } from './system-commands.ts';

type Ref = ManagedObjectReference;

const COMMANDS: readonly Command[] = [...networkCommands, ...systemCommands];
const BY_METHOD: ReadonlyMap<string, Command> = new Map(COMMANDS.map((command) => [`vim.EsxCLI.${command.path.replaceAll(' ', '.')}`, command]));
const INFO = { moid: 'ha-dynamic-type-manager-local-cli-cliinfo', method: 'vim.CLIInfo.FetchCLIInfo' };

const handlerOf = (command: Command): string => `ha-cli-handler-${split(command)[0].replaceAll('.', '-')}`;

const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name]!);

/** '<enabled>true</enabled>' → 'true', once for each element. */
function valuesOf({ val }: ReflectManagedMethodExecuterSoapArgument): readonly string[] {
  const found = [...val.matchAll(/<([\w:.-]+)[^>]*?(?:\/>|>([^<]*)<\/\1>)/g)].map((match) => unescaped(match[2] ?? ''));
  return found.length > 0 ? found : [unescaped(val.replace(/<[^>]*>/g, ''))];
}

const failed = (faultMsg: string, faultDetail?: string): ReflectManagedMethodExecuterSoapResult => ({ fault: { faultMsg, ...(faultDetail === undefined ? {} : { faultDetail }) } });

/** Names that are not parameters of the command, and parameters it cannot do without. */
function wrongArguments(command: Command, args: ReadonlyMap<string, readonly string[]>): string | undefined {
  const params = command.params ?? [];
  for (const name of args.keys()) if (!params.some((param) => param.name === name)) return `Invalid option ${name}`;
  const missing = params.find((param) => param.required && !args.has(param.name));
  return missing && `Missing required parameter ${missing.aliases.split(' ').reverse().join('|')}`;
}

function execute(ctx: QueryContext, moid: string, method: string, argument: readonly ReflectManagedMethodExecuterSoapArgument[]): ReflectManagedMethodExecuterSoapResult {
  const args = new Map(argument.map((item) => [item.name, valuesOf(item)]));
  if (method === INFO.method && moid === INFO.moid) {
    const type = args.get('typeName')?.[0] ?? '';
    const response = renderedInfo(COMMANDS, type.replace(/^vim\.EsxCLI\.?/, ''));
    return response === undefined ? failed(`A specified parameter was not correct: typeName (there is no type '${type}')`) : { response };
  }
  const command = BY_METHOD.get(method);
  if (!command || handlerOf(command) !== moid) {
    return failed(command || [...BY_METHOD.values()].some((c) => handlerOf(c) === moid) ? `The object '${moid}' has no method '${method}'.` : `The object '${moid}' has already been deleted or has not been completely created`);
  }
  const wrong = wrongArguments(command, args);
  if (wrong !== undefined) return failed('EsxCLI.CLIFault.summary', renderedFault(wrong));
  const host = ctx.self.props['_host'] as Ref;
  const { sim, session } = ctx;
  try {
    return { response: sim.store.transaction((tx) => {
      requireReachable(tx.get(host, 'runtime.connectionState'));
      return rendered(command, command.run(new Shell(sim, tx, host, args)));
    }, { userName: session.userName, method: 'ExecuteSoap' }) };
  } catch (error) {
    // What the command refuses is told in its own words; only our mistakes go on.
    if (error instanceof CommandError || error instanceof Fault) return failed('EsxCLI.CLIFault.summary', renderedFault(error.message));
    throw error;
  }
}

function requireReachable(state: unknown): void {
  if (state !== 'connected') throw new CommandError('The host cannot be reached: it is not connected.');
}

export const methodExecuter = define('ReflectManagedMethodExecuter', {
  ExecuteSoap: { query: (ctx, { moid, method, argument }) => execute(ctx, moid, method, argument ?? []) },
});

export const dynamicTypeManager = define('InternalDynamicTypeManager', {
  DynamicTypeMgrQueryMoInstances: {
    query(_ctx, { filterSpec }) {
      const { id, typeSubstr = '' } = (filterSpec ?? {}) as { id?: string; typeSubstr?: string };
      const all = new Map(COMMANDS.map((command) => [handlerOf(command), `vim.EsxCLI.${split(command)[0]}`]));
      all.set(INFO.moid, 'vim.CLIInfo');
      return [...all].map(([key, moType]) => ({ id: key, moType })).filter((item) => (id === undefined || id === '' || item.id === id) && item.moType.includes(typeSubstr));
    },
  },
  DynamicTypeMgrQueryTypeInfo: { query: (_ctx, { filterSpec }) => typeInfo(COMMANDS, (filterSpec as { typeSubstr?: string } | undefined)?.typeSubstr ?? '') },
});

/** The methods of HostSystem that hand them out. */
export const commandLineMethods = {
  RetrieveManagedMethodExecuter: { query: ({ self }: QueryContext) => self.props['_executer'] as Ref },
  RetrieveDynamicTypeManager: { query: ({ self }: QueryContext) => self.props['_typeManager'] as Ref },
};
