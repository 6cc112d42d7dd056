// HistoryCollector, EventHistoryCollector, TaskHistoryCollector: the methods. How they read is history.ts.
import type { Event, TaskInfo } from '../../core/vim25/index.ts';
import { SessionClock } from '../collector/moment.ts';
import { define, type Definition } from '../dispatch/define.ts';
import { collectorOf } from './history.ts';

const historyCollector = define('HistoryCollector', {
  SetCollectorPageSize: { query: (ctx, { maxCount }) => collectorOf(ctx).setPageSize(maxCount) },
  RewindCollector: { query: (ctx) => collectorOf(ctx).rewind() },
  ResetCollector: { query: (ctx) => collectorOf(ctx).reset() },
  DestroyCollector: {
    query(ctx) {
      collectorOf(ctx);
      ctx.session.objects.delete(ctx.self.ref.value);
      SessionClock.of(ctx.session).tick();
    },
  },
});

const eventHistoryCollector = define('EventHistoryCollector', {
  ReadNextEvents: { query: (ctx, { maxCount }) => collectorOf<Event>(ctx).readNext(maxCount) },
  ReadPreviousEvents: { query: (ctx, { maxCount }) => collectorOf<Event>(ctx).readPrevious(maxCount) },
});

const taskHistoryCollector = define('TaskHistoryCollector', {
  ReadNextTasks: { query: (ctx, { maxCount }) => collectorOf<TaskInfo>(ctx).readNext(maxCount) },
  ReadPreviousTasks: { query: (ctx, { maxCount }) => collectorOf<TaskInfo>(ctx).readPrevious(maxCount) },
});

export const historyCollectors: readonly Definition[] = [historyCollector, eventHistoryCollector, taskHistoryCollector];
