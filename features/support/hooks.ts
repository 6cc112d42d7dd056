// Ends a scenario: a failure that no step looked at fails it, then its world is thrown away.
import { After, AfterAll, setDefaultTimeout } from '@cucumber/cucumber';
import { closeEndpoints } from './endpoints.ts';
import type { Testbed } from './world.ts';

setDefaultTimeout(30_000);

After(async function (this: Testbed, { result }) {
  try {
    if (result?.status === 'PASSED') this.mustBeChecked();
  } finally {
    await this.close();
  }
});

AfterAll(closeEndpoints);
