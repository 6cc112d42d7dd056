// ScheduledTaskManager.description: the words for what scheduled tasks are made of.
import type { ElementDescription, ScheduledTaskDescription, TypeDescription } from '../../../core/vim25/index.ts';

const elements = (table: Readonly<Record<string, string>>): ElementDescription[] =>
  Object.entries(table).map(([key, label]) => ({ _type: 'ElementDescription', label, summary: label, key }));
const types = (table: Readonly<Record<string, string>>): TypeDescription[] =>
  Object.entries(table).map(([key, label]) => ({ _type: 'TypeDescription', label, summary: label, key }));
const scheduler = (key: string, label: string, frequency: string) => ({ _type: 'ScheduledTaskDetail', label, summary: label, key, frequency });

export const scheduledTaskDescription = (): ScheduledTaskDescription => ({
  _type: 'ScheduledTaskDescription',
  action: types({ MethodAction: 'Run operation', CreateTaskAction: 'Create task', SendEmailAction: 'Send email', SendSNMPAction: 'Send SNMP trap', RunScriptAction: 'Run script' }),
  schedulerInfo: [
    scheduler('AfterStartupTaskScheduler', 'After startup', 'After startup'), scheduler('OnceTaskScheduler', 'Once', 'Once'), scheduler('HourlyTaskScheduler', 'Hourly', 'Hourly'),
    scheduler('DailyTaskScheduler', 'Daily', 'Daily'), scheduler('WeeklyTaskScheduler', 'Weekly', 'Weekly'),
    scheduler('MonthlyByDayTaskScheduler', 'Monthly by day', 'Monthly'), scheduler('MonthlyByWeekdayTaskScheduler', 'Monthly by weekday', 'Monthly'),
  ],
  state: elements({ queued: 'Queued', running: 'Running', success: 'Completed', error: 'Error' }),
  dayOfWeek: elements({ sunday: 'Sunday', monday: 'Monday', tuesday: 'Tuesday', wednesday: 'Wednesday', thursday: 'Thursday', friday: 'Friday', saturday: 'Saturday' }),
  weekOfMonth: elements({ first: 'First', second: 'Second', third: 'Third', fourth: 'Fourth', last: 'Last' }),
});
