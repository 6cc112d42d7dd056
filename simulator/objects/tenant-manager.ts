// TenantTenantManager (vim25): entities that belong to the provider of a service, so that its tenants leave them alone.
import type { ManagedObjectReference } from '../../core/vim25/index.ts';
import { define } from '../dispatch/define.ts';
import type { Transaction } from '../store/transaction.ts';

type Ref = ManagedObjectReference;

/** Entities that are gone are no longer among them. */
const marked = (tx: Transaction, self: Ref): readonly Ref[] => ((tx.get(self, '_entities') ?? []) as readonly Ref[]).filter((ref) => tx.has(ref));

export const tenantManager = define('TenantTenantManager', {
  MarkServiceProviderEntities({ tx, self }, { entity }) {
    const known = marked(tx, self.ref);
    const fresh = new Map((entity ?? []).filter(({ value }) => known.every((ref) => ref.value !== value)).map((ref) => [ref.value, ref]));
    tx.set(self.ref, '_entities', [...known, ...fresh.values()]);
  },
  UnmarkServiceProviderEntities({ tx, self }, { entity }) {
    const gone = new Set((entity ?? []).map(({ value }) => value));
    tx.set(self.ref, '_entities', marked(tx, self.ref).filter(({ value }) => !gone.has(value)));
  },
  RetrieveServiceProviderEntities: ({ tx, self }) => [...marked(tx, self.ref)],
});
