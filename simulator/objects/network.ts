// Network: standard networks of a datacenter, seen by hosts and machines.
import { fault, type ManagedObjectReference, type NetworkSummary } from '../../core/vim25/index.ts';
import { define, type TransactionContext } from '../dispatch/define.ts';
import { dropUnusedNetwork } from './removal.ts';

function destroy({ tx, self }: TransactionContext): void {
  const name = String(tx.get(self.ref, 'name'));
  if (!dropUnusedNetwork(tx, self.ref)) throw fault('ResourceInUse', { type: 'Network', name }, `The network '${name}' is in use by hosts or virtual machines.`);
}

export const network = define('Network', {
  DestroyNetwork(ctx) {
    destroy(ctx);
  },
  Destroy_Task: {
    task(ctx) {
      destroy(ctx);
    },
  },
}, {
  relations: [
    { type: 'HostSystem', path: 'network', inverse: 'host', targets: ['Network'] },
    { type: 'VirtualMachine', path: 'network', inverse: 'vm', targets: ['Network'] },
  ],
  rules: [{
    type: 'Network',
    inputs: ['name', 'host'],
    derive(props) {
      const old = props['summary'] as NetworkSummary;
      const name = props['name'] as string;
      const accessible = ((props['host'] ?? []) as readonly ManagedObjectReference[]).length > 0;
      return old.name === name && old.accessible === accessible ? undefined : { summary: { ...old, name, accessible } };
    },
  }],
});
