// What a lab means for the simulator as a whole: the options to create it with.
import type { Product, Simulation } from '../dispatch/simulation.ts';
import type { Transaction } from '../store/transaction.ts';
import { buildLab } from './build-lab.ts';
import type { Plan } from './plan.ts';

export interface LabOptions {
  readonly product: Product;
  readonly seed: number;
  /** Absent when the lab leaves it open. */
  readonly apiVersion?: string;
  readonly credentials?: { readonly userName: string; readonly password: string };
  populate(sim: Simulation, tx: Transaction): void;
}

/** Options for createSimulator that give the world of the plan. */
export const labOptions = (plan: Plan): LabOptions => ({
  product: plan.product,
  seed: plan.seed,
  ...(plan.version === undefined ? {} : { apiVersion: plan.version }),
  ...(plan.credentials ? { credentials: { userName: plan.credentials.user, password: plan.credentials.password } } : {}),
  populate: (sim, tx) => buildLab(sim, tx, plan),
});
