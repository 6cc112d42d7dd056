// A stage of `npm test`: every statement has a scenario or a reason.
import { readScenarios } from './scenarios.ts';
import { readStatements } from './statements.ts';
import { trace } from './traceability.ts';

const { problems, counts } = trace(readStatements(), readScenarios());
for (const problem of problems) console.log(problem);
console.log(`${counts.statements} statements: ${counts.shown} shown by ${counts.scenarios} scenarios, ${counts.untested} with a reason why not`);
process.exitCode = problems.length === 0 ? 0 : 1;
