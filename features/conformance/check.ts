// A stage of `npm test`: every statement has a scenario or a reason.
import { readScenarios } from './scenarios.ts';
import { readStatements } from './statements.ts';
import { trace } from './traceability.ts';

const { problems, pending, overdue, counts } = trace(readStatements(), readScenarios());
for (const problem of problems) console.log(problem);
console.log(`${counts.statements} statements: ${counts.shown} shown by ${counts.scenarios} scenarios, ${counts.untested} with a reason why not`);
if (pending.length > 0) console.log(`PENDING: ${pending.length} statements still want scenarios: ${pending.join(' ')}`);
if (overdue.length > 0) console.log(`take off the pending list of features/statements.yaml: ${overdue.join(' ')}`);
process.exitCode = problems.length === 0 ? 0 : 1;
