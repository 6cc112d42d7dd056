// Runs a verb's steps in order; what a step registered to undo is undone, newest first, when a later one fails.

export type Undo = () => Promise<void>;

export interface Step<R> {
  /** What it does, as shown while it runs: 'Removing VMs'. */
  readonly title: string;
  /** Left out when false. */
  readonly when?: (run: R) => boolean;
  /** Registers its undo before it acts. */
  readonly act: (run: R, onFailure: (undo: Undo) => void) => Promise<void>;
}

/** Who is told what a verb does. */
export interface StepLog {
  /** A step begins; the one before has ended. */
  step(title: string): void;
  /** Something that the user should know and that does not stop the verb. */
  warn(text: string): void;
  /** The last step failed, and what was done is taken back. */
  undo?(): void;
  /** A fact that decided something, for troubleshooting. */
  note?(text: string): void;
}

/** Tells nobody. */
export const SILENT: StepLog = { step: () => undefined, warn: () => undefined };

/** Runs all steps. A failure is rethrown after the undo list has run; an undo that fails is reported and does not stop the others. */
export async function runSteps<R>(steps: readonly Step<R>[], run: R, log: StepLog): Promise<void> {
  const undo: Undo[] = [];
  try {
    for (const step of steps) {
      if (step.when && !step.when(run)) continue;
      log.step(step.title);
      await step.act(run, (action) => undo.push(action));
    }
  } catch (error) {
    if (undo.length > 0) log.undo?.();
    for (const action of undo.reverse()) {
      await action().catch((failure: unknown) => log.warn(`could not undo: ${failure instanceof Error ? failure.message : String(failure)}`));
    }
    throw error;
  }
}
