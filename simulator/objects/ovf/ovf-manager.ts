// OvfManager: which method does what.
import { isSubtype, fault } from '../../../core/vim25/index.ts';
import { define } from '../../dispatch/define.ts';
import { createImportSpec } from './import-spec.ts';
import { parseDescriptor, validateHost } from './inspect.ts';
import { createDescriptor } from './write-descriptor.ts';

export const ovfManager = define('OvfManager', {
  ValidateHost: ({ tx }, { ovfDescriptor, host, vhp }) => {
    if (!tx.has(host)) throw fault('ManagedObjectNotFound', { obj: host }, `The object 'vim.${host.type}:${host.value}' has already been deleted or has not been completely created`);
    return validateHost(tx, ovfDescriptor, host, vhp);
  },
  ParseDescriptor: (_ctx, { ovfDescriptor, pdp }) => parseDescriptor(ovfDescriptor, pdp),
  CreateImportSpec: ({ tx }, { ovfDescriptor, resourcePool, datastore, cisp }) => createImportSpec(tx, ovfDescriptor, resourcePool, datastore, cisp),
  CreateDescriptor: ({ tx }, { obj, cdp }) => {
    if (!tx.has(obj)) throw fault('ManagedObjectNotFound', { obj }, `The object 'vim.${obj.type}:${obj.value}' has already been deleted or has not been completely created`);
    if (!isSubtype(obj.type, 'VirtualMachine') && obj.type !== 'VirtualApp') throw fault('InvalidArgument', { invalidProperty: 'obj' }, `A ${obj.type} has no descriptor: give a VirtualMachine or a VirtualApp.`);
    return createDescriptor(tx, obj, cdp);
  },
});
