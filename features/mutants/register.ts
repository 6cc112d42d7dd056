// Preloaded (`node --import`) by a run of the suite with one mutant: VIC_TESTBED_MUTANT names it.
import { register } from 'node:module';

register('./hooks.js', import.meta.url, { data: process.env['VIC_TESTBED_MUTANT'] });
