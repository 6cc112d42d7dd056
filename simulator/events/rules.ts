// Every rule that turns a change of state into events. A new rule costs its lines in one of these files.
import { accessRules } from './access-rules.ts';
import { computeRules } from './compute-rules.ts';
import { resourceRules } from './resource-rules.ts';
import type { EventRule } from './rule.ts';
import { scheduleRules } from './schedule-rules.ts';
import { taskRules } from './task-rules.ts';
import { vmRules } from './vm-rules.ts';

export const eventRules: readonly EventRule[] = [...vmRules, ...computeRules, ...resourceRules, ...accessRules, ...scheduleRules, ...taskRules];
