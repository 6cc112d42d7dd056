// What a lab means for the simulator as a whole: the options to create it with.
import type { FaultRule } from '../dispatch/fault-rules.ts';
import type { Product, Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import { isFault } from '../../core/vim25/index.ts';
import { buildLab } from './build-lab.ts';
import type { Plan } from './plan.ts';
import { DocumentError } from './shape.ts';

export interface LabOptions {
  readonly product: Product;
  readonly seed: number;
  /** Absent when the lab leaves it open. */
  readonly apiVersion?: string;
  readonly credentials?: { readonly userName: string; readonly password: string };
  readonly faults: readonly FaultRule[];
  populate(sim: Simulation, tx: Transaction): void;
}

/** Options for createSimulator that give the world of the plan. It throws a DocumentError when vSphere would refuse that world. */
export const labOptions = (plan: Plan, file = 'lab'): LabOptions => ({
  product: plan.product,
  seed: plan.seed,
  ...(plan.version === undefined ? {} : { apiVersion: plan.version }),
  ...(plan.credentials ? { credentials: { userName: plan.credentials.user, password: plan.credentials.password } } : {}),
  faults: plan.faults,
  populate: (sim, tx) => {
    try {
      buildLab(sim, tx, plan);
    } catch (error) {
      // A lab may ask for what fits nowhere: that is its author's mistake, and no bug.
      if (!isFault(error)) throw error;
      throw new DocumentError(file, [{ line: 1, path: '', message: `vSphere would refuse this world: ${error.message}` }]);
    }
  },
});
