// PropertyFilter: its only method ends it; making one and reading its updates is the PropertyCollector's.
import { collectorWith } from '../collector/collector.ts';
import { define } from '../dispatch/define.ts';

export const propertyFilter = define('PropertyFilter', {
  DestroyPropertyFilter: {
    query({ session, self }) {
      collectorWith(session, self.ref)?.destroyFilter(self.ref.value);
    },
  },
});
