// The options of imports and exports, and how OvfManager lists them.
import type { OvfOptionInfo } from '../../../core/vim25/index.ts';

/** What is exported beside the usual. */
export const EXPORT_OPTIONS: Readonly<Record<string, string>> = {
  mac: 'Keep the MAC addresses of network adapters.', uuid: 'Keep the BIOS UUID.', extraconfig: 'Keep the extra configuration of virtual machines.', nodevicesubtypes: 'Leave out the subtypes of network adapters.',
};

const list = (options: Readonly<Record<string, string>>, kind: string): OvfOptionInfo[] =>
  Object.entries(options).map(([option, message]) => ({ _type: 'OvfOptionInfo', option, description: { _type: 'LocalizableMessage', key: `ovf.${kind}.${option}`, message } }) as OvfOptionInfo);

/** Properties of OvfManager. */
export const ovfOptions = { ovfImportOption: [] as readonly OvfOptionInfo[], ovfExportOption: list(EXPORT_OPTIONS, 'export') };
