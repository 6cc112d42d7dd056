// Ends a scenario: a failure that no step looked at fails it; of a failed one the report gets what had happened; then its
// world is thrown away, or kept until Ctrl-C when that is wished.
import { After, AfterAll, setDefaultTimeout, type ITestCaseHookParameter } from '@cucumber/cucumber';
import { changedIn, told } from './changed.ts';
import { keepUntilStopped } from './keep.ts';
import { note } from './notes.ts';
import { closeEndpoints } from './parameters.ts';
import type { Testbed } from './world.ts';

/** Longer than one run of a subject may take, which has better words for it. */
setDefaultTimeout(90_000);

/** What the world looked like when a scenario failed. */
async function noteFailure(world: Testbed): Promise<void> {
  const trace = world.place?.trace();
  if (trace !== undefined) note(world, 'trace', { text: trace });
  if (world.before) note(world, 'changes', { rows: told(await changedIn(world)) });
}

After({ timeout: -1 }, async function (this: Testbed, { result, pickle }: ITestCaseHookParameter) {
  const { keep } = this.parameters;
  let failed = result?.status === 'FAILED';
  try {
    if (result?.status === 'PASSED') this.mustBeChecked();
  } catch (error) {
    failed = true;
    throw error;
  } finally {
    if (failed) await noteFailure(this).catch((error: Error) => this.log(`what had changed is not known: ${error.message}`));
    if (this.place && (keep === 'any' || (keep === 'failed' && failed))) await keepUntilStopped(this, pickle.name);
    await this.close();
  }
});

// Another server may take long to let go of all that was built on it.
AfterAll({ timeout: 600_000 }, closeEndpoints);
