// esxcli's XML: results, faults, and the description of commands that clients ask for before they call one.
import type { DynamicTypeMgrAllTypeInfo, DynamicTypeMgrDataTypeInfo, DynamicTypeMgrManagedTypeInfo } from '../../../../core/vim25/index.ts';
import type { Cell, Command, Row } from './command.ts';

const escaped = (text: string): string => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

const object = (type: string, content: string): string =>
  `<obj xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="urn:vim25" versionId="5.0" xsi:type="${type}">${content}</obj>`;

const cell = (name: string, value: Cell): string =>
  (Array.isArray(value) ? (value as readonly string[]) : [value]).map((item) => element(name, escaped(String(item)))).join('');

const fields = (row: Row): string => Object.keys(row).sort().map((name) => cell(name, row[name]!)).join('');

/** 'network vm list' → ['network.vm', 'list'] */
export function split({ path }: Command): readonly [namespace: string, method: string] {
  const words = path.split(' ');
  return [words.slice(0, -1).join('.'), words.at(-1)!];
}

const wsdlName = (dotted: string): string => `VimEsxCLI${dotted.replaceAll('.', '')}`;

/** What ExecuteSoap answers for a command. */
export function rendered(command: Command, answer: readonly Row[] | Row | string | boolean): string {
  const { result } = command;
  if (!('type' in result)) return object(`xsd:${result.kind}`, escaped(String(answer)));
  const type = wsdlName(command.path.replaceAll(' ', '.')) + result.type;
  if (result.kind === 'record') return object(type, fields(answer as Row));
  return object('ArrayOfDataObject', (answer as readonly Row[]).map((row) => `<DataObject xsi:type="${type}">${fields(row)}</DataObject>`).join(''));
}

/** The detail of a command that failed. */
export const renderedFault = (message: string): string => object('VimEsxCLICLIFault', element('errMsg', escaped(message)));

const described = (name: string, help: string, display = name): string =>
  element('name', escaped(name)) + element('displayName', escaped(display)) + element('help', escaped(help));

function method(command: Command): string {
  const { params = [], result, help } = command;
  const param = params.map((p) => element('param', described(p.name, p.help) + p.aliases.split(' ').map((alias) => element('aliases', alias)).join('') + element('flag', String(p.flag ?? false)))).join('');
  const hint = (key: string, value: string) => element('hints', element('key', key) + element('value', value));
  const hints = 'type' in result && result.kind === 'table' ? hint('fields:' + result.type, result.columns.join(',')) + hint('formatter', 'table') : hint('formatter', 'simple');
  return element('method', described(split(command)[1], help) + param + hints);
}

/** vim.CLIInfo.FetchCLIInfo for a namespace; undefined when there is no command in it. */
export function renderedInfo(commands: readonly Command[], namespace: string): string | undefined {
  const own = commands.filter((command) => split(command)[0] === namespace);
  if (own.length === 0) return undefined;
  return object('VimCLIInfo', described(namespace, `Commands of ${namespace.replaceAll('.', ' ')}.`, namespace.split('.').at(-1)!) + own.map(method).join(''));
}

const VERSION = 'vim.version.version5';

/** The types behind the commands whose name contains a text. */
export function typeInfo(commands: readonly Command[], part: string): DynamicTypeMgrAllTypeInfo {
  const managed = new Map<string, Command[]>();
  for (const command of commands) {
    const [namespace] = split(command);
    if (namespace.includes(part) || `vim.EsxCLI.${namespace}`.includes(part)) managed.set(namespace, [...(managed.get(namespace) ?? []), command]);
  }
  const managedTypeInfo: DynamicTypeMgrManagedTypeInfo[] = [];
  const dataTypeInfo: DynamicTypeMgrDataTypeInfo[] = [];
  for (const [namespace, own] of managed) {
    managedTypeInfo.push({
      name: `vim.EsxCLI.${namespace}`, wsdlName: wsdlName(namespace), version: VERSION, base: ['vmodl.ManagedObject'],
      method: own.map((command) => {
        const name = split(command)[1];
        const { result } = command;
        const type = 'type' in result ? `vim.EsxCLI.${namespace}.${name}.${result.type}${result.kind === 'record' ? '' : '[]'}` : result.kind;
        return {
          name, wsdlName: `${wsdlName(namespace)}${name}`, version: VERSION,
          paramTypeInfo: (command.params ?? []).map((p) => ({ name: p.name, version: VERSION, type: p.flag ? 'boolean' : 'string', annotation: p.required ? [] : [{ name: 'optional' }] })),
          returnTypeInfo: { name: '', version: VERSION, type }, fault: ['vim.EsxCLI.CLIFault'],
        };
      }),
    });
    for (const command of own) {
      const { result } = command;
      if (!('type' in result)) continue;
      const name = `${namespace}.${split(command)[1]}`;
      dataTypeInfo.push({
        name: `vim.EsxCLI.${name}.${result.type}`, wsdlName: `${wsdlName(name)}${result.type}`, version: VERSION, base: ['vmodl.DynamicData'],
        property: result.columns.map((column) => ({ name: column.replaceAll(' ', ''), version: VERSION, type: 'string', annotation: [{ name: 'optional' }] })),
      });
    }
  }
  return { managedTypeInfo, dataTypeInfo };
}
