// HostSpecificationManager: what other services keep about hosts that have no disk to keep it on.
import { fault, type HostSpecification, type HostSubSpecification, type ManagedObjectReference } from '../../../core/vim25/index.ts';
import { define, type TransactionContext } from '../../dispatch/define.ts';

type Ref = ManagedObjectReference;
type Specs = Readonly<Record<string, HostSpecification>>;

const specsOf = ({ tx, self }: TransactionContext): Specs => (tx.get(self.ref, '_specs') ?? {}) as Specs;
const failed = (host: Ref, why: string) => fault('HostSpecificationOperationFailed', { host }, `The specification of host ${host.value} ${why}`);

/** Every change has a number, so that a reader can ask for what changed since. */
function write(ctx: TransactionContext, host: Ref, spec: Omit<HostSpecification, 'changeID'> | undefined): void {
  const { tx, self, sim } = ctx;
  const { [host.value]: _old, ...others } = specsOf(ctx);
  const change = Number(tx.get(self.ref, '_change') ?? 0) + 1;
  tx.update(self.ref, { _change: change, _specs: spec ? { ...others, [host.value]: { ...spec, host, changeID: String(change), lastModified: sim.clock.now() } } : others });
}

function specOf(ctx: TransactionContext, host: Ref): HostSpecification {
  if (!ctx.tx.has(host)) throw fault('ManagedObjectNotFound', { obj: host }, `The object 'vim.HostSystem:${host.value}' has already been deleted or has not been completely created`);
  const found = specsOf(ctx)[host.value];
  if (!found) throw failed(host, 'is not there.');
  return found;
}

const named = ({ name }: HostSubSpecification, host: Ref): void => {
  if (!name) throw failed(host, 'has a part without a name.');
};

export const hostSpecificationManager = define('HostSpecificationManager', {
  UpdateHostSpecification: (ctx, { host, hostSpec }) => {
    if (hostSpec.host.value !== host.value) throw failed(host, `names another host: ${hostSpec.host.value}.`);
    for (const part of hostSpec.subSpecs ?? []) named(part, host);
    write(ctx, host, { ...hostSpec, createdTime: specsOf(ctx)[host.value]?.createdTime ?? ctx.sim.clock.now() });
  },
  UpdateHostSubSpecification: (ctx, { host, hostSubSpec }) => {
    const spec = specOf(ctx, host);
    named(hostSubSpec, host);
    write(ctx, host, { ...spec, subSpecs: [...(spec.subSpecs ?? []).filter(({ name }) => name !== hostSubSpec.name), hostSubSpec] });
  },
  RetrieveHostSpecification: (ctx, { host, fromHost }) => {
    if (fromHost && ctx.tx.get(host, 'runtime.connectionState') !== 'connected') throw failed(host, 'cannot be asked from it: it is not connected.');
    return specOf(ctx, host);
  },
  DeleteHostSubSpecification: (ctx, { host, subSpecName }) => {
    const spec = specOf(ctx, host);
    const kept = (spec.subSpecs ?? []).filter(({ name }) => name !== subSpecName);
    if (kept.length === (spec.subSpecs ?? []).length) throw failed(host, `has no part '${subSpecName}'.`);
    write(ctx, host, { ...spec, subSpecs: kept });
  },
  DeleteHostSpecification: (ctx, { host }) => {
    specOf(ctx, host);
    write(ctx, host, undefined);
  },
  HostSpecGetUpdatedHosts: (ctx, { startChangeID, endChangeID }) => {
    const [start, end] = [Number(startChangeID ?? 0), Number(endChangeID ?? Infinity)];
    return Object.values(specsOf(ctx)).filter(({ host, changeID }) => ctx.tx.has(host) && Number(changeID) > start && Number(changeID) <= end).map(({ host }) => host);
  },
});
